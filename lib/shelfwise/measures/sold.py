"""What did an item sell in a week of the panel, which goes from its first sale to the last complete week?"""

from datetime import date

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from shelfwise.measures.weeks import last_sunday


def with_units(dated: DataFrame, panel: DataFrame, as_of: date) -> DataFrame:
    """Adds `units` to items and their `week` (a Monday): 0 before the first sale, null where the week is not over."""
    sold = panel.select("item_id", "week", F.col("units").cast("double").alias("units"))
    known = F.when(F.col("week") <= F.lit(last_sunday(as_of)), F.coalesce("units", F.lit(0.0)))
    return dated.join(sold, ["item_id", "week"], "left").withColumn("units", known)


def recent_level(mean_4: str | Column, mean_13: str | Column, mean_26: str | Column) -> Column:
    """Units a week by recent history, from the means of the last 4, 13 and 26 weeks."""
    level: Column = 0.3 * _column(mean_4) + 0.4 * _column(mean_13) + 0.3 * _column(mean_26)
    return level


def _column(named: str | Column) -> Column:
    return F.col(named) if isinstance(named, str) else named
