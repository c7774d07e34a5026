"""Months, quarters and years: what a series publishes in, as days from first to last."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, cast, get_args

PeriodKind = Literal["month", "quarter", "year"]
_MONTHS: dict[str, int] = {"month": 1, "quarter": 3, "year": 12}
_LABEL = re.compile(r"([0-9]{4})(?:-(?:Q([1-4])|(0[1-9]|1[0-2])))?")


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """One period; `end` is its last day. The label is the same in every language: 2026-06, 2026-Q2, 2026."""

    start: date
    end: date
    kind: PeriodKind
    label: str

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.start <= day <= self.end


def period_of(kind: PeriodKind, day: date) -> Period:
    """The period of this kind that a day lies in. Raises ValueError for an unknown kind."""
    if kind not in get_args(PeriodKind):
        raise ValueError(f"A period is a month, a quarter or a year, not {kind!r}.")
    months = _MONTHS[kind]
    start = date(day.year, (day.month - 1) // months * months + 1, 1)
    label = {
        "month": f"{start.year:04}-{start.month:02}",
        "quarter": f"{start.year:04}-Q{start.month // 3 + 1}",
        "year": f"{start.year:04}",
    }[kind]
    return Period(start, _first_after(start, months) - timedelta(days=1), kind, label)


def period_named(label: str) -> Period:
    """The period of a label as in `Period.label`. Raises ValueError for anything else."""
    found = _LABEL.fullmatch(label)
    if found is None or found[1] == "0000":
        raise ValueError(f'{label!r} is no period; write "2026-06", "2026-Q2" or "2026".')
    kind = "quarter" if found[2] else "month" if found[3] else "year"
    month = 3 * int(found[2]) - 2 if found[2] else int(found[3] or 1)
    return period_of(cast(PeriodKind, kind), date(int(found[1]), month, 1))


def previous(period: Period) -> Period:
    """The period before."""
    return period_of(period.kind, period.start - timedelta(days=1))


def following(period: Period) -> Period:
    """The period after."""
    return period_of(period.kind, period.end + timedelta(days=1))


def _first_after(start: date, months: int) -> date:
    years, month = divmod(start.month - 1 + months, 12)
    return date(start.year + years, month + 1, 1)
