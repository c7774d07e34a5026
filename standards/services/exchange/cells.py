"""What one cell of a table says: lists, options, ladders and conditions as text, and text that no spreadsheet runs.

Separators inside a cell are `;` between items and `|` between the parts of one; a backslash keeps the next character.
"""

import re
from collections.abc import Iterable, Sequence

_RUNS = frozenset("=+-@\t\r\n＝＋－＠")
_PLAIN_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
_LADDER_STEP = re.compile(r"\s*(<=|>=)\s*([^:]+?)\s*:\s*(.+?)\s*", re.DOTALL)


class CellFault(ValueError):
    """A cell that does not say what its column asks for; the text is for people."""


def guarded(text: str) -> str:
    """Text that a spreadsheet shows and never runs: an apostrophe goes before what it would take for a formula."""
    if _needs_guard(text) and not _PLAIN_NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def unguarded(text: str) -> str:
    """The inverse of `guarded`."""
    return text[1:] if text[:1] == "'" and text[1:2] and text[1] in _RUNS | {"'"} else text


def _needs_guard(text: str) -> bool:
    return text[:1] in _RUNS if text[:1] != "'" else text[1:2] in _RUNS | {"'"} and len(text) > 1


def kept(text: str, special: str) -> str:
    """Text with a backslash before every special character and before a blank at either end."""
    marked = "".join(f"\\{character}" if character in special else character for character in text)
    if text[:1].isspace():
        marked = f"\\{marked}"
    if len(text) > 1 and text[-1].isspace():
        marked = f"{marked[:-1]}\\{marked[-1]}"
    return marked


def split_parts(text: str, separators: str) -> list[str]:
    """The parts between unkept separators, blanks around them taken off, backslashes still in place."""
    parts, start, index = [], 0, 0
    while index < len(text):
        if text[index] == "\\":
            index += 1
        elif text[index] in separators:
            parts.append(text[start:index])
            start = index + 1
        index += 1
    parts.append(text[start:])
    return [_stripped(part) for part in parts]


def _stripped(part: str) -> str:
    part = part.lstrip()
    shorter = part.rstrip()
    lost = part[len(shorter) :]
    slashes = len(shorter) - len(shorter.rstrip("\\"))
    return shorter + lost[0] if lost and slashes % 2 else shorter


def plain(part: str) -> str:
    """A part without its backslashes."""
    return re.sub(r"\\(.)", r"\1", part, flags=re.DOTALL)


def list_cell(items: Iterable[str]) -> str:
    """Words as a cell: `spa; pool`."""
    return "; ".join(kept(item, "\\;,") for item in items)


def read_list(text: str) -> list[str]:
    """The words of a cell; a comma separates as well as a semicolon."""
    return [plain(part) for part in split_parts(text, ";,") if part]


def table_cell(rows: Iterable[Sequence[str]]) -> str:
    """Rows as a cell: `warm|Warm and personal|2; none|Not at all|0`."""
    return "; ".join("|".join(kept(part, "\\;|") for part in row) for row in rows)


def read_table(text: str, names: Sequence[str]) -> list[dict[str, str]]:
    """The rows of a cell as mappings. Raises CellFault where a row has too many or too few parts."""
    rows = []
    for row in split_parts(text, ";"):
        if not row:
            continue
        parts = [plain(part) for part in split_parts(row, "|")]
        if len(parts) != len(names):
            raise CellFault(f"“{row}” should be {'|'.join(names)}, and `;` between two of them.")
        rows.append(dict(zip(names, parts, strict=True)))
    return rows


def ladder_cell(steps: Iterable[tuple[str, str, str]]) -> str:
    """Steps (at most, at least, points) as a cell: `<=60:2; <=120:1`."""
    return "; ".join(f"<={most}:{points}" if most else f">={least}:{points}" for most, least, points in steps)


def read_ladder(text: str) -> list[dict[str, str]]:
    """The steps of a cell. Raises CellFault for what is no step."""
    steps = []
    for part in split_parts(text, ";"):
        if not part:
            continue
        if not (match := _LADDER_STEP.fullmatch(part)):
            raise CellFault(f"“{part}” is no step; write them like <=60:2; <=120:1 or >=65:2; >=60:1.")
        steps.append({"at_most" if match[1] == "<=" else "at_least": match[2], "points": match[3]})
    return steps


def read_condition(text: str) -> dict[str, str]:
    """`ARR-004=met` as the standard asked before and the answer it needs. Raises CellFault without an `=`."""
    code, sign, answer = text.partition("=")
    if not sign:
        raise CellFault("Write the earlier standard and the answer it needs, like ARR-004=met.")
    return {"code": code.strip(), "is": answer.strip()}
