"""Who am I, to the house."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from chains.access import SIGNED_IN
from chains.models import User


class PlaceAnswer(serializers.Serializer):
    """An office or a chain, and what one is there."""

    role = serializers.CharField()
    office = serializers.UUIDField(allow_null=True)
    chain = serializers.UUIDField(allow_null=True)
    publishes = serializers.BooleanField()


class MeAnswer(serializers.Serializer):
    """A person as they see themself."""

    id = serializers.IntegerField()
    username = serializers.CharField()
    name = serializers.CharField()
    language = serializers.CharField()
    memberships = PlaceAnswer(many=True)


class MeView(APIView):
    """Oneself."""

    may = {"GET": SIGNED_IN}

    @extend_schema(operation_id="me", responses=MeAnswer)
    def get(self, request: Request) -> Response:
        """One's own account and roles."""
        user = request.user
        assert isinstance(user, User)
        held = [
            {"role": m.role, "office": m.office_id, "chain": m.chain_id, "publishes": m.publishes} for m in user.held
        ]
        return Response(
            {
                "id": user.pk,
                "username": user.username,
                "name": user.get_full_name(),
                "language": user.language,
                "memberships": held,
            }
        )
