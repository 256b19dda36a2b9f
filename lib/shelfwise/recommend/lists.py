"""What to show to whom: ten items for each customer.

First what the customer is likeliest to buy again, then the likeliest of what would be new, as varied as it may be: own items are by
far the best guess of a coming basket (see gold.recommender_accuracy), and only new ones can widen it. No item is shown to more
customers than its stock can serve. A share of the places is drawn among items that nobody knows yet. Who has bought nothing is
shown what most customers bought of late.
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
from shelfwise.recommend.fulfil.chosen import ChoiceParams, chosen, with_units
from shelfwise.recommend.fulfil.exposed import ExposureParams, exposed, young_items
from shelfwise.recommend.fulfil.sellable import sellable
from shelfwise.recommend.models.content import ContentParams, content
from shelfwise.recommend.models.factors import vectors_of
from shelfwise.recommend.ranker.model import ranked
from shelfwise.recommend.ranker.rows import RowsParams, of_live, rows_at, shop_of, taken
from shelfwise.recommend.reasons import with_reasons
from shelfwise.recommend.vectors import PAIR, best

ANYBODY = "*"


class ListParams(RowsParams):
    choice: ChoiceParams = ChoiceParams()
    exposure: ExposureParams = ExposureParams()
    content: ContentParams = ContentParams(common=0.1)  # what a tenth of all items have in common says little of a taste


def recommend_items(
    model: PipelineModel,
    ranker: PipelineModel,
    sales: DataFrame,
    interactions: DataFrame,
    items: DataFrame,
    customers: DataFrame,
    promotions: DataFrame,
    events: DataFrame,
    plan: DataFrame,
    *,
    params: ListParams,
    as_of: date,
) -> DataFrame:
    """One row per customer (known, with or without purchases, or '*') and rank."""
    factors = factors_of(model, interactions)
    shop = shop_of(sales, items, interactions, promotions, events)
    pairs = cut(of_goods(purchases(interactions), items))
    live = cut(live_items(pairs, as_of=as_of, live_days=params.live_days))
    offers = cut(young_offers(pairs, live, items.join(plan.select("item_id", "unit_price"), "item_id", "left"), params, as_of))
    chances = cut(ranked(ranker, rows_at(shop, as_of, params, vectors_of(factors), offers.select(*PAIR))))
    there = cut(sellable(plan, pairs))
    lists = cut(chosen(chances, shop.items, there, params.choice).withColumn("model", F.lit("ranker")))
    told = with_units(chances.join(offers.select(*PAIR), PAIR, "left_semi"), there).drop("place")
    shown = exposed(lists, offers, told, params.choice.length, params.exposure, as_of)
    known = pairs.select("customer_index", "customer_id").distinct()
    newcomers = _for_newcomers(with_units(popular_of_late(live, shop.visits, there, params, as_of), there), customers, known)
    listed = shown.join(known, "customer_index", "inner").unionByName(newcomers, allowMissingColumns=True)
    priced = listed.join(there.select("item_index", "unit_margin"), "item_index", "left")
    margin = F.col("expected_units") * F.col("unit_margin")
    return (
        with_reasons(priced, pairs, live, items, factors.itemFactors)
        .withColumns({"as_of": F.lit(as_of), "new_to_customer": ~F.col("own"), "expected_margin": margin})
        .select(*RECOMMENDATIONS.columns)
    )


def young_offers(pairs: DataFrame, live: DataFrame, described: DataFrame, params: ListParams, as_of: date) -> DataFrame:
    """customer_index, item_index, score: young items that are described like what a customer bought, the best few of each."""
    young = young_items(live, pairs, as_of, params.exposure.young_days).select("item_index")
    numbered = described.join(pairs.select("item_id", "item_index").distinct(), "item_id", "inner")
    learnt = taken(pairs.withColumn("last_days", F.datediff(F.lit(as_of), "last_bought_on")), 1)
    suited = of_live(content(learnt, numbered, params.content), young)
    return best(suited, pairs.select(*PAIR), params.exposure.offered).where(F.col("score") > 0).select(*PAIR, "score")


def popular_of_late(live: DataFrame, visits: DataFrame, there: DataFrame, params: ListParams, as_of: date) -> DataFrame:
    """item_index, probability, rank: the live items that most customers bought in the last weeks, of those who came then.

    Not what is out of stock; how many newcomers will come is not known, so that no more is asked of the stock.
    """
    lately = visits.where(F.col("sold_on") > F.lit(as_of - timedelta(days=params.days)))
    came = lately.agg(F.count_distinct("customer_index").alias("came"))
    buyers = lately.groupBy("item_index").agg(F.count_distinct("customer_index").alias("buyers_of_late"))
    share = F.coalesce(F.try_divide("buyers_of_late", "came"), F.lit(0.0)).alias("probability")
    sold_out = there.where(F.col("units") <= 0).select("item_index")
    left = live.join(sold_out, "item_index", "left_anti").join(buyers, "item_index", "left")
    shares = left.crossJoin(F.broadcast(came)).select("item_index", "buyers", share)  # one row
    first = shares.orderBy(F.desc("probability"), F.desc("buyers"), "item_index").limit(params.choice.length)
    order = Window.partitionBy(F.lit(1)).orderBy(F.desc("probability"), F.desc("buyers"), "item_index")  # of ten rows
    return first.select("item_index", "probability", F.row_number().over(order).alias("rank"))


def _for_newcomers(liked: DataFrame, customers: DataFrame, known: DataFrame) -> DataFrame:
    """The same items for '*' and for each customer who has bought no goods yet."""
    newcomers = customers.select("customer_id").join(known, "customer_id", "left_anti")
    anybody = liked.limit(1).select(F.lit(ANYBODY).alias("customer_id"))
    listed = newcomers.unionByName(anybody).crossJoin(F.broadcast(liked))  # ten rows
    return listed.withColumns({"model": F.lit("popularity"), "own": F.lit(False), "propensity": F.lit(1.0)})
