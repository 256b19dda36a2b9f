"""How much should each model count? By segment, from errors that are known; apart for items that classical models are asked for.

Errors count in units of the root of what the item sells a week, by its last 4 and 13 weeks, so that large items do not drown
others; and for at most MOST_SCALES of its usual weekly change, so that a single order that nobody foresaw does not.
"""

from collections.abc import Iterable, Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.gold.mixture import DEMAND_MIXTURE
from shelfwise.core.frames import local_frame
from shelfwise.demand.classical import FAMILY, MEDIAN
from shelfwise.demand.inputs import LEAST_LEVEL, MOST_SCALES
from shelfwise.demand.mixture.products import error_products
from shelfwise.demand.segments import SEGMENTS
from shelfwise.measures.mixing import weights

MIXTURE = "mixture"
CLASSICAL = (*FAMILY, MEDIAN)
MEMBERS = ("gbt", "xgboost", "mean_4", "mean_13", *CLASSICAL)
PLACE = ("item_id", "origin", "horizon")
GROUP = ["segment", "with_classical", "origin", "ends"]  # `ends`: the last day of the week that is asked for
SHARED = "segment string, with_classical boolean, shares map<string,double>"

Floats = NDArray[np.float64]
Taught = dict[tuple[str, bool, date, date], Floats]  # by GROUP
Share = tuple[str, bool, dict[str, float]]  # segment, with_classical, weight by model


def weigh(backtest: DataFrame, classical: DataFrame, *, as_of: date) -> DataFrame:
    """One row per segment, kind of item and model: what is still to come is mixed by what every origin has taught."""
    learnt = shares(products(with_classical(backtest, classical)))
    rows = [(as_of, segment, kind, model, weight) for segment, kind, found in learnt for model, weight in found.items()]
    return local_frame(backtest.sparkSession, rows, DEMAND_MIXTURE.struct)


def with_mixture(judged: DataFrame) -> DataFrame:
    """Adds `mixture` to rows `with_classical`: each origin is mixed by the errors of weeks that had ended by then.

    Alike, where no earlier origin has had a week yet; null where there is one origin only, which judges no mixture that learns.
    """
    taught = products(judged)
    days = sorted({origin for *_, origin, _ in taught})
    mixed = days if len(days) > 1 else []
    rows = [(day, *share) for day in mixed for share in shares(taught, known_at=day)]
    return _mixed(judged, local_frame(judged.sparkSession, rows, f"origin date, {SHARED}"), ["origin"])


def serving_mixture(rows: DataFrame, mixture: DataFrame) -> DataFrame:
    """Adds `mixture` to rows `with_classical`, by gold.demand_mixture."""
    by_model = F.map_from_entries(F.collect_list(F.struct("model", "weight"))).alias("shares")
    return _mixed(rows, mixture.groupBy("segment", "with_classical").agg(by_model), [])


def with_classical(rows: DataFrame, classical: DataFrame) -> DataFrame:
    """Adds the classical models' forecasts, and whether there are any."""
    asked = classical.select(*PLACE, *CLASSICAL, F.lit(True).alias("with_classical"))
    return rows.join(asked, list(PLACE), "left").withColumn("with_classical", F.coalesce("with_classical", F.lit(False)))


def products(judged: DataFrame) -> Taught:
    level = F.lit(LEAST_LEVEL) + 0.5 * F.col("mean_4") + 0.5 * F.col("mean_13")
    awake = judged.where(F.col("segment") != "dormant").withColumn("ends", F.date_add("origin", 7 * F.col("horizon")))
    most = MOST_SCALES * F.col("scale")
    found = error_products(awake, MEMBERS, GROUP, actual=F.col("actual"), scale=F.sqrt(level), most=most)
    return {(segment, kind, origin, ends): matrix for (segment, kind, origin, ends), matrix in found.items()}


def shares(taught: Taught, *, known_at: date | None = None) -> list[Share]:
    """For every segment and kind; one that has taught nothing is served by all segments, then by items of the other kind.

    Only what weeks have taught that had ended by `known_at`; models share alike where that is nothing.
    """
    ended = {group: matrix for group, matrix in taught.items() if known_at is None or group[3] <= known_at}
    known = [(s, k, matrix) for (s, k, *_), matrix in (ended or {group: 0 * m for group, m in taught.items()}).items()]
    # an item without classical forecasts can't be given their weights
    plain = {id(matrix): _without_classical(matrix) for _, _, matrix in known}
    found = []
    for segment in SEGMENTS if known else ():
        for kind in (False, True):
            steps = (
                [matrix for s, k, matrix in known if (s, k) == (segment, kind)],
                [matrix for _, k, matrix in known if k == kind],
                [matrix for _, _, matrix in known],
            )
            step = next(step for step in steps if step)
            found.append((segment, kind, _shared(step if kind else [plain[id(matrix)] for matrix in step])))
    return found


def _without_classical(matrix: Floats) -> Floats:
    kept = np.array([name not in CLASSICAL for name in MEMBERS])
    return np.where(np.outer(kept, kept), matrix, np.nan)


def _shared(matrices: Iterable[Floats]) -> dict[str, float]:
    """Of the models that all of them have: the means are always there."""
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
    mixture = F.when(F.col("shares").isNull(), None).when(F.col("segment") == "dormant", 0.0).otherwise(mean)
    return named.withColumn(MIXTURE, mixture).drop("shares")
