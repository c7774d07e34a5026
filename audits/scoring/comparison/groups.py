"""How sure the mean of a group of branches is, each branch counting once."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaincinv

from audits.scoring.comparison.intervals import LEVEL


def group_interval(
    mean: ArrayLike, visits: ArrayLike, dispersion: float, *, level: float = LEVEL
) -> tuple[int, int] | None:
    """The interval of the mean of branches, from their means 0–1 and visits (branches,), in tenths, rounded outward.

    The branches are all there are, so that only their visits are left to chance. The variances of their means add up,
    each as in `against_the_rest` (m(1-m)φ/n, widened where few visits say that m is near 0 or 1); the bounds are the
    Beta quantiles of `beta_intervals` at the number of trials whose variance that is. None for no branches.
    """
    share, number = np.asarray(mean, dtype=float), np.asarray(visits, dtype=float)
    if not share.size:
        return None
    noise = (share * (1 - share) + 0.25 * dispersion / number) * dispersion / number
    middle, variance = float(share.mean()), float(noise.sum()) / share.size**2
    trials = (middle * (1 - middle) + 0.25 * dispersion / float(number.sum())) / variance
    met, missed = trials * middle + 0.5, trials * (1 - middle) + 0.5
    tail = (1 - level) / 2
    low, high = betaincinv(met, missed, [tail, 1 - tail])
    return int(np.floor(1000 * low)), int(np.ceil(1000 * high))
