"""Which way of adding up is best, by level, and is it better than forecasts that don't add up?

WRMSSE of a level: RMSSE of each node at each origin (its errors over 13 weeks, to its own root mean squared weekly change), weighed
by revenue; then the mean of the levels, as in the M5 competition (Makridakis, Spiliotis & Assimakopoulos 2022). The coherent method
with the lowest is chosen.
"""

from datetime import date

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from shelfwise.contracts.gold.hierarchy import HIERARCHY_ACCURACY
from shelfwise.core.errors import JobError
from shelfwise.core.kept import keep
from shelfwise.demand.hierarchy.intervals import coverage
from shelfwise.demand.hierarchy.nodes import NODE
from shelfwise.demand.hierarchy.reconcile import METHODS
from shelfwise.measures.exact import exact_mean, exact_sum
from shelfwise.measures.forecast import rmsse, share_of_volume, wrmsse

JUDGED = ("base", *METHODS)
ALL_LEVELS = "*"


def judge_hierarchy(backtest: DataFrame, *, as_of: date) -> DataFrame:
    """One row per level (and '*', their mean) and method; `backtest` is gold.hierarchy_backtest."""
    series = _series(backtest)
    by_level = series.groupBy("level", "method").agg(
        F.count(F.lit(1)).alias("series"),
        share_of_volume(F.col("abs"), F.col("actual")).alias("wape"),
        share_of_volume(F.col("err"), F.col("actual")).alias("bias"),
        rmsse(F.col("sq"), F.col("n"), F.col("scale")).alias("rmsse"),
        wrmsse(F.col("sq"), F.col("n"), F.col("scale"), F.col("weight")).alias("wrmsse"),
    )
    means = [exact_mean(F.col(name)).alias(name) for name in ("wape", "bias", "rmsse", "wrmsse")]
    overall = by_level.groupBy("method").agg(F.sum("series").alias("series"), *means).withColumn("level", F.lit(ALL_LEVELS))
    judged = keep(by_level.unionByName(overall.select(*by_level.columns)).join(F.broadcast(_chosen(overall)), "method", "left"))
    held = coverage(backtest, chosen_method(judged), as_of=as_of).withColumn("chosen", F.lit(True))
    named = judged.join(F.broadcast(held), ["level", "chosen"], "left")
    return named.select(F.lit(as_of).alias("as_of"), "*").select(*HIERARCHY_ACCURACY.columns)


def chosen_method(accuracy: DataFrame) -> str:
    """One name to the driver."""
    row = accuracy.where("chosen").select("method").first()
    if row is None:
        raise JobError("gold.hierarchy_accuracy names no method: run judge_hierarchy for this --as-of.")
    name: str = row["method"]
    return name


def _series(backtest: DataFrame) -> DataFrame:
    """One row per node, origin and method: sums over its horizons."""
    errors = [(name, F.col(name) - F.col("actual")) for name in JUDGED]
    sums = F.array(
        *[
            F.struct(
                F.lit(name).alias("method"),
                exact_sum(F.abs(error)).alias("abs"),
                exact_sum(error * error).alias("sq"),
                exact_sum(error).alias("err"),
                F.count(error).alias("n"),
            )
            for name, error in errors
        ]
    )
    facts = [exact_sum(F.col("actual")).alias("actual"), F.max("scale").alias("scale"), F.max("weight").alias("weight")]
    whole = backtest.groupBy(*NODE, "origin").agg(sums.alias("methods"), *facts)
    return whole.select("level", "actual", "scale", "weight", F.inline("methods")).where(F.col("n") > 0)


def _chosen(overall: DataFrame) -> DataFrame:
    """One row per method: is it the coherent one with the lowest WRMSSE? In a tie the first of METHODS."""
    coherent = F.col("method").isin(*METHODS)
    place = F.array_position(F.array(*[F.lit(name) for name in METHODS]), F.col("method"))
    # a handful of rows, one per method
    order = Window.partitionBy(F.lit(1)).orderBy(coherent.desc(), F.col("wrmsse").asc_nulls_last(), place)
    return overall.select("method", ((F.row_number().over(order) == 1) & coherent).alias("chosen"))
