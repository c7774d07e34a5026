"""How a rating came about, for the person who owns the branch: every step in words and numbers."""

from typing import Any

from django.http import HttpRequest

from audits.models import CutPoints, Rating, Standing
from audits.results.ratings import overrides, rating_of, visits_counted
from audits.results.words import part_names
from audits.web.choosing import asker
from audits.web.explaining import COMBINED, cuts_of, figures_shown, in_the_way, ladder_of, steps_of
from audits.web.pages import Page
from audits.web.rated import rules_of, stars_shown, what_is_missing
from chains.models import User


class Explain(Page):
    """The account of one rating, current or superseded, read from what was stored with it."""

    template = "explain.html"

    def content(self, request: HttpRequest, **named: Any) -> dict[str, Any]:
        """The account. Raises Problem (not-found)."""
        user = asker(request)
        rating = rating_of(user, named["pk"])
        figures = rating.figures
        names = part_names(rating.series, user)
        decided = overrides(user, series=rating.series, start=rating.period_start, places=[rating.location_id])
        scheme = rules_of(rating)
        return self._place(user, rating) | {
            "rating": rating,
            "period": rating.series.days_of(rating.period_start),
            "newer": None if rating.current else _current(user, rating),
            "stars": stars_shown(rating, decided),
            "override": decided.get(rating.location_id),
            "missing": "" if rating.state == Rating.State.RATED else what_is_missing(rating, figures.get("reason", "")),
            "visits": visits_counted(rating),
            "combined": COMBINED.get(figures.get("combine", ""), ""),
            "minimum": scheme.visits.minimum if scheme and scheme.visits else None,
            "steps": steps_of(figures, names),
            "ladder": ladder_of(scheme, figures, names),
            "figures": figures_shown(figures, names),
            "in_the_way": in_the_way(figures, names),
        }

    @staticmethod
    def _place(user: User, rating: Rating) -> dict[str, Any]:
        """The interval and rank, and the cut points where the scheme ranks."""
        content: dict[str, Any] = {
            "standing": Standing.objects.visible_to(user).filter(rating=rating, group=None).first()
        }
        if any(step["type"] == "PeerStep" for step in rating.figures.get("steps", [])):
            rows = CutPoints.objects.visible_to(user).filter(series=rating.series, period_start=rating.period_start)
            cuts = rows.filter(group=None).first()
            members, rungs = cuts_of(cuts, rating.figures)
            content |= {"cuts": cuts, "members": members, "cut_rungs": rungs}
        return content


def _current(user: User, rating: Rating) -> Rating | None:
    rows = Rating.objects.visible_to(user).filter(series=rating.series, location=rating.location, current=True)
    found: Rating | None = rows.filter(period_start=rating.period_start).defer("figures").first()
    return found
