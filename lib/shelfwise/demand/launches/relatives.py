"""What do established items that are like a launch, and earlier launches beside it, say together?

Shop's mean launch curve x pace^slope (launches.paces) x how launches of the department, and of the category in it, went beside
that. The slope is by how much launches go with what is established there: least squares of log units over the lessons, leaning on
one, a launch as fast as its relatives. A factor of n launches counts n to LEAN: in a category with hundreds of them they decide,
in one with three the established items do. Before these factors all is right in sum over a cut's lessons.
"""

import numpy as np
import pandas as pd
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shelfwise.demand.launches.curves import shop_curve
from shelfwise.demand.launches.paces import pace
from shelfwise.measures.evidence import Floats
from shelfwise.measures.exact import exact_sum

LEAN = 20.0  # launches
SLOPE, SLOPE_SD = 1.0, 0.5  # believed before any launch
HALF_A_UNIT = 0.5
TOLD = "cut string, department string, category string, slope double, factor double"
EVERY = "*"


def with_relatives(asked: DataFrame, lessons: DataFrame) -> DataFrame:
    """Adds `relatives` to rows that have the shop's curve as `level`."""
    levelled = lessons.join(F.broadcast(shop_curve(lessons)), ["cut", "launch_week"], "inner")
    sums = {"units": exact_sum(F.col("units")), "level": exact_sum(F.col("level")), "pace": F.max(pace())}
    of_item = levelled.groupBy("cut", "department", "category", "item_id").agg(*[what.alias(name) for name, what in sums.items()])
    # bound: a cut's lessons, one row each
    told = of_item.groupBy("cut").applyInPandas(relations, TOLD)
    whole, part = F.col("department") == EVERY, F.col("category") == EVERY
    of_shop = told.where(whole).select("cut", "slope", F.col("factor").alias("of_shop"))
    of_department = told.where(~whole & part).select("cut", "department", F.col("factor").alias("of_department"))
    of_category = told.where(~part).select("cut", "department", "category", F.col("factor").alias("of_category"))
    known = (
        asked.join(F.broadcast(of_shop), "cut", "left")
        .join(of_department, ["cut", "department"], "left")
        .join(of_category, ["cut", "department", "category"], "left")
    )
    said = F.col("level") * F.pow(pace(), F.coalesce("slope", F.lit(SLOPE)))
    for factor in ("of_shop", "of_department", "of_category"):
        said = said * F.coalesce(factor, F.lit(1.0))
    return known.withColumn("relatives", said).drop("slope", "of_shop", "of_department", "of_category")


def relations(lessons: pd.DataFrame) -> pd.DataFrame:
    """Of one cut, a row per launch with `units`, `level` (the shop's curve) and `pace`: the shop's slope and factor, and factors of
    departments and categories beside it."""
    rows = lessons.sort_values("item_id", ignore_index=True)
    pace, units, level = (rows[name].to_numpy(float) for name in ("pace", "units", "level"))
    slope = _slope(np.log(pace), np.log((units + HALF_A_UNIT) / (level + HALF_A_UNIT)))
    factor = units.sum() / (level * pace**slope).sum()
    known = rows.assign(said=level * pace**slope * factor)
    parts = [pd.DataFrame({"department": [EVERY], "category": [EVERY], "factor": [factor]})]
    for keys in (["department"], ["department", "category"]):
        groups = known.groupby(keys)[["units", "said"]]
        count, sums = groups.size(), groups.sum()
        factors = ((count * sums["units"] / sums["said"] + LEAN) / (count + LEAN)).rename("factor")
        found = known.join(factors, on=keys)
        known = known.assign(said=found["said"] * found["factor"])
        parts.append(factors.reset_index())
    told = pd.concat(parts, ignore_index=True).fillna({"category": EVERY})
    return told.assign(cut=rows["cut"].iloc[0], slope=slope)[["cut", "department", "category", "slope", "factor"]]


def _slope(pace: Floats, units: Floats) -> float:
    """Of logs; that of the data by its precision, and SLOPE by its own."""
    x, y = pace - pace.mean(), units - units.mean()
    spread = float((x**2).sum())
    if len(x) < 3 or spread <= 0:
        return SLOPE
    found = float((x * y).sum()) / spread
    error = float(((y - found * x) ** 2).sum()) / (len(x) - 2) / spread
    return (found * SLOPE_SD**2 + SLOPE * error) / (SLOPE_SD**2 + error)
