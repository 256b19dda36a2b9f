"""Published policies: Snyder & Shen, *Fundamentals of Supply Chain Theory*, ch. 5, and brute force."""

import numpy as np
import pytest
from scipy import integrate

from shelfwise.measures.policies.laws import normed, poisson
from shelfwise.measures.policies.reorder import NormalLead, best_normal_point, best_normal_reorder, best_reorder, reorder_cost

PROBLEM_1 = NormalLead(
    rate=800, mean=800 * 4 / 365, sd=40 * (4 / 365) ** 0.5, fixed=50, holding=3.1, shortage=45
)  # four days' lead
PROBLEM_3 = NormalLead(rate=192, mean=192 * 3, sd=17.4 * 3**0.5, fixed=85, holding=3 / 14, shortage=40)
JOE = NormalLead(rate=1300, mean=1300 / 12, sd=150 / 12**0.5, fixed=8, holding=0.225, shortage=7.5)  # example 5.1: a month's lead


@pytest.mark.parametrize(("at", "quantity", "cost"), [(126.8, 328.5, 78.071162509282942), (100, 250, 87.346478028174985)])
def test_costs_of_example_5_1(at, quantity, cost):
    assert JOE.cost(at, quantity) == pytest.approx(cost)


@pytest.mark.parametrize(("quantity", "at"), [(318, 127.7880348669655), (150, 147.1949581740714), (750, 99.853773396165280)])
def test_points_of_example_5_2(quantity, at):
    assert best_normal_point(JOE, quantity) == pytest.approx(at, abs=1e-5)


@pytest.mark.parametrize(("at", "quantity", "cost"), [(-1.9859, 166.95, 484.2110418415538), (100, 250, 830.3219178082192)])
def test_costs_of_problem_5_1(at, quantity, cost):
    assert PROBLEM_1.cost(at, quantity) == pytest.approx(cost)


@pytest.mark.parametrize(("quantity", "at"), [(318, -11.727678833180178), (150, -0.885130303271656), (750, -39.569675038859785)])
def test_points_of_problem_5_1(quantity, at):
    assert best_normal_point(PROBLEM_1, quantity) == pytest.approx(at, abs=1e-5)


@pytest.mark.parametrize(("quantity", "at"), [(318, 612.1331312304716), (150, 622.5171783526781), (750, 598.4126476551643)])
def test_points_of_problem_5_3(quantity, at):
    assert best_normal_point(PROBLEM_3, quantity) == pytest.approx(at, abs=1e-5)


def test_no_normal_policy_costs_less_than_the_best():
    best = best_normal_reorder(JOE)
    assert best.cost == pytest.approx(JOE.cost(best.at, best.quantity))
    assert best.cost < 78.0711626
    grid = [JOE.cost(at, quantity) for at in np.linspace(60, 220, 81) for quantity in np.linspace(150, 600, 91)]
    assert best.cost <= min(grid) + 1e-9
    assert JOE.position_cost(best.at) == pytest.approx(best.cost, rel=1e-6)
    assert JOE.position_cost(best.at + best.quantity) == pytest.approx(best.cost, rel=1e-6)


def test_a_normal_policys_cost_is_the_mean_over_its_positions():
    held, _ = integrate.quad(JOE.position_cost, 90, 340, epsabs=1e-10)
    assert JOE.cost(90, 250) == pytest.approx((8 * 1300 + held) / 250)


def test_example_5_8_of_snyder_and_shen():
    """1.5 a year with a lead time of 2 years: 3 on average; an order costs 100, a unit held 20, a unit owed 150."""
    best = best_reorder(poisson(3), 1.5, 100, 20, 150)
    assert (best.at, best.quantity, best.cost) == (3, 5, pytest.approx(107.9235806331498))
    assert reorder_cost(poisson(3), 1.5, 100, 20, 150, 8, 12) == pytest.approx(242.5281637662021)


def test_problem_5_2_of_snyder_and_shen():
    """12 a year with a lead time of half a year: 6 on average."""
    best = best_reorder(poisson(6), 12, 4, 4, 28)
    assert (best.at, best.quantity, best.cost) == (6, 7, pytest.approx(28.241312842169155))
    assert reorder_cost(poisson(6), 12, 4, 4, 28, 3, 9) == pytest.approx(34.264154469469503)


def test_no_policy_of_whole_units_costs_less_for_any_small_law():
    rng = np.random.default_rng(5)
    for _ in range(25):
        lead = normed(rng.integers(0, 5, rng.integers(2, 9)) + 0.1)
        costs = (rng.uniform(0.2, 5), rng.uniform(0, 30), rng.uniform(0.2, 3), rng.uniform(0.5, 20))
        best = best_reorder(lead, *costs)
        least = min(reorder_cost(lead, *costs, at, quantity) for at in range(-40, 12) for quantity in range(1, 60))
        assert best.cost == pytest.approx(least, rel=1e-9)
        assert best.cost == pytest.approx(reorder_cost(lead, *costs, int(best.at), int(best.quantity)))


def test_orders_are_as_large_as_they_pay():
    """Of 1,000 units and more the economic order quantity is within a hundredth: sqrt(2 x 50 x 12000 x (1 + 99) / 99)."""
    best = best_reorder(poisson(3), 12_000, 50, 1, 99)
    assert best.quantity == pytest.approx((2 * 50 * 12_000 * 100 / 99) ** 0.5, rel=0.01)
    with pytest.raises(ValueError, match="count in larger units"):
        best_reorder(poisson(3), 1e9, 1e9, 1, 1)


@pytest.mark.parametrize("wrong", [{"fixed": 0}, {"sd": 0}])
def test_without_an_orders_cost_or_spread_there_is_no_such_policy(wrong):
    with pytest.raises(ValueError, match="order up to a base stock"):
        best_normal_reorder(NormalLead(**vars(JOE) | wrong))
