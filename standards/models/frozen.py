"""Compressed canonical bytes: made once, when a document is frozen, and sent as they are ever after."""

import struct
import zlib
from typing import Final, NamedTuple

import brotli

_GZIP: Final = 16 + zlib.MAX_WBITS
_GZIP_OR_ZLIB: Final = 32 + zlib.MAX_WBITS
# Two forms beside each other: a mark that neither gzip nor zlib begins with, the length of the first, both.
_BOTH: Final = struct.Struct("<cI")
_MARK: Final = b"\x02"


class Forms(NamedTuple):
    """A document as it can be sent: gzip for everybody, Brotli (empty where it was not made) for who takes it."""

    gzip: bytes
    brotli: bytes


def pressed(body: bytes) -> bytes:
    """Bytes compressed for storage and for sending (gzip, best)."""
    packer = zlib.compressobj(9, zlib.DEFLATED, _GZIP)
    return packer.compress(body) + packer.flush()


def pressed_for_phones(body: bytes) -> bytes:
    """Canonical bytes in both forms. Brotli takes half a second for a long checklist and saves every phone a fifth."""
    gzip = pressed(body)
    return _BOTH.pack(_MARK, len(gzip)) + gzip + brotli.compress(body, mode=brotli.MODE_TEXT, quality=11)


def forms_of(stored: bytes | memoryview) -> Forms:
    """What can be sent of a stored document."""
    kept = bytes(stored)
    if kept[:1] == _MARK:
        _, length = _BOTH.unpack_from(kept)
        end = _BOTH.size + length
        return Forms(kept[_BOTH.size : end], kept[end:])
    # A document stored as plain zlib has the same content under another head.
    return Forms(kept if kept[:1] == b"\x1f" else pressed(zlib.decompress(kept)), b"")


def unpressed(stored: bytes | memoryview) -> bytes:
    """The canonical bytes of a stored document."""
    kept = bytes(stored)
    return zlib.decompress(forms_of(kept).gzip if kept[:1] == _MARK else kept, _GZIP_OR_ZLIB)
