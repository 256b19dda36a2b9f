"""What stock is worth and what is done about it; the items are those of docs/decisions/0003-order-up-to.md."""

from datetime import date
from decimal import Decimal

import pytest
from pyspark.sql import functions as F

from shelfwise.core.frames import local_frame
from shelfwise.inventory.worth import action, worth
from tests.inventory.builders import by_item


@pytest.fixture(scope="module")
def planned(plan):
    return by_item(plan)


def test_surplus_that_still_sells_is_kept(planned):
    """200 at 2.80, sold at 4.00, 70 a quarter; the line's quarter has a mean of 5 x 14.14625 = 70.73, so that 129.27 are left over.

    They wait 13 + 129.27 / (2 x 70 / 13) = 25.0 weeks: at 25 % a year .1202 of 2.80 each, .3366; marking down costs 1.20 each.
    A year sells 280: 1.4 times the stock, with a margin of 336 on 560.
    """
    row = planned["too much"]
    assert (row["stock_value"], row["status"], row["action"]) == (Decimal("560.00"), "surplus", "none")
    assert row["excess_units"] == pytest.approx(129.26875)
    assert (row["turnover"], row["gmroi"]) == (pytest.approx(1.4), pytest.approx(0.6))
    assert row["clear_gain"] == pytest.approx(129.26875 * (0.3366 - 1.2), rel=1e-4)


def test_what_nobody_asks_for_is_cleared(planned):
    """3 at 2.80 are lost at cost if kept; marked down by .3 of 4.00 they lose 1.20 each: 4.80 better."""
    row = planned["nobody asks"]
    assert (row["action"], row["turnover"]) == ("clear", 0.0)
    assert row["clear_gain"] == pytest.approx(4.8)


def test_each_item_has_one_action(planned):
    asked = {"fresh": "replenish", "slow": "replenish", "dead": "stop", "enough": "none", "hardly": "none"}
    assert {item: planned[item]["action"] for item in asked} == asked
    assert planned["hardly"]["turnover"] is None  # nothing on hand that could turn


def test_the_first_action_that_fits(spark):
    rows = [
        ("dead", 6.0, 9.0, 1.0, 0.9, 9.0, 9.0, None, "stop"),
        ("at_risk", 6.0, 9.0, 1.0, 0.9, 1.0, 0.1, None, "expedite"),
        ("at_risk", 6.0, 9.0, 1.0, 0.9, 0.9, 9.0, None, "replenish"),
        ("at_risk", 6.0, 9.0, 1.0, 0.9, 9.0, 0.0, None, "replenish"),
        ("surplus", 0.0, 1.0, 0.1, 0.9, 9.0, 9.0, None, "clear"),
        # not on sale yet
        ("surplus", 0.0, 1.0, 0.1, 0.0, 9.0, 9.0, date(2017, 11, 6), "none"),
        ("surplus", 0.0, 0.9, 0.1, 0.9, 0.0, 0.0, None, "warn"),
        ("at_risk", 0.0, 9.0, 0.0, 0.11, 0.0, 0.0, None, "warn"),
        ("ok", 0.0, 9.0, -1.0, 0.1, 0.0, 0.0, None, "none"),
    ]
    numbers = ("units", "excess_units", "clear_gain", "p_stock_out_now", "expedite_units", "expedite_gain")
    columns = f"status string, {', '.join(f'{name} double' for name in numbers)}, launch date, said string"
    assert local_frame(spark, rows, columns).where(action(0.1) != F.col("said")).count() == 0


def test_slower_stock_and_dearer_holding_never_speak_against_clearing(spark):
    """Even demand from 0 to 20 a quarter, 30 in stock: 20 are left over."""
    line = F.array(F.struct(F.lit(0.0).alias("p"), F.lit(1.0).alias("q"), F.lit(0.0).alias("a"), F.lit(20.0).alias("b")))
    rows = [(0, 10.0, 0.25), (1, 5.0, 0.25), (2, 1.0, 0.25), (3, 1.0, 2.0), (4, 0.0, 2.0)]
    asked = local_frame(spark, rows, "turn int, sold double, holding_cost_share_per_year double").select(
        "turn",
        "holding_cost_share_per_year",
        F.struct(F.col("sold").alias("cum_mean")).alias("last"),
        line.alias("far"),
        F.lit(30).alias("on_hand"),
        F.lit(30.0).alias("position"),
        F.lit(6).alias("unit_cost"),
        F.lit(10).alias("unit_price"),
    )
    for step in worth(0.3):
        asked = asked.withColumns(step)
    gains = [row["clear_gain"] for row in asked.orderBy("turn").collect()]
    assert gains == sorted(gains)
    assert gains[0] == pytest.approx(20 * (6 * 0.25 * (13 + 13) / 52 - 3))
    assert gains[-1] == pytest.approx(20 * (6 - 3))
