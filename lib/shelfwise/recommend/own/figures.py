"""How good were the lists, and the foretold ratings, model by model?

Per customer with something relevant, as measures.ranking has it, a customer without a list counting 0: nDCG@k, MAP@k,
precision@k, recall@k (binary relevance; the definitions of Microsoft Recommenders' evaluators), and hit rate@k, the share of
customers whose list has a hit. AUC: the chance that a held-out rating that is relevant scores higher than one that is not, over
all held-out ratings at once, ties one half (Mann & Whitney). RMSE and MAE of ratings. Coverage: share of known items that are
in any list; novelty: mean bits of the shown.
"""

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from shelfwise.measures.exact import exact_sum, fine_mean
from shelfwise.measures.ranking import average_precision, ndcg, novelty, precision, recall


def ranking_figures(lists: DataFrame, held: DataFrame, known: DataFrame, k: int) -> DataFrame:
    """One row per model.

    `lists`: model, customer_index, item_index, place; `held`: customer_index, item_index of what is relevant; `known`: the
    pairs that were learnt from.
    """
    asked = held.groupBy("customer_index").agg(F.collect_set("item_index").alias("relevant"))
    shown = lists.where(F.col("place") <= k).join(asked.select("customer_index"), "customer_index", "left_semi")
    listed = F.sort_array(F.collect_list(F.struct("place", "item_index"))).alias("list")
    ranked = shown.groupBy("model", "customer_index").agg(listed)
    every = lists.select("model").distinct().crossJoin(asked)  # a few models
    both = every.join(ranked, ["model", "customer_index"], "left").select(
        "model", "relevant", F.coalesce("list.item_index", F.array().cast("array<int>")).alias("ranked")
    )
    measured = {name: measure(F.col("ranked"), F.col("relevant"), k) for name, measure in MEASURES.items()}
    means = [fine_mean(value).alias(name) for name, value in measured.items()]
    hit = fine_mean((measured["recall"] > 0).cast("double")).alias("hit_rate")
    quality = both.groupBy("model").agg(F.count(F.lit(1)).alias("customers"), *means, hit)
    return quality.join(_variety(shown, known), "model", "left").fillna(0.0, ["coverage", "novelty"])


MEASURES = {"ndcg": ndcg, "map": average_precision, "precision": precision, "recall": recall}


def auc(scored: DataFrame) -> DataFrame:
    """model, auc; `scored`: model, score, relevant (boolean). Null where all are relevant, or none."""
    tied = scored.groupBy("model", "score").agg(_number(F.col("relevant")).alias("good"), _number(~F.col("relevant")).alias("bad"))
    below = F.coalesce(
        F.sum("bad").over(Window.partitionBy("model").orderBy("score").rowsBetween(Window.unboundedPreceding, -1)), F.lit(0)
    )
    won = tied.withColumn("won", F.col("good") * (below + F.col("bad") / 2))
    pairs = F.sum("good") * F.sum("bad")
    return won.groupBy("model").agg(F.try_divide(exact_sum(F.col("won")), pairs).alias("auc"))


def rating_figures(foretold: DataFrame) -> DataFrame:
    """model, rmse, mae; `foretold`: model, rating, score."""
    gap = F.col("score") - F.col("rating")
    return foretold.groupBy("model").agg(
        F.sqrt(fine_mean(gap * gap)).alias("rmse"),
        fine_mean(F.abs(gap)).alias("mae"),
    )


def _number(of: Column) -> Column:
    return F.sum(of.cast("long"))


def _variety(shown: DataFrame, known: DataFrame) -> DataFrame:
    customers = known.agg(
        F.count_distinct("customer_index").alias("all_customers"), F.count_distinct("item_index").alias("all_items")
    )
    buyers = known.groupBy("item_index").agg(F.count(F.lit(1)).alias("buyers"))
    met = shown.join(buyers, "item_index", "inner").crossJoin(F.broadcast(customers))  # one row
    share = (F.count_distinct("item_index") / F.max("all_items")).alias("coverage")
    return met.groupBy("model").agg(share, fine_mean(novelty(F.col("buyers"), F.col("all_customers"))).alias("novelty"))
