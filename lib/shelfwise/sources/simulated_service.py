"""A planted shop's parcels and reviews as silver. Both name a customer and a day, and so the basket of that day."""

from collections.abc import Mapping

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shelfwise.core.pseudonyms import pseudonym
from shelfwise.sources.offering import offer


def deliveries(raw: Mapping[str, DataFrame], *, key_file: str) -> DataFrame:
    """One row per parcel of the web shop, which sends all of them itself: the customer's basket of the day."""
    return offer(
        raw["deliveries"].join(_baskets(raw["sales"]), ["customer_id", "day"], "left"),
        delivery_id=F.col("basket_id"),
        order_id=F.col("basket_id"),
        customer_id=pseudonym(F.col("customer_id"), key_file),
        seller_id=F.lit(None).cast("string"),
        carrier=F.col("carrier"),
        ordered_at=F.col("sold_at"),
        ordered_on=F.col("day"),
        shipped_at=F.col("shipped_at"),
        promised_on=F.to_date("promised_at"),
        delivered_at=F.col("delivered_at"),
        delivered_on=F.to_date("delivered_at"),
        cancelled=F.lit(False),
        cancelled_on=F.lit(None).cast("date"),
        items=F.col("items"),
        revenue=F.col("revenue"),
        freight=F.col("cost"),
    )


def reviews(raw: Mapping[str, DataFrame], *, key_file: str) -> DataFrame:
    """One row per reviewed purchase, without its words."""
    baskets = _baskets(raw["sales"]).select("customer_id", F.col("day").alias("bought_on"), "basket_id")
    return offer(
        raw["reviews"].join(baskets, ["customer_id", "bought_on"], "left"),
        review_id=F.concat("basket_id", F.lit("-"), "item_id"),
        order_id=F.col("basket_id"),
        item_id=F.col("item_id"),
        customer_id=pseudonym(F.col("customer_id"), key_file),
        rating=F.col("rating").cast("int"),
        written_on=F.col("day"),
    )


def _baskets(sales: DataFrame) -> DataFrame:
    """A customer has one basket a day; what came back is in others."""
    bought = sales.where(F.col("quantity") > 0).groupBy("customer_id", F.to_date("sold_at").alias("day"))
    return bought.agg(
        *[F.min(name).alias(name) for name in ("basket_id", "sold_at")],
        F.sum("quantity").alias("items"),
        F.sum("revenue").cast("decimal(14,2)").alias("revenue"),
    )
