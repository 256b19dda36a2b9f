"""Demand over a random lead time, and where it disappoints."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from shelfwise.measures.newsvendor import (
    demand_line,
    expected_left_over,
    low_demand,
    mixed,
    order_up_to_mixed,
    probability_up_to,
    worst_left_over,
)
from tests.measures.demands import LEVELS, REAL_QUANTILES, STEADY

TWO_AND_THREE_WEEKS = [(0.75, STEADY), (0.25, demand_line(LEVELS, [10, 14, 16, 22, 28, 34, 40, 44, 54]))]


def test_demand_over_a_random_lead_time_is_a_mixture():
    """P(D <= 17): .75 * .75 + .25 * (.10 + .15 * 1/6) = .59375; 21 left over: .75 * 7.0725 + .25 * E[(21 - 2 D)+].

    The latter is of 10.5 D's: 2 * (.01 * 8 + .04 * 4.5 + .05 * 3 + .15 * (2.5^2 / 2) / 3) = 1.1325.
    """
    demand = mixed(TWO_AND_THREE_WEEKS)
    assert probability_up_to(demand, 17.0) == pytest.approx(0.59375)
    assert expected_left_over(demand, 21.0) == pytest.approx(0.75 * 7.0725 + 0.25 * 1.1325)


def test_the_level_of_a_mixture_is_the_smallest_count_that_suffices():
    """F(29.5) = .75 + .25 * (.5 + .25 * 1.5 / 6) = .891, less than .9; F(30.5) = .75 + .25 * (.5 + .25 * 2.5 / 6) = .901."""
    assert order_up_to_mixed(mixed(TWO_AND_THREE_WEEKS), 0.9) == 30


@settings(deadline=None)
@given(REAL_QUANTILES, st.floats(0.5, 0.99))
def test_a_mixture_of_one_is_that_one(quantiles, ratio):
    demand = demand_line(LEVELS, quantiles)
    alone = mixed([(1.0, demand)])
    assert alone == demand
    level = order_up_to_mixed(alone, ratio)
    assert probability_up_to(demand, level + 0.5) >= ratio
    assert level == 0 or probability_up_to(demand, level - 0.5) < ratio


@settings(deadline=None)
@given(REAL_QUANTILES, st.floats(0.5, 0.99), st.floats(0, 1), st.floats(0, 1))
def test_the_likelier_the_longer_lead_time_the_higher_the_level(quantiles, ratio, one, other):
    shorter, longer = (demand_line(LEVELS, [weeks * units for units in quantiles]) for weeks in (2, 3))
    low, high = sorted((one, other))
    levels = [order_up_to_mixed(mixed([(1 - share, shorter), (share, longer)]), ratio) for share in (0.0, low, high, 1.0)]
    assert levels == sorted(levels)


def test_left_over_in_the_worst_half_of_an_even_demand():
    """Even from 0 to 10, its lower half from 0 to 5: 2.5 of 5 are left there, 7.5 of 10; of the worst share 1 as of all."""
    even = demand_line((0.25, 0.5, 0.75), [2.5, 5.0, 7.5])
    low = low_demand(even, 0.5, True)
    assert low == pytest.approx(5.0)
    assert [worst_left_over(even, y, low, 0.5) for y in (0.0, 5.0, 10.0)] == pytest.approx([0.0, 2.5, 7.5])
    assert worst_left_over(even, 7.0, low_demand(even, 1.0, True), 1.0) == pytest.approx(expected_left_over(even, 7.0))


def test_left_over_in_the_worst_of_two_lead_times():
    """Even from 0 to 4 or from 0 to 16, with equal shares: half of all cases lie below 3.2 (.5 x .8 + .5 x .2), and 4 is the whole
    number above. Below it lie .5 of the one, with a mean of 2, and .125 of the other, also 2: of 10 units 8 are left; the .125
    beyond a half lie at 4 and leave 6: (.625 x 8 - .125 x 6) / .5 = 8.5."""
    short, long = (demand_line((0.25, 0.5, 0.75), [top / 4, top / 2, 3 * top / 4]) for top in (4.0, 16.0))
    both = mixed([(0.5, short), (0.5, long)])
    assert low_demand(both, 0.5, False) == 4.0
    assert worst_left_over(both, 10.0, 4.0, 0.5) == pytest.approx(8.5)


@settings(deadline=None)
@example([0.0, 0.0, 0.0, 0.0, 5.58, 21.69, 21.69, 21.69, 21.69], 71.0, 0.8)
@example([0.0] * 9, 1.0, 0.05)
@given(REAL_QUANTILES, st.floats(0, 600), st.sampled_from([0.05, 0.3, 0.8]))
def test_demand_that_disappoints_leaves_no_less(quantiles, position, share):
    """The low demand is taken a hair of 1e-9 too high, which dividing by the share makes more of."""
    line = demand_line(LEVELS, quantiles)
    worst = worst_left_over(line, position, low_demand(line, share, True), share)
    assert expected_left_over(line, position) - 1e-9 <= worst <= position + 1e-9 + 1e-9 / share
