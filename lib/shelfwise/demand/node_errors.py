"""What are forecasts of items worth added up? Of categories within their departments, of departments, of the whole shop."""

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from shelfwise.demand.hierarchy.bases import node_weeks
from shelfwise.demand.hierarchy.nodes import LEVELS, NODE, rolled_up
from shelfwise.measures.exact import exact_sum

OF_LEVEL = {level: f"{level} x week" for level in LEVELS}


def node_rows(backtest: DataFrame, panel: DataFrame, models: Sequence[str]) -> DataFrame:
    """One row per node, origin and horizon: `level` (of OF_LEVEL), `actual`, sum of each of `models`, `weight` (a week's revenue),

    and, as in demand.backtest.scales, `scale` and `abs_scale`. A model that left an item out has no sum.
    """
    weighed = backtest.withColumn("weight", F.col("price") * F.col("mean_13"))
    sums = rolled_up(weighed, ("origin", "horizon"), ("actual", "weight", *models), total=_of_all)
    scaled = sums.join(_scales(panel), [*NODE, "origin"], "left")
    named = F.element_at(F.create_map(*[F.lit(text) for pair in OF_LEVEL.items() for text in pair]), F.col("level"))
    return scaled.withColumn("level", named)


def _of_all(part: Column) -> Column:
    return F.when(F.count(part) == F.count(F.lit(1)), exact_sum(part))


def _scales(panel: DataFrame) -> DataFrame:
    """One row per node and Sunday at which a week of it had ended."""
    by_node = Window.partitionBy(*NODE).orderBy("week")
    change = F.col("units") - F.lag("units").over(by_node)
    so_far = by_node.rowsBetween(Window.unboundedPreceding, 0)
    means = {
        "scale": F.sqrt(F.mean(F.col("change") * F.col("change")).over(so_far)),
        "abs_scale": F.mean(F.abs(F.col("change"))).over(so_far),
    }
    known = {name: F.nullif(mean, F.lit(0.0)) for name, mean in means.items()}
    changes = node_weeks(panel).withColumn("change", change)
    return changes.withColumns(known).select(*NODE, F.date_add("week", 6).alias("origin"), *means)
