"""The lines of a league: by the whole score with all that is known about chance, or by one part."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import IntegerField, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from audits.models import Rating, Standing
from audits.problems import UNKNOWN_PART
from audits.results.asking import Asked
from chains.models import Location, User
from chains.problems import Problem

MOST_LOOKED_AT = 200
HEAVY = ("rating__figures", "rating__score_ids", "rating__spread", "rating__hands", "rating__part_sums")


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
    stands_out: int | None = None


def league_lines(
    user: User, asked: Asked, *, part: str | None, after: int, limit: int | None, with_parts: bool = False
) -> list[Line]:
    """The lines that `user` may see behind position `after`; by a part only rated branches that have it.

    Say `with_parts` where the parts of the ratings will be read. Ranks count all branches of the chain (or group), by
    a part those that `user` may see.
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
        return _by_part(rows, part, slice(after, None if limit is None else after + limit))
    rows = rows.filter(position__gt=after)
    if not with_parts:
        rows = rows.defer(*HEAVY, "location__facilities", "rating__parts")
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
        stands_out=row.stands_out,
    )


def _by_part(rows: QuerySet[Standing], part: str, page: slice) -> list[Line]:
    """The same branches ordered by one part; without intervals, which are the whole's.

    The part alone is read of all of them, and the rest for those on the page.
    """
    value = Cast(KeyTextTransform(part, "rating__parts"), IntegerField())
    having = rows.filter(rating__state=Rating.State.RATED, rating__parts__has_key=part).annotate(value=value)
    found = list(having.order_by().values_list("pk", "value", "position"))
    if not found and not rows.filter(rating__parts__has_key=part).exists():
        _refuse(rows, part)
    found.sort(key=lambda one: (-one[1], one[2]))
    ranks: list[int] = []
    for place, (_, tenths, _) in enumerate(found, start=1):
        ranks.append(ranks[-1] if ranks and found[place - 2][1] == tenths else place)
    shown = list(zip(found, ranks, range(1, len(found) + 1), strict=True))[page]
    by_key = {row.pk: row for row in rows.filter(pk__in=[pk for (pk, _, _), _, _ in shown])}
    return [
        Line(by_key[pk].location, by_key[pk].rating, place, rank, tenths, by_key[pk].trend)
        for (pk, tenths, _), rank, place in shown
        if pk in by_key
    ]


def _refuse(rows: QuerySet[Standing], part: str) -> None:
    """Raise Problem (unknown-part) naming the parts there are, unless there are no branches at all."""
    known = sorted({name for parts in rows.values_list("rating__parts", flat=True)[:MOST_LOOKED_AT] for name in parts})
    if known:
        raise Problem(UNKNOWN_PART, f"No branch has a figure for {part!r}; known are {', '.join(known)}.")
