"""How good would the lists of four weeks ago have been?

The last weeks before `as_of` are held out; every model is fitted on the lines before and shows goods that were live then. A
customer is judged if bought before and after. Target 'new': items that the customer had not bought before, and no list shows
others; target 'all': any item, and lists may repeat what was bought.
"""

from collections.abc import Iterator
from datetime import date, timedelta

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
    try:
        rows = [
            {"as_of": as_of, "model": model, "target": target, "split_on": split_on} | row.asDict()
            for model, target, lists in (_lists(before, live, params) if before.take(1) else ())
            # one row is pulled per model and target: a plan of all five together takes Spark longer to describe than to run
            for row in judge(lists, bought, before, target).collect()
        ]
        ordered = [tuple(row[name] for name in RECOMMENDER_ACCURACY.columns) for row in rows]
        return sales.sparkSession.createDataFrame(ordered, RECOMMENDER_ACCURACY.struct)
    finally:
        for frame in (bought, live, before):
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


def judge(lists: DataFrame, bought: DataFrame, before: DataFrame, target: str) -> DataFrame:
    """One row: the means over all customers who bought something of the target; no row where nobody did.

    `lists`: customer_index, item_index, place; `bought` as of bought_after.
    """
    sold = before.groupBy("item_index", "item_id").agg(F.count(F.lit(1)).alias("buyers"))
    judged = bought.select("customer_index", F.col(f"{target}_items").alias("relevant")).where(F.size("relevant") > 0)
    shown = lists.join(sold, "item_index", "inner").join(judged.select("customer_index"), "customer_index", "left_semi")
    ranked = shown.groupBy("customer_index").agg(F.sort_array(F.collect_list(F.struct("place", "item_id"))).alias("list"))
    # left: a customer without a list has been served nothing, and counts
    compared = judged.join(ranked, "customer_index", "left").select("relevant", _listed().alias("ranked"))
    means = {name: F.mean(measure(F.col("ranked"), F.col("relevant"), K)).alias(name) for name, measure in MEASURES.items()}
    quality = compared.agg(F.count(F.lit(1)).alias("customers"), *means.values()).where(F.col("customers") > 0)
    return quality.crossJoin(_variety(shown, sold, before))  # one row each


MEASURES = {"ndcg_10": ndcg, "map_10": average_precision, "precision_10": precision, "recall_10": recall}


def _lists(before: DataFrame, live: DataFrame, params: HoldoutParams) -> Iterator[tuple[str, str, DataFrame]]:
    """Model, target and lists. Nobody's own most-bought items are new to them, so that model has no list of new items."""
    nothing = no_pairs(live)
    ranked = {"als": factor_frames(fit_factors(before, params), live), "popularity": popularity_factors(before, live)}
    for model, (customers, goods) in ranked.items():
        yield model, "new", best_items(customers, goods, before, K)
        yield model, "all", best_items(customers, goods, nothing, K)
    yield "own_most_bought", "all", most_bought(before, live, K)


def _listed() -> Column:
    return F.coalesce("list.item_id", F.array().cast("array<string>"))


def _variety(shown: DataFrame, sold: DataFrame, before: DataFrame) -> DataFrame:
    """One row: how much of what sells is ever shown, and how little known it is."""
    customers = before.agg(F.count_distinct("customer_index").alias("all_customers"))
    items = sold.agg(F.count(F.lit(1)).alias("all_items"))
    of_lists = shown.crossJoin(customers).agg(
        F.count_distinct("item_id").alias("shown_items"), F.mean(novelty(F.col("buyers"), F.col("all_customers"))).alias("novelty")
    )
    share = F.col("shown_items") / F.col("all_items")
    return of_lists.crossJoin(items).select(share.alias("coverage"), F.coalesce("novelty", F.lit(0.0)).alias("novelty"))
