"""Reads the small pieces every part of a scheme is made of, noting each fault of form instead of stopping at it."""

import re
from collections.abc import Collection
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from standards.spec.scheme.faults import Fault, pointer
from standards.spec.scheme.numbers import exact_day, exact_number, number_text

MAX_TEXT = 200
MAX_LIST = 200
NAME_PATTERN = r"^[^*$\u0000-\u001f][^*\u0000-\u001f]{0,199}$"
PICK_PATTERN = r"^[^*$\u0000-\u001f][^*\u0000-\u001f]{0,198}\*?$"
CONSTANT_PATTERN = r"^(?:[^$\u0000-\u001f][^\u0000-\u001f]{0,199}|\$[^*$\u0000-\u001f][^*\u0000-\u001f]{0,198})$"
TEXT_PATTERN = r"^[^\u0000-\u001f]{1,200}$"
NULL_WORDS = frozenset({"null", "~", ""})
YES, NO = frozenset({"true"}), frozenset({"false"})

_CONTROL = re.compile(r"[\x00-\x1f\ud800-\udfff]")


def scalar_text(tree: Any) -> str | None:
    """Return a scalar as the text it was written as, None when `tree` is no scalar."""
    if isinstance(tree, str):
        return tree
    if isinstance(tree, bool):
        return "true" if tree else "false"
    if isinstance(tree, int):
        return str(tree)
    if isinstance(tree, (Decimal, Fraction)):
        return number_text(Fraction(tree))
    return None


class ShapeReader:
    """Collects faults while reading; every method returns None for what cannot be read."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def fault(self, path: str, code: str, message: str) -> None:
        """Note one fault."""
        self.faults.append(Fault(path, code, message))

    def mapping(self, tree: Any, path: str, keys: Collection[str] | None = None, hint: str = "") -> dict | None:
        """Read a mapping; with `keys`, every other key is a fault and is left out."""
        if not isinstance(tree, dict):
            self.fault(path, "not-a-mapping", f"Write a mapping (key: value) here{hint}.")
            return None
        found = {}
        for key, value in tree.items():
            name = scalar_text(key)
            if name is None or (keys is not None and name not in keys):
                message = f"The key '{key}' is not known here; use one of: {', '.join(sorted(keys or ()))}."
                self.fault(pointer(path, key), "unknown-key", message)
            else:
                found[name] = value
        return found

    def entries(self, tree: Any, path: str, most: int, hint: str = "") -> dict[str, Any] | None:
        """Read a mapping with free keys: at least one, at most `most`."""
        found = self.mapping(tree, path, hint=hint)
        if found is None:
            return None
        if not found:
            self.fault(path, "empty", f"Give at least one entry{hint}, or leave the key out.")
        if len(found) > most:
            self.fault(path, "too-many", f"At most {most} entries are allowed; here are {len(found)}.")
            return None
        return found

    def sequence(self, tree: Any, path: str, most: int = MAX_LIST, hint: str = "") -> list | None:
        """Read a list: at least one item, at most `most`."""
        if not isinstance(tree, list):
            self.fault(path, "not-a-list", f"Write a list [..] here{hint}.")
            return None
        if not tree:
            self.fault(path, "empty", "Give at least one item, or leave the key out.")
        if len(tree) > most:
            self.fault(path, "too-many", f"At most {most} items are allowed; here are {len(tree)}.")
            return None
        return tree

    def text(self, tree: Any, path: str) -> str | None:
        """Read 1 to 200 characters without control characters."""
        found = scalar_text(tree)
        if found is None or not found or len(found) > MAX_TEXT or _CONTROL.search(found):
            self.fault(path, "not-text", f"Write a text of 1 to {MAX_TEXT} characters here.")
            return None
        return found

    def name(self, tree: Any, path: str, pattern_allowed: bool = False) -> str | None:
        """Read the name of a part or value; with `pattern_allowed` it may end in a star."""
        found = self.text(tree, path)
        if found is None:
            return None
        stem = found[:-1] if pattern_allowed and found.endswith("*") else found
        if not stem or "*" in stem or stem.startswith("$"):
            where = "only at the end, after a prefix" if pattern_allowed else "not here"
            self.fault(path, "bad-name", f"'{found}' is no name: '$' cannot begin one and '*' is allowed {where}.")
            return None
        return found

    def number(self, tree: Any, path: str) -> Fraction | None:
        """Read an exact number."""
        found = scalar_text(tree)
        if found is None:
            what = "a binary float is not exact; " if isinstance(tree, float) else ""
            self.fault(path, "bad-number", f"Write a number here ({what}like 90, 0.75 or 1/3).")
            return None
        try:
            return exact_number(found)
        except ValueError as error:
            self.fault(path, "bad-number", f"{_sentence(error)}")
            return None

    def whole(self, tree: Any, path: str, least: int, most: int) -> int | None:
        """Read a whole number within bounds, written in digits."""
        found = scalar_text(tree)
        if found is not None and re.fullmatch(r"\d{1,6}", found, re.ASCII) and least <= int(found) <= most:
            return int(found)
        self.fault(path, "bad-number", f"Write a whole number from {least} to {most} here.")
        return None

    def choice(self, tree: Any, path: str, options: Collection[str]) -> str | None:
        """Read one of a few words."""
        found = scalar_text(tree)
        if found in options:
            return found
        self.fault(path, "bad-choice", f"Write one of: {', '.join(options)}.")
        return None

    def day(self, tree: Any, path: str) -> date | None:
        """Read a day; a bare year is its first day."""
        found = tree.isoformat() if isinstance(tree, date) else scalar_text(tree)
        try:
            return exact_day(found or "")
        except ValueError as error:
            self.fault(path, "bad-date", _sentence(error))
            return None


def is_null(tree: Any) -> bool:
    """Say whether a limit is written as "none": null, ~ or nothing."""
    return tree is None or (isinstance(tree, str) and tree in NULL_WORDS)


def _sentence(error: ValueError) -> str:
    text = str(error)
    return text[:1].upper() + text[1:] + "."
