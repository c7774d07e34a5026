"""Trying a scheme on past results over the API: what it would make of the branches as they are."""

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers as s
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audits.api.office_asking import read_body
from audits.api.shapes import NamedShape, PeriodShape, PlaceShape
from audits.models import Series
from audits.results.words import points
from audits.services import rating
from audits.services.rating import Preview
from chains.access import WRITERS_OF_STANDARDS
from chains.api.asking import asker
from chains.api.strict import StrictSerializer
from chains.problems import NOT_FOUND, Problem


class PreviewAsked(StrictSerializer):
    """A scheme as text, and any day of the period to try it on (left out: the newest with ratings)."""

    document = s.CharField(max_length=65_536, trim_whitespace=False)
    day = s.DateField(required=False, allow_null=True, default=None)


class CountShape(s.Serializer):
    """One outcome, with how many branches have it now and would have it then."""

    outcome = s.CharField(allow_blank=True)
    now = s.IntegerField()
    then = s.IntegerField()


class ComparedShape(s.Serializer):
    """One branch under the scheme tried."""

    location = PlaceShape()
    now = s.CharField(allow_blank=True)
    then = s.CharField(allow_blank=True)
    score_now = s.FloatField(allow_null=True)
    score_then = s.FloatField(allow_null=True)
    moves = s.ChoiceField(choices=["up", "down", "other", ""])


class PreviewShape(s.Serializer):
    """What a scheme would make of a period's results."""

    series = NamedShape()
    period = PeriodShape()
    branches = s.IntegerField(help_text="Branches counted.")
    whole_chain = s.BooleanField(help_text="False: only branches that you may see are counted.")
    left_out = s.IntegerField(help_text="Branches beyond those that are tried at once.")
    counts = CountShape(many=True)
    moved = s.DictField(child=s.IntegerField(), help_text="How many branches go up, down or otherwise.")
    results = ComparedShape(many=True)
    directions = s.DictField(child=s.ChoiceField(choices=["up", "down", "neither"]))
    exact_way_up = s.BooleanField(help_text="False: some part moves the outcome neither way.")


class SchemePreview(APIView):
    """A scheme that is not saved, tried on the newest results of a series. Nothing is stored, no star changes."""

    may = {"POST": WRITERS_OF_STANDARDS}

    @extend_schema(operation_id="scheme_preview", request=PreviewAsked, responses=PreviewShape, tags=["schemes"])
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """The branches that one may see with their outcomes now and then; faults of the scheme by their paths."""
        user = asker(request)
        series = Series.objects.visible_to(user).select_related("programme").filter(pk=pk).first()
        if series is None:
            raise Problem(NOT_FOUND)
        return Response(self._row(rating.preview(series=series, by=user, **read_body(request, PreviewAsked))))

    @staticmethod
    def _row(found: Preview) -> dict[str, Any]:
        return {
            "series": {"id": found.series.pk, "name": found.series.name},
            "period": {"start": found.period.start, "end": found.period.end, "label": found.period.label},
            "branches": found.looked_at,
            "whole_chain": found.whole_chain,
            "left_out": found.left_out,
            "counts": [{"outcome": name, "now": now, "then": then} for name, now, then in found.counts],
            "moved": {way: found.moved.get(way, 0) for way in ("up", "down", "other")},
            "results": [
                {
                    "location": {"id": one.location.pk, "code": one.location.code, "name": one.location.name},
                    "now": one.now,
                    "then": one.then,
                    "score_now": points(one.tenths_now),
                    "score_then": points(one.tenths_then),
                    "moves": one.moves,
                }
                for one in found.compared
            ],
            "directions": dict(found.directions),
            "exact_way_up": "neither" not in found.directions.values(),
        }
