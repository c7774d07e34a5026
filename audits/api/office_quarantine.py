"""Quarantine over HTTP: what could not be taken as it came, looked at, repaired and delivered, or put aside."""

import hashlib
import uuid
from datetime import datetime
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audits import tasks
from audits.api.office_asking import for_roles, found, read_body
from audits.api.office_audits import PersonName
from audits.models import Assignment, Quarantine, Submission
from audits.services import quarantining, receiving
from audits.services.receiving import Arrival
from chains.access import REVIEWERS
from chains.api.asking import asker
from chains.api.strict import StrictSerializer, read_query
from chains.models import Device, User
from chains.problems import INVALID, Fault, Problem


class FaultSerializer(serializers.Serializer[Any]):
    """One thing wrong in what was sent."""

    pointer = serializers.CharField()
    code = serializers.CharField()
    detail = serializers.CharField()


class QuarantineSerializer(serializers.Serializer[Any]):
    """A delivery that waits for the office, or was settled by it."""

    id = serializers.IntegerField()
    submission = serializers.UUIDField(source="submission_id")
    digest = serializers.SerializerMethodField()
    length = serializers.IntegerField()
    problem = serializers.CharField()
    state = serializers.ChoiceField(choices=Quarantine.State.choices)
    sender = PersonName(allow_null=True)
    received_at = serializers.DateTimeField()
    settled_at = serializers.DateTimeField(allow_null=True)
    settled_by = PersonName(allow_null=True)
    note = serializers.CharField()

    def get_digest(self, row: Quarantine) -> str:
        """The sha256 of the bytes."""
        return bytes(row.digest).hex()


class QuarantineDetailSerializer(QuarantineSerializer):
    """The delivery with its faults and its bytes as text; what is no UTF-8 is shown as U+FFFD."""

    faults = FaultSerializer(many=True)
    text = serializers.SerializerMethodField()
    taken = serializers.SerializerMethodField(help_text="Whether a report was accepted under this id.")

    def get_text(self, row: Quarantine) -> str:
        """What was sent."""
        return quarantining.body_of(row).decode("utf-8", errors="replace")

    def get_taken(self, row: Quarantine) -> bool:
        """Whether there is a report of this id."""
        return Submission.objects.filter(pk=row.submission_id).exists()


class QuarantineQuery(StrictSerializer):
    """Filters of the list."""

    state = serializers.ChoiceField(choices=Quarantine.State.choices, required=False)
    problem = serializers.CharField(required=False, max_length=60)
    sender = serializers.IntegerField(required=False)


class Releasing(StrictSerializer):
    """Why it is delivered after all; `repaired` takes the place of the bytes as sent."""

    note = serializers.CharField(max_length=10_000, required=False, allow_blank=True)
    repaired = serializers.CharField(required=False, trim_whitespace=False)
    assignment = serializers.UUIDField(
        required=False, help_text="The assignment of its sender that it is of, whatever the bytes say."
    )


class Dismissing(StrictSerializer):
    """Why it is put aside."""

    note = serializers.CharField(max_length=10_000)


class SettledSerializer(serializers.Serializer[Any]):
    """Where the delivery stands now; `submission` is the report it became."""

    id = serializers.IntegerField()
    state = serializers.ChoiceField(choices=Quarantine.State.choices)
    submission = serializers.UUIDField(allow_null=True)


class QuarantineList(generics.ListAPIView[Quarantine]):
    """Deliveries in quarantine, newest first."""

    may = {"GET": REVIEWERS}
    serializer_class = QuarantineSerializer
    ordering = ("-received_at", "id")

    @extend_schema(operation_id="office_quarantine", parameters=[QuarantineQuery], tags=["reviewing"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List what waits, or was settled."""
        return self.list(request)

    def get_queryset(self) -> Any:
        rows = Quarantine.objects.visible_to(asker(self.request)).select_related("sender", "settled_by")
        return rows.filter(**read_query(self.request, QuarantineQuery)).defer("body", "faults")


class QuarantineDetail(generics.GenericAPIView[Quarantine]):
    """One delivery in quarantine."""

    may = {"GET": REVIEWERS}
    serializer_class = QuarantineDetailSerializer

    @extend_schema(operation_id="office_quarantined", tags=["reviewing"])
    def get(self, request: Request, row_id: int) -> Response:
        """Show what was sent and what is wrong with it."""
        rows = Quarantine.objects.visible_to(asker(request)).select_related("sender", "settled_by")
        return Response(QuarantineDetailSerializer(found(rows, row_id)).data)


class QuarantineRelease(APIView):
    """A delivery taken after all."""

    may = {"POST": REVIEWERS}

    @extend_schema(
        operation_id="office_quarantine_release", request=Releasing, responses=SettledSerializer, tags=["reviewing"]
    )
    def post(self, request: Request, row_id: int) -> Response:
        """Deliver it, repaired or as it is; it counts as sent by its sender when it arrived."""
        row = found(Quarantine.objects.visible_to(asker(request)), row_id)
        values = read_body(request, Releasing)
        repaired = values.get("repaired")
        name = quarantining.release(
            row_id=row.pk,
            by=asker(request),
            now=timezone.now(),
            note=values.get("note", ""),
            repaired=None if repaired is None else repaired.encode(),
            assignment_id=self._assignment(request, row, values.get("assignment")),
            deliver=_deliver,
        )
        tasks.ring()
        return Response({"id": row.pk, "state": Quarantine.State.RELEASED, "submission": name})

    @staticmethod
    def _assignment(request: Request, row: Quarantine, wanted: uuid.UUID | None) -> uuid.UUID | None:
        if wanted is None:
            return None
        rows = for_roles(Assignment.objects.all(), asker(request), REVIEWERS, "audit__programme__chain")
        if not rows.filter(pk=wanted, auditor_id=row.sender_id).exists():
            fault = Fault("/assignment", "unknown", "The person who sent it has no such assignment.")
            raise Problem(INVALID, fault.detail, errors=[fault])
        return wanted


class QuarantineDismiss(APIView):
    """A delivery put aside."""

    may = {"POST": REVIEWERS}

    @extend_schema(
        operation_id="office_quarantine_dismiss", request=Dismissing, responses=SettledSerializer, tags=["reviewing"]
    )
    def post(self, request: Request, row_id: int) -> Response:
        """Put it aside for good; the bytes are kept."""
        row = found(Quarantine.objects.visible_to(asker(request)), row_id)
        note = read_body(request, Dismissing)["note"]
        quarantining.dismiss(row_id=row.pk, by=asker(request), now=timezone.now(), note=note)
        return Response({"id": row.pk, "state": Quarantine.State.DISMISSED, "submission": None})


def _deliver(name: uuid.UUID, body: bytes, sender: User, device: Device | None, arrived_at: datetime) -> None:
    receiving.receive(Arrival(name, body, hashlib.sha256(body).digest(), sender, device, arrived_at))
