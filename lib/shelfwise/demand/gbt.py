"""Boosted trees for units of a coming week, over all items at once: how the panel's rows are learnt and asked."""

from pyspark.ml import PipelineModel
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shelfwise.demand import regressors
from shelfwise.demand.regressors import GbtParams
from shelfwise.demand.rows import FEATURES
from shelfwise.demand.segments import is_dormant


def fit(rows: DataFrame, params: GbtParams) -> PipelineModel:
    """`rows` as of demand.rows.training_rows."""
    return regressors.fit(regressors.gbt(params), rows, FEATURES, key=("item_id", "week"), partitions=params.partitions)


def score(model: PipelineModel, rows: DataFrame) -> DataFrame:
    """`rows` with `mean`: expected units in the target week, not negative; 0 for dormant items until they sell again."""
    return regressors.score(model, rows).withColumn("mean", F.when(is_dormant(), 0.0).otherwise(F.col("mean")))
