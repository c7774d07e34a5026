"""The frozen values a rating scheme document is read into; see docs/schemes.md for the language itself.

Names in here may be a part (a column, a figure of a score) or a value the scheme works out. Numbers are
exact fractions. Everything that has an order is a tuple; mappings are never changed after reading.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction

import msgspec

COMPARISONS = ("at_least", "at_most", "above", "below", "is", "in", "absent")
ORDERING = frozenset({"at_least", "at_most", "above", "below"})
OPERATORS = ("sum", "mean", "max", "min", "count", "ratio", "points", "pick", "streak")
PIECES = ("levels", "outcomes", "read", "values", "unless", "decide", "adjust", "peers", "visits")


class PartType(msgspec.Struct, frozen=True):
    """How a part is read: number, text, codes, date, or ordinal with its names from worst to best."""

    kind: str
    names: tuple[str, ...] = ()


NUMBER = PartType("number")
TEXT = PartType("text")
CODES = PartType("codes")
DATE = PartType("date")


class Reference(msgspec.Struct, frozen=True):
    """`$name`: compare with another part or value instead of with a constant."""

    name: str


Constant = Fraction | str | date | bool
Operand = Constant | Reference | tuple[Constant | Reference, ...]


class Test(msgspec.Struct, frozen=True):
    """One comparison. `name` is empty where the thing tested is given by the surroundings (count, streak)."""

    __test__ = False  # not a test class for pytest

    name: str
    operator: str
    operand: Operand
    path: str = ""

    def references(self) -> tuple[str, ...]:
        """Return the names this compares with."""
        operands = self.operand if isinstance(self.operand, tuple) else (self.operand,)
        return tuple(operand.name for operand in operands if isinstance(operand, Reference))


class Condition(msgspec.Struct, frozen=True):
    """All tests, all of `all`, one of `any` and not `negated`: every member that is given must hold."""

    tests: tuple[Test, ...] = ()
    any: tuple["Condition", ...] = ()
    all: tuple["Condition", ...] = ()
    negated: "Condition | None" = None

    def every_test(self) -> Iterator[Test]:
        """Yield every test anywhere inside."""
        yield from self.tests
        for inner in (*self.any, *self.all, *((self.negated,) if self.negated else ())):
            yield from inner.every_test()


class Picked(msgspec.Struct, frozen=True):
    """A name, or a prefix ending in `*`, with the weight it counts with."""

    name: str
    weight: Fraction | None = None
    path: str = ""

    @property
    def is_pattern(self) -> bool:
        """True when this stands for every part that begins with the text before the star."""
        return self.name.endswith("*")

    def covers(self, part: str) -> bool:
        """Say whether this name or pattern means `part`."""
        return part.startswith(self.name[:-1]) if self.is_pattern else part == self.name


class Case(msgspec.Struct, frozen=True):
    """One line of a `pick` value: the number it gives and when."""

    value: Fraction
    when: Condition | None = None


class Value(msgspec.Struct, frozen=True):
    """A figure worked out from parts and other values: start + times x operator, then floor, cap and round."""

    name: str
    operator: str
    picks: tuple[Picked, ...] = ()
    tests: tuple[Test, ...] = ()
    table: Mapping[str, Fraction] = {}
    cases: tuple[Case, ...] = ()
    missing: str = "skip"
    start: Fraction | None = None
    times: Fraction | str | None = None
    floor: Fraction | None = None
    cap: Fraction | None = None
    round: str = "none"
    places: int = 0

    def needs(self) -> frozenset[str]:
        """Return every name this is worked out from (patterns as written)."""
        found = {picked.name for picked in self.picks}
        tests = [*self.tests, *(test for case in self.cases if case.when for test in case.when.every_test())]
        for test in tests:
            found |= {test.name, *test.references()}
        if isinstance(self.times, str):
            found.add(self.times)
        return frozenset(found - {""})


class Row(msgspec.Struct, frozen=True):
    """Gives a level or outcome when its condition holds; without a condition always."""

    give: str
    when: Condition | None = None


class Grid(msgspec.Struct, frozen=True):
    """The best level all of whose limits are kept. `limits` run from the best level to the worst."""

    columns: tuple[str, ...]
    compare: str
    limits: tuple[tuple[str, tuple[Fraction | str | date | None, ...]], ...]
    otherwise: str
    missing: str | None = None


class Direct(msgspec.Struct, frozen=True):
    """The number, ordinal or text found under `name` is the level."""

    name: str
    missing: str | None = None


class Rows(msgspec.Struct, frozen=True):
    """The first row whose condition holds; the last one always does."""

    rows: tuple[Row, ...]


Decision = Grid | Direct | Rows


class Move(msgspec.Struct, frozen=True):
    """One step up or down (`by`), or a bound (`at_most`, `at_least` a level), never beyond the levels."""

    kind: str
    steps: int = 0
    level: str = ""
    when: Condition | None = None


class Peers(msgspec.Struct, frozen=True):
    """Rank bands within a peer group. `shares` run from the best level to the worst and add up to 100."""

    value: str
    shares: tuple[tuple[str, Fraction], ...]
    best: str = "high"
    group: str | None = None
    cut: str = "nearest"
    ties: str = "better"
    at_least_members: int = 1
    small: str = "wider"
    freeze: str | None = None


class Visits(msgspec.Struct, frozen=True):
    """Which visits count and how they become one set of parts. Days are counted back from the period's end."""

    combine: str = "mean"
    only: Condition | None = None
    last: int | None = None
    within: int | None = None
    weights: tuple[Fraction, ...] = ()
    half_life: int | None = None
    minimum: int | None = None
    below_minimum: str | None = None
    minimum_to_rank: int | None = None


class Scheme(msgspec.Struct, frozen=True):
    """One set of rules in force. `values` stand in the order they can be worked out in.

    `types` holds the type of every part and value the rules name; `declared` only what `read` says.
    `visit_only` are the names nothing but the choice of visits asks for.
    """

    levels: tuple[str, ...]
    outcomes: tuple[str, ...] = ()
    declared: Mapping[str, PartType] = {}
    values: tuple[Value, ...] = ()
    unless: tuple[Row, ...] = ()
    decide: Decision | None = None
    adjust: tuple[Move, ...] = ()
    peers: Peers | None = None
    visits: Visits | None = None
    types: Mapping[str, PartType] = {}
    visit_only: frozenset[str] = frozenset()

    def type_of(self, name: str) -> PartType:
        """Return how `name` is read: its own type, else that of the longest pattern that covers it, else number."""
        found = self.types.get(name)
        if found is not None:
            return found
        covering = [key for key in self.types if key.endswith("*") and name.startswith(key[:-1])]
        return self.types[max(covering, key=len)] if covering else NUMBER

    def part_names(self) -> tuple[str, ...]:
        """Return every part a level depends on (patterns as written), sorted; values are left out."""
        own = {value.name for value in self.values} | self.visit_only
        return tuple(sorted(name for name in self.types if name not in own))


class Version(msgspec.Struct, frozen=True):
    """What changes from a day on: `keys` are the pieces this version brings, `scheme` is the whole then in force."""

    first_day: date
    keys: tuple[str, ...]
    scheme: Scheme


class SchemeDocument(msgspec.Struct, frozen=True):
    """A whole document: the rules at first (`base`, possibly incomplete) and its dated versions, oldest first."""

    base: Scheme
    versions: tuple[Version, ...] = ()

    def on(self, day: date) -> Scheme | None:
        """Return the rules in force on a day, None when none are yet."""
        current = self.base if is_complete(self.base) else None
        for version in self.versions:
            if version.first_day <= day:
                current = version.scheme
        return current

    def newest(self) -> Scheme:
        """Return the rules of the last version, or the document's own when it has none."""
        return self.versions[-1].scheme if self.versions else self.base

    def schemes(self) -> tuple[Scheme, ...]:
        """Return every set of rules that is in force at some time, oldest first."""
        first = (self.base,) if is_complete(self.base) else ()
        return first + tuple(version.scheme for version in self.versions)


def is_complete(scheme: Scheme) -> bool:
    """Say whether the rules lead to a level at all."""
    return scheme.decide is not None or scheme.peers is not None
