"""Recorded overrides over HTTP: decided by an office admin, read by all who review, shown with the stars."""

import uuid
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audits.api.office_asking import ADMINS, for_roles, found, named, read_body
from audits.api.office_audits import PersonName
from audits.api.office_parts import Coded
from audits.models import Override, Series
from audits.services import overriding
from chains.access import REVIEWERS
from chains.api.asking import asker
from chains.api.places import LocationName
from chains.api.strict import StrictSerializer, read_query
from chains.models import Location

CHAIN = "series__programme__chain_id"


class OverrideSerializer(serializers.Serializer[Any]):
    """A decision on top of a branch's ratings: for periods that begin from `from_period` to `until` (null: open)."""

    id = serializers.UUIDField()
    series = Coded()
    location = LocationName()
    outcome = serializers.CharField()
    reason = serializers.CharField()
    from_period = serializers.DateField()
    until = serializers.DateField(allow_null=True)
    made_by = PersonName(allow_null=True)
    made_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)


class NewOverride(StrictSerializer):
    """A decision to be recorded; the days may be any of the first and of the last period it holds for."""

    series = serializers.UUIDField()
    location = serializers.UUIDField()
    outcome = serializers.CharField(max_length=60)
    reason = serializers.CharField(max_length=2_000)
    from_period = serializers.DateField()
    until = serializers.DateField(required=False, allow_null=True)


class Ending(StrictSerializer):
    """A day of the last period it holds for; without one it is taken back altogether."""

    last = serializers.DateField(required=False, allow_null=True)


class OverrideQuery(StrictSerializer):
    """Filters of the list."""

    series = serializers.UUIDField(required=False)
    location = serializers.UUIDField(required=False)


class Overrides(generics.ListAPIView[Override]):
    """Overrides of the office's chains, newest first."""

    may = {"GET": REVIEWERS, "POST": ADMINS}
    serializer_class = OverrideSerializer
    ordering = ("-made_at", "id")

    @extend_schema(operation_id="office_overrides", parameters=[OverrideQuery], tags=["reviewing"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List overrides, ended ones too."""
        return self.list(request)

    @extend_schema(
        operation_id="office_override_record",
        request=NewOverride,
        responses={201: OverrideSerializer},
        tags=["reviewing"],
    )
    def post(self, request: Request) -> Response:
        """Record a decision on top of a branch's ratings."""
        user = asker(request)
        series = for_roles(Series.objects.select_related("programme"), user, ADMINS, "programme__chain_id")
        places = for_roles(Location.objects.all(), user, ADMINS, "chain_id")
        values = {"until": None} | named(read_body(request, NewOverride), {"series": series, "location": places})
        row = overriding.record(made_by=user, now=timezone.now(), **values)
        return Response(OverrideSerializer(row).data, status=201)

    def get_queryset(self) -> Any:
        rows = for_roles(Override.objects.all(), asker(self.request), REVIEWERS, CHAIN)
        rows = rows.filter(**read_query(self.request, OverrideQuery))
        return rows.select_related("series", "location", "made_by")


class OverrideEnd(APIView):
    """The end of an override."""

    may = {"POST": ADMINS}

    @extend_schema(operation_id="office_override_end", request=Ending, responses=OverrideSerializer, tags=["reviewing"])
    def post(self, request: Request, override_id: uuid.UUID) -> Response:
        """End an override with a period, or take it back altogether."""
        row = found(for_roles(Override.objects.all(), asker(request), ADMINS, CHAIN), override_id)
        last = read_body(request, Ending).get("last")
        overriding.end(override_id=row.pk, now=timezone.now(), last=last)
        shown = Override.objects.select_related("series", "location", "made_by").get(pk=row.pk)
        return Response(OverrideSerializer(shown).data)
