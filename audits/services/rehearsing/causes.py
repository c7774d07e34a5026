"""What causes a change of stars: each change of the draft undone by itself, and the scheme's.

A cause "brings back" a branch where, with it alone undone and all else as rehearsed, the outcome would be the present
one again. Causes overlap: two may each bring a branch back, or none alone. Cut points of rank bands stand as rehearsed.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from audits.scoring.outcome import Visit
from audits.scoring.replay import (
    Beat,
    Contribution,
    Figures,
    UndoableChange,
    contributions_of,
    outcomes_of,
    undo,
    undoable_changes,
)
from audits.services.rehearsing.past import PastVisit
from audits.services.rehearsing.replaying import Piece, Replay, Side, needs_detail, pieces_of, read_figures
from audits.services.rehearsing.target import Target

# Ratings made again for the causes, at most: (changes of the draft) × (branches looked at). About 20 seconds.
MOST_RATINGS = 40_000
Advance = Callable[[float], None]
Places = frozenset[uuid.UUID]


@dataclass(frozen=True)
class Causes:
    """Which branches each cause brings back, of those `looked_at`.

    `scheme` None: the scheme in force was rehearsed. `earlier_versions`: branches whose stars would be other ones
    already if all visits had been audited with the version that the draft was made from, unchanged.
    """

    looked_at: Places = frozenset()
    changes: Sequence[tuple[UndoableChange, Places]] = ()
    scheme: Places | None = None
    earlier_versions: Places = frozenset()


def causes_of(replay: Replay, places: Sequence[uuid.UUID], advance: Advance) -> Causes:
    """The causes of the changes of these branches, in the order given: the first are looked at where there are many.

    `advance` is told the share that is done, 0 to 1.
    """
    target = replay.setting.target
    base = target.base() if target is not None else None
    old = Target(base) if base is not None else None
    changes: list[UndoableChange] = []
    if target is not None and old is not None and base is not None:
        changes = undoable_changes(old.content, target.content, target.was(base.pk))
    looked_at = list(places[: max(MOST_RATINGS // max(len(changes), 1), 1)])
    chosen = set(looked_at)
    visits = [visit for visit in replay.visits if visit.location_id in chosen]
    scheme = _without_scheme(replay, visits, lambda: advance(0.0)) if replay.setting.scheme_differs else None
    if target is None or old is None:
        return Causes(frozenset(looked_at), scheme=scheme)
    return Causes(
        looked_at=frozenset(looked_at),
        changes=_each_undone(replay, visits, changes, old, advance),
        scheme=scheme,
        earlier_versions=_at_base(replay, visits, old, lambda: advance(1.0)),
    )


def _without_scheme(replay: Replay, visits: Sequence[PastVisit], beat: Beat) -> Places:
    """Branches that the draft's standards alone leave where they are, under the scheme in force."""
    side = _rated_against(replay, visits, replay.setting.target, beat)
    return frozenset(place for place, text in side.items() if text == replay.before.outcomes[place].text)


def _at_base(replay: Replay, visits: Sequence[PastVisit], base: Target, beat: Beat) -> Places:
    """Branches whose stars the step from the versions they were audited with to the base moves already."""
    if not any(base.moves(visit.version_id) for visit in visits):
        return frozenset()
    side = _rated_against(replay, visits, base, beat)
    return frozenset(place for place, text in side.items() if text != replay.before.outcomes[place].text)


def _rated_against(
    replay: Replay, visits: Sequence[PastVisit], target: Target | None, beat: Beat
) -> dict[uuid.UUID, str]:
    """The outcomes of branches with all visits replayed against a version, under the scheme and cuts in force."""
    side = Side(replace(replay.setting.before, cuts=replay.before.cuts))
    detail = needs_detail(side.rules.scheme)
    for piece in pieces_of(visits, replay.setting, [target] if target else []):
        beat()
        side.note(piece, piece.scored_against(target, piece.batch(), detail=detail))
    side.rate(beat)
    return {place: outcome.text for place, outcome in side.outcomes.items()}


@dataclass(frozen=True)
class _Shares:
    """A piece with its figures as rehearsed, and the shares of changed standards in them and in those of the base."""

    piece: Piece
    figures: Figures
    new: Mapping[str, Contribution]
    old: Mapping[str, Contribution]
    old_decimals: int

    def without(self, change: UndoableChange, names: Sequence[str]) -> tuple[Figures, list[int]]:
        """The figures with a change undone, and the visits that it touches."""
        out = [self.new[code] for code in change.new if code in self.new]
        put = [self.old[code] for code in change.old if code in self.old]
        if not out and not put:
            return self.figures, []
        undone = undo(self.figures, out, put, names=names, decimals=self.old_decimals)
        return undone, np.flatnonzero(_touched(out, put)).tolist()


def _touched(out: Sequence[Contribution], put: Sequence[Contribution]) -> np.ndarray:
    """Visits in which any of the standards counts, or could have."""
    counts = [one.assessable + one.deducted + one.critical_failed + abs(one.earned) for one in (*out, *put)]
    touched: np.ndarray = np.sum(counts, axis=0) > 0
    return touched


def _each_undone(
    replay: Replay, visits: Sequence[PastVisit], changes: Sequence[UndoableChange], base: Target, advance: Advance
) -> list[tuple[UndoableChange, Places]]:
    shares = _shares_of(replay, visits, changes, base, lambda: advance(0.0))
    names = tuple(dict.fromkeys((*replay.after.rules.scheme.part_names(), "whole")))
    rules = replace(replay.after.rules, cuts=replay.after.cuts)
    found = []
    for number, change in enumerate(changes):
        fresh: dict[uuid.UUID, dict[uuid.UUID, tuple[uuid.UUID, Visit]]] = {}
        for one in shares:
            figures, lines = one.without(change, names)
            for line in lines:
                past = one.piece.visits[line]
                own = fresh.setdefault(past.location_id, dict(replay.after.visits[past.location_id]))
                own[past.audit_id] = (past.component_id, one.piece.rated(figures, line))
        outcomes, _ = outcomes_of(rules, {place: list(own.values()) for place, own in fresh.items()})
        back = {place for place, now in outcomes.items() if now.text == replay.before.outcomes[place].text}
        found.append((change, frozenset(back)))
        advance((number + 1) / len(changes))
    return found


def _shares_of(
    replay: Replay, visits: Sequence[PastVisit], changes: Sequence[UndoableChange], base: Target, beat: Beat
) -> list[_Shares]:
    target = replay.setting.target
    assert target is not None
    new = sorted({code for change in changes for code in change.new})
    old = sorted({code for change in changes for code in change.old})
    draft_code = {earlier: code for code, earlier in target.was(base.version.pk).items()}
    found = []
    for piece in pieces_of(visits, replay.setting, [target, base]):
        if not target.replays(piece.version_id):
            continue
        beat()
        batch = piece.batch()
        rehearsed = piece.scored_against(target, batch, detail=True)
        before = piece.scored_against(base, batch, detail=True)
        found.append(
            _Shares(
                piece,
                read_figures(rehearsed, replay.after.rules.scheme),
                contributions_of(rehearsed, new, {}),
                contributions_of(before, old, draft_code),
                base.content.decimals,
            )
        )
    return found
