"""Answers in words: what an answer key asks, what was answered, and what that was worth."""

import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from audits.models import Score
from audits.models.compiled import checklist_of, part_names_of, plan_of, scope_of
from audits.scoring.answers import Answers
from audits.scoring.parts import unpack_parts
from audits.scoring.plan import FINDINGS, WHOLE
from audits.scoring.vector import decode
from audits.scoring.visit import FAILED, INAPPLICABLE, PASSED, UNASSESSED, score
from standards.spec.checklist import Standard
from standards.spec.scope import split_key

STATES = {UNASSESSED: "not_assessed", INAPPLICABLE: "not_applicable", PASSED: "passed", FAILED: "failed"}
_WORDS = {"met": "Met", "not_met": "Not met", "na": "Not applicable"}


class Told(NamedTuple):
    """One answer key in words. `token` is what a phone sends (None: not assessed), points are of the checklist's."""

    key: str
    standard: Standard
    outlet: str
    token: str | int | None
    words: str
    state: str
    earned: str | None
    possible: str


def told_answers(version_id: uuid.UUID, scope_id: uuid.UUID, answers: Answers) -> list[Told]:
    """Every answer key of a visit in the order of the scope."""
    plan = plan_of(version_id, scope_id)
    tokens = decode(plan.layout, answers)
    outlets = {instance.id: instance.name for instance in scope_of(scope_id).instances}
    scored = score(plan, answers)
    return [
        Told(
            key=item.key,
            standard=item.standard,
            outlet=outlets.get(split_key(item.key)[1], ""),
            token=tokens.get(item.key),
            words=answer_words(item.standard, tokens.get(item.key)),
            state=STATES[state],
            earned=None if points is None else exact_points(points, plan.decimals),
            possible=exact_points(item.possible, plan.decimals),
        )
        for item, state, points in zip(plan.items, scored.states, scored.points, strict=True)
    ]


def answer_words(standard: Standard, token: str | int | None) -> str:
    """An answer as a person reads it: "Met", "45 s", "7 of 10", the label of an option."""
    if token is None:
        return "Not assessed"
    if isinstance(token, str):
        labels = {option.code: option.label for option in standard.options}
        return labels.get(token) or _WORDS.get(token, token)
    if standard.kind == "scale":
        return f"{token} of 10"
    amount = exact_points(token, standard.unit_decimals)
    if standard.kind == "points" and standard.max:
        return f"{amount} of {standard.max}"
    return f"{amount} {standard.unit}".strip()


def section_rows(version_id: uuid.UUID, parts: Mapping[str, tuple[int, int]]) -> list[dict[str, Any]]:
    """The sections of a version in their order, each with its percentage (one decimal, null where it has none)."""
    return [
        {
            "code": section.code,
            "name": section.name,
            "parent": section.parent or None,
            "score": percent(*parts.get(f"section.{section.code}", (0, 0))),
        }
        for section in checklist_of(version_id).sections
    ]


def class_rows(version_id: uuid.UUID, parts: Mapping[str, tuple[int, int]]) -> list[dict[str, Any]]:
    """The classifications of a version, as `section_rows`."""
    return [
        {"code": one.code, "name": one.name, "score": percent(*parts.get(f"class.{one.code}", (0, 0)))}
        for one in checklist_of(version_id).classifications
    ]


def parts_of(score_row: Score, version_id: uuid.UUID) -> dict[str, tuple[int, int]]:
    """(earned, possible) of every part of a stored score."""
    return unpack_parts(part_names_of(version_id), bytes(score_row.parts))


def whole_of(parts: Mapping[str, tuple[int, int]]) -> float | None:
    """The percentage of the whole, one decimal."""
    return percent(*parts[WHOLE])


def percent(earned: int, possible: int) -> float | None:
    """100 × earned / possible with one decimal, half away from zero; None where nothing was possible."""
    return None if possible <= 0 else (2000 * earned + possible) // (2 * possible) / 10


def findings_of(parts: Mapping[str, tuple[int, int]], decimals: int) -> str:
    """The points that findings took off, as exact text."""
    return exact_points(parts[FINDINGS][0], decimals)


def exact_points(number: int, decimals: int) -> str:
    """An integer of 10^-decimals as exact text: 45 with one decimal is 4.5, 30 is 3."""
    return f"{Decimal(number).scaleb(-decimals).normalize():f}"
