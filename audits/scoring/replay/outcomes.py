"""The outcomes of many branches under one scheme, as the rating of a period would have them."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TypeVar

from audits.scoring.outcome import (
    CombinedVisits,
    CutPoints,
    Visit,
    combine_components,
    conclude,
    cut_points,
)
from audits.scoring.outcome.deciding import deciding_value
from standards.spec.scheme.document import Scheme

P = TypeVar("P", bound=Hashable)
C = TypeVar("C", bound=Hashable)
ByComponent = Sequence[tuple[C, Visit]]
Beat = Callable[[], object]


def silent() -> None:
    """Nobody wants to hear of the work."""


@dataclass(frozen=True, slots=True)
class RatingRules:
    """How branches are rated: the scheme, the components' weights, the period's last day; frozen cut points or none."""

    scheme: Scheme
    weights: Mapping[Hashable, int]
    period_end: date
    cuts: CutPoints | None = None


@dataclass(frozen=True, slots=True)
class BranchOutcome:
    """What a branch comes to: the level or other outcome ("" where the rules lead nowhere), the deciding figure."""

    text: str
    level: str | None
    value: Fraction | None
    visits: int


def outcomes_of(
    rules: RatingRules, visits: Mapping[P, ByComponent[Hashable]], beat: Beat = silent
) -> tuple[dict[P, BranchOutcome], CutPoints | None]:
    """The outcome of every branch, and the cut points of rank bands: worked out among these where none are given.

    A branch whose visits are too few is no member of a peer group. `beat` is called for every branch.
    """
    combined: dict[P, CombinedVisits] = {}
    found: dict[P, BranchOutcome] = {}
    cuts = rules.cuts
    for place, own in visits.items():
        beat()
        combined[place] = combine_components(rules.scheme, own, rules.weights, rules.period_end)
        found[place] = _outcome(rules.scheme, combined[place], cuts)
    if rules.scheme.peers is None or cuts is not None:
        return found, cuts
    members = [
        (str(place), "", one.value)
        for place, one in found.items()
        if one.value is not None and combined[place].is_enough and one.visits
    ]
    cuts = cut_points(rules.scheme, members)
    return {place: _outcome(rules.scheme, one, cuts) for place, one in combined.items()}, cuts


def _outcome(scheme: Scheme, combined: CombinedVisits, cuts: CutPoints | None) -> BranchOutcome:
    outcome = conclude(scheme, combined, cut_points=cuts)
    name = deciding_value(scheme)
    value = outcome.values.get(name) or combined.parts.get(name)
    number = Fraction(value) if isinstance(value, int | Fraction) else None
    return BranchOutcome(outcome.text or "", outcome.level, number, len(combined.counted))
