"""How sure are forecasts of categories, departments and the whole shop?

Quantiles don't add up, whatever means do: those of each level are set by that level's own errors in the backtest, as items' are by
their segment's (demand.quantiles), pooled by powers of ten of their units a week, since what sells a thousand is surer than what
sells ten, and over bands of horizons, since a shop has few departments and a backtest few origins.
"""

from collections.abc import Iterable, Iterator
from datetime import date

import pandas as pd
from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from shelfwise.demand.accuracy import interval_scores
from shelfwise.demand.hierarchy.nodes import ITEM, NODE
from shelfwise.demand.inputs import HORIZONS
from shelfwise.demand.quantiles import NONE_LEFT_OUT, both_kinds, calibration_of
from shelfwise.demand.spread import spread_of
from shelfwise.measures.draws import hashed_uniform
from shelfwise.measures.exact import exact_mean

BANDS = (1, 5, 9)  # first horizons of the bands


def size_class(mean: str, *by: str) -> Column:
    """The node's level and the power of ten of its mean forecast over the horizons."""
    units = F.avg(mean).over(Window.partitionBy(*NODE, *by))
    return F.concat("level", F.lit(" of 1e"), F.floor(F.log10(F.greatest(units, F.lit(1.0)))))


def level_calibration(backtest: DataFrame, method: str, *, as_of: date) -> DataFrame:
    """As gold.quantile_calibration, size classes of levels above the items in place of segments.

    `backtest` is gold.hierarchy_backtest.
    """
    rows = _cumulated(backtest, method)
    errors = rows.select("origin", "segment", _band().alias("horizon"), _draw(0).alias("uniform"), F.inline(both_kinds()))
    ends = [*[first - 1 for first in BANDS[1:]], HORIZONS]
    spans = F.create_map(*[F.lit(x) for first, end in zip(BANDS, ends, strict=True) for x in (first, end)])
    banded = calibration_of(errors, as_of=as_of).withColumnRenamed("horizon", "first")
    within = F.explode(F.sequence(F.col("first"), spans[F.col("first")])).alias("horizon")
    return banded.select("*", within).drop("first")


def coverage(backtest: DataFrame, method: str, *, as_of: date) -> DataFrame:
    """One row per level above the items: `coverage_80`, `coverage_90` by calibrations without the origin's own errors."""
    unseen = level_calibration(backtest, method, as_of=as_of).where(F.col("left_out") != F.lit(NONE_LEFT_OUT))
    spread = spread_of(unseen.withColumnRenamed("left_out", "origin"), "origin")

    def held(batches: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        for rows in batches:
            scores = interval_scores(rows, spread)[["champion_in_80", "champion_in_90"]]
            yield rows[["level"]].join(scores, how="inner")

    rows = _cumulated(backtest, method).withColumn("uniform", _draw(1)).drop(*NODE[1:])
    shares = [exact_mean(F.col(f"champion_in_{p}")).alias(f"coverage_{p}") for p in (80, 90)]
    scored = rows.mapInPandas(held, "level string, champion_in_80 double, champion_in_90 double")
    return scored.groupBy("level").agg(*shares)


def _cumulated(backtest: DataFrame, method: str) -> DataFrame:
    """Rows above the items, named as demand.accuracy judges them."""
    so_far = Window.partitionBy(*NODE, "origin").orderBy("horizon")
    return backtest.where(F.col("level") != ITEM).select(
        *NODE,
        "origin",
        "horizon",
        size_class(method, "origin").alias("segment"),
        "actual",
        F.sum("actual").over(so_far).alias("actual_cum"),
        F.col(method).alias("champion"),
        F.sum(method).over(so_far).alias("champion_cum"),
    )


def _band() -> Column:
    return F.array_max(F.filter(F.array(*[F.lit(first) for first in BANDS]), lambda first: first <= F.col("horizon")))


def _draw(seed: int) -> Column:
    return hashed_uniform(*NODE, "origin", "horizon", F.lit(seed))
