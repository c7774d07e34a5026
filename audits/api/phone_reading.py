"""Reading what a phone uploads: every announced byte, or nothing (PHONE_PROTOCOL §3)."""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, UnreadablePostError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audits.problems import BODY_INCOMPLETE
from chains.problems import UNSUPPORTED_MEDIA_TYPE, Kind, Problem

CHUNK = 64 * 1024
# A phone that is still sending never sees an answer given before it has finished: so much is read and thrown away.
DRAINED = 16 * 1024 * 1024
_SHA256 = re.compile(r"(?:^|,)\s*sha-256=:([A-Za-z0-9+/]{43}=):\s*(?=$|[,;])")


class OnlyJson(BaseContentNegotiation):
    """Phones are answered in JSON whatever they accept: no time is spent on asking."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        """Uploads are read as bytes."""
        return None

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        """The first renderer."""
        return renderers[0], renderers[0].media_type


class PhoneUpload(APIView):
    """A view that takes bytes. Whatever goes wrong, the rest of the body is read before the answer is given."""

    content_negotiation_class = OnlyJson
    parser_classes = ()

    def handle_exception(self, exc: Exception) -> Response:
        """The problem as an answer that a phone in the middle of sending will see."""
        drain(self.request._request)
        return super().handle_exception(exc)


def announced_length(request: HttpRequest) -> int:
    """Content-Length. Raises Problem (body-incomplete) without one, and for an encoded body (unsupported)."""
    if request.META.get("HTTP_CONTENT_ENCODING", "identity").strip().lower() not in ("", "identity"):
        raise Problem(UNSUPPORTED_MEDIA_TYPE, "Send the file as it is, without Content-Encoding.")
    text = request.META.get("CONTENT_LENGTH") or ""
    if not text.isascii() or not text.isdigit():
        raise Problem(BODY_INCOMPLETE, "Say how long the body is: Content-Length is needed.")
    return int(text)


def announced_sha256(request: HttpRequest) -> bytes:
    """The sha256 of `Content-Digest` (RFC 9530). Raises Problem (body-incomplete) without a readable one."""
    found = _SHA256.search(request.META.get("HTTP_CONTENT_DIGEST", ""))
    try:
        return base64.b64decode(found.group(1), validate=True) if found else _no_digest()
    except binascii.Error:
        return _no_digest()


def chunks(request: HttpRequest, length: int) -> Iterator[bytes]:
    """The announced bytes as they come; ends early where the sender does."""
    left = length
    while left > 0:
        try:
            chunk = request.read(min(CHUNK, left))
        except (UnreadablePostError, OSError):
            return
        if not chunk:
            return
        left -= len(chunk)
        yield chunk


def whole_body(request: HttpRequest, *, limit: int, too_large: Kind) -> tuple[bytes, bytes]:
    """The body and its sha256. Raises Problem (body-incomplete, or `too_large` beyond `limit` bytes)."""
    length = announced_length(request)
    if length > limit:
        raise Problem(too_large, f"{length} bytes are more than {limit}.", stored=False)
    body = b"".join(chunks(request, length))
    if len(body) != length:
        raise Problem(BODY_INCOMPLETE, f"{len(body)} of {length} bytes arrived.", stored=False)
    digest = hashlib.sha256(body).digest()
    if digest != announced_sha256(request):
        raise Problem(BODY_INCOMPLETE, "The bytes that arrived do not have the announced digest.", stored=False)
    return body, digest


def drain(request: HttpRequest) -> None:
    """Read what is left of a body, up to a limit, and throw it away."""
    for _ in chunks(request, DRAINED):
        pass


def _no_digest() -> bytes:
    raise Problem(BODY_INCOMPLETE, "Send `Content-Digest: sha-256=:…:` over the file.", stored=False)
