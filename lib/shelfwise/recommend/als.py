"""Factors of customers and items, so that their product says how likely a purchase is (implicit ALS).

Strength is log(1 + baskets): the tenth basket says less than the first.
"""

from pyspark.ml import PipelineModel
from pyspark.ml.feature import SQLTransformer
from pyspark.ml.recommendation import ALSModel
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shelfwise.core.errors import JobError
from shelfwise.recommend.models.factors import FactorParams, alternating
from shelfwise.recommend.models.taken import bought_enough


class AlsParams(FactorParams):
    """Found on completejourney: fitted up to 2017-09-03 and to 2017-08-06, judged by nDCG@10 of new items in the 4 weeks after.

    The optimum is flat: ranks 8 to 48 and alphas .1 to 1 lay within 7 %. Log baskets beat baskets and mere purchases by 2 to 3 %.
    """

    rank: int = 16
    regularisation: float = 0.05
    alpha: float = 0.5
    min_customers: int = 5  # leaving out items with fewer buyers was better by 2 to 4 %, and saves most of the time


def fit_factors(pairs: DataFrame, params: AlsParams) -> ALSModel:
    """`pairs`: purchases of features.interactions."""
    return alternating(_strengths(pairs, params), params)


def factor_frames(als: ALSModel, live: DataFrame) -> tuple[DataFrame, DataFrame]:
    """Factors of customers, and of the items that are live: id, features."""
    return als.userFactors, als.itemFactors.join(live.select(F.col("item_index").alias("id")), "id", "left_semi")


def stamped(als: ALSModel, pairs: DataFrame) -> PipelineModel:
    """The model with the numbering that its factors belong to."""
    stamp = SQLTransformer(statement=_stamp(pairs))
    return PipelineModel(stages=[stamp, als])


def factors_of(model: PipelineModel, pairs: DataFrame) -> ALSModel:
    """The factors, if they belong to the numbers in `pairs`; else the numbers would name other customers and items."""
    stamp, als = model.stages
    if not isinstance(stamp, SQLTransformer) or not isinstance(als, ALSModel) or stamp.getStatement() != _stamp(pairs):
        raise JobError("recommend.als was trained on other interactions than these: run train_recommender for this --as-of.")
    return als


def _stamp(pairs: DataFrame) -> str:
    """Pulls one number: the exclusive or of all rows' hashes, the same in any order of rows."""
    hashes = pairs.agg(F.bit_xor(F.xxhash64("customer_id", "customer_index", "item_id", "item_index")).alias("all")).first()
    return f"SELECT *, {hashes['all'] if hashes else None} AS numbering FROM __THIS__"


def _strengths(pairs: DataFrame, params: AlsParams) -> DataFrame:
    strength = F.log1p("baskets").cast("float").alias("strength")
    return bought_enough(pairs, params.min_customers).select("customer_index", "item_index", strength)
