"""How far has the plan moved since the last one, and why?

Instability is the sum of the changes of order-up-to levels over the sum of the levels of before (schedule instability: Sridharan,
Berry & Udayabhanu 1988, Decision Sciences 19, there by order quantities): a plan whose levels jump from day to day is one that
buyers stop to trust. A level moves with what is expected, with the terms of buying, and with what is there (inventory.plan).
"""

from datetime import date

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.gold.inventory import PLAN_CHANGES

ALL = "*"
TERMS = ("lead_weeks", "review_weeks", "critical_ratio", "case_pack", "minimum_units", "unmet_demand")
HELD = ("order_up_to", "order_units", "expected_demand", "status", "on_hand", "on_order", *TERMS)


def compare_plans(plans: DataFrame, *, as_of: date) -> DataFrame:
    """One row per item of both plans, and one of all ('*'); none where there is no plan of an earlier day."""
    earlier = plans.where(F.col("as_of") < F.lit(as_of))
    last = earlier.agg(F.max("as_of").alias("as_of"))  # one row
    before = earlier.join(F.broadcast(last), "as_of", "left_semi")
    then = before.select("item_id", F.col("as_of").alias("previous_as_of"), *[F.col(name).alias(f"{name}_before") for name in HELD])
    now = plans.where(F.col("as_of") == F.lit(as_of)).select("item_id", *HELD)
    both = now.join(then, "item_id", "inner").withColumns(
        {
            "level_change": F.col("order_up_to") - F.col("order_up_to_before"),
            "demand_change": F.col("expected_demand") - F.col("expected_demand_before"),
            "cause": _cause(),
        }
    )
    each = both.withColumn("instability", _share(F.abs("level_change"), F.col("order_up_to_before")))
    summed = both.groupBy("previous_as_of").agg(
        *[F.sum(name).alias(name) for name in _SUMMED],
        _share(F.sum(F.abs("level_change")), F.sum("order_up_to_before")).alias("instability"),
    )
    total = summed.withColumn("item_id", F.lit(ALL))
    return each.unionByName(total, allowMissingColumns=True).select(F.lit(as_of).alias("as_of"), *PLAN_CHANGES.columns[1:])


_SUMMED = ("order_up_to", "order_up_to_before", "order_units", "order_units_before", "level_change", "demand_change")


def _cause() -> Column:
    """Of the level's change: terms first, since they move all that follows."""
    other = [~F.col(name).eqNullSafe(F.col(f"{name}_before")) for name in TERMS]
    terms = other[0]
    for differs in other[1:]:
        terms = terms | differs
    demand = F.abs(F.col("expected_demand") - F.col("expected_demand_before")) >= 0.5
    still = F.col("order_up_to") == F.col("order_up_to_before")
    return F.when(still, "none").when(terms, "terms").when(demand, "demand").otherwise("stock")


def _share(part: Column, whole: Column) -> Column:
    return F.try_divide(part.cast("double"), whole.cast("double"))
