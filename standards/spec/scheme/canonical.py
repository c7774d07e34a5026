"""The one written form of a scheme: two documents that mean the same, written differently, have one digest."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from standards.spec.digest import canonical_bytes, sha256_hex
from standards.spec.scheme.document import (
    Condition,
    Decision,
    Direct,
    Grid,
    Move,
    PartType,
    Peers,
    Picked,
    Reference,
    Row,
    Rows,
    Scheme,
    SchemeDocument,
    Test,
    Value,
    Visits,
)
from standards.spec.scheme.numbers import number_text

_NAMED_OPTIONS = ("value", "best", "group", "cut", "ties", "small", "freeze")
_VISIT_OPTIONS = ("combine", "last", "within", "half_life", "minimum", "below_minimum", "minimum_to_rank")


def canonical_tree(document: SchemeDocument) -> dict[str, Any]:
    """Return the document as mappings, lists and text only, with every short form written out.

    Reading it again gives an equal document. Stored schemes are kept in this form.
    """
    tree = _pieces(document.base)
    if document.versions:
        tree["versions"] = []
        for version in document.versions:
            pieces = _pieces(version.scheme)
            # A piece may have been emptied on purpose only by being left out: a version cannot remove one.
            own = {key: pieces[key] for key in version.keys if key in pieces}
            tree["versions"].append({"from": version.first_day.isoformat(), **own})
    return tree


def digest_of(document: SchemeDocument) -> str:
    """Return the SHA-256 of the canonical JSON form, in hexadecimal."""
    return sha256_hex(canonical_bytes(canonical_tree(document)))


def _pieces(scheme: Scheme) -> dict[str, Any]:
    pieces = {
        "levels": list(scheme.levels),
        "outcomes": list(scheme.outcomes),
        "read": {name: _type(kind) for name, kind in scheme.declared.items()},
        "values": {value.name: _value(value) for value in scheme.values},
        "unless": [_row(row) for row in scheme.unless],
        "decide": _decision(scheme.decide) if scheme.decide else None,
        "adjust": [_move(move) for move in scheme.adjust],
        "peers": _peers(scheme.peers) if scheme.peers else None,
    }
    found = {key: piece for key, piece in pieces.items() if piece}
    if scheme.visits:
        found["visits"] = _visits(scheme.visits)
    return found


def _type(kind: PartType) -> Any:
    return list(kind.names) if kind.kind == "ordinal" else kind.kind


def _constant(constant: Any) -> Any:
    if isinstance(constant, Reference):
        return f"${constant.name}"
    if isinstance(constant, Fraction):
        return number_text(constant)
    if isinstance(constant, date):
        return constant.isoformat()
    return constant


def _tests(tests: tuple[Test, ...]) -> dict[str, Any]:
    return {
        test.operator: [_constant(item) for item in test.operand]
        if isinstance(test.operand, tuple)
        else _constant(test.operand)
        for test in tests
    }


def _condition(condition: Condition) -> dict[str, Any]:
    names = dict.fromkeys(test.name for test in condition.tests)
    tree: dict[str, Any] = {
        name: _tests(tuple(test for test in condition.tests if test.name == name)) for name in names
    }
    for key, inner in (("any", condition.any), ("all", condition.all)):
        if inner:
            tree[key] = [_condition(item) for item in inner]
    if condition.negated:
        tree["not"] = _condition(condition.negated)
    return tree


def _when(condition: Condition | None) -> dict[str, Any]:
    return {"when": _condition(condition)} if condition else {}


def _row(row: Row) -> dict[str, Any]:
    return {"give": row.give, **_when(row.when)}


def _move(move: Move) -> dict[str, Any]:
    return {move.kind: f"{move.steps:+d}" if move.kind == "by" else move.level, **_when(move.when)}


def _pick(picked: Picked) -> Any:
    return picked.name if picked.weight is None else [picked.name, number_text(picked.weight)]


def _value(value: Value) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    if value.operator == "pick":
        tree["pick"] = [{"value": number_text(case.value), **_when(case.when)} for case in value.cases]
    elif value.operator in ("points", "streak") or len(value.picks) == 1 and value.picks[0].weight is None:
        tree[value.operator] = value.picks[0].name
    else:
        # One more pair of brackets keeps two names, the second of which looks like a number, from being a weight.
        tree[value.operator] = [_pick(picked) for picked in value.picks]
    if value.table:
        tree["table"] = {code: number_text(points) for code, points in value.table.items()}
    if value.tests:
        tree["test"] = _tests(value.tests)
    if value.missing != "skip":
        tree["missing"] = value.missing
    for option in ("start", "floor", "cap"):
        number = getattr(value, option)
        if number is not None:
            tree[option] = number_text(number)
    if value.times is not None:
        tree["times"] = value.times if isinstance(value.times, str) else number_text(value.times)
    if value.round != "none":
        tree["round"] = value.round
        tree["places"] = str(value.places)
    return tree


def _decision(decide: Decision) -> Any:
    if isinstance(decide, Rows):
        return [_row(row) for row in decide.rows]
    missing = {"missing": decide.missing} if decide.missing else {}
    if isinstance(decide, Direct):
        return {"value": decide.name, **missing}
    return {**_grid(decide), **missing}


def _grid(grid: Grid) -> dict[str, Any]:
    limits = {level: [_constant(limit) for limit in row] for level, row in grid.limits}
    return {"grid": list(grid.columns), grid.compare: limits, "else": grid.otherwise}


def _peers(peers: Peers) -> dict[str, Any]:
    tree: dict[str, Any] = {key: getattr(peers, key) for key in _NAMED_OPTIONS if getattr(peers, key) is not None}
    tree["shares"] = {level: number_text(share) for level, share in peers.shares}
    tree["at_least_members"] = str(peers.at_least_members)
    return tree


def _visits(visits: Visits) -> Mapping[str, Any]:
    tree: dict[str, Any] = {}
    for key in _VISIT_OPTIONS:
        option = getattr(visits, key)
        if option is not None:
            tree[key] = option if isinstance(option, str) else str(option)
    if visits.weights:
        tree["weights"] = [number_text(weight) for weight in visits.weights]
    if visits.only:
        tree["only"] = _condition(visits.only)
    return tree
