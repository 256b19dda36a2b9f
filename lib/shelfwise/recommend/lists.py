"""What to show to whom: ten items for each customer.

First what the customer is likeliest to buy again, then the likeliest of what would be new: own items are by far the best guess of
a coming basket (see gold.recommender_accuracy), and only new ones can widen it. Who has bought nothing yet is shown what most
customers bought of late.
"""

from datetime import date, timedelta

from pyspark.ml import PipelineModel
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from shelfwise.contracts.gold.recommend import RECOMMENDATIONS
from shelfwise.core.kept import cut
from shelfwise.measures.pairs import purchases
from shelfwise.recommend.als import factors_of
from shelfwise.recommend.candidates import live_items, of_goods
from shelfwise.recommend.models.factors import vectors_of
from shelfwise.recommend.ranker.model import own_and_new, ranked
from shelfwise.recommend.ranker.rows import RowsParams, rows_at, shop_of
from shelfwise.recommend.reasons import with_reasons

LENGTH = 10
ANYBODY = "*"


class ListParams(RowsParams):
    own_items: int = 5  # half to repeat, half to discover


def recommend_items(
    model: PipelineModel,
    ranker: PipelineModel,
    sales: DataFrame,
    interactions: DataFrame,
    items: DataFrame,
    customers: DataFrame,
    promotions: DataFrame,
    events: DataFrame,
    *,
    params: ListParams,
    as_of: date,
) -> DataFrame:
    """One row per customer (known, with or without purchases, or '*') and rank."""
    factors = factors_of(model, interactions)
    shop = shop_of(sales, items, interactions, promotions, events)
    chances = cut(ranked(ranker, rows_at(shop, as_of, params, vectors_of(factors))))
    chosen = own_and_new(chances, params.own_items, LENGTH).withColumnRenamed("place", "rank").withColumn("model", F.lit("ranker"))
    pairs = of_goods(purchases(interactions), items)
    live = cut(live_items(pairs, as_of=as_of, live_days=params.live_days))
    known = pairs.select("customer_index", "customer_id").distinct()
    liked = popular_of_late(live, shop.visits, params.days, as_of)
    listed = chosen.join(known, "customer_index", "inner").unionByName(
        _for_newcomers(liked, customers, known), allowMissingColumns=True
    )
    return (
        with_reasons(listed, pairs, live, items, factors.itemFactors)
        .withColumns({"as_of": F.lit(as_of), "new_to_customer": ~F.col("own")})
        .select(*RECOMMENDATIONS.columns)
    )


def popular_of_late(live: DataFrame, visits: DataFrame, days: int, as_of: date) -> DataFrame:
    """item_index, probability, rank: the ten live items that most customers bought in the last `days`, of those who came then."""
    lately = visits.where(F.col("sold_on") > F.lit(as_of - timedelta(days=days)))
    came = lately.agg(F.count_distinct("customer_index").alias("came"))
    buyers = lately.groupBy("item_index").agg(F.count_distinct("customer_index").alias("buyers_of_late"))
    share = F.coalesce(F.try_divide("buyers_of_late", "came"), F.lit(0.0)).alias("probability")
    shares = live.join(buyers, "item_index", "left").crossJoin(F.broadcast(came)).select("item_index", "buyers", share)  # one row
    first = shares.orderBy(F.desc("probability"), F.desc("buyers"), "item_index").limit(LENGTH)
    order = Window.partitionBy(F.lit(1)).orderBy(F.desc("probability"), F.desc("buyers"), "item_index")  # of ten rows
    return first.select("item_index", "probability", F.row_number().over(order).alias("rank"))


def _for_newcomers(liked: DataFrame, customers: DataFrame, known: DataFrame) -> DataFrame:
    """The same ten for '*' and for each customer who has bought no goods yet."""
    newcomers = customers.select("customer_id").join(known, "customer_id", "left_anti")
    anybody = liked.limit(1).select(F.lit(ANYBODY).alias("customer_id"))
    listed = newcomers.unionByName(anybody).crossJoin(F.broadcast(liked))  # ten rows
    return listed.withColumns({"model": F.lit("popularity"), "own": F.lit(False)})
