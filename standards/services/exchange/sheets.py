"""CSV and XLSX as rows of text, and back. What could hurt the server is refused before it is unpacked."""

import csv
import datetime
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

import openpyxl
import xlsxwriter

from chains.problems import Fault, Problem
from standards import problems

MAX_ROWS = 20_000
MAX_COLUMNS = 64
MAX_BYTES = 20 * 1024 * 1024
# An honest sheet shrinks about tenfold; the worst of ours (900 equal rows) fiftyfold.
MAX_RATIO = 200
MAX_MEMBERS = 200
MAX_CELL = 32_767
_BAD_MEMBER = re.compile(r"vbaProject|macrosheets|activeX|embeddings|externalLinks", re.IGNORECASE)

Lines = list[tuple[int, list[str]]]


def refuse(code: str, detail: str, pointer: str = "") -> Problem:
    """The problem of a file that is not even opened."""
    return Problem(problems.FILE_REFUSED, detail, errors=[Fault(pointer, code, detail)])


def read_csv(body: bytes) -> Lines:
    """Rows of a CSV file (UTF-8; comma, semicolon or tab). Raises Problem (file-refused)."""
    if len(body) > MAX_BYTES:
        raise refuse("too-large", f"At most {MAX_BYTES} bytes.")
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = body.count(b"\n", 0, error.start) + 1
        raise refuse("not-utf-8", f"Row {row}: save the file as UTF-8.", f"/rows/{row}") from None
    header = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    lines: Lines = []
    number = 0
    try:
        for number, cells in enumerate(reader, 1):
            _check_size(number, cells)
            if any(cells):
                lines.append((number, cells))
    except csv.Error as error:
        detail = f"Row {number + 1}: this is not CSV ({error})."
        raise refuse("not-csv", detail, f"/rows/{number + 1}") from None
    return lines


def _check_size(number: int, cells: Sequence[Any]) -> None:
    if number > MAX_ROWS + 1:
        raise refuse("too-many-rows", f"At most {MAX_ROWS} rows.")
    if len(cells) > MAX_COLUMNS:
        raise refuse("too-many-columns", f"Row {number}: at most {MAX_COLUMNS} columns.", f"/rows/{number}")


def read_xlsx(body: bytes) -> tuple[Lines, list[Fault]]:
    """Rows of the first sheet, and its faults by cell (formulas, dates). Raises Problem (file-refused).

    Looked at before anything is unpacked: number, size and ratio of the members, macros, embedded things, and
    document types in the XML (entities could swell).
    """
    _inspect(body)
    try:
        book = openpyxl.load_workbook(io.BytesIO(body), read_only=True, keep_links=False, rich_text=False)
        sheet = book.worksheets[0]
        lines: Lines = []
        faults: list[Fault] = []
        for number, row in enumerate(sheet.iter_rows(max_row=MAX_ROWS + 2, max_col=MAX_COLUMNS + 1), 1):
            cells = [_cell_text(number, column, cell, faults) for column, cell in enumerate(row, 1)]
            while cells and not cells[-1]:
                cells.pop()
            _check_size(number, cells)
            if cells:
                lines.append((number, cells))
        book.close()
    except Problem:
        raise
    except Exception as error:  # noqa: BLE001 (a broken file breaks the reader in many ways; none may be a 500)
        raise refuse("not-xlsx", f"This is not a workbook that can be read ({type(error).__name__}).") from None
    return lines, faults


def _inspect(body: bytes) -> None:
    if len(body) > MAX_BYTES:
        raise refuse("too-large", f"At most {MAX_BYTES} bytes.")
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            members = archive.infolist()
            _check_members(members)
            for member in members:
                _check_xml(member.filename, archive.read(member))
    except Problem:
        raise
    except Exception as error:  # noqa: BLE001 (see above)
        raise refuse("not-xlsx", f"This is not an XLSX file ({type(error).__name__}).") from None


def _check_members(members: Sequence[zipfile.ZipInfo]) -> None:
    if len(members) > MAX_MEMBERS:
        raise refuse("too-many-parts", f"At most {MAX_MEMBERS} parts.")
    if sum(member.file_size for member in members) > MAX_BYTES:
        raise refuse("too-large", f"Unpacked it would be larger than {MAX_BYTES} bytes.")
    for member in members:
        if member.flag_bits & 1:
            raise refuse("encrypted", "Save the file without a password.")
        if member.file_size > 100_000 and member.file_size > MAX_RATIO * max(member.compress_size, 1):
            raise refuse("bomb", f"{member.filename} is packed more than {MAX_RATIO} times.")
        if _BAD_MEMBER.search(member.filename):
            raise refuse("macros", f"{member.filename}: macros, links and embedded things are refused.")


def _check_xml(name: str, content: bytes) -> None:
    if not name.endswith((".xml", ".rels")):
        return
    # UTF-16 would hide a document type from the search below; no writer of sheets uses it.
    if b"\x00" in content or b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise refuse("document-type", f"{name} declares a document type or is not UTF-8.")
    if b"macroEnabled" in content or b"vbaProject" in content:
        raise refuse("macros", "Save the workbook without macros (.xlsx).")


def _cell_text(number: int, column: int, cell: Any, faults: list[Fault]) -> str:
    value = cell.value
    if value is None:
        return ""
    kind = getattr(cell, "data_type", "s")
    if kind in ("f", "e") or isinstance(value, datetime.datetime | datetime.date | datetime.time | datetime.timedelta):
        what = {"f": "a formula", "e": "an error"}.get(kind, "a date")
        detail = f"Row {number}, column {column}: {what}; paste the text itself."
        faults.append(Fault(f"/rows/{number}/{column}", "not-text", detail))
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else format(Decimal(repr(value)), "f")
    return str(value)


def write_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """Rows as CSV, with the mark by which Excel knows UTF-8."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode("utf-8")


def write_xlsx(rows: Iterable[Sequence[str]], *, title: str = "Standards") -> bytes:
    """Rows as a workbook of one sheet: text cells only, the header frozen and filtered, long columns wide."""
    buffer = io.BytesIO()
    safe = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, **safe})
    sheet = book.add_worksheet(title)
    bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    lines = list(rows)
    for number, row in enumerate(lines):
        for column, text in enumerate(row):
            if len(text) > MAX_CELL:
                raise refuse("cell-too-long", f"Row {number + 1}: a cell of XLSX holds {MAX_CELL} characters.")
            if text:
                sheet.write_string(number, column, text, bold if number == 0 else wrapped)
    for column, name in enumerate(lines[0] if lines else []):
        sheet.set_column(column, column, 60 if name in ("wording", "guidance", "options", "text", "original") else 14)
    sheet.freeze_panes(1, 0)
    book.close()
    return buffer.getvalue()
