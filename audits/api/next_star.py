"""What would lift branches: the shortest way of one, and where to spend first over many."""

import uuid
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers as s
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audits.api.league import ASKING
from audits.api.shapes import NamedShape, PeriodShape
from audits.results.asking import asked_of, uuid_of
from audits.results.next_star import Step, WayUp, way_up
from audits.results.ratings import rating_of
from audits.results.spending import UNIT, Worth, where_to_spend
from audits.results.words import wordings_of
from chains.access import READERS_OF_RESULTS
from chains.api.asking import asker
from chains.models import Location
from chains.problems import NOT_FOUND, Problem

PAGE = 100


class StepShape(s.Serializer):
    """One standard to have met: in how many visits it failed, and how many times (repeated sections)."""

    code = s.CharField()
    wording = s.CharField()
    section = s.CharField(allow_blank=True)
    critical = s.BooleanField()
    visits = s.IntegerField()
    times = s.IntegerField()


class NextStarShape(s.Serializer):
    """The smallest set of standards which, had they been met, would have lifted the outcome."""

    rating = s.UUIDField()
    current = s.CharField(allow_null=True)
    reached = s.CharField(allow_null=True)
    standards = StepShape(many=True)
    proven = s.BooleanField(help_text="True: no smaller set lifts the outcome.")
    at_least = s.IntegerField(help_text="No set with fewer members lifts the outcome.")
    provided = s.CharField(allow_blank=True, help_text="A condition, such as the others standing still.")
    missing = s.CharField(allow_blank=True, help_text="What is missing where no standard helps.")
    sentence = s.CharField()


class NextStar(APIView):
    """The shortest way to the next star of one rating, retroactively and exactly.

    In every visit the rating counts each of the standards is taken as met, all else equal; the answer has been run
    through the scoring engine again, and so has the set without any one of its members.
    """

    may = {"GET": READERS_OF_RESULTS}

    @extend_schema(operation_id="next_star", responses=NextStarShape)
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """The way, or what is missing where no standard can lift the outcome."""
        user = asker(request)
        rating = rating_of(user, pk)
        return Response(self._row(pk, way_up(rating, wordings_of(rating.series, user))))

    @classmethod
    def _row(cls, pk: uuid.UUID, way: WayUp) -> dict[str, Any]:
        path = way.path
        return {
            "rating": pk,
            "current": path.current,
            "reached": path.reached,
            "standards": [cls._step(step) for step in way.steps],
            "proven": path.proven,
            "at_least": path.at_least,
            "provided": path.provided,
            "missing": path.missing,
            "sentence": way.sentence,
        }

    @staticmethod
    def _step(step: Step) -> dict[str, Any]:
        told = step.wording
        return {
            "code": step.code,
            "wording": told.text,
            "section": told.section,
            "critical": told.critical,
            "visits": step.visits,
            "times": step.times,
        }


class LiftedShape(s.Serializer):
    """A branch that would have been lifted, with its rating."""

    rating = s.UUIDField()
    name = s.CharField()


class WorthShape(s.Serializer):
    """One failed standard, and what meeting it alone would have been worth."""

    code = s.CharField()
    wording = s.CharField()
    section = s.CharField(allow_blank=True)
    critical = s.BooleanField()
    lifts = s.IntegerField(help_text="Branches that this standard alone would have lifted by a level or more.")
    failing = s.IntegerField(help_text="Branches at which it failed.")
    visits = s.IntegerField(help_text="Visits in which it failed.")
    stake = s.FloatField(help_text="Points of the deciding figure at stake, added up over the branches.")
    lifted = LiftedShape(many=True, help_text="The first 20 branches it would have lifted.")


class SpendingShape(s.Serializer):
    """Where to spend first."""

    series = NamedShape()
    period = PeriodShape()
    branches = s.IntegerField(help_text="Branches looked at.")
    waiting = s.IntegerField(help_text="Branches with a rating that are not worked out yet.")
    results = WorthShape(many=True)
    more = s.BooleanField()


class SpendFirst(APIView):
    """Failed standards by the number of branches that each alone would have lifted, then by the score at stake."""

    may = {"GET": READERS_OF_RESULTS}

    @extend_schema(
        operation_id="spend_first",
        parameters=[*ASKING, OpenApiParameter("location", OpenApiTypes.UUID)],
        responses=SpendingShape,
    )
    def get(self, request: Request) -> Response:
        """The first 100, over the branches of a chain or group that the person asking may see, or one branch."""
        user = asker(request)
        asked = asked_of(request.query_params, user)
        wanted = request.query_params.get("location")
        location = uuid_of(wanted, "location") if wanted else None
        if location is not None and not Location.objects.visible_to(user).filter(pk=location).exists():
            raise Problem(NOT_FOUND)
        found = where_to_spend(user, asked, location=location)
        return Response(
            {
                "series": {"id": asked.series.pk, "name": asked.series.name},
                "period": {"start": asked.period.start, "end": asked.period.end, "label": asked.period.label},
                "branches": found.looked_at,
                "waiting": found.waiting,
                "results": [self._row(one) for one in found.standards[:PAGE]],
                "more": len(found.standards) > PAGE,
            }
        )

    @staticmethod
    def _row(one: Worth) -> dict[str, Any]:
        return {
            "code": one.code,
            "wording": one.wording.text,
            "section": one.wording.section,
            "critical": one.wording.critical,
            "lifts": one.lifts,
            "failing": one.failing,
            "visits": one.visits,
            "stake": one.stake / UNIT,
            "lifted": [place._asdict() for place in one.lifted],
        }
