"""The JSON Schema of the scheme language, made from the validator's own tables and published under docs/.

It refuses exactly the documents with a fault of form (`faults.SHAPE_CODES`); faults of meaning (a circle, a row
never reached) only the validator sees. To write it anew:
`python -m standards.spec.scheme.schema > docs/scheme.schema.json`.
"""

import json
import sys
from typing import Any

from standards.spec.scheme.conditions import MAX_MOVES, MAX_PICK_DEPTH, MAX_ROWS
from standards.spec.scheme.document import COMPARISONS, PIECES
from standards.spec.scheme.figures import KINDS, MAX_CODES, MAX_LEVELS, MAX_PARTS, MAX_VALUES, OPTIONS, ROUNDINGS
from standards.spec.scheme.numbers import DAY_PATTERN, MAX_PLACES, NUMBER_PATTERN
from standards.spec.scheme.outcomes import COMBINATIONS, MAX_COLUMNS, MAX_DAYS, MAX_VISITS, PEER_KEYS
from standards.spec.scheme.parse import MAX_VERSIONS
from standards.spec.scheme.shape import CONSTANT_PATTERN, MAX_LIST, NAME_PATTERN, PICK_PATTERN, TEXT_PATTERN

Schema = dict[str, Any]
_ORDERED = ("sum", "mean", "max", "min")


def json_schema() -> Schema:
    """Return the schema (draft 2020-12) as plain mappings and lists."""
    pieces = {piece: {"$ref": f"#/$defs/{piece}"} for piece in PIECES}
    version = _object({"from": _ref("day"), **pieces}, required=["from"])
    version["minProperties"] = 2
    versions = {"type": "array", "minItems": 1, "maxItems": MAX_VERSIONS, "items": version}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Rating scheme",
        "description": "How scores become a level. Explained with examples in docs/schemes.md.",
        **_object({**pieces, "versions": versions}, required=["levels"]),
        "$defs": {**_scalars(), **_conditions(), **_values(), **_outcomes()},
    }


def schema_text() -> str:
    """Return the schema as it is published."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _object(properties: dict[str, Any], required: list[str] | None = None) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": required or [],
        "additionalProperties": False,
    }


def _free(keys: str, content: Schema, most: int) -> Schema:
    return {
        "type": "object",
        "minProperties": 1,
        "maxProperties": most,
        "propertyNames": {"pattern": keys},
        "additionalProperties": content,
    }


def _list(items: Schema, most: int = MAX_LIST) -> Schema:
    return {"type": "array", "minItems": 1, "maxItems": most, "items": items}


def _text(pattern: str) -> Schema:
    """Scalars stay the text they were written as: 5 and true are the texts "5" and "true"."""
    return {"anyOf": [{"type": "string", "pattern": pattern}, {"type": ["integer", "boolean"]}]}


def _words(words: tuple[str, ...]) -> Schema:
    return {"enum": list(words)}


def _whole(least: int, most: int) -> Schema:
    bounded = {"type": "integer", "minimum": least, "maximum": most}
    # A whole number may be written in quotes; the bound is then spelled out by its digits.
    return {"anyOf": [bounded, {"type": "string", "pattern": f"^(?:{_digits(least, most)})$"}]}


def _digits(least: int, most: int) -> str:
    """Return a pattern for the whole numbers from `least` (0 or 1) to `most`, with leading zeros up to six digits."""
    rows, text = [], str(most)
    for place, digit in enumerate(text):
        rest = len(text) - place - 1
        if digit != "0":
            rows.append(f"{text[:place]}[0-{int(digit) - 1}][0-9]{{{rest}}}")
    rows.append(text)
    padding = 6 - len(text)
    body = f"0{{0,{padding}}}(?:{'|'.join(rows)})"
    shorter = f"[0-9]{{1,{len(text) - 1}}}" if len(text) > 1 else ""
    pattern = f"(?:{body}|{shorter})" if shorter else body
    return pattern if least == 0 else rf"(?=[0-9]*[1-9]){pattern}"


def _scalars() -> Schema:
    levels = _list(_ref("text"), MAX_LEVELS)
    return {
        "text": _text(TEXT_PATTERN),
        "name": _text(NAME_PATTERN),
        "pickName": _text(PICK_PATTERN),
        "number": {
            "description": "Exact: at most 12 digits, 6 places; or a fraction such as 1/3. Text is safest.",
            "anyOf": [{"type": "string", "pattern": NUMBER_PATTERN}, {"type": "integer"}],
        },
        "day": {"anyOf": [{"type": "string", "pattern": DAY_PATTERN}, {"type": "integer"}]},
        "constant": {
            "description": "A constant, or $name to compare with another part or value.",
            **_text(CONSTANT_PATTERN),
        },
        "levels": {**levels, "description": "The levels, worst first."},
        "outcomes": {**levels, "description": "Other results, such as 'not rated'."},
    }


def _conditions() -> Schema:
    tests = {name: _ref("constant") for name in COMPARISONS if name not in ("in", "absent")}
    tests |= {"in": _list(_ref("constant")), "absent": {"enum": [True, False, "true", "false"]}}
    comparisons = {**_object(tests), "minProperties": 1}
    test = {"anyOf": [_ref("constant"), _list(_ref("constant")), comparisons]}
    found: Schema = {"test": test, "condition": _condition(1), "condition2": _condition(2), "condition3": _condition(3)}
    found["row"] = _object({"give": _ref("text"), "when": _ref("condition")}, required=["give"])
    found["unless"] = _list(_ref("row"), MAX_ROWS)
    steps = {
        "anyOf": [
            {"type": "string", "pattern": "^[+-]?(?=[0-9]*[1-9])[0-9]{1,2}$"},
            {"type": "integer", "minimum": -99, "maximum": 99, "not": {"const": 0}},
        ]
    }
    moves = {"by": steps, "at_most": _ref("text"), "at_least": _ref("text")}
    move = [_object({key: kind, "when": _ref("condition")}, required=[key]) for key, kind in moves.items()]
    found["adjust"] = _list({"oneOf": move}, MAX_MOVES)
    return found


def _condition(depth: int) -> Schema:
    """Depth is spelled out, because a schema cannot count."""
    inner = _ref(f"condition{depth + 1}") if depth < 3 else False
    return {
        "type": "object",
        "minProperties": 1,
        "maxProperties": MAX_ROWS,
        "properties": {"any": _list_of(inner), "all": _list_of(inner), "not": inner},
        "propertyNames": {"pattern": NAME_PATTERN},
        "additionalProperties": _ref("test"),
    }


def _list_of(items: Any) -> Any:
    return _list(items) if items else False


def _values() -> Schema:
    options = {
        "missing": _words(("skip", "absent")),
        "start": _ref("number"),
        "times": _text(NAME_PATTERN.replace("^[^*$", r"^\$?[^*$")),
        "floor": _ref("number"),
        "cap": _ref("number"),
        "round": _words(ROUNDINGS),
        "places": _whole(0, MAX_PLACES),
    }
    assert tuple(options) == OPTIONS
    beside = {name: _ref("constant") for name in COMPARISONS if name not in ("in", "absent")}
    beside |= {"in": _list(_ref("constant")), "absent": {"enum": [True, False, "true", "false"]}, "test": _ref("test")}
    case = _object({"when": _ref("condition"), "value": _ref("number")}, required=["value"])
    forms = [_object({name: _ref("pick"), **options}, required=[name]) for name in _ORDERED]
    counted = {"anyOf": [_ref("pick"), _object({"of": _ref("pick"), **beside}, required=["of"])]}
    forms.append(_object({"count": counted, **beside, **options}, required=["count"]))
    pair = {"type": "array", "minItems": 2, "maxItems": 2, "items": _ref("name")}
    forms.append(_object({"ratio": pair, **options}, required=["ratio"]))
    table = _free(TEXT_PATTERN, _ref("number"), MAX_CODES)
    forms.append(_object({"points": _ref("name"), "table": table, **options}, required=["points", "table"]))
    forms.append(_object({"pick": _list(case, MAX_ROWS), **options}, required=["pick"]))
    forms += _streaks(beside, options)
    kind = {"anyOf": [_words(KINDS), _list(_ref("text"), MAX_LEVELS)]}
    return {
        "read": _free(PICK_PATTERN, kind, MAX_PARTS),
        "values": _free(NAME_PATTERN, {"oneOf": forms}, MAX_VALUES),
        "pick": _pick(1),
        **{f"pick{depth}": _pick(depth) for depth in range(2, MAX_PICK_DEPTH + 1)},
    }


def _streaks(beside: Schema, options: Schema) -> list[Schema]:
    """A streak has its test beside it or within it."""
    asked = {"anyOf": [{"required": [name]} for name in beside]}
    outer = {**_object({"streak": _ref("name"), **beside, **options}, required=["streak"]), **asked}
    within = _object({"of": _ref("name"), **beside}, required=["of"])
    both = _object({"streak": within, **beside, **options}, required=["streak"])
    both["anyOf"] = [*asked["anyOf"], {"properties": {"streak": asked}}]
    return [outer, both]


def _pick(depth: int) -> Schema:
    # A list of three names, the second of which is a number: both readings are names, so no weight is meant.
    weighted = {"type": "array", "prefixItems": [_ref("pickName"), _ref("number")], "minItems": 2, "maxItems": 2}
    deeper = _ref(f"pick{depth + 1}") if depth < MAX_PICK_DEPTH else _ref("pickName")
    return {"anyOf": [_ref("pickName"), weighted, _list(deeper)]}


def _outcomes() -> Schema:
    limit = {"anyOf": [_ref("text"), {"type": "null"}, {"const": ""}]}
    limits = _free(TEXT_PATTERN, {"anyOf": [limit, _list(limit, MAX_COLUMNS)]}, MAX_LEVELS)
    columns = {"anyOf": [_ref("name"), _list(_ref("name"), MAX_COLUMNS)]}
    shared = {"grid": columns, "else": _ref("text"), "missing": _ref("text")}
    grids = [_object({**shared, side: limits}, required=["grid", side, "else"]) for side in ("at_least", "at_most")]
    direct = _object({"value": _ref("name"), "missing": _ref("text")}, required=["value"])
    words = {
        "best": ("high", "low"),
        "cut": ("nearest", "up", "down"),
        "ties": ("better", "worse"),
        "freeze": ("period",),
    }
    peers: Schema = {
        "value": _ref("name"),
        "group": _ref("name"),
        "shares": _free(TEXT_PATTERN, _ref("number"), MAX_LEVELS),
        "at_least_members": _whole(1, 100_000),
        "small": _ref("text"),
        **{key: _words(options) for key, options in words.items()},
    }
    assert set(peers) == set(PEER_KEYS)
    visits = {
        "only": _ref("condition"),
        "last": _whole(1, MAX_VISITS),
        "within": _whole(1, MAX_DAYS),
        "combine": _words(COMBINATIONS),
        "weights": _list(_ref("number")),
        "half_life": _whole(1, MAX_DAYS),
        "minimum": _whole(1, MAX_VISITS),
        "below_minimum": _ref("text"),
        "minimum_to_rank": _whole(1, MAX_VISITS),
    }
    return {
        "decide": {"oneOf": [*grids, direct, _list(_ref("row"), MAX_ROWS)]},
        "peers": _object(peers, required=["value", "shares"]),
        "visits": _object(visits),
    }


if __name__ == "__main__":
    sys.stdout.write(schema_text())
