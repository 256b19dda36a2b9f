"""Who met what, with small integers for ids, as matrix models want them?

The numbers are made without pulling the ids together: an id's bucket is its hash modulo B, its number is
(place within the bucket - 1) * B + bucket. So numbers are unique, equal on every run, and almost dense. Ids that join others keep
off their numbers: they are numbered in the same way beyond the largest.
"""

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F


def numbered(pairs: DataFrame, buckets: int) -> DataFrame:
    """`pairs` (customer_id, item_id, …) with customer_index and item_index."""
    return pairs.join(number_ids(pairs, "customer_id", "customer_index", buckets), "customer_id", "inner").join(
        number_ids(pairs, "item_id", "item_index", buckets), "item_id", "inner"
    )


def purchases(pairs: DataFrame) -> DataFrame:
    """Those that were bought; others were only looked at."""
    return pairs.where(F.col("baskets") > 0)


def bought_pairs(sales: DataFrame) -> DataFrame:
    """One row per known customer and item bought."""
    return (
        held_by_baskets(sales)
        .groupBy("customer_id", "item_id")
        .agg(
            F.count(F.lit(1)).alias("baskets"),
            F.sum("units").cast("double").alias("units"),
            F.min("first_bought_on").alias("first_bought_on"),
            F.max("last_bought_on").alias("last_bought_on"),
        )
    )


def held_by_baskets(sales: DataFrame) -> DataFrame:
    """One row per known customer, item and basket that held it; returns and charges are no interest in an item."""
    sold = sales.where((F.col("kind") == "sale") & F.col("customer_id").isNotNull())
    return sold.groupBy("customer_id", "item_id", "basket_id").agg(
        F.sum("quantity").alias("units"),
        F.min("sold_on").alias("first_bought_on"),
        F.max("sold_on").alias("last_bought_on"),
    )


def number_ids(frame: DataFrame, id: str, number: str, buckets: int) -> DataFrame:
    """One row per different `id`, with its `number`."""
    bucket = F.pmod(F.xxhash64(id), F.lit(buckets)).cast("int")
    place = F.row_number().over(Window.partitionBy("bucket").orderBy(id))
    ids = frame.select(id).distinct().withColumn("bucket", bucket)
    return ids.select(id, ((place - 1) * buckets + F.col("bucket")).cast("int").alias(number))


def number_more(frame: DataFrame, known: DataFrame, id: str, number: str, buckets: int) -> DataFrame:
    """One row per different `id` of `frame`: its `number` in `known`, or one beyond all of these."""
    numbered = known.select(id, number).distinct()
    ids = frame.select(id).distinct()
    others = number_ids(ids.join(numbered, id, "left_anti"), id, "place", buckets)
    largest = numbered.agg(F.coalesce(F.max(number), F.lit(-1)).alias("largest"))
    beyond = others.crossJoin(F.broadcast(largest))  # one row
    return ids.join(numbered, id, "inner").unionByName(beyond.select(id, (F.col("largest") + 1 + F.col("place")).alias(number)))
