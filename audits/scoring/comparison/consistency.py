"""How steady branches are: what varies from visit to visit, and what truly differs between branches, per section."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike


@dataclass(frozen=True, slots=True, eq=False)
class Consistency:
    """Means and spreads by section, all as shares 0–1; NaN where there is too little to say.

    `mean` and `spread` (branches × sections): each branch's mean and standard deviation of its visits. `within` and
    `between` (sections,): the standard deviations of visits around their branch, and of branches around the chain.
    `reliability` (sections,): the share of the variance of single visits that is between branches.
    """

    mean: np.ndarray
    visits: np.ndarray
    spread: np.ndarray
    within: np.ndarray
    between: np.ndarray
    reliability: np.ndarray


def consistency(branch: ArrayLike, shares: ArrayLike, branches: int) -> Consistency:
    """From visits given by branch 0..branches-1 (visits,) and their shares 0–1 (visits × sections), NaN for no score.

    One-way random-effects analysis of variance with unequal numbers of visits (Searle, Casella & McCulloch, Variance
    Components, 1992): `between` is 0 where branches differ no more than their visits explain.
    """
    where = np.asarray(branch, dtype=np.intp)
    values = np.asarray(shares, dtype=float)
    scored = ~np.isnan(values)
    visits = _sums(where, scored.astype(float), branches)
    filled = np.where(scored, values, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = _sums(where, filled, branches) / visits
    squares = _sums(where, np.where(scored, (filled - mean[where]) ** 2, 0.0), branches)
    return _analysed(visits, mean, squares)


def consistency_of_sums(visits: ArrayLike, totals: ArrayLike, squares: ArrayLike) -> Consistency:
    """The same from what is kept of each branch and section (branches × sections): the number of its visits, the sum of
    their shares and the sum of the squares of those."""
    number, total = np.asarray(visits, dtype=float), np.asarray(totals, dtype=float)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = total / number
        around = np.asarray(squares, dtype=float) - np.where(number > 0, total * mean, 0.0)
    return _analysed(number, mean, np.maximum(around, 0.0))


def _analysed(visits: np.ndarray, mean: np.ndarray, squares: np.ndarray) -> Consistency:
    """From numbers of visits, means and sums of squares around them, each (branches × sections)."""
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = np.sqrt(np.where(visits > 1, squares / (visits - 1), np.nan))
        present = (visits > 0).sum(axis=0)
        total = visits.sum(axis=0)
        inner = squares.sum(axis=0) / np.where(total > present, total - present, np.nan)
        grand = np.nansum(visits * mean, axis=0) / total
        outer = np.nansum(visits * (mean - grand) ** 2, axis=0) / np.where(present > 1, present - 1, np.nan)
        typical = (total - (visits**2).sum(axis=0) / total) / (present - 1)
        between = np.maximum((outer - inner) / typical, 0.0)
        reliability = between / (between + inner)
    return Consistency(mean, visits.astype(np.int64), spread, np.sqrt(inner), np.sqrt(between), reliability)


def _sums(where: np.ndarray, values: np.ndarray, branches: int) -> np.ndarray:
    """Sums of lines by branch, (branches × sections)."""
    totals = np.zeros((branches, values.shape[1]))
    for section in range(values.shape[1]):
        totals[:, section] = np.bincount(where, weights=values[:, section], minlength=branches)
    return totals
