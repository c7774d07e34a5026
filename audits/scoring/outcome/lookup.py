"""The figures of one subject by name, and whether a condition holds of them."""

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from audits.scoring.outcome.result import Figure, Input, Part
from standards.spec.scheme.document import Condition, Picked, Reference, Scheme, Test
from standards.spec.scheme.ordering import compare, rank

_CLASSES: dict[str, Any] = {
    "number": (Fraction, int),
    "text": str,
    "ordinal": str,
    "codes": tuple,
    "date": date,
}


class Lookup:
    """Finds parts and values by name and remembers which absent ones were asked for."""

    def __init__(self, scheme: Scheme, parts: Mapping[str, Part]):
        self.scheme = scheme
        self.parts = parts
        self.values: dict[str, Figure] = {}
        self.missed: dict[str, None] = {}

    def find(self, name: str) -> Figure:
        """Return a value or part, None when absent. Raises TypeError or ValueError for a part of the wrong kind."""
        if name in self.values:
            return self.values[name]
        found = self.parts.get(name)
        if found is None:
            self.missed[name] = None
            return None
        return checked(found, self.scheme.type_of(name), name)

    def names_of(self, picks: Sequence[Picked]) -> list[tuple[str, Fraction | None]]:
        """Return every name picked, prefixes replaced by the parts they cover in the order of their names."""
        found: list[tuple[str, Fraction | None]] = []
        for picked in picks:
            if picked.is_pattern:
                found += [(name, picked.weight) for name in sorted(self.parts) if picked.covers(name)]
            else:
                found.append((picked.name, picked.weight))
        return found

    def holds(self, condition: Condition | None) -> bool:
        """Say whether a condition holds; no condition always does. A test on an absent part is false."""
        if condition is None:
            return True
        return (
            all(self.passes(test, test.name) for test in condition.tests)
            and all(self.holds(inner) for inner in condition.all)
            and (not condition.any or any(self.holds(inner) for inner in condition.any))
            and (condition.negated is None or not self.holds(condition.negated))
        )

    def passes(self, test: Test, name: str) -> bool:
        """Say whether `name` passes a test."""
        figure = self.find(name)
        if test.operator == "absent":
            return (figure is None) == test.operand
        if figure is None:
            return False
        kind = self.scheme.type_of(name)
        if isinstance(figure, tuple):
            wanted = test.operand if isinstance(test.operand, tuple) else (test.operand,)
            return any(self._operand(item) in figure for item in wanted)
        if isinstance(test.operand, tuple):
            operands = (self._operand(item) for item in test.operand)
            right: Any = tuple(rank(item, kind) for item in operands if item is not None)
        else:
            operand = self._operand(test.operand)
            if operand is None:
                return False
            right = rank(operand, kind)
        return compare(test.operator, rank(figure, kind), right)

    def _operand(self, operand: Any) -> Any:
        return self.find(operand.name) if isinstance(operand, Reference) else operand

    def inputs(self, condition: Condition | None) -> tuple[Input, ...]:
        """Return the figures a condition looks at, for the explanation."""
        if condition is None:
            return ()
        names = [name for test in condition.every_test() for name in (test.name, *test.references())]
        return tuple(Input(name, self.find(name)) for name in dict.fromkeys(names))


def checked(found: Any, kind: Any, name: str) -> Figure:
    """Return a part if it is of its declared kind. Raises TypeError or ValueError with a sentence."""
    part: Figure = found
    expected = _CLASSES[kind.kind]
    if isinstance(found, bool) or not isinstance(found, expected):
        raise TypeError(f"part '{name}' should be {kind.kind}, not {type(found).__name__} {found!r}")
    if kind.kind == "ordinal" and found not in kind.names:
        raise ValueError(f"part '{name}' is '{found}', which is none of {', '.join(kind.names)}")
    return part
