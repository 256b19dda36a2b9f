"""Factors and a ranker from all that is known, and whether they are any better than what could be shown without.

The validation metric is the plain list's nDCG@10 of the held-out last weeks over that and the model's together: below one half the
model is the better one. ALS is held against popularity, for new items; the ranker against each customer's own most-bought, for all.
"""

from pyspark.sql import DataFrame

from shelfwise.core.job import Fitted
from shelfwise.measures.pairs import purchases
from shelfwise.recommend.als import AlsParams, fit_factors, stamped
from shelfwise.recommend.candidates import of_goods
from shelfwise.recommend.ranker.model import RankerParams, fit

CARD = """The chance that a customer who comes in the next 28 days buys an item then, of items bought before and of items that
models offer beyond them. It does not say that showing the item makes anybody buy it: lessons hold what was bought, not what was
shown."""


def train_recommender(interactions: DataFrame, items: DataFrame, accuracy: DataFrame, *, params: AlsParams) -> Fitted:
    """Fitted on all interactions up to `as_of`; judged by the held-out weeks of `accuracy`, of the same parameters."""
    judged = accuracy.collect()  # eight rows at most
    ndcg = {row["model"]: row["ndcg_10"] for row in judged if row["target"] == "new"}
    als = fit_factors(of_goods(purchases(interactions), items), params)
    return Fitted(
        model=stamped(als, interactions),
        metric=plain_share(ndcg.get("popularity", 0.0), ndcg.get("als", 0.0)),
        metric_name="popularity_share_of_ndcg_10_new",
        metrics={f"{row['model']}_{row['target']}_ndcg_10": row["ndcg_10"] for row in judged},
        params=params.model_dump(),
    )


def train_ranker(lessons: DataFrame, accuracy: DataFrame, *, params: RankerParams) -> Fitted:
    """Fitted on the lessons of all days; judged by the held-out weeks of `accuracy`, of the same parameters and the days before."""
    judged = {(row["model"], row["target"]): row for row in accuracy.collect()}  # eight rows at most
    ndcg = {name: row["ndcg_10"] for name, row in judged.items()}
    calibration = judged["ranker", "all"]["calibration"] if ("ranker", "all") in judged else None
    told = {f"{model}_{target}_ndcg_10": value for (model, target), value in ndcg.items()}
    return Fitted(
        model=fit(lessons, params),
        metric=plain_share(ndcg.get(("own_most_bought", "all"), 0.0), ndcg.get(("ranker", "all"), 0.0)),
        metric_name="own_most_bought_share_of_ndcg_10_all",
        metrics=told if calibration is None else told | {"calibration": calibration},
        params=params.model_dump(),
        card=CARD,
    )


def plain_share(plain: float, model: float) -> float:
    """One half where neither found anything, or nothing could be held out."""
    found = plain + model
    return plain / found if found else 0.5
