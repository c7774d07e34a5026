"""Says for every part whether raising it can only lift the outcome (up), only lower it (down), or neither.

Found by walking the document from the outcome back to the parts. Assumes that neither part of a `ratio` is
negative. "neither" is the safe answer: it switches off the exact path to the next star.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from standards.spec.scheme.cells import Axis, Cell, axes_of, cells, count_cells, holds
from standards.spec.scheme.document import Condition, Direct, Grid, Move, PartType, Rows, Scheme, Test, Value
from standards.spec.scheme.numbers import exact_number, is_number
from standards.spec.scheme.reach import domains_of

UP, DOWN, NEITHER = 1, -1, 0
BUDGET = 50_000
_WORDS = {UP: "up", DOWN: "down", NEITHER: "neither"}
_RISING = {"at_least": UP, "above": UP, "at_most": DOWN, "below": DOWN}

Effects = dict[str, set[int]]


def directions_of(scheme: Scheme) -> dict[str, str]:
    """Return "up", "down" or "neither" for every part (patterns as written) that can move the outcome."""
    effects = _outcome_effects(scheme)
    for value in reversed(scheme.values):
        for sign in effects.pop(value.name, set()):
            for name, own in _value_effects(value, scheme):
                effects.setdefault(name, set()).add(sign * own)
    own_values = {value.name for value in scheme.values}
    # A part that is named by itself and lies under a pattern too moves the outcome in both ways.
    patterns = {name[:-1]: signs for name, signs in effects.items() if name.endswith("*")}
    for name, signs in effects.items():
        if not name.endswith("*"):
            signs.update(*(more for prefix, more in patterns.items() if name.startswith(prefix)))
    return {name: _WORDS[_joined(signs)] for name, signs in sorted(effects.items()) if name not in own_values}


def _joined(signs: set[int]) -> int:
    return next(iter(signs)) if len(signs) == 1 else NEITHER


def _outcome_effects(scheme: Scheme) -> Effects:
    effects: Effects = {}

    def add(pairs: Iterator[tuple[str, int]] | list[tuple[str, int]]) -> None:
        for name, sign in pairs:
            effects.setdefault(name, set()).add(sign)

    if scheme.peers:
        add([(scheme.peers.value, UP if scheme.peers.best == "high" else DOWN)])
    if scheme.peers is None or scheme.peers.small == "bands":
        add(_decide_effects(scheme))
        add(_move_effects(scheme))
    add(_row_effects(scheme))
    return effects


def _decide_effects(scheme: Scheme) -> list[tuple[str, int]]:
    decide = scheme.decide
    if isinstance(decide, Grid):
        return [(column, UP if decide.compare == "at_least" else DOWN) for column in decide.columns]
    if isinstance(decide, Direct):
        return [(decide.name, _direct_sign(scheme, scheme.type_of(decide.name)))]
    return []


def _direct_sign(scheme: Scheme, kind: PartType) -> int:
    if kind.kind == "ordinal":
        places = [scheme.levels.index(name) if name in scheme.levels else None for name in kind.names]
    elif kind.kind == "number" and all(is_number(level) for level in scheme.levels):
        by_size = sorted(scheme.levels, key=exact_number)
        places = [scheme.levels.index(level) for level in by_size]
    else:
        return NEITHER
    return _trend(places)


def _row_effects(scheme: Scheme) -> Iterator[tuple[str, int]]:
    """`unless` and rows are one list; a grid or value behind `unless` is a result of its own, not comparable."""
    rows = list(scheme.unless)
    if isinstance(scheme.decide, Rows) and (scheme.peers is None or scheme.peers.small == "bands"):
        rows += scheme.decide.rows
    conditions = [row.when for row in rows]

    def result(cell: Cell) -> Any:
        for row in rows:
            if holds(row.when, cell, scheme.types):
                return scheme.levels.index(row.give) if row.give in scheme.levels else row.give
        return "the rest"

    yield from _trends(conditions, scheme, result)


def _move_effects(scheme: Scheme) -> Iterator[tuple[str, int]]:
    top = len(scheme.levels) - 1

    def result(cell: Cell) -> Any:
        held = [move for move in scheme.adjust if holds(move.when, cell, scheme.types)]
        return tuple(_moved(scheme, position, held) for position in range(top + 1))

    yield from _trends([move.when for move in scheme.adjust], scheme, result)


def _moved(scheme: Scheme, position: int, moves: list[Move]) -> int:
    for move in moves:
        if move.kind == "by":
            position = min(max(position + move.steps, 0), len(scheme.levels) - 1)
        elif move.kind == "at_most":
            position = min(position, scheme.levels.index(move.level))
        else:
            position = max(position, scheme.levels.index(move.level))
    return position


def _value_effects(value: Value, scheme: Scheme) -> Iterator[tuple[str, int]]:
    sign = UP
    if isinstance(value.times, str):
        yield value.times, NEITHER
        sign = NEITHER
    elif value.times is not None:
        sign = (value.times > 0) - (value.times < 0)
    if value.operator == "pick":
        yield from ((name, sign * own) for name, own in _pick_effects(value, scheme))
        return
    if value.operator == "ratio":
        yield value.picks[0].name, sign
        yield value.picks[1].name, -sign
        return
    own = UP
    if value.operator == "points":
        signs = {(points > 0) - (points < 0) for points in value.table.values()} - {0}
        own = _joined(signs)
    for picked in value.picks:
        if value.tests:
            for name, tested in _test_effects(value.tests, picked.name, scheme):
                yield name, sign * tested
        else:
            # A count without a test counts what is there: it depends on presence, not on how much.
            yield picked.name, NEITHER if value.operator == "count" else sign * own


def _pick_effects(value: Value, scheme: Scheme) -> Iterator[tuple[str, int]]:
    def result(cell: Cell) -> Any:
        for case in value.cases:
            if holds(case.when, cell, scheme.types):
                return case.value
        return "absent"

    yield from _trends([case.when for case in value.cases], scheme, result)


def _test_effects(tests: Sequence[Test], name: str, scheme: Scheme) -> Iterator[tuple[str, int]]:
    kind = scheme.type_of(name)
    condition = Condition(tests=tuple(Test(name, test.operator, test.operand) for test in tests))
    types = {**scheme.types, name: kind}
    yield from _trends([condition], scheme, lambda cell: int(holds(condition, cell, types)))


def _trends(
    conditions: Sequence[Condition | None], scheme: Scheme, result: Callable[[Cell], Any]
) -> Iterator[tuple[str, int]]:
    """Yield how the result moves along every axis, whatever the others are; nothing for an axis without effect."""
    given = [condition for condition in conditions if condition is not None]
    axes = axes_of(given, scheme.types, domains_of(scheme.values))
    if count_cells(axes) * max(len(conditions), 1) > BUDGET:
        for axis in axes:
            yield axis.name, NEITHER
            for reference in axis.test.references() if axis.test else ():
                yield reference, NEITHER
        return
    for axis in axes:
        sign = _axis_trend(axis, axes, result)
        if sign is not None:
            yield from _carry(axis, sign)


def _axis_trend(axis: Axis, axes: list[Axis], result: Callable[[Cell], Any]) -> int | None:
    """Return UP, DOWN or NEITHER along one axis, None when the result never changes along it."""
    others = [other for other in axes if other is not axis]
    signs = set()
    for cell in cells(others):
        line = [result({**cell, axis.test or axis.name: sample}) for sample in axis.samples]
        if any(one != line[0] for one in line[1:]):
            signs.add(_trend(line) if axis.ordered else NEITHER)
    return _joined(signs) if signs else None


def _trend(line: Sequence[Any]) -> int:
    """Tell whether a line of results rises, falls, or does neither; results of different kinds do not compare."""
    if len({type(item) for item in line}) > 1 or isinstance(line[0], str) or line[0] is None:
        return NEITHER
    rising = falling = True
    for one, following in zip(line, line[1:], strict=False):
        pairs = list(zip(one, following, strict=True)) if isinstance(one, tuple) else [(one, following)]
        rising &= all(left <= right for left, right in pairs)
        falling &= all(left >= right for left, right in pairs)
    return UP if rising else DOWN if falling else NEITHER


def _carry(axis: Axis, sign: int) -> Iterator[tuple[str, int]]:
    """Hand the trend of an axis to the names behind it: a test against another name moves both."""
    if axis.test is None or axis.test.operator not in _RISING:
        free = axis.test is not None and axis.test.references()
        yield axis.name, NEITHER if free else sign
        for reference in axis.test.references() if axis.test else ():
            yield reference, NEITHER
        return
    own = _RISING[axis.test.operator]
    yield axis.name, sign * own
    for reference in axis.test.references():
        yield reference, -sign * own
