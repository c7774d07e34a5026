"""Programmes as the office sets them up; what results rest on does not change any more."""

import uuid
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from audits.api.office_asking import for_roles, found, named, read_body
from audits.models import Evidence, Programme
from audits.services import arranging
from chains.access import OFFICE, PLANNERS
from chains.api.asking import asker
from chains.api.places import ChainName
from chains.api.strict import StrictSerializer, read_query
from chains.models import Chain

CODE = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$"


class ProgrammeSerializer(serializers.Serializer[Any]):
    """A programme and its rules."""

    id = serializers.UUIDField()
    chain = ChainName()
    code = serializers.CharField()
    name = serializers.CharField()
    automatic_acceptance = serializers.BooleanField()
    release_mode = serializers.ChoiceField(choices=Programme.ReleaseMode.choices)
    reveal = serializers.ChoiceField(choices=Programme.Reveal.choices)
    shares_comments = serializers.BooleanField()
    shares_evidence = serializers.BooleanField()
    evidence_types = serializers.ListField(child=serializers.ChoiceField(choices=Evidence.Type.choices))
    retention_days = serializers.DictField(child=serializers.IntegerField())
    ended_on = serializers.DateField(allow_null=True)


class RetentionDays(StrictSerializer):
    """After how many days evidence of each type is erased; a type that is not named is kept."""

    photo = serializers.IntegerField(min_value=1, max_value=36_500, required=False)
    receipt = serializers.IntegerField(min_value=1, max_value=36_500, required=False)
    document = serializers.IntegerField(min_value=1, max_value=36_500, required=False)
    recording = serializers.IntegerField(min_value=1, max_value=36_500, required=False)


class ProgrammeChanges(StrictSerializer):
    """What may be changed of a programme. With visits, `code` is fixed and `reveal` may only tell less."""

    code = serializers.RegexField(CODE)
    name = serializers.CharField(max_length=200)
    automatic_acceptance = serializers.BooleanField(
        required=False, help_text="Accept a visit without a reviewer when it is the only candidate and nothing blocks."
    )
    release_mode = serializers.ChoiceField(choices=Programme.ReleaseMode.choices, required=False)
    reveal = serializers.ChoiceField(
        choices=Programme.Reveal.choices, required=False, help_text="What managers learn about when a visit was."
    )
    shares_comments = serializers.BooleanField(required=False)
    shares_evidence = serializers.BooleanField(required=False)
    evidence_types = serializers.ListField(
        child=serializers.ChoiceField(choices=Evidence.Type.choices), required=False, max_length=4
    )
    retention_days = RetentionDays(required=False)
    ended_on = serializers.DateField(required=False, allow_null=True)


class NewProgramme(ProgrammeChanges):
    """A programme to be made for a chain that the office serves."""

    chain = serializers.UUIDField()


class ProgrammeQuery(StrictSerializer):
    """Filters of the list of programmes."""

    chain = serializers.UUIDField(required=False)


class Programmes(generics.ListAPIView[Programme]):
    """The programmes of the chains that the office serves."""

    may = {"GET": OFFICE, "POST": PLANNERS}
    serializer_class = ProgrammeSerializer
    ordering = ("name", "id")

    @extend_schema(operation_id="office_programmes", parameters=[ProgrammeQuery], tags=["planning"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List programmes by name."""
        return self.list(request)

    @extend_schema(
        operation_id="office_programme_add",
        request=NewProgramme,
        responses={201: ProgrammeSerializer},
        tags=["planning"],
    )
    def post(self, request: Request) -> Response:
        """Make a programme."""
        chains = for_roles(Chain.objects.all(), asker(request), PLANNERS, "id")
        values = named(read_body(request, NewProgramme), {"chain": chains})
        programme = arranging.add_programme(chain=values.pop("chain"), values=values)
        return Response(ProgrammeSerializer(programme).data, status=201)

    def get_queryset(self) -> QuerySet[Programme]:
        wanted = read_query(self.request, ProgrammeQuery)
        rows = for_roles(Programme.objects.all(), asker(self.request), OFFICE, "chain_id").select_related("chain")
        return rows.filter(chain_id=wanted["chain"]) if "chain" in wanted else rows


class ProgrammeDetail(generics.GenericAPIView[Programme]):
    """One programme."""

    may = {"GET": OFFICE, "PATCH": PLANNERS}
    serializer_class = ProgrammeSerializer

    @extend_schema(operation_id="office_programme", tags=["planning"])
    def get(self, request: Request, programme_id: uuid.UUID) -> Response:
        """Show a programme."""
        return Response(ProgrammeSerializer(found(self.get_queryset(), programme_id)).data)

    @extend_schema(
        operation_id="office_programme_change",
        request=ProgrammeChanges,
        responses=ProgrammeSerializer,
        tags=["planning"],
    )
    def patch(self, request: Request, programme_id: uuid.UUID) -> Response:
        """Change a programme's rules; refused for what cannot change once visits exist."""
        programme = found(for_roles(Programme.objects.all(), asker(request), PLANNERS, "chain_id"), programme_id)
        values = read_body(request, ProgrammeChanges, partial=True)
        changed = arranging.change_programme(programme_id=programme.pk, values=values)
        return Response(ProgrammeSerializer(changed).data)

    def get_queryset(self) -> Any:
        return for_roles(Programme.objects.all(), asker(self.request), OFFICE, "chain_id").select_related("chain")
