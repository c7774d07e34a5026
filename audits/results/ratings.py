"""Ratings one by one, side by side and through time, narrowed to the branches that the person asking may see."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from audits.models import Audit, Override, Rating, Series, Standing
from audits.results.asking import Asked, invalid, uuid_of
from audits.results.words import when_shown
from audits.scoring.comparison import LEAST_VISITS
from chains.models import Location, User
from chains.problems import NOT_FOUND, Problem

MAX_SIDES = 20
HEAVY = ("figures", "spread", "hands", "part_sums", "score_ids")


def rating_of(user: User, pk: uuid.UUID) -> Rating:
    """One rating, current or superseded. Raises Problem (not-found)."""
    rows = Rating.objects.visible_to(user).select_related("location", "series__programme", "scheme_version__scheme")
    rating: Rating | None = rows.filter(pk=pk).first()
    if rating is None:
        raise Problem(NOT_FOUND)
    return rating


@dataclass(frozen=True, slots=True)
class CountedVisit:
    """A visit that a rating counts, as far as a manager may know it. `score_id` is not to be shown."""

    visit_id: str
    released_on: date | None
    when: str
    weight: str
    score_id: int


def visits_counted(rating: Rating) -> list[CountedVisit]:
    """The visits of a rating by their random ids: their order would tell their dates."""
    told = rating.figures.get("visits", [])
    audits = {
        str(audit.visit_id): audit
        for audit in Audit.objects.filter(visit_id__in=[v["visit_id"] for v in told]).select_related("programme")
    }
    rows = []
    for visit in told:
        audit = audits.get(visit["visit_id"])
        released = audit.released_at.date() if audit and audit.released_at else None
        when = when_shown(audit) if audit else ""
        rows.append(CountedVisit(visit["visit_id"], released, when, visit["weight"], visit["score"]))
    return sorted(rows, key=lambda row: row.visit_id)


def overrides(user: User, *, series: Series, start: date, places: Collection[uuid.UUID]) -> dict[uuid.UUID, Override]:
    """The recorded decisions that hold for these branches in the period that begins on `start`."""
    rows = Override.objects.visible_to(user).filter(
        Q(until__isnull=True) | Q(until__gte=start), series=series, location_id__in=places, from_period__lte=start
    )
    return {row.location_id: row for row in rows.order_by("made_at")}


@dataclass(frozen=True, slots=True)
class Sides:
    """Branches side by side: those asked for in their order, the ratings of those that have one, and their parts."""

    places: Sequence[Location]
    ratings: Mapping[uuid.UUID, Rating]
    parts: Sequence[str]

    def parts_of(self, kind: str) -> list[str]:
        """The parts of one kind ("section", "class"), in the order of `parts`."""
        return [name for name in self.parts if name.startswith(f"{kind}.")]


def ids_of(text: str) -> list[uuid.UUID]:
    """The branches named by ids with commas between them, each once. Raises Problem (invalid)."""
    wanted = list(dict.fromkeys(uuid_of(one, "ids") for one in text.split(",") if one))
    if not 1 <= len(wanted) <= MAX_SIDES:
        raise invalid("ids", f"Name 1 to {MAX_SIDES} branches.")
    return wanted


def side_by_side(user: User, asked: Asked, wanted: Sequence[uuid.UUID]) -> Sides:
    """The branches asked for. Raises Problem (not-found) where one of them is not there for this person."""
    places = {row.pk: row for row in Location.objects.visible_to(user).filter(pk__in=wanted)}
    if len(places) < len(wanted):
        raise Problem(NOT_FOUND)
    rows = Rating.objects.visible_to(user).filter(
        series=asked.series, period_start=asked.period.start, current=True, location_id__in=wanted
    )
    ratings = {row.location_id: row for row in rows.select_related("location", "series").defer(*HEAVY)}
    names = sorted({name for row in ratings.values() for name in row.parts})
    return Sides([places[pk] for pk in wanted], ratings, names)


@dataclass(frozen=True, slots=True)
class Course:
    """A branch's ratings through time, oldest first, and its place in the chain in each period where it has one.

    `trend` is as in Standing; `visits_needed` how many visits are missing for a verdict.
    """

    ratings: Sequence[Rating]
    standings: Mapping[uuid.UUID, Standing]

    @property
    def newest(self) -> Standing | None:
        """The place of the newest rating."""
        return self.standings.get(self.ratings[-1].pk) if self.ratings else None

    @property
    def trend(self) -> int | None:
        """1 rising, -1 falling, 0 no clear direction, None too few visits."""
        return self.newest.trend if self.newest else None

    @property
    def visits_needed(self) -> int:
        """How many more visits a verdict on the direction needs."""
        return max(0, LEAST_VISITS - (self.ratings[-1].visits if self.ratings else 0))


def course_of(user: User, *, series: Series, location: Location, until: date | None = None) -> Course:
    """The course of a branch in a series, to the period that begins on `until` (None: the newest)."""
    rows = Rating.objects.visible_to(user).filter(series=series, location=location, current=True)
    if until:
        rows = rows.filter(period_start__lte=until)
    ratings = list(rows.defer(*HEAVY).order_by("period_start"))
    places = Standing.objects.visible_to(user).filter(series=series, location=location, group=None)
    return Course(ratings, {row.rating_id: row for row in places})
