"""What is foreseen of an item up to each week, together in one array."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from shelfwise.inventory.columns import CUMULATED

TOTALS = ("cum_mean", *CUMULATED)
WEEK = ("horizon", *TOTALS)


def by_item(forecast: DataFrame) -> DataFrame:
    """One row per item: `weeks`, an array of structs WEEK in no order."""
    return forecast.groupBy("item_id").agg(F.collect_list(F.struct(*WEEK)).alias("weeks"))


def forecast_week(horizon: Column) -> Column:
    """Of the column `weeks`; null where there is none so far ahead."""
    return F.get(F.filter("weeks", lambda week: week["horizon"] == horizon), 0)
