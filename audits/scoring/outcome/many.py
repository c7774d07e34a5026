"""Outcomes for a whole table of subjects at once, equal to what `evaluate` gives row by row."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import msgspec
import numpy as np

from audits.scoring.outcome.columns import Column, as_columns
from audits.scoring.outcome.evaluate import evaluate, group_key, level_named
from audits.scoring.outcome.exact import Exact, TooWide, compared, exact_constant
from audits.scoring.outcome.peers import CutPoints, cut_points, peer_level
from audits.scoring.outcome.result import Figure, Outcome, Part
from audits.scoring.outcome.vector import NotVectorised, TableLookup, as_number
from standards.spec.scheme.document import Direct, Grid, Move, PartType, Row, Rows, Scheme
from standards.spec.scheme.numbers import exact_number, is_number

NOTHING = -1


class OutcomeTable(msgspec.Struct, frozen=True):
    """The outcomes of a table. `index` holds per row a place in `names`, or -1 where the rules lead nowhere."""

    scheme: Scheme
    columns: Mapping[str, Column]
    names: tuple[str, ...]
    index: np.ndarray
    values: Mapping[str, Exact | list[Figure]]
    cut_points: CutPoints | None = None

    def __len__(self) -> int:
        return len(self.index)

    def text(self, row: int) -> str | None:
        """Return the level or outcome of one row."""
        place = int(self.index[row])
        return None if place == NOTHING else self.names[place]

    def texts(self) -> list[str | None]:
        """Return the level or outcome of every row."""
        names = (*self.names, None)
        return [names[place] for place in self.index.tolist()]

    def value(self, name: str, row: int) -> Figure:
        """Return one value of one row. Raises KeyError for a name the scheme does not work out."""
        found = self.values[name]
        if isinstance(found, list):
            return found[row]
        number = found.at(row)
        kind = self.scheme.type_of(name)
        if number is None or kind.kind == "number":
            return number
        return kind.names[int(number)] if kind.kind == "ordinal" else date.fromordinal(int(number))

    def parts(self, row: int) -> dict[str, Part]:
        """Return the parts of one row."""
        return {name: column.at(row) for name, column in self.columns.items()}

    def outcome(self, row: int) -> Outcome:
        """Return one row's outcome with its steps, worked out anew."""
        return evaluate(self.scheme, self.parts(row), cut_points=self.cut_points)


def evaluate_many(
    scheme: Scheme, columns: Mapping[str, Column | Sequence[Part]], *, cuts: CutPoints | None = None
) -> OutcomeTable:
    """Return the outcome of every row of a table given by its columns.

    With peers and no `cuts` the rows themselves are the members. Streaks have no history here and are absent.
    Raises TypeError or ValueError for a part of the wrong kind, ValueError for columns of different length.
    """
    table = as_columns(columns)
    rows = len(next(iter(table.values()))) if table else 0
    try:
        names, index, exempt, values = _vectorised(scheme, table, rows)
    except (NotVectorised, TooWide):
        names, index, exempt, values = _row_by_row(scheme, table, rows)
    if scheme.peers is None:
        return OutcomeTable(scheme, table, names, index, values)
    ranked = OutcomeTable(scheme, table, names, index, values)
    return _with_ranks(ranked, exempt, cuts)


class _Names:
    """Numbers for outcomes: the levels first, worst to best, then whatever else is given."""

    def __init__(self, scheme: Scheme):
        self.listed = [*scheme.levels, *scheme.outcomes]

    def number(self, text: str | None) -> int:
        if text is None:
            return NOTHING
        if text not in self.listed:
            self.listed.append(text)
        return self.listed.index(text)


_Result = tuple[tuple[str, ...], np.ndarray, np.ndarray, Mapping[str, Exact | list[Figure]]]


def _vectorised(scheme: Scheme, table: Mapping[str, Column], rows: int) -> _Result:
    lookup = TableLookup(scheme, table, rows)
    for value in scheme.values:
        lookup.values[value.name] = lookup.work_out(value)
    names = _Names(scheme)
    index = np.full(rows, NOTHING, np.int64)
    undecided = np.ones(rows, bool)
    _take_rows(scheme.unless, lookup, names, index, undecided)
    exempt = ~undecided
    decide = scheme.decide
    if isinstance(decide, Rows):
        _take_rows(decide.rows, lookup, names, index, undecided)
    elif isinstance(decide, Grid):
        index = np.where(undecided, _grid(decide, lookup, names), index)
    elif isinstance(decide, Direct):
        index = np.where(undecided, _direct(decide, lookup, names), index)
    for move in scheme.adjust:
        applies = lookup.holds(move.when) & (index >= 0) & (index < len(scheme.levels))
        index = np.where(applies, _moved(scheme, move, index), index)
    exempt = exempt | (index >= len(scheme.levels))
    return tuple(names.listed), index, exempt, lookup.values


def _take_rows(
    rows: Sequence[Row], lookup: TableLookup, names: _Names, index: np.ndarray, undecided: np.ndarray
) -> None:
    """Write the first row that holds into `index`; `undecided` loses the rows of the table that got one."""
    for row in rows:
        held = undecided & lookup.holds(row.when)
        index[held] = names.number(row.give)
        undecided &= ~held


def _grid(grid: Grid, lookup: TableLookup, names: _Names) -> np.ndarray:
    rows = lookup.rows
    figures = [lookup.number(column) for column in grid.columns]
    result = np.full(rows, names.number(grid.otherwise), np.int64)
    undecided = np.ones(rows, bool)
    missing = names.number(grid.missing)
    for level, limits in grid.limits:
        broken, unknown = np.zeros(rows, bool), np.zeros(rows, bool)
        for column, figure, limit in zip(grid.columns, figures, limits, strict=True):
            if limit is None:
                continue
            constant = exact_constant(as_number(limit, lookup.scheme.type_of(column)), rows)
            broken |= figure.present & ~compared(grid.compare, figure, constant)
            unknown |= ~figure.present
        result[undecided & ~broken & unknown] = missing
        result[undecided & ~broken & ~unknown] = names.number(level)
        undecided &= broken
    if grid.missing is not None:
        for position, figure in enumerate(figures):
            if any(limits[position] is not None for _, limits in grid.limits):
                result[~figure.present] = missing
    return result


def _direct(decide: Direct, lookup: TableLookup, names: _Names) -> np.ndarray:
    scheme, kind = lookup.scheme, lookup.scheme.type_of(decide.name)
    missing = names.number(decide.missing)
    if kind.kind == "text":
        column = lookup.column(decide.name)
        levels = [names.number(level_named(scheme, text)) for text in column.distinct]
        return np.take(np.array([*levels, missing], np.int64), column.index)
    figure = lookup.number(decide.name)
    result = np.where(figure.present, NOTHING, missing)
    for given in _givable(scheme, kind):
        number = as_number(given, kind)
        level = level_named(scheme, given)
        result[compared("is", figure, exact_constant(number, lookup.rows))] = names.number(level)
    return result


def _givable(scheme: Scheme, kind: PartType) -> list[Any]:
    """Return every figure that names a level."""
    if kind.kind == "ordinal":
        return list(kind.names)
    return [exact_number(level) for level in scheme.levels if is_number(level)]


def _moved(scheme: Scheme, move: Move, index: np.ndarray) -> np.ndarray:
    result: np.ndarray
    if move.kind == "by":
        result = np.clip(index + move.steps, 0, len(scheme.levels) - 1)
    elif move.kind == "at_most":
        result = np.minimum(index, scheme.levels.index(move.level))
    else:
        result = np.maximum(index, scheme.levels.index(move.level))
    return result


def _row_by_row(scheme: Scheme, table: Mapping[str, Column], rows: int) -> _Result:
    names = _Names(scheme)
    unranked = msgspec.structs.replace(scheme, peers=None)
    index = np.full(rows, NOTHING, np.int64)
    exempt = np.zeros(rows, bool)
    values: dict[str, list[Figure]] = {value.name: [] for value in scheme.values}
    items = list(table.items())
    for row in range(rows):
        outcome = evaluate(unranked, {name: column.at(row) for name, column in items})
        index[row] = names.number(outcome.text)
        first = next((step for step in outcome.steps if getattr(step, "piece", "") == "unless"), None)
        exempt[row] = first is not None or (outcome.text is not None and outcome.level is None)
        for name, figures in values.items():
            figures.append(outcome.values[name])
    return tuple(names.listed), index, exempt, values


def _with_ranks(table: OutcomeTable, exempt: np.ndarray, cuts: CutPoints | None) -> OutcomeTable:
    """Put the rank bands over what was decided; rows with an outcome of their own are no members."""
    scheme = table.scheme
    assert scheme.peers is not None
    name, group_name = scheme.peers.value, scheme.peers.group
    of_values = name in table.values
    candidates = []
    for row in np.flatnonzero(~exempt).tolist():
        figure: Any = table.value(name, row) if of_values else _part(table, name, row)
        group = _part(table, group_name, row) if group_name else ""
        candidates.append((row, "" if group is None else group_key(group), figure))
    if cuts is None:
        members = [(str(row), group, figure) for row, group, figure in candidates if figure is not None]
        cuts = cut_points(scheme, members)
    names, index = _Names(scheme), table.index.copy()
    names.listed = list(table.names)
    for row, group, figure in candidates:
        step = peer_level(scheme, cuts, group=group, value=figure, bands=table.text(row))
        index[row] = names.number(step.give)
    return msgspec.structs.replace(table, names=tuple(names.listed), index=index, cut_points=cuts)


def _part(table: OutcomeTable, name: str, row: int) -> Part:
    return table.columns[name].at(row) if name in table.columns else None
