"""Sums and losses of demand laws."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelfwise.measures.policies.laws import empirical, left_over, mean, normed, of_periods, of_random_periods, poisson, short

WEIGHTS = st.lists(st.integers(0, 9), min_size=1, max_size=8).filter(any)


def test_a_poisson_law_has_its_mean_its_first_probability_and_all_of_it():
    law = poisson(6.0)
    assert (mean(law), law[0], law.sum()) == pytest.approx((6.0, np.exp(-6.0), 1.0), abs=1e-12)


def test_an_empirical_law_counts_each_period_alike():
    assert empirical([0, 2, 2, 5]).tolist() == [0.25, 0, 0.5, 0, 0, 0.25]


def test_of_two_periods_of_a_coin_both_sell_in_a_quarter():
    """0 or 1 each: 0 in 1/4, 1 in 1/2, 2 in 1/4; of three 1/8, 3/8, 3/8, 1/8; of none surely nothing."""
    coin = normed([1, 1])
    assert of_periods(coin, 2) == pytest.approx([0.25, 0.5, 0.25])
    assert of_periods(coin, 3) == pytest.approx([0.125, 0.375, 0.375, 0.125])
    assert of_periods(coin, 0).tolist() == [1.0]


def test_poisson_periods_add_up():
    together = of_periods(poisson(2.0), 5)
    alone = poisson(10.0)
    assert together[: len(alone)] == pytest.approx(alone, abs=1e-13)


def test_a_lead_time_of_one_or_two_periods_mixes_both():
    """Half (1/2, 1/2), half (1/4, 1/2, 1/4): 3/8, 1/2, 1/8."""
    assert of_random_periods(normed([1, 1]), np.array([0.0, 0.5, 0.5])) == pytest.approx([0.375, 0.5, 0.125])


def test_what_is_left_over_and_short_of_a_die():
    """1 to 6: of 4 are 3, 2, 1, 0 left over, 1 on average; 1 and 2 short in two of six, 1/2; with 2 owed 5.5."""
    die = normed([0, 1, 1, 1, 1, 1, 1])
    levels = np.array([-2, 0, 4, 6, 9])
    assert left_over(die, levels) == pytest.approx([0, 0, 1, 2.5, 5.5])
    assert short(die, levels) == pytest.approx([5.5, 3.5, 0.5, 0, 0])


@given(WEIGHTS, st.integers(-3, 12))
def test_losses_are_what_summing_over_demand_gives(weights, level):
    law = normed(weights)
    units = np.arange(len(law))
    assert left_over(law, np.array([level]))[0] == pytest.approx(law @ np.maximum(level - units, 0))
    assert short(law, np.array([level]))[0] == pytest.approx(law @ np.maximum(units - level, 0), abs=1e-12)


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1, 2], [[1.0]], [float("nan")], [float("inf"), 1]])
def test_what_is_no_law_is_refused(weights):
    with pytest.raises(ValueError, match="A demand law needs weights"):
        normed(weights)
