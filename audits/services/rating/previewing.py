"""Trying a scheme on real results before it is saved: which level each branch would have now, and what changes."""

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from audits.models import Component, Period, Rating, Series
from audits.scoring.outcome import CombinedVisits, CutPoints, Outcome, combine_components, conclude, cut_points
from audits.scoring.outcome.deciding import deciding_value
from audits.scoring.periods import Period as Days
from audits.services.rating.gathering import scored_visits
from audits.services.rating.recomputing import tenths
from chains import problems as ground
from chains.models import Location, User
from chains.problems import Fault, Problem
from standards import problems
from standards.models.checklists import may_write
from standards.spec.scheme import FaultyScheme, Scheme, SchemeDocument, directions_of, parse_scheme
from standards.spec.scheme.offered import PARTS

# A page waits for this; a whole chain is for a rehearsal, which runs in the background.
MOST_BRANCHES = 300
# Counts over branches that the person does not see would tell of them, if those are very few.
UNSEEN_OTHERS = 3


@dataclass(frozen=True, slots=True)
class Compared:
    """One branch: its outcome as rated, the outcome under the scheme tried, and the figures that decide, in tenths.

    `moves` is "up" or "down" where both are levels of the same list, "" where nothing changes, else "other".
    """

    location: Location
    now: str
    then: str
    tenths_now: int | None
    tenths_then: int | None
    moves: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What a scheme would make of the newest results.

    `compared` are the branches that the person may see. `counts` (outcome, branches now, branches then) and `moved`
    (how many go up, down or otherwise) are over all of the chain where `whole_chain`, else over the same branches.
    `left_out` branches are more than a page can wait for.
    `directions` tell of each part whether more of it moves the outcome up, down or neither way.
    """

    series: Series
    period: Days
    compared: Sequence[Compared]
    counts: Sequence[tuple[str, int, int]]
    moved: Mapping[str, int]
    whole_chain: bool
    looked_at: int
    left_out: int
    directions: Mapping[str, str]


def preview(*, series: Series, document: str, day: date | None, by: User) -> Preview:
    """Rate the branches of a period, as they are, by a scheme that is not saved; nothing is stored.

    `day` is any day of the period; None: the newest with ratings. For whoever writes the chain's standards, and of the
    branches only those they may see. Raises Problem: not-allowed, scheme-invalid with every fault by its path, invalid
    (no ratings in the period, or no rules in force at its end).
    """
    if not may_write(by, series.programme.chain_id):
        raise Problem(ground.NOT_ALLOWED)
    parsed = _read(document)
    period = _period(series, day)
    scheme = parsed.on(period.end)
    if scheme is None:
        raise _invalid("document", f"No version of this scheme is in force on {period.end.isoformat()}.")
    rows = Rating.objects.filter(series=series, period_start=period.start, current=True)
    ratings = list(rows.select_related("location").defer("figures", "spread", "hands").order_by("location__code"))
    taken = ratings[:MOST_BRANCHES]
    after = _outcomes(series, scheme, period, [row.location_id for row in taken])
    seen = set(Location.objects.visible_to(by).filter(chain_id=series.programme.chain_id).values_list("pk", flat=True))
    shown = [row for row in taken if row.location_id in seen]
    hidden = len(taken) - len(shown)
    whole = hidden == 0 or hidden >= UNSEEN_OTHERS
    compared = [_compared(row, after[row.location_id], scheme) for row in taken]
    return Preview(
        series=series,
        period=period,
        compared=[one for one in compared if one.location.pk in seen],
        moved=Counter(one.moves for one in compared if one.moves and (whole or one.location.pk in seen)),
        counts=_counts(taken if whole else shown, after, scheme),
        whole_chain=whole,
        looked_at=len(taken) if whole else len(shown),
        left_out=len(ratings) - len(taken) if whole else 0,
        directions=directions_of(scheme),
    )


_After = tuple[Outcome, CombinedVisits]


def _read(document: str) -> SchemeDocument:
    try:
        return parse_scheme(document, PARTS)
    except FaultyScheme as error:
        faults = [Fault(fault.path, fault.code, fault.message) for fault in error.faults]
        raise Problem(problems.SCHEME_INVALID, errors=faults) from None


def _period(series: Series, day: date | None) -> Days:
    if day is not None:
        return series.days_of(day)
    rated = Rating.objects.filter(series=series, current=True).values("period_start")
    newest = Period.objects.filter(series=series, starts_on__in=rated).order_by("-starts_on").first()
    if newest is None:
        raise _invalid("series", "Nothing has been rated in this series yet.")
    return series.days_of(newest.starts_on)


def _invalid(name: str, detail: str) -> Problem:
    return Problem(ground.INVALID, detail, errors=[Fault(f"/{name}", "invalid", detail)])


def _outcomes(series: Series, scheme: Scheme, period: Days, places: Sequence[uuid.UUID]) -> dict[uuid.UUID, _After]:
    """The outcome of each branch; where the scheme ranks, among these branches themselves."""
    window = timedelta(days=scheme.visits.within) if scheme.visits and scheme.visits.within else None
    visits = scored_visits(
        series=series,
        scheme=scheme,
        period_end=period.end,
        window=window,
        location_ids=places,
    )
    weights = dict(Component.objects.filter(programme_id=series.programme_id).values_list("pk", "weight"))
    combined = {
        place: combine_components(
            scheme, [(v.component_id, v.visit) for v in visits.get(place, [])], weights, period.end
        )
        for place in places
    }
    found = {place: conclude(scheme, one) for place, one in combined.items()}
    if scheme.peers is not None:
        cuts = _cuts(scheme, found, combined)
        found = {place: conclude(scheme, one, cut_points=cuts) for place, one in combined.items()}
    return {place: (found[place], combined[place]) for place in places}


def _cuts(
    scheme: Scheme, outcomes: Mapping[uuid.UUID, Outcome], combined: Mapping[uuid.UUID, CombinedVisits]
) -> CutPoints:
    figures = {
        place: _figure(scheme, (outcome, combined[place]))
        for place, outcome in outcomes.items()
        if outcome.waits_for_rank
    }
    members = [(str(place), "", figure) for place, figure in figures.items() if figure is not None]
    return cut_points(scheme, members)


def _figure(scheme: Scheme, after: _After) -> Fraction | None:
    outcome, combined = after
    name = deciding_value(scheme)
    found = outcome.values[name] if name in outcome.values else combined.parts.get(name)
    return Fraction(found) if isinstance(found, int | Fraction) else None


def _compared(rating: Rating, after: _After, scheme: Scheme) -> Compared:
    outcome, figure = after[0], _figure(scheme, after)
    then = outcome.text or ""
    moves = ""
    if then != rating.outcome:
        known = rating.outcome in scheme.levels and then in scheme.levels
        rises = known and scheme.levels.index(then) > scheme.levels.index(rating.outcome)
        moves = ("up" if rises else "down") if known else "other"
    return Compared(
        rating.location, rating.outcome, then, rating.tenths, None if figure is None else tenths(figure), moves
    )


def _counts(ratings: Sequence[Rating], after: Mapping[uuid.UUID, _After], scheme: Scheme) -> list[tuple[str, int, int]]:
    """Each outcome with its branches now and then: the levels from the best to the worst, then all others by name."""
    now = Counter(rating.outcome for rating in ratings)
    then = Counter(after[rating.location_id][0].text or "" for rating in ratings)
    others = sorted((now.keys() | then.keys()) - set(scheme.levels))
    return [(name, now[name], then[name]) for name in (*reversed(scheme.levels), *others)]
