"""Releasing: accepted visits become visible to managers, at once, once a day, or when their period is over."""

import uuid
from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from audits.models import Audit, Programme, Series
from audits.models.marking import CountedVisit, mark_ratings
from audits.problems import AUDIT_STATE
from chains.models.dialects import claimed
from chains.problems import Problem

MODE = Programme.ReleaseMode


def release_due(*, now: datetime, limit: int = 500) -> int:
    """Release every accepted visit whose time has come by its programme's rule; return how many. Safe beside itself."""
    accepted = Audit.objects.filter(state=Audit.State.ACCEPTED)
    at_once = Q(programme__release_mode=MODE.AT_ONCE)
    daily = Q(programme__release_mode=MODE.DAILY, accepted_at__date__lt=now.date())
    due = at_once | daily
    for programme_id, day in _ended_before(now.date()).items():
        due |= Q(programme_id=programme_id, visited_on__lt=day)
    with transaction.atomic():
        return _release(claimed(accepted.filter(due).order_by("accepted_at", "pk"))[:limit], now)


def release_now(*, audit_ids: Iterable[uuid.UUID], now: datetime) -> int:
    """Release these accepted visits before their time, by an office admin's decision. Raises Problem (audit-state)."""
    wanted = list(audit_ids)
    with transaction.atomic():
        rows = claimed(Audit.objects.filter(pk__in=wanted, state=Audit.State.ACCEPTED))
        released = _release(rows, now)
        if released != len(wanted):
            raise Problem(AUDIT_STATE, "Only accepted visits can be released.")
    return released


def _ended_before(today: date) -> dict[uuid.UUID, date]:
    """For programmes that release at the end of a period: the first day of the period still running.

    With several series the longest period decides: nothing is shown before all of its periods are over.
    """
    running: dict[uuid.UUID, date] = {}
    for series in Series.objects.filter(programme__release_mode=MODE.END_OF_PERIOD):
        start = series.days_of(today).start
        running[series.programme_id] = min(start, running.get(series.programme_id, start))
    return running


def _release(rows: Iterable[Audit], now: datetime) -> int:
    audits = list(rows)
    for audit in audits:
        audit.state = Audit.State.RELEASED
        audit.visit_id = uuid.uuid4()
        audit.released_at = now
    if audits:
        Audit.objects.bulk_update(audits, ["state", "visit_id", "released_at"], batch_size=200)
        mark_ratings(
            [CountedVisit(a.programme_id, a.location_id, a.visited_on) for a in audits if a.visited_on], now=now
        )
    return len(audits)
