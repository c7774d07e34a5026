"""A visit with files to show, delivered by Ada, accepted by Rita and released to Mia."""

import hashlib
import uuid
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from audits.models import Audit, Evidence
from audits.services import evidence, reviewing
from tests.audits.delivering import PERFECT, planned
from tests.audits.office.sending import sent
from tests.audits.settling import settle
from tests.cast import NOW, programme_of, publish_directly, scheme_in_force, small_checklist


@pytest.fixture(autouse=True)
def folder(request, settings, tmp_path):
    """A storage of the test's own. The running house has its own, which such tests leave as it is."""
    if "live" not in request.fixturenames:
        here = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path)}}
        settings.STORAGES = settings.STORAGES | {"evidence": here}
    return tmp_path


@pytest.fixture
def arranged(cast):
    """A programme of Aurora that shares evidence and needs a reviewer."""
    version = publish_directly(cast.aurora, small_checklist())
    programme, component, series = programme_of(
        version, scheme_in_force(cast.aurora), automatic_acceptance=False, shares_evidence=True
    )
    return SimpleNamespace(version=version, programme=programme, component=component, series=series)


@pytest.fixture
def showing(cast, arranged):
    """`showing(files, types=…)` → a released visit with these files, by name; each is about an answer of its own."""

    def make(files, types=None, place=None, released=True):
        assignment = planned(arranged.component, arranged.version, place or cast.vienna, cast.ada)
        names = {name: uuid.uuid4() for name in files}
        announced = [
            {
                "id": str(names[name]),
                "for": [list(PERFECT)[n % len(PERFECT)]],
                "type": (types or {}).get(name, "photo"),
                "sha256": hashlib.sha256(body).hexdigest(),
                "length": len(body),
            }
            for n, (name, body) in enumerate(files.items())
        ]
        report = sent(assignment, PERFECT, evidence=announced)
        for name, body in files.items():
            hold(report.pk, names[name], cast.ada, body)
        settle()
        make_copies()
        if released:
            reviewing.accept(submission_id=report.pk, reviewer=cast.rita, now=NOW)
            settle()
        return SimpleNamespace(
            audit=Audit.objects.get(pk=assignment.audit_id),
            submission=report,
            rows={name: Evidence.objects.get(submission_id=report.pk, id=names[name]) for name in files},
        )

    return make


def hold(submission_id, evidence_id, owner, body, now=NOW):
    """Hand a file in as a phone does."""
    file = evidence.Incoming(submission_id, evidence_id, owner, len(body), hashlib.sha256(body).digest(), now)
    return evidence.hold(file, iter([body] if body else []))


def make_copies(now=None):
    """What the worker does until nothing is due."""
    while evidence.make_copies_due(now=now or timezone.now() + timedelta(days=3650)):
        pass
