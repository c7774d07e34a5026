"""Stars from the name of a level: "four stars" of "one star" to "five stars" is four of five."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_NUMBERS = {word: number for number, word in enumerate(_WORDS)} | {"no": 0}
_MOST = 10
_WORD = re.compile(r"[a-z]+|[0-9]+(?:\.[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Stars:
    """What is shown as an outcome: its text, and one mark per star (filled or not); none where levels are no numbers.

    `is_override` says that a recorded decision stands for the level worked out.
    """

    text: str
    marks: tuple[bool, ...] = ()
    is_override: bool = False


def stars_of(levels: Sequence[str], outcome: str, *, override: str | None = None) -> Stars:
    """The stars of an outcome among the scheme's levels (worst first), where those are rising whole numbers."""
    shown = override or outcome
    known = [number for number in map(_number, levels) if number is not None]
    rising = known == sorted(set(known)) and len(known) == len(levels)
    if not rising or not known or max(known) > _MOST or shown not in levels:
        return Stars(shown, is_override=bool(override))
    filled = _number(shown) or 0
    return Stars(shown, tuple(place < filled for place in range(max(known))), bool(override))


def _number(text: str) -> int | None:
    """The only whole number that a text names, as digits or as an English word."""
    words = _WORD.findall(text.lower())
    found = [int(word) if word.isdigit() else _NUMBERS[word] for word in words if word.isdigit() or word in _NUMBERS]
    if len(found) != 1 or "half" in words or any("." in word for word in words):
        return None
    return found[0]
