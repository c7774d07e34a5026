"""Limits at the door, and the time of the server on every answer."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from rest_framework.parsers import BaseParser

from chains import problems
from standards.spec.parsing import Unreadable, read_json

MAX_BODY = 1024 * 1024


class StrictJSONParser(BaseParser):
    """Parses `application/json` for ordinary endpoints: at most 1 MiB, nothing ambiguous."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        """The value. Raises Problem (too-large, unreadable)."""
        body = stream.read(MAX_BODY + 1)
        if len(body) > MAX_BODY:
            raise problems.Problem(problems.TOO_LARGE, f"At most {MAX_BODY} bytes.")
        try:
            return read_json(body)
        except Unreadable as fault:
            faults = [problems.Fault(fault.pointer, fault.code, fault.detail)]
            raise problems.Problem(problems.UNREADABLE, fault.detail, errors=faults) from None


class ServerTimeMiddleware:
    """Every answer carries `Server-Time`, so that a phone can tell how far off its clock is."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response["Server-Time"] = timezone.now().isoformat(timespec="milliseconds")
        return response
