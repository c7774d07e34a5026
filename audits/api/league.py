"""League tables: who stands where, how sure that is, and what changed; as JSON and as CSV."""

import csv
import io
from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audits.api.overridden import with_overrides
from audits.api.shapes import LeagueShape
from audits.results.asking import Asked, asked_of, invalid
from audits.results.league import Line, league_lines
from audits.results.words import STANDS_OUT, TREND, points
from chains.access import READERS_OF_RESULTS
from chains.api.asking import asker

PAGE, MAX_PAGE = 50, 200
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
COLUMNS = (
    "rank", "location_code", "location", "stars", "state", "score", "visits", "change", "low", "high",
    "rank_best", "rank_worst", "override",
)  # fmt: skip

ASKING = [
    OpenApiParameter("series", OpenApiTypes.UUID, description="Needed where you may see several."),
    OpenApiParameter("period", OpenApiTypes.DATE, description="Any day of the period; the newest period by default."),
    OpenApiParameter("group", OpenApiTypes.UUID, description="Rank within this group instead of the whole chain."),
]
PART = OpenApiParameter("part", str, description="Rank by one part: section.CODE, class.CODE or tag.NAME.")
PAGING = [
    OpenApiParameter("cursor", str, description="From `next` of the page before."),
    OpenApiParameter("page_size", int, description="Up to 200."),
]


class League(APIView):
    """The league of a series and period: rank, stars, score, number of visits, change since the period before.

    Ranks count all branches of the chain (or group); the rows are those of the branches you may see. Ties share the
    better rank. `low`–`high` is the 95 % interval of the score, `rank_best`–`rank_worst` what chance alone could
    make of the rank of this one branch; branches that share a number in `ties` are too close to call. `stands_out`
    says who differs from the mean of all others: of such verdicts in one league at most 5 % are expected to be false.
    """

    may = {"GET": READERS_OF_RESULTS}

    @extend_schema(operation_id="league", parameters=[*ASKING, PART, *PAGING], responses=LeagueShape)
    def get(self, request: Request) -> Response:
        """One page of the league."""
        asked = asked_of(request.query_params, asker(request))
        size = page_size_of(request)
        after = cursor_of(request)
        rows = _rows(request, asked, after, size + 1)
        more = len(rows) > size
        shown = rows[:size]
        return Response(
            {
                "series": {"id": asked.series.pk, "name": asked.series.name},
                "period": {"start": asked.period.start, "end": asked.period.end, "label": asked.period.label},
                "group": {"id": asked.group.pk, "name": asked.group.name} if asked.group else None,
                "part": request.query_params.get("part"),
                "results": shown,
                "next": str(shown[-1]["position"]) if more else None,
                "more": more,
            }
        )


class LeagueFile(APIView):
    """The whole league as CSV, one row per branch, safe to open in a spreadsheet."""

    may = {"GET": READERS_OF_RESULTS}

    @extend_schema(
        operation_id="league_csv", parameters=[*ASKING, PART], responses={(200, "text/csv"): OpenApiTypes.STR}
    )
    def get(self, request: Request) -> HttpResponse:
        """The file."""
        asked = asked_of(request.query_params, asker(request))
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(COLUMNS)
        for row in _rows(request, asked, 0, None):
            flat = row | {"location_code": row["location"]["code"], "location": row["location"]["name"]}
            flat["override"] = row["override"]["reason"] if row["override"] else ""
            writer.writerow([safe_cell(flat[name]) for name in COLUMNS])
        response = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="league-{asked.period.label}.csv"'
        return response


def _rows(request: Request, asked: Asked, after: int, limit: int | None) -> list[dict[str, Any]]:
    part = request.query_params.get("part")
    lines = league_lines(asker(request), asked, part=part, after=after, limit=limit)
    return with_overrides([league_row(line) for line in lines], series_id=asked.series.pk, start=asked.period.start)


def league_row(line: Line) -> dict[str, Any]:
    """One line of the league; scores in points with one decimal."""
    return {
        "position": line.position,
        "rank": line.rank,
        "location": {"id": line.location.pk, "code": line.location.code, "name": line.location.name},
        "rating": line.rating.pk,
        "stars": line.rating.outcome,
        "level": line.rating.level,
        "state": line.rating.state,
        "score": points(line.tenths),
        "visits": line.rating.visits,
        "change": points(line.change),
        "low": points(line.low),
        "high": points(line.high),
        "rank_best": line.rank_best,
        "rank_worst": line.rank_worst,
        "ties": list(line.ties),
        "trend": TREND[line.trend],
        "stands_out": STANDS_OUT[line.stands_out],
    }


def safe_cell(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula; numbers stay numbers."""
    if isinstance(value, str) and value.startswith(DANGEROUS):
        return f"'{value}"
    return "" if value is None else value


def page_size_of(request: Request) -> int:
    """How many rows are asked for. Raises Problem (invalid)."""
    text = request.query_params.get("page_size", str(PAGE))
    if not text.isdecimal() or not 1 <= int(text) <= MAX_PAGE:
        raise invalid("page_size", f"Ask for 1 to {MAX_PAGE} rows.")
    return int(text)


def cursor_of(request: Request) -> int:
    """The position behind which the page begins. Raises Problem (invalid)."""
    text = request.query_params.get("cursor", "0")
    if not text.isdecimal() or len(text) > 9:
        raise invalid("cursor", "Use the `next` of the page before as it is.")
    return int(text)
