"""Groups beside each other, and how steady the branches of one group, or of the chain, are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from audits.models import GroupRating
from audits.models.compiled import scheme_of
from audits.results.asking import Asked
from audits.results.groups import GroupLine, Steadiness, group_lines, kinds_of, steadiness_of, whole_of
from audits.results.words import name_of, part_names
from audits.web.choosing import Choice, asker, choice_of
from audits.web.closeness import Close, closeness_of
from audits.web.drawing import Bar, Scale, bar_of, scale_of
from audits.web.pages import Page
from audits.web.stars import Stars, stars_of
from chains.models import User

BAR = 240
KINDS = (("whole", "The whole score"), ("section", "Sections"), ("class", "Classifications"))
MANY = {"region": "Regions", "owner": "Owners", "brand": "Brands", "peer": "Peer groups"}


@dataclass(frozen=True, slots=True)
class Row:
    """One group, drawn, with the query string of its league."""

    line: GroupLine
    stars: Stars
    bar: Bar | None
    close: Close
    league: str


@dataclass(frozen=True, slots=True)
class SteadyRow:
    """One part by its name; `at` is where its spread within branches ends on a bar, `between_at` that between."""

    name: str
    figures: Steadiness
    at: float | None
    between_at: float | None


class Groups(Page):
    """The league of groups of one kind, and below it how steady branches are."""

    template = "groups.html"

    def content(self, request: HttpRequest, **named: Any) -> dict[str, Any]:
        """The page with its pickers. Raises Problem (not-found)."""
        choice = choice_of(request, with_groups=True)
        if choice.asked is None:
            return {"choice": choice}
        user, asked = asker(request), choice.asked
        kinds = kinds_of(user, asked)
        wanted = request.GET.get("kind", "")
        kind = wanted if wanted in kinds else (kinds[0] if kinds else "")
        lines = group_lines(user, asked, kind=kind) if kind else []
        whole = whole_of(user, asked)
        return {
            "choice": choice,
            "kinds": [(one, MANY[one]) for one in kinds],
            "kind": kind,
            "kind_name": MANY.get(kind, ""),
            **_rows(lines, asked, choice),
            "whole": whole,
            "whole_stars": _stars(asked, whole) if whole else None,
            "steady": _steady(user, asked, whole),
        }


def _stars(asked: Asked, rating: GroupRating) -> Stars:
    """The outcome by the levels of the scheme that it was made by."""
    scheme = scheme_of(rating.scheme_version_id).on(asked.period.end)
    return stars_of(scheme.levels if scheme else (), rating.outcome)


def _rows(lines: Sequence[GroupLine], asked: Asked, choice: Choice) -> dict[str, Any]:
    ratings = [line.rating for line in lines]
    scale = scale_of((value for r in ratings for value in (r.tenths, r.low_tenths, r.high_tenths)), width=BAR)
    rows = [
        Row(
            line,
            _stars(asked, line.rating),
            bar_of(line.rating.tenths, line.rating.low_tenths, line.rating.high_tenths, scale),
            close,
            choice.query(group=str(line.group.pk)),
        )
        for line, close in zip(lines, closeness_of(lines), strict=True)
    ]
    return {"rows": rows, "scale": scale, "has_lanes": any(line.ties for line in lines)}


def _steady(user: User, asked: Asked, whole: GroupRating | None) -> list[tuple[str, list[SteadyRow]]]:
    if whole is None:
        return []
    names = part_names(asked.series, user)
    order = {name: place for place, name in enumerate(names)}
    figures = sorted(steadiness_of(whole), key=lambda one: (order.get(one.part, len(order)), one.part))
    most = max((max(one.within or 0, one.between or 0) for one in figures), default=0)
    scale = Scale(0, max(most, 1))
    blocks = []
    for kind, title in KINDS:
        mine = [one for one in figures if one.part.partition(".")[0] == kind]
        rows = [_steady_row(one, names, scale) for one in mine]
        if rows:
            blocks.append((title, rows))
    return blocks


def _steady_row(one: Steadiness, names: Mapping[str, str], scale: Scale) -> SteadyRow:
    at, between = (None if value is None else scale.at(value) for value in (one.within, one.between))
    return SteadyRow(name_of(one.part, names), one, at, between)
