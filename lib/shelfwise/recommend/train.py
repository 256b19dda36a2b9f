"""Factors from all that is known, and whether they are any better than showing what is popular.

The validation metric is popularity / (popularity + ALS) of their nDCG@10 on new items of the held-out last weeks: below one half
ALS is the better one.
"""

from datetime import date

from pyspark.sql import DataFrame

from shelfwise.core.job import Fitted
from shelfwise.recommend.als import fit_factors, stamped
from shelfwise.recommend.candidates import of_goods
from shelfwise.recommend.evaluate import HoldoutParams, recommender_accuracy


def train_recommender(sales: DataFrame, interactions: DataFrame, items: DataFrame, *, params: HoldoutParams, as_of: date) -> Fitted:
    """Fitted on all interactions up to `as_of`; judged by a model of its own, fitted on the lines before the held-out weeks."""
    judged = recommender_accuracy(sales, items, params=params, as_of=as_of).collect()  # five rows at most
    ndcg = {row["model"]: row["ndcg_10"] for row in judged if row["target"] == "new"}
    als = fit_factors(of_goods(interactions, items), params)
    return Fitted(
        model=stamped(als, interactions),
        metric=popularity_share(ndcg.get("popularity", 0.0), ndcg.get("als", 0.0)),
        metric_name="popularity_share_of_ndcg_10_new",
        metrics={f"{row['model']}_{row['target']}_ndcg_10": row["ndcg_10"] for row in judged},
        params=params.model_dump(),
    )


def popularity_share(popularity: float, als: float) -> float:
    """One half where neither found anything, or nothing could be held out."""
    found = popularity + als
    return popularity / found if found else 0.5
