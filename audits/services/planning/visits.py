"""Visits: planned in bulk, called off, missed."""

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from audits.models import Assignment, Audit, Component
from audits.models.windows import NO_RULES, WindowRules, last_day, read_rules, stored_rules
from audits.problems import AUDIT_STATE, PLANNING_REFUSED
from audits.services.planning.freezing import FrozenPlan, freeze
from chains.models import Location
from chains.problems import Fault, Problem

STATE = Audit.State
OPEN = (STATE.PLANNED, STATE.ASSIGNED)
LIVING = (Assignment.State.OFFERED, Assignment.State.ACCEPTED)
BATCH = 500


@dataclass(frozen=True)
class Visit:
    """One visit to be planned: where, in which days, of what kind; `only` narrows it to some standards."""

    location: Location
    window_from: date
    window_until: date
    kind: str = Audit.Kind.MYSTERY
    rules: WindowRules = NO_RULES
    reference: str = ""
    only: Collection[str] | None = None


def plan(*, component: Component, visit: Visit, now: datetime) -> Audit:
    """Plan one visit. Raises Problem (planning-refused) with every reason why not."""
    return plan_many(component=component, visits=[visit], now=now)[0]


def plan_many(*, component: Component, visits: Sequence[Visit], now: datetime) -> list[Audit]:
    """Plan visits of one component in a handful of queries, all or none.

    Each gets the checklist's latest published version and a frozen scope: what its branch has (facilities, outlets open
    on the first day) of what the version asks. Raises Problem (planning-refused) naming each fault as /visits/N/….
    """
    faults = [fault for index, visit in enumerate(visits) for fault in _faults(component, visit, index)]
    faults += _reference_faults(component, visits)
    if faults:
        raise Problem(PLANNING_REFUSED, faults[0].detail, errors=faults)
    try:
        with transaction.atomic():
            frozen = freeze(component, [(v.location, v.window_from, v.only) for v in visits])
            audits = [_row(component, visit, plan, now) for visit, plan in zip(visits, frozen, strict=True)]
            return Audit.objects.bulk_create(audits, batch_size=BATCH)
    except IntegrityError:
        raise Problem(PLANNING_REFUSED, "Somebody planned a visit with one of these references in between.") from None


def cancel(*, audit_id: uuid.UUID, now: datetime, reason: str = "") -> None:
    """Call a visit off; what a phone still delivers for it is kept and flagged. Raises Problem (audit-state)."""
    with transaction.atomic():
        if not Audit.objects.filter(pk=audit_id, state__in=OPEN).update(state=STATE.CANCELLED):
            raise Problem(AUDIT_STATE, "Only a visit that is planned or assigned can be cancelled.")
        Assignment.objects.filter(audit_id=audit_id, state__in=LIVING).update(
            state=Assignment.State.WITHDRAWN, ended_at=now, reason=reason[:200]
        )


def mark_missed(*, now: datetime, among: Collection[uuid.UUID] | None = None) -> int:
    """Mark visits (all, or `among` these) whose last day of delivery is over at their branch; return how many.

    Harmless when run twice at once. A report that comes later all the same is kept, flagged late, and reviewed.
    """
    # Nowhere on earth is the local day later than tomorrow's UTC day.
    rows = Audit.objects.filter(state__in=OPEN, window_until__lt=now.date() + timedelta(days=1))
    if among is not None:
        rows = rows.filter(pk__in=among)
    facts = rows.values_list("pk", "window_until", "window_rules", "location__timezone")
    over = [
        pk
        for pk, until, rules, zone in facts.iterator()
        if now.astimezone(ZoneInfo(zone)).date() > last_day(until, read_rules(rules))
    ]
    return sum(
        Audit.objects.filter(pk__in=over[start : start + BATCH], state__in=OPEN).update(state=STATE.MISSED)
        for start in range(0, len(over), BATCH)
    )


def _row(component: Component, visit: Visit, frozen: FrozenPlan, now: datetime) -> Audit:
    return Audit(
        programme_id=component.programme_id,
        component=component,
        location=visit.location,
        kind=visit.kind,
        version_id=frozen.version_id,
        scope_id=frozen.scope_id,
        brief_id=frozen.brief_id,
        window_from=visit.window_from,
        window_until=visit.window_until,
        window_rules=stored_rules(visit.rules),
        reference=visit.reference,
        planned_at=now,
    )


def _faults(component: Component, visit: Visit, index: int) -> Iterable[Fault]:
    at, programme, location = f"/visits/{index}", component.programme, visit.location
    if location.chain_id != programme.chain_id:
        yield Fault(f"{at}/location", "foreign", "This branch belongs to another chain than the programme.")
    if visit.window_until < visit.window_from:
        yield Fault(f"{at}/window", "backwards", "The window ends before it begins.")
    if programme.ended_on and visit.window_until > programme.ended_on:
        yield Fault(f"{at}/window", "programme-ended", f"The programme ends on {programme.ended_on}.")
    for day in {visit.window_from, visit.window_until}:
        if not in_business(location, day):
            yield Fault(f"{at}/location", "closed", f"{location} is not open on {day}.")
    if visit.rules.deliver_by and visit.rules.deliver_by < visit.window_until:
        yield Fault(f"{at}/window", "deliver-by", "The report would be due before the window ends.")
    if visit.kind not in Audit.Kind.values:
        yield Fault(f"{at}/kind", "unknown", f"{visit.kind} is no kind of visit.")


def in_business(location: Location, day: date) -> bool:
    """Whether a branch is opened, not closed and not suspended on a day (as `LocationQuerySet.open_on`)."""
    if location.opened_on and day < location.opened_on or location.closed_on and day >= location.closed_on:
        return False
    suspended = location.suspended_from and day >= location.suspended_from
    return not (suspended and (location.suspended_until is None or day <= location.suspended_until))


def _reference_faults(component: Component, visits: Sequence[Visit]) -> list[Fault]:
    wanted = [visit.reference for visit in visits if visit.reference]
    if not wanted:
        return []
    rows = Audit.objects.filter(programme_id=component.programme_id).exclude(reference="")
    used: set[str] = set()
    for start in range(0, len(wanted), BATCH):
        used |= set(rows.filter(reference__in=wanted[start : start + BATCH]).values_list("reference", flat=True))
    faults = []
    for index, visit in enumerate(visits):
        if visit.reference and visit.reference in used:
            text = f"The reference {visit.reference} is used already in this programme."
            faults.append(Fault(f"/visits/{index}/reference", "used", text))
        used.add(visit.reference)
    return faults
