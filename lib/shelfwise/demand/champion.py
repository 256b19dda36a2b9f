"""Which model should a segment be ordered by? The one whose forecasts would have cost least in stock.

Each series of the backtest is replayed with stock ordered by each model in turn (measures.stock_cost): the level is the negative
binomial's quantile around the model's own mean of the weeks to cover, with the dispersion of that model's errors in the segment,
by moments, d = sum(((y - m)^2 - m) / m) / sum(m). Costs within CLOSE of the least are no difference: the lowest WRMSSE wins.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from shelfwise.contracts.gold.demand import DEMAND_CHAMPION
from shelfwise.core.kept import keep
from shelfwise.demand.inputs import HORIZONS
from shelfwise.demand.spread import ANY_SEGMENT, with_any_segment
from shelfwise.measures import counts, evidence, stock_cost
from shelfwise.measures.exact import exact_sum

Floats = NDArray[np.float64]

CANDIDATES = ("gbt", "xgboost", "mixture", "mean_4", "mean_13")
FLAT = ("mean_4", "mean_13")  # the same each week
CLOSE = 0.01
KEY = ["segment", "model"]
SPREAD = "segment string, model string, excess double, total double"
COSTS = "segment string, model string, cost double, weighed double, weight double"


def choose_champion(backtest: DataFrame, *, as_of: date) -> DataFrame:
    """One row per segment (and '*', all together) and model that forecast it."""
    series = keep(_series(backtest))
    spread = series.mapInPandas(_spreads, SPREAD).groupBy(*KEY)
    dispersion = F.greatest(F.try_divide(exact_sum(F.col("excess")), exact_sum(F.col("total"))), F.lit(counts.LEAST_DISPERSION))
    # bound: segments x models
    known = spread.agg(F.coalesce(dispersion, F.lit(counts.LEAST_DISPERSION)).alias("dispersion")).toPandas()
    costs = series.mapInPandas(_costs_with(known), COSTS)
    pooled = with_any_segment(costs).groupBy(*KEY)
    weeks = F.count(F.lit(1)) * (HORIZONS - stock_cost.LEAD)
    judged = pooled.agg(
        F.count(F.lit(1)).alias("series"),
        (exact_sum(F.col("cost")) / weeks).alias("stock_cost"),
        F.try_divide(exact_sum(F.col("weighed")), exact_sum(F.col("weight"))).alias("wrmsse"),
    )
    # who forecast some series only can't serve all
    whole = F.col("series") == F.max("series").over(Window.partitionBy("segment"))
    named = judged.withColumn("whole", whole).withColumns({"champion": _is_champion(), "as_of": F.lit(as_of)})
    return named.select(*DEMAND_CHAMPION.columns)


def with_model(rows: DataFrame, champions: DataFrame) -> DataFrame:
    """Adds `model`, the champion of each row's `segment`."""
    chosen = champions.where("champion").select("segment", "model")
    anybody = chosen.where(F.col("segment") == ANY_SEGMENT).select(F.col("model").alias("any_model"))
    named = rows.join(F.broadcast(chosen), "segment", "left").crossJoin(F.broadcast(anybody))  # one row
    return named.withColumn("model", F.coalesce("model", "any_model")).drop("any_model")


def of_model(columns: dict[str, Column]) -> Column:
    """The column of the model that a row's `model` names; 0 for dormant items, whoever serves them."""
    picked: Column = F.lit(None).cast("double")
    for name, column in columns.items():
        picked = F.when(F.col("model") == name, column).otherwise(picked)
    return F.when(F.col("segment") == "dormant", 0.0).otherwise(picked)


def with_champion(backtest: DataFrame, champions: DataFrame) -> DataFrame:
    """Adds `champion` and `champion_cum` to rows of the backtest: what the segment's model forecast."""
    weekly = {name: F.col(name) for name in CANDIDATES if name in backtest.columns}
    cumulated = {name: F.col("horizon") * column if name in FLAT else F.col(f"{name}_cum") for name, column in weekly.items()}
    named = with_model(backtest, champions)
    return named.withColumns({"champion": of_model(weekly), "champion_cum": of_model(cumulated)}).drop("model")


def _series(backtest: DataFrame) -> DataFrame:
    """One row per item and origin whose weeks are all known: arrays over its weeks, the next first."""
    weeks = F.array_sort(F.collect_list(F.struct("horizon", "actual", *CANDIDATES)))
    whole = backtest.groupBy("item_id", "origin", "segment").agg(
        weeks.alias("weeks"),
        F.max("scale").alias("scale"),
        F.max(F.col("price") * F.col("mean_13")).alias("revenue"),
    )
    arrays = [F.col(f"weeks.{name}").alias(name) for name in ("actual", *CANDIDATES)]
    return whole.where(F.size("weeks") == HORIZONS).select("segment", "scale", "revenue", *arrays)


def _spreads(batches: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    """One row per series and model: summed here, sums would depend on how rows are batched."""
    for rows, model, actual, mean in _by_model(batches):
        excess, total = moments(actual, mean)
        yield pd.DataFrame({"segment": rows["segment"], "model": model, "excess": excess, "total": total})


def moments(actual: Floats, mean: Floats) -> tuple[Floats, Floats]:
    """Per row, the two sums whose ratio is the dispersion of demand over the weeks to cover."""
    y, m = stock_cost.covered(actual), np.maximum(stock_cost.covered(mean), 0.0)
    return evidence.excess(y, m).sum(axis=1), m.sum(axis=1)


def _costs_with(dispersions: pd.DataFrame) -> Callable[[Iterable[pd.DataFrame]], Iterator[pd.DataFrame]]:
    known = dispersions.pivot(index="segment", columns="model", values="dispersion")

    def costs(batches: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        for rows, model, actual, mean in _by_model(batches):
            dispersion = known[model].reindex(rows["segment"]).to_numpy(float)
            cost = stock_cost.stock_cost(actual, levels(mean, dispersion))
            root = np.sqrt(((mean - actual) ** 2).mean(axis=1)) / rows["scale"].to_numpy(float)
            weight = np.where(np.isfinite(root), rows["revenue"].to_numpy(float), 0.0)
            weighed = np.nan_to_num(root) * weight
            yield pd.DataFrame({"segment": rows["segment"], "model": model, "cost": cost, "weighed": weighed, "weight": weight})

    return costs


def levels(mean: Floats, dispersion: Floats) -> Floats:
    """Order-up-to levels, whole units: rows x decisions; `dispersion` per row."""
    ahead = np.maximum(stock_cost.covered(mean), 0.0)
    flat = ahead.ravel()
    level = counts.quantile(np.full((flat.size, 1), stock_cost.RATIO), flat, np.repeat(dispersion, ahead.shape[1]))
    return level.reshape(ahead.shape)


def _by_model(batches: Iterable[pd.DataFrame]) -> Iterator[tuple[pd.DataFrame, str, Floats, Floats]]:
    """Rows that the model forecast, model, what sold and what was forecast (rows x weeks)."""
    for rows in batches:
        if rows.empty:
            continue
        actual = np.stack(rows["actual"].to_list()).astype(float)
        for model in CANDIDATES:
            mean = np.stack(rows[model].to_list()).astype(float)
            if (asked := ~np.isnan(mean).any(axis=1)).any():
                yield rows[asked], model, actual[asked], mean[asked]


def _is_champion() -> Column:
    segment = Window.partitionBy("segment")
    close = F.col("stock_cost") <= F.min(F.when(F.col("whole"), F.col("stock_cost"))).over(segment) * (1 + CLOSE)
    order = segment.orderBy(
        F.col("whole").desc(), close.desc(), F.col("wrmsse").asc_nulls_last(), F.col("stock_cost"), F.col("model")
    )
    return F.row_number().over(order) == 1
