"""PHONE_PROTOCOL §3, row by row, over HTTP: the answer, and what was and was not kept."""

import json
import uuid
import zlib
from datetime import timedelta

import pytest
from django.utils import timezone

from audits.models import Quarantine, Submission
from audits.models.sent import sent_bytes
from chains.models import Device
from chains.services import devices
from tests.audits.receiving.delivery import HELD, NOTHING, ONE, Door, content_of, digest_header, rows, written

pytestmark = pytest.mark.django_db


@pytest.fixture
def content(assignment):
    """One good submission."""
    return content_of(assignment)


def problem(answer):
    """Type, `stored` and `retryable` of a problem."""
    assert answer["Content-Type"] == "application/problem+json"
    told = answer.json()
    return told["type"].removeprefix("urn:problem:"), told.get("stored"), told["retryable"]


def test_a_new_id_is_kept_and_acknowledged(door, content, assignment):
    body = written(content)
    answer = door.put(content["id"], body)
    assert answer.status_code == 201
    assert answer.json()["status"]["state"] == "received"
    assert rows() == ONE
    assert sent_bytes(uuid.UUID(content["id"])) == body
    row = Submission.objects.get()
    assert (row.sender, row.assignment, row.length) == (assignment.auditor, assignment, len(body))
    assignment.refresh_from_db()
    assert (assignment.state, assignment.audit.state) == ("delivered", "delivered")


def test_the_same_bytes_again_get_the_same_receipt(door, content):
    body = written(content)
    first, second = door.put(content["id"], body), door.put(content["id"], body)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    assert rows() == ONE


def test_the_same_file_may_come_from_the_persons_other_phone(client, cast, door, content):
    body = written(content)
    first = door.put(content["id"], body)
    other = devices.sign_in(person=cast.ada, phone=devices.Phone("ada-2"), now=timezone.now())
    second = Door(client, other.token).put(content["id"], body)
    assert (second.status_code, second.json()["receipt"]) == (200, first.json()["receipt"])


def test_other_bytes_under_the_same_id_are_kept_beside_the_first(door, content):
    first = written(content)
    second = written(content | {"answers": {"ARR-001": "not_met"}})
    door.put(content["id"], first)
    for _ in range(2):
        answer = door.put(content["id"], second)
        assert (answer.status_code, problem(answer)) == (409, ("submission-conflict", True, False))
    assert rows() == ONE | {"Quarantine": 1}
    assert sent_bytes(uuid.UUID(content["id"])) == first
    assert zlib.decompress(Quarantine.objects.get().body) == second


def test_unreadable_bytes_under_a_taken_id_are_a_conflict(door, content):
    door.put(content["id"], written(content))
    answer = door.put(content["id"], b"{")
    assert (answer.status_code, problem(answer)) == (409, ("submission-conflict", True, False))


@pytest.mark.parametrize("same", [True, False])
def test_a_withdrawn_id_is_refused_and_what_came_is_kept(door, content, same):
    body = written(content)
    door.put(content["id"], body)
    Submission.objects.update(state="withdrawn")
    answer = door.put(content["id"], body if same else body + b" ")
    assert (answer.status_code, problem(answer)) == (410, ("submission-withdrawn", True, False))
    assert rows() == ONE | {"Quarantine": 0 if same else 1}


def test_the_id_of_another_person_never_shows_what_is_theirs(client, cast, door, content):
    body = written(content)
    door.put(content["id"], body)
    bea = devices.sign_in(person=cast.bea, phone=devices.Phone("bea"), now=timezone.now())
    stranger = Door(client, bea.token)
    answer = stranger.put(content["id"], body)
    assert (answer.status_code, problem(answer)) == (409, ("submission-conflict", True, False))
    assert b"receipt" not in answer.content
    assert stranger.get(f"submissions/{content['id']}").status_code == 404
    assert Submission.objects.get().sender == cast.ada


def test_what_cannot_be_read_is_kept_and_its_id_stays_free(door, content):
    bad = written(content | {"outcome": "dunno"})
    for _ in range(2):
        answer = door.put(content["id"], bad)
        assert (answer.status_code, problem(answer)) == (422, ("submission-unreadable", True, False))
        assert [fault["pointer"] for fault in answer.json()["errors"]] == ["/outcome"]
    assert rows() == HELD
    row = Quarantine.objects.get()
    assert (zlib.decompress(row.body), row.problem) == (bad, "submission-unreadable")
    assert row.office.slug == "keen-eyes"
    assert door.put(content["id"], written(content)).status_code == 201


def test_a_body_with_another_digest_is_sent_again_and_nothing_is_kept(door, content):
    answer = door.put(content["id"], written(content), content_digest=digest_header(b"another"))
    assert (answer.status_code, problem(answer)) == (400, ("body-incomplete", False, True))
    assert rows() == NOTHING


@pytest.mark.parametrize("header", ["", "sha-256=abc", "md5=:abc=:", "sha-256=:not base64 at all, but of this len:"])
def test_a_body_without_a_readable_digest_is_not_believed(door, content, header):
    answer = door.put(content["id"], written(content), content_digest=header)
    assert (answer.status_code, problem(answer)) == (400, ("body-incomplete", False, True))
    assert rows() == NOTHING


def test_one_digest_among_several_is_enough(door, content):
    body = written(content)
    header = f"sha-512=:AAAA:, {digest_header(body)}"
    assert door.put(content["id"], body, content_digest=header).status_code == 201


def test_a_body_of_five_mebibytes_is_too_large(door, content):
    body = written(content | {"comments": {"ARR-001": "x" * 5 * 1024 * 1024}})
    answer = door.put(content["id"], body)
    assert (answer.status_code, problem(answer)) == (413, ("submission-too-large", False, False))
    assert rows() == NOTHING


def test_the_largest_body_is_taken(door, content, settings):
    body = written(content)
    settings.MAX_SUBMISSION_BYTES = len(body)
    assert door.put(content["id"], body).status_code == 201
    settings.MAX_SUBMISSION_BYTES = len(body) - 1
    assert door.put(content["id"], body).status_code == 413


def test_an_encoded_body_is_not_unpacked(door, content):
    packed = zlib.compress(written(content))
    answer = door.put(content["id"], packed, content_encoding="deflate")
    assert (answer.status_code, problem(answer)) == (415, ("unsupported-media-type", None, False))
    assert rows() == NOTHING


def test_nobody_delivers_without_signing_in(door, content):
    for authorization in ("", "Bearer wrong", "Bearer"):
        answer = door.put(content["id"], written(content), authorization=authorization)
        assert (answer.status_code, problem(answer)) == (401, ("not-signed-in", None, False))
        assert answer["WWW-Authenticate"] == "Bearer"
    assert rows() == NOTHING


def test_who_is_no_auditor_may_not_deliver(client, cast, content):
    boss = devices.sign_in(person=cast.mia, phone=devices.Phone("mia"), now=timezone.now())
    answer = Door(client, boss.token).put(content["id"], written(content))
    assert (answer.status_code, problem(answer)) == (403, ("not-allowed", None, False))
    assert rows() == NOTHING


def test_a_signed_out_phone_may_deliver_into_quarantine(door, device, content):
    devices.revoke(person=device.device.user, device_id=device.device.pk, now=timezone.now())
    body = written(content)
    first, second = door.put(content["id"], body), door.put(content["id"], body)
    assert (first.status_code, second.status_code) == (202, 202)
    assert first.json() == second.json()
    assert first.json()["status"] == {"state": "quarantined", "missing_evidence": [], "flags": ["device-ended"]}
    assert rows() == HELD
    assert door.get(f"submissions/{content['id']}").json() == first.json()


def test_a_signed_out_phone_gets_the_receipt_of_what_was_taken_before(door, device, content):
    body = written(content)
    first = door.put(content["id"], body)
    devices.revoke(person=device.device.user, device_id=device.device.pk, now=timezone.now())
    second = door.put(content["id"], body)
    assert (second.status_code, second.json()["receipt"]) == (200, first.json()["receipt"])
    assert rows() == ONE


@pytest.mark.parametrize(("days", "status"), [(13, 202), (15, 401)])
def test_the_grace_of_a_signed_out_phone_is_fourteen_days(door, content, days, status):
    Device.objects.update(revoked_at=timezone.now() - timedelta(days=days))
    answer = door.put(content["id"], written(content))
    assert answer.status_code == status
    assert rows() == (HELD if status == 202 else NOTHING)


def test_a_phone_unused_for_too_long_is_treated_as_signed_out(door, content):
    Device.objects.update(expires_at=timezone.now() - timedelta(days=1))
    assert door.put(content["id"], written(content)).status_code == 202
    assert door.get("manifest").status_code == 401


def test_a_persons_share_of_the_quarantine_is_bounded_and_nothing_is_lost_silently(door, content, settings):
    settings.QUARANTINE_BYTES_PER_PERSON = 10
    assert door.put(uuid.uuid4(), b"12345678").status_code == 422
    answer = door.put(uuid.uuid4(), b"123")
    assert (answer.status_code, problem(answer)) == (429, ("quarantine-full", False, True))
    assert int(answer["Retry-After"]) == answer.json()["retry_after"] == 3600
    assert rows() == HELD
    assert door.put(content["id"], written(content)).status_code == 201


def test_receipt_and_status_can_be_asked_for_again(door, content):
    put = door.put(content["id"], written(content))
    answer = door.get(f"submissions/{content['id']}")
    assert (answer.status_code, answer.json()) == (200, put.json())
    assert door.get(f"submissions/{uuid.uuid4()}").status_code == 404


def test_every_answer_tells_the_servers_time(door, content):
    for answer in (door.put(content["id"], written(content)), door.put(content["id"], b"{"), door.get("manifest")):
        assert answer["Server-Time"]


def test_an_answer_to_a_phone_is_json_whatever_it_accepts(door, content):
    answer = door.put(content["id"], written(content), accept="image/png")
    assert (answer.status_code, answer["Content-Type"]) == (201, "application/json")
    assert json.loads(answer.content)["receipt"]
