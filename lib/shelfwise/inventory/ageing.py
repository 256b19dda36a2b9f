"""How long has what is on hand been there? First in, first out: what is left is what came last."""

from datetime import date

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F


def stock_ages(position: DataFrame, receipts: DataFrame, as_of: date) -> DataFrame:
    """item_id, age_days: mean over the units on hand whose receipt is known; one row per item that has some."""
    last = Window.partitionBy("item_id").orderBy(F.desc("received_on"), "receipt_id").rowsBetween(Window.unboundedPreceding, -1)
    came = receipts.where("units_received > 0").join(position.where("on_hand > 0").select("item_id", "on_hand"), "item_id")
    later = F.coalesce(F.sum("units_received").over(last), F.lit(0))
    left = came.withColumn("left", F.least(F.col("units_received"), F.col("on_hand") - later)).where("left > 0")
    days = F.date_diff(F.lit(as_of), F.col("received_on"))
    return left.groupBy("item_id").agg((F.sum(F.col("left") * days) / F.sum("left")).alias("age_days"))
