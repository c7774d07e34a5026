"""Reads picks, tests, conditions, rows and moves. Operands stay text until the types of the names are known."""

import re
from typing import Any

from standards.spec.scheme.document import COMPARISONS, Condition, Move, Picked, Reference, Row, Test
from standards.spec.scheme.faults import pointer
from standards.spec.scheme.numbers import is_number
from standards.spec.scheme.shape import NO, YES, ShapeReader, scalar_text

MAX_CONDITION_DEPTH = 3
MAX_PICK_DEPTH = 3
MAX_ROWS = 200
MAX_MOVES = 20
CONNECTIVES = ("any", "all", "not")

_STEPS = re.compile(r"[+-]?\d{1,2}", re.ASCII)


def read_picks(reader: ShapeReader, tree: Any, path: str, names: frozenset[str], depth: int = 1) -> list[Picked]:
    """Read a pick into a flat list. `names` are the names the document declares: a known name is never a weight."""
    if not isinstance(tree, list):
        name = reader.name(tree, path, pattern_allowed=True)
        return [Picked(name, None, path)] if name is not None else []
    if depth > MAX_PICK_DEPTH:
        reader.fault(path, "too-deep", "Lists of names may be nested three deep; write one list.")
        return []
    if _is_weighted(tree, names):
        name = reader.name(tree[0], pointer(path, 0), pattern_allowed=True)
        weight = reader.number(tree[1], pointer(path, 1))
        return [Picked(name, weight, path)] if name is not None and weight is not None else []
    items = reader.sequence(tree, path, hint=" of names") or []
    found = []
    for position, item in enumerate(items):
        found += read_picks(reader, item, pointer(path, position), names, depth + 1)
    return found


def _is_weighted(tree: list, names: frozenset[str]) -> bool:
    """A pair of a name and a number is a weight, unless the number is itself a declared name or both are numbers."""
    if len(tree) != 2:
        return False
    first, second = scalar_text(tree[0]), scalar_text(tree[1])
    if first is None or second is None or second in names:
        return False
    return is_number(second) and (not is_number(first) or first in names)


def read_condition(reader: ShapeReader, tree: Any, path: str, depth: int = 1) -> Condition | None:
    """Read a condition; None when any of it is faulty."""
    entries = reader.entries(tree, path, MAX_ROWS, hint=" such as {name: {at_least: 3}}")
    if not entries:
        return None
    if depth > MAX_CONDITION_DEPTH:
        reader.fault(path, "too-deep", f"Conditions may be nested {MAX_CONDITION_DEPTH} deep; split this one.")
        return None
    before = len(reader.faults)
    tests: list[Test] = []
    parts: dict[str, Any] = {}
    for key, inner in entries.items():
        place = pointer(path, key)
        if key == "not":
            parts["negated"] = read_condition(reader, inner, place, depth + 1)
        elif key in CONNECTIVES:
            items = reader.sequence(inner, place, hint=" of conditions") or []
            found = [read_condition(reader, item, pointer(place, i), depth + 1) for i, item in enumerate(items)]
            parts[key] = tuple(item for item in found if item)
        elif reader.name(key, place) is not None:
            tests += read_tests(reader, inner, place, key)
    if len(reader.faults) > before:
        return None
    return Condition(tests=tuple(sorted(tests, key=lambda test: (test.name, test.operator))), **parts)


def read_tests(reader: ShapeReader, tree: Any, path: str, name: str) -> list[Test]:
    """Read what is asked of one name: a scalar (is), a list (in) or a mapping of comparisons (all must hold)."""
    if not isinstance(tree, dict):
        operator = "in" if isinstance(tree, list) else "is"
        operand = _read_operand(reader, operator, tree, path)
        return [] if operand is None else [Test(name, operator, operand, path)]
    if not tree:
        reader.fault(path, "empty", "Say what to test, such as {at_least: 3}.")
    found = []
    for operator, operand in tree.items():
        place = pointer(path, operator)
        if operator not in COMPARISONS:
            message = f"'{operator}' is no comparison; use one of: {', '.join(COMPARISONS)}."
            reader.fault(place, "bad-test", message)
            continue
        read = _read_operand(reader, operator, operand, place)
        if read is not None:
            found.append(Test(name, operator, read, place))
    return found


def _read_operand(reader: ShapeReader, operator: str, tree: Any, path: str) -> Any:
    if operator == "absent":
        word = scalar_text(tree)
        if word not in YES | NO:
            reader.fault(path, "bad-choice", "Write absent: true or absent: false.")
            return None
        return word in YES
    if operator == "in":
        items = reader.sequence(tree, path, hint=" of what it may be") or []
        found = [_read_constant(reader, item, pointer(path, i)) for i, item in enumerate(items)]
        return tuple(item for item in found if item is not None) or None
    return _read_constant(reader, tree, path)


def _read_constant(reader: ShapeReader, tree: Any, path: str) -> str | Reference | None:
    text = reader.text(tree, path)
    if text is None or not text.startswith("$"):
        return text
    name = reader.name(text[1:], path)
    return Reference(name) if name is not None else None


def read_rows(reader: ShapeReader, tree: Any, path: str) -> list[Row | None]:
    """Read rows in order; a faulty row leaves None in its place so that positions stay true."""
    items = reader.sequence(tree, path, MAX_ROWS, hint=" of rows such as {give: B, when: {name: {at_least: 3}}}")
    rows: list[Row | None] = []
    for position, item in enumerate(items or []):
        place = pointer(path, position)
        entry = reader.mapping(item, place, ("give", "when"), hint=" such as {give: B, when: {..}}")
        if entry is None:
            rows.append(None)
            continue
        if "give" not in entry:
            reader.fault(place, "missing-key", "A row must say what it gives: add give: LEVEL.")
        give = reader.text(entry["give"], pointer(place, "give")) if "give" in entry else None
        when = read_condition(reader, entry["when"], pointer(place, "when")) if "when" in entry else None
        broken = give is None or ("when" in entry and when is None)
        rows.append(None if broken or give is None else Row(give, when))
    return rows


def read_moves(reader: ShapeReader, tree: Any, path: str) -> list[Move | None]:
    """Read the moves of `adjust` in order; a faulty move leaves None in its place."""
    items = reader.sequence(tree, path, MAX_MOVES, hint=" of moves such as {by: +1, when: {..}}")
    return [_read_move(reader, item, pointer(path, i)) for i, item in enumerate(items or [])]


def _read_move(reader: ShapeReader, tree: Any, path: str) -> Move | None:
    entry = reader.mapping(tree, path, ("by", "at_most", "at_least", "when"), hint=" such as {by: +1, when: {..}}")
    if entry is None:
        return None
    kinds = [kind for kind in ("by", "at_most", "at_least") if kind in entry]
    if len(kinds) != 1:
        reader.fault(path, "one-of", "A move has exactly one of: by, at_most, at_least.")
        return None
    kind = kinds[0]
    when = read_condition(reader, entry["when"], pointer(path, "when")) if "when" in entry else None
    broken = "when" in entry and when is None
    if kind == "by":
        steps = _read_steps(reader, entry["by"], pointer(path, "by"))
        return None if broken or steps is None else Move(kind, steps=steps, when=when)
    level = reader.text(entry[kind], pointer(path, kind))
    return None if broken or level is None else Move(kind, level=level, when=when)


def _read_steps(reader: ShapeReader, tree: Any, path: str) -> int | None:
    text = scalar_text(tree)
    if text is None or not _STEPS.fullmatch(text) or int(text) == 0:
        reader.fault(path, "bad-number", "Write a whole number of levels such as +1 or -2.")
        return None
    return int(text)
