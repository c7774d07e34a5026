"""Months, quarters and years cover every day once, in order."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.scoring.periods import following, period_named, period_of, previous

DAYS = st.dates(min_value=date(1900, 1, 1), max_value=date(2200, 12, 31))
KINDS = st.sampled_from(["month", "quarter", "year"])


@pytest.mark.parametrize(
    ("kind", "day", "start", "end", "label"),
    [
        ("month", date(2024, 2, 29), date(2024, 2, 1), date(2024, 2, 29), "2024-02"),
        ("month", date(2026, 12, 1), date(2026, 12, 1), date(2026, 12, 31), "2026-12"),
        ("quarter", date(2026, 6, 30), date(2026, 4, 1), date(2026, 6, 30), "2026-Q2"),
        ("quarter", date(2026, 10, 1), date(2026, 10, 1), date(2026, 12, 31), "2026-Q4"),
        ("year", date(2026, 6, 15), date(2026, 1, 1), date(2026, 12, 31), "2026"),
    ],
)
def test_a_day_lies_in_its_period(kind: str, day: date, start: date, end: date, label: str) -> None:
    period = period_of(kind, day)
    assert (period.start, period.end, period.label) == (start, end, label)
    assert day in period
    assert end + timedelta(days=1) not in period


def test_the_quarter_before_and_the_quarter_after() -> None:
    quarter = period_of("quarter", date(2026, 1, 1))
    assert (previous(quarter).label, following(quarter).label) == ("2025-Q4", "2026-Q2")


@given(kind=KINDS, day=DAYS)
def test_periods_follow_each_other_without_gap_or_overlap(kind: str, day: date) -> None:
    period = period_of(kind, day)
    assert period.start <= day <= period.end
    assert following(period).start == period.end + timedelta(days=1)
    assert previous(following(period)) == period == following(previous(period))
    assert period_named(period.label) == period


@pytest.mark.parametrize("label", ["", "26", "2026-Q5", "2026-13", "2026-00", "2026-6", "0000", "2026-Q2 "])
def test_what_is_no_period_is_refused(label: str) -> None:
    with pytest.raises(ValueError, match="no period"):
        period_named(label)


def test_an_unknown_kind_of_period_is_refused() -> None:
    with pytest.raises(ValueError, match="week"):
        period_of("week", date(2026, 1, 1))
