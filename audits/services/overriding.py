"""Recorded decisions on top of ratings: who decided what, why, until when. The rating below stays as it was made."""

import uuid
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from audits.models import Override, Series
from audits.models.compiled import scheme_of
from audits.problems import OVERRIDE_REFUSED
from chains.models import Location, User
from chains.models.dialects import held
from chains.problems import INVALID, Fault, Problem
from standards.models import SchemeVersion


def record(
    *,
    series: Series,
    location: Location,
    outcome: str,
    reason: str,
    from_period: date,
    until: date | None,
    made_by: User,
    now: datetime,
) -> Override:
    """Record a decision for the periods from the one of the day `from_period` to the one of `until` (None: open).

    Raises Problem: invalid with every fault, override-refused where another one holds for one of these periods.
    """
    start = series.days_of(from_period).start
    last = series.days_of(until).end if until else None
    faults = list(_faults(series, location, outcome, reason, from_period))
    if last and last < start:
        faults.append(Fault("/until", "backwards", "It ends before it begins."))
    if faults:
        raise Problem(INVALID, faults[0].detail, errors=faults)
    with transaction.atomic():
        # Held, so that of two who decide at once the second one sees what the first one decided.
        held(Series.objects.filter(pk=series.pk)).get()
        later = Q() if last is None else Q(from_period__lte=last)
        others = Override.objects.filter(later, series=series, location=location)
        if others.filter(Q(until__isnull=True) | Q(until__gte=start)).exists():
            raise Problem(OVERRIDE_REFUSED, "Another override holds for one of these periods; end that one first.")
        return Override.objects.create(
            series=series,
            location=location,
            outcome=outcome,
            reason=reason,
            made_by=made_by,
            made_at=now,
            from_period=start,
            until=last,
        )


def end(*, override_id: uuid.UUID, now: datetime, last: date | None) -> Override:
    """End an override: `last` is a day of the last period it holds for; None takes it back altogether.

    Raises Problem: override-refused where it has ended before, or where `last` is later than it would hold anyway.
    """
    with transaction.atomic():
        row: Override = held(Override.objects.filter(pk=override_id).select_related("series")).get()
        if row.ended_at:
            raise Problem(OVERRIDE_REFUSED, "It has been ended before.")
        until = row.from_period - timedelta(days=1) if last is None else row.series.days_of(last).end
        if row.until and until > row.until:
            raise Problem(OVERRIDE_REFUSED, "It ends earlier than that by itself.")
        row.until, row.ended_at = until, now
        row.save(update_fields=["until", "ended_at"])
        return row


def _faults(series: Series, location: Location, outcome: str, reason: str, day: date) -> Iterator[Fault]:
    if location.chain_id != series.programme.chain_id:
        yield Fault("/location", "foreign", "This branch belongs to another chain than the series.")
    if not reason.strip():
        yield Fault("/reason", "empty", "Give the reason: it is shown with the stars.")
    possible = outcomes_of(series, day)
    if outcome not in possible:
        listed = ", ".join(possible) or "none: no scheme is in force"
        yield Fault("/outcome", "unknown", f"This series has no outcome {outcome!r}; possible are {listed}.")


def outcomes_of(series: Series, day: date) -> tuple[str, ...]:
    """The levels and other outcomes that the scheme of a series can give in the period of a day, worst level first."""
    last_day = series.days_of(day).end
    version = SchemeVersion.objects.in_force(scheme_id=series.scheme_id, day=last_day).first()
    scheme = scheme_of(version.pk).on(last_day) if version else None
    return (*scheme.levels, *scheme.outcomes) if scheme else ()
