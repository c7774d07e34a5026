"""Visits given to auditors and taken away, called off, missed, and released before their time."""

import uuid
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audits import tasks
from audits.api.office_asking import ADMINS, for_roles, found, pointing_without, read_body
from audits.api.office_audits import CHAIN, MAX_VISITS, PersonName
from audits.models import Assignment, Audit
from audits.problems import AUDIT_STATE
from audits.services import planning, releasing
from chains.access import OFFICE, PLANNERS
from chains.api.asking import asker
from chains.api.strict import StrictSerializer, read_query
from chains.models import User
from chains.problems import INVALID, Fault, Problem

LIVING = (Assignment.State.OFFERED, Assignment.State.ACCEPTED)


class AuditorSerializer(PersonName):
    """An auditor of the office. `may_go` is false where they were recognised at the location asked about."""

    language = serializers.CharField()
    open_visits = serializers.IntegerField()
    may_go = serializers.BooleanField()


class AuditorQuery(StrictSerializer):
    """For which branch auditors are looked for."""

    location = serializers.UUIDField(required=False)


class Giving(StrictSerializer):
    """To whom a visit is given."""

    auditor = serializers.IntegerField()


class Duty(Giving):
    """One visit for one auditor."""

    audit = serializers.UUIDField()


class Duties(StrictSerializer):
    """Visits to be given to auditors, all or none."""

    duties = serializers.ListField(child=Duty(), allow_empty=False, max_length=MAX_VISITS)


class GivenSerializer(serializers.Serializer[Any]):
    """A visit that has just been given to an auditor."""

    id = serializers.UUIDField()
    audit = serializers.UUIDField(source="audit_id")
    auditor = serializers.IntegerField(source="auditor_id")
    state = serializers.ChoiceField(choices=Assignment.State.choices)


class GivenDuties(serializers.Serializer[Any]):
    """The assignments just made, in the order in which they were asked for."""

    assignments = GivenSerializer(many=True)


class Why(StrictSerializer):
    """The reason, kept with what ends."""

    reason = serializers.CharField(max_length=200, required=False, allow_blank=True)


class EndedSerializer(serializers.Serializer[Any]):
    """The state that something has now."""

    id = serializers.UUIDField()
    state = serializers.CharField()


class Released(serializers.Serializer[Any]):
    """How many visits were released."""

    released = serializers.IntegerField()


class ToRelease(StrictSerializer):
    """Accepted visits to be released now."""

    audits = serializers.ListField(child=serializers.UUIDField(), allow_empty=False, max_length=MAX_VISITS)


class Auditors(generics.ListAPIView[User]):
    """The auditors of the office, by name, for giving them visits."""

    may = {"GET": OFFICE}
    serializer_class = AuditorSerializer
    ordering = ("username",)

    @extend_schema(operation_id="office_auditors", parameters=[AuditorQuery], tags=["planning"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List auditors with how much they have to do."""
        people: list[Any] = list(self.paginate_queryset(self.filter_queryset(self.get_queryset())) or [])
        place = read_query(request, AuditorQuery).get("location")
        blocked = planning.recognised_pairs(person.pk for person in people) if place else set()
        for person in people:
            person.may_go = (person.pk, place) not in blocked
        return self.get_paginated_response(AuditorSerializer(people, many=True).data)

    def get_queryset(self) -> QuerySet[User]:
        user = asker(self.request)
        living = Assignment.objects.visible_to(user).filter(auditor_id=OuterRef("pk"), state__in=LIVING)
        counted = living.order_by().values("auditor_id").annotate(count=Count("pk")).values("count")
        rows: QuerySet[User] = User.objects.auditors_sent_by(user)
        return rows.annotate(open_visits=Coalesce(Subquery(counted), 0))


class AuditAssign(APIView):
    """One visit for one auditor."""

    may = {"POST": PLANNERS}

    @extend_schema(
        operation_id="office_audit_assign", request=Giving, responses={201: GivenSerializer}, tags=["planning"]
    )
    def post(self, request: Request, audit_id: uuid.UUID) -> Response:
        """Offer a planned visit to an auditor."""
        user = asker(request)
        audit = found(for_roles(Audit.objects.all(), user, PLANNERS, CHAIN), audit_id)
        (duty,) = _duties(user, [{"audit": audit.pk, "auditor": read_body(request, Giving)["auditor"]}], "")
        with pointing_without("/duties/0"):
            given = planning.assign(audit_id=duty.audit_id, auditor=duty.auditor, now=timezone.now())
        return Response(GivenSerializer(given).data, status=201)


class AuditsAssign(APIView):
    """Many visits for auditors at once."""

    may = {"POST": PLANNERS}

    @extend_schema(operation_id="office_audits_assign", request=Duties, responses={201: GivenDuties}, tags=["planning"])
    def post(self, request: Request) -> Response:
        """Offer planned visits to auditors, all or none; faults are named as /duties/N/…."""
        duties = _duties(asker(request), read_body(request, Duties)["duties"], "/duties/{}")
        given = planning.assign_many(duties=duties, now=timezone.now())
        return Response(GivenDuties({"assignments": given}).data, status=201)


class AssignmentWithdraw(APIView):
    """A visit taken away from its auditor."""

    may = {"POST": PLANNERS}

    @extend_schema(operation_id="office_assignment_withdraw", request=Why, responses=EndedSerializer, tags=["planning"])
    def post(self, request: Request, assignment_id: uuid.UUID) -> Response:
        """Take a visit away, so that it can be given to another."""
        rows = for_roles(Assignment.objects.all(), asker(request), PLANNERS, f"audit__{CHAIN}")
        assignment = found(rows, assignment_id)
        reason = read_body(request, Why).get("reason", "")
        planning.withdraw(assignment_id=assignment.pk, now=timezone.now(), reason=reason)
        return Response({"id": assignment.pk, "state": Assignment.State.WITHDRAWN})


class AuditCancel(APIView):
    """A visit called off."""

    may = {"POST": PLANNERS}

    @extend_schema(operation_id="office_audit_cancel", request=Why, responses=EndedSerializer, tags=["planning"])
    def post(self, request: Request, audit_id: uuid.UUID) -> Response:
        """Call a visit off; what a phone still delivers for it is kept and flagged."""
        audit = found(for_roles(Audit.objects.all(), asker(request), PLANNERS, CHAIN), audit_id)
        planning.cancel(audit_id=audit.pk, now=timezone.now(), reason=read_body(request, Why).get("reason", ""))
        return Response({"id": audit.pk, "state": Audit.State.CANCELLED})


class AuditMissed(APIView):
    """A visit that nobody made."""

    may = {"POST": PLANNERS}

    @extend_schema(operation_id="office_audit_missed", request=None, responses=EndedSerializer, tags=["planning"])
    def post(self, request: Request, audit_id: uuid.UUID) -> Response:
        """Mark a visit as missed once the last day for its report is over; a later report revives it."""
        audit = found(for_roles(Audit.objects.all(), asker(request), PLANNERS, CHAIN), audit_id)
        if not planning.mark_missed(now=timezone.now(), among=[audit.pk]):
            raise Problem(AUDIT_STATE, "Only an open visit whose last day for the report is over can be missed.")
        return Response({"id": audit.pk, "state": Audit.State.MISSED})


class AuditsRelease(APIView):
    """Accepted visits released before their time."""

    may = {"POST": ADMINS}

    @extend_schema(operation_id="office_audits_release", request=ToRelease, responses=Released, tags=["reviewing"])
    def post(self, request: Request) -> Response:
        """Show accepted visits to managers now, all or none."""
        wanted = list(dict.fromkeys(read_body(request, ToRelease)["audits"]))
        rows = for_roles(Audit.objects.all(), asker(request), ADMINS, CHAIN)
        known = set(rows.filter(pk__in=wanted).values_list("pk", flat=True))
        faults = [
            Fault(f"/audits/{i}", "unknown", "There is no such visit.") for i, a in enumerate(wanted) if a not in known
        ]
        if faults:
            raise Problem(INVALID, faults[0].detail, errors=faults)
        released = releasing.release_now(audit_ids=wanted, now=timezone.now())
        tasks.ring()
        return Response({"released": released})


def _duties(user: User, wanted: list[dict[str, Any]], pointer: str) -> list[planning.Duty]:
    """The visits and auditors that were asked for. Raises Problem (invalid) for those `user` does not plan with."""
    audits = for_roles(Audit.objects.all(), user, PLANNERS, CHAIN)
    known = set(audits.filter(pk__in=[duty["audit"] for duty in wanted]).values_list("pk", flat=True))
    people = User.objects.auditors_sent_by(user).in_bulk({duty["auditor"] for duty in wanted})
    faults = []
    for index, duty in enumerate(wanted):
        if duty["audit"] not in known:
            faults.append(Fault(f"{pointer.format(index)}/audit", "unknown", "There is no such visit."))
        if duty["auditor"] not in people:
            faults.append(Fault(f"{pointer.format(index)}/auditor", "unknown", "There is no such auditor."))
    if faults:
        raise Problem(INVALID, faults[0].detail, errors=faults)
    return [planning.Duty(duty["audit"], people[duty["auditor"]]) for duty in wanted]
