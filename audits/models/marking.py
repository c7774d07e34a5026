"""Which ratings a visit counts for, marked dirty wherever a visit begins or ends to count."""

import json
import uuid
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import NamedTuple

from audits.models.programmes import Period, Series
from audits.models.queue import Dirty
from standards.models import SchemeVersion


class CountedVisit(NamedTuple):
    """What decides where a visit counts: its programme, its branch, its local day."""

    programme_id: uuid.UUID
    location_id: uuid.UUID
    visited_on: date


def mark_ratings(visits: Iterable[CountedVisit], *, now: datetime) -> None:
    """Mark every rating that these visits count for, in the transaction of the change that makes it so.

    A visit counts in its own period and in the later ones whose window reaches back to it. Periods not yet opened are
    opened here: a visit may be released before beat has turned the day, or years after it was made.
    """
    by_programme: dict[uuid.UUID, set[tuple[uuid.UUID, date]]] = defaultdict(set)
    for visit in visits:
        by_programme[visit.programme_id].add((visit.location_id, visit.visited_on))
    rows: list[Dirty] = []
    for series in Series.objects.filter(programme_id__in=by_programme):
        places = by_programme[series.programme_id]
        window = longest_window(series.scheme_id)
        periods = open_periods(series, first_day=min(day for _, day in places), today=now.date())
        for location_id, day in places:
            for period in periods:
                if period.ends_on >= day and (window is None or period.ends_on - day < window):
                    rows.append(
                        Dirty.rate(series_id=series.pk, location_id=location_id, period_start=period.starts_on, now=now)
                    )
    Dirty.objects.mark(rows)


def longest_window(scheme_id: uuid.UUID) -> timedelta | None:
    """The longest window (`visits: within`) that any published version of a scheme looks back; None where unbounded."""
    longest = timedelta(0)
    for text in SchemeVersion.objects.filter(scheme_id=scheme_id, published_at__isnull=False).values_list(
        "document", flat=True
    ):
        document = json.loads(text)
        for piece in (document, *document.get("versions", ())):
            visits = piece.get("visits", document.get("visits")) or {}
            if "within" not in visits:
                return None
            longest = max(longest, timedelta(days=int(visits["within"])))
    return longest


def open_periods(series: Series, *, first_day: date, today: date) -> list[Period]:
    """The periods of a series from the one of `first_day` to the one of `today`, opened where they were not yet."""
    wanted = []
    period = series.days_of(first_day)
    while period.start <= max(today, first_day):
        wanted.append(period)
        period = series.days_of(period.end + timedelta(days=1))
    starts = [period.start for period in wanted]
    known = set(Period.objects.filter(series=series, starts_on__in=starts).values_list("starts_on", flat=True))
    missing = [Period(series=series, starts_on=p.start, ends_on=p.end) for p in wanted if p.start not in known]
    if missing:
        Period.objects.bulk_create(missing, ignore_conflicts=True)
    return [Period(series=series, starts_on=p.start, ends_on=p.end) for p in wanted]
