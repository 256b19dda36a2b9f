"""How likely is each candidate to be bought? Boosted trees with a logistic loss over what is known of the pair.

Trees, because what matters differs by case: whether an own item is due, whether a new one is near what the customer buys, and
whether it will be promoted. Learnt at several days before, so that no single month's promotions teach all.

A shop too young to have seen anybody come again has no lessons: then a pair is as likely as its share of the customer's baskets,
with one basket more in which nothing was held, and new items are in the order of their buyers.
"""

import logging

from pyspark.ml import PipelineModel
from pyspark.ml.feature import SQLTransformer
from pyspark.ml.functions import vector_to_array
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from shelfwise.core.job import Params
from shelfwise.recommend.ranker.rows import FEATURES
from shelfwise.recommend.vectors import PAIR

UNTAUGHT = "SELECT *, (baskets + buyers / (buyers + 1000)) / (trips + 1) AS probability FROM __THIS__"


class RankerParams(Params):
    """Found on completejourney, on days before those that are judged."""

    trees: int = 250
    depth: int = 5
    step: float = 0.04
    subsample: float = 0.7
    columns: float = 0.6
    min_weight_per_leaf: float = 20.0
    workers: int = 2  # train side by side, no more than there are task slots; the count belongs to the model, like a seed
    seed: int = 7


def fit(lessons: DataFrame, params: RankerParams) -> PipelineModel:
    """`lessons`: rows with `bought` (features.recommender_lessons)."""
    if lessons.where(F.col("bought") > 0).isEmpty():
        return PipelineModel([SQLTransformer(statement=UNTAUGHT)])
    from xgboost.spark import SparkXGBClassifier

    logging.getLogger("XGBoost-PySpark").setLevel(logging.WARNING)
    workers = min(params.workers, lessons.sparkSession.sparkContext.defaultParallelism)
    # bins are drawn partition by partition: placed and sorted, the model does not depend on how its rows came
    placed = lessons.repartition(workers, "customer_index").sortWithinPartitions(*PAIR, "day").select(*FEATURES, "bought")
    trees = SparkXGBClassifier(
        features_col=list(FEATURES),
        label_col="bought",
        num_workers=workers,
        n_estimators=params.trees,
        max_depth=params.depth,
        learning_rate=params.step,
        subsample=params.subsample,
        colsample_bytree=params.columns,
        min_child_weight=params.min_weight_per_leaf,
        tree_method="hist",
        random_state=params.seed,
        verbose=False,
    ).fit(placed)
    return PipelineModel([trees])


def ranked(model: PipelineModel, rows: DataFrame) -> DataFrame:
    """customer_index, item_index, own, probability, place: best first, ties by number of the item."""
    scored = model.transform(rows)
    chance = F.col("probability") if isinstance(model.stages[0], SQLTransformer) else vector_to_array(F.col("probability"))[1]
    chances = scored.select(*PAIR, "own", chance.cast("double").alias("probability"))
    order = Window.partitionBy("customer_index").orderBy(F.desc("probability"), "item_index")
    return chances.withColumn("place", F.row_number().over(order))


def among_new(chances: DataFrame) -> DataFrame:
    """Those new to the customer, with their places among themselves."""
    order = Window.partitionBy("customer_index").orderBy("place")
    return chances.where(~F.col("own")).withColumn("place", F.row_number().over(order))


def own_and_new(chances: DataFrame, own: int, length: int) -> DataFrame:
    """Each customer's list: the likeliest `own` items bought before, then the likeliest new ones, `length` in all.

    Where new ones are too few, more of the own follow.
    """
    among = Window.partitionBy("customer_index", "own").orderBy("place")
    again = F.when(F.row_number().over(among) <= own, 0).otherwise(2)
    turned = chances.withColumn("turn", F.when(F.col("own"), again).otherwise(1))
    order = Window.partitionBy("customer_index").orderBy("turn", "place")
    return turned.withColumn("place", F.row_number().over(order)).where(F.col("place") <= length).drop("turn")
