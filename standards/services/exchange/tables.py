"""A checklist as one table: a row per standard, for CSV and XLSX alike.

The first row may carry the head (checklist, name, language, decimals, classifications) and no code; a section without
standards has a row of its own with its section columns only. Everything else is a standard.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from chains.problems import Fault
from standards.services.exchange import cells
from standards.services.exchange.assembly import FLAGS, HEAD_KEYS, STANDARD_KEYS, Raw, Row
from standards.spec.checklist import Checklist, Section, Standard
from standards.spec.parsing import escape_pointer
from standards.spec.plain import as_document

SECTION_COLUMNS = {
    "section": "code",
    "section_name": "name",
    "section_parent": "parent",
    "section_repeats": "repeats",
}
COLUMNS = (
    *SECTION_COLUMNS, "code", "wording", "guidance", "classification", "kind", "channel", "weight", "severity",
    "objective", "na", "comment_on_fail", "photo_on_fail", "bonus", "tags", "facilities", "only_if", "unit",
    "unit_decimals", "at_most", "at_least", "ladder", "options", "per_unit", "cap", "max", "pass_at",
    "checklist", "name", "language", "decimals", "classifications",
)  # fmt: skip
NEEDED = ("section", "code", "wording")


def raw_of_table(lines: Sequence[tuple[int, Sequence[str]]]) -> Raw:
    """The table as keyed rows; `lines` are (row number in the file, cells), the header first."""
    if not lines:
        return _only_fault("empty", "This file has no rows.")
    names = [name.strip().lower().replace(" ", "_") for name in lines[0][1]]
    if faults := list(_header_faults(names)):
        return Raw(head=Row("", "", {}), faults=faults)
    raw = Raw(head=Row("", "", {}))
    sections: dict[str, dict[str, str]] = {}
    for number, texts in lines[1:]:
        values = {name: cells.unguarded(text) for name, text in zip(names, texts, strict=False) if name and text}
        if values:
            _take(raw, sections, Row(f"/rows/{number}", f"Row {number}", values))
    _derive_classifications(raw)
    return raw


def _only_fault(code: str, detail: str) -> Raw:
    return Raw(head=Row("", "", {}), faults=[Fault("", code, detail)])


def _header_faults(names: Sequence[str]) -> Iterator[Fault]:
    for name in NEEDED:
        if name not in names:
            yield Fault("/rows/1", "missing-column", f"Row 1: there is no column {name}.")
    for index, name in enumerate(names, 1):
        at = f"/rows/1/{escape_pointer(name)}"
        if name and name not in COLUMNS:
            yield Fault(at, "unknown-column", f"Row 1, column {index}: there is no column {name}.")
        elif name and names.index(name) != index - 1:
            yield Fault(at, "duplicate-column", f"Row 1, column {index}: the column {name} is there twice.")


def _take(raw: Raw, sections: dict[str, dict[str, str]], row: Row) -> None:
    head = {name: row.values[name] for name in (*HEAD_KEYS, "classifications") if name in row.values}
    if head:
        _take_head(raw, row, head)
    section = {key: row.values[name] for name, key in SECTION_COLUMNS.items() if name in row.values}
    if section:
        _take_section(raw, sections, row, section)
    standard = {key: text for key, text in row.values.items() if key in STANDARD_KEYS}
    if set(standard) - {"section"}:
        if not standard.get("code", "").strip():
            raw.faults.append(Fault(f"{row.pointer}/code", "missing", f"{row.place}, code: every standard needs one."))
        if not standard.get("section", "").strip():
            raw.faults.append(
                Fault(f"{row.pointer}/section", "missing", f"{row.place}, section: say where the standard belongs.")
            )
        raw.standards.append(Row(row.pointer, row.place, standard))


def _take_head(raw: Raw, row: Row, head: dict[str, str]) -> None:
    if raw.head.values:
        raw.faults.append(Fault(row.pointer, "second-head", f"{row.place}: {', '.join(head)} stand in one row only."))
        return
    listed = head.pop("classifications", "")
    raw.head = Row(row.pointer, row.place, head | ({"checklist": head.get("checklist", "")} if listed else {}))
    try:
        rows = cells.read_table(listed, ("code", "name"))
    except cells.CellFault as error:
        at = f"{row.pointer}/classifications"
        raw.faults.append(Fault(at, "invalid", f"{row.place}, classifications: {error}"))
        return
    raw.classifications = [Row(row.pointer, row.place, values) for values in rows]


def _take_section(raw: Raw, sections: dict[str, dict[str, str]], row: Row, told: dict[str, str]) -> None:
    """The first row that names a section makes it; later ones may leave out what was told, and never contradict it."""
    code = told.get("code", "").strip()
    if code not in sections:
        sections[code] = {}
        raw.sections.append(Row(row.pointer, row.place, sections[code]))
    known = sections[code]
    for key, text in told.items():
        column = next(name for name, of in SECTION_COLUMNS.items() if of == key)
        if known.setdefault(key, text) != text and key != "code":
            detail = f"{row.place}, {column}: “{text}”, but “{known[key]}” in a row above."
            raw.faults.append(Fault(f"{row.pointer}/{column}", "contradiction", detail))


def _derive_classifications(raw: Raw) -> None:
    """Where the head names no classifications, those that standards name are taken as they come."""
    if raw.classifications:
        return
    found = {row.values["classification"].strip(): row for row in raw.standards if row.values.get("classification")}
    order = dict.fromkeys(
        row.values["classification"].strip() for row in raw.standards if row.values.get("classification")
    )
    raw.classifications = [
        Row(found[code].pointer, found[code].place, {"code": code, "name": code.replace("_", " ").capitalize()})
        for code in order
    ]


def table_of(checklist: Checklist) -> list[list[str]]:
    """The checklist as a table, header first; cells are guarded against running as formulas."""
    rows = [{name: text for name, text in _head_cells(checklist).items() if text}]
    standards: dict[str, list[Standard]] = {}
    for standard in checklist.standards:
        standards.setdefault(standard.section, []).append(standard)
    for section in checklist.sections:
        told = _section_cells(section)
        own = standards.get(section.code, [])
        rows += [told | _standard_cells(standard) for standard in own] or [told]
    return [list(COLUMNS)] + [[cells.guarded(row.get(name, "")) for name in COLUMNS] for row in rows]


def _head_cells(checklist: Checklist) -> dict[str, str]:
    return {
        "checklist": checklist.code,
        "name": checklist.name,
        "language": checklist.language,
        "decimals": str(checklist.decimals),
        "classifications": cells.table_cell((one.code, one.name) for one in checklist.classifications),
    }


def _section_cells(section: Section) -> dict[str, str]:
    return {
        "section": section.code,
        "section_name": section.name,
        "section_parent": section.parent,
        "section_repeats": "yes" if section.repeats else "",
    }


def _standard_cells(standard: Standard) -> dict[str, str]:
    """Only what differs from the defaults, like the frozen document: an empty cell is the default."""
    written: dict[str, Any] = as_document(standard)
    told = {name: str(value) for name, value in written.items() if isinstance(value, str | int)}
    told |= {name: "yes" if getattr(standard, name) else "no" for name in FLAGS if name in written}
    if standard.only_if:
        told["only_if"] = f"{standard.only_if.code}={standard.only_if.answer}"
    told |= {name: cells.list_cell(getattr(standard, name)) for name in ("tags", "facilities") if name in written}
    told["ladder"] = cells.ladder_cell((step.at_most, step.at_least, step.points) for step in standard.ladder)
    told["options"] = cells.table_cell((one.code, one.label, one.points) for one in standard.options)
    return told
