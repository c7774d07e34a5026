"""The stored account of a rating as a page says it: its steps, the ladder of levels, what stood in the way."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from audits.models import CutPoints
from audits.results.words import name_of
from audits.scoring.outcome import CutPoints as Cuts
from standards.spec.scheme import Scheme
from standards.spec.scheme.document import Grid

COMBINED = {
    "latest": "Only the newest visit counts.",
    "mean": "The figures of the visits are averaged: the mean of the visits' percentages.",
    "pooled": "All points earned are divided by all points possible: a visit with more standards weighs more.",
    "max": "The best of the visits counts.",
    "carry": "Each part comes from the newest visit that has it.",
}
TITLES = {
    "ValueStep": "Work out a figure",
    "RowStep": "Look for the rule that holds",
    "GridStep": "Compare with the limits",
    "DirectStep": "Take the figure as the level",
    "MoveStep": "Adjust",
    "PeerStep": "Compare with the others",
    "MinimumStep": "Enough visits?",
}
SIDES = {"at_least": "at least", "at_most": "at most"}
MOST_INPUTS = 40
_PART = re.compile(
    r"\b(?:section|class|tag|standard)\.[A-Za-z0-9._-]*[A-Za-z0-9]|\bcritical_failed\b|\bwhole\b|\bcoverage\b"
)


@dataclass(frozen=True, slots=True)
class Input:
    """One figure that went into a value: its name, itself, its weight and their product, as text."""

    name: str
    figure: str
    weight: str
    product: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what is done, the sentence about it, and for values the figures that went in."""

    title: str
    sentence: str
    inputs: Sequence[Input] = ()
    name: str = ""
    result: str = ""


@dataclass(frozen=True, slots=True)
class Rung:
    """One level of the ladder, what it asks for, and whether it is the one reached."""

    level: str
    asks: str
    is_reached: bool


def steps_of(figures: Mapping[str, Any], names: Mapping[str, str]) -> list[Step]:
    """The steps with their sentences; the stored lines have one more, the result."""
    lines: Sequence[str] = figures.get("lines", [])
    return [_step(step, said(line, names), names) for step, line in zip(figures.get("steps", []), lines, strict=False)]


def _step(step: Mapping[str, Any], sentence: str, names: Mapping[str, str]) -> Step:
    kind = step.get("type", "")
    title = TITLES.get(kind, kind)
    inputs = step.get("inputs") or []
    if kind != "ValueStep" or not 1 < len(inputs) <= MOST_INPUTS:
        return Step(title, sentence)
    return Step(title, sentence, [_input(one, names) for one in inputs], spoken(step["name"]), number(step["figure"]))


def _input(one: Mapping[str, Any], names: Mapping[str, str]) -> Input:
    figure, weight = exact(one["figure"]), exact(one["weight"])
    product = "" if figure is None or weight is None else number(str(figure * weight))
    return Input(part_said(one["name"], names), number(one["figure"]), number(one["weight"]), product)


def figures_shown(figures: Mapping[str, Any], names: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Every part and value by name, rounded for reading, and exact."""
    rows = [(part_said(name, names), figure) for name, figure in figures.get("parts", {}).items()]
    rows += [(spoken(name), figure) for name, figure in figures.get("values", {}).items()]
    return [(name, number(figure), str(figure)) for name, figure in rows]


def ladder_of(scheme: Scheme | None, figures: Mapping[str, Any], names: Mapping[str, str]) -> list[Rung]:
    """The limits of every level, best first, where the scheme decides by limits."""
    if scheme is None or not isinstance(scheme.decide, Grid):
        return []
    grid = scheme.decide
    reached = next((step["give"] for step in figures.get("steps", []) if step["type"] == "GridStep"), None)
    side = SIDES.get(grid.compare, grid.compare)
    rungs = []
    for level, limits in grid.limits:
        asks = [
            f"{part_said(name, names)} {side} {number(str(limit))}"
            for name, limit in zip(grid.columns, limits, strict=True)
            if limit is not None
        ]
        rungs.append(Rung(level, " and ".join(asks), level == reached))
    return [*rungs, Rung(grid.otherwise, "everyone else", grid.otherwise == reached)]


def cuts_of(row: CutPoints | None, figures: Mapping[str, Any]) -> tuple[int, list[Rung]]:
    """The cut points of the peer group that a rating was ranked in: its members, and each level's cut, best first."""
    step = next((step for step in figures.get("steps", []) if step["type"] == "PeerStep"), None)
    if row is None or step is None:
        return 0, []
    cuts = Cuts.from_tree(row.cuts)
    group = cuts.groups.get(step["group"]) if step["how"] == "group" and step["group"] else None
    found = group or cuts.everyone
    rungs = [
        Rung(cut.level, "everyone else" if cut.everybody else _limit(cut.limit), cut.level == step["give"])
        for cut in found.cuts
    ]
    return found.members, rungs


def _limit(limit: Fraction | None) -> str:
    return "nobody" if limit is None else number(str(limit))


def in_the_way(figures: Mapping[str, Any], names: Mapping[str, str]) -> list[str]:
    """What stood between this rating and a better level, in sentences read from its own steps."""
    found: list[str] = []
    lines: Sequence[str] = figures.get("lines", [])
    for step, line in zip(figures.get("steps", []), lines, strict=False):
        if step["type"] == "GridStep" and step.get("better"):
            found.append(_missed(step, names))
        held = step["type"] == "MoveStep" and step["applied"] and step["kind"] == "at_most"
        if step["type"] == "MinimumStep" or (held and step["before"] != step["after"]):
            found.append(said(line, names))
    return found


def _missed(step: Mapping[str, Any], names: Mapping[str, str]) -> str:
    have = {one["name"]: one["figure"] for one in step["inputs"]}
    side = SIDES.get(step["compare"], step["compare"])
    parts = []
    for name, limit in step["missed"]:
        text = f"{part_said(name, names)} {side} {number(limit)}"
        figure, wanted = exact(have.get(name)), exact(limit)
        if figure is not None and wanted is not None:
            text += f" (it is {number(str(figure))}, {number(str(abs(wanted - figure)))} away)"
        parts.append(text)
    return f"{step['better'].capitalize()} would need {_listed(parts)}."


def _listed(parts: Iterable[str]) -> str:
    return " and ".join(parts) or "more than these limits"


def said(line: str, names: Mapping[str, str]) -> str:
    """A stored sentence with the names of parts in place of their codes."""
    text = _PART.sub(lambda found: part_said(found[0], names), line)
    return spoken(text)


def part_said(name: str, names: Mapping[str, str]) -> str:
    """A part by its name; a figure of the scheme by its own name without underscores."""
    if name in names or name.partition(".")[0] in ("section", "class", "tag", "standard"):
        return name_of(name, names)
    return spoken(name)


def spoken(name: str) -> str:
    """A name of the scheme as words: guest_score is "guest score"."""
    return name.replace("_", " ")


def exact(figure: Any) -> Fraction | None:
    """A stored figure as a fraction; None where it is no number."""
    try:
        return None if figure is None else Fraction(str(figure))
    except (ValueError, ZeroDivisionError):
        return None


def number(figure: Any) -> str:
    """A stored figure for people: at most two decimals; text as it is."""
    value = exact(figure)
    if value is None:
        return "" if figure is None else str(figure)
    rounded = round(value, 2)
    return f"{float(rounded):.2f}".rstrip("0").rstrip(".")
