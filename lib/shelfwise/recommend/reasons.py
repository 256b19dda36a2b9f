"""Why is an item shown? One sentence that names facts: own baskets, the most similar item bought before, its buyers.

Similar: the cosine of two items' factors, among the items that the customer bought most.
"""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from shelfwise.recommend.candidates import most_bought
from shelfwise.recommend.vectors import PAIR

ANCHORS = 20  # a reason should name something that the customer knows well


def with_reasons(listed: DataFrame, pairs: DataFrame, live: DataFrame, items: DataFrame, item_factors: DataFrame) -> DataFrame:
    """`listed` (customer_index, item_index, own, model, …) with item_id, because_item_id and reason."""
    named = live.join(items.select("item_id", name_of()), "item_id", "left").withColumn("name", F.coalesce("name", "item_id"))
    known = listed.where(~F.col("own") & F.col("customer_index").isNotNull())
    anchors = similar_bought(known.select(*PAIR), pairs, live, item_factors)
    anchor_names = named.select(
        F.col("item_index").alias("anchor_index"), F.col("name").alias("anchor_name"), F.col("item_id").alias("because_item_id")
    )
    return (
        listed.join(named, "item_index", "inner")
        .join(pairs.select(*PAIR, "baskets", "last_bought_on"), PAIR, "left")
        .join(anchors.join(anchor_names, "anchor_index", "inner"), PAIR, "left")
        .withColumn("reason", _reason())
    )


def similar_bought(shown: DataFrame, pairs: DataFrame, live: DataFrame, item_factors: DataFrame) -> DataFrame:
    """One row per pair in `shown`: anchor_index, the most similar of the customer's 20 most-bought items, and its baskets."""
    directions = item_factors.select(F.col("id").alias("item_index"), _direction().alias("direction"))
    anchors = most_bought(pairs, live, ANCHORS).join(directions, "item_index", "inner")
    known = anchors.select(
        "customer_index",
        F.col("item_index").alias("anchor_index"),
        F.col("score").cast("long").alias("anchor_baskets"),
        F.col("direction").alias("anchor"),
    )
    likeness = shown.join(directions, "item_index", "inner").join(known, "customer_index", "inner")
    best = F.struct(_dot("direction", "anchor").alias("cosine"), "anchor_index", "anchor_baskets")
    return likeness.groupBy(*PAIR).agg(F.max(best).alias("best")).select(*PAIR, "best.anchor_index", "best.anchor_baskets")


def name_of() -> Column:
    unknown = F.lit("UNKNOWN")
    return F.coalesce("description", F.nullif("subcategory", unknown), F.nullif("category", unknown)).alias("name")


def _reason() -> Column:
    buyers = counted("buyers", "customer")
    own = F.concat(F.lit(": bought in "), counted("baskets", "basket"), F.lit(", last on "), F.col("last_bought_on").cast("string"))
    often = F.concat(F.col("anchor_name"), F.lit(" of what was bought often ("), counted("anchor_baskets", "basket"))
    similar = F.concat(F.lit(": most like "), often, F.lit("); bought by "), buyers)
    popular = F.concat(F.lit(": popular, bought by "), buyers)
    young = F.concat(F.lit(": new here, and described like what was bought before; bought by "), buyers, F.lit(" so far"))
    why = F.when(F.col("own"), own).when(F.col("model") == "content", young)
    why = why.when(F.col("anchor_name").isNotNull(), similar).otherwise(popular)
    return F.concat(F.col("name"), why)


def counted(number: str, thing: str) -> Column:
    return F.concat(F.col(number).cast("string"), F.when(F.col(number) == 1, F.lit(f" {thing}")).otherwise(F.lit(f" {thing}s")))


def _direction() -> Column:
    """Factors scaled to length 1; factors of length 0 stay 0."""
    length = F.sqrt(_dot("features", "features"))
    return F.transform("features", lambda x: F.when(length > 0, x / length).otherwise(F.lit(0.0)))


def _dot(one: str, other: str) -> Column:
    products = F.zip_with(one, other, lambda x, y: x.cast("double") * y.cast("double"))
    return F.aggregate(products, F.lit(0.0), lambda total, product: total + product)
