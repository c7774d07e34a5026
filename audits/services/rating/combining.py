"""What is kept of each visit that counts, for the comparison."""

from collections.abc import Sequence

import numpy as np

from audits.services.rating.gathering import ScoredVisit


def spread_of(counted: Sequence[ScoredVisit]) -> tuple[bytes, bytes]:
    """The values of the counted visits, newest first, as int32 LE, and for each a number for whoever audited it.

    What intervals and trends are worked out from. The numbers (uint8) mean nothing outside this one rating.
    """
    having = [visit for visit in counted if visit.value is not None]
    people = {person: n for n, person in enumerate(dict.fromkeys(visit.auditor_id for visit in having))}
    hands = bytes(min(people[visit.auditor_id], 255) for visit in having)
    return np.array([visit.value for visit in having], dtype="<i4").tobytes(), hands
