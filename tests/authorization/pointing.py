"""What an address points at: the row of one side of the world, or one that does not exist."""

import re
import uuid
from typing import Any

from tests.authorization.world import World

WORD = re.compile(r"([a-z_]+)(?:\.([a-z_0-9]+))?")


def pointed_at(world: World, points_at: str, side: str) -> tuple[tuple[Any, ...], str]:
    """The parameters and the query string of an address that points at the rows of one side.

    `location` is the key of a row, `scope.sha256` another column; `?ids={location}` fills a query string.
    """
    places, _, query = points_at.partition("?")
    values = tuple(_value(world, word, side) for word in places.split())
    filled = re.sub(r"\{(.*?)\}", lambda found: str(_value(world, found[1], side)), query)
    return values, f"?{filled}" if filled else ""


def _value(world: World, word: str, side: str) -> Any:
    found = WORD.fullmatch(word)
    assert found, f"{word} names no row"
    row = world.rows["borealis" if side == "borealis" else "aurora"][found[1]]
    value = getattr(row, found[2] or "pk")
    return _absent(value) if side == "absent" else value


def _absent(value: Any) -> Any:
    """A value of the same shape that no row has."""
    if isinstance(value, uuid.UUID):
        return uuid.uuid5(value, "absent")
    if isinstance(value, int):
        return value + 1_000_000
    return str(value)[::-1]
