"""Orders worked by hand in docs/decisions/0003-order-up-to.md, and the items that are none."""

from datetime import date
from decimal import Decimal

import pytest
from pyspark.sql import functions as F

from shelfwise.contracts.gold.inventory import INVENTORY_PLAN
from shelfwise.core.frames import local_frame
from shelfwise.inventory.plan import PlanParams, stock_status
from tests.inventory.builders import AS_OF, by_item
from tests.inventory.conftest import POSITIONS


@pytest.fixture(scope="module")
def planned(plan):
    return by_item(plan)


def test_each_position_has_one_plan(planned):
    assert set(planned) == set(POSITIONS)
    assert {row["as_of"] for row in planned.values()} == {AS_OF}


def test_a_crate_of_fresh_goods(planned):
    """Ratio .848485: Q = 17 + 3 * .098485 / .15 = 18.97, so up to 19; 11 in position, 8 lacking, one crate of 10.

    Then 21: P(D > 21) = 1 - F(21.5) = 1 - (.90 + .05 * .75) = .0625; before, 1 - F(11.5) = .70833. Left over: 7.0725.
    """
    row = planned["fresh"]
    assert (row["lead_weeks"], row["review_weeks"]) == (1, 1)
    assert (row["unit_cost"], row["unit_price"]) == (Decimal("1.30"), Decimal("2.00"))
    assert row["critical_ratio"] == pytest.approx(0.848485, abs=1e-6)
    assert (row["order_up_to"], row["order_units"]) == (19, 10)
    assert row["p_stock_out"] == pytest.approx(0.0625)
    assert row["p_stock_out_now"] == pytest.approx(0.708333, abs=1e-6)
    assert row["expected_left_over"] == pytest.approx(7.0725)
    assert row["status"] == "at_risk"


def test_cover_is_the_position_in_days_of_expected_demand(planned):
    """11 units at 14.14625 per 14 days: 10.886 days."""
    assert planned["fresh"]["days_of_cover"] == pytest.approx(11 / (14.14625 / 14))


def test_a_case_that_can_wait_is_left_out(planned):
    """Ratio .988906: Q = 22 + 5 * .038906 / .04 = 26.86, so up to 27; 14 in position, 13 lacking, 3 cases of 6 would make 32.

    The third would leave over 5.97975 of its 6, more than .988906 * 6 = 5.9334: two, which make 26. P(D > 26) = .014.
    """
    row = planned["waiting"]
    assert (row["order_up_to"], row["order_units"]) == (27, 12)
    assert row["p_stock_out"] == pytest.approx(0.014)
    assert row["p_stock_out_now"] == pytest.approx(0.458333, abs=1e-6)
    assert row["expected_left_over"] == pytest.approx(11.874)


def test_a_smallest_order_of_two_packs(planned):
    """Ratio .99 (3.5 / 3.53125, clipped): up to 6; 1 in position, 5 lacking, at least 6 units in packs of 3."""
    row = planned["slow"]
    assert row["critical_ratio"] == 0.99
    assert (row["order_up_to"], row["order_units"]) == (6, 6)
    assert row["p_stock_out"] == pytest.approx(0)
    assert row["p_stock_out_now"] == pytest.approx(0.4375)
    assert row["expected_left_over"] == pytest.approx(7 - 1.65625)


def test_a_case_that_would_hardly_sell_in_a_quarter_is_not_ordered(planned):
    """Up to 1, none there: but of a case of 6 the 13 weeks would leave over 6 - .58125 = 5.42, more than 3."""
    row = planned["hardly"]
    assert (row["order_up_to"], row["order_units"], row["status"]) == (1, 0, "stocked_out")


def test_enough_is_enough(planned):
    """29 in position are above the level of 27: P(D > 29) = 0."""
    row = planned["enough"]
    assert (row["order_up_to"], row["order_units"], row["status"]) == (27, 0, "ok")
    assert row["p_stock_out"] == row["p_stock_out_now"] == pytest.approx(0, abs=1e-12)


def test_more_than_a_quarter_can_sell_is_surplus(planned):
    """200 on hand; the 99 % quantile of 13 weeks is 135."""
    assert planned["too much"]["status"] == "surplus"


def test_stock_that_has_not_sold_for_a_quarter_is_dead(planned):
    assert planned["dead"]["status"] == planned["counted dead"]["status"] == "dead"


def test_an_empty_counted_shelf_is_sold_out_not_dead(planned):
    """It could not have sold. 27 lacking: 5 cases; of the fifth 15.85375 - 9.926 = 5.92775 would be left over, less than 5.9334."""
    row = planned["sold out"]
    assert (row["status"], row["order_units"]) == ("stocked_out", 30)


def test_without_demand_there_is_no_order_and_no_cover(planned):
    row = planned["nobody asks"]
    assert (row["order_up_to"], row["order_units"], row["days_of_cover"]) == (0, 0, None)
    assert row["expected_left_over"] == 3 and row["p_stock_out"] == 0
    assert row["status"] == "surplus"


def test_a_longer_wait_than_the_forecast_sees_is_planned_as_thirteen_weeks(planned):
    """12 + 4 weeks, 70 units expected in 13. Ratio 1.2 / (1.2 + 2.80 * .25 * 4 / 52) = .957055.

    Q = 110 + 25 * .007055 / .04 = 114.4, so up to 114.

    14 lacking: 3 cases would leave over of the third F(115) = .958 of each unit, more than the ratio: 2.
    """
    row = planned["far"]
    assert (row["order_up_to"], row["order_units"]) == (114, 12)
    assert (row["lead_weeks"], row["review_weeks"], row["expected_demand"]) == (12, 4, 70)
    assert row["critical_ratio"] == pytest.approx(1.2 / (1.2 + 2.8 * 0.25 * 4 / 52))
    assert row["days_of_cover"] == pytest.approx(100 / (70 / 91))


def test_stock_is_named_as_assumed_where_it_was_replayed(planned):
    always = ["review_days", "holding_cost", "case_pack", "minimum_units"]
    assert planned["fresh"]["assumed"] == ["on_hand", "lead_time_days", "unit_cost", *always]
    assert planned["far"]["assumed"] == ["lead_time_days", "unit_cost", *always]


def test_an_item_that_the_shop_does_not_list_is_planned(planned):
    row = planned["unlisted"]
    assert (row["maker_id"], row["department"], row["category"]) == ("UNKNOWN", "UNKNOWN", "UNKNOWN")


def test_only_an_item_without_a_forecast_breaks_the_contract(plan, planned):
    """It does not vanish: its expected demand is missing, which the table refuses."""
    kept = " AND ".join(f"({rule})" for rule in INVENTORY_PLAN.rules().values())
    broken = plan.where(f"NOT coalesce({kept}, true)").select("item_id").collect()
    assert [row["item_id"] for row in broken] == ["no forecast"]
    assert planned["no forecast"]["expected_demand"] is None


def test_orders_respect_cases_and_lower_the_risk(planned):
    for item, row in planned.items():
        assert row["order_units"] % row["case_pack"] == 0, item
        assert row["order_units"] == 0 or row["order_units"] >= row["minimum_units"], item
        assert row["p_stock_out"] is None or row["p_stock_out"] <= row["p_stock_out_now"], item


JUDGED = "on_hand long, position double, units double, replayed boolean, last_sold_on date, p_stock_out_now double, launch date"


def test_an_item_has_the_first_status_that_fits(spark):
    """Unsold for a quarter: 91 days before 2017-10-29 is 2017-07-30, a day later is not yet one."""
    long_ago, not_yet, coming = date(2017, 7, 30), date(2017, 7, 31), date(2017, 11, 6)
    expected = {
        (4, 4.0, 0.0, True, long_ago, 0.0, None): "dead",
        (0, 0.0, 0.0, True, long_ago, 0.9, None): "dead",
        (4, 4.0, 0.0, False, long_ago, 0.0, None): "dead",
        (0, 0.0, 0.0, False, long_ago, 0.9, None): "stocked_out",
        (4, 4.0, 6.0, True, long_ago, 0.5, None): "at_risk",
        (0, 6.0, 0.0, True, not_yet, 0.0, None): "stocked_out",
        (4, 11.0, 0.0, True, not_yet, 0.0, None): "surplus",
        (4, 10.0, 0.0, True, AS_OF, 0.0, None): "ok",
        (4, 10.0, 0.0, True, AS_OF, 0.10, None): "ok",
        (4, 10.0, 0.0, True, AS_OF, 0.11, None): "at_risk",
        (4, 10.0, 0.0, True, None, 0.0, None): "ok",
        # announced
        (0, 0.0, 0.0, True, None, 0.0, coming): "ok",
        (0, 0.0, 6.0, True, None, 0.5, coming): "at_risk",
    }
    frame = local_frame(spark, list(expected), JUDGED).withColumn("cum_q99", F.lit(10.0))
    found = frame.select("*", stock_status(PlanParams(), AS_OF).alias("status")).drop("cum_q99").collect()
    assert {tuple(row)[:-1]: row["status"] for row in found} == expected


def test_what_counts_as_at_risk_and_dead_is_a_parameter(spark):
    frame = local_frame(spark, [(4, 4.0, 0.0, True, date(2017, 10, 22), 0.05, None, 10.0)], f"{JUDGED}, cum_q99 double")
    statuses = [stock_status(params, AS_OF) for params in (PlanParams(), PlanParams(at_risk=0.04), PlanParams(dead_weeks=1))]
    (row,) = frame.select(*[status.alias(str(number)) for number, status in enumerate(statuses)]).collect()
    assert list(row) == ["ok", "at_risk", "dead"]
