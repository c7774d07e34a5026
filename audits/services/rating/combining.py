"""Visits of several components become one set of parts, and the figures that are shown beside the outcome."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction

import numpy as np

from audits.scoring.outcome import CombinedVisits, Visit, combine_visits, merge_components
from audits.scoring.outcome.deciding import deciding_value
from audits.scoring.outcome.quick import value_of_each
from audits.services.rating.gathering import FINE, ScoredVisit, Shown
from standards.spec.scheme import Scheme

SHOWN = ("whole", "section.", "class.", "tag.")


def combine_components(
    scheme: Scheme, visits: Sequence[tuple[uuid.UUID, Visit]], weights: Mapping[uuid.UUID, int], period_end: date
) -> CombinedVisits:
    """The visits as one: within each component by the scheme, the components by their weights.

    Every component must reach the scheme's minimum: calls alone do not rate a hotel whose stays were never audited.
    """
    grouped: dict[uuid.UUID, list[Visit]] = defaultdict(list)
    for component_id, visit in visits:
        grouped[component_id].append(visit)
    if len(weights) <= 1:
        return combine_visits(scheme, [visit for _, visit in visits], period_end)
    combined = [(weights[c], combine_visits(scheme, grouped.get(c, []), period_end)) for c in sorted(weights)]
    return merge_components(scheme, combined)


def values_by_label(scheme: Scheme, visits: Sequence[Visit]) -> dict[str, int]:
    """The deciding value of each visit by itself in 10^-4 points, by the visit's label; absent ones left out."""
    values = value_of_each(scheme, visits, deciding_value(scheme))
    return {
        visit.label: value.numerator * 10_000 // value.denominator
        for visit, value in zip(visits, values, strict=True)
        if isinstance(value, int | Fraction)
    }


def spread_of(counted: Sequence[ScoredVisit], values: Mapping[str, int]) -> tuple[bytes, bytes]:
    """The values of the counted visits, newest first, as int32 LE, and for each a number for whoever audited it.

    What intervals and trends are worked out from. The numbers (uint8) mean nothing outside this one rating.
    """
    having = [visit for visit in counted if visit.visit.label in values]
    people = {person: n for n, person in enumerate(dict.fromkeys(visit.auditor_id for visit in having))}
    hands = bytes(min(people[visit.auditor_id], 255) for visit in having)
    return np.array([values[visit.visit.label] for visit in having], dtype="<i4").tobytes(), hands


def part_tenths(counted: Sequence[tuple[Fraction, ScoredVisit]]) -> dict[str, int]:
    """Section, classification and tag percentages in tenths: the weighted mean over the visits that have the part.

    For display and for the leagues by section: averaged in 10^-6 points, rounded half up. Stars never read them.
    """
    totals: dict[str, int] = defaultdict(int)
    weights: dict[str, int] = defaultdict(int)
    for shown, lines in _by_checklist(counted):
        fine = shown.fine[[line for line, _ in lines]]
        weight = np.array([int(weight * FINE) for _, weight in lines], dtype=np.int64)[:, None]
        has = fine >= 0
        total, of = (np.where(has, fine, 0) * weight).sum(axis=0), (has * weight).sum(axis=0)
        for name, above, below in zip(shown.names, total.tolist(), of.tolist(), strict=True):
            if below and name.startswith(SHOWN):
                totals[name] += above
                weights[name] += below
    return {name: (totals[name] // weights[name] * 10 + FINE // 2) // FINE for name in sorted(totals)}


def _by_checklist(counted: Sequence[tuple[Fraction, ScoredVisit]]) -> list[tuple[Shown, list[tuple[int, Fraction]]]]:
    """Lines and weights by the block of figures they stand in (one per checklist version)."""
    blocks: dict[int, tuple[Shown, list[tuple[int, Fraction]]]] = {}
    for weight, visit in counted:
        blocks.setdefault(id(visit.shown), (visit.shown, []))[1].append((visit.line, weight))
    return list(blocks.values())
