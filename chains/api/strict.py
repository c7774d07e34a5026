"""What comes in is exactly what is asked for: a member nobody knows is refused by its JSON pointer."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail


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
            raise serializers.ValidationError(errors | dict(error.detail)) from None
        if errors:
            raise serializers.ValidationError(errors)
        return value
