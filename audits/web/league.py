"""The league: who stands where, how sure that is, who cannot be told apart, and who has no place yet and why."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from audits.models import Override, Rating
from audits.problems import UNKNOWN_PART
from audits.results.asking import Asked, invalid
from audits.results.branches import ranked_branches, unvisited
from audits.results.league import Line, league_lines
from audits.results.ratings import overrides
from audits.results.words import name_of, part_names
from audits.web.choosing import asker, choice_of
from audits.web.closeness import Close, closeness_of
from audits.web.drawing import Bar, Scale, bar_of, scale_of
from audits.web.pages import Page
from audits.web.rated import stars_shown, what_is_missing
from audits.web.stars import Stars
from chains.models import User
from chains.problems import Problem

ROWS = 50
BAR = 240
UNVISITED = 100
KINDS = (("section", "Sections"), ("class", "Classifications"), ("tag", "Service and facility"))


@dataclass(frozen=True, slots=True)
class Row:
    """One ranked branch, drawn."""

    line: Line
    stars: Stars
    bar: Bar | None
    close: Close


@dataclass(frozen=True, slots=True)
class Waiting:
    """A branch without a place, and why."""

    line: Line
    stars: Stars
    missing: str


class League(Page):
    """The league table of a series, period and group, by the whole score or by one part."""

    template = "league.html"

    def content(self, request: HttpRequest, **named: Any) -> dict[str, Any]:
        """One page of the league with its pickers."""
        choice = choice_of(request, with_groups=True)
        if choice.asked is None:
            return {"choice": choice}
        user, asked = asker(request), choice.asked
        names = part_names(asked.series, user)
        wanted = request.GET.get("part") or None
        part = wanted if wanted in names else None
        after = _cursor(request)
        lines = _lines(user, asked, part, after)
        more, lines = len(lines) > ROWS, lines[:ROWS]
        content = self._rows(user, asked, lines) if lines else {}
        return content | {
            "choice": choice,
            "part": part,
            "part_name": name_of(part, names) if part else "",
            "unknown_part": wanted if part is None else None,
            "parts": _options(names),
            "ranked_in_all": ranked_branches(series=asked.series, period=asked.period, group=asked.group),
            "is_first": after == 0,
            "file": f"{reverse('league-file')}?{choice.query(part=part)}",
            "first": choice.query(part=part),
            "next": choice.query(part=part, cursor=str(lines[-1].position)) if more else None,
            "unvisited": []
            if more or part
            else unvisited(user, series=asked.series, period=asked.period, group=asked.group, limit=UNVISITED),
        }

    def _rows(self, user: User, asked: Asked, lines: Sequence[Line]) -> dict[str, Any]:
        ranked = [line for line in lines if line.rank is not None]
        others = [line for line in lines if line.rank is None]
        decided = overrides(
            user, series=asked.series, start=asked.period.start, places=[line.location.pk for line in lines]
        )
        scale = scale_of((value for line in ranked for value in (line.tenths, line.low, line.high)), width=BAR)
        return {
            "rows": [
                Row(line, stars_shown(line.rating, decided), _bar(line, scale), close)
                for line, close in zip(ranked, closeness_of(ranked), strict=True)
            ],
            "scale": scale,
            "has_lanes": any(line.ties for line in ranked),
            "waiting": _waiting(user, others, decided),
        }


def _lines(user: User, asked: Asked, part: str | None, after: int) -> list[Line]:
    try:
        return league_lines(user, asked, part=part, after=after, limit=ROWS + 1)
    except Problem as problem:
        # A section that the checklists know and nobody was asked about yet.
        if problem.kind is not UNKNOWN_PART:
            raise
        return []


def _bar(line: Line, scale: Scale) -> Bar | None:
    return bar_of(line.tenths, line.low, line.high, scale)


def _waiting(user: User, lines: Sequence[Line], decided: Mapping[uuid.UUID, Override]) -> list[Waiting]:
    unrated = [line.rating.pk for line in lines if line.rating.state == Rating.State.UNRATED]
    reasons: dict[uuid.UUID, str] = {}
    if unrated:
        reasons = dict(Rating.objects.visible_to(user).filter(pk__in=unrated).values_list("pk", "figures__reason"))
    return [
        Waiting(line, stars_shown(line.rating, decided), what_is_missing(line.rating, reasons.get(line.rating.pk, "")))
        for line in lines
    ]


def _options(names: Mapping[str, str]) -> list[tuple[str, list[tuple[str, str]]]]:
    grouped = [
        (title, [(part, name) for part, name in names.items() if part.startswith(f"{kind}.")]) for kind, title in KINDS
    ]
    return [(title, options) for title, options in grouped if options]


def _cursor(request: HttpRequest) -> int:
    text = request.GET.get("cursor", "0")
    if not text.isdecimal() or len(text) > 9:
        raise invalid("cursor", "Use the link to the next page as it is.")
    return int(text)
