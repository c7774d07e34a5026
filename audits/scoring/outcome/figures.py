"""Works out one value of a scheme from the parts and values before it, exactly."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from audits.scoring.outcome.lookup import Lookup
from audits.scoring.outcome.result import Figure, Input, Part, ValueStep
from audits.scoring.outcome.rounding import rounded
from standards.spec.scheme.document import Value
from standards.spec.scheme.ordering import rank

# Parts of each visit a streak looks at, newest first.
History = Sequence[Mapping[str, Part]]


def work_out(value: Value, lookup: Lookup, history: History | None) -> ValueStep:
    """Return the step that gives `value` its figure; the caller puts the figure into the lookup."""
    if value.operator in ("sum", "mean", "max", "min"):
        inputs, raw = _aggregate(value, lookup)
    elif value.operator == "count":
        inputs, raw = _count(value, lookup)
    elif value.operator == "ratio":
        inputs, raw = _ratio(value, lookup)
    elif value.operator == "points":
        return _points(value, lookup)
    elif value.operator == "pick":
        inputs, raw = _pick(value, lookup)
    else:
        inputs, raw = _streak(value, lookup, history)
    return ValueStep(value.name, value.operator, inputs, raw, _finished(value, raw, lookup))


def _finished(value: Value, raw: Figure, lookup: Lookup) -> Figure:
    """Apply start, times, floor, cap and rounding, in this order."""
    if raw is None or kind_of(value, lookup).kind != "number":
        return raw
    number: Any = raw
    times = lookup.find(value.times) if isinstance(value.times, str) else value.times
    if times is None and value.times is not None:
        return None
    if times is not None:
        number = number * times
    if value.start is not None:
        number = number + value.start
    if value.floor is not None:
        number = max(number, value.floor)
    if value.cap is not None:
        number = min(number, value.cap)
    return rounded(Fraction(number), value.round, value.places)


def _aggregate(value: Value, lookup: Lookup) -> tuple[tuple[Input, ...], Figure]:
    inputs = tuple(Input(name, lookup.find(name), weight) for name, weight in lookup.names_of(value.picks))
    present: list[Any] = [item for item in inputs if item.figure is not None]
    if value.missing == "absent" and (len(present) < len(inputs) or not inputs):
        return inputs, None
    if not present:
        # Nothing to add up is what `start` says, if the scheme says it; otherwise it is not known.
        return inputs, Fraction(0) if value.operator == "sum" and value.start is not None else None
    if value.operator in ("max", "min"):
        best = max if value.operator == "max" else min
        return inputs, best((item.figure for item in present), key=lambda found: rank(found, kind_of(value, lookup)))
    total = sum(item.figure if item.weight is None else item.figure * item.weight for item in present)
    if value.operator == "sum":
        return inputs, Fraction(total)
    return inputs, Fraction(total) / sum(1 if item.weight is None else item.weight for item in present)


def kind_of(value: Value, lookup: Lookup) -> Any:
    """Return the type of a value's figure."""
    return lookup.scheme.type_of(value.name)


def _count(value: Value, lookup: Lookup) -> tuple[tuple[Input, ...], Figure]:
    inputs = tuple(Input(name, lookup.find(name), weight) for name, weight in lookup.names_of(value.picks))
    asks_absence = any(test.operator == "absent" for test in value.tests)
    if value.missing == "absent" and not asks_absence and any(item.figure is None for item in inputs):
        return inputs, None
    total = Fraction(0)
    for item in inputs:
        weight = 1 if item.weight is None else item.weight
        if isinstance(item.figure, tuple):
            total += weight * sum(_code_passes(value, code) for code in item.figure)
        elif all(lookup.passes(test, item.name) for test in value.tests) and (value.tests or item.figure is not None):
            total += weight
    return inputs, total


def _code_passes(value: Value, code: str) -> bool:
    """A cell of codes counts each of its codes that passes."""
    for test in value.tests:
        if test.operator == "absent":
            return not test.operand
        wanted = test.operand if isinstance(test.operand, tuple) else (test.operand,)
        if code not in wanted:
            return False
    return True


def _ratio(value: Value, lookup: Lookup) -> tuple[tuple[Input, ...], Figure]:
    part, whole = (Input(picked.name, lookup.find(picked.name)) for picked in value.picks)
    if part.figure is None or whole.figure is None or whole.figure == 0:
        return (part, whole), None
    return (part, whole), 100 * Fraction(part.figure) / Fraction(whole.figure)  # type: ignore[arg-type]


def _points(value: Value, lookup: Lookup) -> ValueStep:
    name = value.picks[0].name
    codes: Any = lookup.find(name)
    unknown = tuple(code for code in codes or () if code not in value.table)
    raw: Figure = None
    if value.missing == "skip" or (codes is not None and not unknown):
        raw = sum((value.table.get(code, Fraction(0)) for code in codes or ()), Fraction(0))
    inputs = tuple(Input(code, value.table.get(code)) for code in codes or ())
    return ValueStep(value.name, value.operator, inputs, raw, _finished(value, raw, lookup), unknown)


def _pick(value: Value, lookup: Lookup) -> tuple[tuple[Input, ...], Figure]:
    for case in value.cases:
        if lookup.holds(case.when):
            return lookup.inputs(case.when), case.value
    return (), None


def _streak(value: Value, lookup: Lookup, history: History | None) -> tuple[tuple[Input, ...], Figure]:
    if history is None:
        return (), None
    name = value.picks[0].name
    length = 0
    for parts in history:
        visit = Lookup(lookup.scheme, parts)
        work_out_behind(name, visit)
        if not all(visit.passes(test, name) for test in value.tests):
            break
        length += 1
    return (Input(name, None),), Fraction(length)


def work_out_behind(name: str, visit: Lookup) -> None:
    """Work out the value called `name`, and what it needs, for one visit; nothing for a part."""
    needed = {name}
    for value in reversed(visit.scheme.values):
        if value.name in needed:
            needed |= value.needs()
    for value in visit.scheme.values:
        if value.name in needed:
            visit.values[value.name] = work_out(value, visit, None).figure
