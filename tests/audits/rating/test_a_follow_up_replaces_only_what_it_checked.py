"""A follow-up asks for some standards again; the rating takes those from it and the rest from the visit before."""

from datetime import date, timedelta

import pytest

from audits.models import Assignment, Audit, Rating, Score
from audits.models.compiled import scope_of
from audits.services import planning, reviewing
from tests.audits.delivering import PERFECT, delivered, planned
from tests.audits.settling import settle
from tests.cast import NOW, programme_of, publish_directly, scheme_in_force, small_checklist

pytestmark = pytest.mark.django_db
BY_SECTION = {
    "levels": ["one", "two", "three"],
    "values": {"score": {"mean": ["section.ARR", "section.ROOM"]}},
    "decide": {"grid": ["score"], "at_least": {"three": ["80"], "two": ["60"]}, "else": "one"},
    "visits": {"within": "365", "combine": "carry"},
}
JUNE = date(2026, 6, 1)


@pytest.fixture
def house(cast):
    version = publish_directly(cast.aurora, small_checklist())
    _, component, _ = programme_of(version, scheme_in_force(cast.aurora, BY_SECTION))
    first = PERFECT | {"ROOM-001": "not_met", "ARR-003": 0}
    delivered(planned(component, version, cast.vienna, cast.ada), first, visited_on=date(2026, 6, 2))
    settle()
    return component


def follow_up(component, place, *codes):
    """Planned by the office for these standards alone, and given to an auditor."""
    visit = planning.Visit(
        location=place,
        window_from=NOW.date(),
        window_until=NOW.date() + timedelta(days=20),
        kind=Audit.Kind.FOLLOW_UP,
        only=codes,
    )
    return planning.plan(component=component, visit=visit, now=NOW)


def rating_of(place):
    return Rating.objects.get(location=place, period_start=JUNE, current=True)


def test_before_it_the_first_visit_stands_alone(cast, house):
    # Arrival 3 of 4 points, room 1 of 2.
    row = rating_of(cast.vienna)
    assert (row.exact, row.parts["section.ARR"], row.parts["section.ROOM"]) == ("125/2", 750, 500)


def test_what_it_checked_is_taken_from_it_and_the_rest_from_the_visit_before(cast, house):
    audit = follow_up(house, cast.vienna, "ROOM-001", "ROOM-002")
    assert sorted(scope_of(audit.scope_id).keys) == ["ROOM-001", "ROOM-002"]
    assignment = Assignment.objects.create(audit=audit, auditor=cast.bea, state="accepted", offered_at=NOW)
    delivered(assignment, {"ROOM-001": "met", "ROOM-002": "met"}, visited_on=date(2026, 6, 20))
    settle()
    row = rating_of(cast.vienna)
    assert (row.exact, row.visits) == ("175/2", 2)
    assert (row.parts["section.ARR"], row.parts["section.ROOM"]) == (750, 1000)
    assert row.figures["combine"] == "carry"
    assert len(row.figures["visits"]) == 2
    assert row.supersedes is not None
    # The first visit is worth what it was.
    first = Score.objects.get(audit__kind=Audit.Kind.MYSTERY)
    assert (first.current, first.earned < first.possible) == (True, True)


def test_a_voided_follow_up_gives_back_what_it_replaced(cast, house):
    audit = follow_up(house, cast.vienna, "ROOM-001", "ROOM-002")
    assignment = Assignment.objects.create(audit=audit, auditor=cast.bea, state="accepted", offered_at=NOW)
    submission = delivered(assignment, {"ROOM-001": "met", "ROOM-002": "met"}, visited_on=date(2026, 6, 20))
    settle()
    reviewing.void(submission_id=submission.pk, reviewer=cast.rita, now=NOW, note="Another house was visited.")
    settle()
    assert rating_of(cast.vienna).exact == "125/2"
