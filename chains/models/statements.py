"""Statements made once. The ORM takes up to a millisecond to compile a query; here it does so at the first use only.

For the few paths that are walked thousands of times an hour; everything else asks the ORM as usual.
"""

import threading
import uuid
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Field, Model, QuerySet
from django.db.models.sql import UpdateQuery

from chains.models.dialects import Statement, fast_cursor, takes_as_they_are

M = TypeVar("M", bound=Model)


class _Compiled(NamedTuple):
    sql: str
    parameters: tuple[Any, ...]
    places: tuple[tuple[int, ...], ...]
    convert: Callable[[list[Any]], list[tuple[Any, ...]]]


class _Column(NamedTuple):
    name: str
    field: "Field[Any, Any]"
    prepared: bool
    """Whether a value must be made fit for the database first."""


class Lookup:
    """A `values_list` query whose shape never changes: `Lookup(lambda pk: M.objects.filter(pk=pk).values_list("a"))`.

    The function is called once per thread, with stand-ins of the parameters' types (UUID, int, bytes) as named in
    `kinds`; later calls put the real values in their places.
    """

    def __init__(self, make: Callable[..., QuerySet[Any, Any]], *kinds: type) -> None:
        self._make = make
        self._stand_ins = [_stand_in(kind, number) for number, kind in enumerate(kinds)]
        self._kept = threading.local()

    def rows(self, *values: Any) -> list[tuple[Any, ...]]:
        """The rows for these parameters."""
        now = connections[DEFAULT_DB_ALIAS]
        compiled = self._compiled(now)
        parameters = list(compiled.parameters)
        for places, value in zip(compiled.places, values, strict=True):
            for place in places:
                parameters[place] = _adapted(value, now)
        with fast_cursor(now) as cursor:
            cursor.execute(compiled.sql, parameters)
            return compiled.convert(cursor.fetchall())

    def first(self, *values: Any) -> tuple[Any, ...] | None:
        """The first row for these parameters, if any."""
        rows = self.rows(*values)
        return rows[0] if rows else None

    def _compiled(self, now: Any) -> _Compiled:
        kept: _Compiled | None = getattr(self._kept, now.vendor, None)
        if kept is None:
            kept = self._compile(now)
            setattr(self._kept, now.vendor, kept)
        return kept

    def _compile(self, now: Any) -> _Compiled:
        compiler = self._make(*self._stand_ins).query.get_compiler(connection=now)
        sql, parameters = compiler.as_sql()
        converters = compiler.get_converters([column[0] for column in compiler.select])
        adapted = [_adapted(value, now) for value in self._stand_ins]
        places = tuple(
            tuple(place for place, parameter in enumerate(parameters) if _same(parameter, value)) for value in adapted
        )
        if not all(places):
            raise ValueError("A parameter of this query cannot be found in its SQL.")

        def convert(rows: list[Any]) -> list[tuple[Any, ...]]:
            return [tuple(row) for row in compiler.apply_converters(rows, converters)] if converters else rows

        return _Compiled(sql, tuple(parameters), places, convert)


@lru_cache(maxsize=32)
def columns_of(model: type[Model], prefix: str = "") -> tuple[str, ...]:
    """The names of all columns of a model for `values_list`, through the foreign key that `prefix` names ("user")."""
    return tuple(f"{prefix}__{f.attname}" if prefix else f.attname for f in model._meta.concrete_fields)


def instance_of(model: type[M], columns: Sequence[Any]) -> M:
    """The model instance of the columns that `columns_of` named."""
    return model.from_db(DEFAULT_DB_ALIAS, columns_of(model), columns)


def insertion(row: Model, *, otherwise: str = "") -> Statement:
    """The statement that inserts a new row; `otherwise` is its ON CONFLICT clause."""
    now = connections[DEFAULT_DB_ALIAS]
    sql, columns = _insertion(type(row), row.pk is None, now.vendor)
    values = row.__dict__
    parameters = [
        field.get_db_prep_save(values[name], now) if prepared else values[name] for name, field, prepared in columns
    ]
    return Statement(sql + otherwise, parameters)


def change(rows: QuerySet[Any], **values: Any) -> Statement:
    """The statement that `rows.update(**values)` would run."""
    query: Any = rows.query.chain(UpdateQuery)
    query.add_update_values(values)
    sql, parameters = query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
    return Statement(sql, parameters)


def move(model: type[Model], key: uuid.UUID, *, frm: Sequence[str], to: str) -> Statement:
    """The statement that takes one row from one of the states `frm` to `to`; it changes no row that is elsewhere."""
    marks = ", ".join(["%s"] * len(frm))
    table = model._meta.db_table
    sql = f'UPDATE "{table}" SET "state" = %s WHERE "id" = %s AND "state" IN ({marks})'  # noqa: S608 - our own names
    return Statement(sql, [to, _adapted(key, connections[DEFAULT_DB_ALIAS]), *frm])


@lru_cache(maxsize=32)
def _insertion(model: type[Model], without_key: bool, vendor: str) -> tuple[str, Sequence[_Column]]:
    fields = [f for f in model._meta.concrete_fields if not (without_key and f.primary_key)]
    names = ", ".join(f'"{field.column}"' for field in fields)
    values = ", ".join(["%s"] * len(fields))
    columns = [_Column(f.attname, f, not takes_as_they_are(f, vendor)) for f in fields]
    return f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({values})', columns  # noqa: S608 - our own names


def _stand_in(kind: type, number: int) -> Any:
    """A value of a type that no query of ours contains."""
    if kind is uuid.UUID:
        return uuid.uuid5(uuid.NAMESPACE_OID, str(number))
    if kind is bytes:
        return b"\x00stand-in\x00" + bytes([number])
    return -(10**9) - number


def _adapted(value: Any, now: Any) -> Any:
    if isinstance(value, uuid.UUID) and not now.features.has_native_uuid_field:
        return value.hex
    return value


def _same(parameter: Any, value: Any) -> bool:
    parameter = getattr(parameter, "obj", parameter)  # how psycopg wraps bytes
    if isinstance(value, bytes):
        return isinstance(parameter, bytes | memoryview) and bytes(parameter) == value
    return type(parameter) is type(value) and bool(parameter == value)
