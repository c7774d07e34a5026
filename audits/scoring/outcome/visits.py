"""Which visits of a location count for a period, and how they become one set of parts.

Days are local calendar days (`visited_on`). Windows are measured back from the period's last day, half-lives from
the newest visit that counts, never from "now": the same visits give the same figures for ever.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

import msgspec

from audits.scoring.outcome.evaluate import evaluate
from audits.scoring.outcome.lookup import Lookup
from audits.scoring.outcome.peers import CutPoints
from audits.scoring.outcome.result import MinimumStep, Outcome, Part
from standards.spec.scheme.document import Scheme, Visits
from standards.spec.scheme.ordering import rank

_MILLIONTH = Decimal("0.000001")
_PRECISE = Context(prec=40, rounding=ROUND_HALF_UP)
_DEFAULT = Visits()


class Visit(msgspec.Struct, frozen=True):
    """One scored visit. `parts` are its own figures, `pairs` (earned, possible) of the parts that have them.

    `label` names the visit in explanations and decides between two visits of one day: the greater one is newer.
    """

    visited_on: date
    parts: Mapping[str, Part]
    kind: str = ""
    flags: tuple[str, ...] = ()
    pairs: Mapping[str, tuple[int, int]] = {}
    label: str = ""


class CountedVisit(msgspec.Struct, frozen=True):
    """A visit that counts, with its weight."""

    visit: Visit
    weight: Fraction


class LeftOut(msgspec.Struct, frozen=True):
    """A visit that does not count: after the period, of another kind (only), too old (within) or too many (last)."""

    visit: Visit
    why: str


class CombinedVisits(msgspec.Struct, frozen=True):
    """All visits of a subject as one: its parts, which visits they came from (newest first), which were left out.

    `is_enough`: the scheme's minimum is reached. `may_rank`: the minimum to be ranked is reached as well.
    `combine` names the definition of the average that was used.
    """

    parts: Mapping[str, Part]
    combine: str
    counted: tuple[CountedVisit, ...]
    left_out: tuple[LeftOut, ...]
    is_enough: bool
    may_rank: bool

    def history(self) -> tuple[Mapping[str, Part], ...]:
        """Return the parts of each counted visit, newest first, for streaks."""
        return tuple(item.visit.parts for item in self.counted)


def combine_visits(scheme: Scheme, visits: Iterable[Visit], period_end: date) -> CombinedVisits:
    """Return the one set of parts the visits up to `period_end` amount to; their order does not matter.

    Without a visits piece: the mean over all of them. Parts that are not numbers come from the newest visit
    (with carry: from the newest that has them; with max: the best ordinal).
    """
    rules = scheme.visits or _DEFAULT
    chosen, left_out = _choose(scheme, rules, visits, period_end)
    weights = _weights(rules, chosen)
    counted = tuple(CountedVisit(visit, weight) for visit, weight in zip(chosen, weights, strict=True))
    names = _names(scheme, chosen)
    return CombinedVisits(
        parts={name: _combine(scheme, rules, name, counted) for name in names},
        combine=rules.combine,
        counted=counted,
        left_out=tuple(left_out),
        is_enough=len(counted) >= (rules.minimum or 0),
        may_rank=len(counted) >= max(rules.minimum or 0, rules.minimum_to_rank or 0),
    )


def rate(
    scheme: Scheme, visits: Iterable[Visit], period_end: date, *, cut_points: CutPoints | None = None
) -> tuple[Outcome, CombinedVisits]:
    """Return the outcome of a subject from its visits, and what the visits amounted to.

    Below the minimum every figure is still worked out, but the outcome is `below_minimum` (None if not named).
    """
    combined = combine_visits(scheme, visits, period_end)
    return conclude(scheme, combined, cut_points=cut_points), combined


def conclude(scheme: Scheme, combined: CombinedVisits, *, cut_points: CutPoints | None = None) -> Outcome:
    """Return the outcome of visits that are already one; too few of them give the outcome for that."""
    looks_back = any(value.operator == "streak" for value in scheme.values)
    history = combined.history() if looks_back else None
    outcome = evaluate(scheme, combined.parts, history=history, cut_points=cut_points)
    if combined.is_enough:
        return outcome
    rules = scheme.visits or _DEFAULT
    counted, minimum, text = len(combined.counted), rules.minimum or 0, rules.below_minimum
    step = MinimumStep(counted, minimum, text, outcome.text)
    return msgspec.structs.replace(
        outcome,
        text=text,
        level=text if text in scheme.levels else None,
        steps=(*outcome.steps, step),
        reason="" if text else f"{counted} of at least {minimum} visits",
        waits_for_rank=False,
    )


def _choose(
    scheme: Scheme, rules: Visits, visits: Iterable[Visit], period_end: date
) -> tuple[list[Visit], list[LeftOut]]:
    newest_first = sorted(visits, key=lambda visit: (visit.visited_on, visit.label), reverse=True)
    most = rules.last or len(rules.weights) or None
    chosen: list[Visit] = []
    left_out: list[LeftOut] = []
    for visit in newest_first:
        age = (period_end - visit.visited_on).days
        if age < 0:
            left_out.append(LeftOut(visit, "after the period"))
        elif rules.only is not None and not _is_wanted(scheme, rules, visit):
            left_out.append(LeftOut(visit, "not of the kind that counts"))
        elif rules.within is not None and age >= rules.within:
            left_out.append(LeftOut(visit, f"more than {rules.within} days before the end of the period"))
        elif most is not None and len(chosen) >= most:
            left_out.append(LeftOut(visit, f"older than the last {most}"))
        else:
            chosen.append(visit)
    return chosen, left_out


def _is_wanted(scheme: Scheme, rules: Visits, visit: Visit) -> bool:
    parts = {**visit.parts, "kind": part_of(visit, "kind"), "flags": part_of(visit, "flags")}
    return Lookup(scheme, parts).holds(rules.only)


def _weights(rules: Visits, chosen: Sequence[Visit]) -> list[Fraction]:
    if rules.weights:
        return list(rules.weights[: len(chosen)])
    if rules.half_life and chosen:
        newest = chosen[0].visited_on
        return [half_life_weight((newest - visit.visited_on).days, rules.half_life) for visit in chosen]
    return [Fraction(1)] * len(chosen)


@lru_cache(maxsize=8192)
def half_life_weight(age: int, half_life: int) -> Fraction:
    """Return 2 ** (-age / half_life) rounded to millionths, half up; both in whole days."""
    exponent = _PRECISE.divide(Decimal(-age), Decimal(half_life))
    exact = _PRECISE.power(Decimal(2), exponent)
    return Fraction(exact.quantize(_MILLIONTH, rounding=ROUND_HALF_UP))


def _names(scheme: Scheme, chosen: Sequence[Visit]) -> list[str]:
    """Return the parts the rules ask for; prefixes stand for the parts any visit has."""
    wanted = scheme.part_names()
    exact = {name for name in wanted if not name.endswith("*")}
    prefixes = tuple(name[:-1] for name in wanted if name.endswith("*"))
    if prefixes:
        offered = {name for visit in chosen for name in (*visit.parts, *visit.pairs)}
        exact |= {name for name in offered if name.startswith(prefixes)}
    return sorted(exact)


def _combine(scheme: Scheme, rules: Visits, name: str, counted: Sequence[CountedVisit]) -> Part:
    kind = scheme.type_of(name)
    if rules.combine == "latest":
        return part_of(counted[0].visit, name) if counted else None
    if rules.combine == "carry":
        return next((found for found in (part_of(item.visit, name) for item in counted) if found is not None), None)
    if rules.combine == "max" and kind.kind in ("number", "ordinal", "date"):
        present: list[Any] = [found for found in (part_of(item.visit, name) for item in counted) if found is not None]
        return max(present, key=lambda found: rank(found, kind)) if present else None
    if kind.kind != "number":
        return part_of(counted[0].visit, name) if counted else None
    if rules.combine == "pooled" and any(name in item.visit.pairs for item in counted):
        return _pooled(name, counted)
    return _mean(name, counted)


def part_of(visit: Visit, name: str) -> Part:
    """Return a part of one visit; a part known only as a pair is its percentage."""
    found = visit.parts.get(name)
    if found is None and name == "kind":
        return visit.kind or None
    if found is None and name == "flags":
        return visit.flags or None
    if found is None and name in visit.pairs:
        earned, possible = visit.pairs[name]
        return Fraction(100 * earned, possible) if possible else None
    return found


def _mean(name: str, counted: Sequence[CountedVisit]) -> Fraction | None:
    """Return the weighted mean over the visits that have the part."""
    found = [(item.weight, part_of(item.visit, name)) for item in counted]
    return exact_mean([pair for pair in found if pair[1] is not None])


def exact_mean(weighed: Sequence[tuple[Fraction, Any]]) -> Fraction | None:
    """Return the weighted mean of (weight, figure) pairs; None where there is nothing to weigh."""
    first = weighed[0][0] if weighed else None
    if first and all(weight is first or weight == first for weight, _ in weighed):
        # The usual case: equal weights cancel out.
        return _exact_sum([found.as_integer_ratio() for _, found in weighed]) / len(weighed)
    weight = _exact_sum([weight.as_integer_ratio() for weight, _ in weighed])
    total = _exact_sum([(w.numerator * found.numerator, w.denominator * found.denominator) for w, found in weighed])
    return total / weight if weight else None


def _exact_sum(terms: list[tuple[int, int]]) -> Fraction:
    """Add numerator/denominator pairs over one common denominator: far quicker than Fraction by Fraction."""
    common = math.lcm(*{below for _, below in terms})
    return Fraction(sum(above * (common // below) for above, below in terms), common)


def _pooled(name: str, counted: Sequence[CountedVisit]) -> Fraction | None:
    """Return 100 x all points earned / all points possible, each visit times its weight."""
    earned = sum((item.weight * item.visit.pairs.get(name, (0, 0))[0] for item in counted), Fraction(0))
    possible = sum((item.weight * item.visit.pairs.get(name, (0, 0))[1] for item in counted), Fraction(0))
    return 100 * earned / possible if possible else None
