"""Reads `decide`, `peers` and `visits`: how figures become a level, a rank band, and which visits count."""

from typing import Any

from standards.spec.scheme.conditions import read_condition, read_rows
from standards.spec.scheme.document import Direct, Peers, Row, Visits
from standards.spec.scheme.faults import pointer
from standards.spec.scheme.figures import MAX_LEVELS
from standards.spec.scheme.shape import ShapeReader, is_null, scalar_text

MAX_COLUMNS = 12
MAX_VISITS = 1000
MAX_DAYS = 3660
COMBINATIONS = ("latest", "mean", "pooled", "max", "carry")
PEER_KEYS = (
    "value", "best", "group", "shares", "cut", "ties", "at_least_members", "small", "freeze",
)  # fmt: skip
VISIT_KEYS = (
    "only", "last", "within", "combine", "weights", "half_life", "minimum", "below_minimum", "minimum_to_rank",
)  # fmt: skip


class RawGrid:
    """A grid as written: limits are text until the types of the columns are known."""

    def __init__(self, columns: list[str], compare: str, limits: dict[str, list[str | None]], otherwise: str,
                 missing: str | None):  # fmt: skip
        self.columns, self.compare, self.limits = columns, compare, limits
        self.otherwise, self.missing = otherwise, missing


def read_decision(reader: ShapeReader, tree: Any, path: str) -> RawGrid | Direct | list[Row | None] | None:
    """Read one of the three ways to decide; None when its form is faulty."""
    before = len(reader.faults)
    if isinstance(tree, list):
        return read_rows(reader, tree, path)
    if isinstance(tree, dict) and "grid" in tree:
        grid = _read_grid(reader, tree, path)
        return grid if len(reader.faults) == before else None
    if isinstance(tree, dict) and "value" in tree:
        entry = reader.mapping(tree, path, ("value", "missing")) or {}
        name = reader.name(entry["value"], pointer(path, "value"))
        missing = reader.text(entry["missing"], pointer(path, "missing")) if "missing" in entry else None
        return Direct(name, missing) if name is not None and len(reader.faults) == before else None
    reader.fault(path, "one-of", "Write decide as {value: name}, as {grid: [..], ..} or as a list of rows.")
    return None


def _read_grid(reader: ShapeReader, tree: dict, path: str) -> RawGrid | None:
    entry = reader.mapping(tree, path, ("grid", "at_least", "at_most", "else", "missing")) or {}
    listed = entry["grid"] if isinstance(entry["grid"], list) else [entry["grid"]]
    items = reader.sequence(listed, pointer(path, "grid"), MAX_COLUMNS, hint=" of names") or []
    columns = [reader.name(item, pointer(path, "grid", i)) or "" for i, item in enumerate(items)]
    compares = [key for key in ("at_least", "at_most") if key in entry]
    if len(compares) != 1:
        reader.fault(path, "one-of", "A grid has exactly one of: at_least, at_most.")
    if "else" not in entry:
        reader.fault(path, "missing-key", "Say what holds when no level is reached: add else: LEVEL.")
    otherwise = reader.text(entry["else"], pointer(path, "else")) if "else" in entry else None
    missing = reader.text(entry["missing"], pointer(path, "missing")) if "missing" in entry else None
    if len(compares) != 1:
        return None
    place = pointer(path, compares[0])
    limits = {}
    for level, limit in (reader.entries(entry[compares[0]], place, MAX_LEVELS) or {}).items():
        reader.text(level, pointer(place, level))
        limits[level] = _read_limits(reader, limit, pointer(place, level))
    return RawGrid(columns, compares[0], limits, otherwise or "", missing)


def _read_limits(reader: ShapeReader, tree: Any, path: str) -> list[str | None]:
    if not isinstance(tree, list):
        return [_read_limit(reader, tree, path)]
    items = reader.sequence(tree, path, MAX_COLUMNS, hint=" of limits, one per column") or []
    return [_read_limit(reader, item, pointer(path, i)) for i, item in enumerate(items)]


def _read_limit(reader: ShapeReader, tree: Any, path: str) -> str | None:
    if is_null(tree):
        return None
    if scalar_text(tree) is None:
        reader.fault(path, "not-text", "Write a limit: a number, the name of an ordinal, or null for none.")
        return None
    return reader.text(tree, path)


def read_peers(reader: ShapeReader, tree: Any, path: str) -> Peers | None:
    """Read the rank bands; shares keep the order written until the levels are known."""
    before = len(reader.faults)
    entry = reader.mapping(tree, path, PEER_KEYS)
    if entry is None:
        return None
    for key in ("value", "shares"):
        if key not in entry:
            reader.fault(path, "missing-key", f"Rank bands need {key}; add it.")
    fields: dict[str, Any] = {}
    for key in (key for key in ("value", "group") if key in entry):
        fields[key] = reader.name(entry[key], pointer(path, key))
    choices = {
        "best": ("high", "low"),
        "cut": ("nearest", "up", "down"),
        "ties": ("better", "worse"),
        "freeze": ("period",),
    }
    for key in (key for key in choices if key in entry):
        fields[key] = reader.choice(entry[key], pointer(path, key), choices[key])
    if "at_least_members" in entry:
        place = pointer(path, "at_least_members")
        fields["at_least_members"] = reader.whole(entry["at_least_members"], place, 1, 100_000)
    if "small" in entry:
        fields["small"] = reader.text(entry["small"], pointer(path, "small"))
    if "shares" in entry:
        fields["shares"] = _read_shares(reader, entry["shares"], pointer(path, "shares"))
    return Peers(**fields) if len(reader.faults) == before else None


def _read_shares(reader: ShapeReader, tree: Any, path: str) -> tuple:
    found = []
    for level, share in (reader.entries(tree, path, MAX_LEVELS, hint=" of {level: percent}") or {}).items():
        reader.text(level, pointer(path, level))
        found.append((level, reader.number(share, pointer(path, level))))
    return tuple(found)


def read_visits(reader: ShapeReader, tree: Any, path: str) -> Visits | None:
    """Read which visits count and how they are combined."""
    before = len(reader.faults)
    entry = reader.mapping(tree, path, VISIT_KEYS)
    if entry is None:
        return None
    fields: dict[str, Any] = {}
    most = {
        "last": MAX_VISITS,
        "within": MAX_DAYS,
        "half_life": MAX_DAYS,
        "minimum": MAX_VISITS,
        "minimum_to_rank": MAX_VISITS,
    }
    for key in (key for key in most if key in entry):
        fields[key] = reader.whole(entry[key], pointer(path, key), 1, most[key])
    if "only" in entry:
        fields["only"] = read_condition(reader, entry["only"], pointer(path, "only"))
    if "combine" in entry:
        fields["combine"] = reader.choice(entry["combine"], pointer(path, "combine"), COMBINATIONS)
    if "below_minimum" in entry:
        fields["below_minimum"] = reader.text(entry["below_minimum"], pointer(path, "below_minimum"))
    if "weights" in entry:
        items = reader.sequence(entry["weights"], pointer(path, "weights"), hint=", newest visit first") or []
        numbers = [reader.number(item, pointer(path, "weights", i)) for i, item in enumerate(items)]
        fields["weights"] = tuple(number for number in numbers if number is not None)
    return Visits(**fields) if len(reader.faults) == before else None
