"""How sure is a forecast? Quantiles from the errors of the backtest, weekly and cumulated apart.

Demand is taken as negative binomial around the forecast mean, with one dispersion per segment and horizon; what that gets
wrong is mended by the distribution of the backtest's randomised PITs in the same segment and horizon (see measures.counts).
Where the forecast is 0 (dormant items) the distribution's mean is what such items sold on average: some do come back.
Cumulated demand has a calibration of its own: weekly quantiles do not add up. To judge the quantiles honestly, each origin is
also left out in turn, and its forecasts are judged by a calibration that has not seen it.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.gold.demand import LEVELS, QUANTILE_CALIBRATION, quantile_name
from shelfwise.core.kept import keep
from shelfwise.demand.champion import with_champion
from shelfwise.demand.frames import typed
from shelfwise.demand.spread import spread_of, with_any_segment
from shelfwise.measures import counts
from shelfwise.measures.draws import hashed_uniform
from shelfwise.measures.exact import exact_sum

NONE_LEFT_OUT = date(1900, 1, 1)
GROUP = ["cumulated", "segment", "horizon"]
GROUP_TYPES = "cumulated boolean, segment string, horizon int, left_out date"


def calibrate(backtest: DataFrame, champions: DataFrame, *, as_of: date) -> DataFrame:
    """One row per kind (weekly, cumulated), segment (and '*', all together), horizon and origin left out."""
    return calibration_of(_weekly_and_cumulated(with_champion(backtest, champions)), as_of=as_of)


def calibration_of(errors: DataFrame, *, as_of: date) -> DataFrame:
    """The same of rows with `cumulated`, `segment`, `horizon`, `origin`, whole-numbered `actual`, `mean` and a draw, `uniform`."""
    dispersions = keep(_dispersions(errors))
    known = dispersions.toPandas()  # bound: kinds x segments x horizons x origins
    binned = with_any_segment(errors).mapInPandas(_histograms(known), f"{GROUP_TYPES}, bin int, rows long")
    histogram = binned.groupBy(*GROUP, "left_out", "bin").agg(F.sum("rows").alias("rows"))
    pits = histogram.groupBy(*GROUP, "left_out").applyInPandas(_pit_of_bins, f"{GROUP_TYPES}, rows long, pit array<double>")
    return (
        pits.join(F.broadcast(dispersions), [*GROUP, "left_out"], "inner")
        .select(F.lit(as_of).alias("as_of"), "*")
        .select(*QUANTILE_CALIBRATION.columns)
    )


def with_quantiles(forecasts: DataFrame, calibration: DataFrame) -> DataFrame:
    """Adds the nine weekly and nine cumulated quantiles to rows with `segment`, `horizon`, `mean`, `cum_mean`."""
    spread = spread_of(calibration.where(F.col("left_out") == F.lit(NONE_LEFT_OUT)))
    names = [quantile_name(p, cumulated=kind) for kind in (False, True) for p in LEVELS]

    def added(batches: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        for rows in batches:
            place = spread.places(rows)
            if (place < 0).any():
                raise ValueError("gold.quantile_calibration has no '*' row for some horizon: run calibrate_demand for this --as-of")
            kinds = ((spread.weekly, "mean"), (spread.cumulated, "cum_mean"))
            grids = np.column_stack([curves.quantiles(place, rows[mean].to_numpy(float)) for curves, mean in kinds])
            yield rows.join(pd.DataFrame(grids, columns=names, index=rows.index))

    kept = typed(forecasts)
    return forecasts.mapInPandas(added, f"{kept}, " + ", ".join(f"{name} double" for name in names))


def _weekly_and_cumulated(backtest: DataFrame) -> DataFrame:
    place = hashed_uniform("item_id", "origin", "horizon")
    return backtest.select("origin", "segment", "horizon", place.alias("uniform"), F.inline(both_kinds()))


def both_kinds() -> Column:
    """An array of a row's week and of its weeks so far: `cumulated`, whole-numbered `actual`, `mean`, the champion's."""

    def kind(cumulated: bool, actual: str, mean: str) -> Column:
        return F.struct(F.lit(cumulated).alias("cumulated"), F.round(actual).alias("actual"), F.col(mean).alias("mean"))

    return F.array(kind(False, "actual", "champion"), kind(True, "actual_cum", "champion_cum"))


def left_out_in_turn(by_origin: DataFrame) -> DataFrame:
    """Each row once for every other origin that is left out (`left_out`), and once where none is: few rows, fewer origins."""
    origins = by_origin.select(F.col("origin").alias("left_out")).distinct()
    held = origins.unionByName(origins.select(F.lit(NONE_LEFT_OUT).alias("left_out")).distinct())
    return by_origin.crossJoin(F.broadcast(held)).where(F.col("origin") != F.col("left_out"))


def _dispersions(errors: DataFrame) -> DataFrame:
    """One row per group and origin left out, by moments: d = sum(((y - m)^2 - m) / m) / sum(m), each row weighted by 1 / m."""
    m, gap = F.col("mean") + counts.LEAST_MEAN, F.col("actual") - F.col("mean")
    excess = F.when(m > 0.01, (gap * gap - m) / m).otherwise(0.0)
    missed = F.when(F.col("mean") == 0, F.col("actual"))
    sums = errors.groupBy(*GROUP, "origin").agg(
        exact_sum(excess).alias("excess"),
        exact_sum(m).alias("total"),
        F.coalesce(exact_sum(missed), F.lit(0.0)).alias("missed"),
        F.count(missed).alias("zeros"),
    )
    sums = with_any_segment(sums)
    estimate = F.greatest(F.try_divide(exact_sum(F.col("excess")), exact_sum(F.col("total"))), F.lit(counts.LEAST_DISPERSION))
    base_rate = F.coalesce(F.try_divide(exact_sum(F.col("missed")), F.sum("zeros")), F.lit(0.0))
    return left_out_in_turn(sums).groupBy(*GROUP, "left_out").agg(estimate.alias("dispersion"), base_rate.alias("base_rate"))


def _histograms(dispersions: pd.DataFrame) -> Callable[[Iterable[pd.DataFrame]], Iterator[pd.DataFrame]]:
    """Counts each task's PITs by group and bin, once for every origin left out but their own."""
    groups = pd.MultiIndex.from_frame(dispersions[GROUP].drop_duplicates())
    held = {day: known.set_index(GROUP).reindex(groups) for day, known in dispersions.groupby("left_out")}

    def binned(batches: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        counted = {day: np.zeros(len(groups) * counts.PIT_STEPS, dtype=np.int64) for day in held}
        for rows in batches:
            place = groups.get_indexer(pd.MultiIndex.from_frame(rows[GROUP]))
            for day, known in held.items():
                others = (rows["origin"] != day).to_numpy()
                bins = place[others] * counts.PIT_STEPS + _bins(rows[others], known.iloc[place[others]])
                counted[day] += np.bincount(bins, minlength=len(counted[day]))
        for day, histogram in counted.items():
            met = np.flatnonzero(histogram)
            found = groups[met // counts.PIT_STEPS].to_frame(index=False)
            yield found.assign(left_out=day, bin=(met % counts.PIT_STEPS).astype(np.int32), rows=histogram[met])

    return binned


def _bins(judged: pd.DataFrame, known: pd.DataFrame) -> NDArray[np.intp]:
    mean = judged["mean"].to_numpy(float)
    expected = np.where(mean > 0, mean, known["base_rate"].to_numpy(float))
    actual, uniform = judged["actual"].to_numpy(float), judged["uniform"].to_numpy(float)
    return counts.pit_bins(counts.randomised_pit(actual, expected, known["dispersion"].to_numpy(float), uniform))


def _pit_of_bins(group: pd.DataFrame) -> pd.DataFrame:
    histogram = np.zeros(counts.PIT_STEPS)
    histogram[group["bin"]] = group["rows"]
    first = group.iloc[[0]][[*GROUP, "left_out"]]
    return first.assign(rows=int(histogram.sum()), pit=[counts.pit_cdf(histogram).tolist()])
