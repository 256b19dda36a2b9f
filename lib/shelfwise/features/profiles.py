"""How has each item and each customer lived so far?

Prices are before discounts: (revenue + discount) / quantity, in the item's own measure.
"""

from datetime import date, timedelta

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.features import CUSTOMER_PROFILE, ITEM_PROFILE
from shelfwise.measures.pairs import purchases

PRICE_WEEKS = 13


def item_profiles(sales: DataFrame, interactions: DataFrame, *, as_of: date) -> DataFrame:
    """One row per item that has sold."""
    since = F.lit(as_of - timedelta(weeks=PRICE_WEEKS))
    lives = (
        _sold(sales)
        .groupBy("item_id")
        .agg(
            F.min("sold_on").alias("first_sold_on"),
            F.max("sold_on").alias("last_sold_on"),
            F.count_distinct(F.date_trunc("week", "sold_on")).cast("int").alias("selling_weeks"),
            F.count_distinct("basket_id").alias("baskets"),
            F.sum("quantity").cast("double").alias("units"),
            F.sum("revenue").cast("double").alias("revenue"),
            F.coalesce(mean_price(F.col("sold_on") > since), mean_price(F.lit(True))).alias("unit_price"),
        )
    )
    return (
        lives.join(_customers_by_item(purchases(interactions)), "item_id", "left")
        .withColumns({"as_of": F.lit(as_of), **{name: F.coalesce(name, F.lit(0)) for name in ("customers", "repeat_share")}})
        .select(*ITEM_PROFILE.columns)
    )


def customer_profiles(sales: DataFrame, items: DataFrame, *, as_of: date) -> DataFrame:
    """One row per customer who has bought."""
    sold = _sold(sales).where(F.col("customer_id").isNotNull())
    days = F.count_distinct("sold_on")
    off = F.sum(F.col("discount") + F.col("coupon_discount"))
    spans = F.datediff(F.max("sold_on"), F.min("sold_on"))
    return (
        sold.groupBy("customer_id")
        .agg(
            F.min("sold_on").alias("first_bought_on"),
            F.max("sold_on").alias("last_bought_on"),
            F.count_distinct("basket_id").alias("baskets"),
            F.count_distinct("item_id").alias("items"),
            F.sum("revenue").cast("double").alias("revenue"),
            F.when(days > 1, spans / (days - 1)).alias("days_between_baskets"),
            F.coalesce(F.try_divide(off, off + F.sum("revenue")).cast("double"), F.lit(0.0)).alias("discount_share"),
        )
        .join(_favourite_categories(sold, items), "customer_id", "left")
        .withColumn("as_of", F.lit(as_of))
        .select(*CUSTOMER_PROFILE.columns)
    )


def mean_price(counted: Column) -> Column:
    """Price before discounts per unit of quantity, over the lines that count; null where there are none."""
    before, quantity = F.sum(F.when(counted, F.col("revenue") + F.col("discount"))), F.sum(F.when(counted, F.col("quantity")))
    return F.try_divide(before.cast("double"), quantity.cast("double"))


def _sold(sales: DataFrame) -> DataFrame:
    return sales.where(F.col("kind") == "sale")


def _customers_by_item(bought: DataFrame) -> DataFrame:
    repeated = F.when(F.col("baskets") > 1, 1.0).otherwise(0.0)
    return bought.groupBy("item_id").agg(F.count(F.lit(1)).alias("customers"), F.mean(repeated).alias("repeat_share"))


def _favourite_categories(sold: DataFrame, items: DataFrame) -> DataFrame:
    """The category with the highest spend; of two with the same, the later in the alphabet, so that the choice is stable.

    Petrol, coupons and services are no taste in goods.
    """
    goods = items.where(~F.col("sold_by").isin("measure", "service")).select("item_id", "category")
    spend = sold.join(goods, "item_id", "inner").groupBy("customer_id", "category").agg(F.sum("revenue").alias("spend"))
    return spend.groupBy("customer_id").agg(F.max_by("category", F.struct("spend", "category")).alias("favourite_category"))
