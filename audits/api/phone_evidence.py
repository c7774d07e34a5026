"""Files of a submission: `PUT submissions/{uuid}/evidence/{uuid}`, held or not, lost (PHONE_PROTOCOL §5)."""

import base64
import uuid
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audits.api.phone_answers import ProblemAnswer, one_of
from audits.api.phone_reading import PhoneUpload, announced_length, announced_sha256, chunks
from audits.api.phone_submissions import DIGEST, REFUSALS
from audits.problems import BODY_INCOMPLETE, EVIDENCE_TOO_LARGE
from audits.services import evidence
from audits.services.evidence import Incoming, Kept, Parcel
from chains.access import AUDITORS
from chains.api.strict import StrictSerializer
from chains.models import User
from chains.problems import Problem


class EvidenceAnswer(serializers.Serializer):
    """What is held under this id."""

    id = serializers.UUIDField()
    state = one_of("held", "lost")
    sha256 = serializers.CharField(allow_blank=True)
    length = serializers.IntegerField()


class LostFields(StrictSerializer):
    """Why a file will never come."""

    reason = serializers.CharField(max_length=200)


class EvidenceView(PhoneUpload):
    """One file of a submission, under the id that the phone gave it; before or after the submission itself."""

    may = {"PUT": AUDITORS, "GET": AUDITORS}

    @extend_schema(
        operation_id="evidence_put",
        request={"application/octet-stream": OpenApiTypes.BINARY},
        parameters=[DIGEST],
        responses={200: EvidenceAnswer, 201: EvidenceAnswer, **REFUSALS},
    )
    def put(self, request: Request, submission_id: uuid.UUID, evidence_id: uuid.UUID) -> Response:
        """Deliver a file. 201 new, 200 known with the same bytes."""
        http = request._request
        length, limit = announced_length(http), settings.MAX_EVIDENCE_BYTES
        if length > limit:
            raise Problem(EVIDENCE_TOO_LARGE, f"{length} bytes are more than {limit}.", stored=False)
        with Incoming() as incoming:
            for chunk in chunks(http, length):
                incoming.write(chunk)
            if incoming.length != length:
                raise Problem(BODY_INCOMPLETE, f"{incoming.length} of {length} bytes arrived.", stored=False)
            if incoming.sha256 != announced_sha256(http):
                text = "The bytes that arrived do not have the announced digest."
                raise Problem(BODY_INCOMPLETE, text, stored=False)
            kept = evidence.keep(_parcel(request, submission_id, evidence_id), incoming)
        return Response(_answer(evidence_id, kept), status=201 if kept.outcome == "new" else 200)

    @extend_schema(operation_id="evidence_head", responses={200: None, 404: ProblemAnswer})
    def head(self, request: Request, submission_id: uuid.UUID, evidence_id: uuid.UUID) -> HttpResponse:
        """Whether it is held: 200 with its length and digest, or 404."""
        assert isinstance(request.user, User)
        kept = evidence.held(person=request.user, submission_id=submission_id, evidence_id=evidence_id)
        response = HttpResponse(content_type="application/octet-stream")
        response["Repr-Digest"] = f"sha-256=:{base64.b64encode(kept.sha256).decode()}:"
        response["Upload-Length"] = str(kept.length)
        return response


class EvidenceLostView(APIView):
    """The end of an otherwise eternal wait."""

    may = {"POST": AUDITORS}

    @extend_schema(operation_id="evidence_lost", request=LostFields, responses=EvidenceAnswer)
    def post(self, request: Request, submission_id: uuid.UUID, evidence_id: uuid.UUID) -> Response:
        """Say that a file is lost; harmless when repeated, and when the file is held after all."""
        fields = LostFields(data=request.data)
        fields.is_valid(raise_exception=True)
        parcel = _parcel(request, submission_id, evidence_id)
        return Response(_answer(evidence_id, evidence.declare_lost(parcel, reason=fields.validated_data["reason"])))


def _parcel(request: Request, submission_id: uuid.UUID, evidence_id: uuid.UUID) -> Parcel:
    assert isinstance(request.user, User)
    return Parcel(submission_id, evidence_id, request.user, timezone.now())


def _answer(evidence_id: uuid.UUID, kept: Kept) -> dict[str, Any]:
    return {"id": evidence_id, "state": kept.state, "sha256": kept.sha256.hex(), "length": kept.length}
