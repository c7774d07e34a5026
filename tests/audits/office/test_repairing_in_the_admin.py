"""Quarantine in the admin: the report with its faults, repaired, matched to a visit, delivered or put aside."""

import hashlib
import json
import uuid

import pytest

from audits.models import Quarantine, Submission
from audits.models.sent import sent_bytes
from audits.services import receiving
from chains.problems import Problem
from tests.audits.delivering import PERFECT, planned
from tests.audits.office.sending import body_of
from tests.cast import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def assignment(cast, house):
    """Ada's visit of Vienna."""
    return planned(house.component, house.version, cast.vienna, cast.ada)


@pytest.fixture
def page(client, cast, assignment):
    """`page(body)` → the address of the repairing page of these bytes, Rita being signed in."""

    def held(body, name=None):
        arrival = receiving.Arrival(name or uuid.uuid4(), body, hashlib.sha256(body).digest(), cast.ada, None, NOW)
        with pytest.raises(Problem):
            receiving.receive(arrival)
        client.force_login(cast.rita)
        return f"/admin/audits/quarantine/act/deliver/?ids={Quarantine.objects.latest('pk').pk}"

    return held


def broken(assignment, /, **members):
    """A report with an outcome that nobody knows, and its id."""
    body = body_of(assignment, PERFECT, outcome="dunno", **members)
    return body, uuid.UUID(json.loads(body)["id"])


def test_the_page_shows_the_report_and_every_fault_with_its_place(client, assignment, page):
    shown = client.get(page(*broken(assignment, visited_on="yesterday"))).content.decode()
    assert "&quot;dunno&quot;" in shown
    assert "/outcome: " in shown
    assert "/visited_on: " in shown


def test_what_was_repaired_is_delivered(client, cast, assignment, page):
    body, name = broken(assignment)
    text = body.decode().replace("dunno", "completed")
    assert client.post(page(body, name), {"text": text, "note": "Obvious.", "sure": "yes"}).status_code == 302
    report = Submission.objects.get()
    assert (report.pk, report.sender, report.flags) == (name, cast.ada, [])
    row = Quarantine.objects.get()
    assert (row.state, row.settled_by, row.note) == ("released", cast.rita, "Obvious.")


def test_what_is_still_wrong_is_named_and_waits(client, assignment, page):
    body, name = broken(assignment)
    text = body.decode().replace("dunno", "never")
    answer = client.post(page(body, name), {"text": text, "sure": "yes"})
    assert answer.status_code == 200
    assert "/outcome: " in answer.content.decode()
    assert Quarantine.objects.get().state == "waiting"
    assert not Submission.objects.exists()


def test_what_was_left_alone_is_delivered_to_the_byte(client, cast, assignment, page):
    first = body_of(assignment, PERFECT)
    name = uuid.UUID(json.loads(first)["id"])
    receiving.receive(receiving.Arrival(name, first, hashlib.sha256(first).digest(), cast.ada, None, NOW))
    second = b"{\n" + body_of(assignment, PERFECT | {"ARR-001": "not_met"}, id=str(name))[1:]
    address = page(second, name)
    text = second.decode().replace("\n", "\r\n")
    assert client.post(address, {"text": text, "sure": "yes"}).status_code == 302
    copy = Submission.objects.exclude(pk=name).get()
    assert json.loads(sent_bytes(copy.pk)) == json.loads(second) | {"id": str(copy.pk)}


def test_a_report_of_an_unknown_visit_is_matched_on_the_way(client, cast, assignment, page):
    body, name = broken(assignment, assignment=str(uuid.uuid4()))
    address = page(body, name)
    text = body.decode().replace("dunno", "completed")
    assert "Vienna · Stay" in client.get(address).content.decode()
    client.post(address, {"text": text, "assignment": str(assignment.pk), "sure": "yes"})
    report = Submission.objects.get()
    assert (report.assignment, report.flags) == (assignment, [])


def test_the_api_matches_as_well_and_only_to_the_senders_assignments(cast, house, assignment, page, ask):
    body, name = broken(assignment, assignment=str(uuid.uuid4()))
    page(body, name)
    row = Quarantine.objects.get()
    repaired = body.decode().replace("dunno", "completed")
    foreign = planned(house.component, house.version, cast.graz, cast.bea)
    wrong = {"repaired": repaired, "assignment": str(foreign.pk)}
    answer = ask(cast.rita, "post", f"quarantine/{row.pk}/release", wrong)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/assignment")
    right = {"repaired": repaired, "assignment": str(assignment.pk)}
    assert ask(cast.rita, "post", f"quarantine/{row.pk}/release", right).status_code == 200
    assert Submission.objects.get().assignment == assignment


def test_it_can_be_put_aside_with_a_reason(client, assignment, page):
    page(*broken(assignment))
    row = Quarantine.objects.get()
    address = f"/admin/audits/quarantine/act/dismiss/?ids={row.pk}"
    assert client.post(address, {"note": "", "sure": "yes"}).status_code == 200
    assert client.post(address, {"note": "Of a trial.", "sure": "yes"}).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.note, bool(row.body)) == ("dismissed", "Of a trial.", True)


def test_what_a_forgotten_person_sent_is_not_offered_and_its_pages_still_open(client, cast, assignment, page, ask):
    address = page(*broken(assignment))
    Quarantine.objects.update(sender=None, body=b"", faults=[])
    row = Quarantine.objects.get()
    assert client.get(address).status_code == 200
    offered = client.get(f"/admin/audits/quarantine/{row.pk}/change/").content.decode()
    assert ("act/deliver/" in offered, "act/dismiss/" in offered) == (False, True)
    assert ask(cast.rita, "get", f"quarantine/{row.pk}").json()["text"] == ""
