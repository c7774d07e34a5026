"""The answers of one visit as a vector of small integers: what a phone's tokens become, and what scoring reads.

One little-endian int16 per answer key, in the order of the scope: 0/1 for not met/met, the position of an option for a
choice, the number itself for everything that is counted or measured (in the standard's unit and decimals). Three
sentinels stand for "not assessed", "not applicable" and "wide": a number that no int16 holds is kept beside the vector.
"""

import hashlib
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np

from audits.scoring.answers import HIGHEST, LOWEST, MAX_NUMBER, NOT_APPLICABLE, NOT_ASSESSED, WIDE, Answers, digest
from audits.scoring.packing import Batch, as_batch, pack, unpack, unpack_many
from standards.spec.amounts import read_amount
from standards.spec.checklist import Checklist, Standard
from standards.spec.digest import canonical_bytes
from standards.spec.scope import Scope, split_key

__all__ = [
    "AnswerFault",
    "Answers",
    "BadAmendment",
    "Batch",
    "Layout",
    "amend",
    "amendments_digest",
    "as_batch",
    "decode",
    "digest",
    "encode",
    "make_layout",
    "pack",
    "read_token",
    "unpack",
    "unpack_many",
]
LARGEST_SCALE = 10
NA = "na"
_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,8})")

# What the phone may send for one key: (position, code of every word, lowest number, highest); low > high: no numbers.
Slot = tuple[int, dict[str, int], int, int]


class AnswerFault(msgspec.Struct, frozen=True):
    """One answer that cannot be read; it counts as not assessed. `code` is stable, `detail` for people."""

    key: str
    code: str
    detail: str


class BadAmendment(ValueError):
    """An amendment names a key or value that the checklist does not know; `fault` says which."""

    def __init__(self, fault: AnswerFault) -> None:
        super().__init__(fault.detail)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Layout:
    """What each place of the vector means: made once per (checklist, scope) and kept by whoever reads many visits."""

    keys: tuple[str, ...]
    standards: tuple[Standard, ...]
    slots: dict[str, Slot]
    words: tuple[dict[int, str], ...]
    known: frozenset[str]

    def index(self, key: str) -> int:
        """The place of a key. Raises KeyError where it is not in the scope."""
        return self.slots[key][0]


def make_layout(checklist: Checklist, scope: Scope) -> Layout:
    """The layout of visits with this checklist and scope. Raises ValueError where the scope names foreign codes."""
    by_code = {standard.code: standard for standard in checklist.standards}
    try:
        standards = tuple(by_code[split_key(key)[0]] for key in scope.keys)
    except KeyError as error:
        raise ValueError(f"The scope asks for {error}, which is not in the checklist.") from None
    tables = {standard.code: (_words_of(standard), *_range_of(standard)) for standard in checklist.standards}
    slots: dict[str, Slot] = {}
    for index, (key, standard) in enumerate(zip(scope.keys, standards, strict=True)):
        slots[key] = (index, *tables[standard.code])
    words = {code: {value: word for word, value in table[0].items()} for code, table in tables.items()}
    return Layout(scope.keys, standards, slots, tuple(words[s.code] for s in standards), frozenset(by_code))


def encode(layout: Layout, answers: Mapping[str, Any]) -> tuple[Answers, list[AnswerFault]]:
    """A phone's answers as a vector, and every answer that could not be read (it counts as not assessed).

    Never raises for what a phone may send: unknown keys, wrong kinds and values out of range are faults.
    """
    codes = [NOT_ASSESSED] * len(layout.keys)
    wide: list[tuple[int, int]] = []
    faults: list[AnswerFault] = []
    slots = layout.slots
    for key, token in answers.items():
        slot = slots.get(key)
        if slot is None:
            faults.append(_foreign_key(layout, key))
            continue
        position, words, low, high = slot
        kind = type(token)  # exact types: True is an int to isinstance, and no answer
        if kind is str and token in words:
            codes[position] = words[token]
        elif kind is int and low <= token <= high:
            if LOWEST <= token <= HIGHEST:
                codes[position] = token
            else:
                codes[position] = WIDE
                wide.append((position, token))
        else:
            faults.append(_bad_value(layout, key, token))
    wide.sort()
    return Answers(np.array(codes, dtype="<i2").tobytes(), tuple(wide)), faults


def decode(layout: Layout, answers: Answers) -> dict[str, str | int]:
    """The tokens a phone would send for these answers, by key; what was not assessed is left out."""
    tokens: dict[str, str | int] = {}
    wide = dict(answers.wide)
    for position, code in enumerate(answers.vector().tolist()):
        if code == NOT_ASSESSED:
            continue
        key = layout.keys[position]
        if code == WIDE:
            tokens[key] = wide[position]
        elif layout.slots[key][2] <= layout.slots[key][3] and code != NOT_APPLICABLE:
            tokens[key] = code
        else:
            tokens[key] = layout.words[position][code]
    return tokens


def read_token(layout: Layout, key: str, text: str) -> str | int | None:
    """A token written as text ("met", "45", "" for not assessed) as the phone would send it; None for not assessed.

    Raises BadAmendment where the key is not in the scope or the text is no answer to it.
    """
    slot = layout.slots.get(key)
    if slot is None:
        raise BadAmendment(_foreign_key(layout, key))
    if not text:
        return None
    _, words, low, high = slot
    if text in words:
        return text
    number = int(text) if _INTEGER.fullmatch(text) else None
    if number is None or not low <= number <= high:
        raise BadAmendment(_bad_value(layout, key, text))
    return number


def amend(layout: Layout, answers: Answers, amendments: Iterable[tuple[str, str]]) -> Answers:
    """The answers with corrections applied in order: (key, token as text, "" for not assessed).

    Raises BadAmendment for a key outside the scope or a token that is no answer to it.
    """
    changes = {key: read_token(layout, key, text) for key, text in amendments}
    if not changes:
        return answers
    codes = answers.vector().copy()
    wide = dict(answers.wide)
    for key, token in changes.items():
        position, words, _, _ = layout.slots[key]
        wide.pop(position, None)
        if token is None:
            codes[position] = NOT_ASSESSED
        elif isinstance(token, str):
            codes[position] = words[token]
        elif LOWEST <= token <= HIGHEST:
            codes[position] = token
        else:
            codes[position] = WIDE
            wide[position] = token
    return Answers(codes.tobytes(), tuple(sorted(wide.items())))


def amendments_digest(amendments: Iterable[tuple[str, str]]) -> bytes:
    """The sha256 of what amendments come to: of each key only the last one counts, and their order does not matter."""
    effective = dict(amendments)
    return hashlib.sha256(canonical_bytes([[key, effective[key]] for key in sorted(effective)])).digest()


def _words_of(standard: Standard) -> dict[str, int]:
    """Every word that answers a standard, with its code."""
    words: dict[str, int] = {}
    if standard.kind == "met":
        words = {"not_met": 0, "met": 1}
    elif standard.kind == "choice":
        words = {option.code: index for index, option in enumerate(standard.options)}
    return words | {NA: NOT_APPLICABLE} if standard.na else words


def _range_of(standard: Standard) -> tuple[int, int]:
    """The lowest and highest number that answers a standard; (1, 0) where numbers do not."""
    if standard.kind in ("met", "choice"):
        return 1, 0
    if standard.kind == "scale":
        return 0, LARGEST_SCALE
    if standard.kind == "measure":
        return (-MAX_NUMBER if _may_be_negative(standard) else 0), MAX_NUMBER
    if standard.max:
        return 0, min(math.floor(read_amount(standard.max) * 10**standard.unit_decimals), MAX_NUMBER)
    return 0, MAX_NUMBER


def _may_be_negative(standard: Standard) -> bool:
    """Temperatures, and whatever has a limit below zero: "-5 s" is a slip of the finger, "-18 °C" a freezer."""
    limits = [standard.at_most, standard.at_least]
    limits += [limit for step in standard.ladder for limit in (step.at_most, step.at_least)]
    return standard.unit.startswith(("°", "deg")) or any(limit.startswith("-") for limit in limits)


def _foreign_key(layout: Layout, key: Any) -> AnswerFault:
    shown = str(key)[:120]
    if isinstance(key, str) and split_key(key)[0] in layout.known:
        return AnswerFault(shown, "out-of-scope", f"{shown} is not asked on this visit.")
    return AnswerFault(shown, "unknown-standard", f"{shown} is not a standard of this checklist.")


def _bad_value(layout: Layout, key: str, token: Any) -> AnswerFault:
    position, words, low, high = layout.slots[key]
    if token == NA:
        return AnswerFault(key, "na-not-allowed", f"{key} must be assessed; it cannot be not applicable.")
    allowed = [f'"{word}"' for word in words]
    if low <= high:
        allowed.append(f"an integer from {low} to {high}")
    code = "out-of-range" if low <= high and type(token) is int else "bad-value"
    return AnswerFault(key, code, f"{key} takes {', '.join(allowed)}; it was sent {str(token)[:60]!r}.")
