"""What can the shop supply, and what will the proposed introductions change?

Breadth (categories and makers with an item on sale), depth (items per shelf), in-stock rate, success rate and time to first sale of
launches, concentration (Herfindahl index of makers' revenue): by department and for all, before and after.
"""

from datetime import date, timedelta

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.gold.introductions import SUPPLY_CAPABILITY
from shelfwise.contracts.gold.launches import CURVE_WEEKS, JUDGED_WEEKS, TAKEN_WEEKS
from shelfwise.contracts.newcomers import EVERY
from shelfwise.measures.exact import exact_mean, exact_sum
from shelfwise.measures.shelves import shelf

LIVE_WEEKS = 8
DESCRIBED = ("item_id", "department", "category", "shelf", "maker_id", "revenue")


def measure_supply_capability(
    panel: DataFrame,
    items: DataFrame,
    plan: DataFrame,
    list_prices: DataFrame,
    introductions: DataFrame,
    worth: DataFrame,
    *,
    as_of: date,
) -> DataFrame:
    """One row per department ('*' for all) and stage."""
    now = _on_sale(panel, items, as_of)
    coming = _coming(introductions, worth)
    staged = now.withColumn("stage", F.lit("before")).unionByName(now.unionByName(coming).withColumn("stage", F.lit("after")))
    breadth = (
        _by_department(staged)
        .groupBy("department", "stage")
        .agg(
            F.count(F.lit(1)).alias("items"),
            F.countDistinct("category").alias("categories"),
            F.countDistinct("maker_id").alias("makers"),
            (F.count(F.lit(1)) / F.countDistinct("shelf")).alias("depth"),
            exact_sum(F.col("revenue")).alias("weekly_revenue"),
        )
    )
    whole = breadth.join(_concentration(staged), ["department", "stage"], "left")
    told = whole.join(_in_stock(plan), "department", "left").join(_success(panel, introductions), ["department", "stage"], "left")
    timed = told.join(_first_sales(panel, list_prices), "department", "left")
    columns = {"as_of": F.lit(as_of), "concentration": F.coalesce("concentration", F.lit(0.0))}
    return timed.withColumns(columns).select(*SUPPLY_CAPABILITY.columns)


def _on_sale(panel: DataFrame, items: DataFrame, as_of: date) -> DataFrame:
    """Items that sold in the last LIVE_WEEKS weeks, and their weekly revenue."""
    lately = panel.where(F.col("week") > F.lit(as_of - timedelta(weeks=LIVE_WEEKS)))
    sums = lately.groupBy("item_id", "department", "category", "maker_id").agg(
        (exact_sum(F.col("revenue")) / LIVE_WEEKS).alias("revenue"), exact_sum(F.col("sold_units")).alias("sold")
    )
    return sums.where("sold > 0").join(items.select("item_id", shelf()), "item_id", "inner").select(*DESCRIBED)


def _coming(introductions: DataFrame, worth: DataFrame) -> DataFrame:
    weekly = (F.col("units") * F.col("price").cast("double") / CURVE_WEEKS).alias("revenue")
    chosen = introductions.where("decision IN ('list', 'test')").select("item_id", "units")
    return (
        worth.drop("units").join(chosen, "item_id", "inner").select(*[weekly if name == "revenue" else name for name in DESCRIBED])
    )


def _by_department(rows: DataFrame) -> DataFrame:
    """Each row of its department and of all."""
    return rows.withColumn("department", F.explode(F.array("department", F.lit(EVERY))))


def _concentration(staged: DataFrame) -> DataFrame:
    makers = _by_department(staged).groupBy("department", "stage", "maker_id").agg(exact_sum(F.col("revenue")).alias("revenue"))
    total, squares = exact_sum(F.col("revenue")), exact_sum(F.col("revenue") * F.col("revenue"))
    return makers.groupBy("department", "stage").agg(F.try_divide(squares, total * total).alias("concentration"))


def _in_stock(plan: DataFrame) -> DataFrame:
    there = exact_sum(F.when(F.col("on_hand") > 0, F.col("expected_demand")).otherwise(0.0))
    return (
        _by_department(plan.where("launch IS NULL"))  # what is not on sale yet can't be missed
        .groupBy("department")
        .agg(F.try_divide(there, exact_sum(F.col("expected_demand"))).alias("in_stock_rate"))
    )


def _success(panel: DataFrame, introductions: DataFrame) -> DataFrame:
    """Before: of launches whose first weeks are known, those that sold in half of them. After: what is expected of those chosen."""
    ends = panel.agg(F.min("week").alias("begin"))  # one row
    early = F.col("age_weeks") < JUDGED_WEEKS
    lives = panel.groupBy("item_id", "department").agg(
        F.min("week").alias("launch"),
        F.count_if(early).alias("known"),
        F.count_if(early & (F.col("sold_units") > 0)).alias("selling"),
    )
    launched = lives.crossJoin(F.broadcast(ends)).where(
        (F.datediff("launch", "begin") >= 7 * JUDGED_WEEKS) & (F.col("known") >= JUDGED_WEEKS)
    )
    before = _rate(launched, (F.col("selling") >= TAKEN_WEEKS).cast("double"), "before")
    return before.unionByName(_rate(introductions.where("decision IN ('list', 'test')"), 1 - F.col("p_failure"), "after"))


def _rate(rows: DataFrame, success: Column, stage: str) -> DataFrame:
    rated = _by_department(rows).groupBy("department").agg(exact_mean(success).alias("success_rate"))
    return rated.withColumn("stage", F.lit(stage))


def _first_sales(panel: DataFrame, list_prices: DataFrame) -> DataFrame:
    """Of items whose first list price came after the data began."""
    begun = panel.agg(F.min("week").alias("begin"))  # one row
    priced = list_prices.groupBy("item_id").agg(F.min("starts_on").alias("priced_on"))
    sold = panel.groupBy("item_id", "department").agg(F.min("week").alias("sold_in"))
    both = sold.join(priced, "item_id", "inner").crossJoin(F.broadcast(begun)).where("priced_on > begin")
    days = F.greatest(F.datediff("sold_in", F.date_trunc("week", "priced_on")), F.lit(0))
    return _by_department(both).groupBy("department").agg(F.percentile(days, 0.5).alias("days_to_first_sale"))
