"""Visits of several components become one set of parts, and the figures that are shown beside the outcome."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction

import numpy as np

from audits.scoring.outcome import CombinedVisits, Visit, combine_visits, merge_components, value_of_each
from standards.spec.scheme import Scheme
from standards.spec.scheme.document import Direct, Grid

# Percentages of parts are held in 10^-9 points while they are averaged, and shown in tenths.
FINE = 10**9
SHOWN_PREFIXES = ("section.", "class.", "tag.")


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
    return merge_components(combined)


def deciding_value(scheme: Scheme) -> str:
    """The name of the figure that decides: of the peers, the direct value, the grid's first column; else the whole."""
    if scheme.peers:
        return scheme.peers.value
    if isinstance(scheme.decide, Direct):
        return scheme.decide.name
    if isinstance(scheme.decide, Grid):
        return scheme.decide.columns[0]
    return "whole"


def spread_of(scheme: Scheme, visits: Sequence[Visit]) -> bytes:
    """The deciding value of each visit by itself, newest first: int32 LE in 10^-4 points; absent ones left out.

    What intervals and trends are worked out from.
    """
    values = value_of_each(scheme, visits, deciding_value(scheme))
    scaled = [int(value * 10_000) for value in values if isinstance(value, int | Fraction)]
    return np.array(scaled, dtype="<i4").tobytes()


def part_tenths(combined: CombinedVisits) -> dict[str, int]:
    """Section, classification and tag percentages in tenths: the weighted mean over the visits that have the part.

    For display and for the leagues by section: averaged in 10^-9 points, rounded half up. Stars never read them.
    """
    weighted: dict[str, int] = defaultdict(int)
    weight_of: dict[str, int] = defaultdict(int)
    for item in combined.counted:
        weight = int(item.weight * 1_000_000)
        for name, (earned, possible) in item.visit.pairs.items():
            if possible and (name == "whole" or name.startswith(SHOWN_PREFIXES)):
                weighted[name] += weight * (100 * earned * FINE // possible)
                weight_of[name] += weight
    shown = {}
    for name in sorted(weighted):
        fine = weighted[name] // weight_of[name]
        shown[name] = (fine * 10 + FINE // 2) // FINE
    return shown
