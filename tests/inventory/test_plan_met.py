"""Orders where who finds an empty shelf does not wait, by hand."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from shelfwise.contracts.gold.demand import LEVELS
from shelfwise.contracts.gold.inventory import INVENTORY_PLAN
from shelfwise.core.conform import conform
from shelfwise.inventory.plan import PlanParams, on_terms, planned
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

# of one week's demand, even from 0 to 10, each later one is a copy: h weeks ask for 10 h u, u even from 0 to 1
WEEKS = (1, 2, 3, 4, 13)
SHELVES = {"some": (4, 2), "empty": (0, 0), "plenty": (40, 0)}


def stocked(spark: SparkSession) -> DataFrame:
    """Price 10, cost 7, .75 to hold a unit for a week: ratio 3 / 3.75 = .8; lead time 2 weeks, review 1, single units."""
    usual = {"unit_cost_share": 0.7, "holding_cost_share_per_year": 39 / 7, "case_pack": 1, "minimum_units": 0}
    return on_terms(
        positions(spark, *[(item, *stock, False) for item, stock in SHELVES.items()]),
        items=items(spark, *[{"item_id": item} for item in SHELVES]),
        profiles=profiles(spark, *[(item, 10.0, AS_OF) for item in SHELVES]),
        receipts=receipts(spark),
        lead_times=lead_times(spark),
        supply=supply(spark),
        launches=launches(spark),
        assumptions=assumptions(spark, *[("department:GROCERY", name, value) for name, value in usual.items()]),
        as_of=AS_OF,
    )


def forecasts(spark: SparkSession) -> DataFrame:
    return forecast(spark, *[(item, h, 5.0 * h, [10 * h * p for p in LEVELS]) for item in SHELVES for h in WEEKS])


def made(spark: SparkSession, unmet_demand: str) -> DataFrame:
    plan = planned(stocked(spark), forecasts(spark), PlanParams(unmet_demand=unmet_demand), AS_OF)
    return conform(plan, INVENTORY_PLAN)


@pytest.fixture(scope="module")
def lost(spark: SparkSession) -> Iterator[dict]:
    return by_item(made(spark, "lost"))


def test_the_default_is_a_shop_whose_customers_buy_elsewhere():
    assert PlanParams().unmet_demand == "lost"


def test_an_order_does_not_make_up_for_what_is_lost_before_it_comes(lost):
    """With y = 6 what can be met is the least of 30 u and 6 + 10 u, which cross at u = .3. Its .8 quantile is 14: 8 lacking.

    P(X > 14) is read at 14.5, u = .85; now at 6.5 = 30 u. Left over: of 14 - 30 u up to .3 2.85, of 8 - 10 u from there to .8 1.25;
    the line, straight from 8.5 to 11, makes .03 more of it.
    """
    row = lost["some"]
    assert row["critical_ratio"] == pytest.approx(0.8)
    assert (row["unit_cost"], row["unmet_demand"]) == (Decimal("7.00"), "lost")
    assert (row["order_up_to"], row["order_units"]) == (14, 8)
    assert row["p_stock_out"] == pytest.approx(0.15, abs=1e-5)
    assert row["p_stock_out_now"] == pytest.approx(1 - 6.5 / 30, abs=1e-5)
    assert row["expected_left_over"] == pytest.approx(4.1 + 0.0333, abs=1e-3)
    assert row["expected_demand"] == pytest.approx(15)


def test_an_empty_shelf_is_filled_for_the_review_period(lost):
    """Of 10 u the .8 quantile is 8: not 24 for three weeks, two of which are lost."""
    assert (lost["empty"]["order_up_to"], lost["empty"]["order_units"]) == (8, 8)


def test_with_plenty_nothing_changes_and_where_demand_waits_all_counts(spark, lost):
    """The .8 quantile of 30 u is 24."""
    waits = by_item(made(spark, "waits"))
    assert {item: row["order_units"] for item, row in waits.items()} == {"some": 18, "empty": 24, "plenty": 0}
    assert (lost["plenty"]["order_up_to"], lost["plenty"]["order_units"]) == (24, 0)
    assert lost["plenty"]["expected_left_over"] == pytest.approx(waits["plenty"]["expected_left_over"], abs=1e-4)


def test_what_a_lead_time_loses_may_be_worth_a_courier(lost):
    """Two weeks ask for 20 u: with 6 in position E[(20 u - 6)+] = 14^2 / 40 = 4.9 are lost, with an order in a week
    E[(10 u - 6)+] = 4^2 / 20 = .8. The 4.1 saved earn 3 each, less 15 % of 7. An empty shelf: 10 less 5; a full one: nothing."""
    assert lost["some"]["expedite_units"] == pytest.approx(4.1, abs=1e-4)
    assert lost["some"]["expedite_gain"] == pytest.approx(4.1 * (3 - 1.05), abs=1e-3)
    assert {item: row["action"] for item, row in lost.items()} == {"some": "expedite", "empty": "expedite", "plenty": "clear"}
    assert lost["empty"]["expedite_units"] == pytest.approx(5, abs=1e-4)
    assert lost["plenty"]["expedite_units"] == pytest.approx(0, abs=1e-6)
    assert "expedite_cost" in lost["some"]["assumed"] and "expedite_cost" not in lost["plenty"]["assumed"]


def test_no_more_is_expedited_than_is_ordered(spark):
    """Three weeks ask for 30 u of an empty shelf, the first for 10 u: 10 could be saved, and 8 come."""
    late = by_item(planned(stocked(spark).withColumn("lead_weeks", F.lit(3)), forecasts(spark), PlanParams(), AS_OF))
    assert (late["empty"]["order_units"], late["empty"]["expedite_units"]) == (8, 8)


def test_a_promotion_after_the_lead_time_is_ordered_for(spark):
    """Next to nothing in two weeks, 6 in the third, so 6 in all three: of an empty shelf nearly their .8 quantile, 9.6.

    One week's law stretched to a mean of 6 would be nothing with P(D = 0) = .99.
    """
    quiet, busy = [0.0] * 8 + [1.0], [12 * p for p in LEVELS]
    weeks = [("empty", 1, 0.01, quiet), ("empty", 2, 0.02, quiet), ("empty", 3, 6.0, busy), ("empty", 13, 9.0, busy)]
    plan = by_item(planned(stocked(spark).where("item_id = 'empty'"), forecast(spark, *weeks), PlanParams(), AS_OF))
    assert plan["empty"]["order_units"] in (9, 10)


def test_who_waits_needs_no_courier(spark):
    assert {row["expedite_units"] for row in by_item(made(spark, "waits")).values()} == {0}


def test_what_is_short_after_ordering(lost):
    """Of 14: X above it are 6 + 10 u from u = .8 on: the mean of 10 u - 8 there, .2 x 1."""
    assert lost["some"]["expected_short"] == pytest.approx(0.2, abs=1e-4)
