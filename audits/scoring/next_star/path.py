"""The path to the next star: the smallest set of standards which, had they been met, would have lifted the outcome.

Retroactive and exact in meaning: in each visit of the window where one of them failed it is taken as met, all else
equal, and every answer is run through the engine again. The set lifts the outcome by at least one level; the set
without any one of its members does not. `proven` says that no smaller set does.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from audits.scoring.next_star.bands import NoCuts, without_peers
from audits.scoring.next_star.covering import Budget
from audits.scoring.next_star.effects import Gains, gains_of, gates_among, is_additive
from audits.scoring.next_star.front import OutOfShape, reduce_scheme
from audits.scoring.next_star.profiles import Solution, solve
from audits.scoring.next_star.searching import search
from audits.scoring.next_star.window import Candidate, Rules, Window, WindowVisit

STEPS = 3_000
MOST_GATES = 8
STAND_STILL = "if the others stand still"


@dataclass(frozen=True, slots=True)
class Path:
    """What would have lifted the outcome.

    `standards` are those to have met, the largest help first as far as that can be said; empty where there is no path,
    and `missing` then says what is. `reached` is the level they lead to. No set with fewer than `at_least` members
    lifts the outcome; `proven` says that this one is therefore the smallest. `provided` names a condition.
    """

    current: str | None
    reached: str | None
    standards: tuple[Candidate, ...]
    proven: bool
    at_least: int
    missing: str = ""
    provided: str = ""


def path_to_next_star(rules: Rules, visits: Sequence[WindowVisit], *, steps: int = STEPS) -> Path:
    """The path of one branch, from all visits that its rating looks at. Deterministic; `steps` limits the search."""
    window = Window(rules, visits)
    provided = STAND_STILL if rules.scheme.peers is not None and rules.cuts is None else ""
    missing = _what_is_missing(window)
    if missing:
        return Path(window.base.text, None, (), proven=True, at_least=0, missing=missing, provided=provided)
    solution, reached = _confirmed(window, _solution(window, Budget(steps)))
    if solution.chosen is None:
        missing = "no standard that failed can lift it" if solution.finished else "no path was found"
        return Path(window.base.text, None, (), solution.finished, solution.at_least, missing, provided)
    by_code = {one.code: one for one in window.candidates}
    standards = tuple(by_code[code] for code in solution.chosen)
    return Path(window.base.text, reached, standards, solution.finished, solution.at_least, "", provided)


def _what_is_missing(window: Window) -> str:
    """Why no standard can help, as far as that is seen beforehand."""
    rules = window.rules
    visits = rules.scheme.visits
    if visits is not None and visits.minimum and not window.combined.is_enough:
        counts = [len(window.visits)]
        if len(rules.weights) > 1:
            counts = [sum(visit.component == name for visit in window.visits) for name in rules.weights]
        more = sum(max(visits.minimum - count, 0) for count in counts)
        return f"{more} more visit{'s' if more > 1 else ''}"
    if not window.visits:
        return "a first visit"
    if window.base.waits_for_rank:
        return "the cut points of its peer group"
    if window.level == len(rules.scheme.levels) - 1:
        return "nothing: this is the best level"
    return "" if window.candidates else "nothing failed in the visits that count"


def _solution(window: Window, budget: Budget) -> Solution:
    gains = gains_of(window)
    try:
        if not is_additive(window):
            raise OutOfShape("the best of several visits")
        return _over_gates(window, budget)
    except (OutOfShape, NoCuts):
        return search(window, gains)


def _over_gates(window: Window, budget: Budget) -> Solution:
    """Whatever other answers depend on is met or not, in all combinations; the rest adds up."""
    gates = sorted(gates_among(window))
    if len(gates) > MOST_GATES:
        raise OutOfShape("too many failed standards on which others depend")
    best: Solution | None = None
    bounds: list[int] = []
    finished = True
    for opened in _subsets(gates):
        limit = None if best is None or best.chosen is None else len(best.chosen) - len(opened)
        if limit is not None and limit < 0:
            break
        found = _with_gates(window, frozenset(opened), frozenset(gates), budget, limit)
        finished &= found.finished
        bounds.append(found.at_least + len(opened) if found.chosen is not None or not found.finished else 1 << 30)
        if found.chosen is None:
            continue
        chosen = (*opened, *found.chosen)
        if best is None or best.chosen is None or len(chosen) < len(best.chosen):
            best = Solution(chosen, 0, finished=True)
    if best is None or best.chosen is None:
        return Solution(None, min(bounds, default=0) if not finished else len(window.candidates) + 1, finished)
    at_least = min(*bounds, len(best.chosen))
    return Solution(best.chosen, at_least, finished or at_least == len(best.chosen))


def _with_gates(
    window: Window, opened: frozenset[str], gates: frozenset[str], budget: Budget, limit: int | None
) -> Solution:
    """The smallest further set once these gates are met, the other gates staying as they were."""
    met = window.with_met(opened) if opened else window
    if met.level > window.level:
        return Solution((), 0, finished=True)
    gains = _by_preference(gains_of(met, excluded=gates))
    moving = frozenset(name for own in gains.values() for name, amount in own.items() if amount)
    parts = met.combined.parts
    rules = met.rules
    scheme = without_peers(rules.scheme, parts, cuts=rules.cuts, others=rules.others)
    front = reduce_scheme(scheme, parts, moving)
    return solve(front, gains, window.level, budget=budget, at_most=limit)


def _by_preference(gains: Gains) -> Gains:
    """Standards by their gain of the whole, the largest first; they come most often failed first, then by code."""
    return dict(sorted(gains.items(), key=lambda pair: -pair[1].get("whole", Fraction(0))))


def _subsets(codes: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for size in range(len(codes) + 1):
        yield from combinations(codes, size)


def _confirmed(window: Window, solution: Solution) -> tuple[Solution, str | None]:
    """The solution as the engine sees it, with the level it leads to; searched anew where the engine disagrees."""
    if solution.chosen is not None and not _holds(window, solution.chosen):
        solution = search(window, gains_of(window), at_least=solution.at_least)
    if solution.chosen is None:
        return solution, None
    return solution, window.outcomes([solution.chosen])[0].text


def _holds(window: Window, chosen: Sequence[str]) -> bool:
    """Whether the set lifts the outcome, and no set with one member fewer does."""
    sets = [tuple(chosen), *(tuple(code for code in chosen if code != left) for left in chosen)]
    whole, *parts = window.levels(sets)
    return whole > window.level and not any(level > window.level for level in parts)
