"""Components and series of a programme: what is looked at, and what is published from it."""

import uuid
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from audits import tasks
from audits.api.office_asking import for_roles, found, named, read_body
from audits.api.office_programmes import CODE
from audits.models import Component, Programme, Series
from audits.services import arranging
from chains.access import OFFICE, PLANNERS
from chains.api.asking import asker
from chains.api.strict import StrictSerializer, read_query
from chains.models import User
from standards.models import Brief, Checklist, RatingScheme
from standards.spec.checklist import CHANNELS

CHAIN = "programme__chain_id"


class Coded(serializers.Serializer[Any]):
    """Something with an id, a code and a name."""

    id = serializers.UUIDField()
    code = serializers.CharField()
    name = serializers.CharField()


class ComponentSerializer(Coded):
    """A checklist used in a programme, with its share of the whole."""

    programme = Coded()
    checklist = Coded()
    brief = Coded(allow_null=True)
    channel = serializers.ChoiceField(choices=CHANNELS)
    weight = serializers.IntegerField()
    minimum_coverage = serializers.IntegerField()


class ComponentChanges(StrictSerializer):
    """What may be changed of a component: less once visits are planned, and less again once results are released."""

    code = serializers.RegexField(CODE)
    name = serializers.CharField(max_length=200)
    checklist = serializers.UUIDField()
    brief = serializers.UUIDField(required=False, allow_null=True)
    channel = serializers.ChoiceField(choices=CHANNELS, required=False)
    weight = serializers.IntegerField(min_value=1, max_value=1_000_000, required=False)
    minimum_coverage = serializers.IntegerField(
        min_value=0,
        max_value=100,
        required=False,
        help_text="Per cent of the assessable standards below which a visit is never accepted automatically.",
    )


class NewComponent(ComponentChanges):
    """A component to be added to a programme that has released no results yet."""

    programme = serializers.UUIDField()


class SeriesSerializer(Coded):
    """What is published from a programme: a scheme applied to a kind of period."""

    programme = Coded()
    scheme = Coded()
    period_kind = serializers.ChoiceField(choices=Series.PeriodKind.choices)


class SeriesChanges(StrictSerializer):
    """What may be changed of a series: only its name once its first period has begun."""

    code = serializers.RegexField(CODE)
    name = serializers.CharField(max_length=200)
    scheme = serializers.UUIDField()
    period_kind = serializers.ChoiceField(choices=Series.PeriodKind.choices)


class NewSeries(SeriesChanges):
    """A series to be added to a programme; visits released before are rated for it too."""

    programme = serializers.UUIDField()


class PartQuery(StrictSerializer):
    """Filters of the lists of components and series."""

    programme = serializers.UUIDField(required=False)


class Components(generics.ListAPIView[Component]):
    """The components of the office's programmes."""

    may = {"GET": OFFICE, "POST": PLANNERS}
    serializer_class = ComponentSerializer
    ordering = ("programme__name", "code", "id")

    @extend_schema(operation_id="office_components", parameters=[PartQuery], tags=["planning"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List components by programme and code."""
        return self.list(request)

    @extend_schema(
        operation_id="office_component_add",
        request=NewComponent,
        responses={201: ComponentSerializer},
        tags=["planning"],
    )
    def post(self, request: Request) -> Response:
        """Add a component."""
        values = named(read_body(request, NewComponent), _choices(asker(request)))
        component = arranging.add_component(programme=values.pop("programme"), values=values)
        return Response(ComponentSerializer(component).data, status=201)

    def get_queryset(self) -> Any:
        rows = for_roles(Component.objects.all(), asker(self.request), OFFICE, CHAIN)
        return _of_programme(self.request, rows.select_related("programme", "checklist", "brief"))


class ComponentDetail(generics.GenericAPIView[Component]):
    """One component."""

    may = {"GET": OFFICE, "PATCH": PLANNERS}
    serializer_class = ComponentSerializer

    @extend_schema(operation_id="office_component", tags=["planning"])
    def get(self, request: Request, component_id: uuid.UUID) -> Response:
        """Show a component."""
        return Response(ComponentSerializer(found(self.get_queryset(), component_id)).data)

    @extend_schema(
        operation_id="office_component_change",
        request=ComponentChanges,
        responses=ComponentSerializer,
        tags=["planning"],
    )
    def patch(self, request: Request, component_id: uuid.UUID) -> Response:
        """Change a component; refused for what visits or results rest on."""
        user = asker(request)
        component = found(for_roles(Component.objects.all(), user, PLANNERS, CHAIN), component_id)
        values = named(read_body(request, ComponentChanges, partial=True), _choices(user))
        changed = arranging.change_component(component_id=component.pk, values=values)
        return Response(ComponentSerializer(changed).data)

    def get_queryset(self) -> Any:
        rows = for_roles(Component.objects.all(), asker(self.request), OFFICE, CHAIN)
        return rows.select_related("programme", "checklist", "brief")


class SeriesPlans(generics.ListAPIView[Series]):
    """The series of the office's programmes."""

    may = {"GET": OFFICE, "POST": PLANNERS}
    serializer_class = SeriesSerializer
    ordering = ("programme__name", "code", "id")

    @extend_schema(operation_id="office_series", parameters=[PartQuery], tags=["planning"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List series by programme and code."""
        return self.list(request)

    @extend_schema(
        operation_id="office_series_add", request=NewSeries, responses={201: SeriesSerializer}, tags=["planning"]
    )
    def post(self, request: Request) -> Response:
        """Add a series; what was released before is rated for it too."""
        values = named(read_body(request, NewSeries), _choices(asker(request)))
        series = arranging.add_series(programme=values.pop("programme"), values=values, now=timezone.now())
        tasks.ring()
        return Response(SeriesSerializer(series).data, status=201)

    def get_queryset(self) -> Any:
        rows = for_roles(Series.objects.all(), asker(self.request), OFFICE, CHAIN)
        return _of_programme(self.request, rows.select_related("programme", "scheme"))


class SeriesPlan(generics.GenericAPIView[Series]):
    """One series."""

    may = {"GET": OFFICE, "PATCH": PLANNERS}
    serializer_class = SeriesSerializer

    @extend_schema(operation_id="office_series_detail", tags=["planning"])
    def get(self, request: Request, series_id: uuid.UUID) -> Response:
        """Show a series."""
        return Response(SeriesSerializer(found(self.get_queryset(), series_id)).data)

    @extend_schema(
        operation_id="office_series_change", request=SeriesChanges, responses=SeriesSerializer, tags=["planning"]
    )
    def patch(self, request: Request, series_id: uuid.UUID) -> Response:
        """Change a series; only its name once its first period has begun."""
        user = asker(request)
        series = found(for_roles(Series.objects.all(), user, PLANNERS, CHAIN), series_id)
        values = named(read_body(request, SeriesChanges, partial=True), _choices(user))
        return Response(SeriesSerializer(arranging.change_series(series_id=series.pk, values=values)).data)

    def get_queryset(self) -> Any:
        rows = for_roles(Series.objects.all(), asker(self.request), OFFICE, CHAIN)
        return rows.select_related("programme", "scheme")


def _of_programme(request: Request, rows: Any) -> Any:
    wanted = read_query(request, PartQuery)
    return rows.filter(programme_id=wanted["programme"]) if "programme" in wanted else rows


def _choices(user: User) -> dict[str, Any]:
    """The rows that a planner may name: their own chains' only."""
    return {
        "programme": for_roles(Programme.objects.select_related("chain"), user, PLANNERS, "chain_id"),
        "checklist": for_roles(Checklist.objects.all(), user, PLANNERS, "chain_id"),
        "brief": for_roles(Brief.objects.all(), user, PLANNERS, "chain_id"),
        "scheme": for_roles(RatingScheme.objects.all(), user, PLANNERS, "chain_id"),
    }
