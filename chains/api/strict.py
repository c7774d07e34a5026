"""What comes in is exactly what is asked for: a member nobody knows is refused by its JSON pointer."""

from collections.abc import Mapping
from typing import Any, cast

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail
from rest_framework.request import Request

# What the page of a list asks for itself (auditserver.edge.pagination).
PAGE_PARAMETERS = frozenset({"cursor", "page_size"})


class StrictSerializer(serializers.Serializer):
    """A serializer that refuses members it does not know (§7 of the design), at every depth it is used at."""

    def to_internal_value(self, data: Any) -> Any:
        """The checked values. Raises ValidationError for unknown members beside the usual faults."""
        unknown = set(data) - set(self.fields) if isinstance(data, Mapping) else set()
        errors: dict[str, Any] = {
            str(name): [ErrorDetail("There is no such member.", code="unknown")] for name in sorted(unknown, key=str)
        }
        try:
            value = super().to_internal_value(data)
        except serializers.ValidationError as error:
            if not errors:
                raise
            raise serializers.ValidationError(errors | dict(cast(dict[str, Any], error.detail))) from None
        if errors:
            raise serializers.ValidationError(errors)
        return value


def read_query(request: Request, query: type[StrictSerializer]) -> dict[str, Any]:
    """The parameters of a list as `query` declares them; a misspelt filter must not answer everything.

    Those of the page are left to the page. Raises ValidationError.
    """
    given = {name: value for name, value in request.query_params.items() if name not in PAGE_PARAMETERS}
    reading = query(data=given)
    reading.is_valid(raise_exception=True)
    values: dict[str, Any] = reading.validated_data
    return values
