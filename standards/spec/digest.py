"""One canonical form of a value and its digest: what makes "the same content" a fact that can be compared."""

import hashlib
import json
from typing import Any


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
