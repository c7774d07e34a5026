"""The smallest set of standards for a scheme of comparisons: first where the figures must get, then how to get there.

Each figure is looked at only where it may change the outcome. All combinations of such places are tried at once; the
lowest ones that lift the outcome each ask for a cover, and the smallest cover is the answer.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from audits.scoring.next_star.covering import Budget, Row, smallest_cover
from audits.scoring.next_star.front import Boundary, Front, OutOfShape
from audits.scoring.outcome import Column, evaluate_many

MOST_PROFILES = 100_000


@dataclass(frozen=True, slots=True)
class Solution:
    """`chosen` standards (None: no set lifts the outcome), and that no set of fewer than `at_least` does."""

    chosen: tuple[str, ...] | None
    at_least: int
    finished: bool


@dataclass(frozen=True, slots=True)
class _Place:
    """A sample of a figure, and what it must have gained to be there (in its own direction)."""

    sample: Fraction
    need: Fraction
    strictly: bool


def solve(
    front: Front, gains: Mapping[str, Mapping[str, Fraction]], level: int, *, budget: Budget, at_most: int | None = None
) -> Solution:
    """The smallest set of standards, given by preference with their gains by part, that lifts above a level.

    Raises OutOfShape where more is not always better, or there are too many combinations to look at.
    """
    moves = {code: {name: total.change(own) for name, total in front.sums.items()} for code, own in gains.items()}
    signs = {name: _direction(name, moves) for name in front.sums}
    useful = {code: own for code, own in moves.items() if any(own.values())}
    figures = [name for name in front.sums if any(own[name] for own in useful.values())]
    places = [
        _places(front, name, signs[name], sum((abs(own[name]) for own in useful.values()), Fraction(0)))
        for name in figures
    ]
    if math.prod(len(line) for line in places) > MOST_PROFILES:
        raise OutOfShape("too many combinations of figures")
    lifts = _lifts(front, figures, places, level)
    for axis in range(lifts.ndim):
        if (np.diff(lifts.astype(np.int8), axis=axis) < 0).any():
            raise OutOfShape("a better figure can lower the outcome")
    if not lifts.any():
        return Solution(None, 0, finished=True)
    codes = list(useful)
    rows = [[abs(useful[code][name]) for name in figures] for code in codes]
    return _best_cover(codes, rows, [places, _lowest(lifts)], budget, at_most)


def _direction(name: str, moves: Mapping[str, Mapping[str, Fraction]]) -> int:
    signs = {1 if own[name] > 0 else -1 for own in moves.values() if own[name]}
    if len(signs) > 1:
        raise OutOfShape(f"{name} rises with some standards and falls with others")
    return signs.pop() if signs else 1


def _places(front: Front, name: str, sign: int, most: Fraction) -> list[_Place]:
    """Where a figure stands, and each place further on where it may change the outcome, as far as it can get."""
    base = Fraction(front.base[name])  # type: ignore[arg-type]
    needs = {_in_direction(boundary, base, sign) for boundary in front.boundaries[name]}
    reachable = sorted(
        (need, strictly)
        for need, strictly in needs
        if (need > 0 or (strictly and need == 0)) and (need < most or (not strictly and need == most))
    )
    line = [_Place(base, Fraction(0), strictly=False)]
    for index, (need, strictly) in enumerate(reachable):
        following = next((other for other, _ in reachable[index + 1 :] if other > need), most)
        line.append(_Place(base + sign * ((need + following) / 2 if strictly else need), need, strictly))
    return line


def _in_direction(boundary: Boundary, base: Fraction, sign: int) -> tuple[Fraction, bool]:
    """How much must be gained to pass a boundary; going down, what is reached last on the way up is left first."""
    return (boundary.at - base, boundary.beyond) if sign > 0 else (base - boundary.at, not boundary.beyond)


def _lifts(front: Front, figures: Sequence[str], places: Sequence[Sequence[_Place]], level: int) -> np.ndarray:
    """Whether the outcome is above the level, for every combination of places."""
    shape = tuple(len(line) for line in places)
    count = math.prod(shape)
    columns: dict[str, Column] = {}
    for name, part in front.base.items():
        index = np.full(count, -1 if part is None else 0, dtype=np.int64)
        columns[name] = Column((part,) if part is not None else (), index)
    for axis, (name, line) in enumerate(zip(figures, places, strict=True)):
        along = np.arange(len(line)).reshape([-1 if a == axis else 1 for a in range(len(shape))])
        samples = tuple(place.sample for place in line)
        columns[name] = Column(samples, np.broadcast_to(along, shape).reshape(-1).astype(np.int64))
    table = evaluate_many(front.scheme, columns)
    levels = len(front.scheme.levels)
    return ((table.index > level) & (table.index < levels)).reshape(shape)


def _lowest(lifts: np.ndarray) -> list[tuple[int, ...]]:
    """The combinations that lift, none of whose figures could stay one place lower."""
    lowest = lifts.copy()
    for axis in range(lifts.ndim):
        before = np.zeros_like(lifts)
        ahead = [slice(None)] * lifts.ndim
        behind = [slice(None)] * lifts.ndim
        ahead[axis], behind[axis] = slice(1, None), slice(None, -1)
        before[tuple(ahead)] = lifts[tuple(behind)]
        lowest &= ~before
    return [tuple(int(one) for one in place) for place in np.argwhere(lowest)]


def _best_cover(
    codes: Sequence[str], rows: Sequence[Sequence[Fraction]], profiles: list, budget: Budget, at_most: int | None
) -> Solution:
    """The smallest cover of any profile, in whole numbers."""
    places, lowest = profiles
    scales = [math.lcm(*(row[j].denominator for row in rows)) for j in range(len(places))]
    gains: list[Row] = [tuple(int(value * scale) for value, scale in zip(row, scales, strict=True)) for row in rows]
    best: tuple[int, ...] | None = None
    bounds: list[int] = []
    limit, finished = at_most, True
    for profile in lowest:
        needs = tuple(_whole(line[p], scale) for line, p, scale in zip(places, profile, scales, strict=True))
        cover = smallest_cover(gains, needs, budget=budget, at_most=limit)
        finished &= cover.finished
        bounds.append(cover.at_least)
        if cover.chosen is not None and (best is None or _key(codes, cover.chosen) < _key(codes, best)):
            best, limit = cover.chosen, len(cover.chosen)
    if best is None:
        return Solution(None, min(bounds, default=0), finished)
    at_least = min(min(bounds), len(best))
    return Solution(tuple(codes[i] for i in best), at_least, finished or at_least == len(best))


def _key(codes: Sequence[str], chosen: tuple[int, ...]) -> tuple[int, tuple[int, ...]]:
    """Fewer first; of equally many those that stand earlier in the order of preference."""
    return len(chosen), chosen


def _whole(place: _Place, scale: int) -> int:
    scaled = place.need * scale
    if place.strictly:
        return scaled.numerator // scaled.denominator + 1
    return -(-scaled.numerator // scaled.denominator)
