"""Cuts the room of all possible cases into finitely many cells, within each of which every test is constant.

The constants a name is compared with cut its line into points and the gaps between them; one sample stands for
each cell. Comparisons with another name are treated as free choices. So whatever holds in every cell holds
always; a combination of cells may, the other way round, be impossible in real life.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from fractions import Fraction
from itertools import product
from typing import Any

import msgspec

from standards.spec.scheme.document import Condition, PartType, Reference, Test
from standards.spec.scheme.ordering import compare, rank

_A_DAY = 1


class Domain(msgspec.Struct, frozen=True):
    """What is known of a figure beforehand: its bounds, and whether it is a whole number."""

    low: Fraction | None = None
    high: Fraction | None = None
    whole: bool = False


class Axis(msgspec.Struct, frozen=True):
    """One thing that can vary: a name with samples in rising order, or a single test that holds or not."""

    name: str
    samples: tuple[Any, ...]
    ordered: bool
    test: Test | None = None


Cell = Mapping[Any, Any]


def axes_of(
    conditions: Iterable[Condition], types: Mapping[str, PartType], domains: Mapping[str, Domain]
) -> list[Axis]:
    """Return everything that decides whether the conditions hold. Samples of a name never include "absent"."""
    constants: dict[str, set[Any]] = {}
    free: dict[Test, None] = {}
    for condition in conditions:
        for test in condition.every_test():
            if test.operator == "absent":
                constants.setdefault(test.name, set())
            elif _is_free(test, types):
                free[_bare(test)] = None
            else:
                found = constants.setdefault(test.name, set())
                found.update(test.operand if isinstance(test.operand, tuple) else (test.operand,))
    axes = [_axis(name, found, types[name], domains.get(name, Domain())) for name, found in constants.items()]
    return axes + [Axis(test.name, (False, True), True, test) for test in free]


def cells(axes: list[Axis], absent: bool = True) -> Iterator[Cell]:
    """Yield every combination: names map to a sample (None is absent), free tests to whether they hold."""
    keys = [axis.test or axis.name for axis in axes]
    choices = [axis.samples if axis.test or not absent else (*axis.samples, None) for axis in axes]
    for chosen in product(*choices):
        yield dict(zip(keys, chosen, strict=True))


def count_cells(axes: list[Axis]) -> int:
    """Return how many combinations `cells` would yield with "absent" among them."""
    total = 1
    for axis in axes:
        total *= len(axis.samples) + (axis.test is None)
    return total


def holds(condition: Condition | None, cell: Cell, types: Mapping[str, PartType]) -> bool:
    """Say whether a condition holds in a cell; no condition always holds."""
    if condition is None:
        return True
    return (
        all(_test_holds(test, cell, types) for test in condition.tests)
        and all(holds(inner, cell, types) for inner in condition.all)
        and (not condition.any or any(holds(inner, cell, types) for inner in condition.any))
        and (condition.negated is None or not holds(condition.negated, cell, types))
    )


def _test_holds(test: Test, cell: Cell, types: Mapping[str, PartType]) -> bool:
    bare = _bare(test)
    if bare in cell:
        return bool(cell[bare])
    found = cell[test.name]
    if test.operator == "absent":
        return (found is None) is test.operand
    if found is None:
        return False
    kind = types[test.name]
    return compare(test.operator, rank(found, kind), _ranked(test.operand, kind))


def _ranked(operand: Any, kind: PartType) -> Any:
    if isinstance(operand, tuple):
        return tuple(rank(item, kind) for item in operand)
    return rank(operand, kind)


def _bare(test: Test) -> Test:
    return Test(test.name, test.operator, test.operand) if test.path else test


def _is_free(test: Test, types: Mapping[str, PartType]) -> bool:
    operands = test.operand if isinstance(test.operand, tuple) else (test.operand,)
    return types[test.name].kind == "codes" or any(isinstance(operand, Reference) for operand in operands)


def _axis(name: str, constants: set[Any], kind: PartType, domain: Domain) -> Axis:
    if kind.kind == "ordinal":
        return Axis(name, kind.names, True)
    if kind.kind == "text":
        other = "other"
        while other in constants:
            other += "*"
        return Axis(name, (*sorted(constants), other), False)
    if kind.kind == "date":
        days = {date.fromordinal(day.toordinal() + step) for day in constants for step in (-_A_DAY, 0, _A_DAY)}
        return Axis(name, tuple(sorted(days)) or (date(2000, 1, 1),), True)
    if kind.kind == "codes":
        return Axis(name, ("",), False)
    return Axis(name, tuple(_number_samples(constants, domain)), True)


def _number_samples(constants: set[Fraction], domain: Domain) -> list[Fraction]:
    marks = sorted(constants | {bound for bound in (domain.low, domain.high) if bound is not None})
    if not marks:
        return [Fraction(0)]
    samples = [marks[0] - 1]
    for position, mark in enumerate(marks):
        following = marks[position + 1] if position + 1 < len(marks) else mark + 2
        samples += [mark, (mark + following) / 2]
        if domain.whole:
            samples[-1] = Fraction(int(mark // 1) + 1)  # the next whole number, if there is one in between
            if samples[-1] >= following:
                samples.pop()
    return [
        sample
        for sample in samples
        if (domain.low is None or sample >= domain.low)
        and (domain.high is None or sample <= domain.high)
        and (not domain.whole or sample.denominator == 1)
    ]
