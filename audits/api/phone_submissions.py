"""Delivering work: `PUT submissions/{uuid}`, its receipt and status, and the keys that receipts are checked with."""

import uuid

import msgspec
from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from audits import tasks
from audits.api.phone_answers import DeliveryAnswer, KeysAnswer, ProblemAnswer
from audits.api.phone_reading import OnlyJson, PhoneUpload, whole_body
from audits.problems import SUBMISSION_TOO_LARGE
from audits.services import receiving
from audits.services.receiving import Arrival, Delivery
from chains.access import ANYONE, AUDITORS
from chains.models import Device, User

STATUS = {"new": 201, "same": 200, "quarantined": 202}
DIGEST = OpenApiParameter(
    "Content-Digest", str, OpenApiParameter.HEADER, required=True, description="`sha-256=:…:` over the file (RFC 9530)."
)
REFUSALS = dict.fromkeys((400, 401, 403, 409, 410, 413, 415, 422, 429, 503), ProblemAnswer)


class SubmissionView(PhoneUpload):
    """One submission, under the id that the phone gave it."""

    may = {"PUT": AUDITORS, "GET": AUDITORS}

    @extend_schema(
        operation_id="submissions_put",
        request={"application/json": OpenApiTypes.OBJECT},
        parameters=[DIGEST],
        responses={200: DeliveryAnswer, 201: DeliveryAnswer, 202: DeliveryAnswer, **REFUSALS},
    )
    def put(self, request: Request, submission_id: uuid.UUID) -> HttpResponse:
        """Deliver. 201 new, 200 known with the same bytes, 202 kept in quarantine (the phone is signed out)."""
        assert isinstance(request.user, User)
        limit: int = settings.MAX_SUBMISSION_BYTES
        body, digest = whole_body(request._request, limit=limit, too_large=SUBMISSION_TOO_LARGE)
        device = request.auth if isinstance(request.auth, Device) else None
        delivery = receiving.receive(Arrival(submission_id, body, digest, request.user, device, timezone.now()))
        if delivery.outcome == "new":
            transaction.on_commit(lambda: tasks.ring(), robust=True)
        return answer(delivery, STATUS[delivery.outcome])

    @extend_schema(
        operation_id="submissions_get", responses={200: DeliveryAnswer, 401: ProblemAnswer, 404: ProblemAnswer}
    )
    def get(self, request: Request, submission_id: uuid.UUID) -> HttpResponse:
        """Receipt and present status of one's own delivery."""
        assert isinstance(request.user, User)
        return answer(receiving.delivered(person=request.user, submission_id=submission_id), 200)


class ReceiptKeysView(APIView):
    """The keys that receipts are checked with; anyone may have them."""

    may = {"GET": ANYONE}
    authentication_classes = ()
    content_negotiation_class = OnlyJson

    @extend_schema(operation_id="receipts_keys", responses=KeysAnswer, auth=[])
    def get(self, request: Request) -> HttpResponse:
        """A JWK set."""
        body = msgspec.json.encode({"keys": receiving.published_keys()})
        response = HttpResponse(body, content_type="application/json")
        response["Cache-Control"] = "public, max-age=3600"
        return response


def answer(delivery: Delivery, status: int) -> HttpResponse:
    """Receipt and status as JSON."""
    content = {"receipt": delivery.receipt, "status": delivery.status}
    return HttpResponse(msgspec.json.encode(content), status=status, content_type="application/json")
