"""Branches side by side, by section and classification, tinted by how far each lies from the mean of those shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from audits.models import Rating
from audits.results.ratings import MAX_SIDES, Sides, ids_of, overrides, side_by_side
from audits.results.words import name_of, part_names
from audits.web.choosing import asker, choice_of
from audits.web.pages import Page
from audits.web.rated import stars_shown
from audits.web.stars import Stars
from chains.models import Location

KINDS = (("section", "Sections"), ("class", "Classifications"))
# Tenths of a point from the mean at which a tint gets stronger.
STEPS = (20, 50, 90)


@dataclass(frozen=True, slots=True)
class Column:
    """One branch; without a rating the period has none."""

    place: Location
    rating: Rating | None
    stars: Stars | None


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure and its tint: "" near the mean, "above-1" to "above-3", "below-1" to "below-3"."""

    tenths: int | None
    tint: str = ""


class Compare(Page):
    """Up to twenty branches as columns."""

    template = "compare.html"

    def content(self, request: HttpRequest, **named: Any) -> dict[str, Any]:
        """The comparison, or how to choose what to compare. Raises Problem (not-found, invalid)."""
        user = asker(request)
        ids = ",".join(request.GET.getlist("ids"))
        count = len({one for one in ids.split(",") if one})
        choice = choice_of(request)
        if choice.asked is None or not 1 <= count <= MAX_SIDES:
            return {"choice": choice, "most": MAX_SIDES, "too_many": count > MAX_SIDES}
        wanted = ids_of(ids)
        found = side_by_side(user, choice.asked, wanted)
        decided = overrides(user, series=choice.asked.series, start=choice.asked.period.start, places=wanted)
        columns = []
        for place in found.places:
            rating = found.ratings.get(place.pk)
            columns.append(Column(place, rating, stars_shown(rating, decided) if rating else None))
        names = part_names(choice.asked.series, user)
        return {
            "choice": choice,
            "ids": ",".join(str(one) for one in wanted),
            "columns": columns,
            "blocks": [(title, _rows(found, kind, names)) for kind, title in KINDS if found.parts_of(kind)],
            "scores": cells_of([one.rating.tenths if one.rating else None for one in columns]),
        }


def _rows(found: Sides, kind: str, names: Mapping[str, str]) -> list[tuple[str, list[Cell]]]:
    order = {name: place for place, name in enumerate(names)}
    parts = sorted(found.parts_of(kind), key=lambda part: (order.get(part, len(order)), part))
    ratings = [found.ratings.get(place.pk) for place in found.places]
    return [(name_of(part, names), cells_of([r.parts.get(part) if r else None for r in ratings])) for part in parts]


def cells_of(values: Sequence[int | None]) -> list[Cell]:
    """One row of figures, tinted against their own mean; a single figure has nothing to be held against."""
    known = [value for value in values if value is not None]
    return tinted(values, sum(known) / len(known) if len(known) > 1 else None)


def tinted(values: Sequence[int | None], mean: float | None) -> list[Cell]:
    """Figures tinted against a mean, where there is one."""
    return [Cell(value, "" if value is None or mean is None else _tint(value - mean)) for value in values]


def _tint(distance: float) -> str:
    strength = sum(abs(distance) >= step for step in STEPS)
    return f"{'above' if distance > 0 else 'below'}-{strength}" if strength else ""
