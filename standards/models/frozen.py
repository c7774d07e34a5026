"""Compressed canonical bytes: made once, when a document is frozen, and sent as they are ever after."""

import zlib


def pressed(body: bytes) -> bytes:
    """Canonical bytes compressed for storage (zlib, best)."""
    return zlib.compress(body, 9)


def unpressed(stored: bytes | memoryview) -> bytes:
    """The canonical bytes of a stored document."""
    return zlib.decompress(bytes(stored))
