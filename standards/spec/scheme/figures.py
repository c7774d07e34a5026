"""Reads `read` (the types of parts) and `values` (figures worked out from them)."""

from typing import Any

from standards.spec.scheme.conditions import MAX_ROWS, read_condition, read_picks, read_tests
from standards.spec.scheme.document import COMPARISONS, OPERATORS, Case, PartType, Picked, Test, Value
from standards.spec.scheme.faults import pointer
from standards.spec.scheme.numbers import MAX_PLACES, is_number
from standards.spec.scheme.shape import ShapeReader, scalar_text

KINDS = ("number", "text", "codes", "date")
MAX_LEVELS = 20
MAX_VALUES = 32
MAX_CODES = 2000
MAX_PARTS = 1000
OPTIONS = ("missing", "start", "times", "floor", "cap", "round", "places")
ROUNDINGS = ("none", "nearest", "up", "down")
# What may stand beside each operator, besides the options.
BESIDE = {
    "count": ("test", *COMPARISONS),
    "streak": ("test", *COMPARISONS),
    "points": ("table",),
}


def read_types(reader: ShapeReader, tree: Any, path: str) -> dict[str, PartType]:
    """Read the declared type of each part; a prefix with a star declares all its parts."""
    found = {}
    entries = reader.entries(tree, path, MAX_PARTS, hint=" such as {grade: [poor, fair, good]}")
    for name, inner in (entries or {}).items():
        place = pointer(path, name)
        read = _read_type(reader, inner, place)
        if reader.name(name, place, pattern_allowed=True) is not None and read is not None:
            found[name] = read
    return found


def _read_type(reader: ShapeReader, tree: Any, path: str) -> PartType | None:
    if not isinstance(tree, list):
        kind = scalar_text(tree)
        if kind not in KINDS:
            message = f"Write one of {', '.join(KINDS)}, or list the names of an ordinal, worst first."
            reader.fault(path, "bad-choice", message)
            return None
        return PartType(kind)
    items = reader.sequence(tree, path, MAX_LEVELS) or []
    names = [reader.text(item, pointer(path, i)) for i, item in enumerate(items)]
    for position, name in enumerate(names):
        if name is not None and name in names[:position]:
            reader.fault(pointer(path, position), "duplicate-name", f"'{name}' stands twice in this list.")
    return PartType("ordinal", tuple(name for name in names if name is not None)) if names else None


def read_values(reader: ShapeReader, tree: Any, path: str, names: frozenset[str]) -> dict[str, Value | None]:
    """Read the values by name; a faulty one keeps its name with None, so that others may refer to it."""
    found: dict[str, Value | None] = {}
    for name, inner in (reader.entries(tree, path, MAX_VALUES) or {}).items():
        place = pointer(path, name)
        if reader.name(name, place) is not None:
            found[name] = _ValueReader(reader, place, name, names).read(inner)
    return found


class _ValueReader:
    """Reads one value; the operators differ only in what stands beside them."""

    def __init__(self, reader: ShapeReader, path: str, name: str, names: frozenset[str]):
        self.reader, self.path, self.name, self.names = reader, path, name, names

    def read(self, tree: Any) -> Value | None:
        before = len(self.reader.faults)
        if not isinstance(tree, dict):
            self.reader.fault(self.path, "not-a-mapping", "Write a value as {operator: names}, e.g. {sum: [a, b]}.")
            return None
        operators = [key for key in tree if key in OPERATORS]
        if len(operators) != 1:
            message = f"A value has exactly one of: {', '.join(OPERATORS)}; this one has {len(operators)}."
            self.reader.fault(self.path, "one-of", message)
            return None
        operator = operators[0]
        entry = self.reader.mapping(tree, self.path, (operator, *BESIDE.get(operator, ()), *OPTIONS)) or {}
        fields = getattr(self, f"_read_{operator}", self._read_plain)(entry, operator)
        fields.update(self._read_options(entry))
        return None if len(self.reader.faults) > before else Value(self.name, operator, **fields)

    def _read_plain(self, entry: dict, operator: str) -> dict[str, Any]:
        return {"picks": tuple(self._picks(entry[operator], pointer(self.path, operator)))}

    def _read_ratio(self, entry: dict, operator: str) -> dict[str, Any]:
        place = pointer(self.path, operator)
        items = entry[operator]
        if not isinstance(items, list) or len(items) != 2:
            self.reader.fault(place, "bad-pick", "Write two names: ratio: [part, whole].")
            return {}
        return {"picks": tuple(self._one(item, pointer(place, i)) for i, item in enumerate(items))}

    def _read_points(self, entry: dict, operator: str) -> dict[str, Any]:
        fields: dict[str, Any] = {"picks": (self._one(entry[operator], pointer(self.path, operator)),)}
        place = pointer(self.path, "table")
        if "table" not in entry:
            self.reader.fault(self.path, "missing-key", "Say what each code is worth: add table: {code: number}.")
            return fields
        table = {}
        for code, points in (self.reader.entries(entry["table"], place, MAX_CODES) or {}).items():
            self.reader.text(code, pointer(place, code))
            table[code] = self.reader.number(points, pointer(place, code))
        fields["table"] = table
        return fields

    def _read_count(self, entry: dict, operator: str) -> dict[str, Any]:
        tree, place, beside = self._unwrapped(entry, operator)
        return {"picks": tuple(self._picks(tree, place)), "tests": self._tests(beside)}

    def _read_streak(self, entry: dict, operator: str) -> dict[str, Any]:
        tree, place, beside = self._unwrapped(entry, operator)
        tests = self._tests(beside)
        if not tests:
            self.reader.fault(self.path, "missing-key", "Say what to test, such as at_least: 80.")
        return {"picks": (self._one(tree, place),), "tests": tests}

    def _unwrapped(self, entry: dict, operator: str) -> tuple[Any, str, dict[str, tuple[Any, str]]]:
        """Accept {count: names, at_least: 3}, {count: names, test: ..} and {count: {of: names, ..}} alike."""
        tree, place = entry[operator], pointer(self.path, operator)
        beside = {key: (entry[key], pointer(self.path, key)) for key in BESIDE[operator] if key in entry}
        if isinstance(tree, dict):
            inner = self.reader.mapping(tree, place, ("of", *BESIDE[operator])) or {}
            if "of" not in inner:
                self.reader.fault(place, "missing-key", "Say what to look at: add of: NAME.")
            for key in BESIDE[operator]:
                if key in inner:
                    beside[key] = (inner[key], pointer(place, key))
            tree, place = inner.get("of", "?"), pointer(place, "of")
        return tree, place, beside

    def _tests(self, beside: dict[str, tuple[Any, str]]) -> tuple[Test, ...]:
        found: list[Test] = []
        for key, (tree, place) in beside.items():
            if key == "test":
                found += read_tests(self.reader, tree, place, "")
            else:
                inner = read_tests(self.reader, {key: tree}, self.path, "")
                found += [Test(test.name, test.operator, test.operand, place) for test in inner]
        return tuple(sorted(found, key=lambda test: test.operator))

    def _read_pick(self, entry: dict, operator: str) -> dict[str, Any]:
        place = pointer(self.path, operator)
        cases = []
        items = self.reader.sequence(entry[operator], place, MAX_ROWS, hint=" of {when: {..}, value: number}")
        for position, item in enumerate(items or []):
            inner = pointer(place, position)
            case = self.reader.mapping(item, inner, ("when", "value")) or {}
            if "value" not in case:
                self.reader.fault(inner, "missing-key", "Say which number this line gives: add value: NUMBER.")
                continue
            number = self.reader.number(case["value"], pointer(inner, "value"))
            when = None
            if "when" in case:
                when = read_condition(self.reader, case["when"], pointer(inner, "when"))
            if number is not None:
                cases.append(Case(number, when))
        return {"cases": tuple(cases)}

    def _picks(self, tree: Any, place: str) -> list[Picked]:
        return read_picks(self.reader, tree, place, self.names)

    def _one(self, tree: Any, place: str) -> Picked:
        return Picked(self.reader.name(tree, place) or "", None, place)

    def _read_options(self, entry: dict) -> dict[str, Any]:
        reader = self.reader
        found: dict[str, Any] = {}
        for key in (key for key in OPTIONS if key in entry):
            place = pointer(self.path, key)
            if key == "missing":
                found[key] = reader.choice(entry[key], place, ("skip", "absent"))
            elif key == "round":
                found[key] = reader.choice(entry[key], place, ROUNDINGS)
            elif key == "places":
                found[key] = reader.whole(entry[key], place, 0, MAX_PLACES)
            elif key == "times" and not is_number(scalar_text(entry[key]) or "0"):
                found[key] = reader.name((scalar_text(entry[key]) or "").removeprefix("$"), place)
            else:
                found[key] = reader.number(entry[key], place)
        return found
