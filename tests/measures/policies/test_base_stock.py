"""Published levels: Snyder & Shen, *Fundamentals of Supply Chain Theory*, ch. 4 (4.n)."""

import numpy as np
import pytest

from shelfwise.measures.policies.base_stock import base_stock, normal_base_stock, normal_period_cost, period_cost
from shelfwise.measures.policies.laws import normed, poisson

PLANES = normed([0, 0.25, 0.05, 0.1, 0.2, 0.15, 0.10, 0.10, 0.05])


@pytest.mark.parametrize(
    ("mean", "sd", "holding", "shortage", "periods", "units", "cost"),
    [
        (50, 8, 0.18, 0.7, 1, 56.603955927433887, 1.997605193176645),
        (900, 60, 65 - 22, 129 - 65 + 15, 1, 922.7214038234755, 2718.196781782411),
        (50, 8, 0.18, 0.7, 5, 264.7668943741548, 4.466781004149578),
    ],
    ids=["example 4.3", "problem 4.1", "example 4.4, lead time 4"],
)
def test_normal_levels_of_snyder_and_shen(mean, sd, holding, shortage, periods, units, cost):
    level = normal_base_stock(mean, sd, holding, shortage, periods)
    assert (level.units, level.cost) == pytest.approx((units, cost))


@pytest.mark.parametrize(
    ("level", "mean", "sd", "holding", "shortage", "cost"),
    [
        (40, 50, 8, 0.18, 0.7, 7.356131552870388),
        (60, 50, 8, 0.18, 0.7, 2.156131552870387),
        (120, 200, 16, 0.18, 0.7, 56.000000752740092),
        (1040, 900, 60, 43, 79, 6044.298415188692),
        (922, 900, 60, 43, 79, 2718.393552026199),
        (1100, 900, 60, 43, 79, 8600.820410122849),
        (180, 250, 8 * 5**0.5, 0.18, 0.7, 49.000164748034095),
    ],
)
def test_normal_costs_of_other_levels_of_snyder_and_shen(level, mean, sd, holding, shortage, cost):
    assert normal_period_cost(level, mean, sd, holding, shortage) == pytest.approx(cost)


@pytest.mark.parametrize(
    ("law", "holding", "shortage", "units", "cost", "other", "costs"),
    [
        (poisson(6), 1, 4, 8, 3.570106945770946, 5, 6.590296024616344),
        (poisson(18), 200, 270, 19, 786.0884409351115, 13, 1445.751062891969),
        (PLANES, 500_000, 1_000_000, 5, 1_225_000, 3, 1_725_000),
    ],
    ids=["example 4.7 without fixed cost", "problem 4.8a", "problem 4.7b"],
)
def test_levels_of_whole_units_of_snyder_and_shen(law, holding, shortage, units, cost, other, costs):
    level = base_stock(law, holding, shortage)
    assert (level.units, level.cost) == pytest.approx((units, cost))
    assert period_cost(law, np.array([other]), holding, shortage)[0] == pytest.approx(costs)


def test_snyders_homework_4_19_where_a_week_and_four_weeks_lead_are_covered():
    level = base_stock(poisson(18 * 5), 0.08, 1.25)
    assert (level.units, level.cost) == pytest.approx((105, 1.5450188691551778))


def test_a_ratio_that_a_level_just_reaches_asks_for_no_unit_more():
    """P(D <= 0) = .3, P(D <= 1) = .9, and .9 is wanted; ten tenths end a hair below 1."""
    assert base_stock(normed([3, 6, 1]), 1, 9).units == 1
    assert base_stock(normed([1] * 10), 3, 7).units == 6


@pytest.mark.parametrize(("holding", "shortage"), [(0, 1), (1, 0), (-1, 2)])
def test_costs_are_above_zero(holding, shortage):
    with pytest.raises(ValueError, match="holding and shortage must be above zero"):
        base_stock(PLANES, holding, shortage)
