"""What was known of a plan on a day? It grows part by part: its last version holds all, the earlier ones what was known before."""

from datetime import date

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

TOLD = ("display_share", "mailer_share", "price_cut", "coupon")
VERSION = ("known_at", *TOLD)
PLAN = (*VERSION, "earlier")


def version_known_by(plan: Column, day: Column) -> Column:
    """struct<VERSION> of a struct<PLAN>, `earlier` being an array of struct<VERSION> by known_at; null where nothing was known."""
    last = F.struct(*[plan[name].alias(name) for name in VERSION])
    before = F.try_element_at(F.filter(plan["earlier"], lambda one: one["known_at"] <= day), F.lit(-1))
    return F.when(plan["known_at"] <= day, last).when(plan["earlier"].isNotNull(), before)


def plans_known_by(promotions: DataFrame, day: date) -> DataFrame:
    """Rows that have PLAN (features.promotion_week), as they were at the end of `day`."""
    known = promotions.withColumn("known", version_known_by(F.struct(*PLAN), F.lit(day))).where(F.col("known").isNotNull())
    earlier = F.filter("earlier", lambda one: one["known_at"] < F.col("known.known_at"))
    return known.withColumns({"earlier": earlier, **{name: F.col(f"known.{name}") for name in VERSION}}).drop("known")
