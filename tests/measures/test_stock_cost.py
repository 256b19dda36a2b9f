"""What stock a forecast would have cost, week by week on paper."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelfwise.measures.stock_cost import COVERED, LEAD, RATIO, covered, stock_cost


def rows(*values):
    return np.array(values, dtype=float)


def test_the_ratio_is_that_of_a_lost_sale_to_both():
    assert pytest.approx(5 / 6) == RATIO
    assert (LEAD, COVERED) == (2, 3)


def test_five_weeks_by_hand():
    """Demand 4 6 5 5 9, levels 18 16 14; 4 + 6 = 10 on hand at first.

    Order 18 - 10 = 8 for week 3. After week 1: 6 left, 8 coming: 2 more for week 4. After week 2: 0 left, 8 + 2 coming: 4 for
    week 5. Week 3: 8 - 5 = 3 held. Week 4: 3 + 2 - 5 = 0. Week 5: 4 for 9, 5 lost. Cost .2 * 3 + 5.
    """
    assert stock_cost(rows([4, 6, 5, 5, 9]), rows([18, 16, 14])) == pytest.approx([0.6 + 5])


def test_a_level_that_is_known_exactly_costs_nothing():
    """Demand over the three weeks to come, and not a unit more."""
    demand = np.random.default_rng(1).poisson(5, (20, 13)).astype(float)
    assert stock_cost(demand, covered(demand)) == pytest.approx(np.zeros(20))


def test_what_is_covered_is_three_weeks_from_each_decision():
    assert covered(rows([1, 2, 3, 4, 5])) == pytest.approx(rows([6, 9, 12]))


def test_too_much_is_held_and_too_little_is_lost():
    """Nothing sells, levels of 10: 10 arrive in week 3 and stay, eleven weeks at .2 each. 10 a week, levels 0: all is lost."""
    assert stock_cost(np.zeros((1, 13)), np.full((1, 11), 10.0)) == pytest.approx([0.2 * 10 * 11])
    assert stock_cost(np.full((1, 13), 10.0), np.zeros((1, 11))) == pytest.approx([10 * 11])


@given(st.integers(0, 1000), st.floats(0.1, 20))
def test_cost_scales_with_units_and_no_row_costs_another(seed, factor):
    draws = np.random.default_rng(seed)
    demand, levels = draws.poisson(3, (5, 13)).astype(float), draws.poisson(10, (5, 11)).astype(float)
    cost = stock_cost(demand, levels)
    assert stock_cost(demand * factor, levels * factor) == pytest.approx(cost * factor)
    assert stock_cost(demand[2:3], levels[2:3]) == pytest.approx(cost[2:3])
    assert (cost >= 0).all()


def test_levels_at_the_ratios_quantile_cost_least():
    """Poisson demand of 4 a week, known: levels at the 5/6 quantile of three weeks cost less than three units more or less."""
    draws = np.random.default_rng(2)
    demand = draws.poisson(4, (4000, 13)).astype(float)
    best = np.quantile(draws.poisson(12, 100_000), RATIO)
    costs = {shift: stock_cost(demand, np.full((4000, 11), best + shift)).mean() for shift in (-3, 0, 3)}
    assert costs[0] < min(costs[-3], costs[3])
