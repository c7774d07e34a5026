"""A league at once: ranks, intervals, rank ranges and who is too close to call, from what ratings keep."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from audits.scoring.comparison.closeness import Closeness, too_close_to_call
from audits.scoring.comparison.intervals import Intervals, beta_intervals, pooled_dispersion
from audits.scoring.comparison.ranks import RankRanges, rank_ranges, ranks
from audits.scoring.comparison.visits import by_branch


@dataclass(frozen=True, slots=True, eq=False)
class League:
    """Each branch's place, and what chance could make of it; arrays (branches,) in the order given.

    `interval`, `range` and `closeness` are None where the values are no shares of a whole: then only ranks are known.
    Bounds are in tenths on the scale of the values, rounded outward. `dispersion` is the chain's φ.
    """

    ranks: np.ndarray
    interval: Intervals | None
    range: RankRanges | None
    closeness: Closeness | None
    dispersion: float | None


def compare(
    keys: ArrayLike, values: Sequence[ArrayLike], *, scale: float = 100.0, dispersion: float | None = None
) -> League:
    """Compare branches by exact integer keys (branches,), the highest first; ties share the better rank.

    `values` are each branch's visits on a scale from 0 to `scale`, at least one per branch. The intervals are of the
    mean of those visits, also where the rating weighs them otherwise. Where a branch has none, or a value lies outside
    the scale, nothing is known about chance. Give the chain's `dispersion` where only some branches are compared.
    """
    place = ranks(keys)
    counts = np.array([np.size(one) for one in values], dtype=np.intp)
    shares = np.concatenate([np.asarray(one, dtype=float) for one in values]) / scale if len(values) else np.zeros(0)
    if not len(place) or not counts.all() or not ((shares >= 0) & (shares <= 1)).all():
        return League(place, None, None, None, None)
    branches = by_branch(np.repeat(np.arange(len(counts)), counts), shares, len(counts))
    dispersion = pooled_dispersion(branches) if dispersion is None else dispersion
    interval = beta_intervals(branches.mean, branches.visits, dispersion)
    if scale != 100:
        low, high = np.floor(interval.low * scale / 100), np.ceil(interval.high * scale / 100)
        interval = Intervals(low.astype(np.int64), high.astype(np.int64))
    return League(
        ranks=place,
        interval=interval,
        range=rank_ranges(branches.mean, branches.visits, dispersion),
        closeness=too_close_to_call(interval.low, interval.high),
        dispersion=dispersion,
    )
