"""What PostgreSQL and SQLite do differently, both branches beside each other. Nobody else asks which database it is."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import connection
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.backends.utils import CursorWrapper
from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)


def on_postgres() -> bool:
    """Whether the database is PostgreSQL (production) rather than SQLite (embedded)."""
    return connection.vendor == "postgresql"


def claimed(rows: QuerySet[M]) -> QuerySet[M]:
    """The rows that nobody else works on, held until the transaction ends.

    PostgreSQL: row locks, those of others skipped. SQLite: a transaction begins IMMEDIATE and is alone anyway.
    """
    return rows.select_for_update(skip_locked=True, of=("self",)) if on_postgres() else rows


def held(rows: QuerySet[M]) -> QuerySet[M]:
    """The rows, waited for and held until the transaction ends."""
    return rows.select_for_update(of=("self",)) if on_postgres() else rows


def alone(name: str) -> bool:
    """Whether this transaction is the only one at work under `name`; the others are told no at once.

    PostgreSQL: a transaction-level advisory lock (survives PgBouncer). SQLite: writers are alone anyway.
    """
    if not on_postgres():
        return True
    key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [key])
        return bool(cursor.fetchone()[0])


@dataclass(frozen=True, slots=True)
class Statement:
    """One SQL statement without RETURNING, with `%s` for every parameter."""

    sql: str
    parameters: Sequence[Any]


def fast_cursor() -> CursorWrapper:
    """A cursor for statements that are run over and over.

    PostgreSQL: parameters are bound by the server, which may then keep the plan of a statement (OPTIONS'
    `prepare_threshold`). SQLite keeps statements anyway.
    """
    if not on_postgres():
        return connection.cursor()
    connection.ensure_connection()
    cursor: Any = ServerBindingCursor(connection.connection)  # type: ignore[call-arg]
    return connection.make_debug_cursor(cursor) if connection.queries_logged else connection.make_cursor(cursor)


def run_together(statements: Sequence[Statement]) -> list[int]:
    """Run statements in order; return how many rows each inserted or changed. Call it in a transaction.

    PostgreSQL: one statement with each as a part, executed in the order in which they are counted; a fifth of the
    cost of sending them one by one. SQLite: one by one.
    """
    with fast_cursor() as cursor:
        if not on_postgres():
            return [cursor.execute(one.sql, one.parameters).rowcount for one in statements]
        parts = ", ".join(f"s{i} AS ({one.sql} RETURNING 1)" for i, one in enumerate(statements))
        counts = ", ".join(f"(SELECT count(*) FROM s{i})" for i in range(len(statements)))  # noqa: S608
        cursor.execute(f"WITH {parts} SELECT {counts}", [p for one in statements for p in one.parameters])  # noqa: S608
        return list(cursor.fetchone())


def next_number(model: type[Model]) -> int:
    """The next value of a model's automatic key, taken. Call it in the transaction that uses it.

    PostgreSQL: from its sequence. SQLite: the writer is alone, so that the highest so far plus one is it.
    """
    table = model._meta.db_table
    with fast_cursor() as cursor:
        if on_postgres():
            cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [table])
            return int(cursor.fetchone()[0])
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        row = cursor.fetchone()
        return int(row[0]) + 1 if row else 1
