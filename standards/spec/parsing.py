"""Reading JSON that comes from outside: what two readers could understand differently is refused.

Duplicate keys, NaN and Infinity, NUL, lone surrogates and deep nesting all pass the standard parser and break something
later; here they are faults. The checks run on bytes and on the counts of keys, so that a body of 900 answers costs
a fraction of a millisecond.
"""

import json
from typing import Any

import msgspec

MAX_DEPTH = 32
_CONTAINERS = frozenset({dict, list})
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


class Unreadable(ValueError):
    """The bytes are not JSON that every reader understands alike. `code` is stable, the text is for people."""

    def __init__(self, code: str, detail: str, pointer: str = "") -> None:
        super().__init__(detail)
        self.code, self.detail, self.pointer = code, detail, pointer


def read_json(body: bytes, *, max_depth: int = MAX_DEPTH) -> Any:
    """The value of a JSON text. Raises `Unreadable` for whatever is ambiguous, deep or no JSON at all."""
    bare = _outside_strings(body)
    _check_depth(bare, max_depth)
    try:
        value = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable("not-json", f"This is not JSON: {error}") from None
    if b"\\u0000" in body and (where := _find_nul(value, "")) is not None:
        raise Unreadable("nul", "Text must not contain the NUL character.", where)
    # Every colon outside strings belongs to one written member: fewer members means that one was written twice.
    if bare.count(b":") != _count_members(value):
        raise Unreadable("duplicate-key", "An object names the same member twice.", _find_duplicate(body))
    return value


def _outside_strings(body: bytes) -> bytes:
    """A JSON text without its strings. Right for every JSON text; whatever else is refused by the parser anyway.

    A backslash stands in strings only and escapes run from the left, so that dropping pairs of backslashes first
    leaves each escaped quote visible as one.
    """
    if b"\\" in body:
        body = body.replace(b"\\\\", b"").replace(b'\\"', b"")
    return b"".join(body.split(b'"')[::2])


def _check_depth(bare: bytes, max_depth: int) -> None:
    depth = 0
    for byte in bare.translate(None, _NOT_BRACKETS):
        depth += 1 if byte in b"[{" else -1
        if depth > max_depth:
            raise Unreadable("too-deep", f"Nested more than {max_depth} levels deep.")


def _count_members(node: Any) -> int:
    """How many members all objects in a value have; one look at the types spares a look at each of 900 answers."""
    own = len(node) if isinstance(node, dict) else 0
    items = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    if _CONTAINERS.isdisjoint(map(type, items)):
        return own
    return own + sum(_count_members(item) for item in items if type(item) in _CONTAINERS)


def _find_nul(node: Any, pointer: str) -> str | None:
    if isinstance(node, str):
        return pointer if "\0" in node else None
    if isinstance(node, dict):
        for key, value in node.items():
            if "\0" in key:
                return pointer
            if (found := _find_nul(value, f"{pointer}/{escape_pointer(key)}")) is not None:
                return found
    if isinstance(node, list):
        for index, value in enumerate(node):
            if (found := _find_nul(value, f"{pointer}/{index}")) is not None:
                return found
    return None


def _find_duplicate(body: bytes) -> str:
    """The name of a member written twice, as a pointer; the slow way, only ever for the answer to a fault."""
    twice: list[str] = []

    def note(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        seen: dict[str, Any] = {}
        for key, value in pairs:
            if key in seen:
                twice.append(key)
            seen[key] = value
        return seen

    json.loads(body, object_pairs_hook=note)
    return f"/{escape_pointer(twice[0])}" if twice else ""


def escape_pointer(token: str) -> str:
    """A member's name as a token of a JSON pointer (RFC 6901)."""
    return token.replace("~", "~0").replace("/", "~1")
