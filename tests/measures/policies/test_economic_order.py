"""Published orders: Snyder & Shen, *Fundamentals of Supply Chain Theory*, ch. 3; Nahmias, *Production and Operations
Analysis*, ch. 4."""

import numpy as np
import pytest

from shelfwise.measures.policies.economic_order import economic_order, with_backorders, with_discount, with_incremental_discount

BAGS = {"rate": 600, "fixed": 8, "interest": 0.2, "least": [0, 500, 1000], "prices": [0.30, 0.29, 0.28]}  # Nahmias' trash bags


@pytest.mark.parametrize(
    ("rate", "fixed", "holding", "quantity", "cost"),
    [(1300, 8, 0.225, 304.0467800264368, 68.410525505948272), (500 * 365, 2250, 275, 1728.109844993551, 475230.2073732266)],
    ids=["example 3.1", "problem 3.1"],
)
def test_economic_orders_of_snyder_and_shen(rate, fixed, holding, quantity, cost):
    order = economic_order(rate, fixed, holding)
    assert (order.quantity, order.cost, order.backordered) == pytest.approx((quantity, cost, 0))


@pytest.mark.parametrize(
    ("rate", "fixed", "holding", "waiting", "quantity", "waits", "cost"),
    [
        (1300, 8, 0.225, 5, 310.8125551589646, 0.043062200956938, 66.921363550973254),
        (40 * 52, 40, 165 * 0.17 + 12, 60, 83.235448128898042, 0.400299850074962, 1999.148244415212),
    ],
    ids=["example 3.8", "problem 3.2b"],
)
def test_orders_with_backorders_of_snyder_and_shen(rate, fixed, holding, waiting, quantity, waits, cost):
    order = with_backorders(rate, fixed, holding, waiting)
    assert (order.quantity, order.backordered, order.cost) == pytest.approx((quantity, waits, cost))


@pytest.mark.parametrize(
    ("rate", "fixed", "interest", "least", "prices", "quantity", "cost"),
    [
        (1300, 8, 0.3, [0, 400, 800], [0.75, 0.72, 0.68], 800, 978.60),
        (182500, 2250, 0.25, [0, 1200, 2400], [1490, 1220, 1100], 2400, 201251093.75),
    ],
    ids=["example 3.6", "problem 3.12a"],
)
def test_orders_with_a_discount_on_all_units_of_snyder_and_shen(rate, fixed, interest, least, prices, quantity, cost):
    order = with_discount(rate, fixed, interest, least, prices)
    assert (order.quantity, order.cost) == pytest.approx((quantity, cost))


@pytest.mark.parametrize(
    ("rate", "fixed", "interest", "least", "prices", "quantity", "cost"),
    [
        (1300, 8, 0.3, [0, 400, 800], [0.75, 0.72, 0.68], 304.04678003, 1043.41052551),
        (182500, 2250, 0.25, [0, 1200, 2400], [1490, 1220, 1100], 28553.06065428, 208678591.67992835),
    ],
    ids=["example 3.7", "problem 3.12b"],
)
def test_orders_with_a_discount_on_more_units_of_snyder_and_shen(rate, fixed, interest, least, prices, quantity, cost):
    order = with_incremental_discount(rate, fixed, interest, least, prices)
    assert (order.quantity, order.cost) == pytest.approx((quantity, cost))


def test_nahmias_trash_bags_are_bought_by_500_for_less_on_all():
    """400 at .30 cost 204.00 a year, 500 at .29 cost 174 + 9.60 + 14.50 = 198.10, 1000 at .28 cost 200.80."""
    order = with_discount(**BAGS)
    assert (order.quantity, order.cost) == pytest.approx((500, 198.10))


def test_nahmias_trash_bags_are_bought_by_400_for_less_on_more():
    """Of 519 at .29 beyond 500 the year costs 204.58, of 400 it costs 180 + 12 + 12 = 204.00."""
    order = with_incremental_discount(**BAGS)
    assert (order.quantity, order.cost) == pytest.approx((400, 204.00))
    dearer_order = with_incremental_discount(**BAGS | {"fixed": 12})
    assert dearer_order.quantity > 500


@pytest.mark.parametrize("solve", [with_discount, with_incremental_discount])
def test_no_quantity_on_a_grid_costs_less(solve):
    rng = np.random.default_rng(3)
    for _ in range(30):
        least = np.concatenate([[0], np.sort(rng.choice(np.arange(50, 900), 3, replace=False))]).astype(float)
        prices = np.sort(rng.uniform(1, 9, 4))[::-1]
        rate, fixed, interest = rng.uniform(100, 2000), rng.uniform(1, 200), rng.uniform(0.05, 0.5)
        order = solve(rate, fixed, interest, list(least), list(prices))
        grid = np.linspace(1, 5000, 5000)
        paid = _paid_for_all(grid, least, prices) if solve is with_discount else _paid_by_step(grid, least, prices)
        assert order.cost <= (paid * rate / grid + fixed * rate / grid + interest * paid / 2).min() + 1e-6


def _paid_for_all(quantity, least, prices):
    return quantity * prices[np.searchsorted(least, quantity, side="right") - 1]


def _paid_by_step(quantity, least, prices):
    ends = [*least[1:], np.inf]
    return sum(price * np.clip(quantity - a, 0, b - a) for a, b, price in zip(least, ends, prices, strict=True))


@pytest.mark.parametrize("wrong", [{"rate": 0}, {"fixed": -8}, {"interest": 0}, {"least": [5, 500, 1000]}, {"least": [0, 500]}])
def test_odd_input_is_refused(wrong):
    with pytest.raises(ValueError, match=r"above zero|from 0 on"):
        with_discount(**BAGS | wrong)


@pytest.mark.parametrize("wrong", [{"least": [0, 1000, 500]}, {"prices": [0.30, 0.29, 0.29]}])
def test_sizes_ascend_and_prices_descend(wrong):
    with pytest.raises(ValueError, match="sizes ascend, prices descend"):
        with_incremental_discount(**BAGS | wrong)
