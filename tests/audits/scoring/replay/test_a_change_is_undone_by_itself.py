"""The figures with one change undone are those of the draft with that standard as it was, really scored."""

import numpy as np
import pytest
from hypothesis import given, settings

from audits.scoring.packing import as_batch
from audits.scoring.plan import compile_plan
from audits.scoring.replay import Figures, carriage_between, contributions_of, figures_of, undo, undoable_changes
from audits.scoring.replay.undoing import REMOVED
from audits.scoring.vector import encode, make_layout
from audits.scoring.visits import VisitScores, score_many
from standards.spec.checklist import Checklist, OnlyIf, Standard
from standards.spec.scope import Scope, make_scope
from tests.audits.scoring.replay.edited import Draft, changed, drafts, undone
from tests.cast import small_checklist


def scored(draft: Draft, checklist: Checklist, was: dict[str, str]) -> VisitScores:
    """The visit scored with a version, with its detail."""
    carriage = carriage_between(draft.base, draft.case.scope, checklist, was=was, facilities=("spa",))
    plan = compile_plan(checklist, carriage.scope)
    return score_many(plan, carriage.carry(as_batch([draft.case.answers])), detail=True)


def told(figures: Figures, names) -> dict[str, object]:
    """Every figure of the one visit; a part that is not there is nothing of nothing."""
    zero = np.zeros(1, dtype=np.int64)
    pairs = {name: figures.pairs.get(name, (zero, zero)) for name in names}
    counts = {name: int(getattr(figures, name)[0]) for name in ("assessed", "assessable", "critical_failed")}
    return {name: (int(earned[0]), int(possible[0])) for name, (earned, possible) in pairs.items()} | counts


@settings(max_examples=150, deadline=None)
@given(draft=drafts())
def test_undoing_a_change_is_scoring_the_draft_without_it(draft: Draft) -> None:
    rehearsed = scored(draft, draft.draft, draft.was)
    identity = {standard.code: standard.code for standard in draft.base.standards}
    before = scored(draft, draft.base, identity)
    in_draft = {old: new for new, old in draft.was.items()}
    singles = tuple(f"standard.{standard.code}" for standard in draft.draft.standards)
    for change in undoable_changes(draft.base, draft.draft, draft.was):
        removed = [code for code, fields in change.changed.items() if fields == (REMOVED,)]
        other = undone(draft, change.new, removed)
        expected = scored(draft, other.draft, other.was)
        names = (*expected.plan.parts, *rehearsed.plan.parts, *singles)
        found = undo(
            figures_of(rehearsed, names),
            contributions_of(rehearsed, change.new, {}).values(),
            contributions_of(before, change.old, in_draft).values(),
            names=names,
            decimals=draft.base.decimals,
        )
        assert told(found, names) == told(figures_of(expected, names), names)


def changes(old: Checklist, new: Checklist, was: dict[str, str] | None = None):
    same = {s.code: s.code for s in new.standards if s.code in {one.code for one in old.standards}}
    return [(dict(one.changed), one.new, one.old) for one in undoable_changes(old, new, same if was is None else was)]


def edited(which: str, **fields) -> Checklist:
    old = small_checklist()
    return changed(old, standards=tuple(changed(s, **fields) if s.code == which else s for s in old.standards))


def test_other_words_move_no_figure():
    assert changes(small_checklist(), edited("ARR-001", wording="The guest was welcomed.", comment_on_fail=True)) == []


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"weight": "3"}, ("weight",)),
        ({"severity": "critical", "tags": ()}, ("severity", "tags")),
        ({"section": "ROOM"}, ("section",)),
        ({"kind": "scale"}, ("kind",)),
        ({"only_if": OnlyIf("ARR-003", "0")}, ("only_if",)),
    ],
)
def test_what_changed_is_named(fields, named):
    assert changes(small_checklist(), edited("ARR-001", **fields)) == [({"ARR-001": named}, ("ARR-001",), ("ARR-001",))]


def test_a_new_code_alone_is_no_change():
    new = edited("ARR-001", code="ARR-101")
    was = {s.code: s.code for s in new.standards} | {"ARR-101": "ARR-001"}
    assert changes(small_checklist(), new, was) == []


def test_removed_standards_come_last():
    old = small_checklist()
    new = changed(old, standards=(*old.standards[1:-1], changed(old.standards[-1], weight="2")))
    assert changes(old, new) == [
        ({"BAR-001": ("weight",)}, ("BAR-001",), ("BAR-001",)),
        ({"ARR-001": (REMOVED,)}, (), ("ARR-001",)),
    ]


def test_what_is_asked_after_it_is_undone_with_it():
    gated = edited("ARR-002", only_if=OnlyIf("ARR-001", "met"))
    new = changed(gated, standards=tuple(changed(s, na=False) if s.code == "ARR-001" else s for s in gated.standards))
    assert changes(gated, new) == [({"ARR-001": ("na",)}, ("ARR-001", "ARR-002"), ("ARR-001", "ARR-002"))]


def test_points_of_other_decimals_are_put_on_one_scale():
    old = small_checklist(standards=(Standard("S", "ARR", "Seen."), Standard("T", "ARR", "Seen.")), decimals=0)
    new = changed(old, decimals=1, standards=(changed(old.standards[0], weight="0.5"), old.standards[1]))
    scope: Scope = make_scope(checklist=old, checklist_sha256="", facilities=(), instances=())
    batch = as_batch([encode(make_layout(old, scope), {"S": "met", "T": "not_met"})[0]])
    rehearsed, before = (score_many(compile_plan(one, scope), batch, detail=True) for one in (new, old))
    found = undo(
        figures_of(rehearsed, ["whole"]),
        contributions_of(rehearsed, ["S"], {}).values(),
        contributions_of(before, ["S"], {}).values(),
        names=["whole"],
        decimals=0,
    )
    earned, possible = found.pairs["whole"]
    assert (found.decimals, int(earned[0]), int(possible[0])) == (1, 10, 20)
