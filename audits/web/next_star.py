"""What would lift branches, as pages: the shortest way of one, and where to spend first over many."""

from typing import Any

from django.http import HttpRequest

from audits.results.next_star import way_up
from audits.results.ratings import overrides, rating_of
from audits.results.spending import UNIT, Worth, where_to_spend
from audits.results.words import wordings_of
from audits.web.choosing import asker, choice_of
from audits.web.pages import Page
from audits.web.rated import rules_of, stars_shown
from audits.web.stars import Stars, stars_of

STANDARDS = 50


class NextStar(Page):
    """The smallest set of standards which, had they been met, would have lifted this rating."""

    template = "next_star.html"

    def content(self, request: HttpRequest, **named: Any) -> dict[str, Any]:
        """The way. Raises Problem (not-found)."""
        user = asker(request)
        rating = rating_of(user, named["pk"])
        decided = overrides(user, series=rating.series, start=rating.period_start, places=[rating.location_id])
        way = way_up(rating, wordings_of(rating.series, user))
        scheme = rules_of(rating)
        reached: Stars | None = None
        if scheme is not None and way.path.reached is not None:
            reached = stars_of(scheme.levels, way.path.reached, override=None)
        return {
            "rating": rating,
            "period": rating.series.days_of(rating.period_start),
            "stars": stars_shown(rating, decided),
            "override": decided.get(rating.location_id),
            "way": way,
            "reached": reached,
        }


class SpendFirst(Page):
    """Which failed standards, met alone, would have lifted most branches."""

    template = "spend_first.html"

    def content(self, request: HttpRequest, **named: Any) -> dict[str, Any]:
        """The first standards over the branches one may see. Raises Problem (not-found, invalid)."""
        choice = choice_of(request, with_groups=True)
        if choice.asked is None:
            return {"choice": choice}
        found = where_to_spend(asker(request), choice.asked)
        return {
            "choice": choice,
            "rows": [(one, _points(one)) for one in found.standards[:STANDARDS]],
            "others": max(len(found.standards) - STANDARDS, 0),
            "branches": found.looked_at,
            "waiting": found.waiting,
            "lifting": any(one.lifts for one in found.standards),
        }


def _points(one: Worth) -> str:
    return f"{one.stake / UNIT:.1f}"
