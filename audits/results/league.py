"""The lines of a league: by the whole score with all that is known about chance, or by one part."""

from collections.abc import Sequence
from dataclasses import dataclass

from audits.models import Rating, Standing
from audits.problems import UNKNOWN_PART
from audits.results.asking import Asked
from chains.models import Location, User
from chains.problems import Problem

HEAVY = ("rating__figures", "rating__score_ids", "rating__spread", "rating__hands")


@dataclass(frozen=True, slots=True)
class Line:
    """One branch in a league. Figures in tenths of a point; by a part the bounds, the range and the change are unknown.

    `ties` are the numbers of the too-close-to-call groups that the branch belongs to; `trend` is as in Standing.
    """

    location: Location
    rating: Rating
    position: int
    rank: int | None
    tenths: int | None
    trend: int | None
    change: int | None = None
    low: int | None = None
    high: int | None = None
    rank_best: int | None = None
    rank_worst: int | None = None
    ties: Sequence[int] = ()


def league_lines(user: User, asked: Asked, *, part: str | None, after: int, limit: int | None) -> list[Line]:
    """The lines that `user` may see behind position `after`; by a part only rated branches that have it.

    Ranks count all branches of the chain (or group), by a part those that `user` may see.
    Raises Problem (unknown-part).
    """
    rows = (
        Standing.objects.visible_to(user)
        .filter(series=asked.series, period_start=asked.period.start, group=asked.group)
        .select_related("rating", "location")
        .defer(*HEAVY, "location__facilities")
        # The group is one and the same; PostgreSQL walks the index in order only if it is named.
        .order_by("group_id", "position", "pk")
    )
    if part:
        return _by_part(list(rows), part)[after : None if limit is None else after + limit]
    rows = rows.filter(position__gt=after).defer(*HEAVY, "location__facilities", "rating__parts")
    return [_by_whole(row) for row in (rows if limit is None else rows[:limit])]


def _by_whole(row: Standing) -> Line:
    return Line(
        location=row.location,
        rating=row.rating,
        position=row.position,
        rank=row.rank,
        tenths=row.rating.tenths,
        trend=row.trend,
        change=row.change_tenths,
        low=row.low_tenths,
        high=row.high_tenths,
        rank_best=row.rank_best,
        rank_worst=row.rank_worst,
        ties=row.ties,
    )


def _by_part(rows: Sequence[Standing], part: str) -> list[Line]:
    """The same branches ordered by one part; without intervals, which are the whole's."""
    if rows and not any(part in row.rating.parts for row in rows):
        known = sorted({name for row in rows for name in row.rating.parts})
        raise Problem(UNKNOWN_PART, f"No branch has a figure for {part!r}; known are {', '.join(known)}.")
    having = [row for row in rows if part in row.rating.parts and row.rating.state == Rating.State.RATED]
    having.sort(key=lambda row: (-row.rating.parts[part], row.position))
    lines: list[Line] = []
    for place, row in enumerate(having, start=1):
        value = row.rating.parts[part]
        rank = lines[-1].rank if lines and lines[-1].tenths == value else place
        lines.append(Line(row.location, row.rating, place, rank, value, row.trend))
    return lines
