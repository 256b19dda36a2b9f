"""Is it time to choose and train again? What models are asked about, and how they err, against the backtest's earliest origin.

Champions, their intervals and their accuracy rest on the backtest's origins, so its earliest one is the reference. Features: the
population stability index (measures.stability) of each one. Errors: the champions' RMSSE and bias at the latest origin against the
earlier ones. The backtest trains anew at each origin: an error that grows there says that demand has become harder to foresee.
What was published on earlier days is judged apart, by weeks that are over since (demand.served).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.gold.demand import DEMAND_DRIFT
from shelfwise.core.job import Params
from shelfwise.core.kept import keep
from shelfwise.demand.accuracy import ITEM_LEVEL
from shelfwise.demand.inputs import FEATURES, UNKNOWN
from shelfwise.demand.rows import origin_rows
from shelfwise.demand.segments import is_dormant
from shelfwise.demand.served import served_errors
from shelfwise.demand.verdicts import Marks, moved_errors, moved_feature, overall, served_moved
from shelfwise.measures.stability import bin_of
from shelfwise.measures.weeks import last_sunday

Floats = NDArray[np.float64]
THEN, NOW = "then", "now"
JUDGED = ", ".join(f"{name} {field.type}" for name, field in DEMAND_DRIFT.schema.items() if name != "as_of")


class DriftParams(Params):
    horizons: tuple[int, ...] = (1, 4, 13)  # most features are the same at all of them
    bins: int = 10
    marks: Marks = Marks()


def check_drift(
    panel: DataFrame,
    promotions: DataFrame,
    calendar: DataFrame,
    accuracy: DataFrame,
    judged: DataFrame,
    forecasts: DataFrame,
    *,
    params: DriftParams,
    as_of: date,
) -> DataFrame:
    """One row per feature, per segment's RMSSE and bias ('*': all), three per segment of what was published, and one that sums up.

    `judged` and `forecasts`: accuracy and forecasts of every day.
    """
    champions = accuracy.where((F.col("level") == ITEM_LEVEL) & (F.col("model") == "champion"))
    by_origin = champions.where((F.col("horizon") == 0) & (F.col("origin") != "*"))
    reference = _earliest(by_origin)

    def asked(origin: date) -> DataFrame:
        rows = origin_rows(panel, promotions, calendar, origin=origin, horizons=params.horizons)
        return rows.where(~is_dormant()).select(*FEATURES)

    features = _features(keep(asked(reference)), asked(last_sunday(as_of)), reference, params)
    errors = by_origin.groupBy("segment").applyInPandas(lambda rows: moved_errors(rows, params.marks), JUDGED)
    since = served_errors(panel, forecasts, judged, as_of=as_of).groupBy("segment")
    served = since.applyInPandas(lambda rows: served_moved(rows, params.marks), JUDGED)
    moved = keep(features.unionByName(errors).unionByName(served))
    every = moved.unionByName(moved.groupBy().applyInPandas(overall, JUDGED))
    return every.withColumn("as_of", F.lit(as_of)).select(*DEMAND_DRIFT.columns)


def counted(rows: pd.DataFrame, edges: Mapping[str, Floats]) -> pd.DataFrame:
    """One row per feature and bin: `name`, `bin`, `rows`."""
    places = {name: bin_of(rows[name].to_numpy(float), edges[name], unknown=UNKNOWN) for name in edges}
    counts = {name: np.bincount(place, minlength=len(edges[name]) + 2) for name, place in places.items()}
    return pd.concat([pd.DataFrame({"name": name, "bin": np.arange(len(n)), "rows": n}) for name, n in counts.items()])


def _earliest(by_origin: DataFrame) -> date:
    """A single date to the driver."""
    row = by_origin.agg(F.min("origin").alias("origin")).first()
    assert row is not None  # the job needs accuracy
    return date.fromisoformat(row["origin"])


def _features(reference: DataFrame, asked: DataFrame, since: date, params: DriftParams) -> DataFrame:
    edges = _edges(reference, params.bins)
    schema = "name string, bin int, rows long"
    then, now = (frame.mapInPandas(_counted(edges), schema) for frame in (reference, asked))
    sides = then.withColumn("side", F.lit(THEN)).unionByName(now.withColumn("side", F.lit(NOW)))
    counts = sides.groupBy("name", "side", "bin").agg(F.sum("rows").alias("rows"))

    def moved(rows: pd.DataFrame) -> pd.DataFrame:
        name = rows["name"].iloc[0]
        table = rows.pivot_table(index="bin", columns="side", values="rows", aggfunc="sum", fill_value=0)
        sizes = table.reindex(index=range(len(edges[name]) + 2), columns=[THEN, NOW], fill_value=0).to_numpy(float).T
        return moved_feature(name, sizes, edges[name], since, len(params.horizons), params.marks)

    return counts.groupBy("name").applyInPandas(moved, JUDGED)


def _edges(reference: DataFrame, bins: int) -> dict[str, Floats]:
    """The inner quantiles of each feature's known values, equal ones once: features x bins numbers to the driver.

    Exact percentiles: approximate ones depend on the order in which rows are read.
    """
    levels = [F.lit(k / bins) for k in range(1, bins)]
    known = {name: F.when((F.col(name) != UNKNOWN) & ~F.isnan(name), F.col(name).cast("double")) for name in FEATURES}
    row = reference.agg(*[F.percentile(column, F.array(*levels)).alias(name) for name, column in known.items()]).first()
    assert row is not None
    return {name: np.unique(np.array(row[name] or [], dtype=float)) for name in FEATURES}


def _counted(edges: Mapping[str, Floats]) -> Callable[[Iterable[pd.DataFrame]], Iterator[pd.DataFrame]]:
    def counts(batches: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        for rows in batches:
            yield counted(rows, edges)

    return counts
