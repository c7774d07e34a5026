"""A column of a table of subjects: its distinct values once, and for each row which of them it has."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import msgspec
import numpy as np

from audits.scoring.outcome.result import Part

ABSENT = -1
WIDEST = 2**62


class Column(msgspec.Struct, frozen=True):
    """`index` holds, per row, a place in `distinct` or -1 for absent (int64)."""

    distinct: tuple[Any, ...]
    index: np.ndarray

    def __len__(self) -> int:
        return len(self.index)

    def at(self, row: int) -> Part:
        """Return the part of one row, None when absent."""
        place = int(self.index[row])
        return None if place == ABSENT else self.distinct[place]

    def present(self) -> np.ndarray:
        """Return, per row, whether the part is there."""
        there: np.ndarray = self.index != ABSENT
        return there


def column_of(parts: Sequence[Part]) -> Column:
    """Return the column of typed parts, one per row; None is absent."""
    places: dict[Any, int] = {}
    index = np.fromiter(
        (ABSENT if part is None else places.setdefault(part, len(places)) for part in parts), np.int64, len(parts)
    )
    return Column(tuple(places), index)


def column_of_ratios(above: np.ndarray, below: np.ndarray, times: int = 1) -> Column:
    """Return the column of times x above / below (int64, neither negative), absent where `below` is 0."""
    there = below > 0
    over, under = above[there], below[there]
    index = np.full(len(above), ABSENT, np.int64)
    # Many visits share few pairs: each is made a fraction once.
    firsts, index[there] = _distinct_pairs(over, under)
    pairs = zip(over[firsts].tolist(), under[firsts].tolist(), strict=True)
    return _without_twins([Fraction(times * one, other) for one, other in pairs], index)


def _distinct_pairs(one: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return a row of each distinct pair, and for every row which of them it has."""
    base = int(other.max(initial=0)) + 1
    if (int(one.max(initial=0)) + 1) * base < WIDEST:
        _, firsts, places = np.unique(one * base + other, return_index=True, return_inverse=True)
    else:
        _, firsts, places = np.unique(np.stack([one, other], axis=1), axis=0, return_index=True, return_inverse=True)
    return firsts, places.reshape(-1)


def _without_twins(fractions: Sequence[Fraction], index: np.ndarray) -> Column:
    """Two pairs may be the same fraction; a column holds each value once."""
    places: dict[Fraction, int] = {}
    moved = np.array([places.setdefault(one, len(places)) for one in fractions] + [ABSENT], np.int64)
    return Column(tuple(places), moved[index])


def as_columns(columns: Mapping[str, Column | Sequence[Part]]) -> dict[str, Column]:
    """Return every column as a Column. Raises ValueError when they differ in length."""
    found = {name: part if isinstance(part, Column) else column_of(part) for name, part in columns.items()}
    if len({len(column) for column in found.values()}) > 1:
        raise ValueError("all columns of a table must have the same number of rows")
    return found
