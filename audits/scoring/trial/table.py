"""Reads a table of published results: CSV as people save it, with whatever separator and encoding."""

import csv
import io
from collections.abc import Iterable, Iterator

import msgspec

SEPARATORS = (",", ";", "\t")
MAX_CELL = 1_000_000


class TrialProblem(ValueError):
    """The table, or what was asked of it, cannot be used; the message is a sentence for the person who asked."""


class Table(msgspec.Struct, frozen=True):
    """Cells are text without surrounding blanks; "" is an empty cell. `lines` are line numbers in the file."""

    columns: dict[str, list[str]]
    lines: list[int]
    separator: str = ","

    def __len__(self) -> int:
        return len(self.lines)

    def column(self, name: str, option: str) -> list[str]:
        """Return a column somebody asked for. Raises TrialProblem when there is none."""
        if name not in self.columns:
            listed = ", ".join(list(self.columns)[:20])
            raise TrialProblem(f"{option}: the table has no column '{name}'. Its columns: {listed}.")
        return self.columns[name]

    def only(self, rows: Iterable[int]) -> "Table":
        """Return the table with some of its rows."""
        kept = list(rows)
        columns = {name: [cells[row] for row in kept] for name, cells in self.columns.items()}
        return Table(columns, [self.lines[row] for row in kept], self.separator)


def read_table(content: bytes) -> Table:
    """Read a CSV file: comma, semicolon or tab; UTF-8 or UTF-16 with a mark, else Windows Latin.

    Raises TrialProblem for no header, a column name given twice, or a row with more cells than the header.
    """
    text = _decoded(content)
    header_line = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(SEPARATORS, key=lambda mark: _outside_quotes(header_line, mark))
    csv.field_size_limit(MAX_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        return _filled(((reader.line_num, [cell.strip() for cell in cells]) for cells in reader), separator)
    except csv.Error as error:
        raise TrialProblem(f"line {reader.line_num}: {error}") from error


def _filled(numbered: Iterator[tuple[int, list[str]]], separator: str) -> Table:
    header = next((cells for _, cells in numbered if any(cells)), [])
    if not any(header):
        raise TrialProblem("the table is empty: its first line must name the columns")
    twice = [name for place, name in enumerate(header) if name and name in header[:place]]
    if twice:
        raise TrialProblem(f"the table has two columns called '{twice[0]}'; rename one")
    rows: list[list[str]] = []
    lines: list[int] = []
    width = len(header)
    for line, cells in numbered:
        if not any(cells):
            continue
        if any(cells[width:]):
            raise TrialProblem(f"line {line} has {len(cells)} cells, the header only {width}")
        rows.append((cells + [""] * width)[:width])
        lines.append(line)
    by_column = list(zip(*rows, strict=True)) if rows else [()] * width
    columns = {name: list(cells) for name, cells in zip(header, by_column, strict=True) if name}
    return Table(columns, lines, separator)


def _decoded(content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _outside_quotes(line: str, mark: str) -> int:
    return sum(piece.count(mark) for piece in line.split('"')[::2])
