"""Getting work: the manifest, the scope of a visit, and the auditor's answers to an assignment (PHONE_PROTOCOL §2)."""

import uuid
from typing import Any

import orjson
from django.http import HttpResponse, HttpResponseNotModified
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audits.api.phone_answers import ManifestAnswer, one_of
from audits.api.phone_reading import OnlyJson
from audits.models import Assignment, ScopeDocument
from audits.services import planning
from chains.access import AUDITORS, OFFICE
from chains.api.strict import StrictSerializer
from chains.models import User
from chains.problems import INVALID, NOT_FOUND, Fault, Problem
from standards.api.frozen import frozen_answer


class ManifestView(APIView):
    """All that is mine to do."""

    may = {"GET": AUDITORS}
    content_negotiation_class = OnlyJson

    @extend_schema(operation_id="manifest", responses={200: ManifestAnswer, 304: None})
    def get(self, request: Request) -> HttpResponse:
        """Complete and authoritative: what is no longer listed is no longer mine.

        The ETag names this answer to the byte, its `server_time` included; its first part names the content, and is
        what `If-None-Match` is compared by.
        """
        assert isinstance(request.user, User)
        now = timezone.now()
        work = planning.work_of(request.user)
        name = work.name()
        response: HttpResponse
        if (known := _tag_beginning(name, request.META.get("HTTP_IF_NONE_MATCH", ""))) is not None:
            response = HttpResponseNotModified()
            response["ETag"] = known
        else:
            content = planning.manifest_of(work)
            body = orjson.dumps(content | {"server_time": now.isoformat(timespec="milliseconds")})
            response = HttpResponse(body, content_type="application/json")
            response["ETag"] = f'"{name}-{int(now.timestamp() * 1000):x}"'
        response["Vary"] = "Authorization"
        response["Cache-Control"] = "private, no-cache"
        return response


class ScopeView(APIView):
    """Which answer keys apply to a visit."""

    may = {"GET": AUDITORS | OFFICE}
    content_negotiation_class = OnlyJson

    @extend_schema(operation_id="scopes_get", responses={200: OpenApiTypes.OBJECT, 304: None})
    def get(self, request: Request, sha256: str) -> HttpResponse:
        """The frozen document, for the person sent on a visit with it and for the office."""
        return frozen_answer(request._request, ScopeDocument.objects.visible_to(request.user), sha256)


class AcceptFields(StrictSerializer):
    """The declaration to have no tie to the branch, and the brief that was read."""

    no_conflict = serializers.BooleanField()
    brief = serializers.CharField(max_length=64, allow_null=True, required=False, default=None)


class ReasonFields(StrictSerializer):
    """Why not."""

    reason = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class AssignmentAnswer(serializers.Serializer):
    """An assignment's state after the answer."""

    id = serializers.UUIDField()
    state = one_of("accepted", "declined", "aborted")


class AcceptView(APIView):
    """Take a visit on."""

    may = {"POST": AUDITORS}

    @extend_schema(operation_id="assignments_accept", request=AcceptFields, responses=AssignmentAnswer)
    def post(self, request: Request, assignment_id: uuid.UUID) -> Response:
        """Accept; harmless when repeated."""
        assignment = own_assignment(request, assignment_id)
        given = _checked(AcceptFields(data=request.data))
        brief = assignment.audit.brief.sha256 if assignment.audit.brief else None
        faults = []
        if not given["no_conflict"]:
            faults.append(Fault("/no_conflict", "conflict", "Decline a visit to a branch that you have a tie to."))
        if given["brief"] != brief:
            faults.append(Fault("/brief", "differs", f"This visit is played by the brief {brief}."))
        if faults:
            raise Problem(INVALID, errors=faults)
        planning.accept(assignment=assignment, brief_sha256=brief or "", now=timezone.now())
        return _answer(assignment, Assignment.State.ACCEPTED)


class DeclineView(APIView):
    """Do not take a visit on."""

    may = {"POST": AUDITORS}

    @extend_schema(operation_id="assignments_decline", request=ReasonFields, responses=AssignmentAnswer)
    def post(self, request: Request, assignment_id: uuid.UUID) -> Response:
        """Decline; harmless when repeated."""
        assignment = own_assignment(request, assignment_id)
        given = _checked(ReasonFields(data=request.data))
        planning.decline(assignment=assignment, now=timezone.now(), reason=given["reason"])
        return _answer(assignment, Assignment.State.DECLINED)


class AbortView(APIView):
    """Give a visit back that was taken on."""

    may = {"POST": AUDITORS}

    @extend_schema(operation_id="assignments_abort", request=ReasonFields, responses=AssignmentAnswer)
    def post(self, request: Request, assignment_id: uuid.UUID) -> Response:
        """Abort; harmless when repeated."""
        assignment = own_assignment(request, assignment_id)
        given = _checked(ReasonFields(data=request.data))
        planning.abort(assignment=assignment, now=timezone.now(), reason=given["reason"])
        return _answer(assignment, Assignment.State.ABORTED)


def own_assignment(request: Request, assignment_id: uuid.UUID) -> Assignment:
    """One's own assignment. Raises Problem (not-found) for an unknown one and for somebody else's alike."""
    rows = Assignment.objects.select_related("audit__brief").filter(auditor_id=request.user.pk, pk=assignment_id)
    found: Assignment | None = rows.first()
    if found is None:
        raise Problem(NOT_FOUND)
    return found


def _checked(fields: serializers.Serializer) -> dict[str, Any]:
    fields.is_valid(raise_exception=True)
    given: dict[str, Any] = fields.validated_data
    return given


def _answer(assignment: Assignment, state: str) -> Response:
    return Response({"id": assignment.pk, "state": state})


def _tag_beginning(name: str, header: str) -> str | None:
    """The entity tag among those a phone has whose content is the present one."""
    for tag in header.split(","):
        bare = tag.strip().removeprefix("W/")
        if bare.strip('"').partition("-")[0] == name:
            return bare
    return None
