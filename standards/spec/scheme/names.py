"""Finds the type of every name a scheme uses: declared under `read`, or plain from how it is used.

Names that are compared with each other, or from which a greatest or least is taken, share one type.
"""

from standards.spec.scheme.document import (
    CODES,
    DATE,
    NUMBER,
    ORDERING,
    TEXT,
    Direct,
    PartType,
    Picked,
    Reference,
    Test,
)
from standards.spec.scheme.draft import Draft
from standards.spec.scheme.numbers import exact_day, is_number
from standards.spec.scheme.outcomes import RawGrid
from standards.spec.scheme.shape import ShapeReader


class Evidence:
    """What is known of the names of one class."""

    def __init__(self) -> None:
        self.types: dict[PartType, str] = {}  # each with the path of its first use
        self.constants: list[tuple[str, bool, str]] = []  # text, compared by order, path
        self.gives_level = False
        self.groups = False

    def absorb(self, other: "Evidence") -> None:
        for found, path in other.types.items():
            self.types.setdefault(found, path)
        self.constants += other.constants
        self.gives_level |= other.gives_level
        self.groups |= other.groups


class NameTypes:
    """Gathers the uses of all names of a draft, then says the type of each."""

    def __init__(self, draft: Draft, reader: ShapeReader):
        self.draft, self.reader = draft, reader
        self.leader: dict[str, str] = {}
        self.evidence: dict[str, Evidence] = {}
        self.first_use: dict[str, str] = {}  # of names used outside `visits.only`
        self.in_visits: set[str] = set()
        for name, declared in draft.declared.items():
            self._of(name).types[declared] = draft.path("read", name)
        self._gather_values()
        for condition, about_visits in draft.conditions():
            for test in condition.every_test():
                self._tested(test, test.name, about_visits)
        self._gather_outcomes()
        self._join_patterns()

    def resolve(self) -> dict[str, PartType]:
        """Return the type of every name; names that contradict themselves are reported and count as declared."""
        decided: dict[str, PartType] = {}
        for name in list(self.leader):
            leader = self._leader(name)
            if leader not in decided:
                decided[leader] = self._decide(leader, self.evidence[leader])
        return {name: decided[self._leader(name)] for name in self.leader}

    # -- gathering ---------------------------------------------------------------------------------

    def _leader(self, name: str) -> str:
        while self.leader.setdefault(name, name) != name:
            name = self.leader[name]
        return name

    def _of(self, name: str) -> Evidence:
        return self.evidence.setdefault(self._leader(name), Evidence())

    def _join(self, first: str, second: str) -> None:
        one, other = self._leader(first), self._leader(second)
        self._of(one), self._of(other)
        if one != other:
            self.evidence[one].absorb(self.evidence.pop(other))
            self.leader[other] = one

    def _use(self, name: str, path: str, found: PartType | None = None) -> None:
        self.first_use.setdefault(name, path)
        evidence = self._of(name)
        if found is not None:
            evidence.types.setdefault(found, path)

    def _gather_values(self) -> None:
        for name, value in self.draft.values.items():
            place = self.draft.path("values", name)
            extreme = value is not None and value.operator in ("max", "min")
            self._of(name)
            if value is None:
                continue
            numeric = not extreme or value.round != "none" or value.times is not None
            if numeric or any(option is not None for option in (value.start, value.floor, value.cap)):
                self._of(name).types.setdefault(NUMBER, place)
            if isinstance(value.times, str):
                self._use(value.times, f"{place}/times", NUMBER)
            for picked in value.picks:
                self._gather_pick(value.operator, name, picked, value.tests)

    def _gather_pick(self, operator: str, name: str, picked: Picked, tests: tuple[Test, ...]) -> None:
        fixed = {"sum": NUMBER, "mean": NUMBER, "ratio": NUMBER, "points": CODES}.get(operator)
        self._use(picked.name, picked.path, fixed)
        if operator in ("max", "min"):
            self._join(name, picked.name)
        for test in tests:
            self._tested(test, picked.name, False)

    def _tested(self, test: Test, name: str, about_visits: bool) -> None:
        if about_visits:
            self.in_visits.add(name)
            evidence = self._of(name)
            if name in ("kind", "flags") and not evidence.types:
                evidence.types[TEXT if name == "kind" else CODES] = test.path
        else:
            self._use(name, test.path)
        for operand in test.operand if isinstance(test.operand, tuple) else (test.operand,):
            if isinstance(operand, Reference):
                self._use(operand.name, test.path)
                self._join(name, operand.name)
            elif isinstance(operand, str):
                self._of(name).constants.append((operand, test.operator in ORDERING, test.path))

    def _gather_outcomes(self) -> None:
        draft = self.draft
        if isinstance(draft.decide, RawGrid):
            for position, column in enumerate(draft.decide.columns):
                path = draft.path("decide", "grid", position)
                self._use(column, path)
                for level, limits in draft.decide.limits.items():
                    if position < len(limits) and limits[position] is not None:
                        place = draft.path("decide", draft.decide.compare, level)
                        self._of(column).constants.append((str(limits[position]), True, place))
        elif isinstance(draft.decide, Direct):
            self._use(draft.decide.name, draft.path("decide", "value"))
            self._of(draft.decide.name).gives_level = True
        if draft.peers:
            self._use(draft.peers.value, draft.path("peers", "value"), NUMBER)
            if draft.peers.group:
                self._use(draft.peers.group, draft.path("peers", "group"))
                self._of(draft.peers.group).groups = True

    def _join_patterns(self) -> None:
        for pattern in [name for name in self.leader if name.endswith("*")]:
            covered = [name for name in self.leader if name != pattern and name.startswith(pattern[:-1])]
            for name in covered:
                if name not in self.draft.values and not name.endswith("*"):
                    self._join(pattern, name)

    # -- deciding ----------------------------------------------------------------------------------

    def _decide(self, name: str, evidence: Evidence) -> PartType:
        if len(evidence.types) > 1:
            (one, _), (other, path) = list(evidence.types.items())[:2]
            message = f"'{name}' is used as {_kind(one)} in one place and as {_kind(other)} here; use it as one kind."
            self.reader.fault(path, "mixed-type", message)
        if evidence.types:
            return next(iter(evidence.types))
        words = [constant for constant in evidence.constants if not is_number(constant[0])]
        ordered = any(by_order for _, by_order, _ in evidence.constants)
        levels = PartType("ordinal", self.draft.levels)
        if not words:
            word_levels = not all(is_number(level) for level in self.draft.levels)
            if evidence.gives_level and word_levels and not evidence.constants:
                return levels
            return TEXT if evidence.groups and not evidence.constants else NUMBER
        if all(word in self.draft.levels for word, _, _ in words) and (ordered or evidence.gives_level):
            return levels
        if ordered and all(_is_day(word) for word, _, _ in words):
            return DATE
        if ordered:
            word, _, path = words[0]
            message = f"'{word}' cannot be put in order: list the names of '{name}' under read, worst first."
            self.reader.fault(path, "wrong-type", message)
        return TEXT


def _is_day(text: str) -> bool:
    try:
        exact_day(text)
    except ValueError:
        return False
    return True


def _kind(found: PartType) -> str:
    return f"an ordinal ({', '.join(found.names)})" if found.kind == "ordinal" else found.kind
