"""Published plans: Snyder & Shen, *Fundamentals of Supply Chain Theory*, ch. 3, and brute force."""

from itertools import product

import numpy as np
import pytest

from shelfwise.measures.policies.lot_sizing import Costs, capacitated, wagner_whitin


@pytest.mark.parametrize(
    ("demand", "fixed", "holding", "units", "cost"),
    [
        ([90, 120, 80, 70], 500, 2, (210, 0, 150, 0), 1380),
        ([150, 100, 80, 200], 120, 0.8, (150, 180, 0, 200), 424),
        ([730, 580, 445, 650, 880], 100, 0.1, (1310, 0, 1095, 0, 880), 423),
    ],
    ids=["example 3.9", "problem 3.27", "problem 3.29"],
)
def test_plans_of_snyder_and_shen(demand, fixed, holding, units, cost):
    lots = wagner_whitin(demand, Costs.steady(len(demand), fixed, holding))
    assert (lots.units, lots.cost) == (units, pytest.approx(cost))


def test_five_periods_alike_take_two_orders():
    """200 a period; 200, 0, 400, 200 and 0 are left at periods' ends: 800 at .1 and two orders at 100."""
    lots = wagner_whitin([200] * 5, Costs.steady(5, 100, 0.1))
    assert (lots.units, lots.cost) == ((400, 0, 600, 0, 0), pytest.approx(280))


def test_a_plan_of_snyders_homework_with_prices_that_change():
    lots = wagner_whitin([400, 500, 500, 1100, 900], Costs([100] * 5, [3, 1, 4, 6, 6], [0.1] * 5))
    assert (lots.units, lots.cost) == ((400, 3000, 0, 0, 0), pytest.approx(4940))


def test_a_period_without_demand_needs_no_order():
    assert wagner_whitin([0, 5, 0], Costs.steady(3, 10, 1)).units == (0, 5, 0)
    assert wagner_whitin([0, 0], Costs.steady(2, 10, 1)).cost == 0


def test_a_rise_of_the_price_is_bought_ahead_of():
    """5 now at 1 and 5 held for .5 each: 5 + 5 + 2.5 + 2 = 14.5; in two orders 5 + 10 + 2 + 2 = 19."""
    lots = wagner_whitin([5, 5], Costs(fixed=[2, 2], unit=[1, 2], holding=[0.5, 9]))
    assert (lots.units, lots.cost) == ((10, 0), 14.5)


def cheapest(demand, most, costs, stock):
    """Every plan of whole units, and nothing but that."""
    totals = []
    for units in product(*(range(limit + 1) for limit in most)):
        held, total = stock, 0.0
        for t, x in enumerate(units):
            held += x - demand[t]
            if held < 0:
                break
            total += (costs.fixed[t] if x else 0) + costs.unit[t] * x + costs.holding[t] * held
        else:
            totals.append(total)
    return min(totals, default=None)


def paid(units, demand, costs, stock=0):
    held = stock + np.cumsum(units) - np.cumsum(demand)
    assert (held >= 0).all()
    return sum(
        f * (x > 0) + c * x + h * left for f, c, h, x, left in zip(costs.fixed, costs.unit, costs.holding, units, held, strict=True)
    )


def test_no_plan_within_limits_costs_less():
    rng = np.random.default_rng(7)
    impossible = 0
    for _ in range(150):
        demand, most = rng.integers(0, 5, 4).tolist(), rng.integers(0, 6, 4).tolist()
        costs = Costs(rng.uniform(0, 9, 4).tolist(), rng.uniform(0, 3, 4).tolist(), rng.uniform(0, 2, 4).tolist())
        stock = int(rng.integers(0, 3))
        least = cheapest(demand, most, costs, min(stock, sum(demand)))
        if least is None:
            impossible += 1
            with pytest.raises(ValueError, match="Demand can't be met in time"):
                capacitated(demand, most, costs, stock)
        else:
            lots = capacitated(demand, most, costs, stock)
            assert lots.cost == pytest.approx(least)
            assert paid(lots.units, demand, costs, min(stock, sum(demand))) == pytest.approx(least)
    assert 0 < impossible < 100


def test_without_limits_both_ways_agree():
    rng = np.random.default_rng(8)
    for _ in range(60):
        demand = rng.integers(0, 7, 6).tolist()
        costs = Costs(rng.uniform(0, 15, 6).tolist(), rng.uniform(0, 3, 6).tolist(), rng.uniform(0.01, 2, 6).tolist())
        free = wagner_whitin(demand, costs)
        assert free.cost == pytest.approx(capacitated(demand, [sum(demand)] * 6, costs).cost)
        assert paid(free.units, demand, costs) == pytest.approx(free.cost)


@pytest.mark.parametrize(
    ("demand", "costs", "said"),
    [
        ([1, 2], Costs.steady(3, 1, 1), "for each period"),
        ([1, -2], Costs.steady(2, 1, 1), "below zero"),
        ([1, 2], Costs([1, 1], [0, 0], [0, -1]), "below zero"),
    ],
)
def test_odd_input_is_refused(demand, costs, said):
    with pytest.raises(ValueError, match=said):
        wagner_whitin(demand, costs)
    with pytest.raises(ValueError, match=said):
        capacitated(demand, [9] * len(demand), costs)
