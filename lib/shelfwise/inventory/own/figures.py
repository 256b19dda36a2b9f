"""What did each policy cost and serve, and is it really cheaper than the best classic one?

All policies meet the same demand, so costs are compared item by item: the mean d of the differences in cost per period, and d -/+
1.96 s / sqrt(n), s their standard deviation over n items (paired comparison; Law, *Simulation Modeling and Analysis*, ch. 10).
Items count as independent of one another. The classic policy is the one that was the cheapest of those here, so nobody's rival is a
weak one.
"""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from shelfwise.core.own_panel import ID
from shelfwise.measures.exact import exact_mean, exact_sum
from shelfwise.measures.stocking.every import CLASSIC

Z95 = 1.959963984540054
PARTS = ("cost", "holding", "shortage", "ordering")
SHOWN = (*PARTS, "fill_rate", "cycle_service", "mean_stock", "orders", "seconds", "to_classic", "gap", "low", "high")


def figures(replayed: DataFrame) -> DataFrame:
    """One row per policy, the cheapest first.

    Costs, stock and orders per item and period; `to_classic` is the ratio of costs, `gap`, `low` and `high` of their differences;
    null where no classic policy was asked for, and `low` and `high` where there is one item.
    """
    each = replayed.withColumns({f"{name}_a_period": F.col(name) / F.col("periods") for name in (*PARTS, "stock", "orders")})
    judged = each.groupBy("policy").agg(
        *[exact_mean(F.col(f"{name}_a_period")).alias(name) for name in PARTS],
        (1 - F.try_divide(exact_sum(F.col("short")), exact_sum(F.col("demand")))).alias("fill_rate"),
        F.try_divide(F.sum("cycles_met"), F.sum("cycles")).alias("cycle_service"),
        exact_mean(F.col("stock_a_period")).alias("mean_stock"),
        exact_mean(F.col("orders_a_period")).alias("orders"),
        F.sum("seconds").alias("seconds"),
    )
    compared = judged.join(_paired(each, judged), "policy", "left")
    return compared.select("policy", *SHOWN).orderBy("cost", "policy")


def _paired(each: DataFrame, judged: DataFrame) -> DataFrame:
    """policy, to_classic, gap, low, high."""
    best = judged.where(F.col("policy").isin(*CLASSIC)).orderBy("cost", "policy").limit(1).select(F.col("policy").alias("rival"))
    costs = each.select(ID, "policy", F.col("cost_a_period").alias("own"))
    rivals = costs.join(F.broadcast(best), F.col("policy") == F.col("rival"), "inner")  # one row
    pairs = costs.join(rivals.select(ID, F.col("own").alias("theirs")), ID, "inner")
    more = F.col("own") - F.col("theirs")
    sums = pairs.groupBy("policy").agg(
        F.count(F.lit(1)).alias("n"),
        exact_mean(more).alias("gap"),
        exact_sum(more * more).alias("squares"),
        F.try_divide(exact_sum(F.col("own")), exact_sum(F.col("theirs"))).alias("to_classic"),
    )
    either_way = Z95 * _standard_error()
    low, high = F.col("gap") - either_way, F.col("gap") + either_way
    return sums.select("policy", "to_classic", "gap", low.alias("low"), high.alias("high"))


def _standard_error() -> Column:
    """Null of one item."""
    spread = F.greatest(F.col("squares") - F.col("n") * F.col("gap") ** 2, F.lit(0.0))
    return F.sqrt(F.try_divide(spread, F.col("n") * (F.col("n") - 1)))
