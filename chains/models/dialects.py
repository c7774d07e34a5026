"""What PostgreSQL and SQLite do differently, both branches beside each other. Nobody else asks which database it is."""

import hashlib
import select
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, DataError, connection, connections, transaction
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.backends.utils import CursorWrapper
from django.db.models import BigIntegerField, Expression, Field, JSONField, Model, QuerySet, Value
from django.db.models.expressions import RawSQL
from psycopg import Error as PsycopgError
from psycopg.errors import DivisionByZero

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


class NothingChanged(Exception):
    """A statement that had to change a row changed none; whatever ran together with it is undone."""


def fast_cursor(now: Any = None) -> CursorWrapper:
    """A cursor for statements that are run over and over; `now` is this thread's connection, where it is at hand.

    PostgreSQL: parameters are bound by the server, which may then keep the plan of a statement (OPTIONS'
    `prepare_threshold`). SQLite keeps statements anyway.
    """
    now = now or connections[DEFAULT_DB_ALIAS]
    cursor: CursorWrapper = now.cursor() if now.vendor != "postgresql" else _server_binding_cursor(now)
    return cursor


def _server_binding_cursor(now: Any) -> Any:
    now.close_if_health_check_failed()
    now.ensure_connection()
    cursor: Any = ServerBindingCursor(now.connection)  # type: ignore[call-arg]
    return now.make_debug_cursor(cursor) if now.queries_logged else now.make_cursor(cursor)


@contextmanager
def one_write() -> Iterator[None]:
    """Around a `number_for` and a `run_together` that are one change: both or nothing, durable at the end.

    PostgreSQL: a statement alone is a transaction already, and numbers are taken from a sequence; two round trips
    fewer than with BEGIN and COMMIT. Inside another transaction, and on SQLite, it is a transaction of its own.
    """
    if on_postgres() and not connection.in_atomic_block:
        yield
    else:
        with transaction.atomic():
            yield


def run_together(statements: Sequence[Statement], *, must_change: int = 0) -> None:
    """Run statements in order, all or none, inside `one_write` or a transaction.

    Raises NothingChanged where one of the first `must_change` changes no row. PostgreSQL: one statement with each as a
    part, executed in the order in which they are counted; a fifth of the cost of sending them one by one.
    """
    if not statements:
        return
    with fast_cursor() as cursor:
        if on_postgres():
            _run_as_parts(cursor, statements, must_change)
            return
        for place, one in enumerate(statements):
            if not cursor.execute(one.sql, one.parameters).rowcount and place < must_change:
                raise NothingChanged


def _run_as_parts(cursor: CursorWrapper, statements: Sequence[Statement], must_change: int) -> None:
    parts = ", ".join(f"s{i} AS ({one.sql} RETURNING 1)" for i, one in enumerate(statements))
    counts = [f"(SELECT count(*) FROM s{i})" for i in range(len(statements))]  # noqa: S608
    # Only an error undoes what other parts of the same statement did: a part that had to change a row divides by zero.
    counts[:must_change] = [f"1 / {count}" for count in counts[:must_change]]
    try:
        cursor.execute(
            f"WITH {parts} SELECT {', '.join(counts)}",  # noqa: S608 - our own names
            [parameter for one in statements for parameter in one.parameters],
        )
    except DataError as error:
        if isinstance(error.__cause__, DivisionByZero):
            raise NothingChanged from None
        raise


def takes_as_they_are(field: "Field[Any, Any]", vendor: str) -> bool:
    """Whether the driver takes values of a field as they are in Python: text, numbers, dates, UUIDs, bytes.

    PostgreSQL: all but JSON. SQLite: times and UUIDs are text there, so that each field is asked.
    """
    return vendor == "postgresql" and not isinstance(field, JSONField)


def number_ahead(model: type[Model]) -> Expression:
    """The next value of a model's automatic key as a column of a query, taken by reading it; NULL on SQLite.

    PostgreSQL: spares the round trip of `number_for`. Numbers that nobody uses leave gaps, as failed inserts do.
    """
    if on_postgres():
        return RawSQL(f"nextval('{model._meta.db_table}_id_seq')", (), output_field=BigIntegerField())  # noqa: S611
    return Value(None, output_field=BigIntegerField())


def number_for(model: type[Model], ahead: int | None = None) -> int:
    """A number for a new row of a model: the one taken `ahead`, or the next. Call it in `one_write`.

    PostgreSQL: from its sequence. SQLite: the writer is alone, so that the highest so far plus one is it.
    """
    if ahead is not None:
        return ahead
    table = model._meta.db_table
    with fast_cursor() as cursor:
        if on_postgres():
            cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [table])
            return int(cursor.fetchone()[0])
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        row = cursor.fetchone()
        return int(row[0]) + 1 if row else 1


def drop_ended_connection() -> None:
    """Let go of a kept connection that the database has ended, so that the next query opens a new one.

    PostgreSQL: a connection that was ended has the end to read; looking costs microseconds, where Django's own check
    (CONN_HEALTH_CHECKS) sends a query. SQLite: a file ends no connection.
    """
    now: Any = connections[DEFAULT_DB_ALIAS]
    if now.connection is None or now.vendor != "postgresql":
        return
    kept = now.connection
    with suppress(PsycopgError):
        # The server's last words come before the end; a notice may wait there as well.
        while not kept.closed and _has_something_to_say(kept):
            kept.pgconn.consume_input()
    if kept.closed:
        now.close()
    else:
        now.health_check_done = True


def _has_something_to_say(kept: Any) -> bool:
    waiting = select.poll()
    waiting.register(kept.fileno(), select.POLLIN)
    return bool(waiting.poll(0))
