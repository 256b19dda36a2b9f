"""Which items are promoted in which week, and since when is that known?

display_share = locations that display the item / locations that promote anything that week, as far as known (mailer_share
likewise), 1 where the plan is for everywhere; price_cut is the mean over these locations, as far as cuts are planned. A location
with several cuts in a week counts for each, so that the mean is kept to the largest of them. A plan that became known part by
part has what was known before beside it: a model that is asked what it would have said earlier is to know no more.
"""

from datetime import date

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from shelfwise.contracts.features import PROMOTION_WEEK
from shelfwise.core.kept import keep
from shelfwise.measures.exact import exact_sum
from shelfwise.measures.versions import VERSION

EVERYWHERE = "*"


def promotions_by_week(promotions: DataFrame, items: DataFrame, *, as_of: date) -> DataFrame:
    """One row per item and week with a promotion, past or planned, as known at `as_of`."""
    told = ("item_id", "location_id", "display", "mailer", "coupon", "price_cut", "known_at")
    weekly = promotions.select(*told, F.explode(_weeks_touched()).alias("week"))
    grown = _grown(weekly).join(F.broadcast(_promoting_locations(weekly)), ["week", "known_at"], "left")
    versions = grown.select(
        "item_id",
        "week",
        "known_at",
        F.when(F.col("displayed"), 1.0).otherwise(_share("displaying")).alias("display_share"),
        F.when(F.col("mailed"), 1.0).otherwise(_share("mailing")).alias("mailer_share"),
        F.least(F.greatest("cut", F.col("cutting") / F.col("locations")), "deepest").alias("price_cut"),
        "coupon",
    )
    plan = F.array_sort(F.collect_list(F.struct(*VERSION)))
    plans = versions.groupBy("item_id", "week").agg(plan.alias("plan"))
    last, before = F.element_at("plan", -1), F.slice("plan", 1, F.size("plan") - 1)
    return (
        plans.join(items.select("item_id", "category"), "item_id", "left")
        .withColumns({name: last[name] for name in VERSION})
        .withColumns({"as_of": F.lit(as_of), "earlier": F.when(F.size("plan") > 1, before)})
        .select(*PROMOTION_WEEK.columns)
    )


def _grown(weekly: DataFrame) -> DataFrame:
    """One row per item, week and day on which some of its plan became known: all that was known by then."""
    everywhere = F.col("location_id") == EVERYWHERE
    parts = weekly.groupBy("item_id", "week", "known_at").agg(
        F.count_if(F.col("display") & ~everywhere).alias("displaying"),
        F.count_if(F.col("mailer") & ~everywhere).alias("mailing"),
        exact_sum(F.when(~everywhere, F.col("price_cut"))).alias("cutting"),
        F.bool_or(F.col("display") & everywhere).alias("displayed"),
        F.bool_or(F.col("mailer") & everywhere).alias("mailed"),
        F.max(F.when(everywhere, F.col("price_cut"))).alias("cut"),
        F.max("price_cut").alias("deepest"),
        F.bool_or("coupon").alias("coupon"),
    )
    so_far = Window.partitionBy("item_id", "week").orderBy("known_at")
    sums = {name: F.sum(name).over(so_far) for name in ("displaying", "mailing", "cutting")}
    highest = {name: F.max(name).over(so_far) for name in ("displayed", "mailed", "cut", "deepest", "coupon")}
    return parts.withColumns(sums | highest)


def _weeks_touched() -> Column:
    monday = F.to_date(F.date_trunc("week", "starts_on"))
    return F.sequence(monday, F.to_date(F.date_trunc("week", "ends_on")), F.expr("INTERVAL 7 DAYS"))


def _promoting_locations(weekly: DataFrame) -> DataFrame:
    """One row per week and day on which some plan of it became known: locations that promote anything, as far as known by then.

    Broadcast is safe: weeks and days of notice are few.
    """
    known = keep(weekly.select("week", "location_id", "known_at").distinct())
    places = known.where(F.col("location_id") != EVERYWHERE).groupBy("week", "location_id").agg(F.min("known_at").alias("since"))
    days = known.select("week", "known_at").distinct()
    counted = days.join(places, "week", "inner").where(F.col("since") <= F.col("known_at"))
    return counted.groupBy("week", "known_at").agg(F.count(F.lit(1)).alias("locations"))


def _share(counted: str) -> Column:
    return F.least(F.coalesce(F.col(counted) / F.col("locations"), F.lit(0.0)), F.lit(1.0))
