"""Reports that belong nowhere find their visit, and reports that should never have been sent are taken back."""

import hashlib
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from audits.models import Assignment, Audit, Observation, Review, Score, Submission
from audits.models.sent import sent_bytes
from audits.services import planning, receiving, reviewing
from chains.problems import Problem
from tests.audits.delivering import PERFECT, delivered, planned
from tests.audits.office.sending import body_of, sent
from tests.audits.settling import settle
from tests.cast import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def assignment(cast, house):
    """Ada's visit of Vienna."""
    return planned(house.component, house.version, cast.vienna, cast.ada)


@pytest.fixture
def orphan(cast, assignment):
    """Ada's report of it, under an assignment that nobody knows."""
    return sent(assignment, PERFECT, sender=cast.ada, assignment=str(uuid.uuid4()), entered=[1, 5, 9, 12, 30])


def scored():
    """All that is due is done: matching marks a report at the time of the clock."""
    settle(timezone.now())


def match(ask, person, submission, assignment):
    return ask(person, "post", f"submissions/{submission.pk}/match", {"assignment": str(assignment.pk)})


def test_a_matched_report_is_as_if_its_phone_had_named_the_visit(cast, orphan, assignment, ask):
    before = sent_bytes(orphan.pk)
    assert orphan.flags == ["unknown-assignment"]
    answer = match(ask, cast.rita, orphan, assignment)
    assert answer.json() == {
        "id": str(orphan.pk),
        "state": "received",
        "audit": str(assignment.audit_id),
        "audit_state": "delivered",
    }
    orphan.refresh_from_db()
    assert (orphan.assignment, orphan.flags) == (assignment, ["matched"])
    assert sent_bytes(orphan.pk) == before
    assert Assignment.objects.get(pk=assignment.pk).state == "delivered"
    scored()
    assert Score.objects.get(current=True).audit_id == assignment.audit_id
    assert ask(cast.rita, "post", f"submissions/{orphan.pk}/accept", {}).status_code == 200


def test_it_is_the_same_as_a_report_that_named_the_visit_itself(cast, house, orphan, assignment, ask):
    match(ask, cast.rita, orphan, assignment)
    direct = sent(planned(house.component, house.version, cast.graz, cast.ada), PERFECT)
    one, other = Observation.objects.get(submission=orphan), Observation.objects.get(submission=direct)
    assert bytes(one.digest) == bytes(other.digest)


@pytest.mark.parametrize("whose", ["another auditor's", "nobody's"])
def test_a_report_is_matched_to_assignments_of_its_sender_only(cast, house, orphan, whose, ask):
    other = planned(house.component, house.version, cast.graz, cast.bea)
    wanted = other if whose == "another auditor's" else Assignment(pk=uuid.uuid4())
    answer = match(ask, cast.rita, orphan, wanted)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/assignment")
    with pytest.raises(Problem, match="no assignment of the person"):
        receiving.match(submission_id=orphan.pk, assignment_id=wanted.pk, now=NOW)
    orphan.refresh_from_db()
    assert (orphan.assignment, orphan.flags) == (None, ["unknown-assignment"])


def test_a_report_that_has_its_visit_is_not_matched_to_another(cast, house, assignment, ask):
    report = sent(assignment, PERFECT)
    other = planned(house.component, house.version, cast.graz, cast.ada)
    answer = match(ask, cast.rita, report, other)
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:problem:review-refused")


def test_work_for_a_visit_that_was_taken_away_and_given_back_counts_for_the_new_assignment(cast, house, ask):
    old = planned(house.component, house.version, cast.vienna, cast.ada)
    planning.withdraw(assignment_id=old.pk, now=NOW)
    report = sent(old, PERFECT)
    settle()
    assert "assignment-ended" in report.flags
    new = planning.assign(audit_id=old.audit_id, auditor=cast.ada, now=NOW - timedelta(days=1))
    assert match(ask, cast.rita, report, new).json()["audit_state"] == "delivered"
    scored()
    report.refresh_from_db()
    assert (report.assignment, report.flags) == (new, ["matched"])
    assert ask(cast.rita, "post", f"submissions/{report.pk}/accept", {}).status_code == 200


def test_nobody_matches_their_own_report_or_one_of_another_office(cast, orphan, assignment, ask):
    for person, status in ((cast.ada, 403), (cast.paul, 403), (cast.mia, 403)):
        assert match(ask, person, orphan, assignment).status_code == status
    cast.rita.memberships.update(office=None, chain=cast.aurora, role="editor")
    assert match(ask, cast.olga, orphan, assignment).status_code == 200


def test_the_page_offers_the_senders_assignments_and_matches(client, cast, house, orphan, assignment):
    planned(house.component, house.version, cast.graz, cast.bea)
    client.force_login(cast.rita)
    address = f"/admin/audits/submission/act/match/?ids={orphan.pk}"
    page = client.get(address).content.decode()
    assert "Vienna · Stay" in page
    assert "Graz · Stay" not in page
    assert client.post(address, {"assignment": str(assignment.pk), "sure": "yes"}).status_code == 302
    orphan.refresh_from_db()
    assert orphan.assignment == assignment


def deliver_again(submission, body):
    """What a phone is answered that sends these bytes under this id."""
    arrival = receiving.Arrival(submission.pk, body, hashlib.sha256(body).digest(), submission.sender, None, NOW)
    with pytest.raises(Problem) as refused:
        receiving.receive(arrival)
    return refused.value.kind.code


def test_a_withdrawn_id_is_refused_and_its_visit_waits_for_another_report(cast, assignment, ask):
    body = body_of(assignment, PERFECT)
    report = sent(assignment, PERFECT, id=str(uuid.uuid4()))
    body = sent_bytes(report.pk)
    answer = ask(cast.rita, "post", f"submissions/{report.pk}/withdraw", {"note": "Of the training day."})
    assert (answer.json()["state"], answer.json()["audit_state"]) == ("withdrawn", "assigned")
    assert deliver_again(report, body) == "submission-withdrawn"
    assert sent_bytes(report.pk) == body
    judged = Review.objects.get()
    assert (judged.decision, judged.reviewer, judged.note) == ("withdraw", cast.rita, "Of the training day.")
    second = sent(assignment, PERFECT)
    assert (second.flags, second.assignment.audit.state) == ([], "delivered")


def test_a_visit_keeps_its_state_where_another_report_of_it_stands(cast, assignment, ask):
    first, second = sent(assignment, PERFECT), sent(assignment, PERFECT)
    answer = ask(cast.rita, "post", f"submissions/{first.pk}/withdraw", {"note": "Sent twice."})
    assert (answer.json()["state"], answer.json()["audit_state"]) == ("withdrawn", "delivered")
    assert Submission.objects.get(pk=second.pk).state == "received"


def test_an_unmatched_report_can_be_withdrawn_too(cast, orphan, ask):
    answer = ask(cast.rita, "post", f"submissions/{orphan.pk}/withdraw", {"note": "A trial."})
    assert answer.json() == {"id": str(orphan.pk), "state": "withdrawn", "audit": None, "audit_state": None}


@pytest.mark.parametrize("state", ["accepted", "void", "withdrawn", "replaced"])
def test_what_has_been_judged_is_not_withdrawn(cast, assignment, state, ask):
    report = sent(assignment, PERFECT)
    Submission.objects.update(state=state)
    answer = ask(cast.rita, "post", f"submissions/{report.pk}/withdraw", {"note": "x"})
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:problem:review-refused")
    assert not Review.objects.exists()


def test_a_withdrawal_needs_a_reason(cast, assignment, ask):
    report = sent(assignment, PERFECT)
    assert ask(cast.rita, "post", f"submissions/{report.pk}/withdraw", {"note": ""}).status_code == 400
    assert ask(cast.rita, "post", f"submissions/{report.pk}/withdraw", {}).status_code == 400
    assert Submission.objects.get().state == "received"


def settled_by(cast, report, how):
    judge = {"void": reviewing.void, "withdraw": reviewing.withdraw}[how]
    judge(submission_id=report.pk, reviewer=cast.rita, now=NOW, note="Recognised at the desk.")


@pytest.mark.parametrize(("how", "blocked"), [("void", True), ("withdraw", False)])
def test_who_was_recognised_never_goes_there_again_unless_the_report_was_a_mistake(cast, house, how, blocked):
    report = delivered(planned(house.component, house.version, cast.vienna, cast.ada), {}, outcome="recognised")
    settled_by(cast, report, how)
    again = planned(house.component, house.version, cast.vienna, cast.bea, state="planned")
    again.delete()
    pair = (cast.ada.pk, cast.vienna.pk)
    assert (pair in planning.recognised_pairs([cast.ada.pk])) is blocked
    duty = planning.Duty(Audit.objects.get(state="planned").pk, cast.ada)
    if blocked:
        with pytest.raises(Problem, match="recognised"):
            planning.assign_many(duties=[duty], now=NOW)
    else:
        assert planning.assign_many(duties=[duty], now=NOW)
