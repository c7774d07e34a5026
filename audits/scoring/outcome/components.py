"""A programme of several components: each combined by itself, then all by their weights."""

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import TypeVar

from audits.scoring.outcome.result import Part
from audits.scoring.outcome.visits import CombinedVisits, Visit, combine_visits, exact_mean
from standards.spec.scheme.document import Scheme

K = TypeVar("K", bound=Hashable)


def combine_components(
    scheme: Scheme, visits: Sequence[tuple[K, Visit]], weights: Mapping[K, int], period_end: date
) -> CombinedVisits:
    """The visits as one: within each component by the scheme, the components by their weights.

    Every component must reach the scheme's minimum: calls alone do not rate a hotel whose stays were never audited.
    """
    grouped: dict[K, list[Visit]] = defaultdict(list)
    for component_id, visit in visits:
        grouped[component_id].append(visit)
    if len(weights) <= 1:
        return combine_visits(scheme, [visit for _, visit in visits], period_end)
    combined = [
        (weights[key], combine_visits(scheme, grouped.get(key, []), period_end)) for key in sorted(weights, key=str)
    ]
    return merge_components(scheme, combined)


def merge_components(scheme: Scheme, combined: Sequence[tuple[Fraction | int, CombinedVisits]]) -> CombinedVisits:
    """Return one set of parts from (weight, combined visits) of each component.

    A number is the weighted mean over the components that have it; anything else comes from the first component
    that has it. Enough visits means enough in every component. Raises ValueError without components or for a
    weight that is not positive.
    """
    if not combined or any(weight <= 0 for weight, _ in combined):
        raise ValueError("components need positive weights, and there must be one")
    names = dict.fromkeys(name for _, own in combined for name in own.parts)
    counted = sorted(
        (item for _, own in combined for item in own.counted),
        key=lambda item: (item.visit.visited_on, item.visit.label),
        reverse=True,
    )
    return CombinedVisits(
        parts={name: _merged(scheme, name, combined) for name in sorted(names)},
        combine=combined[0][1].combine,
        counted=tuple(counted),
        left_out=tuple(item for _, own in combined for item in own.left_out),
        is_enough=all(own.is_enough for _, own in combined),
        may_rank=all(own.may_rank for _, own in combined),
    )


def _merged(scheme: Scheme, name: str, combined: Sequence[tuple[Fraction | int, CombinedVisits]]) -> Part:
    present = [(Fraction(weight), own.parts[name]) for weight, own in combined if own.parts.get(name) is not None]
    if scheme.type_of(name).kind == "number":
        return exact_mean(present)
    return present[0][1] if present else None
