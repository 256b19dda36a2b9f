"""How is the shop doing, by day and category?

Figures add up: over a day's categories units, revenue, discount, returns and lines sum to the whole shop's row ('*'), and these
to silver, to the cent. Baskets, customers and items of several categories don't add up: one basket holds many categories.
What counts as new is seen from the data's own first day: in the first 28 days everything would be new, so the shares are null
there; afterwards items that sell rarely still look newer than they are.
"""

from datetime import date

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.gold.kpi import KPIS

NEW_DAYS = 28
WHOLE = "*"
UNKNOWN = "UNKNOWN"
PLACE = ["day", "department", "category"]


def key_figures(sales: DataFrame, items: DataFrame, *, as_of: date) -> DataFrame:
    """One row per day with a sale or return, and category; one more per day for the whole shop."""
    lines = _described_lines(sales, items)
    whole = lines.withColumns({"department": F.lit(WHOLE), "category": F.lit(WHOLE)})
    return (
        _figures(lines).unionByName(_figures(whole)).withColumn("as_of", F.lit(as_of)).select(*KPIS.columns)
    )


def _described_lines(sales: DataFrame, items: DataFrame) -> DataFrame:
    """Sale and return lines with their item's place; an item that the shop does not describe is UNKNOWN, not lost."""
    place = ["department", "category", "subcategory", "maker_id"]
    traded = sales.where(F.col("kind").isin("sale", "return"))
    described = traded.join(items.select("item_id", *place, "sold_by"), "item_id", "left")
    named = described.withColumns({name: F.coalesce(name, F.lit(UNKNOWN)) for name in place})
    first_day = traded.agg(F.min("sold_on").alias("first_day"))
    return (
        named.join(_first_sales(named, "item_id", "item_since"), "item_id", "left")
        .join(_first_sales(named, "maker_id", "maker_since"), "maker_id", "left")
        .crossJoin(F.broadcast(first_day))  # one row
        .withColumnRenamed("sold_on", "day")
    )


def _first_sales(lines: DataFrame, who: str, since: str) -> DataFrame:
    return lines.where(F.col("kind") == "sale").groupBy(who).agg(F.min("sold_on").alias(since))


def _figures(lines: DataFrame) -> DataFrame:
    """One row per day, department and category of `lines`."""
    figures = lines.groupBy(*PLACE).agg(*_sums())
    returning = figures.join(_customers(lines), PLACE, "left")
    return returning.withColumns(
        {
            "customers": F.coalesce("customers", F.lit(0)),
            "discount_share": _share("discount", F.col("revenue") + F.col("discount")),
            "items_per_subcategory": F.try_divide("items", "subcategories"),
            "new_item_share": _new_share("new_item_revenue"),
            "new_maker_share": _new_share("new_maker_revenue"),
            "promotion_share": _share("promoted_revenue", F.col("revenue")),
        }
    )


def _sums() -> list[Column]:
    sale = F.col("kind") == "sale"
    off = F.col("discount") + F.col("coupon_discount")
    known_maker = F.col("maker_id") != UNKNOWN
    subcategory = F.struct("department", "category", "subcategory")
    return [
        _total("quantity", sale & (F.col("sold_by") == "each")).alias("units"),
        _total("revenue", sale).alias("revenue"),
        F.sum(F.when(sale, off).otherwise(0)).alias("discount"),
        (-_total("revenue", ~sale)).alias("returns"),
        F.count_if(sale).alias("lines"),
        _different("basket_id", sale).alias("baskets"),
        _different("item_id", sale).alias("items"),
        F.count_distinct(F.when(sale, subcategory)).alias("subcategories"),
        _total("revenue", sale & _is_new("item_since")).alias("new_item_revenue"),
        _total("revenue", sale & known_maker & _is_new("maker_since")).alias("new_maker_revenue"),
        _total("revenue", sale & (off > 0)).alias("promoted_revenue"),
        F.min("first_day").alias("first_day"),
    ]


def _customers(lines: DataFrame) -> DataFrame:
    """One row per day, department and category: known customers, and the share who had bought there before that day."""
    known = lines.where((F.col("kind") == "sale") & F.col("customer_id").isNotNull())
    visits = known.select(*PLACE, "customer_id").distinct()
    firsts = visits.groupBy("department", "category", "customer_id").agg(F.min("day").alias("since"))
    returned = F.when(F.col("day") > F.col("since"), 1.0).otherwise(0.0)
    return (
        visits.join(firsts, ["department", "category", "customer_id"], "inner")
        .groupBy(*PLACE)
        .agg(F.count(F.lit(1)).alias("customers"), F.mean(returned).alias("repeat_share"))
    )


def _total(column: str, counted: Column) -> Column:
    return F.sum(F.when(counted, F.col(column)).otherwise(0))


def _different(column: str, counted: Column) -> Column:
    return F.count_distinct(F.when(counted, F.col(column)))


def _is_new(since: str) -> Column:
    return F.datediff("day", since) < NEW_DAYS


def _share(part: str, whole: Column) -> Column:
    return F.try_divide(F.col(part).cast("double"), whole.cast("double"))


def _new_share(part: str) -> Column:
    watched = F.datediff("day", "first_day") >= NEW_DAYS
    return F.when(watched, _share(part, F.col("revenue")))
