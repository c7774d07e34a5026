"""Pages of a list: opaque cursors that always say whether more exists."""

from typing import Any

from rest_framework.pagination import CursorPagination
from rest_framework.response import Response


class OpaqueCursor(CursorPagination):
    """`{"results": […], "next": cursor or null, "previous": …, "more": bool}`; `?page_size=` up to 200.

    A view that lists names its `ordering`; it must end in something unique.
    """

    page_size = 50
    max_page_size = 200
    page_size_query_param = "page_size"
    cursor_query_param = "cursor"
    ordering = "pk"

    def get_ordering(self, request: Any, queryset: Any, view: Any) -> tuple[str, ...]:
        """The order a view asks for, else by primary key (random UUIDs: no order that tells anything)."""
        wanted = getattr(view, "ordering", self.ordering)
        return (wanted,) if isinstance(wanted, str) else tuple(wanted)

    def get_paginated_response(self, data: Any) -> Response:
        """The page with links forward and back."""
        following = self.get_next_link()
        return Response(
            {
                "results": data,
                "next": following,
                "previous": self.get_previous_link(),
                "more": following is not None,
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
