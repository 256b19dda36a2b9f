"""Factors from all that is known, and whether they are any better than showing what is popular.

The validation metric is popularity / (popularity + ALS) of their nDCG@10 on new items of the held-out last weeks: below one half
ALS is the better one.
"""

from pyspark.sql import DataFrame

from shelfwise.core.job import Fitted
from shelfwise.recommend.als import AlsParams, fit_factors, stamped
from shelfwise.recommend.candidates import of_goods


def train_recommender(interactions: DataFrame, items: DataFrame, accuracy: DataFrame, *, params: AlsParams) -> Fitted:
    """Fitted on all interactions up to `as_of`; judged by the held-out weeks of `accuracy`, of the same parameters."""
    judged = accuracy.collect()  # five rows at most
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
