"""How often each standard was met, not met and not applicable, over many visits of one scope."""

from collections.abc import Sequence

import numpy as np

from audits.scoring.answers import Answers
from audits.scoring.packing import as_batch
from audits.scoring.plan import Plan
from audits.scoring.visit import FAILED, INAPPLICABLE, PASSED
from audits.scoring.visits import score_many

MET, NOT_MET, NOT_APPLICABLE = range(3)
_COUNTED = ((MET, PASSED), (NOT_MET, FAILED), (NOT_APPLICABLE, INAPPLICABLE))


def count_answers(plan: Plan, answers: Sequence[Answers]) -> np.ndarray:
    """Counts as int64 (3, standards): met, not met, N/A, in the order of the checklist's codes.

    A standard asked several times in a visit (a repeated section) counts once for each. Not assessed counts nowhere.
    """
    counts = np.zeros((3, len(plan.codes)), dtype=np.int64)
    if not answers:
        return counts
    states = score_many(plan, as_batch(answers), detail=True).states
    assert states is not None
    place = np.array(plan.code_of, dtype=np.intp)
    for row, state in _COUNTED:
        np.add.at(counts[row], place, (states == state).sum(axis=0))
    return counts
