"""What a random lead time does to orders: never less for a longer or a wider one, and nothing where it is certain."""

from datetime import date
from itertools import pairwise

import pytest

from shelfwise.contracts.gold.inventory import INVENTORY_PLAN
from shelfwise.core.conform import conform
from shelfwise.inventory.joint.blocks import OrderParams
from shelfwise.inventory.orders import draft_orders
from shelfwise.inventory.plan import PlanParams, plan_inventory
from tests.inventory.builders import (
    AS_OF,
    assumptions,
    by_item,
    forecast,
    items,
    launches,
    lead_times,
    positions,
    profiles,
    receipts,
    supply,
)
from tests.inventory.conftest import STEADY, STEADY_MEAN

# from the shorter to the longer: P(week 0, 1, 2, …)
LONGER = {
    "one week": [0, 1],
    "mostly one": [0, 0.8, 0.2],
    "one or two": [0, 0.5, 0.5],
    "mostly two": [0, 0.1, 0.8, 0.1],
    "two or three": [0, 0, 0.5, 0.5],
    "three": [0, 0, 0, 1],
    "three to five": [0, 0, 0, 0.4, 0.3, 0.3],
    "six": [0, 0, 0, 0, 0, 0, 1],
    "beyond sight": [0, *[0] * 12, 1],
}
# around three weeks, from the certain to the widest
WIDER = {
    "three for certain": [0, 0, 0, 1],
    "rarely off": [0, 0, 0.1, 0.8, 0.1],
    "often off": [0, 0, 0.3, 0.4, 0.3],
    "far off": [0, 0.3, 0, 0.4, 0, 0.3],
}
AGREED = "three weeks agreed"
LAWS = LONGER | WIDER
NAMES = [*LAWS, AGREED]


@pytest.fixture(scope="module")
def foreseen(spark):
    """Forecasts of h weeks are h times those of one."""
    return forecast(spark, *[(item, h, h * STEADY_MEAN, [h * units for units in STEADY]) for item in NAMES for h in range(1, 14)])


@pytest.fixture(scope="module")
def plan(spark, foreseen):
    """30 in position."""
    days = {"days_q05": 9, "days_q50": 21, "days_q95": 16}
    law_rows = [
        {"item_id": item, "week_shares": [*map(float, shares), *[0.0] * (14 - len(shares))], **days}
        for item, shares in LAWS.items()
    ]
    frame = plan_inventory(
        positions(spark, *[(item, 20, 10, False) for item in NAMES]),
        foreseen,
        items(spark, *[{"item_id": item} for item in NAMES]),
        profiles(spark, *[(item, 4.0, AS_OF) for item in NAMES]),
        receipts(spark),
        lead_times(spark, *law_rows),
        supply(spark, {"item_id": AGREED, "lead_time_days": 21}),
        launches(spark),
        assumptions(spark),
        params=PlanParams(unmet_demand="waits"),
        as_of=AS_OF,
    )
    return conform(frame, INVENTORY_PLAN).cache()


@pytest.fixture(scope="module")
def planned(plan):
    return by_item(plan)


@pytest.mark.parametrize("chain", [LONGER, WIDER], ids=["longer", "wider"])
@pytest.mark.parametrize("column", ["order_up_to", "order_units"])
def test_a_longer_or_wider_lead_time_never_asks_for_less(planned, chain, column):
    values = [planned[item][column] for item in chain]
    assert values == sorted(values) and values[0] < values[-1]


def test_the_longer_the_lead_time_the_likelier_a_stock_out(planned):
    risks = [planned[item]["p_stock_out_now"] for item in LONGER]
    assert risks == sorted(risks) and risks[0] < risks[-1]


def test_demand_is_expected_over_the_weeks_that_are_expected(planned):
    """.4 of 3 + 1 weeks, .3 of 4 + 1, .3 of 5 + 1: 4.9 weeks; at most 13 are seen."""
    assert planned["three to five"]["expected_demand"] == pytest.approx(4.9 * STEADY_MEAN)
    assert planned["beyond sight"]["expected_demand"] == pytest.approx(13 * STEADY_MEAN)


def test_a_certain_law_plans_as_an_agreed_lead_time_does(planned):
    """Bit for bit; only what was measured, and what was agreed, is told apart."""
    certain, agreed = (planned[item].asDict() for item in ("three for certain", AGREED))
    told_apart = {"item_id", "lead_days_low", "lead_days_high", "lead_receipts", "supplier_receipts", "week_shares"}
    differing = {name for name in certain if certain[name] != agreed[name]}
    assert differing == told_apart
    assert agreed["lead_days_low"] is None and agreed["lead_receipts"] is None


def test_the_level_of_a_mixture_by_hand(planned):
    """One week or two, half and half, and one of review: 2 or 3 times the line of one week, at ratio .988906.

    F(k + .5) = .5 F1((k + .5) / 2) + .5 F1((k + .5) / 3), the first is 1. At 76: 76.5 / 3 = 25.5, F1 = .95 + .04 * 3.5 / 5 = .978,
    F = .989: just enough. At 75: 25.1667, .97533, .98767: not.
    """
    assert planned["one or two"]["order_up_to"] == 76


@pytest.fixture(scope="module")
def orders(spark, plan, foreseen):
    listed = items(spark, {"item_id": "one or two"})
    return by_item(
        draft_orders(plan, foreseen, listed, supply(spark), launches(spark), assumptions(spark), params=OrderParams(), as_of=AS_OF)
    )


def test_orders_together_are_the_plans_where_nothing_is_short(orders, planned):
    """Over random lead times too; the worst demands bring less than the mean, and no case more than the one before."""
    assert {item: row["units"] for item, row in orders.items()} == {
        i: r["order_units"] for i, r in planned.items() if r["order_units"]
    }
    assert all(row["worst_profit"] < row["expected_profit"] for row in orders.values())
    by_case = [row["marginal_profit"] for row in orders.values() if row["cases"] <= OrderParams().most_blocks]
    assert all(a >= b - 1e-9 for profits in by_case for a, b in pairwise(profits)) and len(by_case) > 5


def test_the_reason_names_the_lead_time_and_what_it_rests_on(orders):
    reason = orders["one or two"]["reason"]
    assert reason.startswith(
        "Expect 35 units over the next 3 to 4 weeks (lead time 9 to 16 days, 8 receipts; review 1 week); 76 suffice in 99 %"
    )
    assert reason.endswith("; cost, review period, holding cost, case size and smallest order are assumed.")
    assert "over the next 4 weeks (lead 3 + review 1);" in orders[AGREED]["reason"]
    assert orders["one or two"]["needed_by"] == date(2017, 11, 19)
