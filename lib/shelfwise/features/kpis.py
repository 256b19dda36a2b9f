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
CELL = ["day", "department", "category"]


def key_figures(sales: DataFrame, items: DataFrame, *, as_of: date) -> DataFrame:
    """One row per day with a sale or return, and category; one more per day for the whole shop."""
    traded = sales.where(F.col("kind").isin("sale", "return")).withColumnRenamed("sold_on", "day")
    described = describe_items(traded, items)
    goods = _goods_figures(_item_days(traded), described)
    people = _people_figures(traded, described)
    return (
        goods.join(people, CELL, "left")
        .withColumns(
            {"as_of": F.lit(as_of), "baskets": F.coalesce("baskets", F.lit(0)), "customers": F.coalesce("customers", F.lit(0))}
        )
        .select(*KPIS.columns)
    )


def describe_items(traded: DataFrame, items: DataFrame) -> DataFrame:
    """One row per item in `traded`: place, since when it and its maker sell; UNKNOWN where the shop does not say."""
    place = ["department", "category", "subcategory", "maker_id"]
    first_sale = F.min(F.when(F.col("kind") == "sale", F.col("day")))
    lives = traded.groupBy("item_id").agg(first_sale.alias("item_since"))
    named = lives.join(items.select("item_id", *place, "sold_by"), "item_id", "left").withColumns(
        {name: F.coalesce(name, F.lit(UNKNOWN)) for name in place}
    )
    makers = named.groupBy("maker_id").agg(F.min("item_since").alias("maker_since"))
    return named.join(makers, "maker_id", "left")


def _item_days(traded: DataFrame) -> DataFrame:
    """One row per item and day: its sums; `off` is what price cuts and coupons took off."""
    sale = F.col("kind") == "sale"
    off = F.col("discount") + F.col("coupon_discount")
    return traded.groupBy("day", "item_id").agg(
        _total(F.col("quantity"), sale).alias("quantity"),
        _total(F.col("revenue"), sale).alias("revenue"),
        _total(off, sale).alias("discount"),
        (-_total(F.col("revenue"), ~sale)).alias("returns"),
        _total(F.col("revenue"), sale & (off > 0)).alias("promoted_revenue"),
        F.count_if(sale).alias("lines"),
    )


def _goods_figures(item_days: DataFrame, described: DataFrame) -> DataFrame:
    subcategory = F.struct("department", "category", "subcategory")
    first_day = item_days.agg(F.min("day").alias("first_day"))
    placed = item_days.join(described, "item_id", "left").withColumn("shelf", F.when(F.col("lines") > 0, subcategory))
    figures = _at_both_levels(placed).groupBy(*CELL).agg(*_goods_sums()).crossJoin(F.broadcast(first_day))  # one row
    return figures.withColumns(
        {
            "discount_share": _share("discount", F.col("revenue") + F.col("discount")),
            "items_per_subcategory": F.try_divide("items", "subcategories"),
            "new_item_share": _watched(_share("new_item_revenue", F.col("revenue"))),
            "new_maker_share": _watched(_share("new_maker_revenue", F.col("revenue"))),
            "promotion_share": _share("promoted_revenue", F.col("revenue")),
        }
    )


def _goods_sums() -> list[Column]:
    known_maker = F.col("maker_id") != UNKNOWN
    return [
        _total(F.col("quantity"), F.col("sold_by") == "each").alias("units"),
        *(F.sum(name).alias(name) for name in ("revenue", "discount", "returns", "promoted_revenue", "lines")),
        F.count_if(F.col("lines") > 0).alias("items"),
        F.count_distinct("shelf").alias("subcategories"),
        _total(F.col("revenue"), _is_new("item_since")).alias("new_item_revenue"),
        _total(F.col("revenue"), known_maker & _is_new("maker_since")).alias("new_maker_revenue"),
    ]


def _people_figures(traded: DataFrame, described: DataFrame) -> DataFrame:
    """One row per cell with a sale: baskets, known customers, and the share of these who had bought there before that day."""
    sold = traded.where(F.col("kind") == "sale").join(described, "item_id", "left")
    # once per basket and category first: most lines share both
    baskets = _at_both_levels(sold.select(*CELL, "basket_id", "customer_id").distinct())
    customers = baskets.where(F.col("customer_id").isNotNull()).select(*CELL, "customer_id").distinct()
    firsts = customers.groupBy("department", "category", "customer_id").agg(F.min("day").alias("since"))
    returned = F.when(F.col("day") > F.col("since"), 1.0).otherwise(0.0)
    visits = customers.join(firsts, ["department", "category", "customer_id"], "inner").groupBy(*CELL)
    return (
        baskets.groupBy(*CELL)
        .agg(F.count_distinct("basket_id").alias("baskets"))
        .join(visits.agg(F.count(F.lit(1)).alias("customers"), F.mean(returned).alias("repeat_share")), CELL, "left")
    )


def _at_both_levels(frame: DataFrame) -> DataFrame:
    """Each row twice: at its own category, and at the whole shop."""
    own = F.struct("department", "category")
    whole = F.struct(F.lit(WHOLE).alias("department"), F.lit(WHOLE).alias("category"))
    rest = [name for name in frame.columns if name not in ("department", "category")]
    return frame.select(*rest, F.explode(F.array(own, whole)).alias("level")).select(*rest, "level.*")


def _total(amount: Column, counted: Column) -> Column:
    return F.sum(F.when(counted, amount).otherwise(0))


def _is_new(since: str) -> Column:
    return F.datediff("day", since) < NEW_DAYS


def _watched(share: Column) -> Column:
    return F.when(F.datediff("day", "first_day") >= NEW_DAYS, share)


def _share(part: str, whole: Column) -> Column:
    return F.try_divide(F.col(part).cast("double"), whole.cast("double"))
