"""Intervals come from the visits of the whole chain, and are wide where little was seen."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta

from audits.scoring.comparison import beta_intervals, by_branch, pooled_dispersion


def chain(*visits: list[float]):
    where = np.repeat(np.arange(len(visits)), [len(one) for one in visits])
    return by_branch(where, [share for one in visits for share in one], len(visits))


def test_visits_are_gathered_by_branch() -> None:
    known = by_branch([2, 0, 2], [0.5, 1.0, 0.7], 3)
    assert known.visits.tolist() == [1, 0, 2]
    assert known.mean[[0, 2]].tolist() == [1.0, 0.6]
    assert np.isnan(known.mean[1])
    assert known.spread.tolist() == pytest.approx([0.0, 0.0, 0.02])


@pytest.mark.parametrize(
    ("branch", "share"),
    [([0], [1.1]), ([0], [-0.1]), ([0], [float("nan")]), ([2], [0.5]), ([-1], [0.5]), ([0, 1], [0.5])],
)
def test_visits_that_cannot_be_are_refused(branch: list[int], share: list[float]) -> None:
    with pytest.raises(ValueError, match="lie between|numbered|one branch"):
        by_branch(branch, share, 2)


def test_the_dispersion_of_many_visits_is_their_variance_relative_to_a_coin() -> None:
    """Visits at 0.4 and 0.6 around 0.5: variance 0.01 of 0.25, times n/(n-1)."""
    known = chain(*[[0.4, 0.6] * 500] * 4)
    assert pooled_dispersion(known) == pytest.approx(0.04, rel=0.01)


def test_a_chain_that_was_hardly_seen_is_given_less_credit() -> None:
    assert pooled_dispersion(chain([0.9, 0.9], [0.8, 0.8])) > 0.05
    assert pooled_dispersion(chain(*[[0.9] * 100] * 10)) < 0.001


@pytest.mark.parametrize("visits", [([0.9], [0.8]), ([1.0, 1.0], [0.0, 0.0]), ()])
def test_where_nothing_is_known_of_the_spread_a_visit_counts_as_one_trial(visits: tuple[list[float], ...]) -> None:
    assert pooled_dispersion(chain(*visits)) == 1.0


def test_bounds_are_beta_quantiles_rounded_outward_to_tenths() -> None:
    interval = beta_intervals([0.8], [4], 0.05)
    low, high = beta(64.5, 16.5).ppf([0.025, 0.975])
    assert (interval.low.tolist(), interval.high.tolist()) == ([int(1000 * low)], [int(1000 * high) + 1])
    assert (interval.low.tolist(), interval.high.tolist()) == ([702], [877])


def test_a_branch_without_visits_may_be_anything() -> None:
    interval = beta_intervals([float("nan")], [0], 0.05)
    assert (interval.low.tolist(), interval.high.tolist()) == ([1], [999])


def test_three_perfect_visits_do_not_prove_perfection() -> None:
    interval = beta_intervals([1.0], [3], 0.1)
    assert interval.high.tolist() == [1000]
    assert 900 < interval.low[0] < 940


@given(mean=st.floats(0, 1), visits=st.integers(1, 200), dispersion=st.floats(1e-4, 1))
def test_an_interval_holds_its_mean_and_shrinks_with_visits(mean: float, visits: int, dispersion: float) -> None:
    one, more = (beta_intervals([mean], [n], dispersion) for n in (visits, 4 * visits))
    assert 0 <= one.low[0] <= one.high[0] <= 1000
    assert more.high[0] - more.low[0] <= one.high[0] - one.low[0]
    if 0.02 <= mean <= 0.98:
        assert one.low[0] <= 1000 * mean <= one.high[0]
