"""What is known of each branch from its visits: how many, their mean, and how far they lie apart."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike


@dataclass(frozen=True, slots=True, eq=False)
class Branches:
    """Visits by branch: number, mean share 0–1 (NaN without visits) and sum of squares around it, each (branches,)."""

    visits: np.ndarray
    mean: np.ndarray
    spread: np.ndarray

    def __len__(self) -> int:
        return len(self.visits)


def by_branch(branch: ArrayLike, share: ArrayLike, branches: int) -> Branches:
    """Gather visits: `branch` (visits,) are positions 0..branches-1, `share` (visits,) their scores 0–1.

    Raises ValueError for shares outside 0–1 or NaN, and for unknown branches.
    """
    where, scores = np.asarray(branch, dtype=np.intp), np.asarray(share, dtype=float)
    if where.shape != scores.shape:
        raise ValueError("Every visit needs one branch and one share.")
    if where.size and (where.min() < 0 or where.max() >= branches):
        raise ValueError(f"Branches are numbered from 0 to {branches - 1}.")
    if not ((scores >= 0) & (scores <= 1)).all():
        raise ValueError("Shares lie between 0 and 1.")
    visits = np.bincount(where, minlength=branches)
    with np.errstate(invalid="ignore"):
        mean = np.bincount(where, weights=scores, minlength=branches) / visits
    spread = np.bincount(where, weights=(scores - mean[where]) ** 2, minlength=branches)
    return Branches(visits, mean, spread)
