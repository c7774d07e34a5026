"""One version of a checklist: what it says, what stands against publishing it, its life, its history."""

import uuid
from typing import Any

import msgspec
import orjson
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from chains.access import READERS_OF_RESULTS, WRITERS_OF_STANDARDS
from chains.api.asking import asker
from chains.api.strict import read_query
from standards.api.asking import read_body, visible
from standards.api.checklists import told_version
from standards.api.shapes import (
    ChangesQuery,
    ChangesShape,
    Empty,
    FaultsShape,
    Publishing,
    RevisionShape,
    VersionShape,
)
from standards.models import ChecklistVersion, Revision
from standards.models.drafts import checklist_of
from standards.services import authoring, publishing
from standards.spec import checklist as spec
from standards.spec.changes import Changes

READS = {"GET": READERS_OF_RESULTS}
WRITES = {"POST": WRITERS_OF_STANDARDS}


def version_asked(request: Request, version_id: uuid.UUID) -> Any:
    """The version with this id that the person asking may see. Raises Http404."""
    return visible(ChecklistVersion.objects.select_related("checklist"), request, version_id)


def told_changes(changes: Changes) -> dict[str, Any]:
    """A difference as the API shows it."""
    content: dict[str, Any] = msgspec.to_builtins(changes)
    return content | {"lines": changes.lines()}


class VersionDetail(APIView):
    """One version."""

    may = {"GET": READERS_OF_RESULTS, "DELETE": WRITERS_OF_STANDARDS}

    @extend_schema(operation_id="checklist_version", responses=VersionShape, tags=["standards"])
    def get(self, request: Request, version_id: uuid.UUID) -> Response:
        """Show a version: its head and its sections."""
        return Response(told_version(version_asked(request, version_id)))

    @extend_schema(operation_id="checklist_version_discard", responses={204: None}, tags=["standards"])
    def delete(self, request: Request, version_id: uuid.UUID) -> Response:
        """Discard a draft for ever. A published version is never deleted."""
        version = version_asked(request, version_id)
        authoring.discard_draft(version_id=version.pk, by=asker(request))
        return Response(status=204)


class VersionContent(APIView):
    """All a version says."""

    may = READS

    @extend_schema(
        operation_id="checklist_version_content",
        responses={(200, "application/json"): OpenApiResponse(OpenApiTypes.OBJECT, description="A checklist document")},
        tags=["standards"],
    )
    def get(self, request: Request, version_id: uuid.UUID) -> HttpResponse:
        """The whole checklist as a document; of a draft as it is now."""
        version = version_asked(request, version_id)
        body = orjson.dumps(spec.document(checklist_of(version)))
        return HttpResponse(body, content_type="application/json", headers={"Cache-Control": "private, no-cache"})


class VersionFaults(APIView):
    """What stands against publishing."""

    may = READS

    @extend_schema(operation_id="checklist_version_faults", responses=FaultsShape, tags=["standards"])
    def get(self, request: Request, version_id: uuid.UUID) -> Response:
        """Everything that stands against publishing this version, by the codes of its sections and standards."""
        faults = publishing.faults_against(version_asked(request, version_id))
        return Response({"faults": [{"pointer": f.pointer, "code": f.code, "detail": f.detail} for f in faults]})


class VersionChanges(APIView):
    """The difference to another version."""

    may = READS

    @extend_schema(
        operation_id="checklist_version_changes",
        parameters=[ChangesQuery],
        responses=ChangesShape,
        tags=["standards"],
    )
    def get(self, request: Request, version_id: uuid.UUID) -> Response:
        """What changed since another version of this checklist."""
        version = version_asked(request, version_id)
        since = read_query(request, ChangesQuery)["since"]
        rows = ChecklistVersion.objects.filter(checklist=version.checklist_id).select_related("checklist")
        base = visible(rows, request, since) if since else authoring.base_of(version)
        changes = authoring.difference(old=base, new=version) if base else Changes()
        return Response(told_changes(changes))


class VersionPublish(APIView):
    """Freezing a draft."""

    may = WRITES

    @extend_schema(
        operation_id="checklist_version_publish", request=Publishing, responses=VersionShape, tags=["standards"]
    )
    def post(self, request: Request, version_id: uuid.UUID) -> Response:
        """Publish a draft with its translations; needs the publisher's right."""
        version, wanted = version_asked(request, version_id), read_body(request, Publishing)
        publishing.publish(version_id=version.pk, by=asker(request), now=timezone.now(), **wanted)
        return Response(told_version(version_asked(request, version_id)))


class VersionClose(APIView):
    """No new visits."""

    may = WRITES

    @extend_schema(operation_id="checklist_version_close", request=Empty, responses=VersionShape, tags=["standards"])
    def post(self, request: Request, version_id: uuid.UUID) -> Response:
        """Plan no new visits with this version; late phones are still accepted."""
        read_body(request, Empty)
        publishing.close(version_id=version_asked(request, version_id).pk, by=asker(request))
        return Response(told_version(version_asked(request, version_id)))


class VersionRetire(APIView):
    """The end of a version's use."""

    may = WRITES

    @extend_schema(operation_id="checklist_version_retire", request=Empty, responses=VersionShape, tags=["standards"])
    def post(self, request: Request, version_id: uuid.UUID) -> Response:
        """Retire a version; what it says stays for ever."""
        read_body(request, Empty)
        publishing.retire(version_id=version_asked(request, version_id).pk, by=asker(request))
        return Response(told_version(version_asked(request, version_id)))


class VersionRevisions(generics.ListAPIView[Revision]):
    """The history of a draft."""

    may = {"GET": WRITERS_OF_STANDARDS}
    serializer_class = RevisionShape
    ordering = ("-number", "id")

    @extend_schema(operation_id="checklist_version_revisions", tags=["standards"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List who changed what and when, newest first."""
        return self.list(request)

    def get_queryset(self) -> QuerySet[Revision]:
        user = asker(self.request)
        version = version_asked(self.request, self.kwargs["version_id"])
        rows: QuerySet[Revision] = Revision.objects.visible_to(user).filter(version=version)
        return rows.select_related("made_by").defer("body")


class RevisionRestore(APIView):
    """Bringing an older draft back."""

    may = WRITES

    @extend_schema(operation_id="revision_restore", request=Empty, responses=VersionShape, tags=["standards"])
    def post(self, request: Request, revision_id: uuid.UUID) -> Response:
        """Make the draft say again what it said after this revision."""
        read_body(request, Empty)
        rows = Revision.objects.filter(version__isnull=False)
        revision = visible(rows, request, revision_id)
        version = authoring.restore(revision_id=revision.pk, by=asker(request), now=timezone.now())
        return Response(told_version(version_asked(request, version.pk)))
