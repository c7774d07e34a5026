"""Ratings one by one: what they are, how they came about, how they went through time, how branches differ."""

import uuid
from datetime import date
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audits.api.league import ASKING, PAGING
from audits.api.overridden import with_overrides, with_overrides_through_time
from audits.api.shapes import ExplainShape, RatingPageShape, RatingShape, SeriesShape, SidesShape, TrendShape
from audits.models import Period, Rating, Score, Series
from audits.models.programmes import PLAN_READERS
from audits.results.asking import asked_of, uuid_of
from audits.results.ratings import course_of, ids_of, rating_of, side_by_side, visits_counted
from audits.results.words import TREND, points
from chains.access import READERS_OF_RESULTS
from chains.api.asking import asker
from chains.models import Location
from chains.problems import NOT_FOUND, Problem


class SeriesList(APIView):
    """The series you may see, with the periods that have been opened, newest first."""

    may = {"GET": READERS_OF_RESULTS}

    @extend_schema(operation_id="series", responses=SeriesShape(many=True))
    def get(self, request: Request) -> Response:
        """All of them: a chain has a handful."""
        rows = list(
            Series.objects.visible_to(request.user).select_related("programme", "scheme").order_by("code", "pk")
        )
        by_id = {row.pk: row for row in rows}
        periods: dict[uuid.UUID, list[Any]] = {row.pk: [] for row in rows}
        for period in Period.objects.filter(series__in=rows).order_by("-starts_on"):
            periods[period.series_id].append(period_row(by_id[period.series_id], period.starts_on))
        return Response(
            [
                {
                    "id": row.pk,
                    "code": row.code,
                    "name": row.name,
                    "programme": row.programme.name,
                    "period_kind": row.period_kind,
                    "scheme": row.scheme.name,
                    "periods": periods[row.pk],
                }
                for row in rows
            ]
        )


def period_row(series: Series, start: date) -> dict[str, Any]:
    """A period as shown."""
    days = series.days_of(start)
    return {"start": days.start, "end": days.end, "label": days.label}


def rating_row(rating: Rating) -> dict[str, Any]:
    """A rating as shown; parts in points with one decimal."""
    days = rating.series.days_of(rating.period_start)
    return {
        "id": rating.pk,
        "series": rating.series_id,
        "location": {"id": rating.location_id, "code": rating.location.code, "name": rating.location.name},
        "period": {"start": days.start, "end": days.end, "label": days.label},
        "stars": rating.outcome,
        "level": rating.level,
        "state": rating.state,
        "score": points(rating.tenths),
        "exact": rating.exact,
        "visits": rating.visits,
        "parts": {name: points(tenths) for name, tenths in rating.parts.items()},
        "current": rating.current,
    }


def decided_row(rating: Rating) -> dict[str, Any]:
    """A rating as shown, with the override that holds on top of it if it is the current one."""
    row = rating_row(rating)
    if not rating.current:
        return row | {"override": None}
    return with_overrides([row], series_id=rating.series_id, start=rating.period_start)[0]


class Ratings(APIView):
    """Current ratings of a series and period, in the order of the branches' codes."""

    may = {"GET": READERS_OF_RESULTS}

    @extend_schema(
        operation_id="ratings",
        parameters=[*ASKING, OpenApiParameter("location", OpenApiTypes.UUID), *PAGING],
        responses=RatingPageShape,
    )
    def get(self, request: Request) -> Response:
        """One page; `cursor` is the code of the last branch of the page before."""
        asked = asked_of(request.query_params, asker(request))
        rows = Rating.objects.visible_to(request.user).filter(
            series=asked.series, period_start=asked.period.start, current=True
        )
        if place := request.query_params.get("location"):
            rows = rows.filter(location_id=uuid_of(place, "location"))
        if asked.group:
            rows = rows.filter(location__group_memberships__group=asked.group)
        if after := request.query_params.get("cursor"):
            rows = rows.filter(location__code__gt=after)
        size = 50
        page = list(
            rows.select_related("location", "series")
            .defer("figures", "spread", "score_ids")
            .order_by("location__code")[: size + 1]
        )
        more = len(page) > size
        shown = page[:size]
        return Response(
            {
                "results": with_overrides(
                    [rating_row(row) for row in shown], series_id=asked.series.pk, start=asked.period.start
                ),
                "next": shown[-1].location.code if more else None,
                "more": more,
            }
        )


class RatingDetail(APIView):
    """One rating, current or superseded."""

    may = {"GET": READERS_OF_RESULTS}

    @extend_schema(operation_id="rating", responses=RatingShape)
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """The rating."""
        return Response(decided_row(rating_of(asker(request), pk)))


class Explain(APIView):
    """How a rating came about: visits, parts, values, every step in words and numbers.

    Managers see visits by their random ids and release dates; the office's people see the digests of the facts as well.
    """

    may = {"GET": READERS_OF_RESULTS}

    @extend_schema(operation_id="explain", responses=ExplainShape)
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """The account, read from what was stored with the rating."""
        rating = rating_of(asker(request), pk)
        figures = rating.figures
        chain_id = rating.location.chain_id
        facts = self._facts(rating) if chain_id in asker(request).chain_ids(*PLAN_READERS) else {}
        return Response(
            {
                "rating": decided_row(rating),
                "scheme": str(rating.scheme_version),
                "scheme_sha256": rating.scheme_version.sha256,
                "combine": figures.get("combine", ""),
                "visits": self._visits(rating, facts),
                "parts": figures.get("parts", {}),
                "values": figures.get("values", {}),
                "lines": figures.get("lines", []),
                "steps": figures.get("steps", []),
                "reason": figures.get("reason", ""),
            }
        )

    @staticmethod
    def _visits(rating: Rating, facts: dict[int, dict[str, str]]) -> list[dict[str, Any]]:
        return [
            {
                "visit_id": visit.visit_id,
                "released_on": visit.released_on,
                "when": visit.when,
                "weight": visit.weight,
            }
            | ({"digests": facts[visit.score_id]} if visit.score_id in facts else {})
            for visit in visits_counted(rating)
        ]

    @staticmethod
    def _facts(rating: Rating) -> dict[int, dict[str, str]]:
        rows = Score.objects.filter(pk__in=rating.score_ids).select_related("observation")
        return {
            row.pk: {
                "observation": bytes(row.observation.digest).hex(),
                "scope": bytes(row.scope_sha256).hex(),
                "amendments": bytes(row.amendments_digest).hex(),
                "checklist": bytes(row.checklist_sha256).hex(),
                "engine": str(row.engine),
            }
            for row in rows
        }


class Sides(APIView):
    """Branches side by side by section and classification."""

    may = {"GET": READERS_OF_RESULTS}

    @extend_schema(
        operation_id="side_by_side",
        parameters=[OpenApiParameter("ids", str, required=True, description="Up to 20 ids, by commas."), *ASKING[:2]],
        responses=SidesShape,
    )
    def get(self, request: Request) -> Response:
        """The branches asked for, in that order."""
        wanted = ids_of(request.query_params.get("ids", ""))
        asked = asked_of(request.query_params, asker(request))
        found = side_by_side(asker(request), asked, wanted)
        sections, classes = found.parts_of("section"), found.parts_of("class")
        rows = [self._side(found.ratings[pk], sections, classes) for pk in wanted if pk in found.ratings]
        return Response(
            {
                "series": {"id": asked.series.pk, "name": asked.series.name},
                "period": {"start": asked.period.start, "end": asked.period.end, "label": asked.period.label},
                "sections": [name.partition(".")[2] for name in sections],
                "classifications": [name.partition(".")[2] for name in classes],
                "results": with_overrides(rows, series_id=asked.series.pk, start=asked.period.start),
            }
        )

    @staticmethod
    def _side(rating: Rating, sections: list[str], classes: list[str]) -> dict[str, Any]:
        whole = rating_row(rating)
        kept = {name: whole[name] for name in ("location", "stars", "state", "score", "visits")}
        return kept | {
            "rating": rating.pk,
            "sections": {name.partition(".")[2]: points(rating.parts.get(name)) for name in sections},
            "classifications": {name.partition(".")[2]: points(rating.parts.get(name)) for name in classes},
        }


class Trend(APIView):
    """A branch's ratings through time, with a verdict only where the visits bear one (at least 8)."""

    may = {"GET": READERS_OF_RESULTS}

    @extend_schema(
        operation_id="trend", parameters=[OpenApiParameter("series", OpenApiTypes.UUID)], responses=TrendShape
    )
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """All periods, oldest first."""
        place = Location.objects.visible_to(request.user).filter(pk=pk).first()
        if place is None:
            raise Problem(NOT_FOUND)
        asked = asked_of(request.query_params, asker(request))
        course = course_of(asker(request), series=asked.series, location=place)
        shown = [
            {
                "period": period_row(asked.series, row.period_start),
                "stars": row.outcome,
                "state": row.state,
                "score": points(row.tenths),
                "visits": row.visits,
                "rating": row.pk,
            }
            for row in course.ratings
        ]
        return Response(
            {
                "location": {"id": place.pk, "code": place.code, "name": place.name},
                "series": {"id": asked.series.pk, "name": asked.series.name},
                "results": with_overrides_through_time(shown, series_id=asked.series.pk, location_id=place.pk),
                "verdict": TREND[course.trend],
                "visits_needed": course.visits_needed,
            }
        )
