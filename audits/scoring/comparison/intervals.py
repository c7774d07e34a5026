"""How sure a branch's mean is: an interval from its visits and from how much visits vary in the whole chain.

A branch alone has too few visits to know its own variance, and scores crowd against 100 %: intervals from the branch
alone (t, logit-t, bootstrap) hold far less often than they claim. The spread of visits around their branch's mean,
relative to m(1-m), is much the same all over a chain and is therefore pooled.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaincinv, ndtri, stdtrit

from audits.scoring.comparison.visits import Branches

LEVEL = 0.95
# A chain whose visits never vary has shown little, not everything: no visit counts as more than ten thousand trials.
_LEAST_DISPERSION = 1e-4
_ORDINARY_DISPERSION = 0.1
_UPPER = (1 + LEVEL) / 2


@dataclass(frozen=True, slots=True, eq=False)
class Intervals:
    """Bounds of each branch's mean in tenths of a per cent, rounded outward; int64 (branches,)."""

    low: np.ndarray
    high: np.ndarray


def pooled_dispersion(branches: Branches) -> float:
    """φ: the variance of visits within branches over the whole chain, relative to m(1-m) of each branch.

    The moment estimator of the dispersion in a quasi-binomial model (McCullagh & Nelder, Generalized Linear Models,
    1989, §4.5), as a ratio of sums, so that a branch near 100 % cannot blow it up. Between 0.0001 and 1: no share
    varies more than a coin. 1 where no branch has two visits, or all visits are 0 % or 100 %.

    A chain of few visits may have met none of its bad days. Its estimate is therefore averaged with one visit of an
    ordinary chain (φ = 0.1) and raised by (t/z)², as Student does for a variance that is itself estimated; simulated
    coverage of 5 branches × 3 visits rises from 87-94 % to 93-98 %, and beyond a few dozen visits nothing changes.
    """
    several = branches.visits > 1
    mean, visits = branches.mean[several], branches.visits[several]
    freedom = int((visits - 1).sum())
    expected = float(((visits - 1) * mean * (1 - mean)).sum())
    if expected <= 0:
        return 1.0
    estimate = float(branches.spread[several].sum()) / expected
    steadied = (estimate * freedom + _ORDINARY_DISPERSION) / (freedom + 1)
    raised = steadied * (stdtrit(freedom + 1, _UPPER) / ndtri(_UPPER)) ** 2
    return float(np.clip(raised, _LEAST_DISPERSION, 1.0))


def beta_intervals(mean: ArrayLike, visits: ArrayLike, dispersion: float, *, level: float = LEVEL) -> Intervals:
    """Intervals for means 0–1 (branches,) of so many visits (branches,), which need not be whole (weighted visits).

    Beta quantiles of (n·m + ½, n·(1-m) + ½) with n = visits / dispersion: Jeffreys' interval for a proportion (Brown,
    Cai & DasGupta, Interval Estimation for a Binomial Proportion, Statistical Science 16, 2001) at the effective number
    of trials. The guarantee is an average over branches; the least steady third of them is covered less often.
    A branch without visits may have any mean.
    """
    share = np.nan_to_num(np.asarray(mean, dtype=float), nan=0.5)
    trials = np.asarray(visits, dtype=float) / dispersion
    met, missed = trials * share + 0.5, trials * (1 - share) + 0.5
    tail = (1 - level) / 2
    low = np.floor(1000 * betaincinv(met, missed, tail))
    high = np.ceil(1000 * betaincinv(met, missed, 1 - tail))
    return Intervals(low.astype(np.int64), high.astype(np.int64))
