"""How much should each model count? By segment, from other origins' errors; apart for items that classical models are asked for.

Errors count in units of the root of an item's level, as in the trees' loss: a mixture that is best there adds up to what sells.
"""

from collections.abc import Iterable, Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.gold.mixture import DEMAND_MIXTURE
from shelfwise.demand.classical import FAMILY, MEDIAN
from shelfwise.demand.mixture.products import error_products
from shelfwise.demand.rows import LEAST_LEVEL
from shelfwise.demand.segments import SEGMENTS
from shelfwise.measures.mixing import weights

MIXTURE = "mixture"
CLASSICAL = (*FAMILY, MEDIAN)
MEMBERS = ("gbt", "xgboost", "mean_4", "mean_13", *CLASSICAL)
PLACE = ("item_id", "origin", "horizon")
SHARED = "segment string, with_classical boolean, shares map<string,double>"

Floats = NDArray[np.float64]
Share = tuple[str, bool, dict[str, float]]  # segment, with_classical, weight by model


def weigh(backtest: DataFrame, classical: DataFrame, *, as_of: date) -> DataFrame:
    """One row per segment, kind of item and model: what is still to come is mixed by what every origin has taught."""
    learnt = shares(products(with_classical(backtest, classical)))
    rows = [(as_of, segment, kind, model, weight) for segment, kind, found in learnt for model, weight in found.items()]
    return backtest.sparkSession.createDataFrame(rows, DEMAND_MIXTURE.struct)


def with_mixture(judged: DataFrame) -> DataFrame:
    """Adds `mixture` to rows `with_classical`: no origin is mixed by what itself has taught; null where there is no other."""
    taught = products(judged)
    days = sorted({origin for *_, origin in taught})
    parts = [(day, share) for day in days for share in shares(taught, without=day)]
    spark = judged.sparkSession
    known = spark.createDataFrame([(day, *share) for day, share in parts], f"origin date, {SHARED}")
    return _mixed(judged, known, ["origin"])


def serving_mixture(rows: DataFrame, mixture: DataFrame) -> DataFrame:
    """Adds `mixture` to rows `with_classical`, by gold.demand_mixture."""
    by_model = F.map_from_entries(F.collect_list(F.struct("model", "weight"))).alias("shares")
    return _mixed(rows, mixture.groupBy("segment", "with_classical").agg(by_model), [])


def with_classical(rows: DataFrame, classical: DataFrame) -> DataFrame:
    """Adds the classical models' forecasts, and whether there are any."""
    asked = classical.select(*PLACE, *CLASSICAL, F.lit(True).alias("with_classical"))
    return rows.join(asked, list(PLACE), "left").withColumn("with_classical", F.coalesce("with_classical", F.lit(False)))


def products(judged: DataFrame) -> dict[tuple[str, bool, date], Floats]:
    level = F.lit(LEAST_LEVEL) + 0.5 * F.col("mean_4") + 0.5 * F.col("mean_13")
    awake = judged.where(F.col("segment") != "dormant")
    found = error_products(awake, MEMBERS, ["segment", "with_classical", "origin"], actual=F.col("actual"), scale=F.sqrt(level))
    return {(segment, kind, origin): matrix for (segment, kind, origin), matrix in found.items()}


def shares(taught: dict[tuple[str, bool, date], Floats], *, without: date | None = None) -> list[Share]:
    """For every segment and kind; one that has taught nothing is served by all segments, then by items of the other kind."""
    known = {place: matrix for place, matrix in taught.items() if place[2] != without}
    if not known:
        return []
    found = []
    for segment in SEGMENTS:
        for kind in (False, True):
            steps = (
                [matrix for (s, k, _), matrix in known.items() if (s, k) == (segment, kind)],
                [matrix for (_, k, _), matrix in known.items() if k == kind],
                [matrix for (_, k, _), matrix in known.items() if not k],
                list(known.values()),
            )
            found.append((segment, kind, _shared(next(step for step in steps if step))))
    return found


def _shared(matrices: Iterable[Floats]) -> dict[str, float]:
    total: Floats = np.sum(list(matrices), axis=0)
    asked = np.flatnonzero(~np.isnan(total.diagonal()))
    found = weights(total[np.ix_(asked, asked)])
    return {MEMBERS[place]: float(weight) for place, weight in zip(asked, found, strict=True)}


def _mixed(rows: DataFrame, known: DataFrame, by: Sequence[str]) -> DataFrame:
    named = rows.join(F.broadcast(known), ["segment", "with_classical", *by], "left")
    mean: Column = F.lit(0.0)
    for model in [name for name in MEMBERS if name in rows.columns]:
        weight = F.coalesce(F.col("shares")[model], F.lit(0.0))
        mean = mean + F.when(weight > 0, weight * F.col(model)).otherwise(0.0)
    mixture = F.when(F.col("segment") == "dormant", 0.0).when(F.col("shares").isNotNull(), mean)
    return named.withColumn(MIXTURE, mixture).drop("shares")
