"""Who am I: the account that asks, its roles, and the chains it has to do with."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from chains.access import SIGNED_IN
from chains.api.asking import asker
from chains.api.places import ChainName, GroupName, LocationName
from chains.models import Chain, Membership, Role


class OfficeName(serializers.Serializer[Any]):
    """An office by name."""

    id = serializers.UUIDField()
    slug = serializers.CharField()
    name = serializers.CharField()


class RoleSerializer(serializers.Serializer[Any]):
    """A role in an office or in a chain; a manager's with the groups and single branches it is for."""

    role = serializers.ChoiceField(choices=Role.choices)
    office = OfficeName(allow_null=True)
    chain = ChainName(allow_null=True)
    groups = GroupName(many=True)
    locations = LocationName(many=True)
    publishes = serializers.BooleanField()


class MeSerializer(serializers.Serializer[Any]):
    """The account that asks."""

    username = serializers.CharField()
    name = serializers.CharField(source="get_full_name")
    language = serializers.CharField()
    roles = RoleSerializer(many=True)
    chains = ChainName(many=True)


class Me(APIView):
    """The account that asks, its roles and its chains."""

    may = {"GET": SIGNED_IN}

    @extend_schema(operation_id="me", tags=["me"], responses=MeSerializer)
    def get(self, request: Request) -> Response:
        """Show who is asking."""
        user = asker(request)
        roles = Membership.objects.filter(user=user).select_related("office", "chain").order_by("pk")
        account = {
            "username": user.username,
            "get_full_name": user.get_full_name(),
            "language": user.language,
            "roles": [_role(held) for held in roles.prefetch_related("groups", "locations")],
            "chains": Chain.objects.visible_to(user),
        }
        return Response(MeSerializer(account).data)


def _role(held: Membership) -> dict[str, Any]:
    names = {name: getattr(held, name) for name in ("role", "office", "chain", "publishes")}
    return names | {"groups": held.groups.all(), "locations": held.locations.all()}
