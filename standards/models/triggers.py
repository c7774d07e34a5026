"""The database's own lock on what has been published: triggers that refuse to change it, whoever asks.

Both databases beside each other. A change here needs a new migration that drops and makes them again; SQLite loses the
triggers of a table that a migration rebuilds, so that such a migration must end with `install` too (a test notices).
"""

from typing import Any

MESSAGE = "a published version never changes"
DRAFT_ROWS = ("standards_section", "standards_standard")
# Columns that a frozen row keeps; state, note and the map of codes may still move on.
FROZEN_COLUMNS = {
    "standards_checklistversion": (
        "checklist_id", "chain_id", "number", "language", "decimals", "classifications", "sha256", "body",
    ),
    "standards_briefversion": ("brief_id", "chain_id", "number", "language", "text", "sha256", "body"),
    "standards_schemeversion": ("scheme_id", "number", "effective_from", "document", "sha256", "published_at"),
    "standards_translationdocument": ("version_id", "chain_id", "language", "sha256", "body"),
}  # fmt: skip
IS_FROZEN = {
    "standards_checklistversion": "OLD.state <> 'draft'",
    "standards_briefversion": "OLD.sha256 IS NOT NULL",
    "standards_schemeversion": "OLD.published_at IS NOT NULL",
    "standards_translationdocument": "TRUE",
}
# How a translated text leads to its version: table → the select of the version's id for one row.
VERSION_OF_TEXT = {
    "standards_versiontranslation": "{row}.version_id",
    "standards_sectiontranslation": "(SELECT version_id FROM standards_section WHERE id = {row}.section_id)",
    "standards_standardtranslation": "(SELECT version_id FROM standards_standard WHERE id = {row}.standard_id)",
}


def conditions() -> list[tuple[str, str, str]]:
    """Every guard as (table, INSERT or UPDATE, the condition under which it refuses), in words both databases know."""
    guards: list[tuple[str, str, str]] = []
    for table in DRAFT_ROWS:
        guards += [(table, "INSERT", _not_a_draft("NEW")), (table, "UPDATE", _not_a_draft("OLD"))]
        guards.append((table, "UPDATE", _not_a_draft("NEW")))
    for table, columns in FROZEN_COLUMNS.items():
        differs = " OR ".join(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in columns)
        if table == "standards_checklistversion":
            differs += " OR NEW.state = 'draft'"
        guards.append((table, "UPDATE", f"{IS_FROZEN[table]} AND ({differs})"))
    for table, version in VERSION_OF_TEXT.items():
        guards += [(table, "INSERT", _in_a_document(version, "NEW")), (table, "UPDATE", _in_a_document(version, "OLD"))]
        guards.append((table, "UPDATE", _in_a_document(version, "NEW")))
    return guards


def _not_a_draft(row: str) -> str:
    versions = f"SELECT 1 FROM standards_checklistversion v WHERE v.id = {row}.version_id"  # noqa: S608
    return f"EXISTS ({versions} AND v.state <> 'draft')"


def _in_a_document(version: str, row: str) -> str:
    found = f"d.version_id = {version.format(row=row)} AND d.language = {row}.language"
    return f"EXISTS (SELECT 1 FROM standards_translationdocument d WHERE {found})"  # noqa: S608


def install(apps: Any, schema_editor: Any) -> None:
    """Make the triggers (a migration's forward step)."""
    postgres = schema_editor.connection.vendor == "postgresql"
    for index, (table, event, condition) in enumerate(conditions()):
        name = f"{table}_frozen_{index}"
        make = _on_postgresql if postgres else _on_sqlite
        for statement in make(name, table, event, condition):
            schema_editor.execute(statement, params=None)


def remove(apps: Any, schema_editor: Any) -> None:
    """Drop the triggers (a migration's backward step)."""
    postgres = schema_editor.connection.vendor == "postgresql"
    for index, (table, _, _) in enumerate(conditions()):
        name = f"{table}_frozen_{index}"
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}" + (f" ON {table}" if postgres else ""), params=None)
        if postgres:
            schema_editor.execute(f"DROP FUNCTION IF EXISTS {name}()", params=None)


def _on_sqlite(name: str, table: str, event: str, condition: str) -> list[str]:
    # `IS NOT` is SQLite's older word for IS DISTINCT FROM, known by every version we meet.
    when = condition.replace("IS DISTINCT FROM", "IS NOT")
    return [
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW WHEN {when} "
        f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
    ]


def _on_postgresql(name: str, table: str, event: str, condition: str) -> list[str]:
    # A trigger's WHEN knows no subquery in PostgreSQL; the function asks instead. 23514 is a failed check.
    body = f"BEGIN IF {condition} THEN RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = '23514'; END IF; RETURN NEW; END"
    return [
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $body$ {body} $body$",
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
    ]
