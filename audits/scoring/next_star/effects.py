"""How far each failed standard would lift each figure that a scheme reads: exact, and additive.

A branch's figure is a weighted mean of its visits' figures, and what an answer could have earned stays the same whether
it was met or not: so that every standard adds its own fixed amount, whatever the others do. Two things break this, and
are told apart: answers on which other answers depend, and a scheme that takes the best of several visits.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction

from audits.scoring.next_star.window import STANDARD, Window, WindowVisit
from audits.scoring.outcome.visits import part_of
from audits.scoring.plan import FINDINGS, WHOLE
from audits.scoring.visit import PASSED, VisitScore

CRITICAL_FAILED = "critical_failed"
Gains = dict[str, dict[str, Fraction]]


def gates_among(window: Window) -> frozenset[str]:
    """Failed standards whose being met would change what else counts in a visit.

    A question that opens has no answer yet and changes nothing; what closes, or was answered all the same, does.
    """
    found: set[str] = set()
    for visit, scored, failed in zip(window.visits, window.scores, window.failures, strict=True):
        looked_at = {item.gate for item in visit.plan.items if item.gate >= 0}
        gates = [code for code, positions in failed.items() if looked_at.intersection(positions)]
        for code, states in zip(gates, window.states_if_met(visit, failed, gates), strict=True):
            counted = bytes(state >= PASSED for state in states)
            if counted != bytes(state >= PASSED for state in scored.states):
                found.add(code)
    return frozenset(found)


def is_additive(window: Window) -> bool:
    """Whether figures are weighted means of visits; the best of several visits is none."""
    rules = window.rules.scheme.visits
    several = len(window.visits) > 1
    streak = any(value.operator == "streak" for value in window.rules.scheme.values)
    return not streak and not (several and rules is not None and rules.combine == "max")


def gains_of(window: Window, *, excluded: frozenset[str] = frozenset()) -> Gains:
    """By standard, then by part: what meeting it wherever it failed adds to the branch's figure (may be negative).

    The cap of the whole at its possible points is left aside, so that a gain is never too small.
    """
    shares = {name: _shares(window, name) for name in (*window.names, CRITICAL_FAILED)}
    gains: Gains = {one.code: {} for one in window.candidates if one.code not in excluded}
    for place, (visit, scored) in enumerate(zip(window.visits, window.scores, strict=True)):
        weight = {name: by_visit[place] for name, by_visit in shares.items() if by_visit[place]}
        for code, positions in window.failures[place].items():
            if code not in gains:
                continue
            for name, amount in _gains_in_visit(visit, scored, positions, weight).items():
                gains[code][name] = gains[code].get(name, Fraction(0)) + amount
    return gains


def _gains_in_visit(
    visit: WindowVisit, scored: VisitScore, positions: Sequence[int], weight: Mapping[str, Fraction]
) -> dict[str, Fraction]:
    """What one standard adds to the branch's figures by being met in one visit."""
    plan = visit.plan
    points: dict[str, int] = defaultdict(int)
    for position in positions:
        item, earned = plan.items[position], scored.points[position]
        assert earned is not None
        if item.shape == "deduct":
            points[FINDINGS] -= earned
        else:
            for name in (WHOLE, *(plan.parts[part] for part in item.parts), STANDARD + item.standard.code):
                points[name] += item.best - earned
        points[CRITICAL_FAILED] -= item.standard.severity == "critical"
    return {
        name: weight[name] * _per_point(plan.decimals, scored, name, plan, visit) * amount
        for name, amount in points.items()
        if amount and name in weight
    }


def _per_point(decimals: int, scored: VisitScore, name: str, plan: object, visit: WindowVisit) -> Fraction:
    """What one unit adds to the visit's own figure: percentages per point, points per point, failures per failure."""
    if name == CRITICAL_FAILED:
        return Fraction(1)
    if name == FINDINGS:
        return Fraction(1, 10**decimals)
    possible = scored.parts[name][1] if name in scored.parts else _standard_possible(visit, scored, name)
    return Fraction(100, possible) if possible else Fraction(0)


def _standard_possible(visit: WindowVisit, scored: VisitScore, name: str) -> int:
    pairs = zip(visit.plan.items, scored.points, strict=True)
    return sum(item.possible for item, points in pairs if points is not None and STANDARD + item.standard.code == name)


def _shares(window: Window, name: str) -> list[Fraction]:
    """The share that each visit's figure has in the branch's figure (they add up to 1, or all are 0 without any)."""
    weights = window.rules.weights
    if len(weights) <= 1:
        return _shares_within(window, name, range(len(window.visits)))
    groups = {key: [i for i, visit in enumerate(window.visits) if visit.component == key] for key in sorted(weights)}
    inner = {key: _shares_within(window, name, places) for key, places in groups.items()}
    total = sum(weights[key] for key, shares in inner.items() if any(shares))
    result = [Fraction(0)] * len(window.visits)
    for key, shares in inner.items():
        for place, share in zip(groups[key], shares, strict=True):
            result[place] = share * weights[key] / total if total else Fraction(0)
    return result


def _shares_within(window: Window, name: str, places: Sequence[int]) -> list[Fraction]:
    """The same within one component."""
    rules = window.rules.scheme.visits
    combine = "mean" if rules is None else rules.combine
    rated = [window.rated[place] for place in places]
    present = [part_of(visit, name) is not None for visit in rated]
    weight = {item.visit.label: item.weight for item in window.combined.counted}
    raw = [weight[visit.label] if there else Fraction(0) for visit, there in zip(rated, present, strict=True)]
    newest_first = sorted(range(len(rated)), key=lambda i: (rated[i].visited_on, rated[i].label), reverse=True)
    if combine in ("latest", "carry") and newest_first:
        first = (
            newest_first[0] if combine == "latest" else next((i for i in newest_first if present[i]), newest_first[0])
        )
        raw = [Fraction(int(i == first and present[i])) for i in range(len(rated))]
    elif combine == "pooled" and any(name in visit.pairs for visit in rated):
        raw = [weight[visit.label] * visit.pairs.get(name, (0, 0))[1] for visit in rated]
    total = sum(raw, Fraction(0))
    return [one / total if total else Fraction(0) for one in raw]
