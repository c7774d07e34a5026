"""What keeps a checklist from being published: every fault by JSON pointer, with a sentence that says what to do.

A checklist without faults compiles into a scoring plan: codes lead somewhere, every possible answer earns a whole
number of 10^-decimals points, and the largest visit imaginable still fits 64-bit sums.
"""

import re
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

from standards.spec.answer_faults import MOST_DECIMALS, amount_or_none, answer_faults, best_points, points_of
from standards.spec.checklist import (
    CHANNELS,
    CODE_PATTERN,
    FORMAT,
    KINDS,
    SEVERITIES,
    TAGS,
    Checklist,
    OnlyIf,
    Standard,
    document,
)
from standards.spec.faults import Fault
from standards.spec.parsing import escape_pointer

MOST_STANDARDS = 2_000
MOST_SECTIONS = 500
MOST_INSTANCES = 1_000
LONGEST_NAME = 200
LONGEST_WORDING = 2_000
LONGEST_GUIDANCE = 10_000
LONGEST_FACILITY = 40
LONGEST_UNIT = 20
LARGEST_SUM = (1 << 63) - 1
# A condition looks at the stored int16 code of an answer.
LARGEST_CONDITION = 32_000
_CODE = re.compile(CODE_PATTERN)
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,8})")
_UNWRITABLE = re.compile("[\0\ud800-\udfff]")


def checklist_faults(checklist: Checklist) -> list[Fault]:
    """Every rule that a publishable checklist must satisfy and this one does not, in the order of the document."""
    return [
        *_unwritable(document(checklist), ""),
        *_head_faults(checklist),
        *_section_faults(checklist),
        *_code_faults([one.code for one in checklist.classifications], "/classifications", "classification"),
        *_name_faults(checklist.classifications, "/classifications"),
        *_standards_faults(checklist),
        *_size_faults(checklist),
    ]


def _head_faults(checklist: Checklist) -> Iterator[Fault]:
    if not _CODE.fullmatch(checklist.code):
        yield _bad_code("/code")
    if not 0 < len(checklist.name.strip()) <= LONGEST_NAME:
        yield Fault("/name", "missing", f"Give the checklist a name of 1 to {LONGEST_NAME} characters.")
    if not _LANGUAGE.fullmatch(checklist.language):
        yield Fault("/language", "bad-language", 'Write the language of the wording as a code like "en" or "de-AT".')
    if not 0 <= checklist.decimals <= MOST_DECIMALS:
        yield Fault("/decimals", "out-of-range", f"Scores have 0 to {MOST_DECIMALS} decimals.")
    if checklist.format != FORMAT:
        yield Fault("/format", "unknown-format", f"This server publishes checklists of format {FORMAT}.")


def _section_faults(checklist: Checklist) -> Iterator[Fault]:
    sections = checklist.sections
    if not 1 <= len(sections) <= MOST_SECTIONS:
        yield Fault("/sections", "out-of-range", f"A checklist has 1 to {MOST_SECTIONS} sections.")
    yield from _code_faults([section.code for section in sections], "/sections", "section")
    yield from _name_faults(sections, "/sections")
    by_code = {section.code: section for section in sections}
    for index, section in enumerate(sections):
        here = f"/sections/{index}/parent"
        if not section.parent:
            continue
        if section.parent not in by_code:
            yield Fault(here, "unknown-section", f"There is no section {section.parent}; name one of this checklist.")
        elif section.parent == section.code or by_code[section.parent].parent:
            yield Fault(here, "too-deep", "Sections lie at most two levels deep; choose a section without a parent.")


def _standards_faults(checklist: Checklist) -> Iterator[Fault]:
    standards = checklist.standards
    if not 1 <= len(standards) <= MOST_STANDARDS:
        yield Fault("/standards", "out-of-range", f"A checklist has 1 to {MOST_STANDARDS:,} standards.")
    yield from _code_faults([standard.code for standard in standards], "/standards", "standard")
    known = {
        "section": {section.code for section in checklist.sections},
        "classification": {"", *(one.code for one in checklist.classifications)},
        "kind": set(KINDS),
        "channel": set(CHANNELS),
        "severity": set(SEVERITIES),
    }
    repeated = {section.code for section in checklist.sections if section.repeats}
    earlier: dict[str, Standard] = {}
    for index, standard in enumerate(standards):
        at = f"/standards/{index}"
        for field, values in known.items():
            if getattr(standard, field) not in values:
                detail = f"There is no {field} {getattr(standard, field)!r}; choose a known one."
                yield Fault(f"{at}/{field}", f"unknown-{field}", detail)
        yield from _text_faults(standard, at)
        yield from _worth_faults(standard, at)
        if standard.kind in KINDS:
            yield from answer_faults(standard, at)
            yield from _exactness_faults(standard, checklist.decimals, at)
        if standard.only_if is not None:
            yield from _condition_faults(standard, standard.only_if, earlier, repeated, f"{at}/only_if")
        earlier.setdefault(standard.code, standard)


def _text_faults(standard: Standard, at: str) -> Iterator[Fault]:
    if not 0 < len(standard.wording.strip()) <= LONGEST_WORDING:
        yield Fault(f"{at}/wording", "missing", f"Say in 1 to {LONGEST_WORDING:,} characters what is to be seen.")
    if len(standard.guidance) > LONGEST_GUIDANCE:
        yield Fault(f"{at}/guidance", "too-long", f"Shorten the guidance to {LONGEST_GUIDANCE:,} characters.")
    if len(standard.unit) > LONGEST_UNIT:
        yield Fault(f"{at}/unit", "too-long", f"Shorten the unit to {LONGEST_UNIT} characters.")
    for index, tag in enumerate(standard.tags):
        if tag not in TAGS:
            yield Fault(f"{at}/tags/{index}", "unknown-tag", f"Tags are {' and '.join(TAGS)}; use one of them.")
        elif tag in standard.tags[:index]:
            yield Fault(f"{at}/tags/{index}", "duplicate", "The same tag stands here twice; remove one.")
    for index, facility in enumerate(standard.facilities):
        if not 0 < len(facility.strip()) <= LONGEST_FACILITY:
            detail = f"Name the facility in 1 to {LONGEST_FACILITY} characters."
            yield Fault(f"{at}/facilities/{index}", "missing", detail)
        elif facility in standard.facilities[:index]:
            yield Fault(f"{at}/facilities/{index}", "duplicate", "The same facility stands here twice; remove one.")


def _worth_faults(standard: Standard, at: str) -> Iterator[Fault]:
    weight = amount_or_none(standard.weight)
    if weight is None or weight <= 0:
        yield Fault(f"{at}/weight", "bad-amount", 'Write the weight as a decimal number above 0, like "1" or "2.5".')
    if standard.bonus and standard.kind == "finding":
        yield Fault(f"{at}/bonus", "foreign-field", "A finding only deducts; it cannot be a bonus.")
    if standard.bonus and standard.severity == "critical":
        yield Fault(f"{at}/bonus", "critical-bonus", "What is critical cannot be a bonus; choose one of the two.")


def _exactness_faults(standard: Standard, decimals: int, at: str) -> Iterator[Fault]:
    """Whatever an answer earns must be a whole number of 10^-decimals points."""
    weight = amount_or_none(standard.weight)
    if weight is None or weight <= 0 or not 0 <= decimals <= MOST_DECIMALS:
        return
    for field, points in points_of(standard).items():
        worth = weight * points
        if (worth * 10**decimals).denominator == 1:
            continue
        needed = next((n for n in range(decimals, MOST_DECIMALS + 1) if (worth * 10**n).denominator == 1), None)
        cure = f"give the checklist {needed} decimals" if needed else "choose rounder weights and points"
        yield Fault(f"{at}/{field}", "not-whole", f"Its points have more than {decimals} decimals; {cure}.")


def _condition_faults(
    standard: Standard, condition: OnlyIf, earlier: dict[str, Standard], repeated: set[str], at: str
) -> Iterator[Fault]:
    target = earlier.get(condition.code)
    if target is None:
        yield Fault(f"{at}/code", "unknown-standard", "Name a standard that stands before this one.")
        return
    if target.section in repeated and target.section != standard.section:
        detail = "That standard is asked once per instance of another section; name one of this section or a plain one."
        yield Fault(f"{at}/code", "other-instance", detail)
    words = {"na"} if target.na else set()
    if target.kind == "met":
        words |= {"met", "not_met"}
    elif target.kind == "choice":
        words |= {option.code for option in target.options}
    if condition.answer not in words and not _is_number_for(target, condition.answer):
        choices = ", ".join(sorted(words)) if target.kind in ("met", "choice") else "a number that it can have"
        yield Fault(f"{at}/is", "impossible-answer", f"{target.code} is never answered so; write one of: {choices}.")


def _is_number_for(target: Standard, answer: str) -> bool:
    if target.kind in ("met", "choice") or not _INTEGER.fullmatch(answer):
        return False
    number, limit = int(answer), LARGEST_CONDITION
    if target.kind == "scale":
        limit = 10
    elif target.kind in ("points", "finding") and (most := amount_or_none(target.max)) is not None:
        limit = min(limit, int(most * 10 ** max(target.unit_decimals, 0)))
    return (-limit if target.kind == "measure" else 0) <= number <= limit


def _size_faults(checklist: Checklist) -> Iterator[Fault]:
    """The largest visit imaginable, every repeated section a thousand times, must fit 64-bit sums."""
    repeated = {section.code for section in checklist.sections if section.repeats}
    total = Fraction(0)
    for standard in checklist.standards:
        weight = amount_or_none(standard.weight)
        best = best_points(standard) if standard.kind in KINDS else None
        if weight is not None and best is not None:
            total += weight * best * (MOST_INSTANCES if standard.section in repeated else 1)
    if 0 <= checklist.decimals <= MOST_DECIMALS and total * 10**checklist.decimals > LARGEST_SUM:
        detail = "The points are too large to add up; lower the decimals or weights, or give the findings a max."
        yield Fault("/standards", "too-large", detail)


def _code_faults(codes: list[str], at: str, what: str) -> Iterator[Fault]:
    seen: set[str] = set()
    for index, code in enumerate(codes):
        if not _CODE.fullmatch(code):
            yield _bad_code(f"{at}/{index}/code")
        elif code in seen:
            yield Fault(f"{at}/{index}/code", "duplicate", f"Another {what} has the code {code}; choose another.")
        seen.add(code)


def _name_faults(named: Iterable[Any], at: str) -> Iterator[Fault]:
    for index, one in enumerate(named):
        if not 0 < len(one.name.strip()) <= LONGEST_NAME:
            yield Fault(f"{at}/{index}/name", "missing", f"Give it a name of 1 to {LONGEST_NAME} characters.")


def _bad_code(pointer: str) -> Fault:
    detail = "Use 1 to 40 letters, digits, dots, dashes or underscores, and begin with a letter or digit."
    return Fault(pointer, "bad-code", detail)


def _unwritable(node: Any, at: str) -> Iterator[Fault]:
    """Text that no canonical bytes can carry or no database keep."""
    if isinstance(node, str) and _UNWRITABLE.search(node):
        yield Fault(at, "unwritable", "The text contains a NUL or half a character; type it anew.")
    elif isinstance(node, dict):
        for key, value in node.items():
            yield from _unwritable(value, f"{at}/{escape_pointer(key)}")
    elif isinstance(node, list | tuple):
        for index, value in enumerate(node):
            yield from _unwritable(value, f"{at}/{index}")
