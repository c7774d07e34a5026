"""What is known of one branch beside its ratings: how others do, which standards fail there, which visits were made."""

import uuid
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import msgspec
import numpy as np
from django.db.models import Count, Q, QuerySet, TextField
from django.db.models.functions import Cast

from audits.models import Audit, Rating, Series, Standing, Tally
from audits.models.compiled import checklist_of
from audits.results.words import when_shown
from audits.scoring.periods import Period
from audits.scoring.tally import MET, NOT_MET
from chains.models import GroupMembership, Location, LocationGroup, User
from chains.problems import NOT_FOUND, Problem

# An average over all tells the rest to whoever knows most of them: so many others keep each one hidden.
UNSEEN_OTHERS = 3
YEAR = timedelta(days=365)
_PARTS = msgspec.json.Decoder(dict[str, int])


def branch_of(user: User, pk: uuid.UUID) -> Location:
    """One branch. Raises Problem (not-found)."""
    found: Location | None = Location.objects.visible_to(user).select_related("chain").filter(pk=pk).first()
    if found is None:
        raise Problem(NOT_FOUND)
    return found


@dataclass(frozen=True, slots=True)
class Average:
    """Part → mean over rated branches in tenths; `whole_chain` is False where only visible branches are in it."""

    tenths: dict[str, int]
    branches: int
    whole_chain: bool


def averages(user: User, *, series: Series, period: Period) -> Average:
    """The mean of each part over the rated branches that have it, each branch once, rounded half up.

    Over the whole chain, unless so few of its branches are hidden from `user` that the mean would give them away: then
    over the branches that `user` may see.
    """
    seen = Q(location__in=Location.objects.visible_to(user))
    rows = Rating.objects.filter(series=series, period_start=period.start, current=True, state=Rating.State.RATED)
    count = rows.aggregate(all=Count("pk"), seen=Count("pk", filter=seen))
    hidden = count["all"] - count["seen"]
    whole_chain = hidden == 0 or hidden >= UNSEEN_OTHERS
    if not whole_chain:
        rows = rows.filter(seen)
    totals: dict[str, int] = defaultdict(int)
    counts: dict[str, int] = defaultdict(int)
    for text in rows.values_list(Cast("parts", TextField()), flat=True):
        for name, tenths in _PARTS.decode(text).items():
            totals[name] += tenths
            counts[name] += 1
    means = {name: (2 * total + counts[name]) // (2 * counts[name]) for name, total in totals.items()}
    return Average(means, count["all"] if whole_chain else count["seen"], whole_chain)


@dataclass(frozen=True, slots=True)
class Failing:
    """One standard and how often it was not met, of the times it applied."""

    code: str
    wording: str
    section: str
    critical: bool
    failed: int
    applied: int


def most_failed(
    user: User, *, series: Series, location: Location, period: Period, limit: int
) -> tuple[list[Failing], int]:
    """The standards most often not met in the twelve months to the period's end, and the number of visits looked at.

    From the counts that are kept with the ratings, all checklist versions together, the newest one's wording. Sorted
    by how often, then by the share, then by code.
    """
    tallies = Tally.objects.visible_to(user).filter(
        series=series, location=location, period_start__lte=period.start, period_start__gt=period.end - YEAR
    )
    counts: dict[str, list[int]] = {}
    newest: dict[str, uuid.UUID] = {}
    visits = 0
    for row in tallies.order_by("version__number", "period_start"):
        visits += row.visits
        codes = checklist_of(row.version_id).standards
        packed = np.frombuffer(bytes(row.counts), dtype="<u2").reshape(3, len(codes))
        for standard, met, failed in zip(codes, packed[MET].tolist(), packed[NOT_MET].tolist(), strict=True):
            kept = counts.setdefault(standard.code, [0, 0])
            kept[0] += failed
            kept[1] += met + failed
            newest[standard.code] = row.version_id
    worst = sorted((-failed, -failed / applied, code) for code, (failed, applied) in counts.items() if failed)
    return [_failing(newest[code], code, *counts[code]) for _, _, code in worst[:limit]], visits


def _failing(version: uuid.UUID, code: str, failed: int, applied: int) -> Failing:
    checklist = checklist_of(version)
    standard = next(one for one in checklist.standards if one.code == code)
    section = next((one.name for one in checklist.sections if one.code == standard.section), standard.section)
    return Failing(code, standard.wording, section, standard.severity == "critical", failed, applied)


@dataclass(frozen=True, slots=True)
class ReleasedVisit:
    """A visit as a manager may know it."""

    visit_id: uuid.UUID
    when: str
    kind: str
    component: str


def released_visits(user: User, *, series: Series, location: Location, period: Period) -> list[ReleasedVisit]:
    """Visits of the twelve months to the period's end: newest first as far as revealed, then by their random ids."""
    rows = Audit.objects.released_to(user).filter(
        programme=series.programme_id, location=location, visited_on__range=(period.end - YEAR, period.end)
    )
    shown = [
        ReleasedVisit(row.visit_id, when_shown(row), row.get_kind_display(), row.component.name)
        for row in rows.exclude(kind=Audit.Kind.COMPETITOR).select_related("programme", "component")
    ]
    shown.sort(key=lambda visit: str(visit.visit_id))
    return sorted(shown, key=lambda visit: visit.when, reverse=True)


def members_of(user: User, group: LocationGroup, day: date) -> QuerySet[Any]:
    """The ids of the branches of a group, and of the regions below it, on a day."""
    groups = LocationGroup.objects.visible_to(user).with_regions_below({group.pk})
    return GroupMembership.objects.visible_to(user).on(day).filter(group_id__in=groups).values("location_id")


def unvisited(user: User, *, series: Series, period: Period, group: LocationGroup | None, limit: int) -> list[Location]:
    """Branches in business at the period's end that have no rating at all there, by their codes."""
    rated = Rating.objects.visible_to(user).filter(series=series, period_start=period.start, current=True)
    rows = Location.objects.visible_to(user).filter(chain_id=series.programme.chain_id).open_on(period.end)
    if group is not None:
        rows = rows.filter(pk__in=members_of(user, group, period.end))
    return list(rows.exclude(pk__in=rated.values("location_id")).order_by("code")[:limit])


def ranked_branches(*, series: Series, period: Period, group: LocationGroup | None) -> int:
    """How many branches have a rank there, whoever may see them: a number, nobody's name."""
    return Standing.objects.filter(series=series, period_start=period.start, group=group, rank__isnull=False).count()
