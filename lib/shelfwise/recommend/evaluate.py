"""How good would the lists of four weeks ago have been?

The last weeks before `as_of` are held out; every model is fitted on the lines before and shows goods that were live then. A
customer is judged if bought before and after. Target 'new': items that the customer had not bought before, and no list shows
others; target 'all': any item, and lists may repeat what was bought.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.gold.recommend import RECOMMENDER_ACCURACY
from shelfwise.measures.pairs import bought_pairs, numbered_pairs
from shelfwise.measures.ranking import average_precision, ndcg, novelty, precision, recall
from shelfwise.recommend.als import AlsParams, factor_frames, fit_factors
from shelfwise.recommend.candidates import live_items, most_bought, of_goods
from shelfwise.recommend.nearest import best_items, no_pairs, popularity_factors

K = 10
BUCKETS = 64


class HoldoutParams(AlsParams):
    holdout_days: int = 28  # four weeks: most households shop several times
    live_days: int = 56  # an item that nobody bought for eight weeks is taken to be gone


def recommender_accuracy(sales: DataFrame, items: DataFrame, *, params: HoldoutParams, as_of: date) -> DataFrame:
    """One row per model and target; none where nobody bought before the held-out weeks, so that there is nothing to learn from."""
    split_on = as_of - timedelta(days=params.holdout_days)
    goods = of_goods(sales, items)
    before = numbered_pairs(goods.where(F.col("sold_on") <= F.lit(split_on)), BUCKETS).cache()
    live = live_items(before, as_of=split_on, live_days=params.live_days).cache()
    bought = bought_after(goods.where(F.col("sold_on") > F.lit(split_on)), before).cache()
    sold = sold_items(before).cache()
    try:
        lists = _lists(before, live, params) if before.take(1) else ()
        rows = [{"as_of": as_of, "split_on": split_on} | row for each in lists for row in _figures(*each, bought, sold)]
        ordered = [tuple(row[name] for name in RECOMMENDER_ACCURACY.columns) for row in rows]
        return sales.sparkSession.createDataFrame(ordered, RECOMMENDER_ACCURACY.struct)
    finally:
        for frame in (sold, bought, live, before):
            frame.unpersist()


def bought_after(later: DataFrame, before: DataFrame) -> DataFrame:
    """One row per customer of `before` who bought again: `all_items`, and those that are `new_items` to the customer."""
    known = before.select("customer_id", "customer_index").distinct()
    pairs = bought_pairs(later).select("customer_id", "item_id").join(known, "customer_id", "inner")
    flagged = pairs.join(before.select("customer_id", "item_id", "baskets"), ["customer_id", "item_id"], "left")
    return flagged.groupBy("customer_index").agg(
        F.collect_set("item_id").alias("all_items"),
        F.collect_set(F.when(F.col("baskets").isNull(), F.col("item_id"))).alias("new_items"),
    )


def sold_items(before: DataFrame) -> DataFrame:
    """One row per item sold: its number, its `buyers`, and the `customers` of the shop, the same in each row."""
    customers = before.agg(F.count_distinct("customer_index").alias("customers"))
    buyers = before.groupBy("item_index", "item_id").agg(F.count(F.lit(1)).alias("buyers"))
    return buyers.crossJoin(F.broadcast(customers))  # one row


def judge(lists: DataFrame, bought: DataFrame, sold: DataFrame, target: str) -> DataFrame:
    """One row: the means over all customers who bought something of the target; no row where nobody did.

    `lists`: customer_index, item_index, place; `bought` as of bought_after, `sold` as of sold_items.
    """
    judged = bought.select("customer_index", F.col(f"{target}_items").alias("relevant")).where(F.size("relevant") > 0)
    shown = lists.join(sold, "item_index", "inner").join(judged.select("customer_index"), "customer_index", "left_semi")
    ranked = shown.groupBy("customer_index").agg(F.sort_array(F.collect_list(F.struct("place", "item_id"))).alias("list"))
    # left: a customer without a list has been served nothing, and counts
    compared = judged.join(ranked, "customer_index", "left").select("relevant", _listed().alias("ranked"))
    means = [F.mean(measure(F.col("ranked"), F.col("relevant"), K)).alias(name) for name, measure in MEASURES.items()]
    quality = compared.agg(F.count(F.lit(1)).alias("customers"), *means).where(F.col("customers") > 0)
    return quality.crossJoin(_variety(shown, sold))  # one row each


MEASURES = {"ndcg_10": ndcg, "map_10": average_precision, "precision_10": precision, "recall_10": recall}


def _lists(before: DataFrame, live: DataFrame, params: HoldoutParams) -> Iterator[tuple[str, str, DataFrame]]:
    """Model, target and lists. Nobody's own most-bought items are new to them, so that model has no list of new items."""
    nothing = no_pairs(live)
    ranked = {"als": factor_frames(fit_factors(before, params), live), "popularity": popularity_factors(before, live)}
    for model, (customers, goods) in ranked.items():
        yield model, "new", best_items(customers, goods, before, K)
        yield model, "all", best_items(customers, goods, nothing, K)
    yield "own_most_bought", "all", most_bought(before, live, K)


def _figures(model: str, target: str, lists: DataFrame, bought: DataFrame, sold: DataFrame) -> list[dict[str, Any]]:
    """Pulls one row: a plan of all models together takes Spark longer to describe than to run."""
    kept = lists.cache()
    try:
        return [{"model": model, "target": target} | row.asDict() for row in judge(kept, bought, sold, target).collect()]
    finally:
        kept.unpersist()


def _listed() -> Column:
    return F.coalesce("list.item_id", F.array().cast("array<string>"))


def _variety(shown: DataFrame, sold: DataFrame) -> DataFrame:
    """One row: how much of what sells is ever shown, and how little known it is."""
    items = sold.agg(F.count(F.lit(1)).alias("all_items"))
    rarity = F.mean(novelty(F.col("buyers"), F.col("customers")))
    of_lists = shown.agg(F.count_distinct("item_id").alias("shown_items"), F.coalesce(rarity, F.lit(0.0)).alias("novelty"))
    return of_lists.crossJoin(items).select((F.col("shown_items") / F.col("all_items")).alias("coverage"), "novelty")
