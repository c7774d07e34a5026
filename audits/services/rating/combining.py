"""Visits of several components become one set of parts, and what is kept of each for the comparison."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np

from audits.scoring.outcome import CombinedVisits, Visit, combine_visits, merge_components
from audits.services.rating.gathering import ScoredVisit
from standards.spec.scheme import Scheme


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


def spread_of(counted: Sequence[ScoredVisit]) -> tuple[bytes, bytes]:
    """The values of the counted visits, newest first, as int32 LE, and for each a number for whoever audited it.

    What intervals and trends are worked out from. The numbers (uint8) mean nothing outside this one rating.
    """
    having = [visit for visit in counted if visit.value is not None]
    people = {person: n for n, person in enumerate(dict.fromkeys(visit.auditor_id for visit in having))}
    hands = bytes(min(people[visit.auditor_id], 255) for visit in having)
    return np.array([visit.value for visit in having], dtype="<i4").tobytes(), hands
