"""How sure is a forecast? Quantiles from the errors of the backtest, weekly and cumulated apart.

Demand is taken as negative binomial around the forecast mean, with one dispersion per segment and horizon; what that gets
wrong is mended by the distribution of the backtest's randomised PITs in the same segment and horizon (see measures.counts).
Where the forecast is 0 (dormant items) the distribution's mean is what such items sold on average: some do come back.
Cumulated demand has a calibration of its own: weekly quantiles do not add up. To judge the quantiles honestly, each origin is
also left out in turn, and its forecasts are judged by a calibration that has not seen it.
"""

from collections.abc import Iterable, Iterator
from datetime import date

import numpy as np
import pandas as pd
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.gold.demand import LEVELS, QUANTILE_CALIBRATION, quantile_name
from shelfwise.measures import counts

NONE_LEFT_OUT = date(1900, 1, 1)
GROUP = ["cumulated", "segment", "horizon"]
CALIBRATION_COLUMNS = ["dispersion", "base_rate", "pit"]


def calibrate(backtest: DataFrame, *, as_of: date) -> DataFrame:
    """One row per kind (weekly, cumulated), segment, horizon and origin left out."""
    errors = _weekly_and_cumulated(backtest)
    dispersions = _dispersions(errors)
    # a few hundred rows: kinds x segments x horizons x origins
    judged = errors.join(F.broadcast(dispersions), GROUP, "inner").where(F.col("origin") != F.col("left_out"))
    binned = judged.mapInPandas(_with_bin, "cumulated boolean, segment string, horizon int, left_out date, bin int")
    histogram = binned.groupBy(*GROUP, "left_out", "bin").agg(F.count(F.lit(1)).alias("rows"))
    pits = histogram.groupBy(*GROUP, "left_out").applyInPandas(
        _pit_of_bins, "cumulated boolean, segment string, horizon int, left_out date, rows long, pit array<double>"
    )
    return (
        pits.join(F.broadcast(dispersions), [*GROUP, "left_out"], "inner")
        .select(F.lit(as_of).alias("as_of"), "*")
        .select(*QUANTILE_CALIBRATION.columns)
    )


def with_quantiles(forecasts: DataFrame, calibration: DataFrame) -> DataFrame:
    """Adds the nine weekly and nine cumulated quantiles to rows with `segment`, `horizon`, `mean`, `cum_mean`."""
    final = calibration.where(F.col("left_out") == F.lit(NONE_LEFT_OUT))
    calibrated = with_calibration(forecasts, final)
    added = ", ".join(f"{name} double" for name in _quantile_names())
    kept = ", ".join(f"{field.name} {field.dataType.simpleString()}" for field in forecasts.schema.fields)
    return calibrated.mapInPandas(_with_quantiles, f"{kept}, {added}")


def with_calibration(rows: DataFrame, calibration: DataFrame, *by: str) -> DataFrame:
    """Adds `dispersion`, `pit` and `cum_dispersion`, `cum_pit` by segment and horizon (and `by`)."""
    keys = ["segment", "horizon", *by]
    weekly = calibration.where(~F.col("cumulated")).select(*keys, *CALIBRATION_COLUMNS)
    renamed = [F.col(name).alias(f"cum_{name}") for name in CALIBRATION_COLUMNS]
    cumulated = calibration.where("cumulated").select(*keys, *renamed)
    return rows.join(F.broadcast(weekly), keys, "inner").join(F.broadcast(cumulated), keys, "inner")


def distribution(rows: pd.DataFrame, mean: str, prefix: str = "") -> tuple[counts.Floats, counts.Floats, counts.Floats]:
    """Mean, dispersion and PIT curve (rows x edges) of each row; `prefix` is `cum_` for cumulated demand."""
    expected = rows[mean].where(rows[mean] > 0, rows[f"{prefix}base_rate"]).to_numpy(float)
    return expected, rows[f"{prefix}dispersion"].to_numpy(float), np.stack(rows[f"{prefix}pit"].to_list())


def quantile_grid(mean: counts.Floats, dispersion: counts.Floats, curves: counts.Floats) -> counts.Floats:
    """Shape rows x levels: the calibrated quantiles of each row, in whole units."""
    asked = [counts.recalibrated_level(level, curves) for level in LEVELS]
    return np.column_stack([counts.quantile(level, mean, dispersion) for level in asked])


def _quantile_names() -> list[str]:
    return [quantile_name(p, cumulated=cumulated) for cumulated in (False, True) for p in LEVELS]


def _with_quantiles(batches: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    for rows in batches:
        if rows.empty:
            continue
        grids = [quantile_grid(*distribution(rows, "mean")), quantile_grid(*distribution(rows, "cum_mean", "cum_"))]
        grid = pd.DataFrame(np.column_stack(grids), columns=_quantile_names(), index=rows.index)
        used = [f"{prefix}{name}" for prefix in ("", "cum_") for name in CALIBRATION_COLUMNS]
        yield rows.drop(columns=used).join(grid)


def _weekly_and_cumulated(backtest: DataFrame) -> DataFrame:
    def kind(cumulated: bool, actual: str, mean: str) -> Column:
        return F.struct(F.lit(cumulated).alias("cumulated"), F.round(actual).alias("actual"), F.col(mean).alias("mean"))

    kinds = F.array(kind(False, "actual", "gbt"), kind(True, "actual_cum", "gbt_cum"))
    place = F.pmod(F.xxhash64("item_id", "origin", "horizon"), F.lit(1_000_003)) / 1_000_003.0
    return backtest.select("origin", "segment", "horizon", place.alias("uniform"), F.inline(kinds))


def _dispersions(errors: DataFrame) -> DataFrame:
    """One row per group and origin left out, by moments: d = sum(((y - m)^2 - m) / m) / sum(m), each row weighted by 1 / m."""
    m, gap = F.col("mean") + counts.LEAST_MEAN, F.col("actual") - F.col("mean")
    excess = F.when(m > 0.01, (gap * gap - m) / m).otherwise(0.0)
    missed = F.when(F.col("mean") == 0, F.col("actual"))
    sums = errors.groupBy(*GROUP, "origin").agg(
        F.sum(excess).alias("excess"),
        F.sum(m).alias("total"),
        F.coalesce(F.sum(missed), F.lit(0.0)).alias("missed"),
        F.count(missed).alias("zeros"),
    )
    origins = sums.select(F.col("origin").alias("left_out")).distinct()
    held = origins.unionByName(origins.select(F.lit(NONE_LEFT_OUT).alias("left_out")).distinct())
    # a handful of origins crossed with a few hundred sums
    crossed = sums.crossJoin(F.broadcast(held)).where(F.col("origin") != F.col("left_out"))
    estimate = F.greatest(F.try_divide(F.sum("excess"), F.sum("total")), F.lit(counts.LEAST_DISPERSION))
    base_rate = F.coalesce(F.try_divide(F.sum("missed"), F.sum("zeros")), F.lit(0.0))
    return crossed.groupBy(*GROUP, "left_out").agg(estimate.alias("dispersion"), base_rate.alias("base_rate"))


def _with_bin(batches: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    for rows in batches:
        expected = rows["mean"].where(rows["mean"] > 0, rows["base_rate"])
        arrays = [column.to_numpy(float) for column in (rows["actual"], expected, rows["dispersion"], rows["uniform"])]
        place = counts.randomised_pit(*arrays) * counts.PIT_STEPS
        bins = np.clip(place.astype(int), 0, counts.PIT_STEPS - 1).astype(np.int32)
        yield rows[[*GROUP, "left_out"]].assign(bin=bins)


def _pit_of_bins(group: pd.DataFrame) -> pd.DataFrame:
    histogram = np.zeros(counts.PIT_STEPS)
    histogram[group["bin"]] = group["rows"]
    first = group.iloc[[0]][[*GROUP, "left_out"]]
    return first.assign(rows=int(histogram.sum()), pit=[counts.pit_cdf(histogram).tolist()])
