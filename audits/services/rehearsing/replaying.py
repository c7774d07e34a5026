"""Past visits scored as they were and as they would have been, and what their branches come to on both sides."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from audits.models.compiled import plan_of
from audits.scoring.outcome import CutPoints, Visit
from audits.scoring.packing import Batch, unpack_many
from audits.scoring.parts import names_read
from audits.scoring.plan import Plan
from audits.scoring.replay import (
    STANDARD,
    Beat,
    BranchOutcome,
    Figures,
    RatingRules,
    figures_of,
    outcomes_of,
)
from audits.scoring.visits import VisitScores, score_many
from audits.services.rehearsing.past import PastVisit
from audits.services.rehearsing.setting import Setting
from audits.services.rehearsing.target import Target
from standards.spec.scheme import Scheme

PIECE = 500


@dataclass(frozen=True)
class Piece:
    """Visits of one version and scope, carried and scored alike."""

    visits: Sequence[PastVisit]
    facilities: tuple[str, ...]

    @property
    def version_id(self) -> uuid.UUID:
        """The version they were made with."""
        return self.visits[0].version_id

    def batch(self) -> Batch:
        """Their answers."""
        return unpack_many([visit.answers for visit in self.visits])

    def plan(self) -> Plan:
        """How they were scored."""
        return plan_of(self.version_id, self.visits[0].scope_id)

    def scored_against(self, target: Target | None, batch: Batch, *, detail: bool) -> VisitScores:
        """Their scores, against another version where one is given."""
        if target is None:
            return score_many(self.plan(), batch, detail=detail)
        carriage, plan = target.way(self.version_id, self.visits[0].scope_id, self.facilities)
        return score_many(plan, carriage.carry(batch) if carriage else batch, detail=detail)

    def rated(self, figures: Figures, line: int) -> Visit:
        """One of them as a scheme reads it."""
        past = self.visits[line]
        return figures.visit(line, visited_on=past.visited_on, kind=past.kind, label=str(past.audit_id))


def pieces_of(visits: Iterable[PastVisit], setting: Setting, targets: Sequence[Target]) -> list[Piece]:
    """The visits in pieces, those of one version, scope and deciding facilities together."""
    groups: dict[tuple[uuid.UUID, uuid.UUID, tuple[str, ...]], list[PastVisit]] = defaultdict(list)
    deciding: dict[uuid.UUID, frozenset[str]] = {}
    for visit in visits:
        if visit.version_id not in deciding:
            asked = (one.facilities_asked(visit.version_id) for one in targets if one.moves(visit.version_id))
            deciding[visit.version_id] = frozenset().union(*asked)
        there = deciding[visit.version_id].intersection(setting.facilities[visit.location_id])
        groups[visit.version_id, visit.scope_id, tuple(sorted(there))].append(visit)
    return [
        Piece(own[begin : begin + PIECE], facilities)
        for (_, _, facilities), own in groups.items()
        for begin in range(0, len(own), PIECE)
    ]


def needs_detail(scheme: Scheme) -> bool:
    """Whether a scheme reads single standards."""
    return any(name.startswith(STANDARD) for name in scheme.part_names())


def read_figures(scores: VisitScores, scheme: Scheme) -> Figures:
    """The figures of scores that a scheme reads."""
    return figures_of(scores, names_read(scheme, scores.plan.parts))


class Side:
    """The visits of every branch as one set of rules reads them, and what the branches come to."""

    def __init__(self, rules: RatingRules) -> None:
        self.rules = rules
        self.visits: dict[uuid.UUID, dict[uuid.UUID, tuple[uuid.UUID, Visit]]] = defaultdict(dict)
        self.outcomes: dict[uuid.UUID, BranchOutcome] = {}
        self.cuts: CutPoints | None = None

    def note(self, piece: Piece, scores: VisitScores) -> None:
        """Take in scored visits."""
        figures = read_figures(scores, self.rules.scheme)
        for line, past in enumerate(piece.visits):
            self.visits[past.location_id][past.audit_id] = (past.component_id, piece.rated(figures, line))

    def rate(self, beat: Beat) -> None:
        """Rate all branches; rank bands are cut anew among them."""
        by_branch = {place: list(own.values()) for place, own in self.visits.items()}
        self.outcomes, self.cuts = outcomes_of(self.rules, by_branch, beat)


class Replay:
    """The visits of a rehearsal on both sides."""

    def __init__(self, setting: Setting, visits: Sequence[PastVisit]) -> None:
        self.setting, self.visits = setting, visits
        self.before, self.after = Side(setting.before), Side(setting.after)

    def score(self) -> Iterator[int]:
        """Score all visits piece by piece; yields how many each piece had."""
        target = self.setting.target
        single = needs_detail(self.before.rules.scheme) or needs_detail(self.after.rules.scheme)
        for piece in pieces_of(self.visits, self.setting, [target] if target else []):
            batch = piece.batch()
            scores = piece.scored_against(None, batch, detail=single)
            self.before.note(piece, scores)
            stays = target is None or not target.moves(piece.version_id)
            self.after.note(piece, scores if stays else piece.scored_against(target, batch, detail=single))
            yield len(piece.visits)

    def rate(self, beat: Beat) -> None:
        """Rate all branches on both sides."""
        self.before.rate(beat)
        self.after.rate(beat)

    def changed(self) -> list[uuid.UUID]:
        """Branches whose outcome would be another."""
        after = self.after.outcomes
        return [place for place, outcome in self.before.outcomes.items() if outcome.text != after[place].text]
