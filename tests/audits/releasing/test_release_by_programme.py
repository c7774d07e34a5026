"""Release: accepted visits become visible at once, with the next day, or when their period is over; never before."""

from datetime import UTC, date, datetime, timedelta

import pytest

from audits.models import Audit, Rating, Series
from audits.services import releasing
from chains.problems import Problem
from tests.audits.delivering import PERFECT, delivered, planned
from tests.audits.settling import settle
from tests.cast import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def accept(cast, house):
    """`accept(place, day)`: a visit of that day, delivered and accepted; releases by the given mode from then on."""

    def accepted(place=None, day=date(2026, 6, 10), mode="daily"):
        house.programme.release_mode = mode
        house.programme.save()
        submission = delivered(
            planned(house.component, house.version, place or cast.vienna, cast.ada), PERFECT, visited_on=day
        )
        settle()
        return Audit.objects.get(assignments__submissions=submission)

    return accepted


def state(audit):
    return Audit.objects.get(pk=audit.pk).state


def test_at_once(accept):
    audit = accept(mode="at_once")
    assert (audit.state, audit.released_at) == ("released", NOW)
    assert audit.visit_id is not None
    assert Rating.objects.get().visits == 1


def test_daily_with_the_first_release_of_the_next_day(accept):
    audit = accept(mode="daily")
    assert (audit.state, audit.visit_id) == ("accepted", None)
    last_moment = datetime(2026, 6, 15, 23, 59, 59, tzinfo=UTC)
    settle(last_moment)
    assert state(audit) == "accepted"
    assert not Rating.objects.exists()
    settle(last_moment + timedelta(seconds=1))
    assert state(audit) == "released"


@pytest.mark.parametrize(
    ("kind", "day", "held_until"),
    [
        ("month", date(2026, 6, 10), date(2026, 7, 1)),
        ("quarter", date(2026, 4, 2), date(2026, 7, 1)),
        ("year", date(2026, 6, 10), date(2027, 1, 1)),
        ("month", date(2026, 5, 31), date(2026, 6, 15)),
    ],
)
def test_at_the_end_of_the_period_of_the_visit(house, accept, kind, day, held_until):
    Series.objects.filter(pk=house.series.pk).update(period_kind=kind)
    audit = accept(day=day, mode="end_of_period")
    moment = datetime.combine(held_until, datetime.min.time(), tzinfo=UTC)
    if moment > NOW:
        assert audit.state == "accepted"
        settle(moment - timedelta(seconds=1))
        assert state(audit) == "accepted"
        settle(moment)
    assert state(audit) == "released"


def test_with_several_series_the_longest_period_decides(house, accept):
    Series.objects.create(
        programme=house.programme, code="y", name="Year", scheme=house.series.scheme, period_kind="year"
    )
    audit = accept(mode="end_of_period")
    settle(datetime(2026, 12, 31, 23, 59, tzinfo=UTC))
    assert state(audit) == "accepted"
    settle(datetime(2027, 1, 1, tzinfo=UTC))
    assert state(audit) == "released"


def test_a_programme_without_series_has_no_period_to_end(house, accept):
    audit = accept(mode="end_of_period")
    Series.objects.all().delete()
    settle(datetime(2030, 1, 1, tzinfo=UTC))
    assert state(audit) == "accepted"


def test_visit_ids_are_random_and_tell_no_order(cast, accept):
    first, second = accept(cast.vienna, mode="at_once"), accept(cast.graz, mode="at_once")
    assert {first.visit_id.version, second.visit_id.version} == {4}
    assert len({first.visit_id, second.visit_id, first.pk, second.pk}) == 4


def test_what_is_released_is_released_once(accept):
    audit = accept(mode="at_once")
    settle(NOW + timedelta(days=2))
    again = Audit.objects.get(pk=audit.pk)
    assert (again.visit_id, again.released_at) == (audit.visit_id, audit.released_at)


def test_an_office_admin_may_release_before_the_time(cast, accept):
    audits = [accept(place, mode="end_of_period") for place in (cast.vienna, cast.graz)]
    assert releasing.release_now(audit_ids=[audit.pk for audit in audits], now=NOW) == 2
    settle()
    assert set(Rating.objects.values_list("location__code", "visits")) == {("VIE", 1), ("GRA", 1)}


def test_of_visits_to_be_released_now_all_must_be_accepted(cast, house, accept):
    ready = accept(mode="end_of_period")
    other = planned(house.component, house.version, cast.graz, cast.ada).audit
    with pytest.raises(Problem) as caught:
        releasing.release_now(audit_ids=[ready.pk, other.pk], now=NOW)
    assert caught.value.kind.code == "audit-state"
    assert (state(ready), state(other)) == ("accepted", "assigned")
