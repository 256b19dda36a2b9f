"""Which items are promoted in which week, and since when is that known?

display_share = locations that display the item / locations that promote anything that week (mailer_share likewise), 1 where the
plan is for everywhere; price_cut is the mean over these locations, as far as cuts are planned. A location with several cuts in a
week counts for each, so that the mean is kept to the largest of them.
"""

from datetime import date

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.features import PROMOTION_WEEK
from shelfwise.measures.exact import exact_sum

EVERYWHERE = "*"


def promotions_by_week(promotions: DataFrame, items: DataFrame, *, as_of: date) -> DataFrame:
    """One row per item and week with a promotion, past or planned, as known at `as_of`."""
    told = ("item_id", "location_id", "display", "mailer", "coupon", "price_cut", "known_at")
    weekly = promotions.select(*told, F.explode(_weeks_touched()).alias("week"))
    everywhere = F.col("location_id") == EVERYWHERE
    by_item = weekly.groupBy("item_id", "week").agg(
        F.count_if(F.col("display") & ~everywhere).alias("displaying"),
        F.count_if(F.col("mailer") & ~everywhere).alias("mailing"),
        exact_sum(F.when(~everywhere, F.col("price_cut"))).alias("cutting"),
        F.bool_or(F.col("display") & everywhere).alias("displayed"),
        F.bool_or(F.col("mailer") & everywhere).alias("mailed"),
        F.max(F.when(everywhere, F.col("price_cut"))).alias("cut"),
        F.max("price_cut").alias("deepest"),
        F.bool_or("coupon").alias("coupon"),
        F.max("known_at").alias("known_at"),
    )
    return (
        by_item.join(F.broadcast(_promoting_locations(weekly)), "week", "left")
        .join(items.select("item_id", "category"), "item_id", "left")
        .select(
            F.lit(as_of).alias("as_of"),
            "item_id",
            "category",
            "week",
            F.when(F.col("displayed"), 1.0).otherwise(_share("displaying")).alias("display_share"),
            F.when(F.col("mailed"), 1.0).otherwise(_share("mailing")).alias("mailer_share"),
            F.least(F.greatest("cut", F.col("cutting") / F.col("locations")), "deepest").alias("price_cut"),
            "coupon",
            "known_at",
        )
        .select(*PROMOTION_WEEK.columns)
    )


def _weeks_touched() -> Column:
    monday = F.to_date(F.date_trunc("week", "starts_on"))
    return F.sequence(monday, F.to_date(F.date_trunc("week", "ends_on")), F.expr("INTERVAL 7 DAYS"))


def _promoting_locations(weekly: DataFrame) -> DataFrame:
    """One row per week; broadcast is safe, since weeks are few."""
    places = weekly.where(F.col("location_id") != EVERYWHERE).select("week", "location_id").distinct()
    return places.groupBy("week").agg(F.count(F.lit(1)).alias("locations"))


def _share(counted: str) -> Column:
    return F.least(F.coalesce(F.col(counted) / F.col("locations"), F.lit(0.0)), F.lit(1.0))
