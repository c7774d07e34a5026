"""Trying sets of standards one by one through the engine: for schemes that no faster way fits.

Exact while all smaller sets could be tried; otherwise a set from which nothing can be left out, and a lower bound.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import combinations, islice
from math import comb

from audits.scoring.next_star.profiles import Solution
from audits.scoring.next_star.window import Window

TRIALS = 2_000
_AT_ONCE = 200


def search(window: Window, gains: Mapping[str, Mapping[str, Fraction]], *, at_least: int = 1) -> Solution:
    """The smallest set found that lifts the outcome; no set with fewer than `at_least` members is tried.

    `gains` say in which order standards are taken where not everything can be tried: the largest first.
    """
    codes = [one.code for one in window.candidates]
    tried, size = 0, max(at_least, 1)
    while size <= len(codes) and tried + comb(len(codes), size) <= TRIALS:
        tried += comb(len(codes), size)
        found = _first_lifting(window, codes, size)
        if found is not None:
            return Solution(found, size, finished=True)
        size += 1
    if size > len(codes):
        return Solution(None, size, finished=True)
    found = _pruned(window, _shortest_prefix(window, _by_gain(codes, gains)))
    return Solution(found, size, finished=found is not None and len(found) <= size)


def _first_lifting(window: Window, codes: Sequence[str], size: int) -> tuple[str, ...] | None:
    sets = combinations(codes, size)
    while batch := list(islice(sets, _AT_ONCE)):
        for chosen, level in zip(batch, window.levels(batch), strict=True):
            if level > window.level:
                return chosen
    return None


def _by_gain(codes: Sequence[str], gains: Mapping[str, Mapping[str, Fraction]]) -> list[str]:
    """The largest gains over all figures first; equal ones stay in the order of preference."""
    return sorted(codes, key=lambda code: -sum(abs(amount) for amount in gains.get(code, {}).values()))


def _shortest_prefix(window: Window, codes: Sequence[str]) -> tuple[str, ...] | None:
    prefixes = [codes[:count] for count in range(1, len(codes) + 1)]
    for start in range(0, len(prefixes), _AT_ONCE):
        batch = prefixes[start : start + _AT_ONCE]
        for chosen, level in zip(batch, window.levels(batch), strict=True):
            if level > window.level:
                return tuple(chosen)
    return None


def _pruned(window: Window, chosen: tuple[str, ...] | None) -> tuple[str, ...] | None:
    """Leave out whatever is not needed, the least first, until every one is."""
    if chosen is None:
        return None
    while True:
        without = [tuple(code for code in chosen if code != left) for left in reversed(chosen)]
        lifting = [one for one, level in zip(without, window.levels(without), strict=True) if level > window.level]
        if not lifting or len(chosen) == 1:
            return chosen
        chosen = lifting[0]
