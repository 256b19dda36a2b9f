"""What else may somebody want who looks at this item? Ten goods on sale for each good, new ones included.

First what the same customers bought: the shrunken cosine of recommend.models.neighbours, where enough customers know the item.
What is missing of ten is filled up with what is described alike (recommend.models.content), which an item has from its first day.
"""

from datetime import date
from functools import partial

import numpy as np
from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from shelfwise.contracts.gold.recommend import SIMILAR_ITEMS
from shelfwise.core.job import Params
from shelfwise.core.kept import cut, keep
from shelfwise.measures.pairs import number_more, purchases
from shelfwise.recommend.candidates import live_items, of_goods
from shelfwise.recommend.models.content import ContentParams, item_vectors
from shelfwise.recommend.models.neighbours import likeness, nearest_others
from shelfwise.recommend.models.taken import flat, takers
from shelfwise.recommend.reasons import counted, name_of
from shelfwise.recommend.vectors import Floats, Vectors, best

LENGTH = 10
FACTS = ("department", "category", "subcategory", "maker_id", "package_size")
UNKNOWN = "UNKNOWN"


class SimilarParams(Params):
    live_days: int = 56  # an item that nobody bought for eight weeks is taken to be gone
    min_buyers: int = 5  # what fewer customers bought beside an item is chance; as for the factors
    min_common: int = 2  # a single customer in common is no pattern, however few bought either
    least_together: float = 0.05  # below it a candy bag is like bandages by three customers: its words say more
    shrinkage: float = 10.0  # a likeness on ten customers in common counts half; as for item-kNN
    least_likeness: float = 0.1  # of words: below it two items share a department or a lone word, and are not alike
    content: ContentParams = ContentParams(common=0.02)  # two items of one department are not alike for that
    gone: bool = False  # also for goods that sold once and do no more: a third of completejourney's
    buckets: int = 64  # tasks that may number ids at the same time


def find_similar_items(
    interactions: DataFrame, items: DataFrame, profiles: DataFrame, *, params: SimilarParams, as_of: date
) -> DataFrame:
    """One row per rank and good of `items` that is on sale or has never sold yet, as far as anything on sale is like it."""
    goods = of_goods(items, items)
    pairs = of_goods(purchases(interactions), items)
    numbers = keep(number_more(goods, interactions, "item_id", "item_index", params.buckets))
    live = keep(live_items(pairs, as_of=as_of, live_days=params.live_days))
    gone = pairs.select("item_index").distinct().join(live, "item_index", "left_anti")
    there = numbers if params.gone else numbers.join(gone, "item_index", "left_anti")
    asked = cut(there.select(F.col("item_index").alias("id")))
    together = cut(bought_together(pairs, live, asked, params))
    priced = profiles.select("item_id", "unit_price")
    described = goods.join(numbers, "item_id", "inner").join(priced, "item_id", "left")
    ranked = first_ten(together, described_alike(described, live, asked, together, params))
    return (
        ranked.join(numbers.withColumnRenamed("item_index", "id"), "id", "inner")
        .join(live.select(F.col("item_index").alias("other"), F.col("item_id").alias("similar_item_id")), "other", "inner")
        .join(items.select("item_id", F.struct(*FACTS).alias("own")), "item_id", "inner")
        .join(_shown(items), "similar_item_id", "left")
        .withColumns({"as_of": F.lit(as_of), "reason": _reason()})
        .select(*SIMILAR_ITEMS.columns)
    )


def bought_together(pairs: DataFrame, live: DataFrame, asked: DataFrame, params: SimilarParams) -> DataFrame:
    """id, other, similarity, common_customers: the ten live items that share most customers with each well-known one of `asked`."""
    sized = cut(takers(flat(pairs)).withColumn("size", F.size("indices").cast("float")))
    known = sized.where(F.col("size") >= params.min_buyers).join(asked, "id", "left_semi")
    alike = partial(_likeness, shrinkage=params.shrinkage, least=params.min_common)
    near = cut(nearest_others(known, LENGTH, alike, among=_of_live(sized, live)).where(F.col("likeness") >= params.least_together))
    sizes = sized.select("id", F.col("size").cast("double").alias("buyers"))
    others = sizes.select(F.col("id").alias("other"), F.col("buyers").alias("other_buyers"))
    both = near.join(sizes, "id", "inner").join(others, "other", "inner")
    common = _common(F.col("likeness") * F.sqrt(F.col("buyers") * F.col("other_buyers")), params.shrinkage)
    return both.select("id", "other", F.col("likeness").alias("similarity"), common.alias("common_customers"))


def described_alike(
    described: DataFrame, live: DataFrame, asked: DataFrame, together: DataFrame, params: SimilarParams
) -> DataFrame:
    """id, other, similarity: for those of `asked` with fewer than ten in `together`, ten live ones that are not in it.

    `described` as of content.item_vectors.
    """
    vectors = cut(item_vectors(described, params.content))
    enough = together.groupBy("id").agg(F.count(F.lit(1)).alias("others")).where(F.col("others") >= LENGTH)
    lacking = vectors.join(asked, "id", "left_semi").join(enough, "id", "left_anti")
    itself = lacking.select(F.col("id").alias("customer_index"), F.col("id").alias("item_index"))
    listed = itself.unionByName(together.select(F.col("id").alias("customer_index"), F.col("other").alias("item_index")))
    near = best(Vectors(lacking, _of_live(vectors, live)), listed, LENGTH).where(F.col("score") >= params.least_likeness)
    # single precision may end a hair above 1
    similarity = F.least("score", F.lit(1.0)).alias("similarity")
    return near.select(F.col("customer_index").alias("id"), F.col("item_index").alias("other"), similarity)


def first_ten(together: DataFrame, described: DataFrame) -> DataFrame:
    """id, other, similarity, common_customers, basis, rank: what is bought together comes first."""
    first = together.withColumns({"basis": F.lit("bought_together"), "turn": F.lit(0)})
    then = described.withColumns({"basis": F.lit("content"), "turn": F.lit(1), "common_customers": F.lit(0).cast("long")})
    order = Window.partitionBy("id").orderBy("turn", F.desc("similarity"), "other")
    ranked = first.unionByName(then).withColumn("rank", F.row_number().over(order))
    return ranked.where(F.col("rank") <= LENGTH).drop("turn")


def _of_live(vectors: DataFrame, live: DataFrame) -> DataFrame:
    return vectors.join(live.select(F.col("item_index").alias("id")), "id", "left_semi")


def _likeness(common: Floats, left: Floats, right: Floats, shrinkage: float, least: int) -> Floats:
    """Cosine, shrunken; 0 where fewer than `least` customers are in common."""
    shrunken: Floats = np.where(common >= least, likeness(common, left, right, shrinkage, 0.5), np.float32(0))
    return shrunken


def _common(shrunken: Column, shrinkage: float) -> Column:
    """The c of c^2 / (c + shrinkage): spares a second search for what is in common; single precision holds it up to a million."""
    return F.rint((shrunken + F.sqrt(shrunken * shrunken + 4 * shrinkage * shrunken)) / 2).cast("long")


def _shown(items: DataFrame) -> DataFrame:
    """What is told of a similar item: its name, and what it may have in common."""
    return items.select(F.col("item_id").alias("similar_item_id"), name_of(), F.struct(*FACTS).alias("its"))


def _reason() -> Column:
    name = F.coalesce("name", "similar_item_id")
    both = F.concat(counted("common_customers", "customer"), F.lit(" bought both"))
    place = F.when(_same("category") & _same("subcategory"), "shelf").when(_same("category"), "category")
    place = place.when(_same("department"), "department")
    shared = F.concat_ws(" and ", place, F.when(_same("maker_id"), "maker"), F.when(_same("package_size"), "package size"))
    alike = F.when(shared == "", "described in like words").otherwise(F.concat(F.lit("the same "), shared))
    return F.concat(name, F.lit(": "), F.when(F.col("basis") == "content", alike).otherwise(both))


def _same(fact: str) -> Column:
    """Both have it, and it is known."""
    return F.coalesce((F.col(f"own.{fact}") == F.col(f"its.{fact}")) & (F.col(f"own.{fact}") != UNKNOWN), F.lit(False))
