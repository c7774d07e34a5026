"""Section × branch: all branches of a league with all their sections, tinted against the mean of each section."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from audits.results.asking import invalid
from audits.results.groups import whole_of
from audits.results.league import Line, league_lines
from audits.results.words import name_of, part_names
from audits.web.choosing import asker, choice_of
from audits.web.compare import Cell, tinted
from audits.web.pages import Page

ROWS = 50
KINDS = {"section": "Sections", "class": "Classifications"}


@dataclass(frozen=True, slots=True)
class Row:
    """One branch with a cell for each column."""

    line: Line
    cells: list[Cell]


class Matrix(Page):
    """One page of branches as rows, sections or classifications as columns."""

    template = "matrix.html"

    def content(self, request: HttpRequest, **named: Any) -> dict[str, Any]:
        """The matrix. Raises Problem (not-found, invalid)."""
        choice = choice_of(request, with_groups=True)
        if choice.asked is None:
            return {"choice": choice}
        user, asked = asker(request), choice.asked
        wanted = request.GET.get("kind", "")
        kind = wanted if wanted in KINDS else "section"
        lines = league_lines(user, asked, part=None, after=_cursor(request), limit=ROWS + 1, with_parts=True)
        more, lines = len(lines) > ROWS, lines[:ROWS]
        names = part_names(asked.series, user)
        there = {name for line in lines for name in line.rating.parts if name.startswith(f"{kind}.")}
        parts = [name for name in names if name in there] + sorted(there - names.keys())
        whole = whole_of(user, asked)
        means = {part: figures[0] for part, figures in whole.parts.items()} if whole else {}
        columns = [tinted([line.rating.parts.get(part) for line in lines], means.get(part)) for part in parts]
        return {
            "choice": choice,
            "kind": kind,
            "kinds": list(KINDS.items()),
            "columns": [name_of(part, names) for part in parts],
            "means": [means.get(part) for part in parts] if whole else [],
            "whole": whole,
            "rows": [Row(line, [column[place] for column in columns]) for place, line in enumerate(lines)],
            "is_first": not _cursor(request),
            "first": choice.query(kind=kind),
            "next": choice.query(kind=kind, cursor=str(lines[-1].position)) if more else None,
        }


def _cursor(request: HttpRequest) -> int:
    text = request.GET.get("cursor", "0")
    if not text.isdecimal() or len(text) > 9:
        raise invalid("cursor", "Use the link to the next page as it is.")
    return int(text)
