"""Canonical bytes of a document and their sha256: the same content has the same bytes, always and everywhere."""

import hashlib
import json
from typing import Any


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
