"""How far from a forecast may the truth lie? Quantiles from the model's own errors at other origins (split conformal).

Errors are taken relative to the series' RMSSE scale and pooled over series by model and step, never those of the fold that they
serve (see folds.py). With n errors the quantile at p is the ceil((n + 1) p)-th smallest for p >= 1/2 and its mirror below (Vovk,
Gammerman & Shafer 2005): with few errors intervals are wide, not overconfident.
"""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.gold.demand import LEVELS, quantile_name
from shelfwise.demand.series.folds import ALL, fold

GRID = tuple(k / 200 for k in range(201))
# rank errors of the pooled quantiles stay below 1 / ACCURACY whatever the number of series
ACCURACY = 10_000


def with_quantiles(forecasts: DataFrame, origins: int) -> DataFrame:
    """Adds q01 to q99 to rows of one forecast; null where no other errors are known, the forecast where the series has no scale."""
    folded = forecasts.withColumn("fold", fold(origins))
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
    n, upper = F.col("n"), max(level, 1 - level)
    share = F.least(F.ceil((n + 1) * upper) / n, F.lit(1.0))
    # rounded down it is still the same error where there are fewer than steps on the grid, and the levels are on the grid
    place = F.floor(F.round(share * (len(GRID) - 1), 6)).cast("int")
    return F.element_at("errors", place + 1 if level >= 0.5 else len(GRID) - place)


def _bounded(value: Column) -> Column:
    return F.when(F.col("not_negative"), F.greatest(value, F.lit(0.0))).otherwise(value)
