"""Scores worked out a second time, the slow and obvious way: fractions, tokens and the words of the specification."""

from fractions import Fraction
from typing import Any

from standards.spec.checklist import Checklist, Standard
from standards.spec.scope import Scope, split_key


def points_of(standard: Standard, token: Any) -> Fraction:
    """Points before the weight."""
    if standard.kind == "met":
        return Fraction(token == "met")
    if standard.kind == "scale":
        return Fraction(token, 10)
    if standard.kind == "choice":
        return next(Fraction(option.points) for option in standard.options if option.code == token)
    number = Fraction(token, 10**standard.unit_decimals)
    if standard.kind == "count":
        return min(Fraction(standard.per_unit) * number, Fraction(standard.cap))
    if standard.kind in ("points", "finding"):
        return number
    steps = [(step.at_least, step.at_most, step.points) for step in standard.ladder]
    for low, high, points in steps or [(standard.at_least, standard.at_most, "1")]:
        if (not low or number >= Fraction(low)) and (not high or number <= Fraction(high)):
            return Fraction(points)
    return Fraction(0)


def best_of(standard: Standard) -> Fraction:
    """The best points before the weight."""
    if standard.ladder or standard.options:
        return max(Fraction(one.points) for one in standard.ladder or standard.options)
    return Fraction({"count": standard.cap, "points": standard.max}.get(standard.kind, "1"))


def applying(checklist: Checklist, scope: Scope, tokens: dict[str, Any]) -> dict[str, Any]:
    """The tokens of answers that were assessed and apply, by key; conditions are followed from answer to answer."""
    by_code = {standard.code: standard for standard in checklist.standards}
    status: dict[str, Any] = {}
    for key in scope.keys:
        code, instance = split_key(key)
        condition = by_code[code].only_if
        status[key] = tokens.get(key)
        if condition is None:
            continue
        own = f"{condition.code}@{instance}"
        gate = status.get(own if own in status else condition.code, "na")
        if gate is None:
            status[key] = None
        elif str(gate) != condition.answer or not {own, condition.code} & status.keys():
            status[key] = "na"
    return {key: token for key, token in status.items() if token not in (None, "na")}


def sums(checklist: Checklist, scope: Scope, tokens: dict[str, Any]) -> dict[str, tuple[Fraction, Fraction]]:
    """(earned, possible) in points of every part that an answer counts to, and the findings."""
    by_code = {standard.code: standard for standard in checklist.standards}
    totals: dict[str, tuple[Fraction, Fraction]] = {"whole": (Fraction(0), Fraction(0))}
    findings = Fraction(0)
    for key, token in applying(checklist, scope, tokens).items():
        standard = by_code[split_key(key)[0]]
        earned = Fraction(standard.weight) * points_of(standard, token)
        possible = Fraction(standard.weight) * best_of(standard) * (not standard.bonus)
        if standard.kind == "finding":
            findings += earned
            continue
        names = ["whole", *(f"section.{code}" for code in checklist.section_codes_of(standard))]
        names += [f"class.{standard.classification}"] * bool(standard.classification)
        names += [f"tag.{tag}" for tag in standard.tags]
        for name in names:
            before = totals.get(name, (Fraction(0), Fraction(0)))
            totals[name] = (before[0] + earned, before[1] + possible)
    totals["whole"] = (min(totals["whole"]), totals["whole"][1])
    return totals | {"findings": (findings, Fraction(0))}
