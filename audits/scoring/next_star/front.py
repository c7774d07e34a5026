"""A scheme taken apart: the weighted sums that standards move, and the steps the outcome takes as they move.

Sums and means of parts are weighted sums themselves. They become the figures of a reduced scheme, which only compares
them: between two constants that a figure is compared with, nothing happens. So a few samples of each figure stand for
all that meeting standards could do.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

import msgspec

from audits.scoring.outcome.lookup import Lookup
from audits.scoring.outcome.result import Part
from standards.spec.scheme.document import (
    NUMBER,
    Condition,
    Direct,
    Grid,
    Picked,
    Reference,
    Rows,
    Scheme,
    Test,
    Value,
)
from standards.spec.scheme.numbers import exact_number, is_number

RAW = "raw\N{MIDDLE DOT}"
_AT = {"at_least", "below"}
_BEYOND = {"above", "at_most"}


class OutOfShape(Exception):
    """The scheme does something with a figure that standards move which is no comparison with a constant."""


@dataclass(frozen=True, slots=True, order=True)
class Boundary:
    """A place where a rising figure may change the outcome: on reaching `at`, or only beyond it."""

    at: Fraction
    beyond: bool = False


class _NoSum(Exception):
    """A value that is no weighted sum of parts."""


@dataclass(frozen=True, slots=True)
class Sum:
    """start + the weighted sum of parts that are there."""

    start: Fraction
    weights: Mapping[str, Fraction]

    def of(self, parts: Mapping[str, Part]) -> Fraction:
        """The sum for these parts."""
        return self.start + self.change({name: parts[name] for name in self.weights})

    def change(self, changes: Mapping[str, Part]) -> Fraction:
        """How the sum changes when parts change so much; parts that are not named do not."""
        named = [(weight, changes[name]) for name, weight in self.weights.items() if name in changes]
        return sum((weight * Fraction(amount) for weight, amount in named), Fraction(0))  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Front:
    """The reduced scheme; `sums` are its figures that move, `base` all its parts as they are."""

    scheme: Scheme
    sums: Mapping[str, Sum]
    base: Mapping[str, Part]
    boundaries: Mapping[str, tuple[Boundary, ...]]


def reduce_scheme(scheme: Scheme, parts: Mapping[str, Part], moving: frozenset[str]) -> Front:
    """Take a scheme without peers apart, given a branch's parts and which of them standards move.

    Raises OutOfShape where the outcome depends on a moving figure otherwise than by comparing it with constants.
    """
    known: dict[str, Sum | None] = {}
    sums: dict[str, Sum] = {}
    base: dict[str, Part] = dict(parts)
    kept: list[Value] = []
    for value in scheme.values:
        if value.operator == "streak":
            raise OutOfShape("a streak looks at single visits")
        try:
            total = _as_sum(value, scheme, parts, known, moving)
        except _NoSum:
            kept.append(value)
            continue
        plain = value.floor is None and value.cap is None and value.round == "none"
        name = value.name if plain else RAW + value.name
        base[name] = None if total is None else total.of(parts)
        if total is not None:
            sums[name] = total
        if plain:
            known[name] = total
        else:
            finish = {field: getattr(value, field) for field in ("floor", "cap", "round", "places")}
            kept.append(Value(value.name, "sum", (Picked(name),), missing="absent", **finish))
    for name in moving:
        if isinstance(parts.get(name), int | Fraction):
            sums.setdefault(name, Sum(Fraction(0), {name: Fraction(1)}))
    types = dict(scheme.types) | {name: NUMBER for name in base if name.startswith(RAW)}
    _refuse_confusion(kept, known)
    reduced = msgspec.structs.replace(scheme, values=tuple(kept), types=types, peers=None, visits=None)
    read = _names_read(reduced, base)
    shifting = {name for name, total in sums.items() if name in read and moving.intersection(total.weights)}
    boundaries = _boundaries(reduced, base, shifting)
    return Front(
        reduced,
        {name: sums[name] for name in sorted(shifting)},
        base,
        {name: tuple(sorted(boundaries.get(name, ()))) for name in sorted(shifting)},
    )


def _as_sum(
    value: Value, scheme: Scheme, parts: Mapping[str, Part], known: Mapping[str, Sum | None], moving: frozenset[str]
) -> Sum | None:
    """A value before floor, cap and rounding as a weighted sum; None where it is always absent. Raises _NoSum."""
    if value.operator not in ("sum", "mean") or scheme.type_of(value.name).kind != "number":
        raise _NoSum
    times = _constant_factor(value, parts, moving)
    names = Lookup(scheme, parts).names_of(value.picks)
    found = [(_term(name, scheme, parts, known), Fraction(1) if weight is None else weight) for name, weight in names]
    terms = [(inner, factor) for inner, factor in found if inner is not None]
    if value.missing == "absent" and (len(terms) < len(names) or not names):
        return None
    if not terms and (value.operator == "mean" or value.start is None):
        return None
    divisor = sum((factor for _, factor in terms), Fraction(0)) if value.operator == "mean" else Fraction(1)
    weights: dict[str, Fraction] = {}
    start = Fraction(0)
    for inner, factor in terms:
        start += factor / divisor * inner.start
        for name, weight in inner.weights.items():
            weights[name] = weights.get(name, Fraction(0)) + factor / divisor * weight
    scaled = {name: times * weight for name, weight in weights.items()}
    return Sum((value.start or Fraction(0)) + times * start, scaled)


def _term(name: str, scheme: Scheme, parts: Mapping[str, Part], known: Mapping[str, Sum | None]) -> Sum | None:
    """What a name adds to a sum: a part itself, or another sum."""
    if all(value.name != name for value in scheme.values):
        return None if parts.get(name) is None else Sum(Fraction(0), {name: Fraction(1)})
    if name not in known:
        raise _NoSum
    return known[name]


def _constant_factor(value: Value, parts: Mapping[str, Part], moving: frozenset[str]) -> Fraction:
    """What a value is multiplied with. Raises _NoSum where that moves itself or is not known beforehand."""
    if value.times is None:
        return Fraction(1)
    if isinstance(value.times, str):
        found = parts.get(value.times)
        if not isinstance(found, int | Fraction) or value.times in moving:
            raise _NoSum
        return Fraction(found)
    return value.times


def _refuse_confusion(kept: Iterable[Value], sums: Iterable[str]) -> None:
    """A sum that has become a part must not be taken for one by a prefix."""
    for value in kept:
        for picked in value.picks:
            if picked.is_pattern and any(picked.covers(name) for name in sums):
                raise OutOfShape(f"{picked.name} would cover a value")


def _names_read(scheme: Scheme, parts: Mapping[str, Part]) -> set[str]:
    """The names that the values, rows, grid and moves of a scheme look at."""
    lookup = Lookup(scheme, parts)
    names = {name for value in scheme.values for name, _ in lookup.names_of(value.picks)}
    for value in scheme.values:
        names |= {name for name in value.needs() if not name.endswith("*")}
    for condition in _conditions(scheme):
        for test in condition.every_test():
            names |= {test.name, *test.references()}
    if isinstance(scheme.decide, Grid):
        names |= set(scheme.decide.columns)
    elif isinstance(scheme.decide, Direct):
        names.add(scheme.decide.name)
    return names


def _conditions(scheme: Scheme) -> Iterable[Condition]:
    rows = (*scheme.unless, *(scheme.decide.rows if isinstance(scheme.decide, Rows) else ()))
    held = [row.when for row in rows] + [move.when for move in scheme.adjust]
    held += [case.when for value in scheme.values for case in value.cases]
    return [condition for condition in held if condition is not None]


def _boundaries(scheme: Scheme, parts: Mapping[str, Part], shifting: set[str]) -> dict[str, set[Boundary]]:
    """Where each shifting figure, and each value worked out from one, may change the outcome."""
    found: dict[str, set[Boundary]] = {}
    moved = set(shifting)
    lookup = Lookup(scheme, parts)
    for value in scheme.values:
        inputs = {name for name, _ in lookup.names_of(value.picks)} | set(value.needs())
        if inputs & moved:
            moved.add(value.name)
    for condition in _conditions(scheme):
        for test in condition.every_test():
            _compare(found, test.name, test, moved)
    if isinstance(scheme.decide, Grid):
        _compare_grid(found, scheme.decide)
    elif isinstance(scheme.decide, Direct):
        numbers = {exact_number(level) for level in scheme.levels if is_number(level)}
        found.setdefault(scheme.decide.name, set()).update(_around(numbers))
    for value in reversed(scheme.values):
        if value.name in moved:
            _hand_down(found, value, [name for name, _ in lookup.names_of(value.picks)], moved, scheme)
    return found


def _compare(found: dict[str, set[Boundary]], name: str, test: Test, moved: set[str]) -> None:
    if test.references() and moved.intersection({name, *test.references()}):
        raise OutOfShape(f"{name} is compared with another figure")
    if name not in moved or test.operator == "absent":
        return
    operands = test.operand if isinstance(test.operand, tuple) else (test.operand,)
    for operand in operands:
        if isinstance(operand, Reference) or not isinstance(operand, int | Fraction):
            raise OutOfShape(f"{name} is compared with something that is no number")
        at = Fraction(operand)
        if test.operator not in _BEYOND:
            found.setdefault(name, set()).add(Boundary(at))
        if test.operator not in _AT:
            found.setdefault(name, set()).add(Boundary(at, beyond=True))


def _compare_grid(found: dict[str, set[Boundary]], grid: Grid) -> None:
    for _, limits in grid.limits:
        for column, limit in zip(grid.columns, limits, strict=True):
            if isinstance(limit, int | Fraction):
                found.setdefault(column, set()).add(Boundary(Fraction(limit), beyond=grid.compare == "at_most"))


def _around(numbers: Iterable[Fraction]) -> set[Boundary]:
    return {Boundary(number, beyond) for number in numbers for beyond in (False, True)}


def _hand_down(
    found: dict[str, set[Boundary]], value: Value, inputs: list[str], moved: set[str], scheme: Scheme
) -> None:
    """Where a value may change the outcome becomes where its inputs may."""
    own = found.get(value.name, set())
    if value.operator in ("pick", "count"):
        for name in inputs:
            for test in value.tests:
                _compare(found, name, test, moved)
        return
    if isinstance(value.times, str) and moved.intersection({value.times, *inputs}):
        raise OutOfShape(f"{value.name} is a product of figures that move")
    before = _before_finishing(value, own)
    if value.operator in ("max", "min"):
        for name in inputs:
            if name in moved:
                found.setdefault(name, set()).update(before)
    elif len(inputs) == 1 and inputs[0].startswith(RAW):
        found.setdefault(inputs[0], set()).update(before)
    elif value.operator in ("sum", "mean"):
        for name in inputs:
            if name in moved:
                found.setdefault(name, set()).update(_every_step(name, scheme))
    else:
        raise OutOfShape(f"{value.name} is worked out by {value.operator} from a figure that moves")


def _every_step(name: str, scheme: Scheme) -> set[Boundary]:
    """A value that only takes steps may be added up: its own inputs say where. Anything smoother may not."""
    value = next((one for one in scheme.values if one.name == name), None)
    if value is None or value.operator not in ("pick", "count"):
        raise OutOfShape(f"{name} is added to figures that move in steps")
    return set()


def _before_finishing(value: Value, boundaries: set[Boundary]) -> set[Boundary]:
    """Where the figure before start, times, floor, cap and rounding must be for the finished one to pass."""
    result: set[Boundary] = set()
    for boundary in boundaries:
        rounded = _before_rounding(value, boundary)
        if value.cap is not None and (rounded.at > value.cap or (rounded.beyond and rounded.at == value.cap)):
            continue
        if value.floor is not None and (rounded.at < value.floor or (not rounded.beyond and rounded.at == value.floor)):
            continue
        result.add(_before_scaling(value, rounded))
    return result


def _before_rounding(value: Value, boundary: Boundary) -> Boundary:
    if value.round == "none":
        return boundary
    unit = Fraction(1, 10**value.places)
    steps = boundary.at / unit
    target = (steps.numerator // steps.denominator + 1) if boundary.beyond else -(-steps.numerator // steps.denominator)
    reached = target * unit
    if value.round == "down":
        return Boundary(reached)
    if value.round == "up":
        return Boundary(reached - unit, beyond=True)
    # Half away from zero: a positive half is rounded up, a negative one down.
    return Boundary(reached - unit / 2, beyond=target <= 0)


def _before_scaling(value: Value, boundary: Boundary) -> Boundary:
    times = value.times if isinstance(value.times, Fraction) else Fraction(1)
    at = (boundary.at - (value.start or 0)) / times if times else boundary.at
    # A negative factor turns "on reaching" into "as long as not beyond".
    return Boundary(at, boundary.beyond if times > 0 else not boundary.beyond)
