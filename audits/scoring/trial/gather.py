"""Puts the rows of one subject together: sums, item codes, and what is the same in all its rows."""

from collections.abc import Collection, Sequence
from fractions import Fraction

import msgspec

from audits.scoring.trial.cells import cell_number
from audits.scoring.trial.table import Table, TrialProblem
from standards.spec.scheme.numbers import number_text


class Gathered(msgspec.Struct, frozen=True):
    """One row per subject. `rows` are the rows of the table behind each; `conflicts` what does not fit together,
    by place of the subject and name of the column."""

    table: Table
    subjects: list[str]
    rows: list[list[int]]
    conflicts: dict[tuple[int, str], str]
    left_out: int = 0  # rows that name no subject


def gather(
    table: Table,
    *,
    subject: str,
    sums: Sequence[str],
    part: str | None,
    codes: Collection[str],
    missing: Collection[str],
) -> Gathered:
    """Gather the rows of each subject, in the order they first appear.

    Each column of `sums` is added up under its own name or, with `part`, per part named in that column. Columns in
    `codes` are strung together. Any other column must say the same in all rows of a subject, or it is a conflict.
    Raises TrialProblem for a column that is not there or a part called like a column.
    """
    named = table.column(subject, "--subject")
    rows_of: dict[str, list[int]] = {}
    for row, name in enumerate(named):
        if name:
            rows_of.setdefault(name, []).append(row)
    groups = list(rows_of.values())
    adder = _Adder(table, missing)
    columns: dict[str, list[str]] = {}
    for name, cells in table.columns.items():
        if name in sums and part is None:
            columns[name] = adder.total(name, groups)
        elif name in codes:
            columns[name] = [" ".join(cells[row] for row in rows if cells[row] not in missing) for rows in groups]
        else:
            columns[name] = _same(cells, name, groups, missing, adder.conflicts)
    if part is not None:
        columns.update(adder.per_part(sums, table.column(part, "--part"), part, groups))
    lines = [table.lines[rows[0]] for rows in groups]
    left_out = named.count("")
    return Gathered(Table(columns, lines, table.separator), list(rows_of), groups, adder.conflicts, left_out)


def part_names(table: Table, part: str) -> list[str]:
    """Return every part a column names."""
    return [name for name in dict.fromkeys(table.column(part, "--part")) if name]


class _Adder:
    """Adds up cells; one that is no number makes its subject's sum a conflict."""

    def __init__(self, table: Table, missing: Collection[str]):
        self.table, self.missing = table, missing
        self.conflicts: dict[tuple[int, str], str] = {}
        self.known: dict[str, Fraction] = {}

    def total(self, name: str, groups: Sequence[Sequence[int]]) -> list[str]:
        cells = self.table.column(name, "--sum")
        return [self._sum([cells[row] for row in rows], place, name) for place, rows in enumerate(groups)]

    def per_part(
        self, sums: Sequence[str], parts: Sequence[str], part: str, groups: Sequence[Sequence[int]]
    ) -> dict[str, list[str]]:
        if len(sums) != 1:
            raise TrialProblem("--part needs exactly one --sum")
        cells = self.table.column(sums[0], "--sum")
        names = part_names(self.table, part)
        clash = [name for name in names if name in self.table.columns]
        if clash:
            raise TrialProblem(f"--part: '{clash[0]}' is a column of the table as well; rename one")
        found: dict[str, list[str]] = {name: [""] * len(groups) for name in names}
        for place, rows in enumerate(groups):
            by_part: dict[str, list[str]] = {}
            for row in rows:
                by_part.setdefault(parts[row], []).append(cells[row])
            for name, own in by_part.items():
                if name:
                    found[name][place] = self._sum(own, place, name)
        return found

    def _sum(self, cells: Sequence[str], place: int, name: str) -> str:
        present = [cell for cell in cells if cell and cell not in self.missing]
        if not present:
            return ""
        try:
            return number_text(sum(map(self._number, present), Fraction(0)))
        except ValueError:
            wrong = next(cell for cell in present if cell not in self.known)
            self.conflicts[place, name] = f"column '{name}' has '{wrong}', which is not a number"
            return ""

    def _number(self, cell: str) -> Fraction:
        if cell not in self.known:
            self.known[cell] = cell_number(cell, self.table.separator != ",")
        return self.known[cell]


def _same(
    cells: Sequence[str],
    name: str,
    groups: Sequence[Sequence[int]],
    missing: Collection[str],
    conflicts: dict[tuple[int, str], str],
) -> list[str]:
    found = []
    for place, rows in enumerate(groups):
        own = list(dict.fromkeys(cells[row] for row in rows if cells[row] and cells[row] not in missing))
        if len(own) > 1:
            conflicts[place, name] = f"column '{name}' differs between its rows: '{own[0]}' and '{own[1]}'"
        found.append(own[0] if own else "")
    return found
