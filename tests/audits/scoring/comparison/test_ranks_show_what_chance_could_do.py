"""Ranks share ties, ranges say what chance could have made of them, and groups say who is too close to call."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.scoring.comparison import (
    beta_intervals,
    compare,
    joint_rank_ranges,
    rank_ranges,
    ranks,
    too_close_to_call,
)

INTERVALS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 12)).map(lambda p: (p[0], p[0] + p[1])), max_size=12)


def cliques(intervals: list[tuple[int, int]]) -> list[list[int]]:
    """Maximal groups of two or more, by looking at every point."""
    groups = {frozenset(i for i, (low, high) in enumerate(intervals) if low <= point <= high) for point, _ in intervals}
    maximal = [group for group in groups if len(group) > 1 and not any(group < other for other in groups)]
    return sorted(sorted(group) for group in maximal)


@given(values=st.lists(st.integers(-(10**18), 10**18) | st.integers(0, 5), max_size=20))
def test_equal_values_share_the_better_rank(values: list[int]) -> None:
    assert ranks(np.array(values, dtype=np.int64)).tolist() == [1 + sum(o > v for o in values) for v in values]


@given(intervals=INTERVALS)
def test_too_close_to_call_are_the_maximal_groups_in_which_all_overlap(intervals: list[tuple[int, int]]) -> None:
    close = too_close_to_call([low for low, _ in intervals], [high for _, high in intervals])
    found = [close.members(group).tolist() for group in range(len(close))]
    assert sorted(found) == cliques(intervals)
    for branch in range(len(intervals)):
        assert close.groups_of(branch) == [group for group, members in enumerate(found) if branch in members]


def test_being_too_close_is_not_transitive() -> None:
    close = too_close_to_call([0, 4, 8, 20], [5, 9, 12, 25])
    assert [close.members(group).tolist() for group in range(len(close))] == [[0, 1], [1, 2]]
    assert [close.groups_of(branch) for branch in range(4)] == [[0], [0, 1], [1], []]
    assert close.points.tolist() == [5, 9]


def test_an_interval_turned_round_is_refused() -> None:
    with pytest.raises(ValueError, match="below its beginning"):
        too_close_to_call([3], [2])


def test_branches_far_apart_have_one_rank_only() -> None:
    found = rank_ranges([0.5, 0.95, 0.7], [30, 30, 30], 0.02)
    assert (found.best.tolist(), found.worst.tolist()) == ([3, 1, 2], [3, 1, 2])


def test_branches_that_do_not_differ_could_have_any_rank() -> None:
    found = rank_ranges([0.8] * 40, [4] * 40, 0.05)
    assert max(found.best) <= 2
    assert min(found.worst) >= 39


def test_fewer_visits_make_a_wider_range() -> None:
    means = np.linspace(0.6, 0.95, 30)
    visits = np.full(30, 12)
    visits[15] = 2
    found = rank_ranges(means, visits, 0.05)
    width = found.worst - found.best
    assert width[15] > max(width[14], width[16])


def test_the_ranges_are_those_of_the_simulated_posterior() -> None:
    """Forty thousand draws of all branches' true places, against the closed form: at most one rank apart of sixty."""
    rng = np.random.default_rng(3)
    means, visits, dispersion = rng.beta(18, 3, 60), rng.integers(2, 20, 60), 0.05
    found = rank_ranges(means, visits, dispersion)
    trials = visits / dispersion
    place, noise = np.arcsin(np.sqrt((trials * means + 0.375) / (trials + 0.75))), 1 / (4 * trials + 2)
    weight = 1 / noise
    middle = (weight * place).sum() / weight.sum()
    between = ((weight * (place - middle) ** 2).sum() - 59) / (weight.sum() - (weight**2).sum() / weight.sum())
    weight = 1 / (noise + between)
    middle = (weight * place).sum() / weight.sum()
    pull = between / (between + noise)
    drawn = rng.normal(middle + pull * (place - middle), np.sqrt(pull * noise), (40_000, 60))
    order = 60 - np.argsort(np.argsort(drawn, axis=1), axis=1)
    low, high = np.quantile(order, [0.025, 0.975], axis=0)
    assert np.abs(found.best - low).max() <= 1
    assert np.abs(found.worst - high).max() <= 1


@pytest.mark.parametrize("means", [[], [0.9]])
def test_nobody_and_somebody_alone(means: list[float]) -> None:
    found = rank_ranges(means, [3] * len(means), 0.1)
    assert (found.best.tolist(), found.worst.tolist()) == ([1] * len(means), [1] * len(means))


def test_a_branch_without_visits_has_no_rank() -> None:
    with pytest.raises(ValueError, match="with visits"):
        rank_ranges([0.5, 0.5], [3, 0], 0.1)


@given(
    branches=st.lists(st.tuples(st.floats(0, 1), st.integers(1, 30)), min_size=1, max_size=15),
    dispersion=st.floats(0.01, 0.5),
)
def test_joint_ranges_count_whoever_lies_wholly_above_or_below(
    branches: list[tuple[float, int]], dispersion: float
) -> None:
    means, visits = zip(*branches, strict=True)
    each = beta_intervals(means, visits, dispersion, level=0.95 ** (1 / len(branches)))
    found = joint_rank_ranges(means, visits, dispersion)
    for b in range(len(branches)):
        assert found.best[b] == 1 + sum(low > each.high[b] for low in each.low)
        assert found.worst[b] == len(branches) - sum(high < each.low[b] for high in each.high)


def test_a_league_brings_everything_together() -> None:
    values = [[95.0, 97.0, 96.0, 98.0], [70.0, 72.0, 69.0, 71.0], [71.0, 70.0, 72.0, 69.5]]
    league = compare([965, 705, 706], values)
    assert league.ranks.tolist() == [1, 3, 2]
    assert league.range.best.tolist() == [1, 2, 2]
    assert league.range.worst.tolist() == [1, 3, 3]
    assert [league.closeness.groups_of(branch) for branch in range(3)] == [[], [0], [0]]
    assert league.interval.low[0] < 965 < league.interval.high[0]


@pytest.mark.parametrize("values", [[[90.0], []], [[90.0], [101.0]], [[90.0], [-1.0]]])
def test_a_league_of_what_is_no_share_only_has_ranks(values: list[list[float]]) -> None:
    league = compare([2, 1], values)
    assert league.ranks.tolist() == [1, 2]
    assert (league.interval, league.range, league.closeness) == (None, None, None)


def test_a_league_on_another_scale_has_bounds_on_that_scale() -> None:
    hundred, ten = compare([2, 1], [[90.0, 80.0], [50.0, 60.0]]), compare([2, 1], [[9.0, 8.0], [5.0, 6.0]], scale=10)
    assert ten.interval.low.tolist() == (hundred.interval.low // 10).tolist()
    assert ten.interval.high.tolist() == (-(-hundred.interval.high // 10)).tolist()
    assert ten.range.worst.tolist() == hundred.range.worst.tolist()


def test_an_empty_league() -> None:
    assert compare([], []).ranks.tolist() == []
