"""Tries a scheme with a visits piece: the rows of one subject are its visits, dated by --date.

The period ends on the latest day in the table, for everybody; what was published with a subject's newest visit is
what is expected.
"""

from collections.abc import Mapping
from datetime import date

from audits.scoring.outcome.peers import CutPoints, cut_points
from audits.scoring.outcome.result import Figure, Outcome
from audits.scoring.outcome.visits import Visit, rate
from audits.scoring.trial.cells import cell_codes, cell_number, day_reader, typed_column
from audits.scoring.trial.options import Progress, TrialOptions, TrialReport, Tried, agrees, described
from audits.scoring.trial.table import Table, TrialProblem
from standards.spec.scheme.document import Scheme, SchemeDocument


class VisitTrial:
    """Rates each subject from all its rows."""

    def __init__(self, document: SchemeDocument, table: Table, options: TrialOptions, progress: Progress):
        if options.date is None:
            raise TrialProblem("the scheme combines visits: say with --date which column has the day of each visit")
        self.document, self.table, self.options, self.progress = document, table, options, progress
        self.problems: dict[int, str] = {}
        self.days = self._days(options.date)
        self.period_end = max(self.days.values())
        scheme = document.on(self.period_end)
        if scheme is None:
            raise TrialProblem(f"no version of the scheme is in force on {self.period_end.isoformat()}")
        self.scheme: Scheme = scheme
        self.rows_of: dict[str, list[int]] = {}
        for row, name in enumerate(table.column(options.subject or "", "--subject")):
            if name:
                self.rows_of.setdefault(name, []).append(row)
        self.outcomes: list[Outcome] = []
        self.parts: list[Mapping[str, Figure]] = []

    def report(self) -> TrialReport:
        """Rate all, among their peers where the scheme says so, and compare."""
        visits = self._visits()
        self._rate(visits, None)
        if self.scheme.peers is not None:
            self._rate(visits, self._cut_points(visits))
        subjects = [self._compared(place, name) for place, name in enumerate(self.rows_of)]
        self.subjects = subjects
        left_out = len(self.table) - sum(map(len, self.rows_of.values()))
        return TrialReport(subjects, self.describe, self.figures, self.options, self.scheme.levels, left_out)

    def _days(self, name: str) -> dict[int, date]:
        cells = self.table.column(name, "--date")
        read, found = day_reader(cells), {}
        for row, cell in enumerate(cells):
            try:
                found[row] = read(cell)
            except ValueError as error:
                self.problems[row] = f"column '{name}' has '{cell}', which {error}"
        if not found:
            raise TrialProblem(f"column '{name}' has no day that can be read")
        return found

    def _visits(self) -> list[list[Visit]]:
        columns = {}
        for name, cells in self.table.columns.items():
            if name in (self.options.subject, self.options.expect, self.options.date) and name not in self.scheme.types:
                continue
            if not self._is_used(name):
                continue
            kind, comma = self.scheme.type_of(name), self.table.separator != ","
            columns[name], unfit = typed_column(cells, kind, self.options.missing, comma)
            for row, cell in enumerate(cells):
                if cell in unfit:
                    self.problems.setdefault(row, f"column '{name}' has '{cell}', which {unfit[cell]}")
        return [
            [self._visit(row, {name: column.at(row) for name, column in columns.items()}) for row in rows]
            for rows in self.rows_of.values()
        ]

    def _is_used(self, name: str) -> bool:
        covered = (key for key in self.scheme.types if key.endswith("*"))
        return name in self.scheme.types or any(name.startswith(key[:-1]) for key in covered)

    def _visit(self, row: int, parts: dict[str, Figure]) -> Visit:
        kind, flags = self.table.columns.get("kind"), self.table.columns.get("flags")
        return Visit(
            visited_on=self.days.get(row, date.min),
            parts=parts,
            kind=kind[row] if kind else "",
            flags=cell_codes(flags[row]) if flags else (),
            label=f"{self.table.lines[row]:09d}",
        )

    def _rate(self, visits: list[list[Visit]], cuts: CutPoints | None) -> None:
        self.outcomes, self.parts = [], []
        for own in self.progress(visits, "rating"):
            outcome, combined = rate(self.scheme, own, self.period_end, cut_points=cuts)
            self.outcomes.append(outcome)
            self.parts.append(combined.parts)

    def _cut_points(self, visits: list[list[Visit]]) -> CutPoints:
        peers, members = self.scheme.peers, []
        assert peers is not None
        for name, outcome, parts in zip(self.rows_of, self.outcomes, self.parts, strict=True):
            figure = outcome.values[peers.value] if peers.value in outcome.values else parts.get(peers.value)
            group = parts.get(peers.group) if peers.group else ""
            if outcome.waits_for_rank and figure is not None:
                members.append((name, "" if group is None else str(group), figure))
        return cut_points(self.scheme, members)  # type: ignore[arg-type]

    def _compared(self, place: int, name: str) -> Tried:
        rows = self.rows_of[name]
        newest_first = sorted(rows, key=lambda row: (self.days.get(row, date.min), row), reverse=True)
        outcome, measure = self.outcomes[place], self.options.measure
        tried = Tried(name, self.table.lines[newest_first[0]], text=outcome.text)
        tried.problem = next((self.problems[row] for row in rows if row in self.problems), "")
        if measure is not None:
            tried.measured = outcome.values.get(measure, self.parts[place].get(measure))
        if self.options.expect is not None:
            cells = self.table.columns[self.options.expect]
            given = [cells[row] for row in newest_first if cells[row] and cells[row] not in self.options.missing]
            tried.expected = given[0] if given else ""
            tried.is_counted = bool(given)
            comma = self.table.separator != ","
            found = tried.measured if measure else tried.text
            tried.agrees = (
                tried.is_counted
                and not tried.problem
                and agrees(tried.expected, found, lambda text: cell_number(text, comma))
            )
        return tried

    def figures(self, place: int) -> dict[str, Figure]:
        """Return the values, then the combined parts, of one subject."""
        return {**self.outcomes[place].values, **self.parts[place]}

    def describe(self, place: int) -> str:
        """Say in one line what a subject got and why."""
        return described(self.subjects[place], self.outcomes[place], self.figures(place), self.options.measure)
