"""One answer key as arithmetic: what each answer earns, what it could have earned, and when it counts as failed."""

import math
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Literal

from audits.scoring.answers import HIGHEST, LOWEST, MAX_NUMBER, NOT_APPLICABLE
from audits.scoring.vector import Layout
from standards.spec.amounts import read_amount
from standards.spec.checklist import Checklist, OnlyIf, Standard
from standards.spec.scope import split_key

NO_GATE = -1
NEVER = -2

Shape = Literal["limit", "linear", "table", "ladder", "deduct"]


@dataclass(frozen=True, slots=True)
class Item:
    """One answer key as arithmetic.

    limit: `best` if low <= answer <= high. linear: answer × unit, at most best. table: points of the option. ladder:
    points of the first step with low <= answer <= high. deduct: answer × unit is taken off elsewhere, never earned.
    Earning less than `pass_mark` is a failure (for deductions: deducting anything is). `gate` is the position of the
    answer this one depends on, `gate_code` the code it must have.
    """

    key: str
    standard: Standard
    shape: Shape
    best: int
    possible: int
    pass_mark: int
    parts: tuple[int, ...]
    gate: int = NO_GATE
    gate_code: int = 0
    low: int = 0
    high: int = 0
    unit: int = 0
    table: tuple[int, ...] = ()
    steps: tuple[tuple[int, int, int], ...] = ()

    def points(self, number: int) -> int:
        """What an answer earns (a finding: what it deducts), in 10^-decimals points."""
        if self.shape == "limit":
            return self.best if self.low <= number <= self.high else 0
        if self.shape == "linear":
            return min(number * self.unit, self.best)
        if self.shape == "table":
            return self.table[number]
        if self.shape == "deduct":
            return number * self.unit
        return next((points for low, high, points in self.steps if low <= number <= high), 0)

    def failed(self, points: int) -> bool:
        """Whether these points are a failure of the standard."""
        return points > 0 if self.shape == "deduct" else points < self.pass_mark


def item_of(checklist: Checklist, standard: Standard, place: dict[str, int]) -> Item:
    """A standard as arithmetic, not yet placed in a scope; `place` is the position of each part's name.

    Raises ValueError where its points are no integers of 10^-decimals.
    """
    scale = read_amount(standard.weight) * 10**checklist.decimals
    shape, best, details = _arithmetic(standard, scale)
    possible = 0 if standard.bonus or shape == "deduct" else best
    graded = shape not in ("limit", "deduct")
    pass_mark = best
    if graded:
        pass_mark = math.ceil(read_amount(standard.pass_at) * scale if standard.pass_at else Fraction(best, 2))
    names = [f"section.{code}" for code in checklist.section_codes_of(standard)]
    names += [f"class.{standard.classification}"] if standard.classification else []
    names += [f"tag.{tag}" for tag in standard.tags]
    parts = tuple(place[name] for name in names if shape != "deduct")
    return Item(standard.code, standard, shape, best, possible, pass_mark, parts, **details)


def _arithmetic(standard: Standard, scale: Fraction) -> tuple[Shape, int, dict[str, Any]]:
    """Shape, best points and details of a standard; `scale` turns points into weighted integers."""
    units = 10**standard.unit_decimals
    if standard.kind == "met":
        return "limit", _whole(scale), {"low": 1, "high": 1}
    if standard.kind == "scale":
        unit = _whole(scale / 10)
        return "linear", 10 * unit, {"unit": unit}
    if standard.kind == "measure" and not standard.ladder:
        low, high = _bounds(standard.at_least, standard.at_most, units)
        return "limit", _whole(scale), {"low": low, "high": high}
    if standard.kind == "measure":
        steps = tuple(
            (*_bounds(s.at_least, s.at_most, units), _whole(read_amount(s.points) * scale)) for s in standard.ladder
        )
        return "ladder", max(points for _, _, points in steps), {"steps": steps}
    if standard.kind == "choice":
        table = tuple(_whole(read_amount(option.points) * scale) for option in standard.options)
        return "table", max(table), {"table": table}
    if standard.kind == "count":
        return (
            "linear",
            _whole(read_amount(standard.cap) * scale),
            {"unit": _whole(read_amount(standard.per_unit) * scale)},
        )
    unit = _whole(scale / units)
    if standard.kind == "points":
        return "linear", _whole(read_amount(standard.max) * scale), {"unit": unit}
    most = math.floor(read_amount(standard.max) * units) if standard.max else MAX_NUMBER
    return "deduct", most * unit, {"unit": unit}


def _bounds(at_least: str, at_most: str, units: int) -> tuple[int, int]:
    """The lowest and highest fitting number of a measure with these limits; an empty limit is none."""
    low = math.ceil(read_amount(at_least) * units) if at_least else -MAX_NUMBER
    high = math.floor(read_amount(at_most) * units) if at_most else MAX_NUMBER
    return low, high


def _whole(points: Fraction) -> int:
    if points.denominator != 1:
        raise ValueError(f"{points} points are no whole number; the checklist needs more decimals.")
    return points.numerator


def placed(item: Item, key: str, layout: Layout) -> Item:
    """The item of a standard put in its place in a scope: with its key and the answer it depends on."""
    condition = item.standard.only_if
    if condition is None:
        return replace(item, key=key)
    gate, code = _gate(condition, key, layout)
    return replace(item, key=key, gate=gate, gate_code=code)


def _gate(condition: OnlyIf, key: str, layout: Layout) -> tuple[int, int]:
    """Where the answer stands that a key depends on, and the code it must have: same instance first, else plain."""
    _, instance = split_key(key)
    for name in (f"{condition.code}@{instance}", condition.code):
        slot = layout.slots.get(name)
        if slot is not None:
            position, words, low, high = slot
            if condition.answer in words:
                return position, words[condition.answer]
            if low <= high and max(low, LOWEST) <= int(condition.answer) <= min(high, HIGHEST):
                return position, int(condition.answer)
            break
    return NEVER, NOT_APPLICABLE
