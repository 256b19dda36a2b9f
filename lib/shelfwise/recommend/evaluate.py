"""How good would the lists of four weeks ago have been?

The last weeks before `as_of` are held out; every model is fitted on the lines before and shows goods that were live then. A
customer is judged if bought before and after. Target 'new': items that the customer had not bought before, and no list shows
others; target 'all': any item, and lists may repeat what was bought. 'ranker' is learnt from the lessons whose outcomes end by then
(see ranker.lessons); 'lists' are half of own items and half of new ones, by its chances.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.gold.recommend import RECOMMENDER_ACCURACY
from shelfwise.core.conform import empty
from shelfwise.core.errors import JobError
from shelfwise.core.frames import local_frame
from shelfwise.core.kept import keep
from shelfwise.measures.exact import exact_mean, exact_sum
from shelfwise.measures.pairs import bought_pairs
from shelfwise.measures.ranking import average_precision, ndcg, novelty, precision, recall
from shelfwise.recommend.als import AlsParams, factor_frames, fit_factors
from shelfwise.recommend.candidates import live_items, most_bought, of_goods, popularity
from shelfwise.recommend.ranker.model import RankerParams, among_new, fit, own_and_new, ranked
from shelfwise.recommend.vectors import PAIR, best, of_factors

K = 10


class HoldoutParams(AlsParams):
    holdout_days: int = 28  # four weeks: most households shop several times; as many as a lesson of build_lessons has
    live_days: int = 56  # an item that nobody bought for eight weeks is taken to be gone
    own_items: int = 5  # of 'lists', as of recommend
    ranker: RankerParams = RankerParams()


def recommender_accuracy(
    sales: DataFrame, items: DataFrame, interactions: DataFrame, lessons: DataFrame, *, params: HoldoutParams, as_of: date
) -> DataFrame:
    """One row per model and target; none where nobody bought before the held-out weeks, so that there is nothing to learn from."""
    split_on = as_of - timedelta(days=params.holdout_days)
    goods = of_goods(sales, items)
    before = keep(pairs_until(goods, interactions, split_on))
    if not before.take(1):
        return empty(sales.sparkSession, RECOMMENDER_ACCURACY)
    live = keep(live_items(before, as_of=split_on, live_days=params.live_days))
    bought = keep(bought_after(goods.where(F.col("sold_on") > F.lit(split_on)), before))
    chances = keep(_chances(lessons, split_on, params))
    by_chance = _ranked_lists(chances, params)
    quality = judge(_lists(before, live, params) | by_chance, bought, keep(sold_items(before)))
    judged = quality.join(_calibration(by_chance), ["model", "target"], "left")
    return judged.withColumns({"as_of": F.lit(as_of), "split_on": F.lit(split_on)}).select(*RECOMMENDER_ACCURACY.columns)


def pairs_until(goods: DataFrame, interactions: DataFrame, day: date) -> DataFrame:
    """Who bought what up to `day`, as of measures.pairs.bought_pairs, with the numbers of `interactions`."""
    numbers = interactions.select("customer_id", "item_id", *PAIR)
    return bought_pairs(goods.where(F.col("sold_on") <= F.lit(day))).join(numbers, ["customer_id", "item_id"], "inner")


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


def judge(lists: Mapping[tuple[str, str], DataFrame], bought: DataFrame, sold: DataFrame) -> DataFrame:
    """One row per model and target: the means over all customers who bought something of the target; none where nobody did.

    `lists` by model and target: customer_index, item_index, place; `bought` as of bought_after, `sold` as of sold_items.
    """
    targets = F.array(*[F.struct(F.lit(t).alias("target"), F.col(f"{t}_items").alias("relevant")) for t in ("new", "all")])
    judged = bought.select("customer_index", F.inline(targets)).where(F.size("relevant") > 0)
    offered = reduce(DataFrame.unionByName, [_named(frame, *name) for name, frame in lists.items()])
    shown = offered.join(sold, "item_index", "inner").join(judged, ["customer_index", "target"], "left_semi")
    listed = F.sort_array(F.collect_list(F.struct("place", "item_id"))).alias("list")
    ranked = shown.groupBy("model", "target", "customer_index").agg(listed)
    asked = local_frame(sold.sparkSession, list(lists), "model string, target string")
    # left: a customer without a list has been served nothing, and counts
    compared = judged.join(F.broadcast(asked), "target", "inner").join(ranked, ["model", "target", "customer_index"], "left")
    both = compared.select("model", "target", "relevant", _listed().alias("ranked"))
    means = [exact_mean(measure(F.col("ranked"), F.col("relevant"), K)).alias(name) for name, measure in MEASURES.items()]
    quality = both.groupBy("model", "target").agg(F.count(F.lit(1)).alias("customers"), *means)
    return quality.join(_variety(shown, sold), ["model", "target"], "left").fillna(0.0, ["coverage", "novelty"])


MEASURES = {"ndcg_10": ndcg, "map_10": average_precision, "precision_10": precision, "recall_10": recall}


def _lists(before: DataFrame, live: DataFrame, params: HoldoutParams) -> dict[tuple[str, str], DataFrame]:
    """By model and target. Nobody's own most-bought items are new to them, so that model has no list of new items."""
    als = of_factors(*factor_frames(fit_factors(before, params), live))
    ranked = {"als": als, "popularity": popularity(before, live)}
    lists = {(model, "new"): best(vectors, before, K) for model, vectors in ranked.items()}
    lists |= {(model, "all"): best(vectors, None, K) for model, vectors in ranked.items()}
    lists["own_most_bought", "all"] = most_bought(before, live, K)
    return {name: keep(frame) for name, frame in lists.items()}


def _chances(lessons: DataFrame, split_on: date, params: HoldoutParams) -> DataFrame:
    """The held-out weeks' candidates as ranked by what was learnt before, with `bought`."""
    if lessons.where(F.col("day") == F.lit(split_on)).isEmpty() and not lessons.isEmpty():
        raise JobError(
            f"features.recommender_lessons has none of {split_on}:"
            " give build_lessons.days and evaluate_recommender.holdout_days the same number, and run build_lessons."
        )
    asked = lessons.where(F.col("day") == F.lit(split_on))
    chances = ranked(fit(keep(lessons.where(F.col("day") < F.lit(split_on))), params.ranker), asked)
    return chances.join(asked.select(*PAIR, "bought"), PAIR, "inner")


def _ranked_lists(chances: DataFrame, params: HoldoutParams) -> dict[tuple[str, str], DataFrame]:
    new = among_new(chances)
    return {
        ("ranker", "all"): chances.where(F.col("place") <= K),
        ("ranker", "new"): new.where(F.col("place") <= K),
        ("lists", "all"): own_and_new(chances, params.own_items, K),
    }


def _calibration(lists: Mapping[tuple[str, str], DataFrame]) -> DataFrame:
    """model, target, calibration: pairs of lists (with probability and bought) that were bought, over how many were expected."""
    told = [
        rows.select("probability", "bought", F.lit(model).alias("model"), F.lit(target).alias("target"))
        for (model, target), rows in lists.items()
    ]
    rate = F.try_divide(F.sum("bought"), exact_sum(F.col("probability"))).alias("calibration")
    return reduce(DataFrame.unionByName, told).groupBy("model", "target").agg(rate)


def _named(lists: DataFrame, model: str, target: str) -> DataFrame:
    names = F.lit(model).alias("model"), F.lit(target).alias("target")
    return lists.select("customer_index", "item_index", "place", *names)


def _listed() -> Column:
    return F.coalesce("list.item_id", F.array().cast("array<string>"))


def _variety(shown: DataFrame, sold: DataFrame) -> DataFrame:
    """One row per model and target: how much of what sells is ever shown, and how little known it is."""
    items = sold.agg(F.count(F.lit(1)).alias("all_items"))
    rarity = exact_mean(novelty(F.col("buyers"), F.col("customers"))).alias("novelty")
    of_lists = shown.groupBy("model", "target").agg(F.count_distinct("item_id").alias("shown_items"), rarity)
    share = (F.col("shown_items") / F.col("all_items")).alias("coverage")
    return of_lists.crossJoin(F.broadcast(items)).select("model", "target", share, "novelty")  # one row
