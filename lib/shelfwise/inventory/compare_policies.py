"""Which way of ordering would have been cheapest, and is the difference more than chance?

All policies meet the same demand, so costs are compared item by item with orders for what can still be met: the mean d of the
differences in cost per week, and d -/+ 1.96 s / sqrt(n), s their standard deviation over n items (paired comparison; Law,
*Simulation Modeling and Analysis*, ch. 10). Items count as independent of one another.
"""

from datetime import date

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.gold.policies import POLICY_REPLAY
from shelfwise.measures.exact import exact_sum, fine_mean

OWN = "met"
ALL = "*"
Z95 = 1.959963984540054


def compare_policies(periods: DataFrame, *, as_of: date) -> DataFrame:
    """One row per scenario, policy and department ('*': all)."""
    each = periods.groupBy("scenario", "policy", "department", "item_id").agg(
        *[F.sum(name).alias(name) for name in ("weeks", "sold", "lost", "stock_weeks", "weeks_met", "orders")],
        *[exact_sum(F.col(name)).alias(name) for name in ("lost_margin", "holding_cost")],
    )
    each = each.withColumn("cost", (F.col("lost_margin") + F.col("holding_cost")) / F.col("weeks"))
    own = each.where(F.col("policy") == OWN).select("scenario", "item_id", F.col("cost").alias("own"))
    paired = each.join(own, ["scenario", "item_id"], "inner").withColumn("more", F.col("cost") - F.col("own"))
    segments = paired.withColumn("department", F.explode(F.array(F.lit(ALL), F.col("department"))))
    figures = segments.groupBy("scenario", "policy", "department").agg(
        F.count(F.lit(1)).alias("items"),
        F.try_divide(F.sum("sold"), F.sum(F.col("sold") + F.col("lost"))).alias("fill_rate"),
        (F.sum("weeks_met") / F.sum("weeks")).alias("cycle_service"),
        *[exact_sum(F.col(name)).alias(name) for name in ("lost_margin", "holding_cost")],
        F.sum("orders").alias("order_lines"),
        (F.sum("stock_weeks") / F.sum("weeks")).alias("mean_stock"),
        fine_mean(F.col("more")).alias("more_cost"),
        fine_mean(F.col("more") * F.col("more")).alias("square"),  # of cents a week: small beside an ordinary sum's grain
    )
    variance = F.greatest(F.col("square") - F.col("more_cost") ** 2, F.lit(0.0))
    error = Z95 * F.sqrt(F.try_divide(variance, F.col("items") - 1))
    ends = {"more_cost_low": F.col("more_cost") - error, "more_cost_high": F.col("more_cost") + error}
    return figures.withColumns(ends).withColumn("as_of", F.lit(as_of)).select(*POLICY_REPLAY.columns)
