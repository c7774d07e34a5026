"""From the text of cells to typed parts; a cell that does not fit is told, never guessed."""

import re
from collections.abc import Callable, Collection, Sequence
from datetime import date
from fractions import Fraction

import numpy as np

from audits.scoring.outcome.columns import ABSENT, Column
from audits.scoring.outcome.result import Part
from standards.spec.scheme.document import PartType
from standards.spec.scheme.numbers import exact_day

_NUMBER = re.compile(r"[+-]?(?:\d{1,30}(?:\.\d{0,30})?|\.\d{1,30})(?:[eE][+-]?\d{1,2})?", re.ASCII)
_FRACTION = re.compile(r"[+-]?\d{1,40}/0*[1-9]\d{0,40}", re.ASCII)
_BETWEEN_CODES = re.compile(r"[\s,;]+")
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", re.ASCII)
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})", re.ASCII)


def cell_number(text: str, decimal_comma: bool = False) -> Fraction:
    """Read a number as tables write it: 90, 89.5, 85 %, 1e-05; 89,5 where commas do not separate cells.

    Raises ValueError when it is none.
    """
    bare = text.removesuffix("%").rstrip()
    if decimal_comma and bare.count(",") == 1 and "." not in bare:
        bare = bare.replace(",", ".")
    if not _NUMBER.fullmatch(bare) and not _FRACTION.fullmatch(bare):
        raise ValueError("is not a number")
    return Fraction(bare)


def cell_codes(text: str) -> tuple[str, ...]:
    """Split a cell of item codes at blanks, commas and semicolons."""
    return tuple(code for code in _BETWEEN_CODES.split(text) if code)


def day_reader(cells: Collection[str]) -> Callable[[str], date]:
    """Return a reader for a column of days: ISO (also with a time), a bare year or month, 31.12.2024, 2024/12/31.

    31/12/2024 and 12/31/2024 are told apart by the column as a whole; a column that leaves it open is refused
    cell by cell. The reader raises ValueError.
    """
    slashed = [match for match in (_SLASHED.match(cell) for cell in cells) if match]
    day_first = any(int(match[1]) > 12 for match in slashed)
    month_first = any(int(match[2]) > 12 for match in slashed)

    def read(text: str) -> date:
        bare = re.split(r"[T ]", text)[0]
        dotted, slash = _DOTTED.fullmatch(bare), _SLASHED.fullmatch(bare)
        if dotted:
            return date(int(dotted[3]), int(dotted[2]), int(dotted[1]))
        if slash:
            if day_first == month_first:
                raise ValueError("may be day/month or month/day; write days like 2024-12-31")
            day, month = (int(slash[1]), int(slash[2])) if day_first else (int(slash[2]), int(slash[1]))
            return date(int(slash[3]), month, day)
        try:
            return exact_day(bare.replace("/", "-"))
        except ValueError:
            raise ValueError("is not a day; write days like 2024-12-31") from None

    return read


def cell_reader(kind: PartType, cells: Collection[str], decimal_comma: bool) -> Callable[[str], Part]:
    """Return the reader for a column of one type; it raises ValueError with the end of a sentence."""
    if kind.kind == "number":
        return lambda text: cell_number(text, decimal_comma)
    if kind.kind == "codes":
        return cell_codes
    if kind.kind == "date":
        return day_reader(cells)
    if kind.kind == "ordinal":

        def read_ordinal(text: str) -> str:
            if text not in kind.names:
                raise ValueError(f"is none of {', '.join(kind.names)}")
            return text

        return read_ordinal
    return str


def typed_column(
    cells: Sequence[str], kind: PartType, missing: Collection[str], decimal_comma: bool
) -> tuple[Column, dict[str, str]]:
    """Read a column, each distinct cell once. Returns it with the cells that do not fit and why (read as absent)."""
    read = cell_reader(kind, cells, decimal_comma)
    distinct: list[Part] = []
    places: dict[str, int] = dict.fromkeys(("", *missing), ABSENT)
    unfit: dict[str, str] = {}
    for cell in dict.fromkeys(cells):
        if cell in places:
            continue
        try:
            distinct.append(read(cell))
            places[cell] = len(distinct) - 1
        except ValueError as error:
            unfit[cell] = str(error)
            places[cell] = ABSENT
    index = np.fromiter((places[cell] for cell in cells), np.int64, len(cells))
    return Column(tuple(distinct), index), unfit
