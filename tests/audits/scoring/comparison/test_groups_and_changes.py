"""Means of groups, spreads from sums, and changes of many shares."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audits.scoring.comparison import beta_intervals, changed_shares, consistency, consistency_of_sums, group_interval

SHARES = st.lists(st.integers(0, 1000), min_size=1, max_size=6)


def test_a_group_of_one_branch_is_about_as_sure_as_the_branch():
    alone = beta_intervals([0.8], [12], 0.1)
    low, high = group_interval([0.8], [12], 0.1)
    assert abs(low - int(alone.low[0])) <= 3
    assert abs(high - int(alone.high[0])) <= 3


def test_more_branches_make_a_mean_surer_and_none_make_none():
    few, many = group_interval([0.8] * 4, [6] * 4, 0.1), group_interval([0.8] * 64, [6] * 64, 0.1)
    assert (few[1] - few[0]) == pytest.approx(4 * (many[1] - many[0]), abs=5)
    assert group_interval([], [], 0.1) is None


def test_a_group_of_perfect_branches_is_not_certain():
    low, high = group_interval([1.0, 1.0], [3, 3], 0.1)
    assert low < 1000 and high == 1000


@settings(max_examples=60)
@given(st.lists(SHARES, min_size=1, max_size=5))
def test_spreads_from_sums_are_those_from_the_visits(branches):
    where = np.repeat(np.arange(len(branches)), [len(one) for one in branches])
    shares = np.array([value for one in branches for value in one])[:, None] / 1000
    whole = consistency(where, shares, len(branches))
    sums = consistency_of_sums(
        [[len(one)] for one in branches],
        [[sum(one) / 1000] for one in branches],
        [[sum(value**2 for value in one) / 1000**2] for one in branches],
    )
    for name in ("mean", "within", "between"):
        assert np.allclose(getattr(whole, name), getattr(sums, name), atol=1e-6, equal_nan=True)


def test_a_change_that_is_clear_and_one_that_is_not():
    found = changed_shares([30, 6, 0, 1], [40, 20, 40, 0], [5, 4, 30, 1], [40, 20, 40, 3])
    assert found.verdict.tolist() == [1, 0, -1, 0]
    assert np.isnan(found.p_value[3])
    # By hand: 6 of 20 against 4 of 20, corrected by half a count on each side.
    assert found.p_value[1] == pytest.approx(0.7150, abs=0.0005)


def test_of_nine_hundred_standards_that_do_not_change_hardly_any_is_called_changed():
    rng = np.random.default_rng(7)
    failed, before = rng.binomial(20, 0.3, 900), rng.binomial(23, 0.3, 900)
    found = changed_shares(failed, np.full(900, 20), before, np.full(900, 23))
    assert np.count_nonzero(found.verdict) == 0
    assert np.abs(failed / 20 - before / 23).max() > 0.35
