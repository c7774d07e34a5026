"""Turns a draft and the types of its names into the frozen scheme, noting operands that do not fit."""

from collections.abc import Mapping
from typing import Any

import msgspec

from standards.spec.scheme.document import (
    NUMBER,
    ORDERING,
    Case,
    Condition,
    Constant,
    Decision,
    Direct,
    Grid,
    Move,
    PartType,
    Picked,
    Reference,
    Row,
    Rows,
    Scheme,
    Test,
    Value,
)
from standards.spec.scheme.draft import Draft
from standards.spec.scheme.names import NameTypes
from standards.spec.scheme.numbers import exact_day, exact_number
from standards.spec.scheme.outcomes import RawGrid
from standards.spec.scheme.shape import ShapeReader


class SchemeBuilder:
    """Builds one scheme. Faults go to the reader; whatever has one is left out of what is built."""

    def __init__(self, draft: Draft, reader: ShapeReader):
        self.draft, self.reader = draft, reader
        names = NameTypes(draft, reader)
        self.types: Mapping[str, PartType] = names.resolve()
        self.first_use = names.first_use
        self.visit_only = frozenset(names.in_visits - set(names.first_use))

    def build(self) -> Scheme:
        """Return the scheme; only to be used when the reader has no faults in the end."""
        draft = self.draft
        return Scheme(
            levels=draft.levels,
            outcomes=draft.outcomes or (),
            declared=draft.declared,
            values=self._ordered_values(),
            unless=tuple(self._row(row) for row in draft.unless if row),
            decide=self._decision(),
            adjust=tuple(self._move(move) for move in draft.adjust if move),
            peers=self._peers(),
            visits=self._visits(),
            types=self.types,
            visit_only=self.visit_only,
        )

    # -- values ------------------------------------------------------------------------------------

    def _ordered_values(self) -> tuple[Value, ...]:
        """Put values after those they need; values in a circle are reported, each once."""
        waiting = {name: value for name, value in self.draft.values.items() if value}
        done: list[Value] = []
        while waiting:
            ready = [name for name, value in waiting.items() if not (value.needs() & waiting.keys())]
            if not ready:
                self._report_circles(waiting)
                break
            done += [self._value(waiting.pop(name)) for name in sorted(ready)]
        return tuple(done)

    def _report_circles(self, waiting: dict[str, Value]) -> None:
        for name in waiting:
            seen: set[str] = set()
            front = {name}
            while front:
                front = {inner for outer in front for inner in waiting[outer].needs() & waiting.keys()} - seen
                seen |= front
            if name in seen:
                message = f"'{name}' needs itself, by way of {', '.join(sorted(seen))}; break the circle."
                self.reader.fault(self.draft.path("values", name), "circular", message)

    def _value(self, value: Value) -> Value:
        kinds = [self.types[picked.name] for picked in value.picks]
        tests = value.tests
        if value.operator == "count" and tests and len({kind.kind for kind in kinds}) > 1:
            message = "One test cannot fit parts of different kinds; count each kind in a value of its own."
            self.reader.fault(self.draft.path("values", value.name), "mixed-type", message)
        elif tests and kinds:
            tests = tuple(self._test(test, kind) for test in value.tests for kind in dict.fromkeys(kinds))
            tests = tuple(dict.fromkeys(tests))
        if value.operator in ("max", "min") and kinds and kinds[0].kind in ("text", "codes"):
            message = f"The {value.operator} cannot be taken of {kinds[0].kind}."
            self.reader.fault(value.picks[0].path, "wrong-type", message)
        return msgspec.structs.replace(
            value,
            picks=tuple(Picked(picked.name, picked.weight) for picked in value.picks),
            tests=tests,
            cases=tuple(Case(case.value, self._condition(case.when)) for case in value.cases),
        )

    # -- conditions --------------------------------------------------------------------------------

    def _condition(self, condition: Condition | None) -> Condition | None:
        if condition is None:
            return None
        return Condition(
            tests=tuple(self._test(test, self.types[test.name]) for test in condition.tests),
            any=tuple(filter(None, map(self._condition, condition.any))),
            all=tuple(filter(None, map(self._condition, condition.all))),
            negated=self._condition(condition.negated),
        )

    def _test(self, test: Test, kind: PartType) -> Test:
        if test.operator in ORDERING and kind.kind in ("text", "codes"):
            message = f"Use is or in: {test.operator} needs an order, and '{test.name or 'this'}' is {kind.kind}."
            self.reader.fault(test.path, "wrong-type", message)
        elif isinstance(test.operand, tuple):
            operand: Any = tuple(self._operand(item, kind, test.path) for item in test.operand)
            return Test(test.name, test.operator, operand)
        return Test(test.name, test.operator, self._operand(test.operand, kind, test.path))

    def _operand(self, operand: Any, kind: PartType, path: str) -> Any:
        if isinstance(operand, (bool, Reference)):
            return operand
        return self.constant(operand, kind, path)

    def constant(self, text: str, kind: PartType, path: str) -> Constant:
        """Read a constant as the kind it is compared with."""
        try:
            if kind.kind == "number":
                return exact_number(text)
            if kind.kind == "date":
                return exact_day(text)
        except ValueError as error:
            self.reader.fault(path, "wrong-type", f"This is compared with a {kind.kind}, but {error}.")
        if kind.kind == "ordinal" and text not in kind.names:
            message = f"'{text}' is none of {', '.join(kind.names)}; mend the spelling or add it to the list."
            self.reader.fault(path, "unknown-name", message)
        return text

    # -- outcomes ----------------------------------------------------------------------------------

    def _row(self, row: Row) -> Row:
        return Row(row.give, self._condition(row.when))

    def _move(self, move: Move) -> Move:
        return msgspec.structs.replace(move, when=self._condition(move.when))

    def _decision(self) -> Decision | None:
        decide = self.draft.decide
        if isinstance(decide, RawGrid):
            return self._grid(decide)
        if isinstance(decide, list):
            return Rows(tuple(self._row(row) for row in decide if row))
        if isinstance(decide, Direct):
            self._check_direct(decide)
        return decide

    def _check_direct(self, decide: Direct) -> None:
        kind = self.types[decide.name]
        path = self.draft.path("decide", "value")
        if kind.kind in ("codes", "date"):
            self.reader.fault(path, "wrong-type", f"'{decide.name}' is {kind.kind} and cannot be a level.")
        strangers = [name for name in kind.names if name not in (*self.draft.levels, *(self.draft.outcomes or ()))]
        if kind.kind == "ordinal" and strangers and "levels" not in self.draft.broken:
            message = f"'{decide.name}' may be '{strangers[0]}', which is no level; name levels and ordinals alike."
            self.reader.fault(path, "unknown-level", message)

    def _grid(self, raw: RawGrid) -> Grid:
        kinds = [self.types.get(column, NUMBER) for column in raw.columns]
        limits = []
        for level in reversed(self.draft.levels):
            if level not in raw.limits:
                continue
            path = self.draft.path("decide", raw.compare, level)
            row = raw.limits[level]
            typed = tuple(
                None if text is None else self.constant(text, kind, path)
                for text, kind in zip(row, kinds, strict=False)
            )
            limits.append((level, typed))
        for position, kind in enumerate(kinds):
            if kind.kind in ("text", "codes"):
                path = self.draft.path("decide", "grid", position)
                message = f"'{raw.columns[position]}' is {kind.kind}; a grid needs numbers or ordinals."
                self.reader.fault(path, "wrong-type", message)
        return Grid(tuple(raw.columns), raw.compare, tuple(limits), raw.otherwise, raw.missing)  # type: ignore[arg-type]

    def _peers(self) -> Any:
        peers = self.draft.peers
        if peers is None:
            return None
        shares = dict(peers.shares)
        ordered = tuple((level, shares[level]) for level in reversed(self.draft.levels) if level in shares)
        return msgspec.structs.replace(peers, shares=ordered)

    def _visits(self) -> Any:
        visits = self.draft.visits
        return msgspec.structs.replace(visits, only=self._condition(visits.only)) if visits else None
