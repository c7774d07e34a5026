"""Arranging: programmes, their components and their series, as the office sets them up.

What results rest on is fixed once there are results: whoever wants it otherwise begins a new programme.
"""

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import Model

from audits.models import Audit, Component, Period, Programme, Rating, Series
from audits.models.marking import CountedVisit, mark_ratings
from audits.problems import ARRANGING_REFUSED
from chains.models import Chain
from chains.models.dialects import held
from chains.problems import INVALID, Fault, Problem
from standards.models import Brief, Checklist, RatingScheme

R = TypeVar("R", bound=Model)
REVEAL = Programme.Reveal
# From telling least to telling most: shoppers were sent under what was promised when they went.
TELLS: dict[str, int] = {REVEAL.MONTH: 0, REVEAL.DATE: 1, REVEAL.DAYPART: 2}
# What a component's visits were planned with, and a series' ratings made with.
FIXED_BY_VISITS = ("code", "checklist", "channel")
FIXED_BY_RESULTS = ("weight",)
FIXED_BY_PERIODS = ("code", "scheme", "period_kind")


def add_programme(*, chain: Chain, values: Mapping[str, Any]) -> Programme:
    """A new programme of a chain; `values` are fields of Programme. Raises Problem (invalid) where its code is used."""
    return _inserted(Programme(chain=chain, **values))


def change_programme(*, programme_id: uuid.UUID, values: Mapping[str, Any]) -> Programme:
    """Change a programme. Raises Problem: invalid, arranging-refused for what cannot change once visits exist.

    With visits the code is fixed, and `reveal` may tell less than before but never more.
    """
    with transaction.atomic():
        programme: Programme = held(Programme.objects.filter(pk=programme_id)).get()
        changes = _changes(programme, values)
        if Audit.objects.filter(programme=programme).exists():
            _refuse_fixed(changes, ("code",), "once visits have been planned")
            if TELLS[changes.get("reveal", programme.reveal)] > TELLS[programme.reveal]:
                detail = "Visits were made under the promise to tell less about when they were."
                raise _refusal({"/reveal": detail})
        if "ended_on" in changes:
            _check_end(programme, changes["ended_on"])
        return _updated(programme, changes)


def add_component(*, programme: Programme, values: Mapping[str, Any]) -> Component:
    """A new component. Raises Problem: invalid, arranging-refused once results have been released.

    Ratings combine all components of their programme: one more would turn every result published before.
    """
    _check_chain(programme, values)
    with transaction.atomic():
        held(Programme.objects.filter(pk=programme.pk)).get()
        if _has_results(programme.pk):
            raise _refusal({"": "Results of this programme have been released; another component would change them."})
        return _inserted(Component(programme=programme, **values))


def change_component(*, component_id: uuid.UUID, values: Mapping[str, Any]) -> Component:
    """Change a component. Raises Problem: invalid, arranging-refused.

    Checklist, channel and code are fixed once its visits are planned, the weight once results have been released.
    """
    with transaction.atomic():
        component: Component = held(Component.objects.filter(pk=component_id).select_related("programme")).get()
        changes = _changes(component, values)
        _check_chain(component.programme, changes)
        if Audit.objects.filter(component=component).exists():
            _refuse_fixed(changes, FIXED_BY_VISITS, "once visits have been planned")
        if _has_results(component.programme_id):
            _refuse_fixed(changes, FIXED_BY_RESULTS, "once results have been released")
        return _updated(component, changes)


def add_series(*, programme: Programme, values: Mapping[str, Any], now: datetime) -> Series:
    """A new series; what was released before is rated for it too. Raises Problem (invalid)."""
    _check_chain(programme, values)
    with transaction.atomic():
        series = _inserted(Series(programme=programme, **values))
        released = Audit.objects.filter(programme=programme, state=Audit.State.RELEASED, visited_on__isnull=False)
        facts = released.values_list("programme_id", "location_id", "visited_on").distinct()
        mark_ratings([CountedVisit(*fact) for fact in facts.iterator()], now=now)
        return series


def change_series(*, series_id: uuid.UUID, values: Mapping[str, Any]) -> Series:
    """Change a series. Raises Problem: invalid, arranging-refused for all but its name once a period has begun."""
    with transaction.atomic():
        series: Series = held(Series.objects.filter(pk=series_id).select_related("programme")).get()
        changes = _changes(series, values)
        _check_chain(series.programme, changes)
        if Period.objects.filter(series=series).exists():
            _refuse_fixed(changes, FIXED_BY_PERIODS, "once its first period has begun")
        return _updated(series, changes)


def _has_results(programme_id: uuid.UUID) -> bool:
    released = Audit.objects.filter(programme_id=programme_id, state=Audit.State.RELEASED)
    return released.exists() or Rating.objects.filter(series__programme_id=programme_id).exists()


def _changes(row: Model, values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if getattr(row, name) != value}


def _refuse_fixed(changes: Mapping[str, Any], names: tuple[str, ...], since: str) -> None:
    if fixed := [name for name in names if name in changes]:
        raise _refusal({f"/{name}": f"This cannot change {since}." for name in fixed})


def _refusal(details: Mapping[str, str]) -> Problem:
    faults = [Fault(pointer, "fixed", detail) for pointer, detail in details.items()]
    return Problem(ARRANGING_REFUSED, faults[0].detail, errors=faults)


def _check_end(programme: Programme, ended_on: date | None) -> None:
    """A programme cannot end before the last day on which one of its visits may still be made."""
    if ended_on is None:
        return
    open_visits = Audit.objects.filter(
        programme=programme, state__in=[Audit.State.PLANNED, Audit.State.ASSIGNED], window_until__gt=ended_on
    )
    if count := open_visits.count():
        raise _refusal({"/ended_on": f"{count} visits may still be made after that day; cancel them first."})


def _check_chain(programme: Programme, values: Mapping[str, Any]) -> None:
    """Checklist, brief and scheme must be the chain's own: to anyone else's, the answer is that there is none."""
    faults = []
    for name in ("checklist", "brief", "scheme"):
        row: Checklist | Brief | RatingScheme | None = values.get(name)
        if row is not None and row.chain_id != programme.chain_id:
            faults.append(Fault(f"/{name}", "unknown", f"This chain has no such {name}."))
    if faults:
        raise Problem(INVALID, faults[0].detail, errors=faults)


def _inserted(row: R) -> R:
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise _used(row) from None
    return row


def _updated(row: R, changes: Mapping[str, Any]) -> R:
    for name, value in changes.items():
        setattr(row, name, value)
    try:
        with transaction.atomic():
            row.save(update_fields=list(changes))
    except IntegrityError:
        raise _used(row) from None
    return row


def _used(row: Any) -> Problem:
    """The only thing the database can still refuse: a code that is there already."""
    detail = f"The code {row.code} is used already."
    return Problem(INVALID, detail, errors=[Fault("/code", "used", detail)])
