"""What of demand can still be met: by hand, between its bounds, and against drawn demand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from shelfwise.measures.met_demand import both_exceed, dependence, met_demand, variance
from shelfwise.measures.newsvendor import (
    ARRAYS,
    demand_line,
    demand_quantile,
    expected_left_over,
    order_up_to,
    order_up_to_mixed,
    probability_up_to,
)
from tests.measures.demands import LEVELS, REAL_QUANTILES, SLOW, STEADY


def even(top):
    """Demand even from 0 to `top`."""
    return demand_line((0.25, 0.5, 0.75), [top / 4, top / 2, 3 * top / 4])


def scaled(demand, factor):
    return [(p, q, a * factor, b * factor) for p, q, a, b in demand]


def test_variance_of_even_demand_is_a_twelfth_of_its_square():
    assert variance(even(12.0), ARRAYS) == pytest.approx(12)
    assert variance(demand_line((0.25, 0.5, 0.75), [3.0, 3.0, 3.0]), ARRAYS) > 0  # the line starts at 0
    assert variance([(0.0, 1.0, 3.0, 3.0)], ARRAYS) == 0


def test_how_closely_the_review_period_goes_with_the_whole():
    """Two weeks and one, independent: covariance (3 + 1 - 2) / 2 = 1, correlation 1 / sqrt(3) = .57735; 4 x .57735 / 3.57735."""
    assert dependence(3.0, 2.0, 1.0, ARRAYS) == pytest.approx(0.645562, abs=1e-6)
    assert dependence(4.0, 1.0, 1.0, ARRAYS) == 1  # (4 + 1 - 1) / 2 = 2 = sqrt(4 x 1): what is asked for now is asked for later
    assert dependence(1.0, 0.0, 1.0, ARRAYS) == 1  # there is no lead time
    assert dependence(0.0, 0.0, 0.0, ARRAYS) == 1
    assert dependence(1.0, 9.0, 1.0, ARRAYS) == 0


def test_both_are_exceeded():
    """Between .5 x .2 and .2; half way .2 x sqrt(.5)."""
    assert [both_exceed(0.5, 0.2, t, ARRAYS) for t in (0.0, 0.5, 1.0)] == pytest.approx([0.1, 0.2 * 0.5**0.5, 0.2])
    assert both_exceed(0.2, 0.5, 0.5, ARRAYS) == both_exceed(0.5, 0.2, 0.5, ARRAYS)


def test_demand_that_goes_together_by_hand():
    """Lead time and review period each want 10 u, u even: the least of 20 u and 5 + 10 u, which meet at u = .5 and 10 units.

    Of 15 units 15 - (2.5 + 2.5 + 3.75) = 6.25 are left.
    """
    met = met_demand(even(20.0), even(10.0), even(10.0), 5.0, ARRAYS)
    assert [probability_up_to(met, units) for units in (8.0, 12.0, 15.1)] == pytest.approx([0.4, 0.7, 1.0], abs=1e-6)
    assert demand_quantile(met, 0.9) == pytest.approx(14, abs=1e-5)
    assert expected_left_over(met, 15.0) == pytest.approx(6.25, abs=1e-5)


@pytest.mark.parametrize("demand", [STEADY, SLOW])
def test_with_plenty_it_is_all_demand_and_with_nothing_that_of_the_review_period(demand):
    review = scaled(demand, 0.4)
    lead = scaled(demand, 0.7)
    for position, same in ((1e6, demand), (0.0, review)):
        met = met_demand(demand, lead, review, position, ARRAYS)
        levels = [order_up_to(met, ratio) for ratio in (0.3, 0.6, 0.9, 0.97)]
        assert levels == [order_up_to_mixed(met, ratio) for ratio in (0.3, 0.6, 0.9, 0.97)]
        if position:
            assert levels == [order_up_to(same, ratio) for ratio in (0.3, 0.6, 0.9, 0.97)]
        else:
            assert levels == pytest.approx([order_up_to(same, ratio) for ratio in (0.3, 0.6, 0.9, 0.97)], abs=1)
        for units in (0.5, 2.5, 7.5):
            # the whole can fall short of what the review period wants only where forecasts contradict themselves
            assert probability_up_to(met, units) >= probability_up_to(same, units) - 1e-6


def test_without_a_lead_time_nothing_is_lost():
    met = met_demand(STEADY, [], STEADY, 0.0, ARRAYS)
    assert [probability_up_to(met, units) for units in range(30)] == pytest.approx(
        [probability_up_to(STEADY, units) for units in range(30)], abs=1e-6
    )


@settings(deadline=None)
@given(REAL_QUANTILES, st.floats(0, 500), st.floats(0, 500), st.floats(0.5, 0.99))
def test_the_more_is_there_the_more_can_be_met_and_never_more_than_is_asked(quantiles, one, other, ratio):
    demand = demand_line(LEVELS, quantiles)
    low, high = sorted((round(one), round(other)))
    lead, review = scaled(demand, 0.7), scaled(demand, 0.5)
    less, more = (met_demand(demand, lead, review, float(y), ARRAYS) for y in (low, high))
    levels = [order_up_to_mixed(line, ratio) for line in (less, more, demand)]
    assert levels == sorted(levels)
    assert levels[0] <= low + order_up_to_mixed(review, ratio)
    assert 0 <= expected_left_over(less, float(low)) <= low


@pytest.mark.parametrize(("mean", "excess", "lead"), [(10, 4, 2), (2, 3, 2), (2, 1.2, 4), (30, 6, 1)])
def test_drawn_demand_is_met_as_often_as_the_law_says(mean, excess, lead):
    """Independent weeks, negative binomial: 200,000 draws of the lead time and of the week after it."""

    def weeks(count):
        return stats.nbinom(mean * count / (excess - 1), 1 / excess)

    def line(count):
        return demand_line(LEVELS, list(weeks(count).ppf(LEVELS)))

    before, after = weeks(lead).rvs(200_000, random_state=1), weeks(1).rvs(200_000, random_state=2)
    for share in (0.0, 0.3, 0.7, 1.0, 1.5):
        position = float(round(share * mean * (lead + 1)))
        met = met_demand(line(lead + 1), line(lead), line(1), position, ARRAYS)
        drawn = np.minimum(before, position) + after
        for ratio in (0.6, 0.8, 0.95, 0.98):
            level = np.quantile(drawn, ratio, method="inverted_cdf")
            assert order_up_to(met, ratio) == pytest.approx(level, abs=max(1, 0.05 * level)), (share, ratio)
        left = np.maximum(position + mean - drawn, 0).mean()
        assert expected_left_over(met, position + mean) == pytest.approx(left, abs=0.04 * (position + mean)), share
