"""Does a category's season speak for launching at once, or for waiting some weeks?

A launch's curve is of no season: it is multiplied by the category's forecast of each week over its mean of the last four weeks. (On
completejourney's launches the weekly units moved with this ratio, as it then came, to the power 1.2.) Waiting d weeks loses the
last d of the 13, and pays if the others sell more by that.
"""

import numpy as np
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shelfwise.measures.evidence import Floats

LEAST, MOST = 0.2, 3.0


def with_season(candidates: DataFrame, hierarchy: DataFrame) -> DataFrame:
    """Adds `season`: by week ahead, the category's forecast / its last weeks; null where the shop does not sell the category."""
    ahead = hierarchy.where("level = 'category'").groupBy("department", "category")
    by_week = F.array_sort(F.collect_list(F.struct("horizon", "mean"))).alias("weeks")
    known = candidates.join(F.broadcast(ahead.agg(by_week)), ["department", "category"], "left")
    ratio = F.transform(
        "weeks", lambda week: F.least(F.greatest(F.try_divide(week["mean"], F.col("category_weekly")), F.lit(LEAST)), F.lit(MOST))
    )
    return known.withColumn("season", F.when(F.col("category_weekly") > 0, ratio)).drop("weeks")


def timed(mean: Floats, season: object, first: int, most_wait: int) -> tuple[int, Floats]:
    """Weeks to wait beyond `first` weeks ahead, and the curve then, 0 in the weeks that waiting has cost."""
    if season is None:
        return 0, mean
    ratios = np.asarray(season, dtype=float)
    curves = []
    for wait in range(most_wait + 1):
        place = np.minimum(first + wait + np.arange(len(mean)), len(ratios) - 1)
        curves.append(np.where(np.arange(len(mean)) < len(mean) - wait, mean * ratios[place], 0.0))
    best = int(np.argmax([curve.sum() for curve in curves]))
    return best, curves[best]
