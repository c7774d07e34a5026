"""The items of a plan as arrays, ordered so that whole blocks of answers can be scored at once.

Rows are answer keys, columns are visits, and each block of one shape lies together. Sums are products of integer
matrices: whatever their order, the additions are exact.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from audits.scoring.answers import HIGHEST, LOWEST
from audits.scoring.items import NEVER, Item

_SHAPES = ("limit", "linear", "table", "ladder", "deduct")
_INT32 = 1 << 31


@dataclass(frozen=True, slots=True, eq=False)
class Ladder:
    """A ladder as a step function: `points[i]` for numbers up to `ends[i]`, the last for all above."""

    ends: np.ndarray
    points: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class Gates:
    """Conditions that can be looked at together: `rows` apply where the answers in `on` have the `codes`."""

    rows: np.ndarray
    on: np.ndarray
    codes: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Arrays for scoring many visits; row r is the item at `order[r]` of the plan, a (keys, 1) array has one line each.

    `ends` are the rows after the last limit, linear, table and ladder (the rest deducts). `gates` come in the order
    in which they must be looked at. `earns` (parts × keys) adds up points, with the limits' best points in it, as they
    are met or not; `offers` adds up what was possible.
    """

    order: np.ndarray
    row_of: np.ndarray
    ends: tuple[int, int, int, int]
    low: np.ndarray
    high: np.ndarray
    best: np.ndarray
    pass_mark: np.ndarray
    most: np.ndarray
    unit: np.ndarray
    table: np.ndarray
    ladders: tuple[Ladder, ...]
    critical: np.ndarray
    never: np.ndarray
    gates: tuple[Gates, ...]
    earns: csr_array
    offers: csr_array


def make_columns(items: tuple[Item, ...], parts: int) -> Columns:
    """The arrays of a plan's items; `parts` is the number of its parts (the first is the whole, the last findings)."""
    order = sorted(range(len(items)), key=lambda i: (_SHAPES.index(items[i].shape), i))
    rows = [items[index] for index in order]
    row_of = np.empty(len(items), dtype=np.intp)
    row_of[order] = np.arange(len(items))
    by_shape = {shape: [item for item in rows if item.shape == shape] for shape in _SHAPES}
    ends = np.cumsum([len(by_shape[shape]) for shape in _SHAPES]).tolist()
    number = _number_type(rows)
    scored = rows[: ends[3]]
    limits, counted = by_shape["limit"], by_shape["linear"] + by_shape["deduct"]
    low, high = zip(*(_limits_of(item) for item in limits), strict=True) if limits else ((), ())
    return Columns(
        order=np.array(order, dtype=np.intp),
        row_of=row_of,
        ends=(ends[0], ends[1], ends[2], ends[3]),
        low=_lines(low, np.int16),
        high=_lines(high, np.int16),
        best=_lines((item.best for item in scored), number),
        pass_mark=_lines((1 if item.shape == "limit" else item.pass_mark for item in scored), number),
        most=_lines((_most_units(item) for item in counted), np.int16),
        unit=_lines((item.unit for item in counted), np.int64),
        table=_tables(by_shape["table"], number),
        ladders=tuple(_ladder(item, number) for item in by_shape["ladder"]),
        critical=np.flatnonzero([item.standard.severity == "critical" for item in rows]),
        never=row_of[[i for i, item in enumerate(items) if item.gate == NEVER]],
        gates=_gates(items, row_of),
        earns=_membership(scored, parts, [item.best if item.shape == "limit" else 1 for item in scored], number),
        offers=_membership(scored, parts, [item.possible for item in scored], number),
    )


def _number_type(rows: Iterable[Item]) -> type[np.signedinteger]:
    """int32 where no sum and no product before its cap can leave it (half the memory to walk), else int64."""
    scored = [item for item in rows if item.shape != "deduct"]
    largest = sum(item.best for item in scored) + max((item.unit for item in scored), default=0)
    return np.int32 if largest < _INT32 else np.int64


def _lines(values: Iterable[int], kind: type[np.signedinteger]) -> np.ndarray:
    return np.array(list(values), dtype=kind).reshape(-1, 1)


def _limits_of(item: Item) -> tuple[int, int]:
    """The limits as int16 codes; where no int16 number can fit them, an empty range."""
    low, high = max(item.low, LOWEST), min(item.high, HIGHEST)
    return (low, high) if low <= high else (HIGHEST, LOWEST)


def _most_units(item: Item) -> int:
    """How many units can matter: beyond them the cap holds, so that products stay small."""
    return HIGHEST if item.shape == "deduct" else min(-(-item.best // item.unit), HIGHEST)


def _tables(items: list[Item], number: type[np.signedinteger]) -> np.ndarray:
    width = max((len(item.table) for item in items), default=1)
    table = np.zeros((len(items), width), dtype=number)
    for row, item in enumerate(items):
        table[row, : len(item.table)] = item.table
    return table


def _ladder(item: Item, number: type[np.signedinteger]) -> Ladder:
    """The points of every number as a step function; breaks lie at the limits of the steps."""
    breaks = sorted({low - 1 for low, _, _ in item.steps} | {high for _, high, _ in item.steps})
    points = [item.points(end) for end in breaks] + [item.points(breaks[-1] + 1)]
    return Ladder(np.array(breaks, dtype=np.int64), np.array(points, dtype=number))


def _gates(items: tuple[Item, ...], row_of: np.ndarray) -> tuple[Gates, ...]:
    """Conditions by depth: what depends on an answer comes after what that answer itself depends on."""
    depths: list[int] = []
    for item in items:
        depths.append(depths[item.gate] + 1 if item.gate >= 0 else 0)
    levels = []
    for depth in range(1, max(depths, default=0) + 1):
        at = [(index, items[index].gate, items[index].gate_code) for index, d in enumerate(depths) if d == depth]
        rows, gates, codes = zip(*at, strict=True)
        levels.append(Gates(row_of[list(rows)], row_of[list(gates)], _lines(codes, np.int16)))
    return tuple(levels)


def _membership(scored: list[Item], parts: int, worth: Iterable[int], number: type[np.signedinteger]) -> csr_array:
    """A (parts × keys) matrix: what one of each key adds to each part; sparse, as a key counts to few of them."""
    rows, columns, values = [], [], []
    for row, (item, value) in enumerate(zip(scored, worth, strict=True)):
        for part in (0, *item.parts):
            rows.append(part)
            columns.append(row)
            values.append(value)
    return csr_array((np.array(values, dtype=number), (rows, columns)), shape=(parts, len(scored)))
