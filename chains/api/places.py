"""Branches and groups, as far as the person asking may see them.

Nothing here depends on visits: neither content nor order tells when a branch was, or will be, audited (rule 10).
"""

import uuid
from typing import Any, cast

from django.db.models import OuterRef, Prefetch, Q, QuerySet, Subquery
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from chains.access import READERS_OF_RESULTS
from chains.api.asking import asker
from chains.api.strict import StrictSerializer, read_query
from chains.models import GroupMembership, Location, LocationGroup, User


class ChainName(serializers.Serializer[Any]):
    """A chain by name."""

    id = serializers.UUIDField()
    slug = serializers.CharField()
    name = serializers.CharField()


class GroupName(serializers.Serializer[Any]):
    """A group by name."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=LocationGroup.Kind.choices)
    code = serializers.CharField()
    name = serializers.CharField()


class LocationName(serializers.Serializer[Any]):
    """A branch by name."""

    id = serializers.UUIDField()
    code = serializers.CharField()
    name = serializers.CharField()


class OutletSerializer(serializers.Serializer[Any]):
    """A named part of a branch that a section is asked for."""

    id = serializers.UUIDField()
    section_code = serializers.CharField()
    code = serializers.CharField()
    name = serializers.CharField()
    closed_on = serializers.DateField(allow_null=True)


class LocationSerializer(LocationName):
    """A branch; dates are local days of the branch."""

    chain = ChainName()
    town = serializers.CharField()
    country = serializers.CharField(help_text="Two letters, or empty.")
    timezone = serializers.CharField()
    facilities = serializers.ListField(child=serializers.CharField())
    opened_on = serializers.DateField(allow_null=True)
    closed_on = serializers.DateField(allow_null=True)
    suspended_from = serializers.DateField(allow_null=True)
    suspended_until = serializers.DateField(allow_null=True)


class LocationDetailSerializer(LocationSerializer):
    """A branch with its outlets and the groups it is in today, of those the person asking may see."""

    outlets = OutletSerializer(many=True)
    groups = GroupName(many=True, source="groups_today")


class GroupSerializer(GroupName):
    """A group; `parent` is empty for a group at the top of what the person asking may see."""

    chain = ChainName()
    parent = serializers.UUIDField(source="visible_parent", allow_null=True)  # type: ignore[assignment]


class GroupDetailSerializer(GroupSerializer):
    """A group with the regions right below it and the branches that are in it itself today."""

    children = GroupName(many=True, source="visible_children")
    locations = LocationName(many=True, source="locations_today")


class LocationQuery(StrictSerializer):
    """Filters of the list of branches; a group that is absent, or not yours to see, has no branches."""

    group = serializers.UUIDField(required=False, help_text="Branches in this group today; a region with all below it.")
    q = serializers.CharField(required=False, max_length=100, help_text="Part of the code, name or town.")


class GroupQuery(StrictSerializer):
    """Filters of the list of groups."""

    kind = serializers.ChoiceField(choices=LocationGroup.Kind.choices, required=False)


class Locations(generics.ListAPIView[Location]):
    """The branches that the person asking may see, in the order of their codes."""

    may = {"GET": READERS_OF_RESULTS}
    serializer_class = LocationSerializer
    ordering = ("code", "id")

    @extend_schema(operation_id="locations", parameters=[LocationQuery], tags=["places"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List branches; `group` and `q` narrow the list."""
        return self.list(request)

    def get_queryset(self) -> QuerySet[Location]:
        wanted = read_query(self.request, LocationQuery)
        rows = Location.objects.visible_to(asker(self.request)).select_related("chain")
        if text := wanted.get("q"):
            rows = rows.filter(Q(code__icontains=text) | Q(name__icontains=text) | Q(town__icontains=text))
        if group := wanted.get("group"):
            rows = rows.filter(pk__in=_location_ids_in(group, asker(self.request)))
        return rows


class LocationDetail(generics.RetrieveAPIView[Location]):
    """One branch with its outlets and groups."""

    may = {"GET": READERS_OF_RESULTS}
    serializer_class = LocationDetailSerializer
    lookup_url_kwarg = "location_id"

    @extend_schema(operation_id="location", tags=["places"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Show a branch."""
        return self.retrieve(request)

    def get_queryset(self) -> QuerySet[Location]:
        return Location.objects.visible_to(asker(self.request)).select_related("chain")

    def get_object(self) -> Location:
        location: Any = super().get_object()
        location.groups_today = list(
            LocationGroup.objects.visible_to(asker(self.request))
            .filter(memberships__in=_memberships_today().filter(location=location))
            .order_by("kind", "code")
        )
        return cast("Location", location)


class Groups(generics.ListAPIView[LocationGroup]):
    """The groups that the person asking may see and compare within, in the order of their codes."""

    may = {"GET": READERS_OF_RESULTS}
    serializer_class = GroupSerializer
    ordering = ("code", "id")

    @extend_schema(operation_id="groups", parameters=[GroupQuery], tags=["places"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List groups; `kind` narrows the list."""
        return self.list(request)

    def get_queryset(self) -> QuerySet[LocationGroup]:
        wanted = read_query(self.request, GroupQuery)
        rows = _groups_of(asker(self.request))
        return rows.filter(kind=wanted["kind"]) if "kind" in wanted else rows


class GroupDetail(generics.RetrieveAPIView[LocationGroup]):
    """One group with the regions below it and its branches."""

    may = {"GET": READERS_OF_RESULTS}
    serializer_class = GroupDetailSerializer
    lookup_url_kwarg = "group_id"

    @extend_schema(operation_id="group", tags=["places"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Show a group."""
        return self.retrieve(request)

    def get_queryset(self) -> QuerySet[LocationGroup]:
        visible_children = LocationGroup.objects.visible_to(asker(self.request)).order_by("code")
        return _groups_of(asker(self.request)).prefetch_related(
            Prefetch("children", queryset=visible_children, to_attr="visible_children")
        )

    def get_object(self) -> LocationGroup:
        group: Any = super().get_object()
        group.locations_today = list(
            Location.objects.visible_to(asker(self.request))
            .filter(pk__in=_memberships_today().filter(group=group).values("location_id"))
            .order_by("code", "id")
        )
        return cast("LocationGroup", group)


def _groups_of(user: User) -> QuerySet[Any]:
    """The groups `user` may see, each with its parent where they may see that too."""
    above = LocationGroup.objects.visible_to(user).filter(pk=OuterRef("parent_id"))
    rows = LocationGroup.objects.visible_to(user).select_related("chain")
    named: QuerySet[Any] = rows.annotate(visible_parent=Subquery(above.values("pk")[:1]))
    return named


def _memberships_today() -> QuerySet[GroupMembership]:
    return GroupMembership.objects.on(timezone.now().date())


def _location_ids_in(group: uuid.UUID, user: User) -> QuerySet[Any, Any]:
    """Ids of the branches that are today in a group, or in a region below it; none where `user` cannot see it."""
    visible = set(LocationGroup.objects.visible_to(user).filter(pk=group).values_list("pk", flat=True))
    groups = LocationGroup.objects.with_regions_below(visible)
    return _memberships_today().filter(group_id__in=groups).values("location_id")
