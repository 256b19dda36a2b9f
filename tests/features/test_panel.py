"""The item x week panel: which rows exist, what they say, and that they know nothing of the future."""

from datetime import date, timedelta

import pytest
from chispa import assert_df_equality
from pyspark.sql import functions as F

from shelfwise.contracts.features import ITEM_WEEK, OUTSIDE_WEEK
from shelfwise.core.frames import local_frame
from shelfwise.features.latent import LatentParams, latent_demand
from shelfwise.features.panel import item_weeks
from tests.conftest import STOCK, panel_of

MONDAY = date(2017, 1, 2)


def day(week: int, weekday: int = 0) -> date:
    return MONDAY + timedelta(weeks=week, days=weekday)


def at(panel, item, week):
    return panel.where((F.col("item_id") == item) & (F.col("week") == F.lit(day(week)))).first()


def test_a_week_without_a_sale_is_a_zero_from_the_first_sale_to_the_last_complete_week(sales_of, items_of, no_promotions):
    """`a` sells in weeks 0 and 2, `b` first in week 1: at the end of week 3 that makes 4 and 3 rows; week 4 has begun only."""
    sales = sales_of(("a", day(0), 2, 1.0), ("a", day(2), 5, 1.0), ("b", day(1, 3), 1, 3.0), ("a", day(4), 9, 1.0))
    panel = panel_of(sales, items_of("a", "b"), no_promotions, as_of=day(4, 2))
    found = {(row["item_id"], row["week"]): row["units"] for row in panel.collect()}
    assert found == {
        ("a", day(0)): 2.0,
        ("a", day(1)): 0.0,
        ("a", day(2)): 5.0,
        ("a", day(3)): 0.0,
        ("b", day(1)): 1.0,
        ("b", day(2)): 0.0,
        ("b", day(3)): 0.0,
    }
    assert panel.columns == ITEM_WEEK.columns


def test_a_sunday_ends_its_week(sales_of, items_of, no_promotions):
    sales = sales_of(("a", day(0), 2, 1.0), ("a", day(1, 6), 3, 1.0))
    panel = panel_of(sales, items_of("a"), no_promotions, as_of=day(1, 6))
    assert at(panel, "a", 1)["units"] == 3.0


def test_the_shops_first_incomplete_week_is_left_out(sales_of, items_of, no_promotions):
    """The data begin on a Sunday: that one day is no week to learn from."""
    sales = sales_of(("a", day(-1, 6), 50, 1.0), ("a", day(0), 2, 1.0))
    panel = panel_of(sales, items_of("a"), no_promotions, as_of=day(0, 6))
    assert [row["week"] for row in panel.collect()] == [day(0)]


def test_what_is_weighed_is_no_unit_demand(sales_of, items_of, no_promotions):
    sales = sales_of(("fuel", day(0), 9000, 0.003), ("a", day(0), 1, 1.0))
    items = items_of("a").unionByName(items_of("fuel", sold_by="measure"))
    assert {row["item_id"] for row in panel_of(sales, items, no_promotions, as_of=day(0, 6)).collect()} == {"a"}


def test_means_lags_and_shares_of_a_short_life(sales_of, items_of, no_promotions):
    """Units 4, 0, 2, 6: the 4-week mean is 3, the 13-week mean the same, 3 of 4 weeks sold, sd sqrt(20/3) = 2.582."""
    sales = sales_of(("a", day(0), 4, 1.0), ("a", day(2), 2, 1.0), ("a", day(3), 6, 1.0))
    row = at(panel_of(sales, items_of("a"), no_promotions, as_of=day(3, 6)), "a", 3)
    assert (row["lag_1"], row["lag_2"], row["lag_3"]) == (2.0, 0.0, 4.0)
    assert row["mean_4"] == row["mean_13"] == row["mean_26"] == 3.0
    assert row["selling_share_13"] == 0.75
    assert row["sd_13"] == pytest.approx(2.582, abs=1e-3)
    assert (row["age_weeks"], row["weeks_since_sale"]) == (3, 0)


def test_a_price_is_carried_over_weeks_without_a_sale_and_says_so(sales_of, items_of, no_promotions):
    """2.00, nothing, 3.00: in week 1 the price is still 2.00 and imputed; in week 2 it is 3 / mean(2, 2, 3) = 1.286 of its own."""
    sales = sales_of(("a", day(0), 1, 2.0), ("a", day(2), 1, 3.0))
    panel = panel_of(sales, items_of("a"), no_promotions, as_of=day(2, 6))
    assert (at(panel, "a", 1)["shelf_price"], at(panel, "a", 1)["price_imputed"]) == (2.0, True)
    assert (at(panel, "a", 2)["shelf_price"], at(panel, "a", 2)["price_imputed"]) == (3.0, False)
    assert at(panel, "a", 2)["price_to_own"] == pytest.approx(3 / (7 / 3))


def test_a_category_is_the_sum_of_its_items(sales_of, items_of, no_promotions):
    """Week 1: a 3 + b 5 = 8 units; mean of weeks 0 (4) and 1 (8) is 6; the price 1.00 is 1 / mean(1, 3) = .5 of the category's."""
    sales = sales_of(("a", day(0), 4, 1.0), ("a", day(1), 3, 1.0), ("b", day(1), 5, 3.0))
    row = at(panel_of(sales, items_of("a", "b"), no_promotions, as_of=day(1, 6)), "a", 1)
    assert (row["category_units"], row["category_mean_4"]) == (8.0, 6.0)
    assert row["price_to_category"] == 0.5


def test_promoted_and_unpromoted_weeks_are_averaged_apart(spark, sales_of, items_of, no_promotions):
    """Promoted in week 1 only: 10 then, (2 + 4) / 2 = 3 otherwise; one of three weeks is promoted."""
    sales = sales_of(("a", day(0), 2, 1.0), ("a", day(1), 10, 1.0), ("a", day(2), 4, 1.0))
    promoted = local_frame(spark, [(day(2), "a", "C", day(1), 0.5, 0.0, None, False, day(-5), None)], no_promotions.schema)
    row = at(panel_of(sales, items_of("a"), promoted, as_of=day(2, 6)), "a", 2)
    assert (row["mean_promoted"], row["mean_unpromoted"]) == (10.0, 3.0)
    assert row["promoted_share_26"] == pytest.approx(1 / 3)
    assert row["weeks_since_promotion"] == 1


def test_a_promotion_counts_as_it_was_known_at_the_end_of_its_week(spark, sales_of, items_of, no_promotions):
    """On display in half of the stores; that the others had it too, and a coupon, was put on record the week after."""
    sales = sales_of(("a", day(0), 2, 1.0), ("a", day(1), 8, 1.0), ("a", day(2), 2, 1.0))
    before = [(day(-5), 0.5, 0.0, None, False)]
    grown = [
        (day(2), "a", "C", day(1), 1.0, 0.0, None, True, day(2), before),
        (day(2), "a", "C", day(0), 1.0, 0.0, None, True, day(1), None),
    ]
    panel = panel_of(sales, items_of("a"), local_frame(spark, grown, no_promotions.schema), as_of=day(2, 6))
    assert [(at(panel, "a", week)["display_share"], at(panel, "a", week)["coupon"]) for week in (0, 1)] == [
        (0.0, False),
        (0.5, False),
    ]


def test_a_planned_price_cut_makes_a_promoted_week(spark, sales_of, items_of, no_promotions):
    """2, 8 and 2 units, the second at .3 off: 8 when promoted, else 2."""
    sales = sales_of(("a", day(0), 2, 1.0), ("a", day(1), 8, 1.0), ("a", day(2), 2, 1.0))
    cut = local_frame(spark, [(day(2), "a", "C", day(1), 0.0, 0.0, 0.3, False, day(-5), None)], no_promotions.schema)
    row = at(panel_of(sales, items_of("a"), cut, as_of=day(2, 6)), "a", 2)
    assert (row["mean_promoted"], row["mean_unpromoted"], row["weeks_since_promotion"]) == (8.0, 2.0, 1)


def test_the_department_and_the_shop_are_sums_of_their_items(sales_of, items_of, no_promotions):
    """a and b are FOOD, c is not: FOOD sells 4 and then 8, the shop 4 and then 18; a category of two items has two."""
    sales = sales_of(("a", day(0), 4, 1.0), ("a", day(1), 3, 1.0), ("b", day(1), 5, 3.0), ("c", day(1), 10, 1.0))
    items = items_of("a", "b", "c").selectExpr(
        "* EXCEPT (department, category)",
        "IF(item_id = 'c', 'OTHER', 'FOOD') AS department",
        "IF(item_id = 'c', 'other', 'soup') AS category",
    )
    panel = panel_of(sales, items, no_promotions, as_of=day(1, 6))
    a, c = at(panel, "a", 1), at(panel, "c", 1)
    assert (a["department_mean_4"], a["shop_mean_4"], a["category_items"]) == (6.0, 11.0, 2)
    assert (c["department_mean_4"], c["shop_mean_13"], c["category_items"]) == (10.0, 11.0, 1)
    assert a["weeks_since_promotion"] is None


def test_demand_stands_for_sales_and_money_stays_what_was_paid(spark, sales_of, items_of, no_promotions):
    """Seven sold in week 0, one a day; then the shelf is counted empty: another seven are wanted, none sold or paid for.

    The price is carried on, and counted demand is a sign of life.
    """
    sales = sales_of(*[("a", day(0, d), 1, 2.0) for d in range(7)])
    stock = local_frame(spark, [("a", "s", day(0), 7, 0), ("a", "s", day(1), 0, 0)], STOCK)
    row = at(panel_of(sales, items_of("a"), no_promotions, stock, as_of=day(1, 6)), "a", 1)
    assert row["units"] == pytest.approx(7, abs=1e-3)
    assert (row["sold_units"], row["revenue"], row["demand_basis"]) == (0.0, 0.0, "stock")
    assert (row["shelf_price"], row["price_imputed"], row["weeks_since_sale"]) == (2.0, True, 0)
    assert row["lag_1"] == 7.0
    assert row["mean_4"] == pytest.approx(7, abs=1e-3)


def test_a_guessed_gap_is_no_sign_of_life(sales_of, items_of, no_promotions):
    """20 a week for 13 weeks, then nothing: chance is 1/15, then 1/225 < .05, so week 14 counts as 20; last sold in week 12."""
    row = at(
        panel_of(sales_of(*[("a", day(w), 20, 1.0) for w in range(13)]), items_of("a"), no_promotions, as_of=day(14, 6)), "a", 14
    )
    assert (row["units"], row["sold_units"], row["demand_basis"], row["weeks_since_sale"]) == (20.0, 0.0, "gap", 2)


def test_each_row_is_what_was_known_at_its_own_end(sales_of, items_of, no_promotions):
    """The panel of a later day holds the panel of an earlier one, bit for bit: backtests rest on it."""
    lines = [("a", day(w), 1 + w % 3, 1.0 + 0.1 * w) for w in range(8)] + [("b", day(w, 2), 2, 2.0) for w in (1, 4, 5)]
    early = panel_of(sales_of(*[x for x in lines if x[1] <= day(4, 6)]), items_of("a", "b"), no_promotions, as_of=day(4, 6))
    late = panel_of(sales_of(*lines), items_of("a", "b"), no_promotions, as_of=day(7, 6))
    then = late.where(F.col("week") <= F.lit(day(4)))
    assert_df_equality(early.drop("as_of"), then.drop("as_of"), ignore_row_order=True)


def test_double_the_sales_double_every_count_and_leave_every_ratio(sales_of, items_of, no_promotions):
    lines = [("a", day(w), 1 + w % 3, 1.5) for w in range(6)]
    once = panel_of(sales_of(*lines), items_of("a"), no_promotions, as_of=day(5, 6))
    twice = panel_of(sales_of(*lines, *lines), items_of("a"), no_promotions, as_of=day(5, 6))
    for name in ("units", "mean_4", "mean_13", "sd_13", "category_units", "maker_mean_4", "revenue"):
        assert twice.agg(F.sum(name)).first()[0] == pytest.approx(2 * once.agg(F.sum(name)).first()[0])
    for name in ("shelf_price", "price_to_own", "selling_share_13", "age_weeks"):
        assert twice.agg(F.sum(name)).first()[0] == pytest.approx(once.agg(F.sum(name)).first()[0])


def test_the_plan_has_no_python_and_no_cross_product(spark, sales_of, items_of, no_promotions):
    sales, items = sales_of(("a", day(0), 1, 1.0)), items_of("a")
    counts = local_frame(spark, [], STOCK)
    demand = latent_demand(sales, items, counts, params=LatentParams(buckets=1), as_of=day(0, 6)).localCheckpoint()
    outside = local_frame(spark, [], OUTSIDE_WEEK.struct)
    plan = item_weeks(demand, sales, items, no_promotions, outside, as_of=day(0, 6))._jdf.queryExecution().executedPlan().toString()
    assert "Python" not in plan
    assert "CartesianProduct" not in plan
