"""Frozen documents by their sha256: compressed once, when they were frozen, and never again."""

import re
import zlib
from collections.abc import Callable
from typing import Any, TypeVar

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from chains.access import SIGNED_IN
from chains.api.asking import asker
from standards.models import BriefVersion, ChecklistVersion, TranslationDocument

_View = TypeVar("_View", bound=Callable[..., HttpResponse])
FOR_EVER = "private, immutable, max-age=31536000"
_REFUSED = re.compile(r"\s*;\s*q=0(\.0+)?\s*$")


def frozen_answer(request: HttpRequest, *, sha256: str, stored: bytes) -> HttpResponse:
    """The stored zlib bytes as they are where the reader takes deflate; else unpacked; 304 where they have it."""
    etag = f'"{sha256}"'
    known = {tag.strip().removeprefix("W/") for tag in request.META.get("HTTP_IF_NONE_MATCH", "").split(",")}
    response: HttpResponse
    if etag in known or "*" in known:
        response = HttpResponseNotModified()
    elif _takes_deflate(request.META.get("HTTP_ACCEPT_ENCODING", "")):
        response = HttpResponse(stored, content_type="application/json", headers={"Content-Encoding": "deflate"})
    else:
        response = HttpResponse(zlib.decompress(stored), content_type="application/json")
    response["ETag"] = etag
    response["Cache-Control"] = FOR_EVER
    response["Vary"] = "Authorization, Accept-Encoding, Cookie"
    return response


def _takes_deflate(header: str) -> bool:
    offers = [offer.strip().lower() for offer in header.split(",")]
    return any(offer.partition(";")[0].strip() == "deflate" and not _REFUSED.search(offer) for offer in offers)


def _document(what: str, name: str) -> Callable[[_View], _View]:
    marked: Callable[[_View], _View] = extend_schema(
        operation_id=name,
        tags=["documents"],
        responses={
            (200, "application/json"): OpenApiResponse(OpenApiTypes.OBJECT, description=what),
            304: OpenApiResponse(description="You have it: `If-None-Match` names it."),
        },
    )
    return marked


class FrozenDocument(APIView):
    """A document that never changes, for the people of its chain and of the office that serves it."""

    may = {"GET": SIGNED_IN}
    model: Any = None

    def answer(self, request: Request, sha256: str) -> HttpResponse:
        """The document. Raises Http404 where there is none that the person may read."""
        rows = self.model.objects.readable_by(asker(request))
        stored = rows.filter(sha256=sha256).values_list("body", flat=True).first()
        if stored is None:
            raise Http404
        return frozen_answer(request, sha256=sha256, stored=bytes(stored))


class ChecklistDocument(FrozenDocument):
    """A published checklist."""

    model = ChecklistVersion

    @_document("The canonical bytes of a checklist, named by their sha256.", "checklist_document")
    def get(self, request: Request, sha256: str) -> HttpResponse:
        """A published checklist by its sha256."""
        return self.answer(request, sha256)


class BriefDocument(FrozenDocument):
    """A published brief: for those who write it, send it or play it; managers never learn it."""

    model = BriefVersion

    @_document("The canonical bytes of a brief, named by their sha256.", "brief_document")
    def get(self, request: Request, sha256: str) -> HttpResponse:
        """A published brief by its sha256."""
        return self.answer(request, sha256)


class TranslationDocumentView(FrozenDocument):
    """A published translation of a checklist."""

    model = TranslationDocument

    @_document("The canonical bytes of a translation, named by their sha256.", "translation_document")
    def get(self, request: Request, sha256: str) -> HttpResponse:
        """A published translation by its sha256."""
        return self.answer(request, sha256)
