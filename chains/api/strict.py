"""Serializers that refuse what they do not know: a misspelt filter must not answer everything."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

# What the page of a list asks for itself (auditserver.edge.pagination).
PAGE_PARAMETERS = frozenset({"cursor", "page_size"})


class StrictSerializer(serializers.Serializer[Any]):
    """A body or query of which every member must be known; unknown ones are faults under their own name."""

    def to_internal_value(self, data: Any) -> Any:
        """The values. Raises ValidationError (code `unknown`) for members that are not declared."""
        if isinstance(data, Mapping):
            unknown = sorted(str(name) for name in data if name not in self.fields)
            if unknown:
                fault = serializers.ErrorDetail("This is not known here.", code="unknown")
                raise serializers.ValidationError({name: [fault] for name in unknown})
        return super().to_internal_value(data)


def read_query(request: Request, query: type[StrictSerializer]) -> dict[str, Any]:
    """The parameters of a list request as declared in `query`, those of the page left to the page."""
    given = {name: value for name, value in request.query_params.items() if name not in PAGE_PARAMETERS}
    reading = query(data=given)
    reading.is_valid(raise_exception=True)
    values: dict[str, Any] = reading.validated_data
    return values
