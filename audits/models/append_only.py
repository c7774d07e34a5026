"""The database's own lock on proofs of erasure: a trigger that refuses to change one, whoever asks.

Both databases beside each other. SQLite loses the triggers of a table that a migration rebuilds, so that such a
migration must end with `install` too. Removing rows is refused in the queryset: SQLite empties its tables row by row
between tests, which a trigger could not tell from a real deletion.
"""

from typing import Any, Final

MESSAGE: Final = "a proof of erasure never changes"
TABLE: Final = "audits_erasure"
NAME: Final = "audits_erasure_append_only"


def install(apps: Any, schema_editor: Any) -> None:
    """Make the trigger (a migration's forward step)."""
    if schema_editor.connection.vendor == "postgresql":
        # 23514 is a failed check.
        body = f"BEGIN RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = '23514'; END"
        make = f"CREATE FUNCTION {NAME}() RETURNS trigger LANGUAGE plpgsql AS $body$ {body} $body$"
        schema_editor.execute(make, params=None)
        attach = f"CREATE TRIGGER {NAME} BEFORE UPDATE ON {TABLE} FOR EACH ROW EXECUTE FUNCTION {NAME}()"
        schema_editor.execute(attach, params=None)
    else:
        attach = f"CREATE TRIGGER {NAME} BEFORE UPDATE ON {TABLE} BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
        schema_editor.execute(attach, params=None)


def remove(apps: Any, schema_editor: Any) -> None:
    """Drop the trigger (a migration's backward step)."""
    postgres = schema_editor.connection.vendor == "postgresql"
    schema_editor.execute(f"DROP TRIGGER IF EXISTS {NAME}" + (f" ON {TABLE}" if postgres else ""), params=None)
    if postgres:
        schema_editor.execute(f"DROP FUNCTION IF EXISTS {NAME}()", params=None)
