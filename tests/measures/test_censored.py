"""Demand that an empty shelf cuts off: expectations by hand, rates recovered from planted ones."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from shelfwise.measures.censored import daily_rates, expected_demand


def expected(rate: float, least: float) -> float:
    return float(expected_demand(np.array([rate]), np.array([least]))[0])


def shelf(days: list[float], empty: list[int], *, listed: list[int] | None = None) -> dict[str, np.ndarray]:
    """One item at one location: units day by day, and the days that ended with an empty shelf."""
    shape = (1, len(days) // 7, 7)
    there = np.ones(len(days), dtype=bool) if listed is None else np.isin(np.arange(len(days)), listed)
    cut = np.isin(np.arange(len(days)), empty)
    arrays = {"sold": np.array(days, dtype=float), "cut": cut, "listed": there}
    return {name: array.reshape(shape) for name, array in arrays.items()} | {"item": np.zeros(1, dtype=np.int64)}


def test_after_one_was_sold_of_a_rate_of_one_more_are_expected():
    """P(N >= 1) = 1 - 1/e = .632; E[N | N >= 1] = 1 / .632 = 1.582. P(N >= 2) = .264: E[N | N >= 2] = .632 / .264 = 2.392."""
    assert expected(1.0, 1) == pytest.approx(1 / (1 - np.exp(-1)))
    assert expected(1.0, 2) == pytest.approx((1 - np.exp(-1)) / (1 - 2 * np.exp(-1)))


def test_an_empty_shelf_all_day_says_nothing_so_the_rate_itself_is_expected():
    assert expected(0.7, 0) == pytest.approx(0.7)
    assert expected(0.0, 0) == 0.0


def test_far_in_the_tail_it_is_what_was_sold_and_hardly_more():
    """500 sold at a rate of one: P(501) / P(500) = 1 / 501."""
    assert expected(1.0, 500) == pytest.approx(500 + 1 / 501)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.floats(0.001, 40), st.integers(0, 60)), min_size=1, max_size=40))
def test_it_is_the_mean_of_the_tail_and_no_less_than_what_was_sold(pairs):
    rate, least = (np.array(column, dtype=float) for column in zip(*pairs, strict=True))
    value = expected_demand(rate, least)
    assert (value >= least).all()
    assert (value >= rate - 1e-9).all()
    counts = np.arange(400)
    mass = np.where(counts >= least[:, None], stats.poisson.pmf(counts, rate[:, None]), 0.0)
    clear = mass.sum(axis=1) > 1e-200
    assert value[clear] == pytest.approx((mass @ counts)[clear] / mass.sum(axis=1)[clear], rel=1e-6)


def test_without_empty_shelves_the_rate_is_the_mean_of_what_sold():
    """7 units in 7 days, then 14: the first week has faded to 2^(-1/8) = .917, so (.917 * 7 + 14) / (.917 * 7 + 7) = 1.522."""
    rates = daily_rates(**shelf([1.0] * 7 + [2.0] * 7, empty=[]))
    faded = 0.5 ** (1 / 8)
    assert rates[0] == pytest.approx([1.0, (faded * 7 + 14) / (faded * 7 + 7)])


def test_days_with_an_empty_shelf_leave_the_rate_where_it_was():
    """Nothing is known of them; the eighth day on is empty all day."""
    rates = daily_rates(**shelf([3.0] * 7 + [0.0] * 7, empty=list(range(7, 14))))
    assert rates[0] == pytest.approx([3.0, 3.0], rel=1e-5)


def test_days_before_the_location_lists_it_are_no_days_without_demand():
    rates = daily_rates(**shelf([0.0] * 5 + [4.0, 2.0], empty=[], listed=[5, 6]))
    assert rates[0] == pytest.approx([3.0])


def test_a_weeks_rate_does_not_change_when_later_weeks_do():
    before = daily_rates(**shelf([1, 2, 0, 1, 3, 0, 0] * 3, empty=[5, 6, 13]))
    after = daily_rates(**shelf([1, 2, 0, 1, 3, 0, 0] * 2 + [90] * 7, empty=[5, 6, 13]))
    assert before[0, :2] == pytest.approx(after[0, :2], abs=0)


def test_a_shelf_that_was_never_open_takes_the_rate_of_the_items_other_shelf():
    """The second location lists the item and has nothing: (units + 3 r) / (days + 3) with units = days r is r."""
    one, other = shelf([2.0] * 7, empty=[]), shelf([0.0] * 7, empty=list(range(7)))
    both = {name: np.concatenate([one[name], other[name]]) for name in ("sold", "cut", "listed")}
    rates = daily_rates(**both, item=np.array([0, 0]))
    assert rates[:, 0] == pytest.approx([2.0, 2.0], rel=1e-4)
    apart = daily_rates(**both, item=np.array([0, 1]))
    assert apart[:, 0] == pytest.approx([2.0, 0.0])


def test_planted_rates_are_recovered_from_sales_that_stock_cuts_off():
    """300 items, 40 weeks, two units a day and a stock that is filled to eight each Monday.

    Sales say less than 1.2 a day; the estimate is within 3 % of 2 on the average of all items.
    """
    draws = np.random.default_rng(5)
    demand = draws.poisson(2.0, size=(300, 40, 7)).astype(float)
    before = np.cumsum(demand, axis=2) - demand
    sold = np.minimum(demand, np.maximum(8 - before, 0))
    cut = np.cumsum(sold, axis=2) >= 8
    rates = daily_rates(sold, cut, np.ones_like(cut), np.arange(300))
    assert sold.mean() < 1.2
    assert rates[:, -1].mean() == pytest.approx(2.0, rel=0.03)
