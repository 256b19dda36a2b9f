"""How likely is each candidate to be bought? Boosted trees with a logistic loss over what is known of the pair.

Trees, because what matters differs by case: whether an own item is due, whether a new one is near what the customer buys, and
whether it will be promoted. Learnt at several days before, so that no single month's promotions teach all.
"""

import logging

from pyspark.ml import Model
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from shelfwise.core.job import Params
from shelfwise.recommend.ranker.rows import FEATURES
from shelfwise.recommend.vectors import PAIR


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


def fit(lessons: DataFrame, params: RankerParams) -> Model:
    """`lessons`: rows with `bought` (rows.with_outcome)."""
    from xgboost.spark import SparkXGBClassifier

    logging.getLogger("XGBoost-PySpark").setLevel(logging.WARNING)
    workers = min(params.workers, lessons.sparkSession.sparkContext.defaultParallelism)
    # bins are drawn partition by partition: placed and sorted, the model does not depend on how its rows came
    placed = lessons.repartition(workers, "customer_index").sortWithinPartitions(*PAIR, "day").select(*FEATURES, "bought")
    model: Model = SparkXGBClassifier(
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
    return model


def ranked(model: Model, rows: DataFrame) -> DataFrame:
    """customer_index, item_index, own, probability, place: best first, ties by number of the item."""
    from pyspark.ml.functions import vector_to_array

    chances = model.transform(rows).select(*PAIR, "own", vector_to_array(F.col("probability"))[1].alias("probability"))
    order = Window.partitionBy("customer_index").orderBy(F.desc("probability"), "item_index")
    return chances.withColumn("place", F.row_number().over(order))
