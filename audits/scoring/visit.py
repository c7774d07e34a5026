"""One visit measured against its scope: the figures of a score, in integers of 10^-decimals points.

Every sum takes one eligible set: answers that were assessed, apply, and are in the scope. Not assessed, not applicable
and out of scope leave both what was earned and what was possible.
"""

from collections.abc import Collection
from dataclasses import dataclass

from audits.scoring.answers import NOT_APPLICABLE, NOT_ASSESSED, WIDE, Answers
from audits.scoring.items import NEVER, NO_GATE, Item
from audits.scoring.plan import FINDINGS, WHOLE, Plan

UNASSESSED, INAPPLICABLE, PASSED, FAILED = range(4)


@dataclass(frozen=True, slots=True)
class VisitScore:
    """What a visit is worth. `parts` holds (earned, possible) of every part in the order of `part_names`.

    The whole is capped at possible, once; findings stand as (deducted, 0). A part with nothing possible has no score.
    `points` are what each answer earned (a finding: what it deducts) in the order of the scope, None where it does not
    count; `states` say why (0 not assessed, 1 not applicable, 2 passed, 3 failed).
    """

    decimals: int
    parts: dict[str, tuple[int, int]]
    points: tuple[int | None, ...]
    states: bytes
    assessed: int
    assessable: int
    critical_failed: int
    failed: tuple[str, ...]

    @property
    def earned(self) -> int:
        """Points earned in all."""
        return self.parts[WHOLE][0]

    @property
    def possible(self) -> int:
        """Points that could have been earned in all."""
        return self.parts[WHOLE][1]

    @property
    def findings(self) -> int:
        """Points that findings deduct."""
        return self.parts[FINDINGS][0]


def score(plan: Plan, answers: Answers) -> VisitScore:
    """The score of one visit. Raises ValueError where the answers were given to another scope."""
    codes = effective_codes(plan, answers)
    wide = dict(answers.wide)
    earned, possible = [0] * len(plan.parts), [0] * len(plan.parts)
    points: list[int | None] = []
    states = bytearray()
    failed: list[str] = []
    assessed = unassessed = critical_failed = deducted = 0
    for position, (item, code) in enumerate(zip(plan.items, codes, strict=True)):
        if code in (NOT_ASSESSED, NOT_APPLICABLE):
            points.append(None)
            states.append(UNASSESSED if code == NOT_ASSESSED else INAPPLICABLE)
            unassessed += code == NOT_ASSESSED and item.shape != "deduct"
            continue
        gained = item.points(wide[position] if code == WIDE else code)
        points.append(gained)
        if item.shape == "deduct":
            deducted += gained
        else:
            assessed += 1
            for part in (0, *item.parts):
                earned[part] += gained
                possible[part] += item.possible
        states.append(FAILED if item.failed(gained) else PASSED)
        if states[-1] == FAILED:
            failed.append(item.key)
            critical_failed += item.standard.severity == "critical"
    earned[0] = min(earned[0], possible[0])
    earned[-1] = deducted
    parts = dict(zip(plan.parts, zip(earned, possible, strict=True), strict=True))
    return VisitScore(
        plan.decimals,
        parts,
        tuple(points),
        bytes(states),
        assessed,
        assessed + unassessed,
        critical_failed,
        tuple(failed),
    )


def effective_codes(plan: Plan, answers: Answers) -> list[int]:
    """The codes after the conditions: what was to be asked only after some answer is not applicable after another.

    Where that earlier answer was not assessed, nobody knows: what depends on it is not assessed either, so that leaving
    out one question does not hide the others from coverage.
    """
    codes: list[int] = answers.vector().tolist()
    if len(codes) != len(plan.items):
        raise ValueError(f"{len(codes)} answers were given to a scope of {len(plan.items)} keys.")
    for position, item in enumerate(plan.items):
        if item.gate != NO_GATE:
            codes[position] = _behind_gate(item, codes[position], codes)
    return codes


def standard_part(plan: Plan, visit: VisitScore, code: str) -> tuple[int, int]:
    """(earned, possible) of one standard over all its instances; (0, 0) where it does not count."""
    earned = possible = 0
    for item, points in zip(plan.items, visit.points, strict=True):
        if item.standard.code == code and points is not None and item.shape != "deduct":
            earned += points
            possible += item.possible
    return earned, possible


def missing_comments(plan: Plan, visit: VisitScore, commented: Collection[str]) -> tuple[str, ...]:
    """Failed answers that must be explained and are not, in the order of the scope."""
    return _failed_without(plan, visit, commented, "comment_on_fail")


def missing_photos(plan: Plan, visit: VisitScore, photographed: Collection[str]) -> tuple[str, ...]:
    """Failed answers that must be shown on a photo and are not, in the order of the scope."""
    return _failed_without(plan, visit, photographed, "photo_on_fail")


def _failed_without(plan: Plan, visit: VisitScore, present: Collection[str], rule: str) -> tuple[str, ...]:
    pairs = zip(plan.items, visit.states, strict=True)
    return tuple(
        item.key
        for item, state in pairs
        if state == FAILED and item.key not in present and getattr(item.standard, rule)
    )


def _behind_gate(item: Item, code: int, codes: list[int]) -> int:
    if item.gate == NEVER:
        return NOT_APPLICABLE
    gate = codes[item.gate]
    if gate == item.gate_code:
        return code
    return NOT_ASSESSED if gate == NOT_ASSESSED else NOT_APPLICABLE
