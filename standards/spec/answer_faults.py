"""What is wrong with the way a standard is answered: the fields that its kind of answer needs, and the points it gives.

A step or option is worth what it says, so that every amount is checked where it stands; what follows from a missing or
unreadable amount is not reported a second time.
"""

import re
from collections.abc import Iterator
from fractions import Fraction

from standards.spec.amounts import LARGEST_NUMBER, read_amount
from standards.spec.checklist import CODE_PATTERN, Standard, Step
from standards.spec.faults import Fault

MOST_DECIMALS = 6
MOST_STEPS = 50
MOST_OPTIONS = 100
LONGEST_LABEL = 500
_CODE = re.compile(CODE_PATTERN)
_EMPTY = {"unit": "", "unit_decimals": 0, "at_most": "", "at_least": "", "ladder": (), "options": (), "per_unit": "",
          "cap": "", "max": "", "pass_at": ""}  # fmt: skip
FIELDS_OF_KIND = {
    "met": set(),
    "scale": {"pass_at"},
    "measure": {"unit", "unit_decimals", "at_most", "at_least", "ladder", "pass_at"},
    "choice": {"options", "pass_at"},
    "count": {"unit", "per_unit", "cap", "pass_at"},
    "points": {"unit", "unit_decimals", "max", "pass_at"},
    "finding": {"unit", "unit_decimals", "max"},
}


def answer_faults(standard: Standard, at: str) -> list[Fault]:
    """Every fault of a standard's kind-specific fields; `at` is the pointer to the standard."""
    faults = [
        Fault(f"{at}/{field}", "foreign-field", f"A standard of kind {standard.kind} has no {field}; remove it.")
        for field, empty in _EMPTY.items()
        if getattr(standard, field) != empty and field not in FIELDS_OF_KIND[standard.kind]
    ]
    if not 0 <= standard.unit_decimals <= MOST_DECIMALS:
        detail = f"Write 0 to {MOST_DECIMALS} decimals."
        return [*faults, Fault(f"{at}/unit_decimals", "out-of-range", detail)]
    if standard.kind == "measure":
        faults += _measure_faults(standard, at)
    elif standard.kind == "choice":
        faults += _choice_faults(standard, at)
    elif standard.kind == "count":
        faults += _positive(standard.per_unit, f"{at}/per_unit", "the points that each one gives")
        faults += _positive(standard.cap, f"{at}/cap", "the most points that can be reached")
    elif standard.kind == "points" or standard.kind == "finding" and standard.max:
        faults += _max_faults(standard, at)
    return faults + list(_pass_faults(standard, at))


def amount_or_none(text: str) -> Fraction | None:
    """An amount, or None where it is missing or unreadable."""
    try:
        return read_amount(text)
    except ValueError:
        return None


def points_of(standard: Standard) -> dict[str, Fraction]:
    """Every amount of points, before its weight, from which answers earn theirs, by the field it stands in.

    Whatever any answer earns is the sum of some of them: where each is a whole number, all scores are.
    """
    if standard.kind in ("met", "measure") and not standard.ladder:
        return {"weight": Fraction(1)}
    if standard.kind == "scale":
        return {"weight": Fraction(1, 10)}
    texts: dict[str, str] = {}
    if standard.kind == "measure":
        texts = {f"ladder/{index}/points": step.points for index, step in enumerate(standard.ladder)}
    elif standard.kind == "choice":
        texts = {f"options/{index}/points": option.points for index, option in enumerate(standard.options)}
    elif standard.kind == "count":
        texts = {"per_unit": standard.per_unit, "cap": standard.cap}
    amounts = {field: amount_or_none(text) for field, text in texts.items()}
    if standard.kind in ("points", "finding"):
        amounts["unit_decimals"] = Fraction(1, 10 ** max(standard.unit_decimals, 0))
    return {field: amount for field, amount in amounts.items() if amount is not None}


def best_points(standard: Standard) -> Fraction | None:
    """The most points, before its weight, that an answer earns (a finding: deducts); None where unreadable."""
    if standard.kind in ("met", "scale") or (standard.kind == "measure" and not standard.ladder):
        return Fraction(1)
    if standard.kind == "count":
        return amount_or_none(standard.cap)
    if standard.kind == "finding" and not standard.max:
        return Fraction(LARGEST_NUMBER, 10 ** max(standard.unit_decimals, 0))
    if standard.kind in ("points", "finding"):
        return amount_or_none(standard.max)
    return max(points_of(standard).values(), default=None)


def _measure_faults(standard: Standard, at: str) -> Iterator[Fault]:
    if not standard.unit.strip():
        yield Fault(f"{at}/unit", "missing", 'Name the unit that is measured in ("s", "°C", "calls").')
    limits = [field for field in ("at_most", "at_least") if getattr(standard, field)]
    if standard.ladder and limits:
        yield Fault(f"{at}/ladder", "two-measures", "Give either a limit or a ladder of limits, not both.")
    if not standard.ladder and not limits:
        yield Fault(f"{at}/at_most", "missing", "Give the limit: at_most, at_least, both, or a ladder.")
    for field in limits:
        yield from _limit_faults(getattr(standard, field), standard, f"{at}/{field}")
    low, high = amount_or_none(standard.at_least), amount_or_none(standard.at_most)
    if low is not None and high is not None and low > high:
        yield Fault(f"{at}/at_least", "empty-range", "No number is at least this and at most that; swap the limits.")
    if standard.ladder:
        yield from _ladder_faults(standard, at)


def _ladder_faults(standard: Standard, at: str) -> Iterator[Fault]:
    if len(standard.ladder) > MOST_STEPS:
        yield Fault(f"{at}/ladder", "too-many", f"A ladder has at most {MOST_STEPS} steps; leave some out.")
    direction = "at_least" if standard.ladder[0].at_least else "at_most"
    before: tuple[Fraction | None, Fraction | None] = (None, None)
    for index, step in enumerate(standard.ladder):
        here = f"{at}/ladder/{index}"
        yield from _points_faults(step.points, f"{here}/points")
        if step.at_most and step.at_least:
            yield Fault(here, "two-limits", "A step has one limit: at_most or at_least.")
        elif not step.at_most and not step.at_least and (index == 0 or index + 1 < len(standard.ladder)):
            yield Fault(here, "missing", "Give the step its limit; only the last step after others may do without.")
        elif not getattr(step, direction) and (step.at_most or step.at_least):
            yield Fault(here, "mixed-ladder", f"The ladder begins with {direction}; use that for every step.")
        else:
            yield from _limit_faults(step.at_most or step.at_least, standard, here) if step != Step(step.points) else ()
            yield from _order_faults(step, direction, before, here)
        before = amount_or_none(getattr(step, direction)), amount_or_none(step.points)


def _order_faults(
    step: Step, direction: str, before: tuple[Fraction | None, Fraction | None], here: str
) -> Iterator[Fault]:
    """The strictest limit comes first and gives the most: later steps are wider and worth no more."""
    limit, points = amount_or_none(getattr(step, direction)), amount_or_none(step.points)
    limit_before, points_before = before
    if limit is not None and limit_before is not None:
        wider = limit > limit_before if direction == "at_most" else limit < limit_before
        if not wider:
            detail = "This step can never be reached: the one before fits first. Put the strictest limit first."
            yield Fault(f"{here}/{direction}", "unreachable", detail)
    if points is not None and points_before is not None and points > points_before:
        yield Fault(f"{here}/points", "not-monotone", "A wider limit must not give more points than the one before.")


def _choice_faults(standard: Standard, at: str) -> Iterator[Fault]:
    if not 2 <= len(standard.options) <= MOST_OPTIONS:
        yield Fault(f"{at}/options", "out-of-range", f"Give 2 to {MOST_OPTIONS} options to choose from.")
    seen: set[str] = set()
    for index, option in enumerate(standard.options):
        here = f"{at}/options/{index}"
        if not _CODE.fullmatch(option.code):
            yield Fault(f"{here}/code", "bad-code", "Use 1 to 40 letters, digits, dots, dashes or underscores.")
        elif option.code == "na":
            yield Fault(f"{here}/code", "reserved", '"na" means not applicable; choose another code.')
        elif option.code in seen:
            yield Fault(f"{here}/code", "duplicate", f"Another option has the code {option.code}; choose another.")
        seen.add(option.code)
        if not 0 < len(option.label.strip()) <= LONGEST_LABEL:
            yield Fault(f"{here}/label", "missing", f"Say in 1 to {LONGEST_LABEL} characters what the option means.")
        yield from _points_faults(option.points, f"{here}/points")


def _max_faults(standard: Standard, at: str) -> Iterator[Fault]:
    yield from _positive(standard.max, f"{at}/max", "the most points that can be given")
    yield from _limit_faults(standard.max, standard, f"{at}/max") if amount_or_none(standard.max) is not None else ()


def _pass_faults(standard: Standard, at: str) -> Iterator[Fault]:
    if not standard.pass_at or "pass_at" not in FIELDS_OF_KIND[standard.kind]:
        return
    if standard.kind == "measure" and not standard.ladder:
        yield Fault(f"{at}/pass_at", "foreign-field", "A single limit is met or not; remove pass_at.")
        return
    mark, best = amount_or_none(standard.pass_at), best_points(standard)
    if mark is None or mark <= 0:
        yield Fault(f"{at}/pass_at", "bad-amount", 'Write the points below which it is failed, like "1.5".')
    elif best is not None and mark > best:
        hint = " (a scale gives a tenth of its number: write 0.7 for a 7)" if standard.kind == "scale" else ""
        yield Fault(
            f"{at}/pass_at", "unreachable", f"Nobody can pass: the best is {_text(best)} points{hint}; lower it."
        )


def _limit_faults(text: str, standard: Standard, here: str) -> Iterator[Fault]:
    """A limit is a number that can be measured: no finer than the unit's decimals, no wider than an answer may be."""
    limit = amount_or_none(text)
    if limit is None:
        yield Fault(here, "bad-amount", f'"{text}" is no decimal number; write it like "60" or "1.5".')
        return
    scaled = limit * 10**standard.unit_decimals
    if scaled.denominator != 1:
        decimals = standard.unit_decimals
        yield Fault(
            here, "too-fine", f"It is finer than what is measured; round it to {decimals} decimals or raise those."
        )
    elif abs(scaled) > LARGEST_NUMBER:
        yield Fault(here, "too-large", "Numbers have at most nine digits in all; choose a larger unit.")


def _points_faults(text: str, here: str) -> Iterator[Fault]:
    points = amount_or_none(text)
    if points is None or points < 0:
        yield Fault(here, "bad-amount", 'Write the points as a decimal number that is not negative, like "2" or "0.5".')


def _positive(text: str, here: str, meaning: str) -> Iterator[Fault]:
    amount = amount_or_none(text)
    if amount is None or amount <= 0:
        yield Fault(here, "bad-amount" if text else "missing", f'Write {meaning}: a number above 0, like "2" or "0.5".')


def _text(amount: Fraction) -> str:
    return str(float(amount)).removesuffix(".0")
