"""Drafts: `PUT` and `GET assignments/{id}/draft`, so that a second phone goes on with the first one's work (§4)."""

import hashlib
import uuid

from django.conf import settings
from django.http import HttpResponse, HttpResponseNotModified
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from audits.api.phone_answers import ProblemAnswer
from audits.api.phone_reading import PhoneUpload, announced_length, announced_sha256, chunks
from audits.api.phone_work import own_assignment
from audits.problems import BODY_INCOMPLETE, DRAFT_TOO_LARGE
from audits.services import drafting
from chains.access import AUDITORS
from chains.models import User
from chains.problems import Problem

REFUSALS = dict.fromkeys((400, 401, 403, 404, 409, 413, 415, 422, 428, 429, 503), ProblemAnswer)
FIRST = OpenApiParameter("If-None-Match", str, OpenApiParameter.HEADER, description="`*`: there is no draft yet.")
NEXT = OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, description="The tag of the draft it replaces.")


class DraftSaved(serializers.Serializer):
    """The tag of the draft that stands now; also in the header `ETag`."""

    etag = serializers.CharField()


class DraftChangedAnswer(ProblemAnswer):
    """The draft that stands: its text as it was saved, to be shown to the person who chooses."""

    etag = serializers.CharField(allow_null=True)
    saved_at = serializers.DateTimeField(allow_null=True)
    draft = serializers.CharField(allow_null=True)


class DraftView(PhoneUpload):
    """The draft of one's own assignment."""

    may = {"GET": AUDITORS, "PUT": AUDITORS}

    @extend_schema(
        operation_id="assignments_draft_put",
        request={"application/json": OpenApiTypes.OBJECT},
        parameters=[FIRST, NEXT],
        responses={200: DraftSaved, 201: DraftSaved, 412: DraftChangedAnswer, **REFUSALS},
    )
    def put(self, request: Request, assignment_id: uuid.UUID) -> Response:
        """Save it, once a minute at most. 201 the first, 200 the next; 412 tells the draft that stands instead.

        A JSON object of the phone's own; only its member `submission`, a UUID, is read. Drafts outlive the closing of
        a checklist's version, and are gone once their submission has been delivered.
        """
        assignment = own_assignment(request, assignment_id)
        body = _body(request)
        tag, first = drafting.save(assignment=assignment, body=body, replaces=_replaced(request), now=timezone.now())
        return Response({"etag": tag}, status=201 if first else 200, headers={"ETag": tag})

    @extend_schema(
        operation_id="assignments_draft",
        responses={
            (200, "application/json"): OpenApiResponse(OpenApiTypes.OBJECT, description="The draft as it was saved."),
            304: None,
            401: ProblemAnswer,
            403: ProblemAnswer,
            404: ProblemAnswer,
        },
    )
    def get(self, request: Request, assignment_id: uuid.UUID) -> HttpResponse:
        """The exact bytes as they were saved, with their tag."""
        assert isinstance(request.user, User)
        draft = drafting.draft_of(person=request.user, assignment_id=assignment_id)
        tag = drafting.tag_of(draft.sha256)
        known = {one.strip() for one in request.META.get("HTTP_IF_NONE_MATCH", "").split(",")}
        response: HttpResponse = (
            HttpResponseNotModified() if tag in known else HttpResponse(draft.text(), content_type="application/json")
        )
        response["ETag"] = tag
        response["Last-Modified"] = draft.saved_at.strftime("%a, %d %b %Y %H:%M:%S GMT")
        response["Cache-Control"] = "private, no-cache"
        response["Vary"] = "Authorization, Cookie"
        return response


def _replaced(request: Request) -> str | None:
    """What the phone says it replaces: a tag, "" for nothing, None where it says neither."""
    if match := request.META.get("HTTP_IF_MATCH", ""):
        return str(match)
    return "" if request.META.get("HTTP_IF_NONE_MATCH", "").strip() == "*" else None


def _body(request: Request) -> bytes:
    """The whole draft. Raises Problem (body-incomplete, draft-too-large); a digest is checked where one is given."""
    http = request._request
    length, limit = announced_length(http), settings.MAX_DRAFT_BYTES
    if length > limit:
        raise Problem(DRAFT_TOO_LARGE, f"{length} bytes are more than {limit}.", stored=False)
    body = b"".join(chunks(http, length))
    if len(body) != length:
        raise Problem(BODY_INCOMPLETE, f"{len(body)} of {length} bytes arrived.", stored=False)
    if "HTTP_CONTENT_DIGEST" in http.META and announced_sha256(http) != hashlib.sha256(body).digest():
        raise Problem(BODY_INCOMPLETE, "The bytes that arrived do not have the announced digest.", stored=False)
    return body
