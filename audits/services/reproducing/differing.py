"""What a recompute found to differ, as a line that a person can follow."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

SHOWN = 60


class Difference(NamedTuple):
    """One figure that is not what the facts give. `key` names the row: an observation, or a branch in a period."""

    kind: str
    key: Any
    where: str
    field: str
    stored: str
    computed: str

    def __str__(self) -> str:
        return f"{self.where}: {self.field} is {self.stored}, should be {self.computed}"


def differences(
    kind: str, key: Any, where: str, stored: Mapping[str, Any], computed: Mapping[str, Any]
) -> Iterator[Difference]:
    """One difference for every field of `computed` whose stored value is another one."""
    for name, value in computed.items():
        if plain(stored[name]) != plain(value):
            yield Difference(kind, key, where, name, _short(stored[name]), _short(value))


def plain(value: Any) -> Any:
    """A value as it comes back from any database: bytes as bytes, mappings as their JSON text, ids as text."""
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value)
    if isinstance(value, dict | list | tuple):
        return json.dumps(value, sort_keys=True, default=str)
    return value if value is None or isinstance(value, int | str) else str(value)


def _short(value: Any) -> str:
    found = plain(value)
    text = found.hex() if isinstance(found, bytes) else str(found)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
