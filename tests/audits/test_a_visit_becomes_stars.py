"""The way through the house without a phone and without Celery: delivered, scored, released, rated, ranked."""

from datetime import date, timedelta

import pytest

from audits.models import Audit, Dirty, Rating, Review, Score, Standing, Tally
from audits.services import comparing, rating, releasing, reviewing
from tests.audits.delivering import PERFECT, delivered, planned
from tests.cast import NOW, programme_of, publish_directly, scheme_in_force, small_checklist

pytestmark = pytest.mark.django_db


def settle(now=NOW):
    while sum(s(now=now) for s in (reviewing.score_due, releasing.release_due, rating.rate_due, comparing.rank_due)):
        pass


@pytest.fixture
def house(cast):
    """A published checklist, a scheme in force, a programme that accepts automatically and releases at once."""
    version = publish_directly(cast.aurora, small_checklist())
    _, component, series = programme_of(version, scheme_in_force(cast.aurora))
    return version, component, series


def test_a_perfect_visit_has_five_stars_in_the_league(cast, house):
    version, component, series = house
    delivered(planned(component, version, cast.vienna, cast.ada), PERFECT)
    settle()
    row = Standing.objects.get(group=None, location=cast.vienna)
    assert (row.rank, row.position, row.rating.outcome, row.rating.tenths) == (1, 1, "five", 1000)
    assert row.period_start == date(2026, 6, 1)
    assert Audit.objects.get().state == "released"
    assert Review.objects.get().reviewer is None
    assert not Dirty.objects.exists()


def test_the_score_is_exact(cast, house):
    version, component, _ = house
    answers = PERFECT | {"ARR-002": 61, "ARR-003": 7, "ROOM-002": "na"}
    delivered(planned(component, version, cast.vienna, cast.ada), answers)
    settle()
    score = Score.objects.get()
    # Tenths of a point: 1 + 0 of 2 + 0.7 of 1 + 1, of 5.
    assert (score.earned, score.possible, score.assessed, score.assessable) == (27, 50, 4, 4)
    # Service 17 of 40, facility 10 of 10: 0.75 × 42.5 + 0.25 × 100 = 56.875.
    row = Rating.objects.get()
    assert (row.exact, row.tenths, row.outcome) == ("455/8", 569, "one")
    assert row.parts["section.ARR"] == 425


def test_a_critical_failure_caps_the_stars(cast, house):
    version, component, _ = house
    delivered(planned(component, version, cast.vienna, cast.ada), PERFECT | {"ROOM-001": "not_met", "ROOM-002": "met"})
    settle()
    row = Rating.objects.get()
    assert (row.tenths, row.outcome) == (875, "four")
    assert any("critical_failed" in line for line in row.figures["lines"])


def test_ties_share_the_better_rank(cast, house):
    version, component, _ = house
    for place in (cast.vienna, cast.graz):
        delivered(planned(component, version, place, cast.ada), PERFECT)
    delivered(planned(component, version, cast.linz, cast.ada), PERFECT | {"ARR-001": "not_met"})
    settle()
    ranks = dict(Standing.objects.filter(group=None).values_list("location__code", "rank"))
    assert ranks == {"VIE": 1, "GRA": 1, "LIN": 3}
    east = dict(Standing.objects.filter(group=cast.east).values_list("location__code", "rank"))
    assert east == {"VIE": 1, "GRA": 1}


def test_the_same_inputs_make_no_new_rating(cast, house):
    version, component, series = house
    submission = delivered(planned(component, version, cast.vienna, cast.ada), PERFECT)
    settle()
    Dirty.objects.mark([Dirty.score(submission_id=submission.pk, now=NOW)])
    Dirty.objects.mark(
        [Dirty.rate(series_id=series.pk, location_id=cast.vienna.pk, period_start=date(2026, 6, 1), now=NOW)]
    )
    settle()
    assert Score.objects.count() == Rating.objects.count() == 1
    assert not Dirty.objects.exists()


def test_a_second_visit_supersedes_the_rating_and_keeps_the_first(cast, house):
    version, component, _ = house
    delivered(planned(component, version, cast.vienna, cast.ada), PERFECT)
    settle()
    delivered(planned(component, version, cast.vienna, cast.bea), PERFECT | {"ARR-003": 0})
    settle()
    old, new = Rating.objects.order_by("visits")
    assert (old.current, new.current, new.supersedes) == (False, True, old)
    # The second visit: service 30 of 40 → 0.75 × 75 + 25 = 81.25; the mean of both is 90.625.
    assert (new.exact, new.visits) == ("725/8", 2)


def test_a_voided_visit_stops_counting(cast, house):
    version, component, _ = house
    submission = delivered(planned(component, version, cast.vienna, cast.ada), PERFECT)
    settle()
    reviewing.void(submission_id=submission.pk, reviewer=cast.rita, now=NOW, note="The auditor was never there.")
    settle()
    row = Rating.objects.get(current=True)
    assert (row.visits, row.state) == (0, "unrated")


def test_a_visit_of_last_year_counts_within_twelve_months_only(cast, house):
    version, component, _ = house
    delivered(planned(component, version, cast.vienna, cast.ada), PERFECT, visited_on=date(2025, 7, 10))
    settle()
    months = list(Rating.objects.filter(visits=1).order_by("period_start").values_list("period_start", flat=True))
    assert months[0] == date(2025, 7, 1)
    assert months[-1] == date(2026, 6, 1)
    assert len(months) == 12


def test_tallies_count_the_visits_of_the_period_itself(cast, house):
    version, component, _ = house
    delivered(planned(component, version, cast.vienna, cast.ada), PERFECT | {"ARR-001": "not_met", "ROOM-002": "na"})
    delivered(planned(component, version, cast.vienna, cast.bea), PERFECT)
    settle()
    row = Tally.objects.get()
    assert row.visits == 2
    met, failed, na = [row.counts[i * 12 : (i + 1) * 12] for i in range(3)]
    assert [met[i] for i in range(0, 12, 2)] == [1, 2, 2, 2, 1, 0]
    assert [failed[i] for i in range(0, 12, 2)] == [1, 0, 0, 0, 0, 0]
    assert [na[i] for i in range(0, 12, 2)] == [0, 0, 0, 0, 1, 0]


def test_a_visit_waits_for_its_daily_release(cast, house):
    version, component, _ = house
    component.programme.release_mode = "daily"
    component.programme.save()
    delivered(planned(component, version, cast.vienna, cast.ada), PERFECT)
    settle()
    assert Audit.objects.get().state == "accepted"
    assert not Rating.objects.exists()
    settle(NOW + timedelta(days=1))
    assert Audit.objects.get().state == "released"
    assert Rating.objects.get().outcome == "five"
