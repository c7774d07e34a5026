"""League tables: who stands where, how sure that is, and what changed; as JSON and as CSV."""

import csv
import io
from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audits.api.asking import Asked, asked_of, invalid
from audits.api.overridden import with_overrides
from audits.api.shapes import LeagueShape
from audits.models import Rating, Standing
from audits.problems import UNKNOWN_PART
from chains.access import READERS_OF_RESULTS
from chains.problems import Problem

PAGE, MAX_PAGE = 50, 200
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
TREND = {1: "rising", -1: "falling", 0: "no clear direction", None: "too few visits"}
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
    make of the rank of this one branch; branches that share a number in `ties` are too close to call.
    """

    may = {"GET": READERS_OF_RESULTS}

    @extend_schema(operation_id="league", parameters=[*ASKING, PART, *PAGING], responses=LeagueShape)
    def get(self, request: Request) -> Response:
        """One page of the league."""
        asked = asked_of(request)
        size = _page_size(request)
        after = _cursor(request)
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
        asked = asked_of(request)
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(COLUMNS)
        for row in _rows(request, asked, 0, None):
            flat = row | {"location_code": row["location"]["code"], "location": row["location"]["name"]}
            flat["override"] = row["override"]["reason"] if row["override"] else ""
            writer.writerow([_safe(flat[name]) for name in COLUMNS])
        response = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="league-{asked.period.label}.csv"'
        return response


def _rows(request: Request, asked: Asked, after: int, limit: int | None) -> list[dict[str, Any]]:
    part = request.query_params.get("part")
    rows = (
        Standing.objects.visible_to(request.user)
        .filter(series=asked.series, period_start=asked.period.start, group=asked.group)
        .select_related("rating", "location")
        .defer("rating__figures", "rating__score_ids", "rating__spread")
        .order_by("position", "pk")
    )
    if part:
        shown = _by_part(list(rows), part)[after : None if limit is None else after + limit]
        return with_overrides(shown, series_id=asked.series.pk, start=asked.period.start)
    rows = rows.filter(position__gt=after).defer(
        "rating__figures", "rating__score_ids", "rating__spread", "rating__parts", "location__facilities"
    )
    shown = [standing_row(row) for row in (rows if limit is None else rows[:limit])]
    return with_overrides(shown, series_id=asked.series.pk, start=asked.period.start)


def standing_row(row: Standing) -> dict[str, Any]:
    """One line of the league; scores in points with one decimal."""
    return {
        "position": row.position,
        "rank": row.rank,
        "location": {"id": row.location_id, "code": row.location.code, "name": row.location.name},
        "rating": row.rating_id,
        "stars": row.rating.outcome,
        "level": row.rating.level,
        "state": row.rating.state,
        "score": points(row.rating.tenths),
        "visits": row.rating.visits,
        "change": points(row.change_tenths),
        "low": points(row.low_tenths),
        "high": points(row.high_tenths),
        "rank_best": row.rank_best,
        "rank_worst": row.rank_worst,
        "ties": row.ties,
        "trend": TREND[row.trend],
    }


def _by_part(rows: Sequence[Standing], part: str) -> list[dict[str, Any]]:
    """The same branches ordered by one part; without intervals, which are the whole's."""
    if rows and not any(part in row.rating.parts for row in rows):
        known = sorted({name for row in rows for name in row.rating.parts})
        raise Problem(UNKNOWN_PART, f"No branch has a figure for {part!r}; known are {', '.join(known)}.")
    having = [row for row in rows if part in row.rating.parts and row.rating.state == Rating.State.RATED]
    having.sort(key=lambda row: (-row.rating.parts[part], row.position))
    lines, rank, before = [], 0, None
    for place, row in enumerate(having, start=1):
        value = row.rating.parts[part]
        rank, before = (rank, before) if value == before else (place, value)
        bare = dict.fromkeys(("change", "low", "high", "rank_best", "rank_worst"))
        lines.append(standing_row(row) | bare | {"position": place, "rank": rank, "score": points(value), "ties": []})
    return lines


def points(tenths: int | None) -> float | None:
    """Tenths as a number of points for JSON: 932 → 93.2 (exact to the digit shown)."""
    return None if tenths is None else tenths / 10


def _safe(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula; numbers stay numbers."""
    if isinstance(value, str) and value.startswith(DANGEROUS):
        return f"'{value}"
    return "" if value is None else value


def _page_size(request: Request) -> int:
    text = request.query_params.get("page_size", str(PAGE))
    if not text.isdecimal() or not 1 <= int(text) <= MAX_PAGE:
        raise invalid("page_size", f"Ask for 1 to {MAX_PAGE} rows.")
    return int(text)


def _cursor(request: Request) -> int:
    text = request.query_params.get("cursor", "0")
    if not text.isdecimal() or len(text) > 9:
        raise invalid("cursor", "Use the `next` of the page before as it is.")
    return int(text)
