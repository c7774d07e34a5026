"""Frozen documents by their sha256: compressed once, when they were frozen, and never again."""

import re
import zlib
from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from chains.access import SIGNED_IN
from chains.api.asking import asker
from standards.models import BriefVersion, ChecklistVersion, TranslationDocument
from standards.models.frozen import Forms, forms_of

_View = TypeVar("_View", bound=Callable[..., HttpResponse])
FOR_EVER = "private, immutable, max-age=31536000"
_REFUSED = re.compile(r"\s*;\s*q=0(\.0+)?\s*$")
# So many documents are kept by each process: their content never changes, whoever may read them is asked every time.
KEPT_DOCUMENTS = 128


def frozen_answer(request: HttpRequest, rows: QuerySet[Any], sha256: str) -> HttpResponse:
    """The document of narrowed rows as the reader can take it (Brotli, gzip, plain), or 304 where they have it.

    The sha256 is over the decompressed bytes. Raises Http404 where the rows hold no such document.
    """
    key = rows.filter(sha256=sha256).values_list("pk", flat=True).first()
    if key is None:
        raise Http404
    etag = f'"{sha256}"'
    known = {tag.strip().removeprefix("W/") for tag in request.META.get("HTTP_IF_NONE_MATCH", "").split(",")}
    response: HttpResponse
    if etag in known or "*" in known:
        response = HttpResponseNotModified()
    else:
        model: Any = rows.model
        body, coding = _as_taken(_forms(model, key), request.META.get("HTTP_ACCEPT_ENCODING", ""))
        response = HttpResponse(body, content_type="application/json")
        if coding:
            response["Content-Encoding"] = coding
    response["ETag"] = etag
    response["Cache-Control"] = FOR_EVER
    response["Vary"] = "Authorization, Accept-Encoding, Cookie"
    return response


@lru_cache(maxsize=KEPT_DOCUMENTS)
def _forms(model: Any, key: Any) -> Forms:
    """A document's forms, read once per process."""
    return forms_of(model._base_manager.filter(pk=key).values_list("body", flat=True).get())


def _as_taken(forms: Forms, header: str) -> tuple[bytes, str]:
    """The bytes and their coding."""
    offers = [offer.strip().lower() for offer in header.split(",")]
    taken = {offer.partition(";")[0].strip() for offer in offers if not _REFUSED.search(offer)}
    if "br" in taken and forms.brotli:
        return forms.brotli, "br"
    if "gzip" in taken:
        return forms.gzip, "gzip"
    return zlib.decompress(forms.gzip, 16 + zlib.MAX_WBITS), ""


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
        return frozen_answer(request._request, self.model.objects.readable_by(asker(request)), sha256)


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
