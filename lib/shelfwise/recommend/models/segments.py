"""What does somebody take of whom only the segment is known? What the segment takes, and for want of its customers what all take.

The share of customers who took an item, of m in the segment and of the whole shop: (m segment's + k shop's) / (m + k), the
shrinkage of a mean towards that of all (Efron & Morris 1975). A segment is a combination of attributes: all that are known of a
customer. Who has none is shown what is popular.
"""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shelfwise.core.kept import cut
from shelfwise.measures.exact import exact_sum
from shelfwise.measures.pairs import number_ids
from shelfwise.recommend.models.popular import PopularParams, faded
from shelfwise.recommend.vectors import Vectors, gathered

SHOP = 0  # the number of the segment to which all belong


class SegmentParams(PopularParams):
    """On completejourney no attribute, combination or doubt beat plain popularity by as much as .1 % (benchmarks/README.md)."""

    doubt: float = 100.0  # customers of a segment whose shares count as much as the shop's
    buckets: int = 64  # tasks that may number segments at the same time


def popular_in_segments(taken: DataFrame, customers: DataFrame, params: SegmentParams) -> Vectors:
    """All of `customers` (customer_index, attributes: a map), also those who took nothing; items' vectors are shares by segment."""
    members = cut(numbered_segments(customers, params.buckets))
    known = cut(taken.select("customer_index").distinct())
    everybody = known.withColumn("segment_index", F.lit(SHOP))
    belongs = members.select("customer_index", "segment_index").unionByName(everybody)
    sizes = cut(belongs.join(known, "customer_index", "left_semi").groupBy("segment_index").agg(F.count(F.lit(1)).alias("size")))
    weighed = faded(taken, params.half_life).join(belongs, "customer_index", "inner").groupBy("item_index", "segment_index")
    took = weighed.agg(exact_sum(F.col("weight")).alias("took")).join(F.broadcast(sizes), "segment_index", "inner")  # segments
    shares = took.withColumn("share", F.col("took") / F.col("size"))
    return Vectors(_customers(customers, members, sizes, params.doubt), gathered(shares, "item_index", "segment_index", "share"))


def numbered_segments(customers: DataFrame, buckets: int) -> DataFrame:
    """One row per customer of whom any attribute is known: customer_index, segment, segment_index (from 1)."""
    facts = F.transform(F.array_sort(F.map_entries("attributes")), lambda fact: F.concat_ws(" = ", fact["key"], fact["value"]))
    told = customers.where(F.size("attributes") > 0).select("customer_index", F.concat_ws("; ", facts).alias("segment"))
    number = (F.col("number") + SHOP + 1).alias("segment_index")
    return told.join(number_ids(told, "segment", "number", buckets), "segment", "inner").select("customer_index", "segment", number)


def _customers(customers: DataFrame, members: DataFrame, sizes: DataFrame, doubt: float) -> DataFrame:
    """How far each customer is judged by the own segment, and for the rest by the shop."""
    size = F.coalesce("size", F.lit(0))
    trusted = members.join(F.broadcast(sizes), "segment_index", "left").withColumn("weight", size / (size + doubt))  # segments
    left = 1 - F.coalesce("weight", F.lit(0.0))
    rest = customers.select("customer_index").join(trusted.select("customer_index", "weight"), "customer_index", "left")
    shop = rest.select("customer_index", F.lit(SHOP).alias("segment_index"), left.alias("weight"))
    own = trusted.select("customer_index", "segment_index", "weight").where(F.col("weight") > 0)
    return gathered(own.unionByName(shop), "customer_index", "segment_index", "weight")
