"""Which branches are too close to call: groups in which every interval overlaps every other."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

NO_GROUP = -1


@dataclass(frozen=True, slots=True, eq=False)
class Closeness:
    """Groups of branches too close to call, numbered 0.. from the lowest; they overlap and are not transitive.

    `points` (groups,) is a mean that all of a group could have. A branch lies in the groups `first` to `last`
    (branches,), both included, both -1 where nobody is close.
    """

    points: np.ndarray
    first: np.ndarray
    last: np.ndarray

    def __len__(self) -> int:
        return len(self.points)

    def members(self, group: int) -> np.ndarray:
        """Positions of the branches in a group."""
        return np.flatnonzero((self.first <= group) & (group <= self.last) & (self.first != NO_GROUP))

    def groups_of(self, branch: int) -> list[int]:
        """Numbers of the groups that a branch lies in."""
        first, last = int(self.first[branch]), int(self.last[branch])
        return [] if first == NO_GROUP else list(range(first, last + 1))


def too_close_to_call(low: ArrayLike, high: ArrayLike) -> Closeness:
    """The maximal groups of at least two branches whose intervals [low, high] (branches,) all overlap.

    Intervals that only touch overlap. One sort: a group is complete wherever, going up, an interval ends right after
    another began (Gupta, Lee & Leung, Efficient algorithms for interval graphs and circular-arc graphs, Networks 12,
    1982). Along the line every branch lies in neighbouring groups, so that two numbers say all of them.
    """
    lows, highs = np.asarray(low), np.asarray(high)
    if (lows > highs).any():
        raise ValueError("An interval ends below its beginning.")
    values = np.concatenate([lows, highs])
    ends = np.repeat([0, 1], [len(lows), len(highs)])
    order = np.lexsort((ends, values))
    ending = ends[order] == 1
    complete = np.flatnonzero(ending[1:] & ~ending[:-1]) + 1
    points = values[order][complete]
    first = np.searchsorted(points, lows, side="left")
    last = np.searchsorted(points, highs, side="right") - 1
    sizes = np.cumsum(np.bincount(first, minlength=len(points) + 1) - np.bincount(last + 1, minlength=len(points) + 1))
    shared = sizes[: len(points)] > 1
    number = np.where(shared, np.cumsum(shared) - 1, NO_GROUP)
    return Closeness(points[shared], number[first], number[last])
