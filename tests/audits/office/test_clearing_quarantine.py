"""Quarantine over HTTP: what could not be taken is looked at, repaired and delivered, or put aside; nothing is lost."""

import hashlib
import json
import uuid

import pytest

from audits.models import Quarantine, Submission
from audits.services import receiving
from chains.models import Device, Office
from chains.problems import Problem
from tests.audits.delivering import PERFECT, planned
from tests.audits.office.sending import body_of, sent
from tests.cast import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def assignment(cast, house):
    return planned(house.component, house.version, cast.vienna, cast.ada)


def deliver(person, name, body, device=None):
    """What receiving answers to these bytes: its problem, or nothing."""
    arrival = receiving.Arrival(name, body, hashlib.sha256(body).digest(), person, device, NOW)
    try:
        receiving.receive(arrival)
    except Problem as problem:
        return problem
    return None


@pytest.fixture
def unreadable(cast, assignment):
    """A report with a comma too many."""
    body = body_of(assignment, PERFECT)
    name = uuid.UUID(json.loads(body)["id"])
    assert deliver(cast.ada, name, body[:-1] + b",}").kind.code == "submission-unreadable"
    return Quarantine.objects.get()


def test_what_waits_is_listed_with_its_problem(cast, unreadable, ask):
    (row,) = ask(cast.rita, "get", "quarantine", state="waiting").json()["results"]
    assert (row["problem"], row["state"], row["sender"]["username"]) == ("submission-unreadable", "waiting", "ada")
    assert row["submission"] == str(unreadable.submission_id)
    assert ask(cast.rita, "get", "quarantine", state="dismissed").json()["results"] == []
    assert ask(cast.rita, "get", "quarantine", problem="submission-conflict").json()["results"] == []
    shown = ask(cast.rita, "get", f"quarantine/{unreadable.pk}").json()
    assert shown["text"].endswith(",}")
    assert (len(shown["faults"]), shown["taken"]) == (1, False)


def test_repaired_it_is_delivered_as_if_it_had_come_so(cast, unreadable, ask):
    text = ask(cast.rita, "get", f"quarantine/{unreadable.pk}").json()["text"]
    body = {"repaired": text[:-2] + "}", "note": "A comma too many."}
    answer = ask(cast.rita, "post", f"quarantine/{unreadable.pk}/release", body)
    assert answer.json() == {
        "id": unreadable.pk,
        "state": "released",
        "submission": str(unreadable.submission_id),
    }
    submission = Submission.objects.get(pk=unreadable.submission_id)
    assert (submission.sender, submission.received_at, submission.flags) == (cast.ada, NOW, [])
    assert submission.assignment.audit.state == "delivered"
    unreadable.refresh_from_db()
    assert (unreadable.state, unreadable.settled_by, unreadable.note) == ("released", cast.rita, "A comma too many.")


def test_what_is_still_unreadable_goes_on_waiting(cast, unreadable, ask):
    answer = ask(cast.rita, "post", f"quarantine/{unreadable.pk}/release", {"repaired": "{}"})
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:problem:submission-unreadable")
    assert "/assignment" in [e["pointer"] for e in answer.json()["errors"]]
    assert "stored" not in answer.json()
    assert Quarantine.objects.get().state == "waiting"
    assert not Submission.objects.exists()


def test_the_work_of_an_ended_phone_is_taken_as_it_is(cast, assignment, ask):
    phone = Device.objects.create(
        user=cast.ada, install_id="old", token_sha256=b"x" * 32, paired_at=NOW, last_used_at=NOW, expires_at=NOW
    )
    phone.ended = True
    body = body_of(assignment, PERFECT)
    name = uuid.UUID(json.loads(body)["id"])
    assert deliver(cast.ada, name, body, phone) is None
    row = Quarantine.objects.get()
    assert (row.problem, Submission.objects.count()) == ("device-ended", 0)
    assert ask(cast.rita, "post", f"quarantine/{row.pk}/release", {}).status_code == 200
    submission = Submission.objects.get()
    assert (submission.pk, submission.device, submission.flags) == (name, phone, [])


def test_a_conflicting_copy_becomes_a_report_of_its_own(cast, assignment, ask):
    first = sent(assignment, PERFECT)
    second = body_of(assignment, PERFECT | {"ARR-001": "not_met"}, id=str(first.pk))
    assert deliver(cast.ada, first.pk, second).kind.code == "submission-conflict"
    row = Quarantine.objects.get()
    shown = ask(cast.rita, "get", f"quarantine/{row.pk}").json()
    assert shown["taken"] is True
    name = ask(cast.rita, "post", f"quarantine/{row.pk}/release", {}).json()["submission"]
    assert name != str(first.pk)
    copy = Submission.objects.get(pk=name)
    assert (copy.assignment_id, copy.flags) == (assignment.pk, ["another-submission"])
    report = ask(cast.rita, "get", f"submissions/{name}").json()
    assert (report["rivals"], report["sections"][0]["answers"][0]["answer"]) == ([str(first.pk)], "not_met")


def test_it_is_settled_once(cast, unreadable, ask):
    path = f"quarantine/{unreadable.pk}"
    assert ask(cast.rita, "post", f"{path}/dismiss", {"note": "Sent again by hand."}).json() == {
        "id": unreadable.pk,
        "state": "dismissed",
        "submission": None,
    }
    for action, body in (("dismiss", {"note": "Again."}), ("release", {})):
        answer = ask(cast.olga, "post", f"{path}/{action}", body)
        assert (answer.status_code, answer.json()["type"]) == (409, "urn:problem:quarantine-state")
    unreadable.refresh_from_db()
    assert (unreadable.note, bytes(unreadable.body) != b"") == ("Sent again by hand.", True)


def test_a_dismissal_needs_a_reason(cast, unreadable, ask):
    assert ask(cast.rita, "post", f"quarantine/{unreadable.pk}/dismiss", {"note": " "}).status_code == 400
    assert Quarantine.objects.get().state == "waiting"


def test_what_a_forgotten_person_sent_cannot_be_delivered(cast, unreadable, ask):
    Quarantine.objects.update(sender=None)
    assert ask(cast.rita, "post", f"quarantine/{unreadable.pk}/release", {}).status_code == 409
    assert ask(cast.rita, "get", "quarantine").json()["results"][0]["sender"] is None


def test_another_offices_quarantine_does_not_exist(cast, unreadable, ask):
    Quarantine.objects.update(office=Office.objects.create(name="Others", slug="others"))
    assert ask(cast.rita, "get", "quarantine").json()["results"] == []
    for method, path, body in (("get", "", None), ("post", "/release", {}), ("post", "/dismiss", {"note": "n"})):
        assert ask(cast.rita, method, f"quarantine/{unreadable.pk}{path}", body).status_code == 404
    assert Quarantine.objects.get().state == "waiting"


def test_query_counts(cast, unreadable, ask, django_assert_num_queries):
    ask(cast.rita, "get", "auditors")
    with django_assert_num_queries(4):
        ask(cast.rita, "get", "quarantine")
    with django_assert_num_queries(5):
        ask(cast.rita, "get", f"quarantine/{unreadable.pk}")
