"""How would forecasts of items, categories, departments and the whole shop have done, each alone and made to add up?

At each origin of the items' backtest; weights come from errors at the other origins, later ones too. What sold is what
those items sold that had sold by the origin: what launches add later is in no item's forecast, while a level's own forecast, that
of its totals, expects some.
"""

from datetime import date

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.gold.hierarchy import HIERARCHY_BACKTEST
from shelfwise.core.kept import cut, keep
from shelfwise.demand.champion import with_champion
from shelfwise.demand.hierarchy.bases import LEAST_FORECAST, base_forecasts, dispersions, node_weeks
from shelfwise.demand.hierarchy.nodes import NODE, rolled_up
from shelfwise.demand.hierarchy.reconcile import reconcile
from shelfwise.demand.quantiles import NONE_LEFT_OUT
from shelfwise.demand.spread import ANY_SEGMENT

BY = ("origin", "horizon")


def backtest_hierarchy(
    panel: DataFrame, backtest: DataFrame, champions: DataFrame, calibration: DataFrame, *, as_of: date
) -> DataFrame:
    """One row per node, origin and horizon."""
    items = _items(backtest, champions, calibration)
    # a handful of dates to the driver
    origins = sorted(row["origin"] for row in backtest.select("origin").distinct().collect())
    truths = rolled_up(items, BY, ("actual", "weight"))
    bases = cut(base_forecasts(node_weeks(panel), origins).join(truths, [*NODE, *BY], "inner"))
    weighed = with_base_variance(bases, dispersions(bases), left_out=F.col("origin"))
    made = reconcile(items, weighed, BY, carried=("actual", "scale", "weight"))
    return made.select(F.lit(as_of).alias("as_of"), "*").select(*HIERARCHY_BACKTEST.columns)


def with_base_variance(bases: DataFrame, spread: DataFrame, *, left_out: Column) -> DataFrame:
    """Adds `variance` to forecasts of nodes above the items; where no origin but its own has errors, of all."""
    own = spread.select("level", F.col("left_out").alias("_out"), F.col("dispersion").alias("_own"))
    pooled = spread.where(F.col("left_out") == F.lit(NONE_LEFT_OUT)).select("level", F.col("dispersion").alias("_pooled"))
    with_left_out = bases.withColumn("_out", left_out).join(F.broadcast(own), ["level", "_out"], "left")
    joined = with_left_out.join(F.broadcast(pooled), "level", "left")
    mean = F.when(F.col("base").isNotNull(), F.greatest("base", F.lit(LEAST_FORECAST)))
    return joined.withColumn("variance", mean + F.coalesce("_own", "_pooled") * mean * mean).drop("_own", "_pooled", "_out")


def with_item_variance(rows: DataFrame, calibration: DataFrame, *, left_out: Column) -> DataFrame:
    """Adds `variance` of weekly demand around the `mean` of rows with `segment` and `horizon`: mean + dispersion x mean squared.

    Of the segment, else of all segments; where no origin but its own has errors, of all origins.
    """
    weekly = calibration.where(~F.col("cumulated")).withColumn("_known", F.struct("dispersion", "base_rate"))
    own = weekly.select("segment", "horizon", F.col("left_out").alias("_out"), F.col("_known").alias("_own"))
    anybody = weekly.where(F.col("segment") == ANY_SEGMENT)
    others = anybody.select("horizon", F.col("left_out").alias("_out"), F.col("_known").alias("_others"))
    pooled = anybody.where(F.col("left_out") == F.lit(NONE_LEFT_OUT)).select("horizon", F.col("_known").alias("_pooled"))
    joined = (
        rows.withColumn("_out", left_out)
        .join(F.broadcast(own), ["segment", "horizon", "_out"], "left")
        .join(F.broadcast(others), ["horizon", "_out"], "left")
        .join(F.broadcast(pooled), "horizon", "left")
    )
    known = F.coalesce("_own", "_others", "_pooled")
    mean = F.when(F.col("mean") > 0, F.col("mean")).otherwise(known["base_rate"])
    variance = mean + known["dispersion"] * mean * mean
    return joined.withColumn("variance", variance).drop("_own", "_others", "_pooled", "_out")


def _items(backtest: DataFrame, champions: DataFrame, calibration: DataFrame) -> DataFrame:
    chosen = with_champion(backtest, champions).select(
        "department",
        "category",
        "item_id",
        *BY,
        "segment",
        F.col("champion").alias("mean"),
        F.col("mean_13").alias("share_of"),
        "actual",
        "scale",
        (F.col("price") * F.col("mean_13")).alias("weight"),
    )
    return keep(with_item_variance(chosen, calibration, left_out=F.col("origin")).drop("segment"))
