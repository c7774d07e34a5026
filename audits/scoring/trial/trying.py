"""Tries a scheme on a table of published results: every subject is rated, and compared with what was published."""

from collections.abc import Sequence
from typing import Any

from audits.scoring.outcome.columns import Column
from audits.scoring.outcome.many import OutcomeTable, evaluate_many
from audits.scoring.outcome.result import Figure, Outcome
from audits.scoring.trial.cells import cell_number, day_reader, typed_column
from audits.scoring.trial.gather import Gathered, gather, part_names
from audits.scoring.trial.options import Progress, TrialOptions, TrialReport, Tried, agrees, described, no_progress
from audits.scoring.trial.table import Table, TrialProblem
from audits.scoring.trial.visiting import VisitTrial
from standards.spec.scheme import SchemeDocument, parse_scheme
from standards.spec.scheme.document import Scheme


def try_scheme(
    source: str | bytes, table: Table, options: TrialOptions, progress: Progress = no_progress
) -> TrialReport:
    """Rate every subject of the table and compare with the column expected.

    Raises FaultyScheme for a scheme that cannot be used with the columns there are, TrialProblem for a table or
    choice that cannot be used.
    """
    document = parse_scheme(source, _known_names(table, options))
    _check_options(document, table, options)
    kept = _where(table, options)
    if options.subject and not options.sums and _rates_visits(document):
        return VisitTrial(document, kept, options, progress).report()
    return _TableTrial(document, kept, options, progress).report()


def _known_names(table: Table, options: TrialOptions) -> list[str]:
    parts = part_names(table, options.part) if options.part else []
    return [*table.columns, *parts]


def _check_options(document: SchemeDocument, table: Table, options: TrialOptions) -> None:
    columns = [("--expect", options.expect), ("--date", options.date), ("--subject", options.subject)]
    columns += [("--part", options.part), *(("--where", name) for name, _ in options.where)]
    columns += [("--sum", name) for name in options.sums]
    for option, name in columns:
        if name is not None:
            table.column(name, option)
    if (options.sums or options.part) and not options.subject:
        raise TrialProblem("--sum and --part add up rows of one subject: say which column names it with --subject")
    if options.part and not options.sums:
        raise TrialProblem("--part needs --sum to say what is added up")
    if options.measure is not None:
        values = {value.name for scheme in document.schemes() for value in scheme.values}
        if options.measure not in values and options.measure not in _known_names(table, options):
            listed = ", ".join(sorted(values)) or "none"
            raise TrialProblem(f"--measure: the scheme has no value '{options.measure}'. Its values: {listed}.")


def _where(table: Table, options: TrialOptions) -> Table:
    wanted = [(table.column(name, "--where"), text) for name, text in options.where]
    rows = [row for row in range(len(table)) if all(cells[row] == text for cells, text in wanted)]
    if not rows:
        raise TrialProblem("the table has no rows" + (" that --where keeps" if wanted else ""))
    return table.only(rows) if wanted else table


def _rates_visits(document: SchemeDocument) -> bool:
    """Rows of one subject are its visits when the scheme says how visits are combined or counted in a row."""
    return any(
        scheme.visits is not None or any(value.operator == "streak" for value in scheme.values)
        for scheme in document.schemes()
    )


class _TableTrial:
    """One row is one subject, after the rows of a subject were put together."""

    def __init__(self, document: SchemeDocument, table: Table, options: TrialOptions, progress: Progress):
        self.document, self.options, self.progress = document, options, progress
        self.gathered = self._gather(table)
        self.table = self.gathered.table
        self.results: dict[int, tuple[OutcomeTable, int]] = {}
        self.subjects = [Tried(name, line) for name, line in zip(self.gathered.subjects, self.table.lines, strict=True)]

    def _gather(self, table: Table) -> Gathered:
        options = self.options
        if options.subject is None:
            return Gathered(table, [""] * len(table), [], {})
        schemes = self.document.schemes()
        codes = {name for scheme in schemes for name in table.columns if scheme.type_of(name).kind == "codes"}
        return gather(
            table,
            subject=options.subject,
            sums=options.sums,
            part=options.part,
            codes=codes,
            missing=options.missing,
        )

    def report(self) -> TrialReport:
        for scheme, rows in self._rows_by_scheme().items():
            self._rate(scheme, rows)
        self._compare()
        levels = self.document.newest().levels
        left_out = self.gathered.left_out
        return TrialReport(self.subjects, self.describe, self.figures, self.options, levels, left_out)

    # -- rating ------------------------------------------------------------------------------------

    def _rows_by_scheme(self) -> dict["_Same", list[int]]:
        """Share the rows out to the version in force on each row's day; without --date the newest version."""
        found: dict[_Same, list[int]] = {}
        if self.options.date is None:
            return {_Same(self.document.newest()): list(range(len(self.table)))}
        cells = self.table.column(self.options.date, "--date")
        read = day_reader(cells)
        known: dict[str, Scheme | str] = {}
        for row, cell in enumerate(cells):
            if cell not in known:
                known[cell] = self._in_force(cell, read)
            scheme = known[cell]
            if isinstance(scheme, str):
                self.subjects[row].problem = scheme
            else:
                found.setdefault(_Same(scheme), []).append(row)
        return found

    def _in_force(self, cell: str, read: Any) -> Scheme | str:
        if not cell or cell in self.options.missing:
            return f"column '{self.options.date}' has no day, so no version can be chosen"
        try:
            scheme = self.document.on(read(cell))
        except ValueError as error:
            return f"column '{self.options.date}' has '{cell}', which {error}"
        return scheme or f"no version of the scheme is in force on {cell}"

    def _rate(self, same: "_Same", rows: Sequence[int]) -> None:
        scheme = same.scheme
        columns = {name: self._column(scheme, name, rows) for name in self._needed(scheme)}
        if not columns:
            raise TrialProblem("the scheme looks at no column of the table")
        table = evaluate_many(scheme, columns)
        measure = self.options.measure
        for place, row in enumerate(rows):
            tried = self.subjects[row]
            self.results[row] = (table, place)
            tried.text = table.text(place)
            if measure is not None:
                tried.measured = self._measured(table, measure, place)

    def _measured(self, table: OutcomeTable, measure: str, place: int) -> Figure:
        if measure in table.values:
            return table.value(measure, place)
        return table.columns[measure].at(place) if measure in table.columns else None

    def _needed(self, scheme: Scheme) -> list[str]:
        names = []
        for name in scheme.part_names():
            if name.endswith("*"):
                names += [column for column in self.table.columns if column.startswith(name[:-1])]
            elif name in self.table.columns:
                names.append(name)
        if self.options.measure in self.table.columns and self.options.measure not in scheme.types:
            names.append(self.options.measure)
        expected = self.options.expect
        return [name for name in dict.fromkeys(names) if name != expected or expected in scheme.types]

    def _column(self, scheme: Scheme, name: str, rows: Sequence[int]) -> Column:
        own = self.table.columns[name]
        cells = own if len(rows) == len(own) else [own[row] for row in rows]
        comma = self.table.separator != ","
        column, unfit = typed_column(cells, scheme.type_of(name), self.options.missing, comma)
        if unfit:
            for row in rows:
                why = unfit.get(own[row])
                if why:
                    hint = f"use --missing '{own[row]}' if that means there is none"
                    self._problem(row, f"column '{name}' has '{own[row]}', which {why} ({hint})")
        for (place, conflicting), why in self.gathered.conflicts.items():
            if conflicting == name:
                self._problem(place, why)
        return column

    def _problem(self, row: int, why: str) -> None:
        if not self.subjects[row].problem:
            self.subjects[row].problem = why

    # -- comparing ---------------------------------------------------------------------------------

    def _compare(self) -> None:
        expect = self.options.expect
        if expect is None:
            return
        conflicts = {place: why for (place, name), why in self.gathered.conflicts.items() if name == expect}
        cells = self.table.column(expect, "--expect")
        comma = self.table.separator != ","
        for row, tried in self.progress(list(enumerate(self.subjects)), "comparing"):
            tried.expected = cells[row]
            tried.is_counted = bool(cells[row]) and cells[row] not in self.options.missing
            if row in conflicts:
                self._problem(row, conflicts[row])
            found = tried.measured if self.options.measure else tried.text
            tried.agrees = (
                tried.is_counted
                and not tried.problem
                and agrees(cells[row], found, lambda text: cell_number(text, comma))
            )

    def figures(self, place: int) -> dict[str, Figure]:
        """Return the values, then the parts, one subject was rated by."""
        if place not in self.results:
            return {}
        table, row = self.results[place]
        return {**{name: table.value(name, row) for name in table.values}, **table.parts(row)}

    def describe(self, place: int) -> str:
        tried = self.subjects[place]
        outcome: Outcome | None = None
        if place in self.results:
            table, row = self.results[place]
            outcome = table.outcome(row)
        return described(tried, outcome, self.figures(place), self.options.measure)


class _Same:
    """A scheme as a dictionary key: versions are told apart as objects, not by their content."""

    def __init__(self, scheme: Scheme):
        self.scheme = scheme

    def __hash__(self) -> int:
        return id(self.scheme)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.scheme is self.scheme
