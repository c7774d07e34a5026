"""Values as JSON-like documents without their defaults.

msgspec's own `omit_defaults` compares text by identity: "normal" read from a database is written out, "normal" typed in
the source is not, and the same content would have two digests. Here defaults are compared by equality.
"""

from functools import cache
from typing import Any

import msgspec


def as_document(node: Any) -> Any:
    """A struct as a mapping of what differs from its defaults; lists, mappings and plain values as they are."""
    if isinstance(node, msgspec.Struct):
        return {
            name: as_document(value)
            for attribute, name, default in _fields(type(node))
            if (value := getattr(node, attribute)) != default
        }
    if isinstance(node, list | tuple):
        return [as_document(item) for item in node]
    if isinstance(node, dict):
        return {key: as_document(value) for key, value in node.items()}
    return node


@cache
def _fields(struct: type[msgspec.Struct]) -> tuple[tuple[str, str, Any], ...]:
    """Every field as (attribute, name in documents, default); a default made by a factory is made once here."""
    return tuple(
        (
            field.name,
            field.encode_name,
            field.default_factory() if field.default_factory is not msgspec.NODEFAULT else field.default,
        )
        for field in msgspec.structs.fields(struct)
    )
