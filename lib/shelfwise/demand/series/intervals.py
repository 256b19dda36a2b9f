"""How far from a forecast may the truth lie? Quantiles from the model's own errors at other origins (split conformal).

Errors are taken relative to the series' RMSSE scale and pooled over series by model and step, never those of the fold that they
serve (see folds.py). With n errors the quantile at p is the ceil((n + 1) p)-th smallest for p >= 1/2 and its mirror below (Vovk,
Gammerman & Shafer 2005): with few errors intervals are wide, not overconfident. Null where there are none.
"""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.gold.demand import LEVELS, quantile_name
from shelfwise.demand.series.folds import ALL, fold

GRID = tuple(k / 200 for k in range(201))
# rank errors of the pooled quantiles stay below 1 / ACCURACY whatever the number of series
ACCURACY = 10_000
SMALL = 200


def with_quantiles(forecasts: DataFrame, apart: int) -> DataFrame:
    """Adds q01 to q99 to rows of one forecast; null where no other errors are known, the forecast where the series has no scale."""
    folded = forecasts.withColumn("fold", fold(apart))
    pools = _pools(folded)
    with_pool = folded.join(F.broadcast(pools), ["model", "step", "fold"], "left")
    scale = F.coalesce("rmsse_scale", F.lit(0.0))
    drawn = {quantile_name(level): _bounded(F.col("forecast") + _error_at(level) * scale) for level in LEVELS}
    return with_pool.withColumns(drawn).drop("errors", "n", "fold")


def _pools(folded: DataFrame) -> DataFrame:
    """One row per model, step and fold served: `errors` on GRID, and their number.

    Bound: models x steps x (origins + 1) rows of 201 numbers.
    """
    known = folded.where((F.col("origin") > 0) & F.col("rmsse_scale").isNotNull())
    relative = known.select("model", "step", "fold", ((F.col("y") - F.col("forecast")) / F.col("rmsse_scale")).alias("error"))
    everyone = relative.sparkSession.range(1).select(F.lit(ALL).alias("serves"))
    served = relative.select(F.col("fold").alias("serves")).distinct().unionByName(everyone)
    pooled = relative.crossJoin(F.broadcast(served)).where(F.col("fold") != F.col("serves"))  # a handful of folds
    return pooled.groupBy("model", "step", F.col("serves").alias("fold")).agg(
        F.percentile_approx("error", list(GRID), ACCURACY).alias("errors"), F.count(F.lit(1)).alias("n")
    )


def _error_at(level: float) -> Column:
    """Of n errors the r-th smallest, r = ceil((n + 1) level) for upper levels, n + 1 - r of the mirrored level for lower ones.

    The grid's value at p is the ceil(p n)-th: up to SMALL errors the place at or just below r / n finds it; beyond, levels are on
    the grid themselves.
    """
    steps, n = len(GRID) - 1, F.col("n")
    left = F.greatest(F.lit(0.0), n - F.ceil((n + 1) * max(level, 1 - level))) / n  # share of the errors beyond the rank
    exact = F.floor(F.round((1 - left) * steps, 6)) if level >= 0.5 else F.floor(F.round(left * steps, 6)) + 1
    place = F.when(n <= SMALL, exact).otherwise(round(level * steps)).cast("int")
    return F.element_at("errors", place + 1)


def _bounded(value: Column) -> Column:
    return F.when(F.col("not_negative") & (value < 0), F.lit(0.0)).otherwise(value)
