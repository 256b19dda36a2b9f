"""Earlier days, what was known at their ends, and what was bought then."""

from datetime import timedelta

from pyspark.sql import functions as F

from shelfwise.contracts.features import PROMOTION_WEEK
from shelfwise.contracts.lessons import RECOMMENDER_LESSONS
from shelfwise.core.conform import conform
from shelfwise.features.interactions import InteractionParams, customer_item_pairs
from shelfwise.recommend.ranker.lessons import recommender_lessons
from shelfwise.recommend.ranker.rows import FEATURES
from tests.recommend.builders import events, items, rows_of, sales
from tests.recommend.conftest import AS_OF, LESSONS

DAY = AS_OF - timedelta(days=28)


def test_the_contract_declares_every_feature_once(shop):
    assert conform(shop.lessons, RECOMMENDER_LESSONS).columns == RECOMMENDER_LESSONS.columns
    about = ["as_of", "day", "customer_index", "item_index", "own", "bought"]
    assert sorted([*about, *FEATURES]) == sorted(RECOMMENDER_LESSONS.columns)


def test_only_days_with_a_history_teach(shop):
    """Everything was first bought 40 days ago: at the end of the day 56 days ago nothing was known."""
    assert [row["day"] for row in shop.lessons.select("day").distinct().collect()] == [DAY]


def test_what_was_bought_after_the_day_is_told_and_nothing_else(shop):
    """Each of 16 customers bought the last item 20 and 10 days ago, and the first two 4 days ago: 3 own items, none new."""
    bought = shop.lessons.where("bought = 1")
    assert (bought.count(), bought.where("own").count()) == (48, 48)
    assert {(row["baskets"], row["last_days"]) for row in bought.collect()} == {(1.0, 12.0), (2.0, 2.0)}


def test_purchases_after_the_day_move_no_feature(spark, shop):
    """Ten baskets more of everything, 3 days before the end: the same rows, with other outcomes."""
    later = shop.sales.where(F.col("sold_on") == F.lit(AS_OF - timedelta(days=4)))
    more = later.crossJoin(spark.range(10)).withColumn("basket_id", F.concat_ws("-", "basket_id", "id")).drop("id")
    more = more.withColumn("sold_on", F.lit(AS_OF - timedelta(days=3)))
    spoilt = recommender_lessons(
        shop.sales.unionByName(more), shop.items, shop.interactions, shop.promotions, shop.events, params=LESSONS, as_of=AS_OF
    )
    rows = {tuple(row[name] for name in ("customer_index", "item_index", *FEATURES)) for row in shop.lessons.collect()}
    assert {tuple(row[name] for name in ("customer_index", "item_index", *FEATURES)) for row in spoilt.collect()} == rows


def test_each_customer_teaches_on_one_of_the_days_before_the_judged_one(spark):
    """Twelve customers who come every week, two days of lessons: together they are all twelve, on the judged day they all are."""
    days = [AS_OF - timedelta(days=n) for n in range(120)]
    bought = sales(
        spark, *({"customer_id": f"c{n}", "item_id": f"i{n % 5}", "sold_on": day} for n in range(12) for day in days[::7])
    )
    described = items(spark, *({"item_id": f"i{n}"} for n in range(5)))
    numbered = customer_item_pairs(bought, events(spark), params=InteractionParams(), as_of=AS_OF)
    params = LESSONS.model_copy(update={"lessons": 2})
    plans = rows_of(spark, PROMOTION_WEEK, [])
    rows = recommender_lessons(bought, described, numbered, plans, events(spark), params=params, as_of=AS_OF)
    met = {(row["day"], row["customer_index"]) for row in rows.select("day", "customer_index").distinct().collect()}
    judged, first, second = ([c for day, c in met if day == AS_OF - timedelta(days=28 * n)] for n in (1, 2, 3))
    assert len(judged) == 12
    assert sorted(first + second) == sorted(judged)
    assert first and second
