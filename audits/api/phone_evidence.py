"""Evidence of a submission: `PUT`, `HEAD`, and `lost` for what will never come (PHONE_PROTOCOL §5)."""

import base64
import uuid

from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audits import tasks
from audits.api.phone_answers import ProblemAnswer
from audits.api.phone_reading import PhoneUpload, announced_length, announced_sha256, chunks
from audits.api.phone_submissions import DIGEST
from audits.models import Evidence
from audits.problems import EVIDENCE_TOO_LARGE
from audits.services import evidence
from chains.access import AUDITORS
from chains.api.strict import StrictSerializer
from chains.models import User
from chains.problems import Problem

REFUSALS = dict.fromkeys((400, 401, 403, 409, 413, 415, 503), ProblemAnswer)


class EvidenceAnswer(serializers.Serializer):
    """What is known of one file."""

    id = serializers.UUIDField()
    state = serializers.ChoiceField(choices=["held", "lost", "erased"])


class LostFields(StrictSerializer):
    """Why a file will never come."""

    reason = serializers.CharField(max_length=200)


class EvidenceView(PhoneUpload):
    """One file under the id that the phone gave it; it may come before or after its submission."""

    may = {"PUT": AUDITORS, "GET": AUDITORS}
    http_method_names = ["put", "head", "options"]

    @extend_schema(
        operation_id="evidence_put",
        request={"application/octet-stream": OpenApiTypes.BINARY},
        parameters=[DIGEST],
        responses={200: EvidenceAnswer, 201: EvidenceAnswer, **REFUSALS},
    )
    def put(self, request: Request, submission_id: uuid.UUID, evidence_id: uuid.UUID) -> Response:
        """Deliver. 201 new, 200 held already with the same bytes."""
        assert isinstance(request.user, User)
        limit: int = settings.MAX_EVIDENCE_BYTES
        length = announced_length(request._request)
        if length > limit:
            raise Problem(EVIDENCE_TOO_LARGE, f"{length} bytes are more than {limit}.", stored=False)
        upload = evidence.Incoming(
            submission_id=submission_id,
            evidence_id=evidence_id,
            owner=request.user,
            length=length,
            sha256=announced_sha256(request._request),
            now=timezone.now(),
        )
        fresh = evidence.hold(upload, chunks(request._request, length))
        if fresh:
            transaction.on_commit(lambda: tasks.ring(), robust=True)
        return Response({"id": evidence_id, "state": Evidence.State.HELD}, status=201 if fresh else 200)

    @extend_schema(exclude=True)
    def head(self, request: Request, submission_id: uuid.UUID, evidence_id: uuid.UUID) -> HttpResponse:
        """200 where it is held, with its digest; 404 where it is not."""
        assert isinstance(request.user, User)
        row = evidence.is_held(submission_id=submission_id, evidence_id=evidence_id, owner=request.user)
        response = HttpResponse(content_type=row.media_type)
        response["Content-Digest"] = f"sha-256=:{base64.b64encode(bytes(row.sha256)).decode()}:"
        response["Evidence-Length"] = str(row.length)
        return response


class EvidenceLostView(APIView):
    """A file that will never come."""

    may = {"POST": AUDITORS}

    @extend_schema(
        operation_id="evidence_lost",
        request=LostFields,
        responses={200: EvidenceAnswer, 400: ProblemAnswer, 401: ProblemAnswer, 403: ProblemAnswer, 409: ProblemAnswer},
    )
    def post(self, request: Request, submission_id: uuid.UUID, evidence_id: uuid.UUID) -> Response:
        """Say so, with a reason. One that is held stays held."""
        assert isinstance(request.user, User)
        given = LostFields(data=request.data)
        given.is_valid(raise_exception=True)
        row = evidence.declare_lost(
            submission_id=submission_id,
            evidence_id=evidence_id,
            owner=request.user,
            reason=given.validated_data["reason"],
            now=timezone.now(),
        )
        return Response({"id": evidence_id, "state": row.state})
