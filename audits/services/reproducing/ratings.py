"""Ratings made again from the scores of released visits, and superseded with a reason where they differ."""

import uuid
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import transaction

from audits.models import Audit, Dirty, Period, Rating, Series, Standing
from audits.services.reproducing.differing import Difference, differences

# What two ratings from the same facts must have in common: everything but their own id, time and history.
APART = {"id", "series", "location", "period_start", "current", "supersedes", "reason", "rated_at"}
COMPARED = tuple(f.attname for f in Rating._meta.concrete_fields if f.name not in APART)

# How ratings of branches are made for a period (audits.services.rating): rows that nobody has stored.
Rate = Callable[[Series, date, Collection[uuid.UUID]], Sequence[Rating]]


class RatingWork(NamedTuple):
    """Branches of one series and period that one process checks at a time."""

    series_id: uuid.UUID
    start: date
    location_ids: tuple[uuid.UUID, ...]


def rating_work(chain_ids: Collection[uuid.UUID] | None, size: int = 500) -> Iterator[RatingWork]:
    """All branches that have a rating in a period, or a released visit made in it."""
    rows = Series.objects.order_by("pk")
    if chain_ids is not None:
        rows = rows.filter(programme__chain_id__in=chain_ids)
    for series in rows:
        for start, end in (
            Period.objects.filter(series=series).order_by("starts_on").values_list("starts_on", "ends_on")
        ):
            rated = Rating.objects.filter(series=series, period_start=start, current=True)
            visited = Audit.objects.filter(
                programme_id=series.programme_id, state=Audit.State.RELEASED, visited_on__range=(start, end)
            ).exclude(kind=Audit.Kind.COMPETITOR)
            places = {*rated.values_list("location_id", flat=True), *visited.values_list("location_id", flat=True)}
            ordered = sorted(places)
            for begin in range(0, len(ordered), size):
                yield RatingWork(series.pk, start, tuple(ordered[begin : begin + size]))


def check_ratings(work: RatingWork, rate: Rate) -> list[Difference]:
    """What is stored otherwise than the scores give. Branches still to be rated are left out. Stores nothing."""
    series = Series.objects.select_related("programme").get(pk=work.series_id)
    pending = set(
        Dirty.objects.filter(kind=Dirty.Kind.RATE, series_id=series.pk, period_start=work.start).values_list(
            "location_id", flat=True
        )
    )
    places = [place for place in work.location_ids if place not in pending]
    stored = {
        row["location_id"]: row
        for row in Rating.objects.filter(
            series=series, period_start=work.start, current=True, location_id__in=places
        ).values("location_id", *COMPARED)
    }
    found: list[Difference] = []
    for place, made in _made(series, work.start, places, rate):
        where = f"{series.code} {series.days_of(work.start).label} of branch {place}"
        key = (series.pk, work.start, place)
        if isinstance(made, ValueError):
            found.append(Difference("rating", key, where, "rating", "there", f"none: {made}"))
        elif (before := stored.get(place)) is not None:
            found += differences("rating", key, where, before, {name: getattr(made, name) for name in COMPARED})
        elif made.visits:
            found.append(Difference("rating", key, where, "rating", "missing", made.outcome))
    return found


def _made(
    series: Series, start: date, places: Sequence[uuid.UUID], rate: Rate
) -> Iterator[tuple[uuid.UUID, Rating | ValueError]]:
    """The rating of each branch; for one whose stored scores cannot be read, why."""
    try:
        yield from ((row.location_id, row) for row in rate(series, start, places))
    except ValueError as error:
        if len(places) == 1:
            yield places[0], error
            return
        for place in places:
            yield from _made(series, start, [place], rate)


def supersede(keys: Collection[tuple[uuid.UUID, date, uuid.UUID]], *, rate: Rate, reason: str, now: datetime) -> int:
    """Make these ratings anew with a reason; the ones before stay as they were made. Returns how many.

    `keys` are (series, first day of the period, branch). The order of the period is marked to be made anew.
    """
    changed = 0
    for series_id, start in sorted({(series_id, start) for series_id, start, _ in keys}):
        places = [place for other, begin, place in keys if (other, begin) == (series_id, start)]
        series = Series.objects.select_related("programme").get(pk=series_id)
        with transaction.atomic():
            rows = Rating.objects.filter(series=series, period_start=start, current=True, location_id__in=places)
            before = {row.location_id: row for row in rows.only("pk", "location_id")}
            made = [row for row in rate(series, start, places) if row.visits or row.location_id in before]
            for row in made:
                row.supersedes, row.reason, row.rated_at = before.get(row.location_id), reason[:200], now
            Rating.objects.filter(pk__in=[row.pk for row in before.values()]).update(current=False)
            Rating.objects.bulk_create(made, batch_size=500)
            Dirty.objects.mark(_order(series_id, start, now))
        changed += len(made)
    return changed


def _order(series_id: uuid.UUID, start: date, now: datetime) -> list[Dirty]:
    groups: set[Any] = set(
        Standing.objects.filter(series_id=series_id, period_start=start).values_list("group_id", flat=True)
    )
    return [Dirty.rank(series_id=series_id, group_id=group, period_start=start, now=now) for group in {None, *groups}]
