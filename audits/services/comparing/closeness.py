"""How sure one can be of an order: ranks with ties, intervals, rank ranges, too close to call, and trends."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from audits.models import Rating
from audits.scoring.comparison import LEAST_VISITS, against_the_rest, compare, handed_over, trends

POINT = 10_000
# Bonus standards can lift a part of a visit a little above all that was possible; more than this is no percentage.
MOST_WITH_BONUS = 110


@dataclass(frozen=True)
class Place:
    """What is known of one branch's place; None where nothing can be said."""

    rank: int
    rank_best: int | None = None
    rank_worst: int | None = None
    low_tenths: int | None = None
    high_tenths: int | None = None
    ties: tuple[int, ...] = ()
    trend: int | None = None
    stands_out: int | None = None


def places_of(ratings: Sequence[Rating], dispersion: float | None) -> tuple[list[Place], float | None]:
    """The places of rated branches given in order, best first, and the dispersion used (the chain's, where given)."""
    if not ratings:
        return [], dispersion
    values = _values(ratings)
    keys = np.array([rating.sort_key or 0 for rating in ratings], dtype=np.int64)
    flipped = bool((keys < 0).any())
    league = compare(keys, _upright(values, flipped), dispersion=dispersion)
    verdicts = _trends(ratings, values)
    if league.interval is None or league.range is None or league.closeness is None:
        return [Place(int(rank), trend=trend) for rank, trend in zip(league.ranks, verdicts, strict=True)], None
    outliers = _outliers(_upright(values, flipped), league.dispersion)
    low, high = league.interval.low, league.interval.high
    if flipped:
        low, high = 1000 - high, 1000 - low
    return [
        Place(
            rank=int(league.ranks[i]),
            rank_best=int(league.range.best[i]),
            rank_worst=int(league.range.worst[i]),
            low_tenths=int(low[i]),
            high_tenths=int(high[i]),
            ties=tuple(league.closeness.groups_of(i)),
            trend=verdicts[i],
            stands_out=outliers[i],
        )
        for i in range(len(ratings))
    ], league.dispersion


def shares_of(ratings: Sequence[Rating]) -> tuple[list[np.ndarray] | None, bool]:
    """The visits of each branch as shares 0–1, more being better; and whether they were turned round for that.

    None where a branch has no visits with a value, or where values are no percentages.
    """
    flipped = any((rating.sort_key or 0) < 0 for rating in ratings)
    shares = [value / 100 for value in _upright(_values(ratings), flipped)]
    known = all(share.size and share.min() >= 0 and share.max() <= 1 for share in shares)
    return (shares if known else None), flipped


def _values(ratings: Sequence[Rating]) -> list[np.ndarray]:
    return [np.frombuffer(bytes(rating.spread), dtype="<i4") / POINT for rating in ratings]


def _upright(values: Sequence[np.ndarray], flipped: bool) -> Sequence[np.ndarray]:
    """Where less is better, the best branch has the lowest figure: it is compared by what is missing to 100."""
    return _without_bonus([100 - value for value in values] if flipped else values)


def _outliers(values: Sequence[np.ndarray], dispersion: float | None) -> list[int | None]:
    """1 above the mean of all others, -1 below, 0 no verdict: few of the verdicts of a whole chain are false."""
    if dispersion is None or len(values) < 2:
        return [None] * len(values)
    means = np.array([value.mean() for value in values]) / 100
    found = against_the_rest(means, np.array([value.size for value in values]), dispersion).verdict
    return [int(verdict) for verdict in found]


def _without_bonus(values: Sequence[np.ndarray]) -> Sequence[np.ndarray]:
    """Percentages cut at 100: one perfect visit with a bonus must not hide how sure the whole order is."""
    most = max((value.max() for value in values if value.size), default=0)
    return [np.minimum(value, 100) for value in values] if 100 < most <= MOST_WITH_BONUS else values


def _trends(ratings: Sequence[Rating], values: Sequence[np.ndarray]) -> list[int | None]:
    """1 rising, -1 falling, 0 no verdict, None too few visits; no verdict where the auditors changed in between."""
    sizes = [value.size for value in values]
    branch = np.repeat(np.arange(len(ratings)), sizes)
    # Newest first as stored: the visit's place, negated, stands for its day.
    day = -np.concatenate([np.arange(size) for size in sizes]) if sizes else np.zeros(0)
    hands = np.concatenate([np.frombuffer(bytes(rating.hands), dtype=np.uint8) for rating in ratings])
    found = trends(branch, day, np.concatenate(values), len(ratings)).verdict
    changed = handed_over(branch, day, hands, len(ratings))
    return [
        None if size < LEAST_VISITS else 0 if over else int(verdict)
        for size, verdict, over in zip(sizes, found.tolist(), changed.tolist(), strict=True)
    ]
