"""How did forecasts that were published err, now that their weeks are over, to what the backtest of their day had led to expect?

Those of the last 13 weeks' days, as they stand in the table. What a backtest says of its origins is trained anew there; only this
tells of the models and intervals that orders were made by.
"""

from datetime import date, timedelta

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.gold.demand import quantile_name
from shelfwise.demand.accuracy import ITEM_LEVEL
from shelfwise.demand.backtest import wanted
from shelfwise.demand.inputs import HORIZONS
from shelfwise.demand.spread import with_any_segment
from shelfwise.measures.forecast import share_of_volume
from shelfwise.measures.weeks import last_sunday


def served_errors(panel: DataFrame, forecasts: DataFrame, judged: DataFrame, *, as_of: date) -> DataFrame:
    """One row per segment ('*': all) with demand since: `items`, `weeks` and `since`, the first of these days; `wape` and `bias`,

    `expected_wape` and `expected_bias`; `above`, the share of item-weeks above their 95 % quantile. `forecasts` and `judged`
    (gold.forecast_accuracy): every day's; of a day, segment and horizon that no backtest of that day has judged nothing is said.
    """
    known = _over(forecasts, panel, as_of).join(F.broadcast(_expected(judged)), ["as_of", "segment", "horizon"], "inner")
    error, actual = F.col("mean") - F.col("actual"), F.col("actual")
    figures = [
        F.count_distinct("item_id").alias("items"),
        F.size(F.collect_set("week")).alias("weeks"),
        F.min("as_of").alias("since"),
        share_of_volume(F.abs(error), actual).alias("wape"),
        share_of_volume(error, actual).alias("bias"),
        share_of_volume(F.col("usual") * actual, actual).alias("expected_wape"),
        share_of_volume(F.col("lean") * actual, actual).alias("expected_bias"),
        # quantiles are whole units, and what counted stock lets one guess is not
        F.mean((F.round(actual) > F.col(quantile_name(0.95))).cast("double")).alias("above"),
    ]
    return with_any_segment(known).groupBy("segment").agg(*figures).where(F.col("wape").isNotNull())


def _over(forecasts: DataFrame, panel: DataFrame, as_of: date) -> DataFrame:
    """Forecasts of earlier days, of weeks that are over: with `actual`."""
    days = F.col("as_of").between(F.lit(as_of - timedelta(weeks=HORIZONS)), F.lit(as_of - timedelta(days=1)))
    asked = forecasts.where(days & (F.col("week") <= F.lit(last_sunday(as_of) - timedelta(days=6))))
    return asked.join(panel.select("item_id", "week", wanted().alias("actual")), ["item_id", "week"], "inner")


def _expected(judged: DataFrame) -> DataFrame:
    """One row per day, segment and horizon: what the backtest of that day said of its champions. Days x some hundred rows."""
    champions = (F.col("level") == ITEM_LEVEL) & (F.col("model") == "champion")
    by_horizon = judged.where(champions & (F.col("origin") == "*") & (F.col("horizon") > 0))
    # where nothing had sold there is no share; what is forecast at 0 is wrong by all that sells
    lean = F.when(F.col("segment") == "dormant", -1.0).otherwise(0.0)
    usual, lean = F.coalesce("wape", F.lit(1.0)).alias("usual"), F.coalesce("bias", lean).alias("lean")
    return by_horizon.select("as_of", "segment", "horizon", usual, lean)
