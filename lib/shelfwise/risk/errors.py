"""By how much did forecasts of a department's items miss together?

Of a week's squared error of a department, (sum of e_i)^2, the sum of e_i^2 is what its items' errors would give if they had nothing
in common; the rest is common: together = 1 - sum over weeks of sum(e_i^2) / sum over weeks of (sum of e_i)^2, at least 0. The
week's factor is 1 + sqrt(together) (actual / forecast - 1), brought to a mean of 1 over all weeks: a bias that all of them share is
a fault of the forecast (gold.forecast_accuracy), not a risk.
"""

from datetime import date

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.gold.risk import DEMAND_ERRORS
from shelfwise.measures.exact import exact_sum
from shelfwise.risk.futures import WEEKS

WEEK = ["department", "origin", "horizon"]
MOST = 3.0  # a department of few units may sell many times what was foreseen: that is no factor for what comes


def demand_errors(backtest: DataFrame, *, as_of: date) -> DataFrame:
    """One row per department; `backtest`: gold.hierarchy_backtest, of which items' own forecasts (bottom_up) count."""
    items = backtest.where("level = 'item'").withColumn("missed", F.col("actual") - F.col("bottom_up"))
    weeks = items.groupBy(*WEEK).agg(
        *[exact_sum(F.col(name)).alias(name) for name in ("actual", "bottom_up", "missed")],
        exact_sum(F.col("missed") * F.col("missed")).alias("apart"),
    )
    common = 1 - F.try_divide(F.sum("apart"), F.sum(F.col("missed") * F.col("missed")))
    shares = weeks.groupBy("department").agg(F.greatest(F.coalesce(common, F.lit(0.0)), F.lit(0.0)).alias("together"))
    ratio = F.least(F.coalesce(F.try_divide(F.col("actual"), F.col("bottom_up")), F.lit(1.0)), F.lit(MOST))
    moved = weeks.join(shares, "department", "inner").withColumn("factor", 1 + F.sqrt("together") * (ratio - 1))
    by_origin = moved.groupBy("department", "together", "origin").agg(
        F.array_sort(F.collect_list(F.struct("horizon", "factor"))).alias("weeks")
    )
    whole = by_origin.where(F.size("weeks") == WEEKS).select(
        "department", "together", "origin", F.transform("weeks", lambda week: week["factor"]).alias("factors")
    )
    latest_first = F.reverse(F.array_sort(F.collect_list(F.struct("origin", "factors"))))
    gathered = whole.groupBy("department", "together").agg(F.transform(latest_first, lambda one: one["factors"]).alias("factors"))
    return gathered.select(F.lit(as_of).alias("as_of"), "department", "together", _of_mean_one().alias("factors")).select(
        *DEMAND_ERRORS.columns
    )


def _of_mean_one() -> Column:
    total = F.aggregate(F.flatten("factors"), F.lit(0.0), lambda sum, one: sum + one)
    mean = F.greatest(total / F.size(F.flatten("factors")), F.lit(1e-9))
    return F.transform("factors", lambda origin: F.transform(origin, lambda one: one / mean))
