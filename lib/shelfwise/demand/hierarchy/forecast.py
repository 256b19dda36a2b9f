"""What will each category, each department and the whole shop sell, in numbers that add up to their items'?"""

from datetime import date, timedelta

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from shelfwise.contracts.gold.hierarchy import DEMAND_HIERARCHY
from shelfwise.core.kept import cut, keep
from shelfwise.demand.hierarchy.backtest import with_base_variance, with_item_variance
from shelfwise.demand.hierarchy.bases import base_forecasts, dispersions, node_weeks
from shelfwise.demand.hierarchy.intervals import level_calibration, size_class
from shelfwise.demand.hierarchy.judge import chosen_method
from shelfwise.demand.hierarchy.nodes import ITEM, NODE
from shelfwise.demand.hierarchy.reconcile import reconcile
from shelfwise.demand.quantiles import NONE_LEFT_OUT, with_quantiles
from shelfwise.measures.weeks import last_sunday


def forecast_hierarchy(
    forecast: DataFrame, panel: DataFrame, backtest: DataFrame, accuracy: DataFrame, calibration: DataFrame, *, as_of: date
) -> DataFrame:
    """One row per node (items, too) and horizon 1 to 13; `backtest` is gold.hierarchy_backtest, `accuracy` what judged it."""
    origin = last_sunday(as_of)
    method = chosen_method(accuracy)
    items = _items(forecast, panel, calibration, monday=origin - timedelta(days=6))
    above = cut(base_forecasts(node_weeks(panel), [origin]))
    spread = dispersions(backtest.where(F.col("level") != ITEM))
    made = reconcile(items, with_base_variance(above, spread, left_out=F.lit(NONE_LEFT_OUT)), ["horizon"])
    so_far = Window.partitionBy(*NODE).orderBy("horizon")
    means = made.select(
        *NODE,
        "horizon",
        "base",
        F.col(method).alias("mean"),
        F.sum(method).over(so_far).alias("cum_mean"),
        F.lit(method).alias("method"),
    )
    leaves = means.where(F.col("level") == ITEM).join(
        items.select("item_id", "horizon", "segment"), ["item_id", "horizon"], "inner"
    )
    nodes = means.where(F.col("level") != ITEM).withColumn("segment", size_class("mean"))
    of_levels = level_calibration(backtest, method, as_of=as_of)
    both = with_quantiles(leaves.select(*nodes.columns), calibration).unionByName(with_quantiles(nodes, of_levels))
    week = F.date_add(F.lit(origin), 7 * F.col("horizon") - 6)
    return both.select(F.lit(as_of).alias("as_of"), week.alias("week"), "*").select(*DEMAND_HIERARCHY.columns)


def _items(forecast: DataFrame, panel: DataFrame, calibration: DataFrame, *, monday: date) -> DataFrame:
    facts = panel.where(F.col("week") == F.lit(monday)).select(
        "item_id", "department", "category", F.col("mean_13").alias("share_of")
    )
    asked = forecast.select("item_id", "horizon", "segment", "mean").join(facts, "item_id", "left")
    return keep(with_item_variance(asked, calibration, left_out=F.lit(NONE_LEFT_OUT)))
