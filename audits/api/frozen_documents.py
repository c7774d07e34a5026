"""Frozen documents over HTTP: compressed once, when they were frozen; the sha256 is over the decompressed bytes."""

import re
import zlib

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified

FOR_EVER = "private, immutable, max-age=31536000"
# A stored document is a zlib stream: between its two bytes of head and four of check lies what gzip holds as well.
_ZLIB_HEAD, _ZLIB_CHECK = 2, 4
_GZIP_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"


def frozen_answer(request: HttpRequest, *, sha256: str, stored: bytes) -> HttpResponse:
    """The document as the reader can take it (gzip, deflate, plain), or 304 where they have it. `stored` is zlib."""
    response: HttpResponse
    if sha256 in request.META.get("HTTP_IF_NONE_MATCH", ""):
        response = HttpResponseNotModified()
    else:
        accepted = _accepted(request.META.get("HTTP_ACCEPT_ENCODING", ""))
        body, encoding = stored, "deflate"
        if "gzip" in accepted:
            body, encoding = _as_gzip(stored), "gzip"
        elif "deflate" not in accepted:
            body, encoding = zlib.decompress(stored), ""
        response = HttpResponse(body, content_type="application/json")
        if encoding:
            response["Content-Encoding"] = encoding
    response["ETag"] = f'"{sha256}"'
    response["Cache-Control"] = FOR_EVER
    response["Vary"] = "Authorization, Accept-Encoding"
    return response


def _accepted(header: str) -> set[str]:
    """The encodings a reader takes; those with `q=0` are refused ones."""
    parts = (re.sub(r"\s", "", part).lower() for part in header.split(","))
    return {part.partition(";")[0] for part in parts if not re.search(r";q=0(\.0*)?$", part)}


def _as_gzip(stored: bytes) -> bytes:
    """The same compressed bytes in gzip's clothes: nothing is compressed again."""
    plain = zlib.decompress(stored)
    tail = zlib.crc32(plain).to_bytes(4, "little") + (len(plain) & 0xFFFFFFFF).to_bytes(4, "little")
    return _GZIP_HEAD + stored[_ZLIB_HEAD:-_ZLIB_CHECK] + tail
