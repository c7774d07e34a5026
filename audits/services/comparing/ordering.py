"""The order of branches within a group and within the chain, recomputed whole from the current ratings."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from audits.models import Dirty, GroupRating, Period, Rating, Series, Standing, Tally
from audits.models.compiled import scheme_of
from audits.services.comparing.adding_up import add_up
from audits.services.comparing.closeness import places_of
from audits.services.comparing.cutting import recut
from audits.services.comparing.grouping import rate_group
from chains.models import GroupMembership, LocationGroup
from standards.spec.scheme import Scheme

READ = (
    "location_id", "state", "sort_key", "tenths", "exact", "visits", "spread", "hands", "parts", "part_sums",
    "may_rank", "scheme_version_id",
)  # fmt: skip
MILLION = 1_000_000
BATCH = 1000
WRITTEN = (
    "rating_id", "position", "rank", "rank_best", "rank_worst", "low_tenths", "high_tenths", "change_tenths", "ties",
    "trend", "stands_out",
)  # fmt: skip


def rank_due(*, now: datetime, limit: int = 20) -> int:
    """Order the groups marked dirty; return how many were taken. Safe beside itself."""
    return Dirty.objects.work(kind=Dirty.Kind.RANK, now=now, limit=limit, handle=lambda rows: _order_all(rows, now))


def _order_all(rows: Sequence[Dirty], now: datetime) -> None:
    # The chain before its groups: they are compared by its dispersion.
    for row in sorted(rows, key=lambda row: (row.group_id is not None, row.key)):
        assert row.series_id and row.period_start
        series = Series.objects.select_related("programme").filter(pk=row.series_id).first()
        if series:
            order(series=series, group_id=row.group_id, start=row.period_start, now=now)


def order(*, series: Series, group_id: uuid.UUID | None, start: date, now: datetime) -> int:
    """Recompute the order of one group (the chain where empty) in one period; return how many places changed."""
    period = series.days_of(start)
    members = None if group_id is None else members_of(group_id, period.end)
    ratings = _ratings(series, members, start)
    scheme = _scheme(ratings[0], period.end) if ratings else None
    if scheme and scheme.peers:
        recut(series=series, scheme=scheme, group_id=group_id, start=start, ratings=ratings, now=now)
    before = _ratings_before(series, series.days_of(start - timedelta(days=1)).start, ratings)
    periods = Period.objects.filter(series=series, starts_on=start)
    chain = None if group_id is None else periods.values_list("dispersion", flat=True).first()
    rows, used = standings(series, group_id, start, ratings, before, None if chain is None else chain / MILLION)
    if group_id is None:
        periods.update(dispersion=None if used is None else round(used * MILLION))
    _write_group(series, group_id, start, scheme, ratings, used)
    tallies = Tally.objects.filter(series=series, period_start=start)
    if members is not None:
        tallies = tallies.filter(location_id__in=members)
    add_up(series=series, group_id=group_id, start=start, tallies=tallies)
    return _write(series, group_id, start, rows)


def _write_group(
    series: Series,
    group_id: uuid.UUID | None,
    start: date,
    scheme: Scheme | None,
    ratings: Sequence[Rating],
    dispersion: float | None,
) -> None:
    """Make the group's own rating anew: nothing refers to it."""
    mine = GroupRating.objects.filter(series=series, group_id=group_id)
    earlier = series.days_of(start - timedelta(days=1)).start
    row = rate_group(
        series=series,
        group_id=group_id,
        start=start,
        scheme=scheme,
        ratings=ratings,
        dispersion=dispersion,
        before=mine.filter(period_start=earlier).values_list("tenths", flat=True).first(),
    )
    mine.filter(period_start=start).delete()
    if row is not None:
        row.save()


def standings(
    series: Series,
    group_id: uuid.UUID | None,
    start: date,
    ratings: Sequence[Rating],
    before: dict[uuid.UUID, int],
    dispersion: float | None,
) -> tuple[list[Standing], float | None]:
    """The places of these ratings, and the dispersion of visits within branches.

    By value, ties sharing the better rank; what is not rated comes last, unranked.
    """
    ranked = [r for r in ratings if r.state == Rating.State.RATED and r.sort_key is not None and r.may_rank]
    ranked.sort(key=lambda r: (-(r.sort_key or 0), str(r.location_id)))
    placed = {r.pk for r in ranked}
    others = sorted((r for r in ratings if r.pk not in placed), key=lambda r: (r.state, str(r.location_id)))
    places, used = places_of(ranked, dispersion)
    rows = []
    for place, rating in enumerate((*ranked, *others)):
        row = Standing(
            series=series,
            group_id=group_id,
            location_id=rating.location_id,
            period_start=start,
            rating=rating,
            position=place + 1,
            change_tenths=_change(rating, before),
        )
        if place < len(ranked):
            known = places[place]
            row.rank, row.rank_best, row.rank_worst = known.rank, known.rank_best, known.rank_worst
            row.low_tenths, row.high_tenths = known.low_tenths, known.high_tenths
            row.ties, row.trend, row.stands_out = list(known.ties), known.trend, known.stands_out
        rows.append(row)
    return rows, used


def _change(rating: Rating, before: dict[uuid.UUID, int]) -> int | None:
    earlier = before.get(rating.location_id)
    return None if earlier is None or rating.tenths is None else rating.tenths - earlier


def _ratings(series: Series, members: QuerySet[Any] | None, start: date) -> list[Rating]:
    rows = Rating.objects.filter(series=series, period_start=start, current=True).only(*READ)
    return list(rows if members is None else rows.filter(location_id__in=members))


def members_of(group_id: uuid.UUID, day: date) -> QuerySet[Any]:
    """The ids of the branches that belong to a group, or to a region below it, on a day."""
    rows = GroupMembership.objects.on(day).filter(group_id__in=LocationGroup.objects.with_regions_below({group_id}))
    return rows.values("location_id")


def _ratings_before(series: Series, start: date, ratings: Sequence[Rating]) -> dict[uuid.UUID, int]:
    rows = Rating.objects.filter(
        series=series, period_start=start, current=True, state=Rating.State.RATED, tenths__isnull=False
    )
    if len(ratings) < 500:
        rows = rows.filter(location_id__in=[r.location_id for r in ratings])
    return {place: tenths for place, tenths in rows.values_list("location_id", "tenths") if tenths is not None}


def _scheme(rating: Rating, day: date) -> Scheme | None:
    return scheme_of(rating.scheme_version_id).on(day)


def _write(series: Series, group_id: uuid.UUID | None, start: date, wanted: Sequence[Standing]) -> int:
    """Write only the places that changed; drop those of branches no longer in the group.

    A changed place is written anew: nothing refers to it, and updating many rows to values of their own is slower.
    """
    mine = Standing.objects.filter(series=series, group_id=group_id, period_start=start)
    there = {row.location_id: row for row in mine}
    fresh = [row for row in wanted if _differs(there.get(row.location_id), row)]
    for row in fresh:
        # Under its old key: somebody may be looking at it.
        row.pk = there[row.location_id].pk if row.location_id in there else None
    kept = {row.location_id for row in wanted} - {row.location_id for row in fresh}
    gone = [row.pk for place, row in there.items() if place not in kept]
    for first in range(0, len(gone), BATCH):
        Standing.objects.filter(pk__in=gone[first : first + BATCH]).delete()
    Standing.objects.bulk_create(fresh, batch_size=BATCH)
    return len(fresh)


def _differs(old: Standing | None, new: Standing) -> bool:
    return old is None or any(getattr(old, name) != getattr(new, name) for name in WRITTEN)
