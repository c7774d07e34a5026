"""PHONE_PROTOCOL §1: an app below the minimum version may lose reading, never delivering."""

import uuid

import pytest
from django.utils import timezone

from chains.models import Device
from chains.services import devices
from tests.audits.delivering import planned
from tests.audits.receiving.delivery import Door, content_of, written
from tests.cast import programme_of, publish_directly, scheme_in_force, small_checklist

pytestmark = pytest.mark.django_db


@pytest.fixture
def assignment(cast):
    """Ada's visit of Vienna."""
    version = publish_directly(cast.aurora, small_checklist())
    _, component, _ = programme_of(version, scheme_in_force(cast.aurora))
    return planned(component, version, cast.vienna, cast.ada)


def phone_with(client, cast, version):
    phone = devices.Phone("a", "android 16", version)
    return Door(client, devices.sign_in(person=cast.ada, phone=phone, now=timezone.now()).token)


@pytest.fixture
def old(client, cast, settings):
    """A phone whose app is one version behind."""
    settings.MINIMUM_APP_VERSION = "2.10.0"
    return phone_with(client, cast, "2.9.7")


def test_an_old_app_fetches_no_work_and_is_told_why(old, assignment):
    for path in (
        "manifest",
        f"scopes/{assignment.audit.scope.sha256}",
        f"checklists/{assignment.audit.version.sha256}",
    ):
        answer = old.get(path)
        assert (answer.status_code, answer.json()["type"]) == (403, "urn:problem:app-too-old")
    assert old.post(f"assignments/{assignment.pk}/accept", {"no_conflict": True}).status_code == 403


def test_an_old_app_delivers_and_saves_what_it_has(old, assignment):
    content = content_of(assignment)
    path = f"/api/v1/assignments/{assignment.pk}/draft"
    headers = {"authorization": f"Bearer {old.token}", "if-none-match": "*"}
    draft = written({"submission": str(uuid.uuid4())})
    saved = old.client.generic("PUT", path, draft, content_type="application/json", headers=headers)
    assert saved.status_code == 201
    assert old.put(content["id"], written(content)).status_code == 201
    assert old.get(f"submissions/{content['id']}").status_code == 200
    assert old.get("devices").status_code == 200


def test_an_updated_app_says_so_and_is_remembered(old):
    assert old.get("manifest", **{"app-version": "2.10.0"}).status_code == 200
    assert Device.objects.get().app_version == "2.10.0"
    assert old.get("manifest").status_code == 200


@pytest.mark.parametrize(
    ("version", "status"),
    [("2.10.0", 200), ("2.10", 200), ("3", 200), ("2.10.0-beta4", 200), ("2.9", 403), ("1.99.99", 403), ("", 200)],
)
def test_versions_are_compared_number_by_number(client, cast, settings, version, status):
    settings.MINIMUM_APP_VERSION = "2.10.0"
    assert phone_with(client, cast, version).get("manifest").status_code == status
