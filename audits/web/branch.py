"""One branch: its stars now, its course, its sections beside the average, what fails there most, its visits."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import HttpRequest

from audits.models import Rating
from audits.results.asking import Asked
from audits.results.branches import Average, averages, branch_of, most_failed, ranked_branches, released_visits
from audits.results.ratings import Course, course_of, overrides
from audits.results.words import TREND, name_of, part_names
from audits.web.choosing import asker, choice_of
from audits.web.drawing import FULL, Chart, Moment, Scale, chart_of
from audits.web.pages import Page
from audits.web.rated import stars_shown, what_is_missing

PERIODS = 24
FAILED = 10
KINDS = (("section", "Sections"), ("class", "Classifications"))


@dataclass(frozen=True, slots=True)
class Part:
    """A section or classification of this branch: its value, the average, and where both lie on the bar."""

    name: str
    tenths: int
    average: int | None
    at: float
    average_at: float | None

    @property
    def difference(self) -> int | None:
        """How far above the average, in tenths."""
        return None if self.average is None else self.tenths - self.average


class Branch(Page):
    """What a manager wants to know of one branch, in a series and to the end of a period."""

    template = "branch.html"

    def content(self, request: HttpRequest, **named: Any) -> dict[str, Any]:
        """The branch. Raises Problem (not-found)."""
        user = asker(request)
        place = branch_of(user, named["pk"])
        choice = choice_of(request, chain_id=place.chain_id)
        content: dict[str, Any] = {"place": place, "choice": choice}
        if choice.asked is None:
            return content
        asked = choice.asked
        series, period = asked.series, asked.period
        course = course_of(user, series=series, location=place, until=period.start)
        failing, looked_at = most_failed(user, series=series, location=place, period=period, limit=FAILED)
        current = course.ratings[-1] if course.ratings else None
        if current and current.period_start == period.start:
            decided = overrides(user, series=series, start=period.start, places=[place.pk])
            content |= self._now(asked, course, current) | {
                "rating": current,
                "stars": stars_shown(current, decided),
                "override": decided.get(place.pk),
            }
            average = averages(user, series=series, period=period)
            content |= {"average": average, "parts": _parts(current, average, part_names(series, user))}
        return content | {
            "chart": _chart(course, asked),
            "course": [(series.days_of(one.period_start).label, one) for one in reversed(course.ratings)],
            "direction": TREND[course.trend],
            "visits_needed": course.visits_needed,
            "failing": failing,
            "looked_at": looked_at,
            "visits": released_visits(user, series=series, location=place, period=period),
        }

    def _now(self, asked: Asked, course: Course, rating: Rating) -> dict[str, Any]:
        standing = course.standings.get(rating.pk)
        if standing is None or standing.rank is None:
            return {"missing": what_is_missing(rating, str(rating.figures.get("reason", "")))}
        ranked = ranked_branches(series=asked.series, period=asked.period, group=None)
        return {"standing": standing, "ranked_in_all": ranked}


def _chart(course: Course, asked: Asked) -> Chart | None:
    """The last periods, with gaps where nothing was rated."""
    by_start = {rating.period_start: rating for rating in course.ratings}
    moments: list[Moment] = []
    period = asked.period
    while len(moments) < PERIODS and course.ratings and period.start >= course.ratings[0].period_start:
        moments.append(_moment(period.label, by_start.get(period.start), course))
        period = asked.series.days_of(period.start - timedelta(days=1))
    return chart_of(moments[::-1])


def _moment(label: str, rating: Rating | None, course: Course) -> Moment:
    if rating is None:
        return Moment(label, None, rated=False)
    standing = course.standings.get(rating.pk)
    return Moment(
        label,
        rating.tenths,
        rated=rating.state == Rating.State.RATED,
        low=standing.low_tenths if standing else None,
        high=standing.high_tenths if standing else None,
        stars=rating.outcome,
    )


def _parts(rating: Rating, average: Average, names: Mapping[str, str]) -> list[tuple[str, list[Part]]]:
    scale = Scale(0, FULL)
    order = {name: place for place, name in enumerate(names)}
    found = []
    for kind, title in KINDS:
        own = sorted((n for n in rating.parts if n.startswith(f"{kind}.")), key=lambda n: (order.get(n, len(order)), n))
        rows = [_part(name, rating.parts[name], average.tenths.get(name), scale, names) for name in own]
        if rows:
            found.append((title, rows))
    return found


def _part(part: str, tenths: int, average: int | None, scale: Scale, names: Mapping[str, str]) -> Part:
    return Part(name_of(part, names), tenths, average, scale.at(tenths), None if average is None else scale.at(average))
