"""Rating schemes: how scores become stars, as documents in the scheme language."""

import uuid
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from chains.access import READERS_OF_RESULTS, WRITERS_OF_STANDARDS
from chains.api.asking import asker
from chains.models import User
from chains.problems import Problem
from standards.api.asking import read_body, visible
from standards.api.checklists import chain_named
from standards.api.shapes import (
    NewScheme,
    SavedSchemeShape,
    SchemeDocument,
    SchemePublishing,
    SchemeReadingShape,
    SchemeShape,
    SchemeVersionShape,
)
from standards.models import RatingScheme, SchemeVersion
from standards.services import schemes


def _asked(request: Request, version_id: uuid.UUID) -> Any:
    return visible(SchemeVersion.objects.select_related("scheme"), request, version_id)


def _schemes_of(user: User) -> QuerySet[Any]:
    versions = SchemeVersion.objects.visible_to(user).defer("document").order_by("-number")
    rows: QuerySet[Any] = RatingScheme.objects.visible_to(user).select_related("chain")
    return rows.prefetch_related(Prefetch("versions", queryset=versions, to_attr="shown_versions"))


def _reading(document: str) -> dict[str, Any]:
    """Every fault by its path; without faults, which way each part moves the outcome."""
    try:
        directions = schemes.scheme_directions(document)
    except Problem as problem:
        faults = [{"pointer": f.pointer, "code": f.code, "detail": f.detail} for f in problem.errors]
        return {"faults": faults, "directions": {}, "exact_way_up": False}
    return {"faults": [], "directions": directions, "exact_way_up": "neither" not in directions.values()}


def _saved(version: SchemeVersion) -> dict[str, Any]:
    return {**SchemeVersionShape(version).data, "reading": _reading(version.document)}


class Schemes(generics.ListAPIView[RatingScheme]):
    """The rating schemes of the chains that the person asking belongs to or serves."""

    may = {"GET": READERS_OF_RESULTS, "POST": WRITERS_OF_STANDARDS}
    serializer_class = SchemeShape
    ordering = ("name", "id")

    @extend_schema(operation_id="schemes", tags=["schemes"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List rating schemes by name."""
        return self.list(request)

    @extend_schema(operation_id="scheme_create", request=NewScheme, responses={201: SavedSchemeShape}, tags=["schemes"])
    def post(self, request: Request) -> Response:
        """Make a rating scheme with a first draft; the draft may still have faults."""
        wanted = read_body(request, NewScheme)
        chain = chain_named(request, wanted.pop("chain"))
        version = schemes.new_scheme(chain_id=chain.pk, by=asker(request), now=timezone.now(), **wanted)
        return Response(_saved(version), status=201)

    def get_queryset(self) -> QuerySet[RatingScheme]:
        return _schemes_of(asker(self.request))


class SchemeDetail(generics.RetrieveAPIView[RatingScheme]):
    """One rating scheme."""

    may = {"GET": READERS_OF_RESULTS}
    serializer_class = SchemeShape
    lookup_url_kwarg = "scheme_id"

    @extend_schema(operation_id="scheme", tags=["schemes"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Show a rating scheme."""
        return self.retrieve(request)

    def get_queryset(self) -> QuerySet[RatingScheme]:
        return _schemes_of(asker(self.request))


class SchemeVersions(APIView):
    """New drafts of a scheme."""

    may = {"POST": WRITERS_OF_STANDARDS}

    @extend_schema(
        operation_id="scheme_version_create",
        request=SchemeDocument,
        responses={201: SavedSchemeShape},
        tags=["schemes"],
    )
    def post(self, request: Request, scheme_id: uuid.UUID) -> Response:
        """Make one more draft of a rating scheme."""
        scheme, wanted = visible(RatingScheme.objects.all(), request, scheme_id), read_body(request, SchemeDocument)
        version = schemes.new_scheme_draft(scheme_id=scheme.pk, by=asker(request), now=timezone.now(), **wanted)
        return Response(_saved(version), status=201)


class SchemeVersionDetail(APIView):
    """One version of a scheme."""

    may = {"GET": READERS_OF_RESULTS, "PUT": WRITERS_OF_STANDARDS}

    @extend_schema(operation_id="scheme_version", responses=SchemeVersionShape, tags=["schemes"])
    def get(self, request: Request, version_id: uuid.UUID) -> Response:
        """Show a version of a rating scheme."""
        return Response(SchemeVersionShape(_asked(request, version_id)).data)

    @extend_schema(
        operation_id="scheme_version_change", request=SchemeDocument, responses=SavedSchemeShape, tags=["schemes"]
    )
    def put(self, request: Request, version_id: uuid.UUID) -> Response:
        """Change a draft; it may still have faults."""
        version, wanted = _asked(request, version_id), read_body(request, SchemeDocument)
        changed = schemes.change_scheme(version_id=version.pk, by=asker(request), now=timezone.now(), **wanted)
        return Response(_saved(changed))


class SchemeVersionReading(APIView):
    """How a scheme reads."""

    may = {"GET": READERS_OF_RESULTS}

    @extend_schema(operation_id="scheme_version_reading", responses=SchemeReadingShape, tags=["schemes"])
    def get(self, request: Request, version_id: uuid.UUID) -> Response:
        """Every fault of a scheme by its path; without faults, which way each part moves the outcome."""
        return Response(_reading(_asked(request, version_id).document))


class SchemeVersionPublish(APIView):
    """Freezing a scheme."""

    may = {"POST": WRITERS_OF_STANDARDS}

    @extend_schema(
        operation_id="scheme_version_publish", request=SchemePublishing, responses=SchemeVersionShape, tags=["schemes"]
    )
    def post(self, request: Request, version_id: uuid.UUID) -> Response:
        """Publish a rating scheme in its canonical form; needs the publisher's right."""
        version, wanted = _asked(request, version_id), read_body(request, SchemePublishing)
        frozen = schemes.publish_scheme(version_id=version.pk, by=asker(request), now=timezone.now(), **wanted)
        return Response(SchemeVersionShape(frozen).data)
