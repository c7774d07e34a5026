"""Evidence as PHONE_PROTOCOL §5 says: durable before it is acknowledged, once, and never instead of another."""

import hashlib
import uuid
from pathlib import Path

import pytest
from django.core.files.storage import storages

from audits.models import Evidence
from tests.audits.evidence.pictures import photo
from tests.phone.link import digest_header

pytestmark = pytest.mark.django_db
SUBMISSION, FILE = uuid.UUID(int=1), uuid.UUID(int=2)
PATH = f"/api/v1/submissions/{SUBMISSION}/evidence/{FILE}"


def put(client, body, path=PATH, **headers):
    headers = {"Content-Digest": digest_header(body)} | headers
    return client.put(path, body, content_type="image/jpeg", headers=headers)


@pytest.fixture
def ada(cast, client):
    client.force_login(cast.ada)
    return client


def test_a_new_file_is_held_with_its_exact_bytes(ada, cast):
    body = photo()
    answer = put(ada, body)
    assert (answer.status_code, answer.json()) == (201, {"id": str(FILE), "state": "held"})
    row = Evidence.objects.get()
    assert (row.type, row.media_type, row.audience, row.owner) == ("photo", "image/jpeg", "", cast.ada)
    with storages["evidence"].open(row.original) as file:
        assert file.read() == body
    assert bytes(row.sha256) == hashlib.sha256(body).digest()


def test_the_same_bytes_again_are_the_same_answer(ada):
    body = photo()
    assert [put(ada, body).status_code for _ in range(3)] == [201, 200, 200]
    assert Evidence.objects.count() == 1


def test_other_bytes_under_the_same_id_are_kept_beside_the_first(ada):
    put(ada, photo("red"))
    answer = put(ada, photo("blue"))
    assert answer.status_code == 409
    assert (answer.json()["type"], answer.json()["stored"]) == ("urn:problem:evidence-conflict", True)
    assert sorted(Evidence.objects.values_list("state", flat=True)) == ["conflict", "held"]
    for row in Evidence.objects.all():
        assert storages["evidence"].exists(row.original)


def test_another_persons_file_of_the_same_id_never_replaces_the_first(ada, cast, client):
    put(ada, photo("red"))
    client.force_login(cast.bea)
    assert put(client, photo("red")).status_code == 409
    assert Evidence.objects.get(state="held").owner == cast.ada


def test_a_file_with_another_digest_than_announced_leaves_nothing(ada):
    answer = put(ada, photo("red"), **{"Content-Digest": digest_header(b"other")})
    assert (answer.status_code, answer.json()["retryable"]) == (400, True)
    assert not Evidence.objects.exists()
    assert not list((Path(storages["evidence"].location) / "incoming").iterdir())


def test_a_file_over_the_limit_is_refused(ada, settings):
    settings.MAX_EVIDENCE_BYTES = 100
    answer = put(ada, photo())
    assert (answer.status_code, answer.json()["type"]) == (413, "urn:problem:evidence-too-large")
    assert not Evidence.objects.exists()


def test_more_files_than_the_limit_are_refused(ada, settings):
    settings.MAX_EVIDENCE_PER_SUBMISSION = 1
    put(ada, photo())
    answer = put(ada, photo(), path=PATH.replace(str(FILE), str(uuid.UUID(int=3))))
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:problem:evidence-too-many")
    assert put(ada, photo()).status_code == 200


def test_a_file_of_no_known_kind_is_kept_and_flagged_whatever_it_is_called(ada):
    body = b"<svg xmlns='http://www.w3.org/2000/svg'/>"
    assert put(ada, body).status_code == 201
    row = Evidence.objects.get()
    assert (row.state, row.type, row.media_type, row.flags) == (
        "held",
        "document",
        "application/octet-stream",
        ["unknown-kind"],
    )


def test_head_says_whether_a_file_is_held(ada, cast, client):
    assert ada.head(PATH).status_code == 404
    body = photo()
    put(ada, body)
    answer = ada.head(PATH)
    assert (answer.status_code, answer["Content-Digest"]) == (200, digest_header(body))
    client.force_login(cast.bea)
    assert client.head(PATH).status_code == 404


def test_a_lost_file_may_be_found_again(ada):
    lost = ada.post(f"{PATH}/lost", {"reason": "The phone fell into the pool."}, content_type="application/json")
    assert (lost.status_code, lost.json()["state"]) == (200, "lost")
    assert put(ada, photo()).status_code == 201
    assert Evidence.objects.get().state == "held"
    again = ada.post(f"{PATH}/lost", {"reason": "Again."}, content_type="application/json")
    assert again.json()["state"] == "held"
