"""How often each standard was met, not met and not applicable, over many visits of one scope."""

from collections.abc import Sequence

import numpy as np

from audits.scoring.packing import Batch
from audits.scoring.plan import Plan
from audits.scoring.visit import FAILED, INAPPLICABLE, PASSED
from audits.scoring.visits import score_many

MET, NOT_MET, NOT_APPLICABLE = range(3)
# Visits counted together: their details are a few megabytes, not hundreds.
_BLOCK = 1024
_COUNTED = ((MET, PASSED), (NOT_MET, FAILED), (NOT_APPLICABLE, INAPPLICABLE))


def count_answers(plan: Plan, answers: Batch, owners: Sequence[int], count: int) -> np.ndarray:
    """Counts as int64 (owners, 3, standards): met, not met, N/A, in the order of the checklist's codes.

    `owners` says for each visit which of `count` owners it belongs to. A standard asked several times in a visit (a
    repeated section) counts once for each. Not assessed counts nowhere.
    """
    counts = np.zeros((count, 3, len(plan.codes)), dtype=np.int64)
    place = np.array(plan.code_of, dtype=np.intp)
    order = np.argsort(owners, kind="stable")
    for start in range(0, len(order), _BLOCK):
        lines = order[start : start + _BLOCK]
        states = score_many(plan, answers.taken(lines), detail=True).states
        assert states is not None
        mine = np.asarray(owners)[lines]
        firsts = np.flatnonzero(np.r_[True, mine[1:] != mine[:-1]])
        for row, state in _COUNTED:
            of_owner = np.add.reduceat(states == state, firsts, axis=0, dtype=np.int64)
            summed = np.zeros((len(firsts), len(plan.codes)), dtype=np.int64)
            np.add.at(summed.T, place, of_owner.T)
            counts[mine[firsts], row] += summed
    return counts
