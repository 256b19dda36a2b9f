"""Which launches does history hold, and which are to come?

An item counts as launched in the week of its first sale, if the shop's data had gone on without it for long enough: what was on
sale when watching began was not born then (left truncation). It has taken if it sold in TAKEN_WEEKS of its first JUDGED_WEEKS.
Announced is what has a list price of a later week and has never sold: a catalogue alone announces nothing.
"""

from datetime import date, timedelta

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from shelfwise.demand.segments import NEW_WEEKS
from shelfwise.measures.shelves import shelf

JUDGED_WEEKS, TAKEN_WEEKS = 8, 4
CURVE_WEEKS = 13
DESCRIBED = ("item_id", "launch", "eve", "department", "category", "shelf", "maker_id", "private_label", "price")


def launches(panel: DataFrame, items: DataFrame) -> DataFrame:
    """One row per item first sold in the data's NEW_WEEKS th week or later: what it is, `unseen_weeks` before, `taken`.

    `taken` is null until its first eight weeks are known.
    """
    early = (F.col("age_weeks") < JUDGED_WEEKS) & (F.col("sold_units") > 0)
    lives = panel.groupBy("item_id", "department", "category", "maker_id").agg(
        F.min("week").alias("launch"),
        F.min_by("shelf_price", "week").alias("price"),
        F.count(F.lit(1)).alias("seen_weeks"),
        F.count_if(early).alias("selling_weeks"),
    )
    begun = panel.agg(F.min("week").alias("data_begin"))  # one row
    dated = lives.crossJoin(F.broadcast(begun)).withColumn("unseen_weeks", (F.datediff("launch", "data_begin") / 7).cast("int"))
    taken = F.when(F.col("seen_weeks") >= JUDGED_WEEKS, F.col("selling_weeks") >= TAKEN_WEEKS)
    described = dated.where(F.col("unseen_weeks") >= NEW_WEEKS).join(_words(items), "item_id", "left")
    return described.withColumns({"taken": taken, "eve": F.date_sub("launch", 7)}).select(*DESCRIBED, "unseen_weeks", "taken")


def to_come(panel: DataFrame, items: DataFrame, list_prices: DataFrame, *, last_week: date) -> DataFrame:
    """One row per item that has a list price and has never sold: announced, or on sale for less than eight weeks."""
    priced = list_prices.groupBy("item_id").agg(
        F.to_date(F.date_trunc("week", F.min("starts_on"))).alias("launch"),
        F.min_by(F.col("price").cast("double"), F.struct("starts_on", "location_id")).alias("price"),
    )
    lately = F.col("launch").between(
        F.lit(last_week - timedelta(weeks=NEW_WEEKS - 1)), F.lit(last_week + timedelta(weeks=CURVE_WEEKS))
    )
    counted = items.where(F.col("sold_by") == "each").select("item_id", "department", "category", "maker_id")
    unsold = priced.where(lately).join(panel.select("item_id").distinct(), "item_id", "left_anti")
    described = unsold.join(counted, "item_id", "inner").join(_words(items), "item_id", "left")
    return described.withColumn("eve", F.least(F.date_sub("launch", 7), F.lit(last_week))).select(*DESCRIBED)


def by_week(launched: DataFrame, panel: DataFrame) -> DataFrame:
    """One row per launch and `launch_week` 1 to 13: its `week` and `units`, null where they are not known yet."""
    weeks = launched.withColumn("launch_week", F.explode(F.sequence(F.lit(1), F.lit(CURVE_WEEKS))))
    dated = weeks.withColumn("week", F.date_add("launch", 7 * (F.col("launch_week") - 1)))
    return dated.join(panel.select("item_id", "week", "units"), ["item_id", "week"], "left")


def _words(items: DataFrame) -> DataFrame:
    private: Column = F.coalesce(F.col("private_label").cast("double"), F.lit(-1.0))
    return items.select("item_id", shelf(), private.alias("private_label"))
