"""Checklists and their versions: what there is, and new drafts."""

import uuid
from collections import Counter
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response

from chains.access import READERS_OF_RESULTS, WRITERS_OF_STANDARDS
from chains.api.asking import asker
from chains.models import Chain, User
from standards.api.asking import read_body, visible
from standards.api.shapes import ChecklistShape, NewChecklist, NewVersion, VersionName, VersionShape
from standards.models import Checklist, ChecklistVersion
from standards.models.drafts import checklist_of
from standards.services import authoring

READS_AND_WRITES = {"GET": READERS_OF_RESULTS, "POST": WRITERS_OF_STANDARDS}


def checklists_of(user: User) -> QuerySet[Any]:
    """The checklists a person may see, each with the versions they may see."""
    versions = ChecklistVersion.objects.visible_to(user).defer("body").order_by("-number")
    rows: QuerySet[Any] = Checklist.objects.visible_to(user).select_related("chain")
    return rows.prefetch_related(Prefetch("versions", queryset=versions, to_attr="shown_versions"))


def versions_of(user: User) -> QuerySet[Any]:
    """The versions a person may see."""
    rows: QuerySet[Any] = ChecklistVersion.objects.visible_to(user).select_related("checklist")
    return rows


def told_version(version: ChecklistVersion) -> dict[str, Any]:
    """A version as the API shows it."""
    content = checklist_of(version)
    counts = Counter(standard.section for standard in content.standards)
    shown: Any = version
    shown.counted_standards = len(content.standards)
    shown.counted_sections = [
        {
            "code": section.code,
            "name": section.name,
            "parent": section.parent,
            "repeats": section.repeats,
            "standards": counts[section.code],
        }
        for section in content.sections
    ]
    return dict(VersionShape(shown).data)


class Checklists(generics.ListAPIView[Checklist]):
    """The checklists of the chains that the person asking belongs to or serves."""

    may = READS_AND_WRITES
    serializer_class = ChecklistShape
    ordering = ("name", "id")

    @extend_schema(operation_id="checklists", tags=["standards"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List checklists by name."""
        return self.list(request)

    @extend_schema(
        operation_id="checklist_create", request=NewChecklist, responses={201: VersionShape}, tags=["standards"]
    )
    def post(self, request: Request) -> Response:
        """Make a checklist with an empty draft."""
        wanted = read_body(request, NewChecklist)
        chain = chain_named(request, wanted.pop("chain"))
        version = authoring.new_checklist(chain_id=chain.pk, by=asker(request), now=timezone.now(), **wanted)
        return Response(told_version(version), status=201)

    def get_queryset(self) -> QuerySet[Checklist]:
        return checklists_of(asker(self.request))


def chain_named(request: Request, slug: str) -> Chain:
    """The chain with a slug that the person asking may see. Raises Http404."""
    chain: Chain = generics.get_object_or_404(Chain.objects.visible_to(asker(request)), slug=slug)
    return chain


class ChecklistDetail(generics.RetrieveAPIView[Checklist]):
    """One checklist."""

    may = {"GET": READERS_OF_RESULTS}
    serializer_class = ChecklistShape
    lookup_url_kwarg = "checklist_id"

    @extend_schema(operation_id="checklist", tags=["standards"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Show a checklist."""
        return self.retrieve(request)

    def get_queryset(self) -> QuerySet[Checklist]:
        return checklists_of(asker(self.request))


class Versions(generics.ListAPIView[ChecklistVersion]):
    """The versions of a checklist."""

    may = READS_AND_WRITES
    serializer_class = VersionName
    ordering = ("-number", "id")

    @extend_schema(operation_id="checklist_versions", tags=["standards"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List the versions of a checklist, newest first."""
        return self.list(request)

    @extend_schema(
        operation_id="checklist_version_create", request=NewVersion, responses={201: VersionShape}, tags=["standards"]
    )
    def post(self, request: Request, checklist_id: uuid.UUID) -> Response:
        """Make a draft, empty or from a version of this checklist."""
        checklist = visible(Checklist.objects.all(), request, checklist_id)
        source = read_body(request, NewVersion)["based_on"]
        by, now = asker(request), timezone.now()
        if source is None:
            version = authoring.new_draft(checklist_id=checklist.pk, by=by, now=now)
        else:
            base = visible(ChecklistVersion.objects.filter(checklist=checklist), request, source)
            version = authoring.new_draft_from(version_id=base.pk, by=by, now=now)
        return Response(told_version(version), status=201)

    def get_queryset(self) -> QuerySet[ChecklistVersion]:
        user = asker(self.request)
        checklist = visible(Checklist.objects.all(), self.request, self.kwargs["checklist_id"])
        rows: QuerySet[ChecklistVersion] = versions_of(user).filter(checklist=checklist).defer("body")
        return rows
