"""Rank bands: cut points follow the members until the period closes; a late visit is held against the frozen ones."""

from datetime import UTC, date, datetime

import pytest

from audits.models import CutPoints, Period, Rating
from audits.services import rating
from tests.audits.delivering import PERFECT, delivered, planned
from tests.audits.settling import settle
from tests.cast import place, programme_of, publish_directly, scheme_in_force, small_checklist

pytestmark = pytest.mark.django_db
JUNE = date(2026, 6, 1)
RANKED = {
    "levels": ["bronze", "silver", "gold"],
    "outcomes": ["new"],
    "peers": {
        "value": "whole",
        "best": "high",
        "shares": {"gold": "25", "silver": "50", "bronze": "25"},
        "cut": "nearest",
        "ties": "better",
        "at_least_members": "4",
        "small": "outcome",
        "freeze": "period",
    },
    "visits": {"within": "30", "combine": "mean"},
}
# Of ten on "How warm was it?": 100, 96 2/3, 93 1/3 and 90 of a hundred.
WARMTH = (10, 8, 6, 4)


@pytest.fixture
def chain(cast):
    """Four branches of four different scores."""
    version = publish_directly(cast.aurora, small_checklist())
    _, component, series = programme_of(version, scheme_in_force(cast.aurora, RANKED))
    places = [cast.vienna, cast.graz, cast.linz, place(cast.aurora, "Salzburg", "Europe/Vienna", cast.west)]

    def visit(where, warmth, **more):
        delivered(planned(component, version, where, cast.ada), PERFECT | {"ARR-003": warmth}, **more)

    for where, warmth in zip(places, WARMTH, strict=True):
        visit(where, warmth)
    settle()
    return series, places, visit


def outcomes(places):
    rows = Rating.objects.filter(current=True, period_start=JUNE)
    found = dict(rows.values_list("location_id", "outcome"))
    return [found[one.pk] for one in places]


def test_the_best_quarter_is_gold_and_the_worst_bronze(chain):
    _, places, _ = chain
    assert outcomes(places) == ["gold", "silver", "silver", "bronze"]
    cuts = CutPoints.objects.get()
    assert (cuts.frozen_at, cuts.cuts["everyone"]["members"]) == (None, 4)


def test_while_the_period_is_open_a_new_visit_moves_the_cuts_for_all(chain):
    _, places, visit = chain
    # Salzburg rises from 90 to the mean of 90 and 100, and passes Linz with its 93 1/3.
    visit(places[3], 10, visited_on=date(2026, 6, 12))
    settle()
    assert outcomes(places) == ["gold", "silver", "bronze", "silver"]


def test_equal_values_get_the_better_band(cast, chain):
    _, places, visit = chain
    wels = place(cast.aurora, "Wels", "Europe/Vienna", cast.west)
    visit(wels, 10)
    settle()
    # A quarter of five is one; Vienna and Wels share its value.
    assert outcomes([*places, wels]) == ["gold", "silver", "silver", "bronze", "gold"]


def test_a_group_that_is_too_small_gets_the_outcome_for_that(cast):
    version = publish_directly(cast.aurora, small_checklist())
    _, component, _ = programme_of(version, scheme_in_force(cast.aurora, RANKED))
    delivered(planned(component, version, cast.vienna, cast.ada), PERFECT)
    settle()
    assert outcomes([cast.vienna]) == ["new"]


def test_a_late_visit_is_rated_against_the_frozen_cuts(chain):
    series, places, visit = chain
    closing = datetime(2026, 7, 16, tzinfo=UTC)
    rating.turn_periods(now=closing)
    frozen = CutPoints.objects.get(period_start=JUNE)
    assert frozen.frozen_at == closing
    assert Period.objects.get(series=series, starts_on=JUNE).closed_at == closing
    # A phone comes back after weeks: Salzburg was visited a second time in June, and perfectly.
    visit(places[3], 10, visited_on=date(2026, 6, 28), now=closing)
    settle(closing)
    assert outcomes(places) == ["gold", "silver", "silver", "silver"]
    late = Rating.objects.get(location=places[3], current=True, period_start=JUNE)
    assert (late.visits, late.supersedes is not None) == (2, True)
    again = CutPoints.objects.get(period_start=JUNE)
    assert (again.cuts, bytes(again.members_digest), again.frozen_at) == (
        frozen.cuts,
        bytes(frozen.members_digest),
        closing,
    )
