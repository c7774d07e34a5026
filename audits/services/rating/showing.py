"""Percentages of sections, classifications and tags as they are shown beside an outcome, and how they vary."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import compress

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

    def add_to(self, sums: "_Sums", place: dict[str, int]) -> None:
        """Add these visits to the sums of their owners."""
        columns = np.array([column for column, name in enumerate(self.shown.names) if name in place])
        targets = np.array([place[name] for name in self.shown.names if name in place])
        owners = np.array(self.owners)
        starts = np.flatnonzero(np.r_[True, owners[1:] != owners[:-1]])
        fine = self.shown.fine[np.ix_(np.array(self.lines), columns)]
        weight, has = np.array(self.weights, dtype=np.int64)[:, None], fine >= 0
        where, known = np.ix_(owners[starts], targets), np.where(has, fine, 0)
        tenths = (known * 10 + FINE // 2) // FINE
        for total, values in (
            (sums.total, known * weight),
            (sums.weight, has * weight),
            (sums.visits, has.astype(np.int64)),
            (sums.tenths, tenths),
            (sums.squares, tenths**2),
        ):
            total[where] += np.add.reduceat(values, starts, axis=0)


class _Sums:
    """Sums over visits, int64 (owners × parts): weighted percentages, their weights; numbers, tenths, squares."""

    def __init__(self, owners: int, parts: int) -> None:
        self.total, self.weight, self.visits, self.tenths, self.squares = np.zeros((5, owners, parts), dtype=np.int64)


Weighed = Sequence[tuple[Fraction, ScoredVisit]]


def parts_shown(counted: Sequence[Weighed], combine: str) -> list[tuple[dict[str, int], bytes]]:
    """Part → percentage in tenths for each branch, whose counted visits are given newest first with their weights; and,
    packed as in `Rating.part_sums`, how its visits vary.

    The percentages are combined as the scheme combines visits; a mean is that over the visits that have the part,
    averaged in 10^-6 points and rounded half up. For display and for leagues by section; stars never read them.
    """
    blocks: dict[int, _Block] = {}
    for owner, visits in enumerate(counted):
        for weight, visit in visits:
            block = blocks.setdefault(id(visit.shown), _Block(visit.shown))
            block.lines.append(visit.line)
            block.weights.append(weight.numerator * FINE // weight.denominator)
            block.owners.append(owner)
    names = sorted({name for block in blocks.values() for name in block.shown.names if name.startswith(SHOWN)})
    sums = _Sums(len(counted), len(names))
    for block in blocks.values():
        block.add_to(sums, {name: column for column, name in enumerate(names)})
    if combine == "mean":
        means = (sums.total // np.maximum(sums.weight, 1) * 10 + FINE // 2) // FINE
        shown = [
            dict(zip(compress(names, has), values[has].tolist(), strict=True))
            for values, has in zip(means, sums.weight > 0, strict=True)
        ]
    else:
        shown = [_combined(visits, combine) for visits in counted]
    varying = np.stack([sums.visits, sums.tenths, sums.squares], axis=1).astype("<u4")
    return [
        (parts, kept[:, np.array([name in parts for name in names], dtype=bool)].tobytes())
        for parts, kept in zip(shown, varying, strict=True)
    ]


def _combined(visits: Weighed, combine: str) -> dict[str, int]:
    """The parts of one branch where visits are not averaged: of the newest visit, the newest that has each, the best,
    or of all points together."""
    found: dict[str, list[tuple[Fraction, int, int, int]]] = {}
    for weight, visit in visits[:1] if combine == "latest" else visits:
        shown, line = visit.shown, visit.line
        for column, name in enumerate(shown.names):
            if name.startswith(SHOWN) and shown.fine[line, column] >= 0:
                pair = (int(shown.earned[line, column]), int(shown.possible[line, column]))
                found.setdefault(name, []).append((weight, int(shown.fine[line, column]), *pair))
    return {name: (_one_of(found[name], combine) * 10 + FINE // 2) // FINE for name in sorted(found)}


def _one_of(figures: Sequence[tuple[Fraction, int, int, int]], combine: str) -> int:
    """One percentage in 10^-6 points of (weight, percentage, earned, possible), newest first."""
    if combine == "max":
        return max(fine for _, fine, _, _ in figures)
    if combine == "pooled":
        earned = sum((weight * above for weight, _, above, _ in figures), Fraction(0))
        possible = sum((weight * below for weight, _, _, below in figures), Fraction(0))
        whole = 100 * FINE * earned / possible
        return whole.numerator // whole.denominator
    return figures[0][1]
