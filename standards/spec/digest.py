<<<<<<< HEAD
"""One canonical form of a value and its digest: what makes "the same content" a fact that can be compared."""
=======
"""Canonical bytes of a document and their sha256: the same content has the same bytes, always and everywhere."""
>>>>>>> scheme

import hashlib
import json
from typing import Any


<<<<<<< HEAD
def canonical_bytes(obj: Any) -> bytes:
    """Return the one JSON form of `obj`: sorted keys, no spaces, UTF-8.

    Takes mappings with text keys, lists, tuples, text, whole numbers, booleans and None.
    Raises TypeError for a binary float (write the number as text) and for any other kind of object,
    UnicodeEncodeError for text with a lone surrogate.
    """
    _refuse_floats(obj)
    text = json.dumps(obj, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8")


def sha256_hex(content: bytes) -> str:
    """Return the SHA-256 digest of `content` as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def _refuse_floats(obj: Any) -> None:
    # A stack of its own: a deep document must not end in a RecursionError half way.
    waiting = [obj]
    while waiting:
        current = waiting.pop()
        if isinstance(current, float):
            raise TypeError(f"binary float {current!r} has no canonical form; write it as a decimal string")
        if isinstance(current, dict):
            wrong = [key for key in current if not isinstance(key, str)]
            if wrong:
                raise TypeError(f"key {wrong[0]!r} is not text")
            waiting.extend(current.values())
        elif isinstance(current, (list, tuple)):
            waiting.extend(current)
=======
def canonical_bytes(document: Any) -> bytes:
    """A JSON-like document as bytes: keys sorted, no spaces, UTF-8.

    Raises TypeError for floats (their text differs between writers; decimals are strings) and ValueError for
    lone surrogates, which no UTF-8 can carry.
    """
    _refuse_floats(document)
    text = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8")


def sha256_hex(body: bytes) -> str:
    """The sha256 of bytes as 64 lower-case hex digits."""
    return hashlib.sha256(body).hexdigest()


def _refuse_floats(node: Any) -> None:
    if isinstance(node, float):
        raise TypeError(f"{node!r} is a binary float; write decimals as text.")
    if isinstance(node, dict):
        for value in node.values():
            _refuse_floats(value)
    elif isinstance(node, list | tuple):
        for value in node:
            _refuse_floats(value)
>>>>>>> scheme
