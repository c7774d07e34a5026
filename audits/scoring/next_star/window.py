"""The visits of one branch that count in a period, and what its outcome would be had some standards been met.

Everything here goes through the engine itself: answers are replaced, scored, combined and rated once more.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction

import msgspec

from audits.scoring.answers import HIGHEST, LOWEST, WIDE, Answers
from audits.scoring.items import Item
from audits.scoring.next_star.bands import without_peers
from audits.scoring.next_star.front import OutOfShape
from audits.scoring.outcome import (
    CombinedVisits,
    CutPoints,
    Outcome,
    Visit,
    combine_visits,
    conclude,
    cut_points,
    merge_components,
)
from audits.scoring.outcome.peers import Member
from audits.scoring.outcome.result import Part
from audits.scoring.packing import as_batch
from audits.scoring.parts import parts_for_scheme
from audits.scoring.plan import FINDINGS, WHOLE, Plan
from audits.scoring.visit import FAILED, PASSED, VisitScore, score
from audits.scoring.visits import VisitScores, score_many
from standards.spec.scheme.document import Scheme

STANDARD = "standard."
NO_LEVEL = -1


@dataclass(frozen=True, slots=True)
class WindowVisit:
    """One visit: its plan, its answers as amended, and what the scheme may ask about it.

    `facts` are further parts that no answer moves, such as the name of a peer group. `label` tells visits apart.
    """

    plan: Plan
    answers: Answers
    visited_on: date
    label: str
    kind: str = "mystery"
    component: str = ""
    flags: tuple[str, ...] = ()
    facts: Mapping[str, Part] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rules:
    """How the branch is rated. `weights` are the components' shares, where there are several.

    For rank bands either `cuts` (frozen: thresholds) or `others` (the period is open: everybody but this branch, as
    (subject, group, value), who are taken to stand still).
    """

    scheme: Scheme
    period_end: date
    weights: Mapping[str, int] = field(default_factory=dict)
    cuts: CutPoints | None = None
    others: tuple[Member, ...] | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A standard that failed in the window: in how many visits, and how many times (a repeated section has several)."""

    code: str
    visits: int
    times: int


class Window:
    """The visits that count, what failed in them, and the outcome as it is.

    `failures` are, per visit that counts, where each standard failed; `rated` the visits as the scheme reads them.
    """

    def __init__(self, rules: Rules, visits: Sequence[WindowVisit]) -> None:
        self.rules = rules
        self._bands: dict[Part, Scheme] = {}
        self._all = tuple(visits)
        scores = [score(visit.plan, visit.answers) for visit in self._all]
        self.names = _names_read(rules.scheme, self._all)
        rated = [self._visit(visit, _Line.of(one)) for visit, one in zip(self._all, scores, strict=True)]
        self.combined = self._combined(rated)
        self.base = self._concluded(self.combined)
        labels = {item.visit.label for item in self.combined.counted}
        counted = [place for place, visit in enumerate(self._all) if visit.label in labels]
        self.visits = tuple(self._all[place] for place in counted)
        self.scores = tuple(scores[place] for place in counted)
        self.rated = tuple(rated[place] for place in counted)
        self._left_out = tuple(one for place, one in enumerate(rated) if place not in counted)
        self.failures = tuple(_failures(v.plan, s) for v, s in zip(self.visits, self.scores, strict=True))

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """What failed, the most often failed first, then by code."""
        codes = {code for failed in self.failures for code in failed}
        found = [
            Candidate(code, sum(code in f for f in self.failures), sum(len(f.get(code, ())) for f in self.failures))
            for code in codes
        ]
        return tuple(sorted(found, key=lambda one: (-one.times, one.code)))

    @property
    def level(self) -> int:
        """The place of the outcome among the levels; -1 where it is none."""
        return self.level_of(self.base)

    def level_of(self, outcome: Outcome) -> int:
        """The place of any outcome among the levels; -1 where it is none."""
        return NO_LEVEL if outcome.level is None else self.rules.scheme.levels.index(outcome.level)

    def with_met(self, codes: Collection[str]) -> "Window":
        """The window had these standards been met; what did not fail before is still nobody's failure."""
        changed = {
            visit.label: replace(visit, answers=_replaced(visit, failed, [codes])[0])
            for visit, failed in zip(self.visits, self.failures, strict=True)
        }
        window = Window(self.rules, [changed.get(visit.label, visit) for visit in self._all])
        window.failures = tuple(
            {
                code: kept
                for code, places in now.items()
                if (kept := tuple(p for p in places if p in before.get(code, ())))
            }
            for now, before in zip(window.failures, self.failures, strict=True)
        )
        return window

    def outcomes(self, sets: Sequence[Collection[str]]) -> list[Outcome]:
        """The outcome for each set of standards, had they been met wherever they failed."""
        return [self._concluded(combined) for combined in self.combinations(sets)]

    def figures(self, sets: Sequence[Collection[str]], name: str) -> list[tuple[Outcome, Part]]:
        """The outcome for each set of standards, with the part or value called `name`."""
        return [(outcome, self._figure(outcome, combined, name)) for outcome, combined in self._both(sets)]

    def figure(self, name: str) -> Part:
        """The part or value called `name` as it is."""
        return self._figure(self.base, self.combined, name)

    def _both(self, sets: Sequence[Collection[str]]) -> list[tuple[Outcome, CombinedVisits]]:
        return [(self._concluded(combined), combined) for combined in self.combinations(sets)]

    @staticmethod
    def _figure(outcome: Outcome, combined: CombinedVisits, name: str) -> Part:
        return outcome.values[name] if name in outcome.values else combined.parts.get(name)

    def combinations(self, sets: Sequence[Collection[str]]) -> list[CombinedVisits]:
        """The visits as one, for each set of standards, had they been met wherever they failed."""
        detail = any(name.startswith(STANDARD) for name in self.names)
        columns: list[list[Visit]] = []
        for visit, failures, as_is in zip(self.visits, self.failures, self.rated, strict=True):
            column = [as_is] * len(sets)
            # A visit in which nothing of a set failed stays as it is: most of them, where sets are small.
            changed = [place for place, chosen in enumerate(sets) if not failures.keys().isdisjoint(chosen)]
            if changed:
                better = _replaced(visit, failures, [sets[place] for place in changed])
                scores = score_many(visit.plan, as_batch(better), detail=detail)
                for line, place in enumerate(changed):
                    column[place] = self._visit(visit, _Line.among(scores, line))
            columns.append(column)
        alike = [[*(column[line] for column in columns), *self._left_out] for line in range(len(sets))]
        return [self._combined(visits) for visits in alike]

    @staticmethod
    def states_if_met(visit: WindowVisit, failures: Mapping[str, Sequence[int]], codes: Sequence[str]) -> list[bytes]:
        """The states of all answers of a visit, had each of these standards alone been met in it."""
        scores = score_many(visit.plan, as_batch(_replaced(visit, failures, [(code,) for code in codes])), detail=True)
        return [] if scores.states is None else [line.tobytes() for line in scores.states[: len(codes)]]

    def levels(self, sets: Sequence[Collection[str]]) -> list[int]:
        """The places of those outcomes among the levels."""
        return [self.level_of(outcome) for outcome in self.outcomes(sets)]

    def _visit(self, visit: WindowVisit, line: "_Line") -> Visit:
        by_name = dict(zip(visit.plan.parts, zip(line.earned, line.possible, strict=True), strict=True))
        pairs = {name: by_name[name] for name in self.names if name in by_name}
        pairs |= _standard_pairs(visit.plan, line.points, self.names)
        parts = parts_for_scheme(
            pairs,
            decimals=visit.plan.decimals,
            assessed=line.assessed,
            assessable=line.assessable,
            critical_failed=line.critical_failed,
            kind=visit.kind,
        )
        pairs.pop(FINDINGS, None)
        return Visit(visit.visited_on, {**parts, **visit.facts}, visit.kind, visit.flags, pairs, visit.label)

    def _combined(self, visits: Sequence[Visit]) -> CombinedVisits:
        scheme, end, weights = self.rules.scheme, self.rules.period_end, self.rules.weights
        if len(weights) <= 1:
            return combine_visits(scheme, visits, end)
        component = {visit.label: visit.component for visit in self._all}
        return merge_components(
            scheme,
            [
                (weight, combine_visits(scheme, [v for v in visits if component[v.label] == name], end))
                for name, weight in sorted(weights.items())
            ],
        )

    def _concluded(self, combined: CombinedVisits) -> Outcome:
        rules = self.rules
        if rules.scheme.peers is None or rules.others is None:
            return conclude(rules.scheme, combined, cut_points=rules.cuts)
        try:
            return conclude(self._banded(combined), combined)
        except OutOfShape:
            return conclude(rules.scheme, combined, cut_points=self._cuts_with(combined))

    def _banded(self, combined: CombinedVisits) -> Scheme:
        """The scheme with its rank bands among the others as rows: worked out once, as nobody changes group."""
        group = self.rules.scheme.peers.group if self.rules.scheme.peers else None
        key = combined.parts.get(group) if group else None
        if key not in self._bands:
            self._bands[key] = without_peers(
                self.rules.scheme, combined.parts, cuts=self.rules.cuts, others=self.rules.others
            )
        return self._bands[key]

    def _cuts_with(self, combined: CombinedVisits) -> CutPoints:
        """The cut points of all others and this branch."""
        scheme = self.rules.scheme
        assert scheme.peers is not None
        alone = conclude(msgspec.structs.replace(scheme, peers=None), combined)
        found = alone.values.get(scheme.peers.value, combined.parts.get(scheme.peers.value))
        members = list(self.rules.others or ())
        if isinstance(found, int | Fraction):
            group = combined.parts.get(scheme.peers.group) if scheme.peers.group else ""
            members.append(("", "" if group is None else str(group), found))
        return cut_points(scheme, members)


@dataclass(frozen=True, slots=True)
class _Line:
    """What is needed of one score, from either way of scoring.

    `points` are None where an answer does not count, and left out altogether where no scheme asks for single standards.
    """

    earned: Sequence[int]
    possible: Sequence[int]
    points: Sequence[int | None]
    assessed: int
    assessable: int
    critical_failed: int

    @classmethod
    def of(cls, one: VisitScore) -> "_Line":
        earned, possible = zip(*one.parts.values(), strict=True)
        return cls(earned, possible, one.points, one.assessed, one.assessable, one.critical_failed)

    @classmethod
    def among(cls, scores: VisitScores, line: int) -> "_Line":
        points: list[int | None] = []
        if scores.points is not None and scores.states is not None:
            pairs = zip(scores.points[line].tolist(), scores.states[line].tolist(), strict=True)
            points = [earned if state >= PASSED else None for earned, state in pairs]
        return cls(
            scores.earned[line].tolist(),
            scores.possible[line].tolist(),
            points,
            int(scores.assessed[line]),
            int(scores.assessable[line]),
            int(scores.critical_failed[line]),
        )


def best_number(item: Item) -> int:
    """The answer, as a number of the vector, that earns an item's best points; for a finding: nothing found."""
    if item.shape == "limit":
        return max(item.low, min(item.high, 0))
    if item.shape == "linear":
        return -(-item.best // item.unit)
    if item.shape == "table":
        return item.table.index(item.best)
    if item.shape == "deduct":
        return 0
    low, high, _ = next(step for step in item.steps if step[2] == item.best)
    return max(low, min(high, 0))


def _replaced(
    visit: WindowVisit, failures: Mapping[str, Sequence[int]], sets: Sequence[Collection[str]]
) -> list[Answers]:
    """The visit's answers once per set, with the best answer wherever a standard of the set failed."""
    base = visit.answers.vector()
    lines = []
    for chosen in sets:
        codes, wide = base.copy(), dict(visit.answers.wide)
        for position in (position for code in chosen for position in failures.get(code, ())):
            number = best_number(visit.plan.items[position])
            wide.pop(position, None)
            if LOWEST <= number <= HIGHEST:
                codes[position] = number
            else:
                codes[position], wide[position] = WIDE, number
        lines.append(Answers(codes.tobytes(), tuple(sorted(wide.items()))))
    return lines


def _failures(plan: Plan, scored: VisitScore) -> dict[str, tuple[int, ...]]:
    """Where in the scope each standard failed."""
    found: dict[str, list[int]] = {}
    for position, (item, state) in enumerate(zip(plan.items, scored.states, strict=True)):
        if state == FAILED:
            found.setdefault(item.standard.code, []).append(position)
    return {code: tuple(positions) for code, positions in found.items()}


def _names_read(scheme: Scheme, visits: Sequence[WindowVisit]) -> tuple[str, ...]:
    """The parts of scores that the scheme reads (prefixes resolved), and the whole."""
    offered = dict.fromkeys(name for visit in visits for name in visit.plan.parts)
    wanted: dict[str, None] = {WHOLE: None}
    for name in scheme.part_names():
        if name.endswith("*"):
            wanted |= dict.fromkeys(part for part in offered if part.startswith(name[:-1]))
            if STANDARD.startswith(name[:-1]) or name.startswith(STANDARD):
                codes = {f"{STANDARD}{code}" for visit in visits for code in visit.plan.codes}
                wanted |= dict.fromkeys(code for code in sorted(codes) if code.startswith(name[:-1]))
        elif name in offered or name.startswith(STANDARD):
            wanted[name] = None
    return tuple(wanted)


def _standard_pairs(plan: Plan, points: Sequence[int | None], names: Sequence[str]) -> dict[str, tuple[int, int]]:
    pairs = {name: (0, 0) for name in names if name.startswith(STANDARD)}
    if not pairs:
        return pairs
    for item, earned in zip(plan.items, points, strict=True):
        name = STANDARD + item.standard.code
        if name in pairs and earned is not None and item.shape != "deduct":
            pairs[name] = (pairs[name][0] + earned, pairs[name][1] + item.possible)
    return pairs
