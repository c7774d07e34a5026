"""Amendments: append-only corrections of answers, from which the score is made anew."""

import pytest

from audits.models import Amendment, Dirty, Rating, Score
from audits.services import reviewing
from chains.problems import Problem
from tests.audits.delivering import PERFECT, delivered
from tests.audits.settling import settle
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def amend(submission, cast, *corrections, source="review"):
    return reviewing.amend(
        submission_id=submission.pk,
        made_by=cast.rita,
        corrections=[reviewing.Correction(*correction) for correction in corrections],
        source=source,
        now=NOW,
    )


def test_a_correction_makes_a_new_score_and_keeps_the_old_one(cast, assignment):
    submission = delivered(assignment, PERFECT | {"ARR-002": 61})
    settle()
    amend(submission, cast, ("ARR-002", "45", "The receipt says 45."), source="query")
    settle()
    row = Amendment.objects.get()
    assert (row.before, row.after, row.source, row.made_by) == ("61", "45", "query", cast.rita)
    old, new = Score.objects.order_by("pk")
    assert (old.current, old.earned, new.current, new.earned, new.possible) == (False, 40, True, 60, 60)
    assert old.observation_id == new.observation_id
    assert old.amendments_digest != new.amendments_digest


def test_corrected_back_the_first_score_is_current_again(cast, assignment):
    submission = delivered(assignment, PERFECT)
    settle()
    first = Score.objects.get()
    amend(submission, cast, ("ARR-001", "not_met", "Misread."))
    settle()
    amend(submission, cast, ("ARR-001", "met", "It was right."))
    settle()
    assert Score.objects.count() == 3
    current = Score.objects.get(current=True)
    assert (current.earned, current.possible) == (first.earned, first.possible)


def test_scoring_the_same_inputs_again_makes_no_new_row(cast, assignment):
    submission = delivered(assignment, PERFECT)
    settle()
    amend(submission, cast, ("ARR-001", "not_met", "Misread."))
    settle()
    before = list(Score.objects.order_by("pk").values())
    Dirty.objects.mark([Dirty.score(submission_id=submission.pk, now=NOW)])
    settle()
    assert list(Score.objects.order_by("pk").values()) == before


def test_a_correction_after_release_rates_the_branch_anew(cast, assignment):
    submission = delivered(assignment, PERFECT)
    settle()
    reviewing.accept(submission_id=submission.pk, reviewer=cast.rita, now=NOW)
    settle()
    assert Rating.objects.get().outcome == "five"
    amend(submission, cast, ("ROOM-001", "not_met", "The appeal was refused."), source="appeal")
    settle()
    row = Rating.objects.get(current=True)
    assert (row.outcome, row.tenths, row.supersedes.outcome) == ("four", 875, "five")


def test_every_fault_of_a_correction_is_named_and_nothing_is_kept(cast, assignment):
    submission = delivered(assignment, PERFECT)
    settle()
    with pytest.raises(Problem) as caught:
        amend(
            submission,
            cast,
            ("ARR-001", "not_met", " "),
            ("XXX-001", "met", "r"),
            ("BAR-001", "met", "r"),
            ("ARR-003", "11", "r"),
            ("ARR-001", "maybe", "r"),
            ("ROOM-001", "met", "r"),
        )
    assert [(f.pointer, f.code) for f in caught.value.errors] == [
        ("/corrections/0/reason", "empty"),
        ("/corrections/1/answer_key", "unknown-standard"),
        ("/corrections/2/answer_key", "out-of-scope"),
        ("/corrections/3/after", "bad-value"),
        ("/corrections/4/after", "bad-value"),
        ("/corrections/5/after", "unchanged"),
    ]
    assert not Amendment.objects.exists()
    assert not Dirty.objects.exists()


def test_within_one_request_the_later_correction_knows_the_earlier(cast, assignment):
    submission = delivered(assignment, PERFECT)
    amend(submission, cast, ("ARR-002", "", "Not seen."), ("ARR-002", "90", "It was."))
    assert list(Amendment.objects.values_list("before", "after")) == [("30", ""), ("", "90")]


def test_a_void_report_is_not_corrected(cast, assignment):
    submission = delivered(assignment, PERFECT)
    reviewing.void(submission_id=submission.pk, reviewer=cast.rita, now=NOW, note="Never there.")
    with pytest.raises(Problem):
        amend(submission, cast, ("ARR-001", "not_met", "r"))
