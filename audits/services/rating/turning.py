"""The turn of the day: periods begin and end."""

from datetime import datetime, timedelta

from django.db import transaction

from audits.models import CutPoints, Dirty, Period, Rating, Series
from audits.models.marking import open_periods
from chains.models import Location
from chains.models.dialects import alone

# A period is closed some days after its end: phones come late, and a closed period's cut points are frozen.
CLOSED_AFTER = timedelta(days=14)


def turn_periods(*, now: datetime) -> int:
    """Open the current period of every series and close those long over; return how many changed.

    Opening a period marks every branch of the last one: its visits of the months before count on. Two beats at once
    are normal: the second finds the work being done and leaves it.
    """
    with transaction.atomic():
        if not alone("turn-periods"):
            return 0
        return sum(_open(series, now) for series in Series.objects.filter(programme__ended_on__isnull=True)) + _close(
            now
        )


def _open(series: Series, now: datetime) -> int:
    before = Period.objects.filter(series=series).count()
    current = open_periods(series, first_day=now.date(), today=now.date())[0]
    if Period.objects.filter(series=series).count() == before:
        return 0
    previous = Rating.objects.filter(series=series, current=True, period_start__lt=current.starts_on)
    places = previous.filter(location__in=Location.objects.open_on(now.date())).values_list("location_id", flat=True)
    Dirty.objects.mark(
        Dirty.rate(series_id=series.pk, location_id=place, period_start=current.starts_on, now=now)
        for place in places.distinct()
    )
    return 1


def _close(now: datetime) -> int:
    """Close periods that ended long enough ago and freeze their cut points."""
    over = Period.objects.filter(closed_at__isnull=True, ends_on__lt=(now - CLOSED_AFTER).date())
    closing = list(over.values_list("series_id", "starts_on"))
    for series_id, start in closing:
        CutPoints.objects.filter(series_id=series_id, period_start=start, frozen_at__isnull=True).update(frozen_at=now)
    over.update(closed_at=now)
    return len(closing)
