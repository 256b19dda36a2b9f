"""What is planned for the week that is asked for, the weeks beside it, and its category's other items, as known at the origin?

The weeks beside it: customers stock up in a promotion and wait for one (post- and pre-promotion dips; van Heerde, Leeflang &
Wittink 2000, Journal of Marketing Research 37). Others of its category: they take demand from it, or bring customers to its shelf.
"""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from shelfwise.demand.inputs import HORIZONS, UNKNOWN
from shelfwise.measures.versions import PLAN, version_known_by


def by_item(promotions: DataFrame) -> DataFrame:
    """One row per item: `plans`, the plan of each week that has one."""
    plan = F.struct("week", F.struct(*PLAN))
    return promotions.groupBy("item_id").agg(F.map_from_entries(F.collect_list(plan)).alias("plans"))


def with_plans(rows: DataFrame, promotions: DataFrame) -> DataFrame:
    """Adds the features of plans (demand.inputs) to rows that have `plans`, `horizon`, `target_week` and the origin's columns."""
    mates = by_category(promotions).withColumnRenamed("week", "target_week")
    told = rows.join(F.broadcast(mates), ["category", "target_week", "horizon"], "left").join(
        F.broadcast(notice(promotions)), how="cross"
    )
    # a week without a promotion on record is a week without one only where its plan would be known by now
    known = {"plan": _plan(0), "plan_before": _plan(-1), "plan_after": _plan(1), "plan_known": _would_be_known(0).cast("double")}
    return told.withColumns(known).withColumns(_features()).drop("plans", "plan", "plan_before", "plan_after", "promoted_mates")


def by_category(promotions: DataFrame) -> DataFrame:
    """One row per category, week and horizon: `promoted_mates`, its items whose promotion is known that many weeks ahead.

    Bound: categories x weeks x HORIZONS, small enough to be broadcast.
    """
    horizons = F.least(F.floor(F.datediff(F.date_add("week", 6), "promoted_at") / 7), F.lit(HORIZONS)).cast("int")
    promoted = _promotions(promotions).where(F.col("category").isNotNull())
    counted = promoted.groupBy("category", "week", horizons.alias("horizons")).agg(F.count(F.lit(1)).alias("items"))
    ahead = counted.where("horizons >= 1").withColumn("horizon", F.explode(F.sequence(F.lit(1), "horizons")))
    return ahead.groupBy("category", "week", "horizon").agg(F.sum("items").alias("promoted_mates"))


def notice(promotions: DataFrame) -> DataFrame:
    """One row: days between a promotion's becoming known and its week, at the usual notice; null where nothing is ever planned."""
    return _promotions(promotions).agg(F.median(F.datediff("week", "promoted_at")).alias("notice_days"))


def _promotions(promotions: DataFrame) -> DataFrame:
    """Item-weeks with a display, mailer or price cut, and `promoted_at`, the day on which the first of these was known."""
    first = F.try_element_at(F.filter("earlier", lambda one: share(one) > 0), F.lit(1))
    known = promotions.where(share(F.struct(*PLAN)) > 0)
    return known.withColumn("promoted_at", F.coalesce(first["known_at"], F.col("known_at")))


def _plan(weeks_after: int) -> Column:
    """Of the week so many weeks after the target's; null where none is known."""
    plan = F.element_at("plans", F.date_add("target_week", 7 * weeks_after))
    return version_known_by(plan, F.col("origin"))


def _would_be_known(weeks_after: int) -> Column:
    return F.coalesce(F.datediff("target_week", "origin") + 7 * weeks_after <= F.col("notice_days"), F.lit(False))


def _features() -> dict[str, Column]:
    own = share(F.col("plan"))
    promotion = F.when(own > 0, F.col("plan"))  # a coupon alone, known long before, says nothing of displays
    rate = F.when(own > 0, F.col("mean_promoted")).when(F.col("plan_known") > 0, F.col("mean_unpromoted"))
    mates = F.coalesce("promoted_mates", F.lit(0)) - F.when(own > 0, 1).otherwise(0)
    promoted = F.least(F.coalesce(F.try_divide(mates.cast("double"), F.col("category_items") - 1), F.lit(0.0)), F.lit(1.0))
    return {
        "planned_display": _planned(promotion["display_share"], 0),
        "planned_mailer": _planned(promotion["mailer_share"], 0),
        "planned_cut": F.coalesce("plan.price_cut", F.lit(0.0)),
        "planned_coupon": F.coalesce(F.col("plan.coupon").cast("double"), F.lit(0.0)),
        "rate_under_plan": F.coalesce(rate / F.col("level"), F.lit(UNKNOWN)),
        "planned_before": _planned(_promoted("plan_before"), -1),
        "planned_after": _planned(_promoted("plan_after"), 1),
        "mates_planned": F.when(_would_be_known(0) | F.col("promoted_mates").isNotNull(), promoted).otherwise(UNKNOWN),
    }


def _promoted(plan: str) -> Column:
    return F.when(share(F.col(plan)) > 0, share(F.col(plan)))


def share(plan: Column) -> Column:
    """Of the locations that promote anything; a price cut on record counts as everywhere. Null where nothing is planned."""
    return F.greatest(plan["display_share"], plan["mailer_share"], F.when(plan["price_cut"] > 0, 1.0))


def _planned(told: Column, weeks_after: int) -> Column:
    return F.coalesce(told, F.when(_would_be_known(weeks_after), 0.0).otherwise(UNKNOWN))
