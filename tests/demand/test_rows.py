"""The rows that models learn from and are asked about."""

from datetime import date, timedelta

import pytest
from chispa import assert_df_equality
from pyspark.sql import functions as F

from shelfwise.core.frames import local_frame
from shelfwise.demand.inputs import FEATURES, HORIZONS, OLD
from shelfwise.demand.rows import level, origin_rows, size_cv2, training_rows, week_facts, with_known_age
from shelfwise.features.calendar import shop_calendar

ORIGIN = date(2017, 7, 30)  # a Sunday, week 29 of 40


def test_an_origin_asks_each_item_for_each_of_the_next_thirteen_weeks(planted):
    rows = origin_rows(**planted, origin=ORIGIN)
    assert rows.count() == 80 * HORIZONS
    first = rows.where("horizon = 1").select("target_week", "origin").distinct().collect()
    assert [(row["target_week"], row["origin"]) for row in first] == [(date(2017, 7, 31), ORIGIN)]
    assert rows.select([F.count_if(F.col(name).isNull()).alias(name) for name in FEATURES]).first() == tuple([0] * len(FEATURES))


def test_fewer_horizons_are_the_same_rows_of_fewer_weeks(planted):
    few = origin_rows(**planted, origin=ORIGIN, horizons=(4, 13)).select("item_id", "horizon", *FEATURES)
    every = origin_rows(**planted, origin=ORIGIN).where("horizon IN (4, 13)").select("item_id", "horizon", *FEATURES)
    assert_df_equality(few, every, ignore_row_order=True)


def test_nothing_after_the_origin_moves_a_feature(planted):
    """Every later week of the panel gets absurd numbers, every later-known plan is turned around: all features stay bit-equal."""
    rubbish = planted["panel"].withColumns(
        {
            name: F.when(F.col("week") > F.lit(ORIGIN), 1e6).otherwise(F.col(name))
            for name in ("units", "mean_4", "shelf_price", "lag_1")
        }
    )
    later = F.col("known_at") > F.lit(ORIGIN)
    turned = planted["promotions"].withColumn("display_share", F.when(later, 0.123).otherwise(F.col("display_share")))
    clean = origin_rows(**planted, origin=ORIGIN).select("item_id", "horizon", *FEATURES)
    spoilt = origin_rows(rubbish, turned, planted["calendar"], origin=ORIGIN).select("item_id", "horizon", *FEATURES)
    assert_df_equality(clean, spoilt, ignore_row_order=True)


def test_an_item_of_the_datas_first_eight_weeks_is_old_and_a_later_one_as_old_as_it_is(spark):
    """The data begin with a; b starts in week 7 (still unknown), c in week 8: ten weeks after the begin, c is 2 weeks old."""
    begin = date(2017, 1, 2)
    lives = [
        (item, begin + timedelta(weeks=week), week - launch)
        for item, launch in (("a", 0), ("b", 7), ("c", 8))
        for week in (launch, 10)
    ]
    panel = local_frame(spark, lives, "item_id string, week date, age_weeks int")
    ages = {
        row["item_id"]: row["known_age"]
        for row in with_known_age(panel).where(F.col("week") == F.lit(begin + timedelta(weeks=10))).collect()
    }
    assert ages == {"a": OLD, "b": OLD, "c": 2}


def test_a_plan_counts_within_its_notice_and_is_unknown_beyond_it(planted):
    """Plans are known 42 days ahead: week 6 starts 36 days after the origin, week 7 starts 43 days after it."""
    rows = (
        origin_rows(**planted, origin=ORIGIN)
        .groupBy("horizon")
        .agg(F.min("planned_display").alias("least"), F.max("planned_display").alias("most"))
    )
    found = {row["horizon"]: (row["least"], row["most"]) for row in rows.collect()}
    assert found[6] == (0.0, 1.0)
    assert found[7] == (-1.0, -1.0)


def test_targets_are_the_units_of_the_target_week_and_end_by_the_last_known_day(planted):
    rows = training_rows(**planted, until=ORIGIN, rows=10_000, seed=7)
    truth = planted["panel"].select(F.col("item_id"), F.col("week").alias("target_week"), F.col("units").alias("truth"))
    joined = rows.join(truth, ["item_id", "target_week"], "left")
    worst = joined.agg(F.max(F.abs(F.col("target") - F.col("truth"))).alias("gap"), F.max("target_week").alias("last")).first()
    assert worst["gap"] == 0
    assert worst["last"] == ORIGIN - timedelta(days=6)


def test_sampled_rows_weigh_as_much_as_all_of_them(planted):
    """Weight / level is the inverse of the chance to be drawn: its sum estimates the number of rows, here within 15 %."""
    every = training_rows(**planted, until=ORIGIN, rows=10_000_000, seed=7)
    some = training_rows(**planted, until=ORIGIN, rows=700, seed=7)
    total = some.agg(F.sum(F.col("weight") / F.col("level"))).first()[0]
    assert every.agg(F.sum(F.col("weight") / F.col("level"))).first()[0] == pytest.approx(every.count())
    assert some.count() < 0.7 * every.count()
    assert total == pytest.approx(every.count(), rel=0.15)


def test_the_order_in_which_the_panel_is_read_moves_no_bit(planted):
    """Weights hang on the sum of all chances, which plain doubles add up to another last bit in another order."""
    sorts = (F.asc("units"), F.desc("item_id"))
    laid = [planted["panel"].coalesce(1).sortWithinPartitions(order).localCheckpoint() for order in sorts]
    one, other = (training_rows(**planted | {"panel": panel}, until=ORIGIN, rows=700, seed=7) for panel in laid)
    assert_df_equality(one, other, ignore_row_order=True, ignore_nullable=True)


def test_the_level_leans_on_the_last_quarter(spark):
    """.02 + .3 x 1 + .4 x 2 + .3 x 3 = 2.02."""
    row = spark.sql("SELECT 1.0D AS mean_4, 2.0D AS mean_13, 3.0D AS mean_26").select(level().alias("level")).first()
    assert row["level"] == pytest.approx(2.02)


def test_sizes_that_vary_have_a_coefficient_of_variation(spark):
    """2 and 6 in two of 13 weeks: mean 4, variance 4, so 4 / 16 = .25; equal sizes 0; one sale says nothing.

    Of all 13 weeks: sum 8, squares 40, so sd^2 = (40 - 64 / 13) / 12.
    """
    rows = [
        ("varied", 8 / 13, ((40 - 64 / 13) / 12) ** 0.5, 2 / 13),
        ("equal", 8 / 13, ((32 - 64 / 13) / 12) ** 0.5, 2 / 13),
        ("once", 4 / 13, ((16 - 16 / 13) / 12) ** 0.5, 1 / 13),
        ("never", 0.0, 0.0, 0.0),
    ]
    frame = local_frame(spark, rows, "item string, mean_13 double, sd_13 double, selling_share_13 double")
    found = frame.withColumn("age_weeks", F.lit(40)).select("item", size_cv2().alias("cv2")).collect()
    assert {row["item"]: row["cv2"] for row in found} == {"varied": 0.25, "equal": 0.0, "once": -1.0, "never": -1.0}


def test_a_holiday_is_waited_for_and_looked_back_on(spark):
    """Independence Day 2017 is a Tuesday: a day after the Monday of its week, 8 after the one before, and past in the next."""
    sales = local_frame(spark, [("s", date(2017, 6, 1), "sale")], "location_id string, sold_on date, kind string")
    places = local_frame(spark, [("s", "US")], "location_id string, country string")
    facts = {row["week"]: row for row in week_facts(shop_calendar(sales, places, as_of=date(2017, 6, 18))).collect()}
    before, own, after = (facts[date(2017, 7, 3) + timedelta(weeks=n)] for n in (-1, 0, 1))
    assert (before["days_to_holiday"], own["days_to_holiday"]) == (8.0, 1.0)
    assert (before["holidays_before"], own["holidays_before"], after["holidays_before"]) == (0.0, 0.0, 1.0)
    assert after["days_to_holiday"] == 56.0  # Labor Day, 4 September
