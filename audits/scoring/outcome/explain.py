"""Turns the steps of an outcome into plain sentences a branch manager can follow with a pocket calculator."""

from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from audits.scoring.outcome.result import (
    DirectStep,
    Figure,
    GridStep,
    Input,
    MinimumStep,
    MoveStep,
    Outcome,
    PeerStep,
    RowStep,
    Step,
    ValueStep,
)
from audits.scoring.outcome.visits import CombinedVisits
from standards.spec.scheme.document import Condition, Reference, Test

_OPERATORS = {
    "at_least": "at least",
    "at_most": "at most",
    "above": "above",
    "below": "below",
    "is": "exactly",
    "in": "one of",
}
_NAMES = {
    "sum": "sum",
    "mean": "mean",
    "max": "greatest",
    "min": "least",
    "count": "how many pass",
    "ratio": "percentage",
    "points": "points",
    "pick": "first match",
    "streak": "visits in a row",
}
_COMBINED = {
    "latest": "the newest visit alone",
    "mean": "the mean of the visits' figures",
    "pooled": "all points earned of all points possible",
    "max": "the best of the visits",
    "carry": "each part from the newest visit that has it",
}


def explain_lines(trace: Outcome | Iterable[Step]) -> list[str]:
    """Return one sentence per step, and a last one with the result when a whole outcome is given."""
    steps = trace.steps if isinstance(trace, Outcome) else tuple(trace)
    lines = [_WORDS[type(step)](step) for step in steps]
    if isinstance(trace, Outcome):
        lines.append(f"Result: {trace.text}." if trace.text is not None else f"No result: {trace.reason}.")
    return lines


def explain_visits(combined: CombinedVisits) -> list[str]:
    """Return which visits count, with their weights, and which do not and why."""
    lines = [f"{len(combined.counted)} visits count; combined by {_COMBINED[combined.combine]}."]
    for item in combined.counted:
        weight = "" if item.weight == 1 else f", weight {figure_text(item.weight)}"
        lines.append(f"Counts: visit of {item.visit.visited_on.isoformat()}{weight}.")
    lines += [f"Left out: visit of {item.visit.visited_on.isoformat()}, {item.why}." for item in combined.left_out]
    return lines


def figure_text(figure: Figure | bool) -> str:
    """Write a figure for people: exact where decimals end within six places, else rounded with a sign for "about"."""
    if figure is None:
        return "absent"
    if isinstance(figure, tuple):
        return " ".join(str(item) for item in figure) or "nothing"
    if isinstance(figure, date):
        return figure.isoformat()
    if isinstance(figure, str):
        return figure
    number = Fraction(figure)
    if (number * 10**6).denominator == 1:
        return f"{float(number):.6f}".rstrip("0").rstrip(".") if number.denominator != 1 else str(number.numerator)
    return f"about {float(number):.4f}"


def _inputs(inputs: Sequence[Input]) -> str:
    shown = []
    for item in inputs:
        weight = "" if item.weight is None else f" x {figure_text(item.weight)}"
        shown.append(f"{item.name} {figure_text(item.figure)}{weight}")
    return ", ".join(shown) or "nothing"


def _value(step: ValueStep) -> str:
    what = f"{step.name} is {figure_text(step.figure)}: {_NAMES[step.operator]} of {_inputs(step.inputs)}"
    if step.raw != step.figure:
        what += f" gives {figure_text(step.raw)} before times, start, bounds and rounding"
    if step.unknown_codes:
        what += f"; not in the table: {', '.join(step.unknown_codes)}"
    return what + "."


def _row(step: RowStep) -> str:
    place = f"Row {step.position + 1} of {step.piece}"
    if step.when is None:
        return f"{place} holds for everyone else: {step.give}."
    return f"{place} holds ({condition_text(step.when)}; here {_inputs(step.inputs)}): {step.give}."


def _grid(step: GridStep) -> str:
    side = "at least" if step.compare == "at_least" else "at most"
    figures = _inputs(step.inputs)
    if step.give is None:
        return f"The limits cannot be checked: {figures}."
    if step.limits is None:
        line = f"{figures}: {step.give}, for which there are no limits."
    else:
        kept = [
            f"{item.name} {side} {figure_text(limit)}"
            for item, limit in zip(step.inputs, step.limits, strict=True)
            if limit is not None
        ]
        line = f"{figures}: {step.give}, which asks for {' and '.join(kept) or 'nothing'}."
    if step.better and step.missed:
        missed = " and ".join(f"{name} {side} {figure_text(limit)}" for name, limit in step.missed)
        line += f" {step.better} would need {missed}."
    return line


def _direct(step: DirectStep) -> str:
    return f"{step.name} is {figure_text(step.figure)}, which gives {step.give or 'no level'}."


def _move(step: MoveStep) -> str:
    what = {
        "by": f"{step.amount} level{'' if step.amount[1:] == '1' else 's'}",
        "at_most": f"at most {step.amount}",
        "at_least": f"at least {step.amount}",
    }[step.kind]
    asked = "always" if step.when is None else f"if {condition_text(step.when)}; here {_inputs(step.inputs)}"
    if not step.applied:
        return f"Adjustment {step.position + 1} ({what}, {asked}) does not apply: stays {step.before}."
    change = f"from {step.before} to {step.after}" if step.before != step.after else f"stays {step.before}"
    return f"Adjustment {step.position + 1} ({what}, {asked}) applies: {change}."


def _peer(step: PeerStep) -> str:
    group = f"peer group '{step.group}'" if step.group else "all peers"
    figure = f"{step.value} is {figure_text(step.figure)}"
    if step.how == "none":
        return f"{figure}, so it has no rank."
    if step.how == "bands":
        return f"The {group} has only {step.members} members: the bands decide, {step.give or 'no level'}."
    if step.how == "outcome":
        return f"The {group} has only {step.members} members: {step.give}."
    against = "everybody (the own group is too small)" if step.how == "wider" else group
    limit = "the rest" if step.limit is None else f"the cut is {figure_text(step.limit)}"
    return f"{figure}; among {step.members} members of {against} that is {step.give} ({limit})."


def _minimum(step: MinimumStep) -> str:
    return (
        f"Only {step.counted} of at least {step.minimum} visits: {step.give or 'no rating'} "
        f"instead of {step.instead_of or 'nothing'}."
    )


_WORDS: dict[Any, Any] = {
    ValueStep: _value,
    RowStep: _row,
    GridStep: _grid,
    DirectStep: _direct,
    MoveStep: _move,
    PeerStep: _peer,
    MinimumStep: _minimum,
}


def condition_text(condition: Condition) -> str:
    """Write a condition in words."""
    found = [_test(test) for test in condition.tests]
    found += [f"({condition_text(inner)})" for inner in condition.all]
    if condition.any:
        found.append("(" + " or ".join(condition_text(inner) for inner in condition.any) + ")")
    if condition.negated:
        found.append(f"not ({condition_text(condition.negated)})")
    return " and ".join(found)


def _test(test: Test) -> str:
    if test.operator == "absent":
        return f"{test.name} is {'absent' if test.operand else 'there'}"
    operands = test.operand if isinstance(test.operand, tuple) else (test.operand,)
    words = [item.name if isinstance(item, Reference) else figure_text(item) for item in operands]
    return f"{test.name} is {_OPERATORS[test.operator]} {', '.join(words)}"
