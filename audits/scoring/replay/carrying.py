"""Past answers carried into another version of a checklist: what it would have asked, and what they are there.

A key is carried where the standard stands for the one that was asked, is of the same kind and unit, and repeats in the
same way. A standard that nobody was asked about is out of scope: its answer is not known. An answer that the other
version does not know (an option that is gone, "not applicable" where that is not allowed, a number that its decimals or
limits do not hold) counts as not assessed, as if a phone had sent it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from audits.scoring.answers import HIGHEST, LOWEST, NOT_APPLICABLE, NOT_ASSESSED, WIDE
from audits.scoring.packing import Batch
from audits.scoring.replay.lineage import Was
from audits.scoring.vector import Layout, make_layout
from standards.spec.checklist import Checklist, Standard
from standards.spec.scope import Scope, split_key

_IN_WORDS = ("met", "choice")


@dataclass(frozen=True, slots=True)
class _Reading:
    """How one column is read anew: codes that are words by table, numbers by a factor and limits."""

    words: Mapping[int, int]
    factor: Fraction
    low: int
    high: int

    def read(self, number: int) -> int:
        """The number or code of the new version for one of the old, NOT_ASSESSED where there is none."""
        if number == NOT_ASSESSED or number in self.words:
            return self.words.get(number, NOT_ASSESSED)
        scaled = number * self.factor
        fits = scaled.denominator == 1 and self.low <= scaled <= self.high
        return scaled.numerator if fits else NOT_ASSESSED


@dataclass(frozen=True, slots=True, eq=False)
class Carriage:
    """The way of answers from one (version, scope) into another version: its scope, and where each key comes from."""

    scope: Scope
    sources: np.ndarray
    readings: Mapping[int, _Reading]

    def carry(self, batch: Batch) -> Batch:
        """The answers of many visits as the other version would have them."""
        if not len(batch.matrix):
            return Batch(np.zeros((0, len(self.sources)), dtype=np.int16))
        matrix = batch.matrix[:, self.sources]
        wide: list[tuple[int, int, int]] = []
        column_of = {int(source): column for column, source in enumerate(self.sources)}
        for column, reading in self.readings.items():
            codes = matrix[:, column].copy()
            for code in np.unique(codes).tolist():
                if code != WIDE:
                    lines = np.flatnonzero(codes == code).tolist()
                    self._put(matrix, wide, lines, column, reading.read(code))
        for line, position, number in batch.wide:
            column = column_of.get(position, -1)
            if column >= 0:
                read = self.readings[column].read(number) if column in self.readings else number
                self._put(matrix, wide, [line], column, read)
        return Batch(matrix, tuple(sorted(wide)))

    @staticmethod
    def _put(matrix: np.ndarray, wide: list[tuple[int, int, int]], lines: list[int], column: int, number: int) -> None:
        if LOWEST <= number <= HIGHEST or number in (NOT_APPLICABLE, NOT_ASSESSED):
            matrix[lines, column] = number
            return
        matrix[lines, column] = WIDE
        wide.extend((line, column, number) for line in lines)


def carriage_between(
    old: Checklist, scope: Scope, new: Checklist, *, was: Was, facilities: Collection[str], checklist_sha256: str = ""
) -> Carriage:
    """The way from the answers of a visit with (`old`, `scope`) into `new`; `was` maps its codes to those of `old`.

    `facilities` are those of the branch: asked only where a standard needs other ones than before.
    """
    pairs = _carried_keys(old, scope, new, was, set(facilities))
    keys = tuple(key for key, _ in pairs)
    used = {split_key(key)[1] for key in keys}
    carried = Scope(checklist_sha256, keys, tuple(one for one in scope.instances if one.id in used))
    before, after = make_layout(old, scope), make_layout(new, carried)
    sources = np.array([before.index(source) for _, source in pairs], dtype=np.intp)
    readings = {}
    for column, (key, source) in enumerate(pairs):
        if (reading := _reading(before, source, after, key)) is not None:
            readings[column] = reading
    return Carriage(carried, sources, readings)


def comparable(old: Standard, new: Standard) -> bool:
    """Whether an answer to one can be an answer to the other: the same kind, in the same unit."""
    return old.kind == new.kind and old.unit == new.unit


def _carried_keys(
    old: Checklist, scope: Scope, new: Checklist, was: Was, facilities: set[str]
) -> list[tuple[str, str]]:
    standards = {standard.code: standard for standard in old.standards}
    repeats = [{section.code for section in one.sections if section.repeats} for one in (old, new)]
    asked: dict[str, list[str]] = {}
    for key in scope.keys:
        asked.setdefault(split_key(key)[0], []).append(key)
    pairs: list[tuple[str, str]] = []
    for standard in new.standards:
        before = standards.get(was.get(standard.code, ""))
        if before is None or not comparable(before, standard):
            continue
        repeated = [one.section in some for one, some in zip((before, standard), repeats, strict=True)]
        if repeated[0] != repeated[1] or (repeated[0] and before.section != standard.section):
            continue
        if set(standard.facilities) != set(before.facilities) and not set(standard.facilities) <= facilities:
            continue
        for source in asked.get(before.code, ()):
            instance = split_key(source)[1]
            pairs.append((f"{standard.code}@{instance}" if instance else standard.code, source))
    return pairs


def _reading(before: Layout, source: str, after: Layout, key: str) -> _Reading | None:
    """How the answers to a key are read anew; None where they stay as they are."""
    position, old_words, *old_range = before.slots[source]
    place, new_words, low, high = after.slots[key]
    old, new = before.standards[position], after.standards[place]
    if old_words == new_words and old_range == [low, high] and old.unit_decimals == new.unit_decimals:
        return None
    words = {code: new_words.get(word, NOT_ASSESSED) for word, code in old_words.items()}
    factor = Fraction(10) ** (new.unit_decimals - old.unit_decimals) if new.kind not in _IN_WORDS else Fraction(1)
    return _Reading(words, factor, low, high)
