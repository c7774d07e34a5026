"""The visits behind a rating with their answers, and the rules it was made by: what the way to the next star reads."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from audits.models.amended import Observed, amended
from audits.models.compiled import plan_of
from audits.models.programmes import Component
from audits.models.ratings import CutPoints, Rating
from audits.models.reviews import Score
from audits.scoring.next_star import Rules, WindowVisit
from audits.scoring.outcome import CutPoints as Cuts
from audits.scoring.outcome.peers import Member
from standards.spec.scheme import Scheme

_FIELDS = (
    "pk",
    "audit_id",
    "audit__component_id",
    "audit__visited_on",
    "audit__kind",
    "observation__submission_id",
    "observation__version_id",
    "observation__scope_id",
    "observation__answers",
)


class _Row(NamedTuple):
    score: int
    audit: uuid.UUID
    component: uuid.UUID
    day: date
    kind: str
    submission: uuid.UUID
    version: uuid.UUID
    scope: uuid.UUID
    answers: bytes


def windows_of(ratings: Sequence[Rating]) -> dict[uuid.UUID, list[WindowVisit]]:
    """The visits that each of these ratings counts, with their answers as they stand after corrections."""
    owners = {score_id: rating.pk for rating in ratings for score_id in rating.score_ids}
    rows = [_Row(*values) for values in Score.objects.filter(pk__in=owners).values_list(*_FIELDS)]
    answers = amended([Observed(row.submission, row.version, row.scope, row.answers) for row in rows])
    found: dict[uuid.UUID, list[WindowVisit]] = defaultdict(list)
    for row, (_, given) in zip(rows, answers, strict=True):
        plan = plan_of(row.version, row.scope)
        visit = WindowVisit(plan, given, row.day, str(row.audit), kind=row.kind, component=str(row.component))
        found[owners[row.score]].append(visit)
    return found


def rules_of_ratings(ratings: Sequence[Rating], scheme: Scheme) -> dict[uuid.UUID, Rules]:
    """How ratings of one series and period are made: with frozen cut points, or among the others as they stand."""
    if not ratings:
        return {}
    first = ratings[0]
    components = Component.objects.filter(programme_id=first.series.programme_id).values_list("pk", "weight")
    weights = {str(component): weight for component, weight in components}
    cuts, members = _peers(first) if scheme.peers else (None, [])
    is_open = scheme.peers is not None and cuts is None
    return {
        rating.pk: Rules(
            scheme,
            rating.period_end,
            weights,
            cuts=cuts,
            others=_without(members, rating) if is_open else None,
        )
        for rating in ratings
    }


def _peers(rating: Rating) -> tuple[Cuts | None, list[Member]]:
    """The cut points where they are frozen, else the value of every member of the ranking."""
    rows = CutPoints.objects.filter(series_id=rating.series_id, period_start=rating.period_start, group=None)
    row = rows.first()
    if row is not None and row.frozen_at is not None:
        return Cuts.from_tree(row.cuts), []
    ranked = Rating.objects.filter(series_id=rating.series_id, period_start=rating.period_start, current=True)
    ranked = ranked.exclude(state=Rating.State.PROVISIONAL).exclude(exact="")
    return None, [(str(place), "", Fraction(exact)) for place, exact in ranked.values_list("location_id", "exact")]


def _without(members: Iterable[Member], rating: Rating) -> tuple[Member, ...]:
    own = str(rating.location_id)
    return tuple(member for member in members if member[0] != own)
