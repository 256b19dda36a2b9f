"""Futures that candidates share: drawn by name, and right on the average."""

from itertools import product

import numpy as np
import pytest

from shelfwise.introductions.scenarios import Demand, ScenarioParams, demand, shocks
from shelfwise.measures.levels import GRID

EARLY, LATE = np.full(4, 5.0), np.full(9, 4.0)  # 20 and 36 units
ON_TIME = np.array([1.0])
ONE, LOW, HIGH = GRID[20], GRID[18], GRID[22]  # 1, .5623, 1.7783
SURE = (GRID == ONE).astype(float)
# two levels of mean 1: (1 - LOW) / (HIGH - LOW) = .36 are high; of variance (1 - LOW) (HIGH - 1) = .3407
UNSURE = np.select([GRID == LOW, GRID == HIGH], [HIGH - 1, 1 - LOW]) / (HIGH - LOW)
CALM = {"market_sd": 0.0, "department_sd": 0.0, "price_war": 0.0, "rival_sd": 0.0}
MANY = 40_000


def drawn(params: ScenarioParams, item: str = "soup", department: str = "GROCERY", **given) -> Demand:
    known = {"early": EARLY, "late": LATE, "law": UNSURE, "scatter": 0.2, "late_weeks": ON_TIME}
    return demand(params, item, department, **(known | given))


def same(one: Demand, other: Demand) -> bool:
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in ("early", "late", "delay", "shop"))


def test_a_candidate_has_the_same_futures_whatever_else_was_drawn():
    params = ScenarioParams()
    alone = drawn(params, late_weeks=np.array([0.5, 0.5]))
    for item, department in product(("tea", "bread", "milk"), ("BAKERY", "DAIRY")):
        drawn(params, item, department)
    assert same(alone, drawn(params, late_weeks=np.array([0.5, 0.5])))
    assert same(alone, drawn(ScenarioParams(), late_weeks=np.array([0.5, 0.5])))


def test_two_candidates_differ_and_so_do_two_seeds():
    params = ScenarioParams()
    assert not np.array_equal(drawn(params, "soup").early, drawn(params, "tea").early)
    assert not np.array_equal(drawn(params).early, drawn(ScenarioParams(seed=8)).early)
    assert not np.array_equal(shocks(params, "GROCERY"), shocks(ScenarioParams(seed=8), "GROCERY"))


def test_a_department_shares_its_shocks_and_another_only_the_markets():
    """log shock = market + department: of the two departments it differs by the departments' own shocks, of variance 2 x .15^2."""
    params = ScenarioParams(scenarios=MANY)
    assert np.array_equal(drawn(params, "soup").shop, drawn(params, "tea").shop)
    assert np.array_equal(drawn(params, "soup").shop, shocks(params, "GROCERY"))
    one, other = np.log(shocks(params, "GROCERY")), np.log(shocks(params, "BAKERY"))
    assert (one - other).std() == pytest.approx(0.15 * 2**0.5, rel=0.03)
    assert np.cov(one, other)[0, 1] == pytest.approx(0.10**2, rel=0.1)


def test_shocks_are_of_mean_one_and_of_the_spread_that_is_set():
    """Var of log: .1^2 + .15^2 = .0325; the mean's error over 40,000 is .182 / 200 = .0009."""
    found = shocks(ScenarioParams(scenarios=MANY), "GROCERY")
    assert found.mean() == pytest.approx(1, abs=0.004)
    assert np.log(found).var() == pytest.approx(0.0325, rel=0.03)
    assert shocks(ScenarioParams(scenarios=5, **CALM), "GROCERY").tolist() == [1] * 5


def test_a_planned_shelf_sells_its_plan_on_the_average():
    """Level and shocks are of mean 1. Rivals' prices: .08 of scenarios at .8 of the price, demand .8^.3 = .9353; calm ones add

    (.3 x .05)^2 / 2 = .0001: .92 + .08 x .9353 = .9948 of it .9949 of the plan. Units have a standard deviation of some .7 of
    their mean, its error over 40,000 scenarios .35 %.
    """
    found = drawn(ScenarioParams(scenarios=MANY))
    assert found.early.mean() == pytest.approx(20 * 0.9949, rel=0.013)
    assert found.late.mean() == pytest.approx(36 * 0.9949, rel=0.013)


def test_rivals_that_cut_their_price_take_demand_by_their_elasticity():
    """Always at war, half the price, elasticity 1: half the demand. Not at war and steady: the plan. Levels are sure."""
    war = {"price_war": 1.0, "war_depth": 0.5, "rival_elasticity": 1.0}
    at_war = drawn(ScenarioParams(scenarios=MANY, **(CALM | war)), law=SURE)
    assert at_war.early.mean() == pytest.approx(10, rel=0.01)
    assert drawn(ScenarioParams(scenarios=MANY, **CALM), law=SURE).early.mean() == pytest.approx(20, rel=0.01)


def test_rivals_prices_that_waver_spread_demand():
    """rival_sd 1, elasticity .5: log demand of sd .5 and of mean exp(.125) = 1.133."""
    params = ScenarioParams(scenarios=MANY, **(CALM | {"rival_sd": 1.0, "rival_elasticity": 0.5}))
    found = drawn(params, law=SURE, early=np.full(4, 500.0), scatter=0.0)
    assert np.log(found.early).std() == pytest.approx(0.5, rel=0.03)
    assert found.early.mean() == pytest.approx(2000 * np.exp(0.125), rel=0.015)


def test_units_vary_by_level_scatter_and_chance():
    """Early, calm: 20 units in 4 weeks of dispersion .2: .2 x 100 / 400 = .05 of their sum; level .3407: E 20,

    Var = 20 + 400 (1.3407 x 1.05 - 1) = 183.1. Late, 36 in 9 weeks: .2 / 9; 36 + 1296 (1.3407 x 1.0222 - 1) = 516.1.
    """
    found = drawn(ScenarioParams(scenarios=MANY, **CALM))
    assert found.early.var() == pytest.approx(183.1, rel=0.05)
    assert found.late.var() == pytest.approx(516.1, rel=0.05)


def test_the_level_is_misjudged_for_all_weeks_alike():
    """Cov(early, late) = 20 x 36 x Var(level) = 720 x .3407; weeks have nothing else in common where it is calm."""
    found = drawn(ScenarioParams(scenarios=MANY, **CALM))
    assert np.cov(found.early, found.late)[0, 1] == pytest.approx(245.3, rel=0.06)


def test_levels_are_drawn_as_often_as_their_law_says():
    """A thousandth of chance beside 1e6 units: what is wanted tells the level. Shares .64 and .36, told as 64 and 36."""
    found = drawn(ScenarioParams(scenarios=MANY, **CALM), early=np.full(4, 250_000.0), scatter=0.0, law=100 * UNSURE)
    high = found.early / 1e6 > 1
    assert high.mean() == pytest.approx((1 - LOW) / (HIGH - LOW), abs=0.01)
    np.testing.assert_allclose(found.early / 1e6, np.where(high, HIGH, LOW), rtol=0.01)


def test_demand_is_of_whole_units_and_never_negative():
    found = drawn(ScenarioParams(), late_weeks=np.array([0.2, 0.2, 0.2, 0.2, 0.2]), early=np.full(12, 0.3), late=np.full(1, 0.3))
    for units in (found.early, found.late):
        assert (units >= 0).all() and np.array_equal(units, np.rint(units))


def test_nothing_expected_is_nothing_wanted():
    found = drawn(ScenarioParams(), early=np.zeros(4), late=np.zeros(9))
    assert found.early.tolist() == found.late.tolist() == [0] * 400


def test_an_order_of_two_weeks_late_loses_two_weeks_of_thirteen():
    """The same draws but for the delay: the late span's last two weeks fall off, with their share of its units."""
    params = ScenarioParams()
    on_time, late = (drawn(params, late_weeks=np.array(weeks)) for weeks in ([1.0, 0.0, 0.0], [0.0, 0.0, 1.0]))
    assert late.delay.tolist() == [2] * 400 and on_time.delay.tolist() == [0] * 400
    assert np.array_equal(late.early, on_time.early)
    expected = np.rint(on_time.late * LATE[:-2].sum() / LATE.sum())
    assert np.array_equal(late.late, expected)


def test_delays_come_as_often_as_they_are_told():
    """.5, .3 and .2 of them, told as counts of 5, 3 and 2; none is longer than the most."""
    found = drawn(ScenarioParams(scenarios=MANY), late_weeks=np.array([5.0, 3.0, 2.0])).delay
    assert [(found == weeks).mean() for weeks in range(3)] == pytest.approx([0.5, 0.3, 0.2], abs=0.012)
    assert drawn(ScenarioParams(max_delay=1), late_weeks=np.array([5.0, 3.0, 2.0])).delay.max() == 1


def test_a_supplier_who_is_always_later_than_the_most_is_drawn_at_the_most():
    """All of the probability lies at 6 weeks, beyond max_delay = 4: there is still a scenario."""
    found = drawn(ScenarioParams(), late_weeks=np.array([0, 0, 0, 0, 0, 0, 1.0]))
    assert np.isin(found.delay, [0, 1, 2, 3, 4]).all()


def test_a_delay_longer_than_what_is_late_cuts_what_is_early():
    """12 weeks until the rule is read and 1 after; 4 weeks late: 9 of 13 weeks are left, and at most 9 / 13 of all demand."""
    even = {"early": np.full(12, 50.0), "late": np.full(1, 50.0)}
    on_time, late = (
        drawn(ScenarioParams(), late_weeks=np.array(weeks), **even) for weeks in ([1.0, 0, 0, 0, 0], [0, 0, 0, 0, 1.0])
    )
    left = (late.early + late.late).sum() / (on_time.early + on_time.late).sum()
    assert left == pytest.approx(9 / 13, rel=0.02)
