"""Void: a report is as if it had never been, also after its release; its record stays."""

import pytest

from audits.models import Audit, Rating, Review, SharedComment, Submission
from audits.services import reviewing
from chains.problems import Problem
from tests.audits.delivering import PERFECT, delivered, planned
from tests.audits.settling import settle
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def void(submission, cast, note="Never there."):
    return reviewing.void(submission_id=submission.pk, reviewer=cast.rita, now=NOW, note=note)


def accepted(assignment, answers, cast):
    submission = delivered(assignment, answers)
    settle()
    reviewing.accept(submission_id=submission.pk, reviewer=cast.rita, now=NOW, comments={"ARR-001": "Fine."})
    settle()
    return submission


def test_a_void_needs_a_reason(cast, assignment):
    submission = delivered(assignment, PERFECT)
    with pytest.raises(Problem) as caught:
        void(submission, cast, note=" ")
    assert [f.pointer for f in caught.value.errors] == ["/note"]
    assert Submission.objects.get().state == "received"


def test_a_void_after_release_takes_the_visit_out_of_the_ratings(cast, house, assignment):
    bad = accepted(assignment, PERFECT | {"ARR-001": "not_met"}, cast)
    accepted(planned(house.component, house.version, cast.vienna, cast.bea), PERFECT, cast)
    assert Rating.objects.get(current=True).visits == 2
    void(bad, cast)
    settle()
    row = Rating.objects.get(current=True)
    assert (row.visits, row.tenths) == (1, 1000)
    assert row.supersedes.visits == 2
    assert Audit.objects.get(pk=assignment.audit_id).state == "void"


def test_a_branch_whose_only_visit_is_void_is_not_rated_any_more(cast, assignment):
    submission = accepted(assignment, PERFECT, cast)
    void(submission, cast)
    settle()
    row = Rating.objects.get(current=True)
    assert (row.state, row.visits, row.tenths) == ("unrated", 0, None)


def test_voiding_a_rival_leaves_the_accepted_report_alone(cast, assignment):
    accepted_one = accepted(assignment, PERFECT, cast)
    rival = delivered(assignment, PERFECT | {"ARR-001": "not_met"})
    Audit.objects.update(state="released")
    void(rival, cast)
    settle()
    assert Audit.objects.get().state == "released"
    assert Submission.objects.get(pk=accepted_one.pk).state == "accepted"
    assert Rating.objects.get(current=True).visits == 1


def test_where_another_report_waits_it_can_be_judged_in_the_stead_of_the_void_one(cast, assignment):
    wrong = accepted(assignment, PERFECT | {"ARR-001": "not_met"}, cast)
    other = delivered(assignment, PERFECT)
    Audit.objects.update(state="released")
    void(wrong, cast)
    settle()
    audit = Audit.objects.get()
    assert (audit.state, audit.visit_id, audit.released_at) == ("delivered", None, None)
    assert Rating.objects.get(current=True).visits == 0
    reviewing.accept(submission_id=other.pk, reviewer=cast.rita, now=NOW, comments={"ARR-001": "Warm."})
    settle()
    assert Rating.objects.get(current=True).tenths == 1000
    assert [comment.text for comment in SharedComment.objects.all()] == ["Warm."]


def test_what_is_void_stays_void(cast, assignment):
    submission = delivered(assignment, PERFECT)
    void(submission, cast)
    for judge in (
        lambda: void(submission, cast),
        lambda: reviewing.accept(submission_id=submission.pk, reviewer=cast.rita, now=NOW),
    ):
        with pytest.raises(Problem):
            judge()
    assert Review.objects.count() == 1


def test_a_cancelled_visit_stays_cancelled(cast, assignment):
    submission = delivered(assignment, PERFECT)
    Audit.objects.update(state="cancelled")
    void(submission, cast)
    assert (Audit.objects.get().state, Submission.objects.get().state) == ("cancelled", "void")
