"""The figures of a whole table by name, and which rows a condition holds for; the same rules as for one subject."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from audits.scoring.outcome.columns import Column
from audits.scoring.outcome.exact import (
    Exact,
    added,
    chosen,
    compared,
    divided,
    exact_choice,
    exact_constant,
    extreme,
    filled,
    masked,
    multiplied,
    rounded_all,
)
from audits.scoring.outcome.lookup import checked
from standards.spec.scheme.document import Condition, PartType, Picked, Reference, Scheme, Test, Value


class NotVectorised(Exception):  # noqa: N818 - a choice of path, not a fault
    """Raised for shapes only the path for one subject knows."""


class TableLookup:
    """Finds parts and values of all rows. Ordinals are ranks and dates day numbers, so that both compare as numbers."""

    def __init__(self, scheme: Scheme, columns: Mapping[str, Column], rows: int):
        self.scheme, self.columns, self.rows = scheme, columns, rows
        self.values: dict[str, Exact] = {}
        self.numbers: dict[str, Exact] = {}

    def number(self, name: str) -> Exact:
        """Return the figures of a number, ordinal or date."""
        if name in self.values:
            return self.values[name]
        if name not in self.numbers:
            column, kind = self.column(name), self.scheme.type_of(name)
            if kind.kind in ("text", "codes"):
                raise NotVectorised(f"'{name}' is {kind.kind}")
            self.numbers[name] = exact_choice([as_number(part, kind) for part in column.distinct], column.index)
        return self.numbers[name]

    def column(self, name: str) -> Column:
        """Return the column of a part; all absent when the table has none of this name."""
        if name not in self.columns:
            return Column((), np.full(self.rows, -1, np.int64))
        column = self.columns[name]
        for part in column.distinct:
            checked(part, self.scheme.type_of(name), name)
        return column

    def present(self, name: str) -> np.ndarray:
        """Return which rows have this part or value."""
        return self.values[name].present if name in self.values else self.column(name).present()

    def names_of(self, picks: Sequence[Picked]) -> list[tuple[str, Fraction | None]]:
        """Return every name picked, prefixes replaced by the columns they cover."""
        found: list[tuple[str, Fraction | None]] = []
        for picked in picks:
            covered = sorted(filter(picked.covers, self.columns)) if picked.is_pattern else [picked.name]
            found += [(name, picked.weight) for name in covered]
        return found

    # -- conditions --------------------------------------------------------------------------------

    def holds(self, condition: Condition | None) -> np.ndarray:
        """Return which rows a condition holds for."""
        held = np.ones(self.rows, bool)
        if condition is None:
            return held
        for test in condition.tests:
            held = held & self.passes(test, test.name)
        for inner in condition.all:
            held = held & self.holds(inner)
        if condition.any:
            held = held & _any([self.holds(inner) for inner in condition.any])
        return held & ~self.holds(condition.negated) if condition.negated else held

    def passes(self, test: Test, name: str) -> np.ndarray:
        """Return which rows of `name` pass a test."""
        if test.operator == "absent":
            return ~self.present(name) if test.operand else self.present(name)
        operands = test.operand if isinstance(test.operand, tuple) else (test.operand,)
        operator = "is" if test.operator == "in" else test.operator
        passed = [self._passes_one(operator, operand, name) for operand in operands]
        return _any(passed)

    def _passes_one(self, operator: str, operand: Any, name: str) -> np.ndarray:
        kind = self.scheme.type_of(name)
        if kind.kind == "text":
            return self._same_text(operand, name)
        if kind.kind == "codes":
            if isinstance(operand, Reference):
                raise NotVectorised("codes compared with a name")
            column = self.column(name)
            return _spread([operand in codes for codes in column.distinct], column)
        if isinstance(operand, Reference):
            return compared(operator, self.number(name), self.number(operand.name))
        return compared(operator, self.number(name), exact_constant(as_number(operand, kind), self.rows))

    def _same_text(self, operand: Any, name: str) -> np.ndarray:
        column = self.column(name)
        if not isinstance(operand, Reference):
            return _spread([text == operand for text in column.distinct], column)
        other = self.column(operand.name)
        places = {text: place for place, text in enumerate(column.distinct)}
        translated = np.array([places.get(text, -2) for text in other.distinct] + [-2], np.int64)[other.index]
        same: np.ndarray = column.index == translated
        return same

    # -- values ------------------------------------------------------------------------------------

    def work_out(self, value: Value) -> Exact:
        """Return the figures of one value for all rows."""
        raw = {
            "sum": self._sum,
            "mean": self._mean,
            "max": self._extreme,
            "min": self._extreme,
            "count": self._count,
            "ratio": self._ratio,
            "points": self._points,
            "pick": self._pick,
        }.get(value.operator, self._unknown)(value)
        if self.scheme.type_of(value.name).kind != "number":
            return raw
        return self._finished(value, raw)

    def _unknown(self, value: Value) -> Exact:
        raise NotVectorised(value.operator)

    def _finished(self, value: Value, raw: Exact) -> Exact:
        if value.times is not None:
            times = self.number(value.times) if isinstance(value.times, str) else self._constant(value.times)
            raw = multiplied(raw, times)
        if value.start is not None:
            raw = added(raw, self._constant(value.start))
        for operator, bound in (("max", value.floor), ("min", value.cap)):
            if bound is not None:
                raw = masked(extreme(operator, [raw, self._constant(bound)]), raw.present)
        return rounded_all(raw, value.round, value.places)

    def _constant(self, number: Fraction | int) -> Exact:
        return exact_constant(number, self.rows)

    def _weighed(self, value: Value) -> list[tuple[Exact, Fraction]]:
        return [(self.number(name), Fraction(1) if w is None else w) for name, w in self.names_of(value.picks)]

    def _needs_all(self, value: Value, numbers: Sequence[Exact], result: Exact) -> Exact:
        if value.missing == "absent":
            every = np.full(self.rows, bool(numbers))
            for number in numbers:
                every = every & number.present
            return masked(result, result.present & every)
        return result

    def _total(self, terms: list[tuple[Exact, Fraction]]) -> Exact:
        """Add up what is present; 0 where nothing is."""
        total = self._constant(0)
        for number, weight in terms:
            term = number if weight == 1 else multiplied(number, self._constant(weight))
            total = added(total, filled(term))
        return total

    def _any_present(self, numbers: Sequence[Exact]) -> np.ndarray:
        found = np.zeros(self.rows, bool)
        for number in numbers:
            found = found | number.present
        return found

    def _sum(self, value: Value) -> Exact:
        terms = self._weighed(value)
        numbers = [number for number, _ in terms]
        total = self._total(terms)
        if value.start is None:
            total = masked(total, self._any_present(numbers))
        return self._needs_all(value, numbers, total)

    def _mean(self, value: Value) -> Exact:
        terms = self._weighed(value)
        weights = [(masked(self._constant(weight), number.present), Fraction(1)) for number, weight in terms]
        mean = divided(self._total(terms), self._total(weights))
        return self._needs_all(value, [number for number, _ in terms], mean)

    def _extreme(self, value: Value) -> Exact:
        numbers = [number for number, _ in self._weighed(value)]
        if not numbers:
            return masked(self._constant(0), np.zeros(self.rows, bool))
        return self._needs_all(value, numbers, extreme(value.operator, numbers))

    def _count(self, value: Value) -> Exact:
        total, every = self._constant(0), np.ones(self.rows, bool)
        for name, weight in self.names_of(value.picks):
            present = self.present(name)
            every = every & present
            if self.scheme.type_of(name).kind == "codes":
                counted = self._count_codes(value, name)
            elif value.tests:
                passed = np.logical_and.reduce([self.passes(test, name) for test in value.tests])
                counted = exact_choice([0, 1], passed.astype(np.int64))
            else:
                counted = exact_choice([0, 1], present.astype(np.int64))
            total = added(total, counted if weight is None else multiplied(counted, self._constant(weight)))
        if value.missing == "absent" and not any(test.operator == "absent" for test in value.tests):
            return masked(total, every)
        return total

    def _count_codes(self, value: Value, name: str) -> Exact:
        asks_absence = any(test.operator == "absent" for test in value.tests)
        references = any(test.references() for test in value.tests)
        if asks_absence or references:
            raise NotVectorised("codes counted by absence or by name")
        column = self.column(name)
        wanted = [set(test.operand if isinstance(test.operand, tuple) else (test.operand,)) for test in value.tests]
        counts = [sum(all(code in allowed for allowed in wanted) for code in codes) for codes in column.distinct]
        return filled(exact_choice(counts, column.index))

    def _ratio(self, value: Value) -> Exact:
        part, whole = (self.number(picked.name) for picked in value.picks)
        return divided(multiplied(part, self._constant(100)), whole)

    def _points(self, value: Value) -> Exact:
        column = self.column(value.picks[0].name)
        table = value.table
        totals = [sum((table.get(code, Fraction(0)) for code in codes), Fraction(0)) for codes in column.distinct]
        points = exact_choice(totals, column.index)
        if value.missing == "skip":
            return filled(points)
        known = _spread([all(code in table for code in codes) for codes in column.distinct], column)
        return masked(points, known)

    def _pick(self, value: Value) -> Exact:
        result = masked(self._constant(0), np.zeros(self.rows, bool))
        for case in reversed(value.cases):
            result = chosen(self.holds(case.when), self._constant(case.value), result)
        return result


def as_number(part: Any, kind: PartType) -> Fraction | int:
    """Return an ordinal as its rank, a date as its day number, a number as itself."""
    if kind.kind == "ordinal":
        return kind.names.index(part) if part in kind.names else -1
    number: Fraction | int = part.toordinal() if kind.kind == "date" else part
    return number


def _any(answers: Sequence[np.ndarray]) -> np.ndarray:
    """Return where at least one answer holds."""
    held = answers[0]
    for answer in answers[1:]:
        held = held | answer
    return held


def _spread(answers: Sequence[bool], column: Column) -> np.ndarray:
    """Return the answer of each row's distinct value; False where absent."""
    return np.take(np.array([*answers, False], bool), column.index)
