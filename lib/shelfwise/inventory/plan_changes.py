"""How far has the plan moved since the last one, and why?

Instability is the sum of the changes of order-up-to levels over the sum of the levels of before (schedule instability: Sridharan,
Berry & Udayabhanu 1988, Decision Sciences 19, there by order quantities): a plan whose levels jump from day to day is one that
buyers stop to trust. A level moves with what is expected, with the terms of buying, and with what is there (inventory.plan).
"""

from datetime import date
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.gold.inventory import PLAN_CHANGES
from shelfwise.measures.exact import exact_sum

ALL = "*"
TERMS = ("review_weeks", "case_pack", "minimum_units", "unmet_demand")
# less than these is no change of terms: prices are means of weeks, and each receipt moves the law of lead times a little
LEAST_RATIO, LEAST_LEAD_WEEKS, LEAST_DEMAND = 0.005, 0.25, 0.5
HELD = ("order_up_to", "order_units", "expected_demand", "status", "position", "lead", "critical_ratio", *TERMS)


def compare_plans(plans: DataFrame, *, as_of: date) -> DataFrame:
    """One row per item on sale in both plans, and one of all ('*'); none where there is no plan of an earlier day."""
    plans = plans.where("launch IS NULL").withColumns({"position": F.col("on_hand") + F.col("on_order"), "lead": _mean_lead()})
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
        exact_sum(F.col("demand_change")).alias("demand_change"),
        _share(F.sum(F.abs("level_change")), F.sum("order_up_to_before")).alias("instability"),
    )
    total = summed.withColumn("item_id", F.lit(ALL))
    return each.unionByName(total, allowMissingColumns=True).select(F.lit(as_of).alias("as_of"), *PLAN_CHANGES.columns[1:])


_SUMMED = ("order_up_to", "order_up_to_before", "order_units", "order_units_before", "level_change")


def _cause() -> Column:
    """Of the level's change: terms first, since they move all that follows; what is expected where nothing else has moved."""
    differ = [F.col(name) != F.col(f"{name}_before") for name in TERMS]
    moved = {"critical_ratio": LEAST_RATIO, "lead": LEAST_LEAD_WEEKS}
    differ += [F.abs(F.col(name) - F.col(f"{name}_before")) >= least for name, least in moved.items()]
    terms = reduce(lambda one, other: one | other, differ)
    demand = F.abs(F.col("expected_demand") - F.col("expected_demand_before")) >= LEAST_DEMAND
    still = F.col("order_up_to") == F.col("order_up_to_before")
    stock = ~demand & (F.col("position") != F.col("position_before"))
    return F.when(still, "none").when(terms, "terms").when(stock, "stock").otherwise("demand")


def _mean_lead() -> Column:
    """Weeks: the law's where receipts tell it."""
    weighed = F.transform("week_shares", lambda share, weeks: share * weeks)
    mean = F.aggregate(weighed, F.lit(0.0), lambda total, part: total + part)
    return F.coalesce(mean, F.col("lead_weeks").cast("double"))


def _share(part: Column, whole: Column) -> Column:
    return F.try_divide(part.cast("double"), whole.cast("double"))
