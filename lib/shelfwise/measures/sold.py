"""What did an item sell in a week of the panel, which begins with its first sale?"""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F


def with_units(dated: DataFrame, panel: DataFrame) -> DataFrame:
    """Adds `units` to items and their `week`: 0 before the first sale, null after the panel's last week."""
    last = panel.agg(F.max("week").alias("last_week"))  # one row
    sold = panel.select("item_id", "week", F.col("units").cast("double").alias("units"))
    known = F.when(F.col("week") <= F.col("last_week"), F.coalesce("units", F.lit(0.0)))
    joined = dated.join(sold, ["item_id", "week"], "left").crossJoin(F.broadcast(last))
    return joined.withColumn("units", known).drop("last_week")
