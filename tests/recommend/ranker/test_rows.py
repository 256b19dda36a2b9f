"""Candidates, what is known of them, and a ranker that learns what was planted."""

from datetime import date, timedelta

import numpy as np
import pytest
from chispa import assert_df_equality
from pyspark.sql import functions as F

from shelfwise.core.frames import local_frame
from shelfwise.recommend.als import AlsParams
from shelfwise.recommend.models.ease import EaseParams
from shelfwise.recommend.ranker.model import RankerParams, fit, ranked
from shelfwise.recommend.ranker.rows import FEATURES, RowsParams, Shop, rows_at, with_outcome
from tests.conftest import known_at_once

DAY = date(2017, 6, 25)
CUSTOMERS, ITEMS, DAYS = 60, 24, 140
LOOKS = "customer_index int, item_index int, kind string, dwell_seconds double, happened_on date"
PARAMS = RowsParams(
    offered=6, als=AlsParams(rank=4, iterations=3, blocks=2, min_customers=1), ease=EaseParams(penalty=5.0, most_items=100)
)


@pytest.fixture(scope="module")
def shop(spark):
    """Customer c likes the 12 items of parity c % 2 and buys one every third day; all buy the staple c % 6 every 20 days."""
    rng = np.random.default_rng(7)
    rows = []
    for customer in range(CUSTOMERS):
        begin = int(rng.integers(20))
        for days in range(DAYS):
            when = DAY + timedelta(days=days - 111)
            if rng.uniform() < 0.3:
                rows.append((customer, 2 * int(rng.integers(12)) + customer % 2, f"{customer}-{days}", when))
            if days % 20 == begin:
                rows.append((customer, 100 + customer % 6, f"{customer}-{days}", when))
    items = [(item, f"shelf {item % 2}", "food", "m") for item in range(ITEMS)]
    items += [(100 + n, "staples", "food", None) for n in range(6)]
    looks = [(0, 1, "view", 40.0, DAY - timedelta(days=3)), (0, 3, "view", 5.0, DAY - timedelta(days=40))]
    plan = [(1, DAY + timedelta(days=1), 1.0, 0.0, DAY - timedelta(days=30))]
    columns = "item_index int, week date, display_share double, mailer_share double, known_at date"
    return Shop(
        local_frame(spark, rows, "customer_index int, item_index int, basket_id string, sold_on date").distinct().localCheckpoint(),
        local_frame(spark, looks, LOOKS).localCheckpoint(),
        local_frame(spark, items, "item_index int, shelf string, category string, maker_id string").localCheckpoint(),
        known_at_once(local_frame(spark, plan, columns)).localCheckpoint(),
    )


@pytest.fixture(scope="module")
def rows(shop):
    return rows_at(shop, DAY, PARAMS).localCheckpoint()


def test_a_pair_is_a_candidate_once_and_nothing_of_it_is_null(rows):
    assert rows.count() == rows.select("customer_index", "item_index").distinct().count()
    assert rows.select([F.count_if(F.col(name).isNull()).alias(name) for name in FEATURES]).first() == tuple([0] * len(FEATURES))


def test_own_are_all_live_items_bought_and_others_were_never_bought(shop, rows):
    bought = shop.visits.where(F.col("sold_on") <= F.lit(DAY)).select("customer_index", "item_index").distinct()
    own = rows.where("own").select("customer_index", "item_index")
    assert_df_equality(own, bought, ignore_row_order=True, ignore_nullable=True)
    assert rows.where("NOT own AND (baskets > 0 OR last_days < 400)").count() == 0
    assert rows.where("NOT own").count() > 0


def test_what_comes_later_moves_no_row(spark, shop, rows):
    """Tenfold purchases, a cart and a plan that becomes known after the day: all rows stay equal."""
    after = shop.visits.where(F.col("sold_on") > F.lit(DAY))
    more = after.crossJoin(spark.range(9)).withColumn("basket_id", F.concat_ws("-", "basket_id", "id")).drop("id")
    plan = shop.promotions.withColumns({"item_index": F.lit(2), "known_at": F.lit(DAY + timedelta(days=1))})
    look = local_frame(spark, [(1, 0, "cart", None, DAY + timedelta(days=1))], LOOKS)
    spoilt = Shop(shop.visits.unionByName(more), shop.meetings.unionByName(look), shop.items, shop.promotions.unionByName(plan))
    assert_df_equality(rows, rows_at(spoilt, DAY, PARAMS), ignore_row_order=True)


def test_what_was_looked_at_of_late_is_a_candidate(rows):
    """Customer 0 likes even items, looked at item 1 three days ago for 40 seconds, and at item 3 longer ago than 28 days."""
    found = {row["item_index"]: row for row in rows.where("customer_index = 0 AND item_index IN (1, 3)").collect()}
    seen = found[1]
    assert (seen["own"], seen["views_28"], seen["dwell_28"], seen["last_met_days"]) == (False, 1.0, 40.0, 3.0)
    assert 3 not in found or (found[3]["views_28"], found[3]["last_met_days"]) == (0.0, 40.0)


def test_an_outcome_is_of_the_days_after_and_of_customers_who_came(shop, rows):
    judged = with_outcome(rows, shop.visits, DAY, 28).toPandas()
    after = shop.visits.where(F.col("sold_on") > F.lit(DAY)).toPandas()
    pairs = set(zip(after["customer_index"], after["item_index"], strict=True))
    assert set(judged["customer_index"]) <= set(after["customer_index"])
    told = [(c, i) in pairs for c, i in zip(judged["customer_index"], judged["item_index"], strict=True)]
    assert judged["bought"].tolist() == [float(one) for one in told]


def test_a_ranker_learns_taste_and_rhythm_and_says_how_likely_it_is(shop, rows):
    """What it gives first to a customer is of the customer's own parity or a staple, and about as often bought as it says."""
    earlier = DAY - timedelta(days=28)
    lessons = with_outcome(rows_at(shop, earlier, PARAMS), shop.visits, earlier, 28).withColumn("day", F.lit(earlier))
    params = RankerParams(trees=40, depth=3, step=0.1, min_weight_per_leaf=5.0)
    found = ranked(fit(lessons, params), rows)
    first = found.where("place <= 3").toPandas()
    fits = (first["item_index"] >= 100) | (first["item_index"] % 2 == first["customer_index"] % 2)
    assert fits.mean() > 0.9
    outcome = with_outcome(rows, shop.visits, DAY, 28).select("customer_index", "item_index", "bought")
    both = found.join(outcome, ["customer_index", "item_index"], "inner").toPandas()
    assert both["probability"].sum() == pytest.approx(both["bought"].sum(), rel=0.15)
    assert both.loc[both["place"] == 1, "bought"].mean() > both["bought"].mean()


def test_a_ranker_is_the_same_however_its_rows_come(shop):
    earlier = DAY - timedelta(days=28)
    judged = with_outcome(rows_at(shop, earlier, PARAMS), shop.visits, earlier, 28)
    lessons = judged.withColumn("day", F.lit(earlier)).localCheckpoint()
    params = RankerParams(trees=10)
    one, other = (ranked(fit(some, params), lessons) for some in (lessons, lessons.orderBy(F.desc("item_index"))))
    assert_df_equality(one, other, ignore_row_order=True)
