"""Recomputing ratings from source rows: never by increments, always from all the visits that count."""

import hashlib
import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction

from audits.models import Component, CutPoints, Dirty, Rating, Series
from audits.models.compiled import scheme_of
from audits.models.marking import longest_window
from audits.scoring.outcome import CombinedVisits, Outcome, combine_components, conclude
from audits.scoring.outcome import CutPoints as Cuts
from audits.scoring.outcome.deciding import deciding_value, lower_is_better
from audits.scoring.periods import Period
from audits.services.rating.collecting import collector_waiting
from audits.services.rating.combining import spread_of
from audits.services.rating.figures import figures_of
from audits.services.rating.gathering import ScoredVisit, scored_visits
from audits.services.rating.showing import parts_shown
from audits.services.rating.tallying import tally
from chains.models import GroupMembership, LocationGroup
from chains.models.writing import insert_all
from standards.models import SchemeVersion
from standards.spec.scheme import Scheme

SORT_UNIT = 10**9


@dataclass(frozen=True)
class Rated:
    """What one recompute found for one branch: the row it would store, before it is compared with the current one."""

    location_id: uuid.UUID
    row: Rating


def rate_due(*, now: datetime, limit: int = 1000) -> int:
    """Rate the branches marked dirty; return how many rows were taken. Safe beside itself."""
    with collector_waiting():
        return Dirty.objects.work(kind=Dirty.Kind.RATE, now=now, limit=limit, handle=lambda rows: _rate(rows, now))


def _rate(rows: Sequence[Dirty], now: datetime) -> None:
    places: dict[tuple[uuid.UUID, date], set[uuid.UUID]] = defaultdict(set)
    for row in rows:
        assert row.series_id and row.period_start and row.location_id
        places[row.series_id, row.period_start].add(row.location_id)
    series = {s.pk: s for s in Series.objects.filter(pk__in={key[0] for key in places})}
    for (series_id, start), location_ids in sorted(places.items()):
        if series_id in series:
            keep(rate_places(series=series[series_id], start=start, location_ids=location_ids, now=now))
            tally(series=series[series_id], period=series[series_id].days_of(start), places=location_ids)
            # Also where no rating changed: the counts of standards may have.
            _mark_order(series[series_id], start, location_ids, now)


def rate_places(*, series: Series, start: date, location_ids: Collection[uuid.UUID], now: datetime) -> list[Rated]:
    """What the ratings of these branches are for the period that begins on `start`; stores nothing."""
    period = series.days_of(start)
    version = SchemeVersion.objects.in_force(scheme_id=series.scheme_id, day=period.end).first()
    if version is None:
        return []
    scheme = scheme_of(version.pk).on(period.end)
    if scheme is None:
        return []
    window = timedelta(days=scheme.visits.within) if scheme.visits and scheme.visits.within else None
    window = window or longest_window(series.scheme_id)
    visits = scored_visits(
        series=series, scheme=scheme, period_end=period.end, window=window, location_ids=location_ids
    )
    weights = dict(Component.objects.filter(programme_id=series.programme_id).values_list("pk", "weight"))
    cuts = _cuts(series, period) if scheme.peers else {}
    context = _Context(series, period, version, scheme, now)
    combined = [_combined(context, place, visits.get(place, []), weights) for place in sorted(location_ids)]
    combine = scheme.visits.combine if scheme.visits else "mean"
    parts = parts_shown([one.weighed() for one in combined], combine)
    return [
        Rated(one.place, _rated(context, one, shown, cuts.get(one.place) or cuts.get(None)))
        for one, shown in zip(combined, parts, strict=True)
    ]


@dataclass(frozen=True)
class _Context:
    series: Series
    period: Period
    version: SchemeVersion
    scheme: Scheme
    now: datetime


@dataclass(frozen=True)
class _Combined:
    """The visits of one branch as one, and the rows of those that count, newest first."""

    place: uuid.UUID
    visits: CombinedVisits
    counted: list[ScoredVisit]

    def weighed(self) -> list[tuple[Fraction, ScoredVisit]]:
        """The visits that count with their weights."""
        return [(item.weight, row) for item, row in zip(self.visits.counted, self.counted, strict=True)]


def _combined(
    context: _Context, place: uuid.UUID, visits: Sequence[ScoredVisit], weights: Mapping[uuid.UUID, int]
) -> _Combined:
    combined = combine_components(
        context.scheme, [(v.component_id, v.visit) for v in visits], weights, context.period.end
    )
    by_label = {v.visit.label: v for v in visits}
    return _Combined(place, combined, [by_label[item.visit.label] for item in combined.counted])


def _rated(context: _Context, one: _Combined, shown: tuple[dict[str, int], bytes], cuts: CutPoints | None) -> Rating:
    combined, counted = one.visits, one.counted
    points = Cuts.from_tree(cuts.cuts) if cuts else None
    outcome = conclude(context.scheme, combined, cut_points=points)
    value = _value(context.scheme, outcome, combined)
    spread, hands = spread_of(counted)
    return Rating(
        series=context.series,
        location_id=one.place,
        period_start=context.period.start,
        period_end=context.period.end,
        scheme_version=context.version,
        inputs_digest=_digest(context.version, counted, cuts),
        score_ids=[v.score_id for v in counted],
        state=_state(combined, outcome),
        outcome=outcome.text or "",
        level=context.scheme.levels.index(outcome.level) if outcome.level else None,
        visits=len(counted),
        may_rank=combined.may_rank,
        exact="" if value is None else str(value),
        sort_key=None if value is None else _sort_key(context.scheme, value),
        tenths=None if value is None else tenths(value),
        spread=spread,
        hands=hands,
        parts=shown[0],
        part_sums=shown[1],
        figures=figures_of(combined, outcome, one.weighed()),
        rated_at=context.now,
    )


def tenths(value: Fraction) -> int:
    """A figure as shown: tenths, half away from zero."""
    scaled = abs(value) * 10
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return whole if value >= 0 else -whole


def _value(scheme: Scheme, outcome: Outcome, combined: CombinedVisits) -> Fraction | None:
    name = deciding_value(scheme)
    found = outcome.values.get(name)
    # Nothing of hundred is a value: only what is absent is looked for among the parts.
    found = combined.parts.get(name) if found is None else found
    return Fraction(found) if isinstance(found, int | Fraction) else None


def _sort_key(scheme: Scheme, value: Fraction) -> int:
    """Greater is better: the value in 10^-9 points, negated where the scheme counts what is wrong."""
    key = value * SORT_UNIT
    return -(key.numerator // key.denominator) if lower_is_better(scheme) else key.numerator // key.denominator


def _state(combined: CombinedVisits, outcome: Outcome) -> str:
    if not combined.counted:
        return Rating.State.UNRATED
    if not combined.is_enough:
        return Rating.State.PROVISIONAL
    return Rating.State.RATED if outcome.level else Rating.State.UNRATED


def _digest(version: SchemeVersion, counted: Sequence[ScoredVisit], cuts: CutPoints | None) -> bytes:
    digest = hashlib.sha256(version.sha256.encode())
    for facts in sorted(visit.facts for visit in counted):
        digest.update(hashlib.sha256(facts).digest())
    if cuts:
        digest.update(bytes(cuts.members_digest))
    return digest.digest()


def keep(rated: Sequence[Rated]) -> None:
    """Store what differs from the current ratings, superseding them.

    The same inputs make no new row. Runs inside the transaction that holds the dirty rows.
    """
    if not rated:
        return
    first = rated[0].row
    current = {
        row.location_id: row
        for row in Rating.objects.filter(
            series=first.series,
            period_start=first.period_start,
            current=True,
            location_id__in=[one.location_id for one in rated],
        ).only("location_id", "inputs_digest")
    }
    fresh: list[Rating] = []
    for one in rated:
        before = current.get(one.location_id)
        if before is None and one.row.visits == 0:
            continue
        if before is None or bytes(before.inputs_digest) != one.row.inputs_digest:
            one.row.supersedes = before
            one.row.reason = "" if before is None else "visits or rules changed"
            fresh.append(one.row)
    Rating.objects.filter(pk__in=[row.supersedes_id for row in fresh if row.supersedes_id]).update(current=False)
    insert_all(fresh)


def _cuts(series: Series, period: Period) -> dict[uuid.UUID | None, CutPoints]:
    rows = CutPoints.objects.filter(series=series, period_start=period.start)
    return {row.group_id: row for row in rows}


def _mark_order(series: Series, start: date, changed: Collection[uuid.UUID], now: datetime) -> None:
    """Mark the chain's order and that of every group the changed branches belong to (regions above included)."""
    if not changed:
        return
    period = series.days_of(start)
    groups = set(
        GroupMembership.objects.on(period.end).filter(location_id__in=changed).values_list("group_id", flat=True)
    )
    edge = groups
    while edge:
        edge = (
            set(LocationGroup.objects.filter(pk__in=edge, parent__isnull=False).values_list("parent_id", flat=True))
            - groups
        )
        groups |= edge
    ordered: list[uuid.UUID | None] = [None, *groups]
    Dirty.objects.mark(Dirty.rank(series_id=series.pk, group_id=g, period_start=start, now=now) for g in ordered)
