"""Reading a file of past audits: one line per answer, gathered by audit; every line that cannot be used is named.

Nothing here knows a checklist or the database: what an answer means is `audits.services.importing.translating`.
"""

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from chains.problems import Problem
from standards.problems import FILE_REFUSED

DELIMITERS = ",;\t|"
LONGEST_NAME = 100
LONGEST_COMMENT = 10_000
MAX_ROWS = 20_000
MAX_BYTES = 20 * 1024 * 1024
# Written so in one way only; anything with slashes is read by `date_format` alone, for 3/4 is two different days.
PLAIN_DATES = ("%Y-%m-%d", "%d.%m.%Y", "%Y%m%d")


@dataclass(frozen=True)
class Columns:
    """What the file calls its columns; `comment` may be absent from it."""

    audit: str = "audit_id"
    location: str = "location"
    date: str = "date"
    code: str = "code"
    answer: str = "answer"
    comment: str = "comment"

    def needed(self) -> tuple[str, ...]:
        """The columns that a file must have."""
        return (self.audit, self.location, self.date, self.code, self.answer)


@dataclass(frozen=True)
class Refusal:
    """A line that was not imported, and why; `line` is that of the file, the heading being line 1."""

    line: int
    audit: str
    reason: str


@dataclass(frozen=True)
class PastAnswer:
    """One line: a standard's code (or answer key), the answer as written, a comment."""

    line: int
    code: str
    answer: str
    comment: str


@dataclass
class PastAudit:
    """All lines of one audit."""

    name: str
    location: str
    day: date
    line: int
    answers: list[PastAnswer] = field(default_factory=list)


@dataclass
class PastAudits:
    """A whole file: its audits in the order in which they begin, the lines refused, the number of lines read."""

    audits: list[PastAudit]
    refused: list[Refusal]
    rows: int


class _RowFault(ValueError):
    """Why one line cannot be used; the text is for people."""


def read_past_audits(
    body: bytes,
    columns: Columns,
    *,
    encoding: str = "utf-8-sig",
    delimiter: str = "",
    date_format: str = "",
    max_rows: int = MAX_ROWS,
    max_bytes: int = MAX_BYTES,
) -> PastAudits:
    """The audits of a CSV file in long form.

    `delimiter` is found in the heading where it is empty; `date_format` as for strptime, ISO and 31.12.2026 are read
    without. Raises Problem (file-refused) where the file as a whole cannot be used.
    """
    if len(body) > max_bytes:
        raise Problem(FILE_REFUSED, f"The file has {len(body):,} bytes; at most {max_bytes:,} are read at once.")
    rows = _rows(_text(body, encoding), delimiter)
    _, heading = next(rows, (1, []))
    place = _places(heading, columns)
    found: dict[str, PastAudit] = {}
    refused: list[Refusal] = []
    count = 0
    read_day = _day_reader(date_format)
    for line, cells in rows:
        if not any(cells):
            continue
        count += 1
        if count > max_rows:
            raise Problem(FILE_REFUSED, f"The file has more than {max_rows:,} rows; split it or raise the limit.")
        values = {name: cells[at].strip() if at < len(cells) else "" for name, at in place.items()}
        name = values[columns.audit]
        try:
            _add(found, values, columns, line, read_day)
        except _RowFault as fault:
            refused.append(Refusal(line, name[:LONGEST_NAME], str(fault)))
    return PastAudits(list(found.values()), refused, count)


def _add(
    found: dict[str, PastAudit], values: dict[str, str], columns: Columns, line: int, read_day: Callable[[str], date]
) -> None:
    name, location, code = values[columns.audit], values[columns.location], values[columns.code]
    comment = values.get(columns.comment, "")
    for column, value in ((columns.audit, name), (columns.location, location), (columns.code, code)):
        if not value:
            raise _RowFault(f"The column {column} is empty.")
    if len(name) > LONGEST_NAME:
        raise _RowFault(f"The audit id is longer than {LONGEST_NAME} characters.")
    if len(comment) > LONGEST_COMMENT:
        raise _RowFault(f"The comment is longer than {LONGEST_COMMENT:,} characters.")
    day = read_day(values[columns.date])
    audit = found.setdefault(name, PastAudit(name, location, day, line))
    if audit.location != location or audit.day != day:
        raise _RowFault(f"Line {audit.line} says that audit {name} was at {audit.location} on {audit.day}.")
    audit.answers.append(PastAnswer(line, code, values[columns.answer], comment))


def _text(body: bytes, encoding: str) -> str:
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError as error:
        detail = f"This is not {encoding} text (byte {error.start:,}). Name its encoding, cp1252 say."
        raise Problem(FILE_REFUSED, detail) from None
    except LookupError:
        raise Problem(FILE_REFUSED, f"There is no encoding {encoding}.") from None
    if "\0" in text:
        raise Problem(FILE_REFUSED, "The file contains NUL characters: it is no CSV text.")
    return text.removeprefix("\N{BYTE ORDER MARK}")


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Each row with the line on which it begins (a quoted comment may run over several)."""
    heading = text[: text.find("\n")] if "\n" in text else text
    separator = delimiter or max(DELIMITERS, key=heading.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    while True:
        begins = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise Problem(FILE_REFUSED, f"Line {begins} is not CSV: {error}.") from None
        yield begins, row


def _places(heading: list[str], columns: Columns) -> dict[str, int]:
    names = [name.strip() for name in heading]
    missing = [name for name in columns.needed() if name not in names]
    if missing:
        detail = f"The file has no column {', '.join(missing)}; it has {', '.join(filter(None, names)) or 'none'}."
        raise Problem(FILE_REFUSED, detail)
    wanted = [*columns.needed(), *([columns.comment] if columns.comment in names else [])]
    if twice := sorted({name for name in wanted if names.count(name) > 1}):
        raise Problem(FILE_REFUSED, f"The column {', '.join(twice)} is there twice.")
    return {name: names.index(name) for name in wanted}


def _day_reader(date_format: str) -> Callable[[str], date]:
    formats = (date_format,) if date_format else PLAIN_DATES
    known: dict[str, date] = {}

    def read(text: str) -> date:
        if text not in known:
            known[text] = _day(text, formats)
        return known[text]

    return read


def _day(text: str, formats: tuple[str, ...]) -> date:
    for form in formats:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a local day has no time zone
        except ValueError:
            continue
    shown = " or ".join(date(2026, 12, 31).strftime(form) for form in formats)
    raise _RowFault(f"{text!r} is not a date like {shown}." if text else "The date is empty.")
