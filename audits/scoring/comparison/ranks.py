"""Ranks, and how sure they are: for one branch that asks about itself, and for all of them at once."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from audits.scoring.comparison.intervals import LEVEL, beta_intervals

_NODES = np.linspace(-4, 4, 41)
_GRID = 512
_CHUNK = 1_000


@dataclass(frozen=True, slots=True, eq=False)
class RankRanges:
    """The best and the worst rank that each branch may truly have; 1 is the highest mean. int64 (branches,)."""

    best: np.ndarray
    worst: np.ndarray


def ranks(values: ArrayLike) -> np.ndarray:
    """Rank of each value (branches,), the highest first; equal values share the better rank. Exact for integers."""
    scores = np.asarray(values)
    ordered = np.sort(scores)
    return len(scores) - np.searchsorted(ordered, scores, side="right") + 1


def rank_ranges(mean: ArrayLike, visits: ArrayLike, dispersion: float, *, level: float = LEVEL) -> RankRanges:
    """The range of ranks of each branch "for this one branch", from means 0–1 and visits (branches,).

    Empirical Bayes: on the scale arcsin √m, where the variance hardly depends on m (Anscombe 1948), branches are normal
    around the chain's mean with a variance estimated by moments (DerSimonian & Laird 1986), and so is each branch's
    posterior. The rank of a branch is one more than the number of branches above it: given where it lies, a sum of
    independent indicators with known mean and variance (Lin, Louis, Paddock & Ridgeway, Loss function based ranking,
    Bayesian Analysis 1, 2006, for the posterior of ranks). No random numbers: the same input has the same range.
    It does not say that all ranges hold at once; see `joint_rank_ranges`. With unequal visits the observed rank of a
    branch with few of them may lie outside its own range. Raises ValueError for a branch without visits.
    """
    number = np.asarray(visits, dtype=float)
    if not (number > 0).all():
        raise ValueError("Only branches with visits have a rank.")
    if not number.size:
        return RankRanges(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))
    centre, spread = _posterior(np.asarray(mean, dtype=float), number / dispersion)
    above, variance = _counts_above(centre, spread)
    tail = (1 - level) / 2
    return RankRanges(_quantile(above, variance, tail), _quantile(above, variance, 1 - tail))


def joint_rank_ranges(mean: ArrayLike, visits: ArrayLike, dispersion: float, *, level: float = LEVEL) -> RankRanges:
    """Ranges of ranks that hold for all branches at once with this confidence; they are wide.

    From simultaneous intervals of the means, each at level^(1/branches): whoever lies wholly above a branch is above it
    (Klein, Wright & Wieczorek, A joint confidence region for an overall ranking of populations, JRSS C 69, 2020).
    """
    shares = np.asarray(mean, dtype=float)
    each = beta_intervals(shares, visits, dispersion, level=level ** (1 / max(len(shares), 1)))
    surely_above = len(shares) - np.searchsorted(np.sort(each.low), each.high, side="right")
    surely_below = np.searchsorted(np.sort(each.high), each.low, side="left")
    return RankRanges(surely_above + 1, len(shares) - surely_below)


def _posterior(mean: np.ndarray, trials: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation of each branch's true place on the scale arcsin √m."""
    place = np.arcsin(np.sqrt((trials * mean + 0.375) / (trials + 0.75)))
    noise = 1 / (4 * trials + 2)
    weight = 1 / noise
    middle = (weight * place).sum() / weight.sum()
    excess = (weight * (place - middle) ** 2).sum() - (len(place) - 1)
    scale = weight.sum() - (weight**2).sum() / weight.sum()
    # Without any sign of real differences all orders are possible, and a tiny variance says just that.
    between = max(excess / scale if scale > 0 else 0.0, 1e-3 * noise.mean())
    weight = 1 / (noise + between)
    middle = (weight * place).sum() / weight.sum()
    pull = between / (between + noise)
    return middle + pull * (place - middle), np.sqrt(pull * noise)


def _counts_above(centre: np.ndarray, spread: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and variance of the number of branches above each one, for each node of its posterior (branches × nodes)."""
    grid = np.linspace((centre - 4 * spread).min(), (centre + 4 * spread).max(), _GRID)
    expected, variance = np.zeros(_GRID), np.zeros(_GRID)
    for start in range(0, len(centre), _CHUNK):
        part = slice(start, start + _CHUNK)
        above = ndtr((centre[part, None] - grid) / spread[part, None])
        expected += above.sum(axis=0)
        variance += (above * (1 - above)).sum(axis=0)
    places = centre[:, None] + spread[:, None] * _NODES
    self_above = ndtr(-_NODES)
    count = np.interp(places, grid, expected) - self_above
    noise = np.interp(places, grid, variance) - self_above * (1 - self_above)
    # Between two nodes the mean moves: spread evenly over the step, that is a variance of step²/12.
    step = np.gradient(count, axis=1)
    return count, np.maximum(noise, 0) + step**2 / 12 + 1e-9


def _quantile(above: np.ndarray, variance: np.ndarray, probability: float) -> np.ndarray:
    """The lowest rank that a branch's true rank does not exceed with this probability, by bisection."""
    weights = np.exp(-(_NODES**2) / 2)
    weights /= weights.sum()
    deviation = np.sqrt(variance)
    low = np.zeros(len(above), dtype=np.int64)
    high = np.full(len(above), len(above), dtype=np.int64)
    while (high - low > 1).any():
        middle = (low + high) // 2
        reached = ndtr((middle[:, None] - 0.5 - above) / deviation) @ weights >= probability
        high = np.where(reached, middle, high)
        low = np.where(reached, low, middle)
    return high
