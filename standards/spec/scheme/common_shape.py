"""The shape most schemes have, as a form can ask for it: bands of a weighted mean, a cap, a minimum of visits."""

from collections.abc import Mapping
from typing import Any

import msgspec

from standards.spec.scheme.canonical import canonical_tree
from standards.spec.scheme.document import Grid, Move, Scheme, SchemeDocument
from standards.spec.scheme.faults import FaultyScheme
from standards.spec.scheme.numbers import number_text
from standards.spec.scheme.parse import scheme_from_tree

CRITICAL = "critical_failed"


class CommonShape(msgspec.Struct, frozen=True):
    """What the form holds; numbers are text, "" and None leave a piece out.

    `bands` are levels with the figure each begins at, best first; `lowest` is the level below all of them. `parts` are
    the parts averaged with their weights; with `needs_all` the figure is absent where one of them is. `caps` are the
    best levels there may be with more critical failures than so many. `missing` and `below_minimum` are outcomes where
    the figure is absent and where there are too few visits.
    """

    bands: tuple[tuple[str, str], ...] = ()
    lowest: str = ""
    parts: tuple[tuple[str, str], ...] = ()
    figure: str = "score"
    round: str = "none"
    places: str = "0"
    needs_all: bool = False
    caps: tuple[tuple[str, str], ...] = ()
    missing: str = ""
    kind: str = ""
    combine: str = "mean"
    last: int | None = None
    within: int | None = None
    minimum: int | None = None
    below_minimum: str = ""
    minimum_to_rank: int | None = None


def tree_of(shape: CommonShape) -> dict[str, Any]:
    """The document that says what the form says; it may have faults, which reading it tells."""
    value: dict[str, Any] = {"mean": [[name, weight] for name, weight in shape.parts]}
    if shape.needs_all:
        value["missing"] = "absent"
    if shape.round != "none":
        value |= {"round": shape.round, "places": shape.places}
    decide: dict[str, Any] = {
        "grid": [shape.figure],
        "at_least": {level: [limit] for level, limit in shape.bands},
        "else": shape.lowest,
    }
    tree: dict[str, Any] = {"levels": [shape.lowest, *(level for level, _ in reversed(shape.bands))]}
    if outcomes := list(dict.fromkeys(filter(None, (shape.missing, shape.below_minimum)))):
        tree["outcomes"] = outcomes
    tree |= {"values": {shape.figure: value}, "decide": decide | ({"missing": shape.missing} if shape.missing else {})}
    if shape.caps:
        tree["adjust"] = [{"at_most": level, "when": {CRITICAL: {"above": count}}} for level, count in shape.caps]
    return tree | {"visits": _visits(shape)}


def _visits(shape: CommonShape) -> dict[str, Any]:
    visits: dict[str, Any] = {"combine": shape.combine}
    for name in ("last", "within", "minimum", "minimum_to_rank"):
        if getattr(shape, name) is not None:
            visits[name] = str(getattr(shape, name))
    if shape.below_minimum:
        visits["below_minimum"] = shape.below_minimum
    if shape.kind:
        visits["only"] = {"kind": shape.kind}
    return visits


def shape_of(document: SchemeDocument) -> CommonShape | None:
    """The form that says exactly what a document says; None where the document says more than the form can."""
    scheme = document.base
    if document.versions or len(scheme.values) != 1 or not isinstance(scheme.decide, Grid) or scheme.declared:
        return None
    found = _gathered(scheme, scheme.decide)
    try:
        again = canonical_tree(scheme_from_tree(tree_of(found)))
    except FaultyScheme:
        return None
    return found if _without_names(again) == _without_names(canonical_tree(document)) else None


def _without_names(tree: Mapping[str, Any]) -> dict[str, Any]:
    """A document names some outcomes in passing, the form lists them all: that is no difference."""
    return {"visits": {"combine": "mean"}, **{name: piece for name, piece in tree.items() if name != "outcomes"}}


def _gathered(scheme: Scheme, grid: Grid) -> CommonShape:
    value, visits = scheme.values[0], scheme.visits
    asked = {} if visits is None or visits.only is None else {test.name: test.operand for test in visits.only.tests}
    fields: dict[str, Any] = {}
    if visits is not None:
        names = ("combine", "last", "within", "minimum", "minimum_to_rank")
        fields = {name: getattr(visits, name) for name in names} | {"below_minimum": visits.below_minimum or ""}
    return CommonShape(
        bands=tuple((level, _limit(limits[0])) for level, limits in grid.limits),
        lowest=grid.otherwise,
        parts=tuple((one.name, "1" if one.weight is None else number_text(one.weight)) for one in value.picks),
        figure=value.name,
        round=value.round,
        places=str(value.places),
        needs_all=value.missing == "absent",
        caps=tuple(_cap(move) for move in scheme.adjust),
        missing=grid.missing or "",
        kind=str(asked.get("kind", "")),
        **fields,
    )


def _cap(move: Move) -> tuple[str, str]:
    """A move as a cap; whether it is one shows when the form's own document is compared."""
    tests = move.when.tests if move.when else ()
    return move.level, _limit(tests[0].operand) if tests else ""


def _limit(limit: Any) -> str:
    return number_text(limit) if hasattr(limit, "numerator") else str(limit)
