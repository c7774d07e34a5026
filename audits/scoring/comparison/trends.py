"""Whether a branch rises or falls: verdicts that a chance order of its visits would rarely give."""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from audits.scoring.comparison.discoveries import FALSE_DISCOVERIES, Verdicts, discovered

LEAST_VISITS = 8
MOST_EXACT = 100


@dataclass(frozen=True, slots=True, eq=False)
class _Runs:
    """Visits by run (a branch, or a branch and auditor): values (runs × longest) padded with NaN, and their branch."""

    values: np.ndarray
    length: np.ndarray
    branch: np.ndarray


def trends(
    branch: ArrayLike,
    day: ArrayLike,
    value: ArrayLike,
    branches: int,
    *,
    auditor: ArrayLike | None = None,
    rate: float = FALSE_DISCOVERIES,
) -> Verdicts:
    """Which branches rise or fall; a visit is its branch 0..branches-1, day (any number) and value, each (visits,).

    The exact Mann-Kendall test (Mann 1945; Kendall, Rank Correlation Methods, 1975): under chance all orders of a
    branch's values are equally likely, ties included. Visits of one day are one point, their mean. Two-sided p-values,
    then Benjamini & Hochberg over the branches. Below eight visits no verdict; above a hundred normal approximation.

    Where auditors change in the middle, a trend may be theirs. With `auditor` (visits,) only visits of the same auditor
    are held against each other, and the statistics are added up (Hirsch, Slack & Smith, Water Resources Research 18,
    1982, for blocks); see `handed_over` for branches where that is due.
    """
    runs = _runs(branch, day, value, auditor)
    statistic = _statistics(runs.values)
    total = np.zeros(branches, dtype=np.int64)
    np.add.at(total, runs.branch, statistic)
    comparable = np.where(runs.length > 1, runs.length, 0)
    visits = np.bincount(runs.branch, weights=comparable, minlength=branches)
    patterns: list[list[tuple[int, ...]]] = [[] for _ in range(branches)]
    for where, ties in zip(runs.branch.tolist(), _ties(runs), strict=True):
        patterns[where].append(ties)
    p_values = np.full(branches, np.nan)
    for one in np.flatnonzero(visits >= LEAST_VISITS).tolist():
        p_values[one] = _tail(tuple(sorted(patterns[one])), abs(int(total[one])))
    return Verdicts(np.where(discovered(p_values, rate=rate), np.sign(total), 0), p_values)


def handed_over(branch: ArrayLike, day: ArrayLike, auditor: ArrayLike, branches: int) -> np.ndarray:
    """Branches (bool) whose earlier half of visits was audited by other people than the later half.

    Not those where nobody ever came twice: there every visit is another auditor's, and differences between auditors
    are noise in any order. In the others a verdict on the trend must be suppressed or blocked by auditor: with two
    auditors, one after the other, the plain test calls several times as many false alarms as it claims.
    """
    where, days, who = np.asarray(branch, dtype=np.intp), np.asarray(day), np.asarray(auditor)
    order = np.lexsort((days, where))
    where, who = where[order], who[order]
    visits = np.bincount(where, minlength=branches)
    position = np.arange(len(where)) - np.repeat(np.cumsum(visits) - visits, visits)
    late = 2 * position >= visits[where]
    people, number = np.unique(who, return_inverse=True)
    _, pair = np.unique(where * len(people) + number, return_inverse=True)
    early_count, late_count = np.bincount(pair, weights=~late), np.bincount(pair, weights=late)
    in_both = np.bincount(where, weights=((early_count > 0) & (late_count > 0))[pair], minlength=branches) > 0
    came_twice = np.bincount(where, weights=((early_count + late_count) > 1)[pair], minlength=branches) > 0
    return came_twice & ~in_both


def _runs(branch: ArrayLike, day: ArrayLike, value: ArrayLike, auditor: ArrayLike | None) -> _Runs:
    """Visits in order of their days, one point per day, one line per branch (and auditor)."""
    where, days, values = np.asarray(branch, dtype=np.intp), np.asarray(day), np.asarray(value, dtype=float)
    who = np.zeros(len(where), dtype=np.intp) if auditor is None else np.unique(auditor, return_inverse=True)[1]
    order = np.lexsort((days, who, where))
    where, who, days, values = where[order], who[order], days[order], values[order]
    new_run = np.ones(len(where), dtype=bool)
    new_run[1:] = (where[1:] != where[:-1]) | (who[1:] != who[:-1])
    new_point = new_run.copy()
    new_point[1:] |= days[1:] != days[:-1]
    point = np.cumsum(new_point) - 1
    run = (np.cumsum(new_run) - 1)[new_point]
    means = np.bincount(point, weights=values) / np.bincount(point) if len(point) else values
    length = np.bincount(run) if len(run) else np.zeros(0, dtype=np.intp)
    column = np.arange(len(run)) - np.repeat(np.cumsum(length) - length, length)
    table = np.full((len(length), int(length.max(initial=0))), np.nan)
    table[run, column] = means
    return _Runs(table, length, where[new_run])


def _statistics(values: np.ndarray) -> np.ndarray:
    """Kendall's S of each line: later values above earlier ones, less those below."""
    total = np.zeros(len(values), dtype=np.int64)
    for gap in range(1, values.shape[1]):
        later, earlier = values[:, gap:], values[:, :-gap]
        total += (later > earlier).sum(axis=1) - (later < earlier).sum(axis=1)
    return total


def _ties(runs: _Runs) -> list[tuple[int, ...]]:
    """For each line the sizes of its groups of equal values, largest first."""
    ordered = np.sort(runs.values, axis=1)
    equal = ordered[:, 1:] == ordered[:, :-1]
    untied = ~equal.any(axis=1)
    patterns = []
    for line, length in enumerate(runs.length.tolist()):
        if untied[line]:
            patterns.append((1,) * length)
        else:
            breaks = np.flatnonzero(~equal[line, : length - 1]) + 1
            sizes = np.diff(np.concatenate([[0], breaks, [length]]))
            patterns.append(tuple(sorted(sizes.tolist(), reverse=True)))
    return patterns


@lru_cache(maxsize=100_000)
def _tail(patterns: tuple[tuple[int, ...], ...], statistic: int) -> float:
    """The probability of a statistic at least so far from 0 by chance, for runs with these groups of equal values."""
    if statistic == 0:
        return 1.0
    if sum(map(sum, patterns)) > MOST_EXACT:
        variance = sum(_variance(pattern) for pattern in patterns)
        return float(2 * ndtr(-(statistic - 1) / math.sqrt(variance)))
    chance = _chance(patterns)
    pairs = len(chance) - 1
    # S = pairs - 2 × inversions, and its distribution is symmetric.
    most_inversions = (pairs - statistic) // 2
    return min(1.0, 2 * float(chance[: most_inversions + 1].sum()))


def _variance(pattern: tuple[int, ...]) -> float:
    """The variance of S for one run with these groups of equal values (Kendall 1975)."""
    whole = sum(pattern)
    return (whole * (whole - 1) * (2 * whole + 5) - sum(t * (t - 1) * (2 * t + 5) for t in pattern)) / 18


@lru_cache(maxsize=20_000)
def _chance(patterns: tuple[tuple[int, ...], ...]) -> np.ndarray:
    """The distribution of the number of inversions in random orders: the product over all runs."""
    chance = np.ones(1)
    for pattern in patterns:
        chance = np.convolve(chance, _inversions(pattern))
    return chance


@lru_cache(maxsize=20_000)
def _inversions(pattern: tuple[int, ...]) -> np.ndarray:
    """The distribution of the inversions of a random order of values in groups of equal ones.

    MacMahon (Combinatory Analysis, 1916): the q-multinomial coefficient, here a product of q-binomial ones, each
    merging one more group into those before. Only positive numbers are added, so that floating point loses nothing.
    """
    singles = pattern.count(1)
    chance = _untied(singles)
    merged = singles
    for size in pattern:
        if size > 1:
            merged += size
            chance = np.convolve(chance, _merging(merged, size))
    return chance


@lru_cache(maxsize=1_000)
def _untied(length: int) -> np.ndarray:
    """The distribution of the inversions of a random order of different values."""
    if length < 2:
        return np.ones(1)
    return np.convolve(_untied(length - 1), np.full(length, 1 / length))


@lru_cache(maxsize=10_000)
def _merging(whole: int, part: int) -> np.ndarray:
    """The distribution of the inversions when `part` equal values are put among others, `whole` in all.

    Pascal's rule: the last place is one of the part (with chance part/whole, behind nothing new) or another.
    """
    if part in (0, whole):
        return np.ones(1)
    chance = np.zeros(part * (whole - part) + 1)
    taken = _merging(whole - 1, part - 1)
    left = _merging(whole - 1, part)
    chance[: len(taken)] += taken * (part / whole)
    chance[part : part + len(left)] += left * ((whole - part) / whole)
    return chance
