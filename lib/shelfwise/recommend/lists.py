"""What to show to whom: ten items for each customer.

First what the customer buys again and again, then items new to the customer from the factors, then what is popular: own most-bought
items are by far the best guess of a coming basket (see gold.recommender_accuracy), and only the new ones can widen it.
"""

from datetime import date
from functools import reduce

from pyspark.ml import PipelineModel
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from shelfwise.contracts.gold.recommend import RECOMMENDATIONS
from shelfwise.core.job import Params
from shelfwise.recommend.als import factor_frames, factors_of
from shelfwise.recommend.candidates import live_items, most_bought, of_goods, popular_items, popularity
from shelfwise.recommend.reasons import with_reasons
from shelfwise.recommend.vectors import best, of_factors

LENGTH = 10
ANYBODY = "*"


class ListParams(Params):
    own_items: int = 5  # half to repeat, half to discover
    live_days: int = 56  # an item that nobody bought for eight weeks is taken to be gone


def recommend_items(
    model: PipelineModel, interactions: DataFrame, items: DataFrame, customers: DataFrame, *, params: ListParams, as_of: date
) -> DataFrame:
    """One row per customer (known, with or without purchases, or '*') and rank."""
    factors = factors_of(model, interactions)
    pairs = of_goods(interactions, items)
    live = live_items(pairs, as_of=as_of, live_days=params.live_days)
    offers = {
        "own_most_bought": most_bought(pairs, live, params.own_items),
        "als": best(of_factors(*factor_frames(factors, live)), pairs, LENGTH),
        "popularity": best(popularity(pairs, live), pairs, LENGTH),
    }
    ids = pairs.select("customer_index", "customer_id").distinct()
    chosen = first_ten(offers).join(ids, "customer_index", "inner")
    listed = chosen.unionByName(_for_newcomers(live, customers, ids), allowMissingColumns=True)
    return (
        with_reasons(listed, pairs, live, items, factors.itemFactors)
        .withColumns({"as_of": F.lit(as_of), "new_to_customer": F.col("model") != "own_most_bought"})
        .select(*RECOMMENDATIONS.columns)
    )


def first_ten(offers: dict[str, DataFrame]) -> DataFrame:
    """customer_index, item_index, score, model, rank: the offers one model after another, no item twice."""
    turns = [offer.withColumns({"model": F.lit(model), "turn": F.lit(turn)}) for turn, (model, offer) in enumerate(offers.items())]
    once = Window.partitionBy("customer_index", "item_index").orderBy("turn")
    order = Window.partitionBy("customer_index").orderBy("turn", "place")
    offered = reduce(DataFrame.unionByName, turns).withColumn("repeat", F.row_number().over(once)).where(F.col("repeat") == 1)
    ranked = offered.withColumn("rank", F.row_number().over(order)).where(F.col("rank") <= LENGTH)
    return ranked.select("customer_index", "item_index", "score", "model", "rank")


def _for_newcomers(live: DataFrame, customers: DataFrame, known: DataFrame) -> DataFrame:
    """The ten most popular items for '*', and for each customer of the shop who has bought no goods yet."""
    anybody = live.agg(F.max(F.lit(0)).alias("id"), F.array(F.max(F.lit(1.0).cast("float"))).alias("features"))
    liked = best(of_factors(anybody, popular_items(live)), None, LENGTH)
    popular = liked.select("item_index", "score", F.col("place").alias("rank"))
    newcomers = customers.select("customer_id").join(known, "customer_id", "left_anti")
    listed = newcomers.unionByName(anybody.select(F.lit(ANYBODY).alias("customer_id")))
    return listed.crossJoin(F.broadcast(popular)).withColumn("model", F.lit("popularity"))  # ten rows
