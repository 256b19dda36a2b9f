"""Who bought what, how often and when last?

Matrix models want small integers for ids. They are made without pulling the ids together: an id's bucket is its hash modulo B,
its number is (place within the bucket - 1) * B + bucket. So numbers are unique, equal on every run, and almost dense.
"""

from datetime import date

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from shelfwise.contracts.features import INTERACTIONS
from shelfwise.core.job import Params


class InteractionParams(Params):
    buckets: int = 64  # tasks that may number ids at the same time; gaps grow with it, to a few per cent of the numbers


def customer_item_pairs(sales: DataFrame, *, params: InteractionParams, as_of: date) -> DataFrame:
    """One row per known customer and item bought up to `as_of`, with their numbers."""
    pairs = bought_pairs(sales)
    return (
        pairs.join(number_ids(pairs, "customer_id", "customer_index", params.buckets), "customer_id", "inner")
        .join(number_ids(pairs, "item_id", "item_index", params.buckets), "item_id", "inner")
        .withColumn("as_of", F.lit(as_of))
        .select(*INTERACTIONS.columns)
    )


def bought_pairs(sales: DataFrame) -> DataFrame:
    """One row per known customer and item; returns and charges are no interest in an item."""
    sold = sales.where((F.col("kind") == "sale") & F.col("customer_id").isNotNull())
    return sold.groupBy("customer_id", "item_id").agg(
        F.count_distinct("basket_id").alias("baskets"),
        F.sum("quantity").cast("double").alias("units"),
        F.min("sold_on").alias("first_bought_on"),
        F.max("sold_on").alias("last_bought_on"),
    )


def number_ids(frame: DataFrame, id: str, number: str, buckets: int) -> DataFrame:
    """One row per different `id`, with its `number`."""
    bucket = F.pmod(F.xxhash64(id), F.lit(buckets)).cast("int")
    place = F.row_number().over(Window.partitionBy("bucket").orderBy(id))
    ids = frame.select(id).distinct().withColumn("bucket", bucket)
    return ids.select(id, ((place - 1) * buckets + F.col("bucket")).cast("int").alias(number))
