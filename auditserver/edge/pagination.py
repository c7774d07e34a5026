"""Pages of a list: opaque cursors that always say whether more exists.

A cursor holds where its page ends in every field of the order. (DRF's own counts rows beyond the first field, and
turns in circles where more than a thousand share it: five thousand visits planned at once do.)
"""

import base64
import binascii
import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError as BadValue
from django.db.models import Model, Q, QuerySet
from rest_framework.exceptions import NotFound
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from chains.problems import INVALID, Fault, Problem

PAGE, MAX_PAGE = 50, 200
MAX_CURSOR = 1000


class Position(NamedTuple):
    """Between which rows a page begins: beyond the row with these values, forward or backward."""

    values: tuple[str, ...]
    backward: bool


class OpaqueCursor(BasePagination):
    """`{"results": […], "next": link or null, "previous": …, "more": bool}`; `?page_size=` up to 200.

    A view that lists names its `ordering`: fields that are never null, the last one unique.
    """

    ordering: str | Sequence[str] = "pk"

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        """The rows of the page that the request asks for."""
        wanted = getattr(view, "ordering", self.ordering)
        order = (wanted,) if isinstance(wanted, str) else tuple(wanted)
        self.address = request.build_absolute_uri()
        size, position = self._size(request), self._position(request, len(order))
        backward = position is not None and position.backward
        ordered = queryset.order_by(*(_turned(order) if backward else order))
        if position:
            ordered = self._beyond(ordered, _turned(order) if backward else order, position.values)
        rows = list(ordered[: size + 1])
        beyond, rows = len(rows) > size, rows[:size]
        if backward:
            rows.reverse()
        has_next, has_previous = (True, beyond) if backward else (beyond, position is not None)
        self.next_cursor = _encoded(rows[-1], order, backward=False) if rows and has_next else None
        self.previous_cursor = _encoded(rows[0], order, backward=True) if rows and has_previous else None
        return rows

    def get_paginated_response(self, data: Any) -> Response:
        """The page with links forward and back."""
        return Response(
            {
                "results": data,
                "next": self._link(self.next_cursor),
                "previous": self._link(self.previous_cursor),
                "more": self.next_cursor is not None,
            }
        )

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The same for OpenAPI."""
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["results", "next", "previous", "more"],
            "properties": {"results": schema, "next": link, "previous": link, "more": {"type": "boolean"}},
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """The two parameters that every list takes."""
        return [
            {
                "name": "cursor",
                "in": "query",
                "required": False,
                "description": "From `next` or `previous` of another page.",
                "schema": {"type": "string"},
            },
            {
                "name": "page_size",
                "in": "query",
                "required": False,
                "description": f"Rows per page; {PAGE} unless given.",
                "schema": {"type": "integer", "minimum": 1, "maximum": MAX_PAGE},
            },
        ]

    @staticmethod
    def _size(request: Request) -> int:
        text = request.query_params.get("page_size", str(PAGE))
        if not (text.isascii() and text.isdecimal()) or not 1 <= int(text[:9]) <= MAX_PAGE:
            detail = f"Ask for 1 to {MAX_PAGE} rows."
            raise Problem(INVALID, detail, errors=[Fault("/page_size", "invalid", detail)])
        return int(text)

    @staticmethod
    def _position(request: Request, fields: int) -> Position | None:
        text = request.query_params.get("cursor")
        if text is None:
            return None
        try:
            backward, *values = json.loads(base64.urlsafe_b64decode(text[:MAX_CURSOR].encode()))
        except (ValueError, TypeError, RecursionError, binascii.Error):
            raise _bad_cursor() from None
        if len(values) != fields or type(backward) is not bool or not all(isinstance(v, str) for v in values):
            raise _bad_cursor()
        return Position(tuple(values), backward)

    @staticmethod
    def _beyond(rows: QuerySet[Any], order: Sequence[str], values: Sequence[str]) -> QuerySet[Any]:
        """Rows after the one with these values: a later first field, or the same and a later second one, and so on."""
        condition, same = Q(), Q()
        for name, value in zip(order, values, strict=True):
            field = name.removeprefix("-")
            condition |= same & Q(**{f"{field}__{'lt' if name.startswith('-') else 'gt'}": value})
            same &= Q(**{field: value})
        first = order[0].removeprefix("-")
        bound = Q(**{f"{first}__{'lte' if order[0].startswith('-') else 'gte'}": values[0]})
        try:
            # The bound says nothing new; it lets the database enter an index where the first field stands.
            return rows.filter(bound & condition)
        except (BadValue, ValueError, TypeError, OverflowError):
            raise _bad_cursor() from None

    def _link(self, cursor: str | None) -> str | None:
        return None if cursor is None else replace_query_param(self.address, "cursor", cursor)


def _encoded(row: Model, order: Sequence[str], *, backward: bool) -> str:
    values = [_value(row, name.removeprefix("-")) for name in order]
    return base64.urlsafe_b64encode(json.dumps([backward, *values], separators=(",", ":")).encode()).decode()


def _value(row: Any, path: str) -> str:
    for name in path.split("__"):
        row = getattr(row, name)
    return row.isoformat() if hasattr(row, "isoformat") else str(row)


def _turned(order: Sequence[str]) -> tuple[str, ...]:
    return tuple(name[1:] if name.startswith("-") else f"-{name}" for name in order)


def _bad_cursor() -> NotFound:
    return NotFound("This cursor belongs to no page of this list.")
