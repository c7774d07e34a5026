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


def count_answers(plan: Plan, answers: Sequence[Answers], owners: Sequence[int], count: int) -> np.ndarray:
    """Counts as int64 (owners, 3, standards): met, not met, N/A, in the order of the checklist's codes.

    `owners` says for each visit which of `count` owners it belongs to. A standard asked several times in a visit (a
    repeated section) counts once for each. Not assessed counts nowhere.
    """
    counts = np.zeros((count, 3, len(plan.codes)), dtype=np.int64)
    if not answers:
        return counts
    order = np.argsort(owners, kind="stable")
    states = score_many(plan, as_batch(answers[i] for i in order), detail=True).states
    assert states is not None
    sorted_owners = np.asarray(owners)[order]
    firsts = np.flatnonzero(np.r_[True, sorted_owners[1:] != sorted_owners[:-1]])
    place = np.array(plan.code_of, dtype=np.intp)
    for row, state in _COUNTED:
        of_owner = np.add.reduceat((states == state).astype(np.int64), firsts, axis=0)
        summed = np.zeros((len(firsts), len(plan.codes)), dtype=np.int64)
        np.add.at(summed.T, place, of_owner.T)
        counts[sorted_owners[firsts], row] = summed
    return counts
