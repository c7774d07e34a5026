"""What the endpoints of this room share: finding a row the person may see, reading a body, reading a file."""

import re
import uuid
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.request import Request

from chains import problems
from chains.api.asking import asker
from chains.api.strict import StrictSerializer
from chains.models import VisibleQuerySet
from chains.problems import Fault, Problem
from standards.services.exchange.files import File

MAX_FILE = 20 * 1024 * 1024
SUFFIXES = {
    "text/csv": ".csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/yaml": ".yaml",
    "application/x-yaml": ".yaml",
    "text/yaml": ".yaml",
}
_UNFIT = re.compile(r"[^A-Za-z0-9._-]+")


class RawFileParser(BaseParser):
    """A file as the whole body, of whatever media type: `request.data` is its bytes."""

    media_type = "*/*"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        """The bytes. Raises Problem: too-large, unreadable (shorter than its Content-Length)."""
        body: bytes = stream.read(MAX_FILE + 1)
        if len(body) > MAX_FILE:
            raise Problem(problems.TOO_LARGE, f"At most {MAX_FILE} bytes.")
        request = (parser_context or {}).get("request")
        announced = request.META.get("CONTENT_LENGTH") if request is not None else None
        if announced and announced.isdigit() and int(announced) != len(body):
            raise Problem(problems.UNREADABLE, "The file was cut off on its way; send it again.")
        return body


FILE_PARSERS = (MultiPartParser, RawFileParser)


def sent_file(request: Request) -> tuple[str, bytes]:
    """Name and bytes of a file sent as a form (`file`) or as the body. Raises Problem: invalid, too-large."""
    if isinstance(request.data, bytes):
        media_type = str(request.content_type).partition(";")[0].strip().lower()
        return request.query_params.get("filename") or f"body{SUFFIXES.get(media_type, '')}", request.data
    upload = request.FILES.get("file")
    if upload is None:
        detail = "Send the file as the body, or as the field `file` of a form."
        raise Problem(problems.INVALID, detail, errors=[Fault("/file", "required", detail)])
    if upload.size > MAX_FILE:
        raise Problem(problems.TOO_LARGE, f"At most {MAX_FILE} bytes.")
    return str(upload.name), upload.read()


def answer_file(file: File) -> HttpResponse:
    """A file to keep, never to be opened as a page of this server."""
    response = HttpResponse(file.body, content_type=file.content_type)
    response["Content-Disposition"] = f'attachment; filename="{_UNFIT.sub("-", file.name)}"'
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def visible(rows: VisibleQuerySet, request: Request, key: uuid.UUID) -> Any:
    """The row with a key, if the person asking may see it. Raises Http404, the same for absent and foreign."""
    narrowed: QuerySet[Any] = rows.visible_to(asker(request))
    row = narrowed.filter(pk=key).first()
    if row is None:
        raise Http404
    return row


def read_body(request: Request, shape: type[StrictSerializer]) -> dict[str, Any]:
    """The body as `shape` declares it. Raises ValidationError."""
    reading = shape(data=request.data if request.data is not None else {})
    reading.is_valid(raise_exception=True)
    values: dict[str, Any] = reading.validated_data
    return values
