"""What was known of customers, items and their meetings at the end of a day, that says who will buy what in the weeks after?

All counts are of baskets: of the customer that held the item, of all that the customer came with, of customers who took the item. A
basket so many days old counts for 2^(-days / DECAY) in what is remembered. `due` is the days since the last basket over the mean
gap between baskets: a household that buys coffee every three weeks buys it in the third (the repurchase rhythm, as in Bhagat et
al. 2018, KDD).
"""

from datetime import date, timedelta

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from shelfwise.measures.exact import exact_sum
from shelfwise.measures.versions import plans_known_by
from shelfwise.recommend.vectors import PAIR

DECAY = 60.0  # days
LONG_AGO = 400  # days: no basket at all
ONCE = 60.0  # days: the gap of who bought once
CIRCLES = ("shelf", "category", "maker_id")
OF_PAIR = ("baskets", "remembered", "baskets_28", "baskets_84", "last_days", "first_days", "gap_days", "due", "share_of_trips")
OF_ITEM = ("buyers", "buyers_28", "new_buyers_28", "repeat_share")
OF_PLAN = ("next_display", "next_mailer", "last_display", "last_mailer")
OF_MEETING = ("views_28", "carts_28", "clicks_28", "dwell_28", "last_met_days")


def visits(sales: DataFrame, pairs: DataFrame) -> DataFrame:
    """One row per known customer, item and basket that held it: basket_id, sold_on, and the numbers that `pairs` gives them."""
    numbers = pairs.select("customer_id", "item_id", *PAIR)
    sold = sales.where(F.col("kind") == "sale").join(numbers, ["customer_id", "item_id"], "inner")
    return sold.groupBy(*PAIR, "basket_id").agg(F.min("sold_on").alias("sold_on"))


def until(visits: DataFrame, day: date) -> DataFrame:
    """Those up to `day`, with their `age` in days then."""
    return visits.where(F.col("sold_on") <= F.lit(day)).withColumn("age", F.datediff(F.lit(day), "sold_on"))


def bought_after(visits: DataFrame, day: date, days: int) -> DataFrame:
    """One row per customer and item bought in the `days` after `day`."""
    after = visits.where((F.col("sold_on") > F.lit(day)) & (F.col("sold_on") <= F.lit(day + timedelta(days=days))))
    return after.select(*PAIR).distinct()


def trips(known: DataFrame) -> DataFrame:
    """One row per customer: `trips`, baskets so far, and `items`, how many different ones they held."""
    return known.groupBy("customer_index").agg(
        F.count_distinct("basket_id").alias("trips"), F.count_distinct("item_index").alias("items")
    )


def of_pairs(known: DataFrame, trips: DataFrame) -> DataFrame:
    """One row per customer and item bought: OF_PAIR."""
    counted = known.groupBy(*PAIR).agg(
        F.count(F.lit(1)).alias("baskets"),
        exact_sum(F.pow(F.lit(0.5), F.col("age") / DECAY)).alias("remembered"),
        F.count_if(F.col("age") < 28).alias("baskets_28"),
        F.count_if(F.col("age") < 84).alias("baskets_84"),
        F.min("age").alias("last_days"),
        F.max("age").alias("first_days"),
    )
    between = (F.col("first_days") - F.col("last_days")) / (F.col("baskets") - 1)
    gap = F.when(F.col("baskets") > 1, between).otherwise(ONCE)
    due, share = F.col("last_days") / F.greatest(gap, F.lit(1.0)), F.col("baskets") / F.col("trips")
    told = counted.join(trips, "customer_index", "inner").withColumns({"gap_days": gap, "due": due, "share_of_trips": share})
    return told.select(*PAIR, *OF_PAIR)


def live(pairs: DataFrame, days: int) -> DataFrame:
    """One row per item of `of_pairs` that anybody bought in the last `days`."""
    return pairs.where(F.col("last_days") < days).select("item_index").distinct()


def of_items(pairs: DataFrame) -> DataFrame:
    """One row per item of `of_pairs`: OF_ITEM."""
    return pairs.groupBy("item_index").agg(
        F.count(F.lit(1)).alias("buyers"),
        F.count_if(F.col("last_days") < 28).alias("buyers_28"),
        F.count_if(F.col("first_days") < 28).alias("new_buyers_28"),
        (F.count_if(F.col("baskets") > 1) / F.count(F.lit(1))).alias("repeat_share"),
    )


def of_circle(known: DataFrame, items: DataFrame, circle: str, trips: DataFrame) -> DataFrame:
    """One row per customer and `circle` (a shelf, a category, a maker) bought from: share of baskets, days since the last one."""
    placed = known.join(items.select("item_index", circle), "item_index", "inner").where(F.col(circle).isNotNull())
    counted = placed.groupBy("customer_index", circle).agg(
        F.count_distinct("basket_id").alias("held"), F.min("age").alias(f"{circle}_last_days")
    )
    share = (F.col("held") / F.col("trips")).alias(f"{circle}_share")
    return counted.join(trips, "customer_index", "inner").select("customer_index", circle, share, f"{circle}_last_days")


def met(events: DataFrame, pairs: DataFrame) -> DataFrame:
    """One row per known customer, item and event, with the numbers that `pairs` gives them: kind, dwell_seconds, happened_on (UTC).

    `pairs`: all of features.interactions, since what is only looked at has numbers there alone.
    """
    seen = events.join(pairs.select("customer_id", "item_id", *PAIR), ["customer_id", "item_id"], "inner")
    return seen.select(*PAIR, "kind", "dwell_seconds", F.to_date("happened_at").alias("happened_on"))


def met_until(meetings: DataFrame, day: date) -> DataFrame:
    """Those up to `day`, with their `age` in days then."""
    return meetings.where(F.col("happened_on") <= F.lit(day)).withColumn("age", F.datediff(F.lit(day), "happened_on"))


def of_meetings(known: DataFrame) -> DataFrame:
    """One row per customer and item looked at: OF_MEETING, events and seconds of the last 28 days, days since the last event."""
    late, kind = F.col("age") < 28, F.col("kind")
    return known.groupBy(*PAIR).agg(
        F.count_if(late & (kind == "view")).alias("views_28"),
        F.count_if(late & (kind == "cart")).alias("carts_28"),
        F.count_if(late & (kind == "click")).alias("clicks_28"),
        exact_sum(F.when(late, F.coalesce("dwell_seconds", F.lit(0.0))).otherwise(0.0)).alias("dwell_28"),
        F.min("age").alias("last_met_days"),
    )


def of_plans(promotions: DataFrame, day: date, days: int) -> DataFrame:
    """One row per item promoted in the `days` before or after `day`, as known then: OF_PLAN, sums of weekly shares of locations.

    `promotions`: features.promotion_week with item_index.
    """
    monday = day + timedelta(days=1)
    week = F.col("week")
    coming = (week >= F.lit(monday)) & (week < F.lit(monday + timedelta(days=days)))
    past = (week < F.lit(monday)) & (week >= F.lit(monday - timedelta(days=days)))
    return (
        plans_known_by(promotions.where(coming | past), day)
        .groupBy("item_index")
        .agg(
            _total("display_share", coming).alias("next_display"),
            _total("mailer_share", coming).alias("next_mailer"),
            _total("display_share", past).alias("last_display"),
            _total("mailer_share", past).alias("last_mailer"),
        )
    )


def _total(share: str, when: Column) -> Column:
    return exact_sum(F.when(when, F.col(share)).otherwise(0.0))
