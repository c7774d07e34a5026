"""What a shopper of the demo sees: answers to every key of a scope, drawn from the temper of the branch.

The answers are what a phone would send; nothing here knows how they are scored.
"""

import math
import random
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

from audits.services.demonstrating.remarks import remark
from audits.services.demonstrating.temper import Temper
from standards.spec.amounts import read_amount
from standards.spec.checklist import Checklist, OnlyIf, Standard
from standards.spec.scope import Scope, split_key

Token = str | int

# Sections a guest does not come by on every stay, and how often one is left out.
SELDOM = {"LAU": 0.4, "BUS": 0.4, "LOST": 0.5, "WAKE": 0.25, "GYM": 0.2, "CMP": 0.3, "IRD": 0.15, "DIE": 0.2}
NOT_APPLICABLE = 0.012
REMARKED = 0.03
LOWEST, HIGHEST = 0.04, 0.995


@dataclass
class Report:
    """What one shopper brought home: answers and comments by key, seconds of entry in the order of the scope.

    `photographed` are the keys whose failure must be shown on a photo.
    """

    answers: dict[str, Token] = field(default_factory=dict)
    comments: dict[str, str] = field(default_factory=dict)
    entered: list[int | None] = field(default_factory=list)
    photographed: list[str] = field(default_factory=list)


def answer_all(
    checklist: Checklist,
    scope: Scope,
    *,
    temper: Temper,
    chance: float,
    draw: random.Random,
    misses_critical: bool = False,
    photos: int = 0,
) -> Report:
    """A whole report. `chance` is that of an ordinary standard on this visit.

    Critical standards are met unless `misses_critical` asks for one failure. At most `photos` failures that need a
    photo are reported; of the rest the shopper gives the branch the benefit of the doubt.
    """
    report = Report()
    standards = {standard.code: standard for standard in checklist.standards}
    missed = _critical_to_miss(scope, standards, draw) if misses_critical else ""
    left_out = {section for section, share in SELDOM.items() if draw.random() < share}
    left_out -= {standards[split_key(missed)[0]].section} if missed else set()
    seconds = 0
    for key in scope.keys:
        standard = standards[split_key(key)[0]]
        if standard.section in left_out or not _asked(standard.only_if, key, report.answers):
            report.entered.append(None)
            continue
        seconds += draw.randint(2, 9)
        report.entered.append(seconds)
        likely = chance + temper.sections.get(standard.section, 0.0) + temper.classes.get(standard.classification, 0.0)
        good = draw.random() < min(max(likely + _ease(standard.code), LOWEST), HIGHEST)
        if standard.severity == "critical":
            good = key != missed
        if not good and standard.photo_on_fail:
            good = len(report.photographed) >= photos
            if not good:
                report.photographed.append(key)
        _note(report, key, standard, good, draw)
    return report


def _note(report: Report, key: str, standard: Standard, good: bool, draw: random.Random) -> None:
    if standard.na and standard.severity != "critical" and draw.random() < NOT_APPLICABLE:
        report.answers[key] = "na"
        return
    report.answers[key] = ANSWERS[standard.kind](standard, good, draw)
    if not good and standard.comment_on_fail or draw.random() < REMARKED:
        report.comments[key] = remark(draw, classification=standard.classification, failed=not good)


def _asked(condition: OnlyIf | None, key: str, answers: dict[str, Token]) -> bool:
    if condition is None:
        return True
    instance = split_key(key)[1]
    earlier = answers.get(f"{condition.code}@{instance}" if instance else condition.code, answers.get(condition.code))
    return earlier is not None and str(earlier) == condition.answer


def _critical_to_miss(scope: Scope, standards: dict[str, Standard], draw: random.Random) -> str:
    """One critical standard that is asked in any case, and whose failure needs no photo."""
    keys = [
        key
        for key in scope.keys
        if (standard := standards[split_key(key)[0]]).severity == "critical"
        and standard.only_if is None
        and not standard.photo_on_fail
    ]
    return draw.choice(keys) if keys else ""


@lru_cache(maxsize=4096)
def _ease(code: str) -> float:
    """How much easier or harder than others a standard is, everywhere: the same for its code for ever."""
    place = zlib.crc32(code.encode()) % 100
    return -0.16 if place < 7 else -0.05 if place < 20 else 0.03


def _met(standard: Standard, good: bool, draw: random.Random) -> Token:
    return "met" if good else "not_met"


def _scale(standard: Standard, good: bool, draw: random.Random) -> Token:
    return draw.choice((8, 9, 9, 10, 10)) if good else draw.choice((1, 2, 3, 3, 4))


def _measure(standard: Standard, good: bool, draw: random.Random) -> Token:
    """A number on the right side of the limit, or beyond it (beyond the last step of a ladder)."""
    steps = standard.ladder or (standard,)
    step = steps[0] if good else steps[-1]
    if good and len(steps) > 1 and _may_be_second_best(standard, draw):
        step = steps[1]
    limit = _scaled(step.at_most or step.at_least, standard.unit_decimals)
    span = max(1.0, abs(limit) * 0.5)
    inside = math.floor(draw.uniform(0, 0.6) * span)
    beyond = math.floor(draw.uniform(0.1, 1.0) * span) + 1
    distance = inside if good else -beyond
    number = limit - distance if step.at_most else limit + distance
    if standard.unit == "percent":
        number = min(number, 100 * 10**standard.unit_decimals)
    return number if limit < 0 or standard.unit == "degC" else max(number, 0)


def _may_be_second_best(standard: Standard, draw: random.Random) -> bool:
    """A good house is not always at its best; where a failure asks for proof, half marks could be one: then never."""
    return not (standard.comment_on_fail or standard.photo_on_fail) and draw.random() < 0.15


def _choice(standard: Standard, good: bool, draw: random.Random) -> Token:
    best_first = sorted(standard.options, key=lambda option: -read_amount(option.points))
    if good:
        return best_first[1 if len(best_first) > 2 and _may_be_second_best(standard, draw) else 0].code
    return best_first[-1].code


def _count(standard: Standard, good: bool, draw: random.Random) -> Token:
    enough = math.ceil(read_amount(standard.cap) / read_amount(standard.per_unit))
    return enough + draw.randint(0, 1) if good else 0


def _points(standard: Standard, good: bool, draw: random.Random) -> Token:
    most = _scaled(standard.max, standard.unit_decimals)
    if not good:
        return draw.randint(0, most // 3)
    enough = _scaled(standard.pass_at, standard.unit_decimals) if standard.pass_at else most // 2
    return draw.randint(max(enough, most - max(1, most // 6)), most)


def _finding(standard: Standard, good: bool, draw: random.Random) -> Token:
    """Findings are rare: where an ordinary standard would have failed, one in four is worth writing down."""
    if good or draw.random() > 0.25:
        return 0
    return draw.randint(1, min(_scaled(standard.max, standard.unit_decimals) if standard.max else 4, 4))


@lru_cache(maxsize=1024)
def _scaled(text: str, decimals: int) -> int:
    return int(math.floor(read_amount(text) * 10**decimals))


ANSWERS: dict[str, Callable[[Standard, bool, random.Random], Token]] = {
    "met": _met,
    "scale": _scale,
    "measure": _measure,
    "choice": _choice,
    "count": _count,
    "points": _points,
    "finding": _finding,
}
