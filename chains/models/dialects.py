"""What PostgreSQL and SQLite do differently, both branches beside each other. Nobody else asks which database it is."""

import hashlib
from typing import TypeVar

from django.db import connection
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
