"""Trends and outliers: exact p-values, few false discoveries, no verdict where too little was seen."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from audits.scoring.comparison import against_the_rest, consistency, discovered, handed_over, trends


def kendall(orders: np.ndarray) -> np.ndarray:
    """Kendall's S of each line."""
    first, second = np.triu_indices(orders.shape[1], 1)
    return np.sign(orders[:, second] - orders[:, first]).sum(axis=1)


def share_at_least(orders: np.ndarray, statistic: float) -> float:
    return float((np.abs(kendall(orders)) >= abs(statistic)).mean())


@settings(max_examples=25, deadline=None)
@given(values=st.lists(st.integers(0, 5), min_size=8, max_size=8))
def test_the_p_value_counts_all_orders_of_the_values_ties_included(values: list[int]) -> None:
    orders = np.array(list(permutations(values)))
    found = trends([0] * 8, range(8), values, 1)
    assert found.p_value[0] == pytest.approx(share_at_least(orders, kendall(np.array([values]))[0]), abs=1e-12)


@settings(max_examples=15, deadline=None)
@given(values=st.lists(st.integers(0, 4), min_size=9, max_size=9))
def test_blocked_by_auditor_only_orders_within_an_auditor_count(values: list[int]) -> None:
    first, second = (np.array(list(permutations(part))) for part in (values[:4], values[4:]))
    both = kendall(first)[:, None] + kendall(second)[None, :]
    statistic = kendall(np.array([values[:4]]))[0] + kendall(np.array([values[4:]]))[0]
    found = trends([0] * 9, range(9), values, 1, auditor=[7] * 4 + [3] * 5)
    assert found.p_value[0] == pytest.approx(float((np.abs(both) >= abs(statistic)).mean()), abs=1e-12)


def test_a_steady_rise_and_fall_are_called() -> None:
    rising, falling, flat = range(10), range(10, 0, -1), [5, 6] * 5
    found = trends(np.repeat([0, 1, 2], 10), list(range(10)) * 3, [*rising, *falling, *flat], 3)
    assert found.verdict.tolist() == [1, -1, 0]
    assert found.p_value[0] == pytest.approx(2 / 3_628_800)


def test_the_days_order_the_visits_not_their_places() -> None:
    shuffled = [3, 0, 7, 1, 9, 2, 8, 4, 6, 5]
    assert trends([0] * 10, shuffled, shuffled, 1).p_value[0] == pytest.approx(2 / 3_628_800)


def test_below_eight_visits_there_is_no_verdict() -> None:
    found = trends([0] * 7 + [1] * 8, [*range(7), *range(8)], [*range(7), *range(8)], 3)
    assert np.isnan(found.p_value).tolist() == [True, False, True]
    assert found.verdict.tolist() == [0, 1, 0]


def test_visits_of_one_day_are_one_point() -> None:
    twice = trends([0] * 16, np.repeat(range(8), 2), np.arange(16), 1)
    once = trends([0] * 8, range(8), range(8), 1)
    assert twice.p_value.tolist() == once.p_value.tolist()
    assert np.isnan(trends([0] * 8, [1] * 8, range(8), 1).p_value[0])


def test_the_normal_approximation_takes_over_smoothly_beyond_a_hundred_visits() -> None:
    rng = np.random.default_rng(5)
    values = rng.integers(0, 40, 101) + np.linspace(0, 12, 101).round()
    exact = trends([0] * 100, range(100), values[:100], 1).p_value[0]
    normal = trends([0] * 101, range(101), np.append(values[:100], values[:100].mean()), 1).p_value[0]
    assert normal == pytest.approx(exact, rel=0.2)
    assert exact < 0.05


def test_without_visits_there_is_nothing_to_say() -> None:
    found = trends([], [], [], 2)
    assert (found.verdict.tolist(), np.isnan(found.p_value).all()) == ([0, 0], True)


def test_a_hand_over_between_auditors_is_seen() -> None:
    people = {
        "one auditor": "aaaaaaaa",
        "one after the other": "aaaabbbb",
        "by turns": "abababab",
        "always another": "abcdefgh",
        "two then two": "ababcdcd",
        "one stays": "aabbabcc",
    }
    where = np.repeat(np.arange(len(people)), 8)
    seen = handed_over(where, list(range(8)) * len(people), [*"".join(people.values())], len(people))
    assert dict(zip(people, seen.tolist(), strict=True)) == {
        "one auditor": False,
        "one after the other": True,
        "by turns": False,
        "always another": False,
        "two then two": True,
        "one stays": False,
    }


@given(p_values=st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_discoveries_are_those_of_benjamini_and_hochberg(p_values: list[float]) -> None:
    adjusted = false_discovery_control(p_values)
    for value, q, found in zip(p_values, adjusted, discovered(p_values).tolist(), strict=True):
        assert found == (q <= 0.05) or abs(q - 0.05) < 1e-12, value


def test_what_was_not_tested_is_no_discovery_and_costs_nothing() -> None:
    assert discovered([0.04, np.nan, np.nan, np.nan]).tolist() == [True, False, False, False]
    assert discovered([]).tolist() == []


def test_one_branch_that_stands_out_from_the_rest() -> None:
    means = [0.9] * 19 + [0.7]
    found = against_the_rest(means, [6] * 20, 0.04)
    assert found.verdict.tolist() == [0] * 19 + [-1]
    assert against_the_rest([0.9, 0.7], [3, 3], 0.3).verdict.tolist() == [0, 0]
    assert np.isnan(against_the_rest([0.9], [3], 0.3).p_value[0])


def test_false_discoveries_among_equal_branches_are_rare() -> None:
    rng = np.random.default_rng(11)
    calls = []
    for _ in range(200):
        scores = rng.beta(22, 3, (50, 6))
        calls.append((against_the_rest(scores.mean(axis=1), np.full(50, 6), 1 / 26).verdict != 0).any())
    assert np.mean(calls) <= 0.08


def test_consistency_splits_what_varies_by_hand() -> None:
    """Two branches, two visits: 0.8 and 0.6, 0.4 and 0.4. Within: (0.02 + 0) / 2; between: (0.09 - 0.01) / 2."""
    found = consistency([0, 0, 1, 1], [[0.8], [0.6], [0.4], [0.4]], 3)
    assert found.mean[:2, 0].tolist() == pytest.approx([0.7, 0.4])
    assert found.visits[:, 0].tolist() == [2, 2, 0]
    assert found.spread[:2, 0].tolist() == pytest.approx([0.02**0.5, 0.0])
    assert found.within[0] == pytest.approx(0.1)
    assert found.between[0] == pytest.approx(0.04**0.5)
    assert found.reliability[0] == pytest.approx(0.8)
    assert np.isnan(found.mean[2, 0])


def test_consistency_leaves_out_what_was_not_scored() -> None:
    found = consistency([0, 0, 0, 1], [[0.5, 1.0], [0.7, np.nan], [np.nan, np.nan], [0.6, np.nan]], 2)
    assert found.visits.tolist() == [[2, 1], [1, 0]]
    assert found.mean[0].tolist() == pytest.approx([0.6, 1.0])
    assert np.isnan(found.within[1])
    assert found.between[0] == 0.0
