"""Percentages of sections, classifications and tags as they are shown beside an outcome."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from audits.services.rating.gathering import FINE, ScoredVisit, Shown

SHOWN = ("whole", "section.", "class.", "tag.")


@dataclass
class _Block:
    """Visits of one checklist version: their lines in `shown`, weights in 1/FINE, and whose they are (ascending)."""

    shown: Shown
    lines: list[int] = field(default_factory=list)
    weights: list[int] = field(default_factory=list)
    owners: list[int] = field(default_factory=list)

    def add_to(self, total: np.ndarray, of: np.ndarray, place: dict[str, int]) -> None:
        """Add these visits to the sums of their owners (owners × parts)."""
        columns = np.array([column for column, name in enumerate(self.shown.names) if name in place])
        targets = np.array([place[name] for name in self.shown.names if name in place])
        owners = np.array(self.owners)
        starts = np.flatnonzero(np.r_[True, owners[1:] != owners[:-1]])
        fine = self.shown.fine[np.ix_(np.array(self.lines), columns)]
        weight, has = np.array(self.weights, dtype=np.int64)[:, None], fine >= 0
        where = np.ix_(owners[starts], targets)
        total[where] += np.add.reduceat(np.where(has, fine, 0) * weight, starts, axis=0)
        of[where] += np.add.reduceat(has * weight, starts, axis=0)


def part_tenths(counted: Sequence[Sequence[tuple[Fraction, ScoredVisit]]]) -> list[dict[str, int]]:
    """Part → percentage in tenths for each branch, whose counted visits are given with their weights.

    The weighted mean over the visits that have the part: averaged in 10^-6 points, rounded half up. For display and for
    leagues by section; stars never read them.
    """
    blocks: dict[int, _Block] = {}
    for owner, visits in enumerate(counted):
        for weight, visit in visits:
            block = blocks.setdefault(id(visit.shown), _Block(visit.shown))
            block.lines.append(visit.line)
            block.weights.append(weight.numerator * FINE // weight.denominator)
            block.owners.append(owner)
    names = sorted({name for block in blocks.values() for name in block.shown.names if name.startswith(SHOWN)})
    total = np.zeros((len(counted), len(names)), dtype=np.int64)
    of = np.zeros_like(total)
    for block in blocks.values():
        block.add_to(total, of, {name: column for column, name in enumerate(names)})
    tenths = (total // np.maximum(of, 1) * 10 + FINE // 2) // FINE
    return [
        {name: value for name, value, weight in zip(names, values, weights, strict=True) if weight}
        for values, weights in zip(tenths.tolist(), of.tolist(), strict=True)
    ]
