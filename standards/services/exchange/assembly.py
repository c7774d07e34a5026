"""From keyed rows of whatever file to a checklist: every key typed, every fault named by its place, none left out."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from chains.problems import Fault
from standards.services.exchange import cells
from standards.spec import checklist as spec
from standards.spec.answer_faults import MOST_DECIMALS, amount_or_none, points_of
from standards.spec.checklist_faults import checklist_faults
from standards.spec.parsing import escape_pointer

Reader = Callable[[Any, str], Any]

TEXTS = ("code", "section", "wording", "guidance", "classification", "unit")
CHOICES = {"kind": spec.KINDS, "channel": spec.CHANNELS, "severity": spec.SEVERITIES}
FLAGS = ("objective", "na", "comment_on_fail", "photo_on_fail", "bonus")
AMOUNTS = ("weight", "at_most", "at_least", "per_unit", "cap", "max", "pass_at")
LISTS = ("tags", "facilities")
STANDARD_KEYS = (*TEXTS, *CHOICES, *FLAGS, *AMOUNTS, *LISTS, "only_if", "unit_decimals", "ladder", "options")
HEAD_KEYS = ("checklist", "name", "language", "decimals")

# What the columns of the database hold; longer text is refused here, with its place, and not there.
LONGEST = {
    "checklist": 40,
    "code": 40,
    "section": 40,
    "classification": 40,
    "language": 20,
    "name": 200,
    "weight": 12,
    "wording": 500,
    "guidance": 2000,
}
_YES = frozenset({"true", "yes", "y", "x", "1"})
_NO = frozenset({"false", "no", "n", "0"})
_PLAIN_AMOUNT = re.compile(r"([+-]?)0*([0-9]+)(?:\.([0-9]*?)0*)?")
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


@dataclass(frozen=True)
class Row:
    """What a file says about one thing: its values by key, and where it stands (JSON pointer and words for people)."""

    pointer: str
    place: str
    values: Mapping[str, Any]


@dataclass
class Raw:
    """A file as keyed rows, before anything is judged; `faults` are those of the file itself."""

    head: Row
    classifications: list[Row] = field(default_factory=list)
    sections: list[Row] = field(default_factory=list)
    standards: list[Row] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


class Assembler:
    """Turns `Raw` into a checklist and gathers what is wrong with it."""

    def __init__(self, raw: Raw) -> None:
        self.raw = raw
        self.faults = list(raw.faults)

    def checklist(self) -> spec.Checklist:
        """The checklist, as far as it can be read; good for use only where no fault was found."""
        head = self._row(self.raw.head, HEAD_KEYS)
        classifications = tuple(
            spec.Named(code=values["code"], name=values["name"] or values["code"])
            for values in (self._row(row, ("code", "name")) for row in self.raw.classifications)
        )
        sections = tuple(self._section(row) for row in self.raw.sections)
        places = {section.code: place for place, section in reversed(list(enumerate(sections)))}
        rows = [(self._standard(row), row) for row in self.raw.standards]
        rows.sort(key=lambda pair: places.get(pair[0].section, len(places)))
        if not self.raw.head.values.get("decimals"):
            head["decimals"] = _decimals_needed([standard for standard, _ in rows])
        checklist = spec.Checklist(
            code=head["checklist"],
            name=head["name"],
            language=head["language"] or "en",
            decimals=head["decimals"],
            classifications=classifications,
            sections=sections,
            standards=tuple(standard for standard, _ in rows),
        )
        self._judge(checklist, [row for _, row in rows])
        return checklist

    def _section(self, row: Row) -> spec.Section:
        values = self._row(row, ("code", "name", "parent", "repeats"))
        return spec.Section(
            code=values["code"],
            name=values["name"] or values["code"],
            parent=values["parent"],
            repeats=values["repeats"],
        )

    def _standard(self, row: Row) -> spec.Standard:
        values = self._row(row, STANDARD_KEYS)
        values["only_if"] = (
            spec.OnlyIf(values["only_if"]["code"], values["only_if"]["is"]) if values["only_if"] else None
        )
        values["ladder"] = tuple(spec.Step(**step) for step in values["ladder"])
        values["options"] = tuple(spec.Option(**option) for option in values["options"])
        return spec.Standard(**values)

    def _row(self, row: Row, known: tuple[str, ...]) -> dict[str, Any]:
        for key in row.values:
            if key not in known:
                self._fault(row, key, "unknown-key", f"There is no {key}; known are {', '.join(known)}.")
        return {key: self._value(row, key) for key in known}

    def _value(self, row: Row, key: str) -> Any:
        default = _DEFAULTS.get(key, "")
        given = row.values.get(key)
        if given is None or given == "":
            return default
        try:
            reader: Reader = _READERS.get(key, fitting_text)
            return reader(given, key)
        except (cells.CellFault, ValueError) as error:
            self._fault(row, key, "invalid", str(error))
            return default

    def _fault(self, row: Row, key: str, code: str, detail: str) -> None:
        at = f"{row.pointer}/{escape_pointer(key)}" if key else row.pointer
        where = f"{row.place}, {key}" if key else row.place
        self.faults.append(Fault(at, code, f"{where}: {detail}" if where else detail))

    def _judge(self, checklist: spec.Checklist, standards: list[Row]) -> None:
        """The faults of the content itself, each led back to the row it comes from."""
        known = {section.code for section in checklist.sections}
        if not checklist.code:
            self._fault(self.raw.head, "checklist", "missing", "Say the checklist's code.")
        for standard, row in zip(checklist.standards, standards, strict=True):
            if standard.section not in known:
                self._fault(row, "section", "unknown-section", f"There is no section “{standard.section}”.")
        rows = {"standards": standards, "sections": self.raw.sections, "classifications": self.raw.classifications}
        said = {fault.pointer for fault in self.faults}
        for pointer, code, detail in checklist_faults(checklist):
            row, key = self._origin(pointer, rows)
            at = f"{row.pointer}/{escape_pointer(key)}" if key else row.pointer
            if at not in said:
                self._fault(row, key, code, detail)
        self._same_code_twice(checklist)

    def _origin(self, pointer: str, rows: Mapping[str, list[Row]]) -> tuple[Row, str]:
        parts = pointer.split("/")[1:]
        if len(parts) > 1 and parts[0] in rows and parts[1].isdigit() and int(parts[1]) < len(rows[parts[0]]):
            return rows[parts[0]][int(parts[1])], parts[2] if len(parts) > 2 else ""
        return self.raw.head, parts[0] if parts else ""

    def _same_code_twice(self, checklist: spec.Checklist) -> None:
        """The database keeps codes unique; whatever the judge of content says, two of the same never pass."""
        for name in ("sections", "standards"):
            codes = [one.code for one in getattr(checklist, name)]
            if not self.faults and len(set(codes)) != len(codes):
                twice = next(code for code in codes if codes.count(code) > 1)
                self._fault(self.raw.head, name, "duplicate-code", f"The code {twice} is used twice.")


def read_value(key: str, text: str) -> Any:
    """One cell as the value of its key. Raises CellFault where the text does not say what the key asks for."""
    reader: Reader = _READERS.get(key, fitting_text)
    return reader(text, key)


def _decimals_needed(standards: list[spec.Standard]) -> int:
    """The fewest decimals with which every answer earns a whole number, for a file that names none."""
    worths = [
        weight * points
        for standard in standards
        if (weight := amount_or_none(standard.weight)) is not None
        for points in points_of(standard).values()
    ]
    fits = (n for n in range(MOST_DECIMALS) if all((worth * 10**n).denominator == 1 for worth in worths))
    return next(fits, MOST_DECIMALS)


def fitting_text(given: Any, key: str) -> str:
    """Text in the spelling we keep (newlines as \\n). Raises CellFault where it is too long or cannot be shown."""
    if not isinstance(given, str):
        raise cells.CellFault("This should be text.")
    text = given.replace("\r\n", "\n").replace("\r", "\n")
    if found := _UNFIT.search(text):
        raise cells.CellFault(f"The character U+{ord(found[0]):04X} cannot be shown; remove it.")
    longest = LONGEST.get(key, 200)
    if len(text) > longest:
        raise cells.CellFault(f"This is {len(text)} characters long; at most {longest} fit.")
    return text


def _code(given: Any, key: str) -> str:
    return fitting_text(given, key).strip()


def _flag(given: Any, key: str) -> bool:
    word = str(given).strip().lower()
    if word in _YES | _NO:
        return word in _YES
    raise cells.CellFault(f"“{given}” is neither yes nor no.")


def _whole(given: Any, key: str) -> int:
    text = fitting_text(given, key).strip()
    if not re.fullmatch("[0-9]{1,2}", text):
        raise cells.CellFault(f"“{text}” is not a small whole number.")
    return int(text)


def plain_amount(text: str) -> str:
    """A decimal in its one plain spelling ("1.50" is "1.5"); text that is none stays as it is, to be judged later."""
    match = _PLAIN_AMOUNT.fullmatch(text.strip())
    if not match:
        return text.strip()
    sign = "-" if match[1] == "-" and (match[2].strip("0") or match[3]) else ""
    return f"{sign}{match[2]}.{match[3]}" if match[3] else f"{sign}{match[2]}"


def _amount(given: Any, key: str) -> str:
    return plain_amount(fitting_text(given, key))


def _choice(given: Any, key: str) -> str:
    word = fitting_text(given, key).strip().lower().replace(" ", "_")
    if word not in CHOICES[key]:
        raise cells.CellFault(f"“{given}” is none of {', '.join(CHOICES[key])}.")
    return word


def _list(given: Any, key: str) -> tuple[str, ...]:
    words = cells.read_list(fitting_text(given, key)) if isinstance(given, str) else given
    if not isinstance(words, list):
        raise cells.CellFault("This should be a list.")
    return tuple(fitting_text(word, key) for word in words)


def _only_if(given: Any, key: str) -> dict[str, str]:
    condition = cells.read_condition(fitting_text(given, key)) if isinstance(given, str) else given
    if not isinstance(condition, dict) or set(condition) != {"code", "is"}:
        raise cells.CellFault("This should be {code: ARR-004, is: met}.")
    return {name: _code(text, name) for name, text in condition.items()}


def _ladder(given: Any, key: str) -> list[dict[str, str]]:
    steps = cells.read_ladder(fitting_text(given, key)) if isinstance(given, str) else given
    return _mappings(steps, {"points", "at_most", "at_least"}, {"points"}, _amount)


def _options(given: Any, key: str) -> list[dict[str, str]]:
    rows = cells.read_table(fitting_text(given, key), ("code", "label", "points")) if isinstance(given, str) else given
    read = _mappings(rows, {"code", "label", "points"}, {"code", "label", "points"}, fitting_text)
    return [row | {"points": plain_amount(row["points"])} for row in read]


def _mappings(rows: Any, known: set[str], needed: set[str], reader: Callable[[Any, str], str]) -> list[dict[str, str]]:
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise cells.CellFault("This should be a list of mappings.")
    for row in rows:
        if not needed <= set(row) <= known:
            raise cells.CellFault(f"Each needs {', '.join(sorted(needed))}; known are {', '.join(sorted(known))}.")
    return [{name: reader(text, name) for name, text in row.items()} for row in rows]


_READERS: dict[str, Reader] = {
    **dict.fromkeys(("checklist", "code", "section", "classification", "parent", "language"), _code),
    **dict.fromkeys(CHOICES, _choice),
    **dict.fromkeys((*FLAGS, "repeats"), _flag),
    **dict.fromkeys(AMOUNTS, _amount),
    **dict.fromkeys(LISTS, _list),
    "unit_decimals": _whole,
    "decimals": _whole,
    "only_if": _only_if,
    "ladder": _ladder,
    "options": _options,
}
_DEFAULTS: dict[str, Any] = {
    "kind": "met",
    "channel": "in_person",
    "severity": "normal",
    "weight": "1",
    "objective": True,
    "na": True,
    **dict.fromkeys(("comment_on_fail", "photo_on_fail", "bonus", "repeats"), False),
    **dict.fromkeys(LISTS, ()),
    "only_if": None,
    "ladder": (),
    "options": (),
    "unit_decimals": 0,
    "decimals": 0,
}
