"""Factors and a ranker from all that is known, and whether they are any better than what could be shown without.

The validation metric is the plain list's nDCG@10 of the held-out last weeks over that and the model's together: below one half the
model is the better one. ALS is held against popularity, for new items; the ranker against each customer's own most-bought, for all.
"""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shelfwise.core.job import Fitted
from shelfwise.measures.pairs import purchases
from shelfwise.recommend.als import AlsParams, fit_factors, stamped
from shelfwise.recommend.candidates import of_goods
from shelfwise.recommend.ranker.model import RankerParams, fit

CARD = """The chance that a customer who comes in the next 28 days buys an item then, of items bought before and of items that
models offer beyond them. It does not say that showing the item makes anybody buy it: lessons hold what was bought, not what was
shown."""


def train_recommender(interactions: DataFrame, items: DataFrame, accuracy: DataFrame, *, params: AlsParams) -> Fitted:
    """Fitted on all purchases up to `as_of`; judged by the held-out weeks of `accuracy`, of the same parameters."""
    ndcg = _by_list(accuracy, "ndcg_10")
    als = fit_factors(of_goods(purchases(interactions), items), params)
    return Fitted(
        model=stamped(als, interactions),
        metric=plain_share(ndcg.get(("popularity", "new"), 0.0), ndcg.get(("als", "new"), 0.0)),
        metric_name="popularity_share_of_ndcg_10_new",
        metrics=_logged(ndcg),
        params=params.model_dump(),
    )


def train_ranker(lessons: DataFrame, accuracy: DataFrame, *, params: RankerParams) -> Fitted:
    """Fitted on the lessons of all days; judged by the held-out weeks of `accuracy`, of the same parameters and the days before."""
    ndcg, calibration = _by_list(accuracy, "ndcg_10"), _by_list(accuracy, "calibration").get(("ranker", "all"))
    told = _logged(ndcg)
    return Fitted(
        model=fit(lessons, params),
        metric=plain_share(ndcg.get(("own_most_bought", "all"), 0.0), ndcg.get(("ranker", "all"), 0.0)),
        metric_name="own_most_bought_share_of_ndcg_10_all",
        metrics=told if calibration is None else told | {"calibration": calibration},
        params=params.model_dump(),
        card=CARD,
    )


def _by_list(accuracy: DataFrame, figure: str) -> dict[tuple[str, str], float]:
    """By model and target; eight rows at most, those that have the figure."""
    rows = accuracy.where(F.col(figure).isNotNull()).select("model", "target", figure).collect()
    return {(row["model"], row["target"]): row[figure] for row in rows}


def _logged(ndcg: dict[tuple[str, str], float]) -> dict[str, float]:
    return {f"{model}_{target}_ndcg_10": value for (model, target), value in ndcg.items()}


def plain_share(plain: float, model: float) -> float:
    """One half where neither found anything, or nothing could be held out."""
    found = plain + model
    return plain / found if found else 0.5
