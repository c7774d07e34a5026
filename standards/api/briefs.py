"""Briefs: the scenarios shoppers play. Managers see none of this."""

import uuid
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from chains.access import OFFICE, WRITERS_OF_STANDARDS
from chains.api.asking import asker
from standards.api.asking import read_body, visible
from standards.api.checklists import chain_named
from standards.api.shapes import BriefShape, BriefText, BriefVersionShape, Empty, NewBrief
from standards.models import Brief, BriefVersion
from standards.services import briefs

READERS = OFFICE | WRITERS_OF_STANDARDS


def _asked(request: Request, version_id: uuid.UUID) -> Any:
    return visible(BriefVersion.objects.select_related("brief"), request, version_id)


class Briefs(generics.ListAPIView[Brief]):
    """The briefs of the chains that the person asking writes for or sends shoppers to."""

    may = {"GET": READERS, "POST": WRITERS_OF_STANDARDS}
    serializer_class = BriefShape
    ordering = ("name", "id")

    @extend_schema(operation_id="briefs", tags=["briefs"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List briefs by name."""
        return self.list(request)

    @extend_schema(operation_id="brief_create", request=NewBrief, responses={201: BriefVersionShape}, tags=["briefs"])
    def post(self, request: Request) -> Response:
        """Make a brief with a first draft."""
        wanted = read_body(request, NewBrief)
        chain = chain_named(request, wanted.pop("chain"))
        version = briefs.new_brief(chain_id=chain.pk, by=asker(request), now=timezone.now(), **wanted)
        return Response(BriefVersionShape(version).data, status=201)

    def get_queryset(self) -> QuerySet[Brief]:
        user = asker(self.request)
        versions = BriefVersion.objects.visible_to(user).defer("body", "text").order_by("-number")
        rows: QuerySet[Brief] = Brief.objects.visible_to(user).select_related("chain")
        return rows.prefetch_related(Prefetch("versions", queryset=versions, to_attr="shown_versions"))


class BriefVersions(APIView):
    """New drafts of a brief."""

    may = {"POST": WRITERS_OF_STANDARDS}

    @extend_schema(
        operation_id="brief_version_create", request=BriefText, responses={201: BriefVersionShape}, tags=["briefs"]
    )
    def post(self, request: Request, brief_id: uuid.UUID) -> Response:
        """Make one more draft of a brief."""
        brief, wanted = visible(Brief.objects.all(), request, brief_id), read_body(request, BriefText)
        version = briefs.new_brief_draft(brief_id=brief.pk, by=asker(request), now=timezone.now(), **wanted)
        return Response(BriefVersionShape(version).data, status=201)


class BriefVersionDetail(APIView):
    """One version of a brief."""

    may = {"GET": READERS, "PUT": WRITERS_OF_STANDARDS}

    @extend_schema(operation_id="brief_version", responses=BriefVersionShape, tags=["briefs"])
    def get(self, request: Request, version_id: uuid.UUID) -> Response:
        """Show a version of a brief."""
        return Response(BriefVersionShape(_asked(request, version_id)).data)

    @extend_schema(operation_id="brief_version_change", request=BriefText, responses=BriefVersionShape, tags=["briefs"])
    def put(self, request: Request, version_id: uuid.UUID) -> Response:
        """Reword a draft."""
        version, wanted = _asked(request, version_id), read_body(request, BriefText)
        changed = briefs.change_brief(version_id=version.pk, by=asker(request), now=timezone.now(), **wanted)
        return Response(BriefVersionShape(changed).data)


class BriefVersionPublish(APIView):
    """Freezing a brief."""

    may = {"POST": WRITERS_OF_STANDARDS}

    @extend_schema(operation_id="brief_version_publish", request=Empty, responses=BriefVersionShape, tags=["briefs"])
    def post(self, request: Request, version_id: uuid.UUID) -> Response:
        """Publish a brief; needs the publisher's right."""
        read_body(request, Empty)
        version = _asked(request, version_id)
        frozen = briefs.publish_brief(version_id=version.pk, by=asker(request), now=timezone.now())
        return Response(BriefVersionShape(frozen).data)
