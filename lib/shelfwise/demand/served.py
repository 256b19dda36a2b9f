"""How did the forecasts that were published err, now that their weeks are over, to what the backtest had led to expect?

Those of the last 13 weeks' days, each as it was written then. What a backtest says of its origins is trained anew there; only this
tells of the models and intervals that orders were made by.
"""

from datetime import date, timedelta

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.gold.demand import quantile_name
from shelfwise.demand.accuracy import ITEM_LEVEL
from shelfwise.demand.backtest import wanted
from shelfwise.demand.inputs import HORIZONS
from shelfwise.demand.spread import ANY_SEGMENT
from shelfwise.measures.exact import exact_sum
from shelfwise.measures.forecast import share_of_volume
from shelfwise.measures.weeks import last_sunday


def served_errors(panel: DataFrame, forecasts: DataFrame, accuracy: DataFrame, *, as_of: date) -> DataFrame:
    """One row per segment ('*': all) with demand since: `items`, `weeks` and `since`, the first of these days; `wape` and `bias`,

    `expected_wape` and `expected_bias` of the champions' backtest by segment and horizon, weighed alike; `above`, the share of
    item-weeks above their 95 % quantile. `forecasts`: every day's of gold.demand_forecast.
    """
    over = F.col("week") <= F.lit(last_sunday(as_of) - timedelta(days=6))
    asked = forecasts.where(
        F.col("as_of").between(F.lit(as_of - timedelta(weeks=HORIZONS)), F.lit(as_of - timedelta(days=1))) & over
    )
    happened = panel.select("item_id", "week", wanted().alias("actual"))
    by_horizon = accuracy.where(
        (F.col("level") == ITEM_LEVEL) & (F.col("model") == "champion") & (F.col("origin") == "*") & (F.col("horizon") > 0)
    )
    # of a segment and horizon that had sold nothing the backtest knows no share
    expected = by_horizon.select("segment", "horizon", F.col("wape").alias("usual"), F.col("bias").alias("lean")).fillna(
        {"usual": 1.0, "lean": 0.0}
    )
    judged = asked.join(happened, ["item_id", "week"], "inner").join(F.broadcast(expected), ["segment", "horizon"], "inner")
    error, actual = F.col("mean") - F.col("actual"), F.col("actual")
    figures = [
        F.count_distinct("item_id").alias("items"),
        F.count_distinct("week").alias("weeks"),
        F.min("as_of").alias("since"),
        share_of_volume(F.abs(error), actual).alias("wape"),
        share_of_volume(error, actual).alias("bias"),
        share_of_volume(F.col("usual") * actual, actual).alias("expected_wape"),
        share_of_volume(F.col("lean") * actual, actual).alias("expected_bias"),
        (exact_sum(F.when(actual > F.col(quantile_name(0.95)), 1.0).otherwise(0.0)) / F.count(F.lit(1))).alias("above"),
    ]
    pooled = judged.withColumn("segment", F.explode(F.array("segment", F.lit(ANY_SEGMENT))))
    return pooled.groupBy("segment").agg(*figures).where(F.col("wape").isNotNull())
