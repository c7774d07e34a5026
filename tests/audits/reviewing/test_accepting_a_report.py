"""Acceptance: one scored report of a visit counts, once, on a day that a person confirmed."""

from datetime import date, timedelta

import pytest

from audits.models import Audit, Rating, Review, SharedComment, Submission
from audits.services import reviewing
from chains.problems import Problem
from tests.audits.delivering import PERFECT, delivered, planned
from tests.audits.settling import settle
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def accept(submission, cast, **more):
    return reviewing.accept(submission_id=submission.pk, reviewer=cast.rita, now=NOW, **more)


def refusal(call):
    with pytest.raises(Problem) as caught:
        call()
    assert caught.value.kind.code == "review-refused"
    return caught.value


def test_nothing_is_accepted_before_it_has_a_score(cast, assignment):
    submission = delivered(assignment, PERFECT)
    assert "still being scored" in refusal(lambda: accept(submission, cast)).detail
    assert Audit.objects.get().state == "delivered"
    settle()
    review = accept(submission, cast, note="Fine.")
    assert (review.decision, review.reviewer, review.note) == ("accept", cast.rita, "Fine.")
    assert (Audit.objects.get().state, Submission.objects.get().state) == ("accepted", "accepted")


def test_without_automatic_acceptance_a_report_waits_for_its_reviewer(cast, assignment):
    delivered(assignment, PERFECT)
    settle()
    assert Audit.objects.get().state == "delivered"
    assert not Review.objects.exists()
    assert not Rating.objects.exists()


def test_of_two_reports_of_one_assignment_one_is_accepted(cast, assignment):
    first, second = delivered(assignment, PERFECT), delivered(assignment, PERFECT | {"ARR-001": "not_met"})
    settle()
    accept(second, cast)
    refusal(lambda: accept(first, cast))
    refusal(lambda: accept(second, cast))
    assert Submission.objects.get(state="accepted") == second
    assert Review.objects.count() == 1


@pytest.mark.parametrize("outcome", ["not_possible", "recognised"])
def test_a_visit_that_did_not_take_place_is_not_accepted_as_one(cast, assignment, outcome):
    submission = delivered(assignment, {}, outcome=outcome)
    settle()
    assert "void it instead" in refusal(lambda: accept(submission, cast)).detail


def test_a_cancelled_visit_is_not_accepted(cast, assignment):
    submission = delivered(assignment, PERFECT)
    settle()
    Audit.objects.update(state="cancelled")
    refusal(lambda: accept(submission, cast))
    assert Submission.objects.get().state == "received"


def test_the_reviewer_may_correct_the_day_but_not_to_one_after_the_report(cast, assignment):
    submission = delivered(assignment, PERFECT, visited_on=date(2026, 6, 10))
    settle()
    too_late = refusal(lambda: accept(submission, cast, visited_on=NOW.date() + timedelta(days=1)))
    assert [(f.pointer, f.code) for f in too_late.errors] == [("/visited_on", "too-late")]
    accept(submission, cast, visited_on=date(2026, 5, 31))
    settle()
    assert Audit.objects.get().visited_on == date(2026, 5, 31)
    assert {r.period_start for r in Rating.objects.all()} == {date(2026, 5, 1), date(2026, 6, 1)}


def test_reviewed_comments_are_kept_apart_and_only_for_what_was_asked(cast, assignment):
    submission = delivered(assignment, PERFECT)
    settle()
    wrong = refusal(lambda: accept(submission, cast, comments={"XX/1": "?", "ARR-001": "Warm."}))
    assert [(f.pointer, f.code) for f in wrong.errors] == [("/comments/XX~11", "unknown-standard")]
    accept(submission, cast, comments={"ARR-001": "Warm.", "ARR-002": "  "})
    assert list(SharedComment.objects.values_list("answer_key", "text")) == [("ARR-001", "Warm.")]


def test_two_visits_of_one_auditor_are_judged_apart(cast, house, assignment):
    other = planned(house.component, house.version, cast.graz, cast.ada)
    first, second = delivered(assignment, PERFECT), delivered(other, PERFECT)
    settle()
    accept(first, cast)
    accept(second, cast)
    assert set(Audit.objects.values_list("state", flat=True)) == {"accepted"}
