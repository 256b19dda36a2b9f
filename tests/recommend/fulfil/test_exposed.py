"""Places that are drawn by lot among young items, and what their chances were."""

from datetime import date

import pytest
from chispa import assert_df_equality
from pyspark.sql import functions as F

from shelfwise.core.frames import local_frame
from shelfwise.recommend.fulfil.exposed import ExposureParams, exposed, young_items
from tests.recommend.builders import pairs

AS_OF = date(2017, 10, 29)
CUSTOMERS, YOUNG, OTHER = 4_000, 8, 9
HALF = ExposureParams(share=0.25)


@pytest.fixture(scope="module")
def shown(spark):
    """Lists of items 1 and 2 (customer 0 has item 1 alone); young item 8 suits all three times as well as young item 9."""
    everybody = spark.range(CUSTOMERS).select(F.col("id").cast("int").alias("customer_index"))
    told = ", false AS own, .1D AS probability, .1D AS expected_units, 'ranker' AS model"
    two = f"inline(array(struct(1 AS item_index{told}, 1 AS rank), struct(2 AS item_index{told}, 2 AS rank)))"
    lists = everybody.selectExpr("customer_index", two)
    lists = lists.where("customer_index > 0 OR rank = 1")
    offers = everybody.selectExpr(
        "customer_index", f"inline(array(struct({YOUNG} AS item_index, .6D AS score), struct({OTHER} AS item_index, .2D AS score)))"
    )
    chances = offers.selectExpr(
        "customer_index", "item_index", "false AS own", "score / 100 AS probability", "score AS expected_units"
    )
    return lists, offers, chances, exposed(lists, offers, chances, 2, HALF, AS_OF).localCheckpoint()


def test_half_of_the_lists_give_up_their_last_place_three_of_four_to_what_suits_three_times_as_well(shown):
    """.25 of two places is a half of one: .5 x .75 and .5 x .25 of all; four standard errors of a share are .032."""
    *_, made = shown
    shares = {row["item_index"]: row["count"] / CUSTOMERS for row in made.where("rank = 2").groupBy("item_index").count().collect()}
    assert shares == {
        2: pytest.approx(0.5, abs=0.032),
        YOUNG: pytest.approx(0.375, abs=0.032),
        OTHER: pytest.approx(0.125, abs=0.032),
    }
    told = {(row["item_index"], row["model"], round(row["propensity"], 9)) for row in made.collect()}
    assert told == {(1, "ranker", 1.0), (2, "ranker", 0.5), (YOUNG, "content", 0.375), (OTHER, "content", 0.125)}


def test_no_list_is_shorter_or_longer_and_none_that_is_not_whole_gives_up_a_place(shown):
    lists, _, _, made = shown
    keys = ["customer_index", "rank"]
    assert_df_equality(made.select(*keys), lists.select(*keys), ignore_row_order=True, ignore_nullable=True)
    assert [row["item_index"] for row in made.where("customer_index = 0").collect()] == [1]


def test_the_same_day_draws_the_same_and_another_day_others(shown):
    lists, offers, chances, made = shown
    again = exposed(lists.repartition(3), offers.repartition(2), chances, 2, HALF, AS_OF)
    assert_df_equality(made, again, ignore_row_order=True)
    other = exposed(lists, offers, chances, 2, HALF, date(2017, 10, 30))
    assert made.exceptAll(other).count() > 0.3 * CUSTOMERS


def test_without_a_share_or_without_offers_lists_stay(spark, shown):
    lists, offers, chances, _ = shown
    for asked, params in ((offers, ExposureParams(share=0.0)), (offers.limit(0), HALF)):
        kept = exposed(lists, asked, chances, 2, params, AS_OF)
        assert_df_equality(kept.drop("propensity"), lists, ignore_row_order=True, ignore_nullable=True)
        assert kept.where("propensity <> 1").isEmpty()


def test_young_is_what_was_first_bought_of_late(spark):
    """Item 1 was bought 28 days ago and since; item 2 first 27 days ago; item 3 too, but it is no longer live."""
    bought = pairs(
        spark, (1, 1, 1, date(2017, 10, 1)), (2, 1, 1, AS_OF), (1, 2, 1, date(2017, 10, 2)), (1, 3, 1, date(2017, 10, 2))
    )
    live = local_frame(spark, [(1,), (2,)], "item_index int")
    assert [row["item_index"] for row in young_items(live, bought, AS_OF, 28).collect()] == [2]
