"""Groups beside each other, how steady branches are, section × location, and which standards fail: as JSON and CSV."""

import csv
import io
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audits.api.comparison_shapes import ConsistencyShape, GroupsShape, MatrixShape, StandardsShape, WhereFailedShape
from audits.api.league import ASKING, PAGING, cursor_of, page_size_of, safe_cell
from audits.results.asking import Asked, asked_of, invalid
from audits.results.failing import where_failed
from audits.results.groups import GroupLine, group_lines, steadiness_of, whole_of
from audits.results.league import league_lines
from audits.results.standards import QUESTIONS, Counts, StandardLine, Standards, standards_of
from audits.results.words import name_of, part_names, points
from chains.access import READERS_OF_RESULTS
from chains.api.asking import asker
from chains.models import LocationGroup
from chains.problems import NOT_FOUND, Problem

MOST_STANDARDS = 200
COLUMNS = (
    "code", "wording", "section", "classification", "critical", "failed", "applied", "branches", "met",
    "failed_before", "applied_before", "met_before", "change", "clear",
)  # fmt: skip
QUESTION = OpenApiParameter("question", str, enum=QUESTIONS, description="most-failed by default.")
LIMIT = OpenApiParameter("limit", int, description=f"Up to {MOST_STANDARDS}; 20 by default.")


class Groups(APIView):
    """The league of groups: each the mean of its rated branches' scores, every branch once, and its bands.

    `low`–`high` is the 95 % interval of the mean; groups that share a number in `ties` are too close to call.
    """

    may = {"GET": READERS_OF_RESULTS}

    @extend_schema(
        operation_id="groups_league",
        parameters=[*ASKING[:2], OpenApiParameter("kind", str, enum=LocationGroup.Kind.values)],
        responses=GroupsShape,
    )
    def get(self, request: Request) -> Response:
        """All groups of one kind (regions by default) that you may see: a chain has few."""
        asked = asked_of(request.query_params, asker(request))
        kind = request.query_params.get("kind", LocationGroup.Kind.REGION.value)
        if kind not in LocationGroup.Kind.values:
            raise invalid("kind", f"Kinds of groups are {', '.join(LocationGroup.Kind.values)}.")
        lines = group_lines(asker(request), asked, kind=kind)
        return Response(_head(asked) | {"kind": kind, "results": [_group_row(asked, line) for line in lines]})


class Consistency(APIView):
    """How steady branches are, for the whole score and every part.

    `within` is how far visits usually lie from their own branch's mean, `between` how far branches truly lie apart
    (0 where they differ no more than their visits explain).
    """

    may = {"GET": READERS_OF_RESULTS}

    @extend_schema(operation_id="consistency", parameters=ASKING, responses=ConsistencyShape)
    def get(self, request: Request) -> Response:
        """One group, or the whole chain for those who see all of it; what you may not see is not found."""
        user = asker(request)
        asked = asked_of(request.query_params, user)
        rating = whole_of(user, asked)
        if rating is None:
            raise Problem(NOT_FOUND)
        names = part_names(asked.series, user)
        results = [
            {
                "part": one.part,
                "name": name_of(one.part, names),
                "mean": points(one.mean),
                "within": points(one.within),
                "between": points(one.between),
                "reliability": one.reliability,
            }
            for one in steadiness_of(rating)
        ]
        told = {"branches": rating.branches, "visits": rating.visits, "league": _address("league", asked)}
        return Response(_head(asked) | {"group": _group(asked)} | told | {"results": results})


class Matrix(APIView):
    """Section × location: the branches of a league, in its order, each with all its parts."""

    may = {"GET": READERS_OF_RESULTS}

    @extend_schema(operation_id="matrix", parameters=[*ASKING, *PAGING], responses=MatrixShape)
    def get(self, request: Request) -> Response:
        """One page."""
        user = asker(request)
        asked, size = asked_of(request.query_params, user), page_size_of(request)
        lines = league_lines(user, asked, part=None, after=cursor_of(request), limit=size + 1, with_parts=True)
        shown, more = lines[:size], len(lines) > size
        names = part_names(asked.series, user)
        there = {name for line in shown for name in line.rating.parts}
        parts = [name for name in names if name in there] + sorted(there - names.keys())
        return Response(
            _head(asked)
            | {
                "group": _group(asked),
                "parts": [{"part": part, "name": name_of(part, names)} for part in parts],
                "results": [
                    {
                        "rank": line.rank,
                        "location": _named(line.location),
                        "rating": line.rating.pk,
                        "state": line.rating.state,
                        "score": points(line.tenths),
                        "parts": [points(line.rating.parts.get(part)) for part in parts],
                    }
                    for line in shown
                ],
                "next": str(shown[-1].position) if more else None,
                "more": more,
            }
        )


class StandardsView(APIView):
    """Which standards fail most, which fell most since the period before, which nobody fails any more.

    Counted are the visits made in the period itself, over a group or all branches you may see.
    """

    may = {"GET": READERS_OF_RESULTS}

    @extend_schema(operation_id="standards_failing", parameters=[*ASKING, QUESTION, LIMIT], responses=StandardsShape)
    def get(self, request: Request) -> Response:
        """The answer to one question."""
        asked, question, found = _standards(request)
        told = {"visits": found.visits, "visits_before": found.visits_before, "branches": found.branches}
        rows = [_standard_row(asked, line) for line in found.lines]
        return Response(_head(asked) | {"group": _group(asked), "question": question} | told | {"results": rows})


class StandardsFile(APIView):
    """The same as CSV, one row per standard, safe to open in a spreadsheet."""

    may = {"GET": READERS_OF_RESULTS}

    @extend_schema(
        operation_id="standards_failing_csv",
        parameters=[*ASKING, QUESTION, LIMIT],
        responses={(200, "text/csv"): OpenApiTypes.STR},
    )
    def get(self, request: Request) -> HttpResponse:
        """The file."""
        asked, question, found = _standards(request)
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(COLUMNS)
        for line in found.lines:
            now, before = _counts(line.now), _counts(line.before)
            flat: dict[str, Any] = {name: getattr(line, name) for name in COLUMNS[:5]} | now
            flat |= {f"{name}_before": value for name, value in before.items()} | {"change": points(line.change_tenths)}
            flat["clear"] = line.is_clear
            writer.writerow([safe_cell(flat[name]) for name in COLUMNS])
        response = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="standards-{question}-{asked.period.label}.csv"'
        return response


class WhereFailed(APIView):
    """The branches behind a number: where one standard was not met in the period, with the way to their visits."""

    may = {"GET": READERS_OF_RESULTS}

    @extend_schema(operation_id="where_failed", parameters=ASKING, responses=WhereFailedShape)
    def get(self, request: Request, code: str) -> Response:
        """The branches you may see, most often first."""
        asked = asked_of(request.query_params, asker(request))
        found = where_failed(asker(request), asked, code)
        rows = [
            {
                "location": _named(one.location),
                "failed": one.counts.failed,
                "applied": one.counts.applied,
                "visits": f"{reverse('visits')}?"
                + urlencode({"location": one.location.pk, "period": asked.period.label}),
            }
            for one in found.branches
        ]
        told = {"group": _group(asked), "code": found.code, "wording": found.wording}
        return Response(_head(asked) | told | {"results": rows})


def _standards(request: Request) -> tuple[Asked, str, Standards]:
    asked = asked_of(request.query_params, asker(request))
    question = request.query_params.get("question", QUESTIONS[0])
    if question not in QUESTIONS:
        raise invalid("question", f"Ask for one of {', '.join(QUESTIONS)}.")
    text = request.query_params.get("limit", "20")
    if not text.isdecimal() or not 1 <= int(text) <= MOST_STANDARDS:
        raise invalid("limit", f"Ask for 1 to {MOST_STANDARDS} standards.")
    return asked, question, standards_of(asker(request), asked, question=question, limit=int(text))


def _head(asked: Asked) -> dict[str, Any]:
    period = {"start": asked.period.start, "end": asked.period.end, "label": asked.period.label}
    return {"series": {"id": asked.series.pk, "name": asked.series.name}, "period": period}


def _group(asked: Asked) -> dict[str, Any] | None:
    return {"id": asked.group.pk, "name": asked.group.name} if asked.group else None


def _named(row: Any) -> dict[str, Any]:
    return {"id": row.pk, "code": row.code, "name": row.name}


def _address(route: str, asked: Asked, group: LocationGroup | None = None, **named: str) -> str:
    """An address of this API with the same series, period and group."""
    words = {"series": str(asked.series.pk), "period": asked.period.start.isoformat()}
    within = group or asked.group
    return f"{reverse(route, kwargs=named)}?{urlencode(words | ({'group': str(within.pk)} if within else {}))}"


def _group_row(asked: Asked, line: GroupLine) -> dict[str, Any]:
    rating = line.rating
    return {
        "rank": line.rank,
        "group": _named(line.group) | {"kind": line.group.kind},
        "stars": rating.outcome,
        "level": rating.level,
        "score": points(rating.tenths),
        "exact": rating.exact,
        "low": points(rating.low_tenths),
        "high": points(rating.high_tenths),
        "change": points(rating.change_tenths),
        "branches": rating.branches,
        "unrated": rating.unrated,
        "visits": rating.visits,
        "ties": list(line.ties),
        "league": _address("league", asked, line.group),
    }


def _standard_row(asked: Asked, line: StandardLine) -> dict[str, Any]:
    return {
        "code": line.code,
        "wording": line.wording,
        "section": line.section,
        "classification": line.classification,
        "critical": line.critical,
        "now": _counts(line.now),
        "before": _counts(line.before),
        "change": points(line.change_tenths),
        "clear": line.is_clear,
        "where": _address("where-failed", asked, code=line.code),
    }


def _counts(counts: Counts) -> dict[str, Any]:
    met = points(counts.met_tenths)
    return {"failed": counts.failed, "applied": counts.applied, "branches": counts.branches, "met": met}
