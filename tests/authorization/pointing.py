"""What an address points at: the row of one side of the world, or one that does not exist."""

import re
import uuid
from typing import Any, NamedTuple

from tests.authorization.world import World

WORD = re.compile(r"([a-z_]+)(?:\.([a-z_0-9]+))?(?:@(aurora|borealis))?")


class Pointed(NamedTuple):
    """The parameters and the query string of an address, and every value that is in either."""

    parameters: tuple[Any, ...]
    query: str
    values: tuple[Any, ...]


def pointed_at(world: World, points_at: str, side: str) -> Pointed:
    """What an address needs to point at the rows of one side.

    `location` is the key of a row, `scope.sha256` another column, `series@aurora` the row of Aurora for every side,
    `=chains` the word itself; `?ids={location}` fills a query string.
    """
    places, _, query = points_at.partition("?")
    parameters = tuple(_value(world, word, side) for word in places.split())
    asked = {word: _value(world, word, side) for word in re.findall(r"\{(.*?)\}", query)}
    filled = f"?{query}" if query else ""
    for word, value in asked.items():
        filled = filled.replace(f"{{{word}}}", str(value))
    return Pointed(parameters, filled, (*parameters, *asked.values()))


def points_at_a_row(points_at: str) -> bool:
    """Whether an address points at a row at all, so that someone else's and an absent one can be tried."""
    return bool(points_at) and not points_at.startswith("=")


def _value(world: World, word: str, side: str) -> Any:
    if word.startswith("="):
        return word[1:]
    found = WORD.fullmatch(word)
    assert found, f"{word} names no row"
    pinned = found[3] or side
    row = world.rows["borealis" if pinned == "borealis" else "aurora"][found[1]]
    value = getattr(row, found[2] or "pk")
    return _absent(value) if pinned == "absent" else value


def _absent(value: Any) -> Any:
    """A value of the same shape that no row has."""
    if isinstance(value, uuid.UUID):
        return uuid.uuid5(value, "absent")
    if isinstance(value, int):
        return value + 1_000_000
    return str(value)[::-1]
