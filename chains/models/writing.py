"""Thousands of new rows at once, past the ORM's one big INSERT."""

from collections.abc import Sequence

from django.db import connection
from django.db.models import Model

from chains.models.dialects import on_postgres


def insert_all(rows: Sequence[Model]) -> None:
    """Insert rows of one model whose keys are made here, not by the database. Call it in a transaction.

    PostgreSQL: COPY, which neither parses nor plans. SQLite: one prepared statement for all rows. Constraints hold as
    they do for any other row.
    """
    if not rows:
        return
    model = type(rows[0])
    fields = model._meta.concrete_fields
    table = connection.ops.quote_name(model._meta.db_table)
    columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    values = [[field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields] for row in rows]
    with connection.cursor() as cursor:
        if not on_postgres():
            marks = ", ".join(["%s"] * len(fields))
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", values)  # noqa: S608 - our names
            return
        with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copying:
            for row in values:
                copying.write_row(row)
