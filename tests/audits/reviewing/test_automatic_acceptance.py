"""Automatic acceptance: where the programme allows it, one whole report without rivals and nothing that blocks."""

from datetime import date

import pytest

from audits.models import Audit, Review, Score
from audits.services import reviewing
from tests.audits.delivering import PERFECT, delivered, planned
from tests.audits.office.sending import sent
from tests.audits.settling import settle
from tests.cast import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def house(house):
    """Accepts automatically."""
    house.programme.automatic_acceptance = True
    house.programme.save()
    return house


@pytest.fixture(autouse=True)
def _automatic(house):
    """In every test of this file."""


def states():
    return [*Audit.objects.order_by("location__code").values_list("state", flat=True)]


def test_a_whole_report_without_anything_odd_is_accepted(assignment):
    sent(assignment, PERFECT)
    settle()
    review = Review.objects.get()
    assert (review.decision, review.reviewer) == ("accept", None)
    assert states() == ["released"]


@pytest.mark.parametrize(
    "members",
    [
        {"answers": PERFECT | {"ROOM-001": "not_met"}},
        {"answers": PERFECT | {"XXX-001": "met"}},
        {"answers": PERFECT | {"ARR-003": 11}},
        {"visited_on": "2026-06-20"},
        {"replaces": {"id": "6b1a3e8e-8f0e-4b5c-9d5c-111111111111", "digest": "0" * 64}},
    ],
    ids=["comment-missing", "unknown-standard", "bad-value", "visited-on-unbelievable", "replaces-unknown"],
)
def test_what_blocks_waits_for_a_reviewer(request, assignment, members):
    submission = sent(assignment, **({"answers": PERFECT} | members))
    settle()
    assert submission.flags == [request.node.callspec.id]
    assert states() == ["delivered"]
    assert Score.objects.count() == 1
    assert not Review.objects.exists()


def test_an_unknown_member_is_noted_and_does_not_block(assignment):
    assert sent(assignment, PERFECT, mood="good").flags == ["unknown-member"]
    settle()
    assert states() == ["released"]


def test_a_report_after_the_window_waits(assignment):
    Audit.objects.update(window_from=date(2026, 5, 1), window_until=date(2026, 5, 31))
    assert sent(assignment, PERFECT).flags == ["late", "outside-window"]
    settle()
    assert states() == ["delivered"]


@pytest.mark.parametrize("outcome", ["partial", "not_possible", "recognised"])
def test_only_completed_visits_are_accepted(assignment, outcome):
    sent(assignment, PERFECT, outcome=outcome)
    settle()
    assert states() == ["delivered"]
    assert Score.objects.count() == (1 if outcome == "partial" else 0)


@pytest.mark.parametrize(("minimum", "state"), [(60, "released"), (61, "delivered")])
def test_too_little_coverage_waits(house, assignment, minimum, state):
    house.component.minimum_coverage = minimum
    house.component.save()
    sent(assignment, {"ARR-001": "met", "ARR-002": 30, "ARR-003": 10})
    settle()
    assert states() == [state]


def test_not_applicable_is_no_lack_of_coverage(house, assignment):
    house.component.minimum_coverage = 100
    house.component.save()
    sent(assignment, dict.fromkeys(PERFECT, "na") | {"ARR-001": "met"})
    settle()
    assert states() == ["released"]


def test_of_two_rivals_none_is_accepted(assignment):
    sent(assignment, PERFECT)
    sent(assignment, PERFECT | {"ARR-001": "not_met"})
    settle()
    assert states() == ["delivered"]
    assert Score.objects.filter(current=True).count() == 2


def test_a_second_report_after_acceptance_changes_nothing(assignment):
    sent(assignment, PERFECT)
    settle()
    sent(assignment, PERFECT | {"ARR-001": "not_met"})
    settle()
    assert states() == ["released"]
    assert Review.objects.count() == 1


def test_a_blocked_report_holds_back_no_other(cast, house, assignment):
    sent(assignment, PERFECT | {"ROOM-001": "not_met"})
    sent(planned(house.component, house.version, cast.graz, cast.ada), PERFECT)
    settle()
    assert states() == ["released", "delivered"]


def test_an_amendment_does_not_accept_what_was_blocked(cast, assignment):
    submission = sent(assignment, PERFECT | {"ROOM-001": "not_met"})
    settle()
    reviewing.amend(
        submission_id=submission.pk,
        made_by=cast.rita,
        corrections=[reviewing.Correction("ROOM-001", "met", "A photo shows it.")],
        source="review",
        now=NOW,
    )
    settle()
    assert states() == ["delivered"]


def test_settling_again_accepts_nothing_twice(assignment):
    delivered(assignment, PERFECT)
    settle()
    settle()
    assert Review.objects.count() == 1
