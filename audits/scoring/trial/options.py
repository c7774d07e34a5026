"""What is asked of a trial, and what is told about it."""

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import Any

import msgspec

from audits.scoring.outcome.explain import figure_text
from audits.scoring.outcome.result import Figure, Outcome


class TrialOptions(msgspec.Struct, frozen=True):
    """The choices of one trial; names are columns of the table, except `measure`, a value of the scheme."""

    expect: str | None = None
    measure: str | None = None
    where: tuple[tuple[str, str], ...] = ()
    missing: tuple[str, ...] = ()
    date: str | None = None
    subject: str | None = None
    sums: tuple[str, ...] = ()
    part: str | None = None


class Tried(msgspec.Struct):
    """What the scheme says of one subject. `problem` is set where its cells could not be read or do not agree."""

    name: str
    line: int
    expected: str = ""
    text: str | None = None
    measured: Figure = None
    problem: str = ""
    is_counted: bool = False
    agrees: bool = False


class TrialReport(msgspec.Struct, frozen=True):
    """The result of a trial. `describe(place)` says in one line what a subject got and from which figures.

    `left_out` is the number of rows that name no subject.
    """

    subjects: list[Tried]
    describe: Callable[[int], str]
    figures: Callable[[int], dict[str, Figure]]
    options: TrialOptions
    levels: tuple[str, ...]
    left_out: int = 0

    @property
    def counted(self) -> int:
        """How many subjects have an expected result."""
        return sum(tried.is_counted for tried in self.subjects)

    @property
    def agreed(self) -> int:
        """How many of those the scheme reproduces."""
        return sum(tried.agrees for tried in self.subjects)

    def disagreements(self) -> list[int]:
        """Return the places of the subjects that do not agree, in the order of the table."""
        return [place for place, tried in enumerate(self.subjects) if tried.is_counted and not tried.agrees]

    def unreadable(self) -> list[int]:
        """Return the places of the subjects whose cells could not be read."""
        return [place for place, tried in enumerate(self.subjects) if tried.problem]


Progress = Callable[[Iterable[Any], str], Iterable[Any]]


def no_progress(items: Iterable[Any], _label: str) -> Iterable[Any]:
    """Show nothing."""
    return items


def agrees(expected: str, found: Figure, read: Callable[[str], Fraction]) -> bool:
    """Compare a level as written; a measured number by its size."""
    if found is None:
        return False
    if isinstance(found, (Fraction, int)):
        try:
            return read(expected) == found
        except ValueError:
            return False
    return expected == str(found)


def described(tried: Tried, outcome: Outcome | None, figures: Mapping[str, Figure], measure: str | None) -> str:
    """Say in one line what was expected, what came out, and from which figures."""
    who = f"{tried.name} (line {tried.line})" if tried.name else f"line {tried.line}"
    shown = ", ".join(f"{name} {figure_text(figure)}" for name, figure in figures.items())
    expected = f"expected {tried.expected}, got " if tried.expected else "got "
    if tried.problem:
        return f"{who}: {expected}nothing: {tried.problem}"
    if measure is not None:
        got = f"{measure} {figure_text(tried.measured)}"
    else:
        got = tried.text if tried.text is not None else f"nothing, {outcome.reason if outcome else 'no rules in force'}"
    return f"{who}: {expected}{got}" + (f" [{shown}]" if shown else "")
