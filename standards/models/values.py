"""Draft rows as values and values as rows: the one place that knows both shapes of a section and a standard."""

from collections.abc import Iterable
from typing import Any

from standards.models.content import Section, Standard
from standards.spec import checklist as spec
from standards.spec.plain import as_document

# What a standard's kind needs lives in one JSON column, everything else in a column of its own.
RULE_KEYS = ("unit", "unit_decimals", "at_most", "at_least", "ladder", "options", "per_unit", "cap", "max", "pass_at")
COLUMNS = (
    "code",
    "wording",
    "guidance",
    "classification",
    "kind",
    "channel",
    "weight",
    "severity",
    "objective",
    "na",
    "comment_on_fail",
    "photo_on_fail",
    "bonus",
)
STRUCTURED = ("tags", "facilities", "only_if", "rule")
STANDARD_FIELDS = (*COLUMNS, *STRUCTURED)


def section_value(row: Section, codes: dict[Any, str]) -> spec.Section:
    """A section's row as a value; `codes` names the sections of its version by primary key."""
    return spec.Section(code=row.code, name=row.name, parent=codes.get(row.parent_id, ""), repeats=row.repeats)


def standard_value(row: Standard, section_code: str) -> spec.Standard:
    """A standard's row as a value. Nothing is judged here: a draft may say what could never be published."""
    plain = {name: getattr(row, name) for name in COLUMNS}
    rule = {key: value for key, value in (row.rule or {}).items() if key in RULE_KEYS}
    rule["ladder"] = tuple(spec.Step(**step) for step in rule.get("ladder") or ())
    rule["options"] = tuple(spec.Option(**option) for option in rule.get("options") or ())
    only_if = spec.OnlyIf(code=row.only_if.get("code", ""), answer=row.only_if.get("is", "")) if row.only_if else None
    return spec.Standard(
        section=section_code,
        tags=tuple(row.tags),
        facilities=tuple(row.facilities),
        only_if=only_if,
        **plain,
        **rule,
    )


def standard_fields(value: spec.Standard) -> dict[str, Any]:
    """A standard's value as the fields of its row, without version, section and position."""
    fields: dict[str, Any] = {name: getattr(value, name) for name in COLUMNS}
    written = as_document(value)
    fields["rule"] = {key: written[key] for key in RULE_KEYS if key in written}
    fields["tags"], fields["facilities"] = list(value.tags), list(value.facilities)
    fields["only_if"] = written.get("only_if")
    return fields


def classification_values(rows: Iterable[dict[str, str]]) -> tuple[spec.Named, ...]:
    """The classifications column as values."""
    return tuple(spec.Named(code=row.get("code", ""), name=row.get("name", "")) for row in rows)
