"""Visits as the office plans them: listed, shown, planned one by one or by the hundred."""

import calendar
import uuid
from datetime import date
from typing import Any

import msgspec
from django.db.models import Prefetch
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audits.api.office_asking import for_roles, found, named, pointing_without, read_body
from audits.api.office_parts import Coded
from audits.models import Assignment, Audit, Component, Submission
from audits.models.windows import WindowRules, read_rules
from audits.services import planning
from chains.access import OFFICE, PLANNERS
from chains.api.asking import asker
from chains.api.places import LocationName
from chains.api.strict import StrictSerializer, read_query
from chains.models import Location, User
from chains.problems import INVALID, Fault, Problem

CHAIN = "programme__chain_id"
MAX_VISITS = 2_000
TIME = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"


class PersonName(serializers.Serializer[Any]):
    """A person of the office."""

    id = serializers.IntegerField()
    username = serializers.CharField()
    name = serializers.CharField(source="get_full_name")


class Window(StrictSerializer):
    """The local days of a visit; ISO weekdays (1 is Monday), times of day, excluded days, last day for the report."""

    first = serializers.DateField()
    last = serializers.DateField()
    weekdays = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=7), required=False, max_length=7
    )
    times = serializers.ListField(
        child=serializers.ListField(child=serializers.RegexField(TIME), min_length=2, max_length=2),
        required=False,
        max_length=10,
        help_text='Pairs of from and until: [["12:00", "14:00"]].',
    )
    excluded = serializers.ListField(child=serializers.DateField(), required=False, max_length=400)
    deliver_by = serializers.DateField(required=False, allow_null=True)


class AssignmentSerializer(serializers.Serializer[Any]):
    """A visit given to an auditor."""

    id = serializers.UUIDField()
    state = serializers.ChoiceField(choices=Assignment.State.choices)
    auditor = PersonName()
    offered_at = serializers.DateTimeField()
    answered_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField()


class AuditSerializer(serializers.Serializer[Any]):
    """A planned visit. `assignment` is the latest one; `visit_id` is the name under which managers see it."""

    id = serializers.UUIDField()
    programme = Coded()
    component = Coded()
    location = LocationName()
    kind = serializers.ChoiceField(choices=Audit.Kind.choices)
    state = serializers.ChoiceField(choices=Audit.State.choices)
    window = serializers.SerializerMethodField()
    reference = serializers.CharField()
    planned_at = serializers.DateTimeField()
    visited_on = serializers.DateField(allow_null=True)
    accepted_at = serializers.DateTimeField(allow_null=True)
    released_at = serializers.DateTimeField(allow_null=True)
    visit_id = serializers.UUIDField(allow_null=True)
    assignment = serializers.SerializerMethodField()

    @extend_schema_field(Window)
    def get_window(self, audit: Audit) -> dict[str, Any]:
        """Days and rules of the window."""
        rules = read_rules(audit.window_rules)
        return {"first": audit.window_from, "last": audit.window_until, **msgspec.structs.asdict(rules)}

    @extend_schema_field(AssignmentSerializer(allow_null=True))
    def get_assignment(self, audit: Audit) -> dict[str, Any] | None:
        """The latest assignment."""
        rows = list(audit.assignments.all())
        return AssignmentSerializer(rows[0]).data if rows else None


class AuditDetailSerializer(AuditSerializer):
    """A planned visit with what it is scored with for ever, everyone it was given to, and what was delivered for it."""

    checklist_sha256 = serializers.CharField(source="version.sha256")
    scope_sha256 = serializers.CharField(source="scope.sha256")
    brief_sha256 = serializers.CharField(source="brief.sha256", allow_null=True, default=None)
    assignments = AssignmentSerializer(many=True)
    submissions = serializers.ListField(child=serializers.UUIDField(), source="submission_ids")


class AuditQuery(StrictSerializer):
    """Filters of the list of visits."""

    state = serializers.ChoiceField(choices=Audit.State.choices, required=False)
    programme = serializers.UUIDField(required=False)
    component = serializers.UUIDField(required=False)
    location = serializers.UUIDField(required=False)
    auditor = serializers.IntegerField(required=False, help_text="Visits given to this person, ended ones included.")
    month = serializers.RegexField(
        r"^[1-9][0-9]{3}-(0[1-9]|1[0-2])$", required=False, help_text="Visits that may be made in it: 2026-06."
    )


class NewVisit(StrictSerializer):
    """A visit to be planned; `only` narrows it to these standards (a partial re-audit)."""

    location = serializers.UUIDField()
    window = Window()
    kind = serializers.ChoiceField(choices=Audit.Kind.choices, required=False)
    reference = serializers.CharField(max_length=100, required=False, allow_blank=True)
    only = serializers.ListField(
        child=serializers.CharField(max_length=120), required=False, allow_empty=False, max_length=2_000
    )


class NewAudit(NewVisit):
    """One visit of a component."""

    component = serializers.UUIDField()


class NewAudits(StrictSerializer):
    """Many visits of one component, planned all or none."""

    component = serializers.UUIDField()
    visits = serializers.ListField(child=NewVisit(), allow_empty=False, max_length=MAX_VISITS)


class PlannedAudit(serializers.Serializer[Any]):
    """A visit that has just been planned."""

    id = serializers.UUIDField()
    location = serializers.UUIDField(source="location_id")
    reference = serializers.CharField()


class PlannedAudits(serializers.Serializer[Any]):
    """The visits that have just been planned, in the order in which they were asked for."""

    audits = PlannedAudit(many=True)


class Audits(generics.ListAPIView[Audit]):
    """The visits of the office's chains, those with the latest windows first."""

    may = {"GET": OFFICE, "POST": PLANNERS}
    serializer_class = AuditSerializer
    ordering = ("-window_from", "id")

    @extend_schema(operation_id="office_audits", parameters=[AuditQuery], tags=["planning"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List visits."""
        return self.list(request)

    @extend_schema(operation_id="office_audit_plan", request=NewAudit, responses={201: PlannedAudit}, tags=["planning"])
    def post(self, request: Request) -> Response:
        """Plan one visit with the checklist's latest published version and a frozen scope."""
        values = read_body(request, NewAudit)
        component, (visit,) = _wishes(asker(request), values["component"], [values], "")
        with pointing_without("/visits/0"):
            audit = planning.plan(component=component, visit=visit, now=timezone.now())
        return Response(PlannedAudit(audit).data, status=201)

    def get_queryset(self) -> Any:
        return _filtered(for_roles(_rows(), asker(self.request), OFFICE, CHAIN), read_query(self.request, AuditQuery))


class AuditsPlan(APIView):
    """Many visits at once."""

    may = {"POST": PLANNERS}

    @extend_schema(
        operation_id="office_audits_plan", request=NewAudits, responses={201: PlannedAudits}, tags=["planning"]
    )
    def post(self, request: Request) -> Response:
        """Plan visits of one component, all or none; faults are named as /visits/N/…."""
        values = read_body(request, NewAudits)
        component, visits = _wishes(asker(request), values["component"], values["visits"], "/visits/{}")
        audits = planning.plan_many(component=component, visits=visits, now=timezone.now())
        return Response(PlannedAudits({"audits": audits}).data, status=201)


class AuditDetail(generics.GenericAPIView[Audit]):
    """One visit."""

    may = {"GET": OFFICE}
    serializer_class = AuditDetailSerializer

    @extend_schema(operation_id="office_audit", tags=["planning"])
    def get(self, request: Request, audit_id: uuid.UUID) -> Response:
        """Show a visit with everyone it was given to and what was delivered for it."""
        audit = found(self.get_queryset(), audit_id)
        delivered = Submission.objects.filter(assignment__audit=audit).order_by("received_at", "id")
        audit.submission_ids = list(delivered.values_list("id", flat=True))
        return Response(AuditDetailSerializer(audit).data)

    def get_queryset(self) -> Any:
        frozen = _rows().select_related("version", "scope", "brief")
        return for_roles(frozen.defer(*FROZEN_BODIES), asker(self.request), OFFICE, CHAIN)


FROZEN_BODIES = ("version__body", "version__classifications", "version__code_map", "scope__body", "brief__body")


def _rows() -> Any:
    given = Assignment.objects.select_related("auditor").order_by("-offered_at", "id")
    rows = Audit.objects.select_related("programme", "component", "location")
    return rows.prefetch_related(Prefetch("assignments", queryset=given))


def _filtered(rows: Any, wanted: dict[str, Any]) -> Any:
    for name in ("state", "programme", "component", "location"):
        if name in wanted:
            rows = rows.filter(**{name: wanted[name]})
    if "auditor" in wanted:
        rows = rows.filter(pk__in=Assignment.objects.filter(auditor_id=wanted["auditor"]).values("audit_id"))
    if "month" in wanted:
        first = date.fromisoformat(f"{wanted['month']}-01")
        last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
        rows = rows.filter(window_from__lte=last, window_until__gte=first)
    return rows


def _wishes(
    user: User, component_id: uuid.UUID, visits: list[dict[str, Any]], pointer: str
) -> tuple[Component, list[planning.Visit]]:
    """The component and the visits that were asked for, as values. Raises Problem (invalid)."""
    components = for_roles(Component.objects.select_related("programme__chain"), user, PLANNERS, CHAIN)
    component = named({"component": component_id}, {"component": components})["component"]
    places = Location.objects.visible_to(user).filter(chain_id=component.programme.chain_id)
    known = places.in_bulk({visit["location"] for visit in visits})
    faults = [
        Fault(f"{pointer.format(index)}/location", "unknown", "There is no such location in this chain.")
        for index, visit in enumerate(visits)
        if visit["location"] not in known
    ]
    if faults:
        raise Problem(INVALID, faults[0].detail, errors=faults)
    return component, [_wish(visit, known[visit["location"]]) for visit in visits]


def _wish(values: dict[str, Any], location: Location) -> planning.Visit:
    window = values["window"]
    return planning.Visit(
        location=location,
        window_from=window["first"],
        window_until=window["last"],
        kind=values.get("kind", Audit.Kind.MYSTERY),
        rules=WindowRules(
            weekdays=tuple(window.get("weekdays", ())),
            times=tuple((start, end) for start, end in window.get("times", ())),
            excluded=tuple(window.get("excluded", ())),
            deliver_by=window.get("deliver_by"),
        ),
        reference=values.get("reference", ""),
        only=values.get("only"),
    )
