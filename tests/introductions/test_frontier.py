"""Opening orders smaller than the best: which of them a limited budget may be spent on, and what is told of them."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelfwise.contracts.gold.introductions import EARNED, LINES, PLANNED, SPENT
from shelfwise.introductions.money import Outcome, Rule
from shelfwise.introductions.plans import Trial, frontier
from shelfwise.introductions.worth import WorthParams, worth
from tests.introductions.test_worth import PARAMS, SUNDAY, row, slow


def trial(opening: float, profit: float, week: int = 4) -> Trial:
    """Of which all that is known is what it earns."""
    lines = dict.fromkeys(LINES, np.zeros(2)) | {"margin": np.full(2, profit)}
    return Trial(Rule(week, 3), opening, Outcome(np.ones(2), np.zeros(2), lines))


def corners(*points: tuple[float, float]) -> list[tuple[float, float]]:
    return [(one.opening, one.profit) for one in frontier([trial(*point) for point in points])]


def test_corners_by_hand():
    """10 for 4 units is 2.5 a unit, 16 for 8 then 1.5 more a unit, 18 for 14 a third: corners. 11 for 6 lies below the chord."""
    assert corners((14, 18), (4, 10), (6, 11), (8, 16), (20, 12)) == [(14, 18), (8, 16), (4, 10)]


def test_what_earns_less_for_its_money_is_no_corner():
    """2 for 4 units is .5 a unit; 12 for 8 is 1.5: whoever can pay for half of the larger order does better to leave it."""
    assert corners((4, 2), (8, 12)) == [(8, 12)]
    assert corners((4, 6), (8, 12)) == [(8, 12)]  # no more for its money
    assert corners((4, -1), (8, -0.5)) == [(8, -0.5)]


def test_of_orders_that_earn_as_much_the_smaller_one_is_best():
    assert corners((8, 12), (6, 12), (10, 12)) == [(6, 12)]


def test_of_one_order_the_better_week_of_reading_counts():
    best, smaller = frontier([trial(4, 8, week=2), trial(4, 10, week=6), trial(8, 12, week=2), trial(4, 9, week=4)])
    assert (best.opening, smaller.opening, smaller.rule.week) == (8, 4, 6)


@given(st.lists(st.tuples(st.integers(1, 40), st.integers(-50, 100)), min_size=1, max_size=18))
def test_along_the_frontier_a_unit_earns_ever_less(points):
    found = corners(*[(float(units), float(profit)) for units, profit in points])
    assert found[0][1] == max(profit for _, profit in points)
    assert [units for units, _ in found] == sorted({units for units, _ in found}, reverse=True)
    steps = np.diff(np.array([(0.0, 0.0), *found[::-1]]), axis=0)
    slopes = steps[:, 1] / steps[:, 0]
    assert (np.diff(slopes) < 0).all()
    assert len(found) == 1 or slopes.min() > 0
    # and no order that was tried earns more than what lies between two corners
    units, profits = np.array([(0.0, 0.0), *found[::-1]]).T
    assert all(profit <= np.interp(one, units, profits) + 1e-9 for one, profit in points if one <= units[-1])


def told(**given: Any) -> dict[str, Any]:
    return worth(slow(**given), PARAMS.model_copy(update={"smaller": 9}), SUNDAY)


def test_smaller_orders_earn_less_and_more_for_their_money():
    found = told(mean=np.full(13, 2.0))
    plans = [found, *found["smaller"]]
    assert len(plans) >= 3
    profits, costs = [plan["profit"] for plan in plans], [plan["opening_cost"] for plan in plans]
    assert profits == sorted(profits, reverse=True) and costs == sorted(costs, reverse=True)
    rates = [plan["profit"] / plan["opening_cost"] for plan in plans]
    assert rates == sorted(rates)


def test_all_that_depends_on_the_order_is_told_of_each():
    for plan in told(mean=np.full(13, 2.0))["smaller"]:
        assert set(plan) == set(PLANNED)
        assert sum(plan[name] for name in EARNED) - sum(plan[name] for name in SPENT) == pytest.approx(plan["profit"])
        assert plan["profit"] == pytest.approx(plan["outcome"].mean()) and plan["units"] == pytest.approx(plan["demand"].mean())
        assert plan["opening_units"] % 2 == 0 and plan["opening_cost"] == plan["opening_units"] * 6.0
        assert plan["p_failure"] == (plan["outcome"] < 0).mean()


def test_no_more_of_them_are_told_than_asked_for():
    """The largest first."""
    every = told(mean=np.full(13, 2.0))["smaller"]
    few = worth(slow(mean=np.full(13, 2.0)), WorthParams(smaller=1), SUNDAY)["smaller"]
    assert [plan["opening_units"] for plan in few] == [plan["opening_units"] for plan in every[:1]]
    assert worth(row(), WorthParams(smaller=0), SUNDAY)["smaller"] == []
