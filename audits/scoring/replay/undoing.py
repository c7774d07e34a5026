"""What one change of a draft does by itself: the draft's figures with that standard as it was before.

A standard's share in the figures of a visit is taken out and its earlier share put in; nothing else moves. Only where
other standards are asked after its answer would they move too: those are undone together with it, as one change.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from audits.scoring.plan import FINDINGS, WHOLE
from audits.scoring.replay.figures import STANDARD, Figures, Pair, is_read
from audits.scoring.replay.lineage import Was
from audits.scoring.visit import FAILED, PASSED, UNASSESSED
from audits.scoring.visits import VisitScores
from standards.spec.checklist import Checklist, Standard

# What of a standard says how an answer counts; wording and the like move no figure.
COUNTING = (
    "kind", "classification", "weight", "severity", "na", "bonus", "tags", "facilities", "unit", "unit_decimals",
    "at_most", "at_least", "ladder", "per_unit", "cap", "max", "pass_at",
)  # fmt: skip
REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class UndoableChange:
    """A change that can be undone by itself.

    `changed` are its standards with what of each changed, by the draft's code (of removed ones their own); `new` and
    `old` are the codes whose shares are taken out and put in.
    """

    changed: Mapping[str, tuple[str, ...]]
    new: tuple[str, ...]
    old: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Contribution:
    """The share of one standard in the figures of many visits, and the parts that it counts to."""

    parts: frozenset[str]
    earned: np.ndarray
    possible: np.ndarray
    deducted: np.ndarray
    assessed: np.ndarray
    assessable: np.ndarray
    critical_failed: np.ndarray


def undoable_changes(base: Checklist, draft: Checklist, was: Was) -> list[UndoableChange]:
    """The changes from `base` to `draft` that can move the figure of a past visit, in the order of the draft.

    Standards that are new are none: nobody was asked. Removed ones come last.
    """
    changed = _changed(base, draft, was)
    draft_code = {old: new for new, old in was.items()}
    groups = _tied(changed, base, draft, draft_code)
    order = {code: place for place, code in enumerate([*(s.code for s in draft.standards), *changed])}
    found = []
    for group in groups:
        here = sorted((code for code in group if code in changed), key=order.__getitem__)
        if here:
            removed = {code for code in here if changed[code] == (REMOVED,)}
            new = tuple(sorted(group - removed))
            old = tuple(sorted(removed | {was[code] for code in group - removed if code in was}))
            found.append(UndoableChange({code: changed[code] for code in here}, new, old))
    return sorted(found, key=lambda one: order[next(iter(one.changed))])


def _changed(base: Checklist, draft: Checklist, was: Was) -> dict[str, tuple[str, ...]]:
    before = {standard.code: standard for standard in base.standards}
    changed: dict[str, tuple[str, ...]] = {}
    for standard in draft.standards:
        earlier = before.get(was.get(standard.code, ""))
        if earlier is not None and (fields := _differing(base, earlier, draft, standard, was)):
            changed[standard.code] = fields
    kept = {was[standard.code] for standard in draft.standards if standard.code in was}
    return changed | {code: (REMOVED,) for code in before if code not in kept}


def _differing(base: Checklist, old: Standard, draft: Checklist, new: Standard, was: Was) -> tuple[str, ...]:
    fields = [name for name in COUNTING if getattr(old, name) != getattr(new, name)]
    if [(one.code, one.points) for one in old.options] != [(one.code, one.points) for one in new.options]:
        fields.append("options")
    if base.section_codes_of(old) != draft.section_codes_of(new) or _repeats(base, old) != _repeats(draft, new):
        fields.append("section")
    conditions = [
        None if one is None else (name, one.answer)
        for one, name in (
            (old.only_if, old.only_if.code if old.only_if else ""),
            (new.only_if, was.get(new.only_if.code, "") if new.only_if else ""),
        )
    ]
    return tuple([*fields, "only_if"] if conditions[0] != conditions[1] else fields)


def _repeats(checklist: Checklist, standard: Standard) -> bool:
    return any(section.code == standard.section and section.repeats for section in checklist.sections)


def _tied(
    changed: Collection[str], base: Checklist, draft: Checklist, draft_code: Mapping[str, str]
) -> list[frozenset[str]]:
    """Codes in groups: a changed standard and those asked after its answer, and after theirs, in either version."""
    asked_after: dict[str, set[str]] = defaultdict(set)
    for checklist, name in ((base, draft_code), (draft, {})):
        for standard in checklist.standards:
            if standard.only_if is not None:
                gate = name.get(standard.only_if.code, standard.only_if.code)
                asked_after[gate].add(name.get(standard.code, standard.code))
    group_of: dict[str, set[str]] = {}
    for code in changed:
        group = {code}
        edge = [code]
        while edge:
            fresh = asked_after.get(edge.pop(), set()) - group
            group |= fresh
            edge += fresh
        for member in list(group):
            group |= group_of.get(member, set())
        for member in group:
            group_of[member] = group
    return list({id(group): frozenset(group) for group in group_of.values()}.values())


def contributions_of(scores: VisitScores, codes: Iterable[str], code_in_draft: Was) -> dict[str, Contribution]:
    """The share of each of these standards, from scores with their detail; of those not asked there is none.

    `code_in_draft` names standards as the draft does, for the parts "standard.CODE".
    """
    places: dict[str, list[int]] = defaultdict(list)
    for index, item in enumerate(scores.plan.items):
        places[item.standard.code].append(index)
    return {code: _contribution(scores, places[code], code_in_draft.get(code, code)) for code in codes if places[code]}


def _contribution(scores: VisitScores, at: Sequence[int], name: str) -> Contribution:
    assert scores.points is not None and scores.states is not None
    items = [scores.plan.items[index] for index in at]
    states = scores.states[:, at]
    counts = states >= PASSED
    points = np.where(counts, scores.points[:, at], 0)
    deducts = np.array([item.shape == "deduct" for item in items])
    possible = np.array([item.possible for item in items], dtype=np.int64)
    critical = np.array([item.standard.severity == "critical" for item in items])
    parts = {scores.plan.parts[part] for item in items for part in item.parts}
    return Contribution(
        parts=frozenset(parts | {WHOLE, STANDARD + name}),
        earned=(points * ~deducts).sum(axis=1),
        possible=(counts * possible * ~deducts).sum(axis=1),
        deducted=(points * deducts).sum(axis=1),
        assessed=(counts & ~deducts).sum(axis=1),
        assessable=((counts | (states == UNASSESSED)) & ~deducts).sum(axis=1),
        critical_failed=((states == FAILED) & critical).sum(axis=1),
    )


def undo(
    figures: Figures, out: Iterable[Contribution], put: Iterable[Contribution], *, names: Sequence[str], decimals: int
) -> Figures:
    """The figures with some shares taken out and others put in, which are in points of 10^-`decimals`.

    `names` are the parts that the scheme reads, as it names them.
    """
    most = max(figures.decimals, decimals)
    ours, theirs = 10 ** (most - figures.decimals), 10 ** (most - decimals)
    pairs: dict[str, Pair] = {name: (e * ours, p * ours) for name, (e, p) in figures.pairs.items()}
    counts = {name: getattr(figures, name).copy() for name in ("assessed", "assessable", "critical_failed")}
    signed = [(one, -ours) for one in out] + [(one, theirs) for one in put]
    for one, factor in signed:
        for name in one.parts:
            if name in pairs or is_read(name, names):
                earned, possible = pairs.get(name, (0, 0))
                pairs[name] = (earned + factor * one.earned, possible + factor * one.possible)
        if FINDINGS in pairs:
            pairs[FINDINGS] = (pairs[FINDINGS][0] + factor * one.deducted, pairs[FINDINGS][1])
        for name, total in counts.items():
            total += (1 if factor > 0 else -1) * getattr(one, name)
    return replace(figures, decimals=most, pairs=pairs, **counts)
