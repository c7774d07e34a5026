"""Verdicts on many branches at once: what stands out although so many were looked at."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betainc

FALSE_DISCOVERIES = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class Verdicts:
    """For each branch: +1 better (rising), -1 worse (falling), 0 no verdict; p-value, NaN where nothing was tested."""

    verdict: np.ndarray
    p_value: np.ndarray


def discovered(p_values: ArrayLike, *, rate: float = FALSE_DISCOVERIES) -> np.ndarray:
    """Which p-values (tests,) are discoveries with at most this share of false ones among them; NaN never is.

    Benjamini & Hochberg, Controlling the False Discovery Rate, JRSS B 57, 1995: the step-up rule.
    """
    values = np.asarray(p_values, dtype=float)
    tested = np.sort(values[~np.isnan(values)])
    passing = np.flatnonzero(tested <= rate * np.arange(1, tested.size + 1) / max(tested.size, 1))
    limit = tested[passing[-1]] if passing.size else -1.0
    return values <= limit


def against_the_rest(
    mean: ArrayLike, visits: ArrayLike, dispersion: float, *, rate: float = FALSE_DISCOVERIES
) -> Verdicts:
    """Which branches differ from the mean of all others, from means 0–1 and visits (branches,); at least two branches.

    The p-value is twice the smaller tail of the branch's Beta distribution (as in its interval) beyond the mean of the
    others, with as many trials fewer as their own uncertainty costs; then Benjamini & Hochberg over the branches.
    """
    share, number = np.asarray(mean, dtype=float), np.asarray(visits, dtype=float)
    others = len(share) - 1
    if others < 1:
        return Verdicts(np.zeros(len(share), dtype=np.int64), np.full(len(share), np.nan))
    rest = (share.sum() - share) / others
    # Few perfect visits of the others do not make their mean a certain 100 %: half a trial is added on either side.
    seen = (number.sum() - number) / dispersion
    rest = (seen * rest + 0.5) / (seen + 1)
    noise = (share * (1 - share) + 0.25 * dispersion / number) * dispersion / number
    rest_noise = (noise.sum() - noise) / others**2
    trials = number / dispersion * noise / (noise + rest_noise)
    below = betainc(trials * share + 0.5, trials * (1 - share) + 0.5, rest)
    p_values = np.minimum(2 * np.minimum(below, 1 - below), 1.0)
    sign = np.where(share > rest, 1, -1)
    return Verdicts(np.where(discovered(p_values, rate=rate), sign, 0), p_values)
