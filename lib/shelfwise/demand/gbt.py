"""Boosted trees for units of a coming week, over all items at once (MLlib's GBTRegressor).

The target is units / level with weight level: the squared loss level * (y/level - f)^2 = (y - level f)^2 / level is the
Pearson loss of a count whose variance grows with its mean. Each leaf then holds sum(y) / sum(level) of its rows: over the
training rows the forecasts add up to what was sold, big items do not drown small ones, and no item needs a model of its own.
Gradient of the squared loss with respect to f: -2 (y - f), boosted in steps (Friedman 2001, Greedy Function Approximation).
"""

from pyspark.ml import PipelineModel
from pyspark.ml.feature import VectorAssembler
from pyspark.ml.regression import GBTRegressor
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shelfwise.core.job import Params
from shelfwise.demand.rows import FEATURES
from shelfwise.demand.segments import is_dormant


class GbtParams(Params):
    """Found by search on origins before the backtest's."""

    trees: int = 40
    depth: int = 5
    step: float = 0.12
    bins: int = 64
    subsample: float = 0.7
    min_rows_per_leaf: int = 1000  # 200 fitted noise: RMSSE .002 and WAPE .004 higher
    rows: int = 400_000  # sampled training rows: more moved RMSSE by less than .001
    partitions: int = 8  # MLlib draws samples per partition: a fixed count keeps the model equal on any cluster
    seed: int = 7


def fit(rows: DataFrame, params: GbtParams) -> PipelineModel:
    """`rows` as of demand.rows.training_rows."""
    scaled = rows.select(*FEATURES, (F.col("target") / F.col("level")).alias("label"), "weight", "item_id", "week")
    # sorted within a fixed number of partitions: bins and samples then do not depend on the order of reading
    placed = scaled.repartition(params.partitions, "item_id").sortWithinPartitions("item_id", "week")
    assembled = _assembler().transform(placed).select("features", "label", "weight").cache()
    trees = GBTRegressor(
        featuresCol="features",
        labelCol="label",
        weightCol="weight",
        predictionCol="relative",
        maxIter=params.trees,
        maxDepth=params.depth,
        stepSize=params.step,
        maxBins=params.bins,
        subsamplingRate=params.subsample,
        minInstancesPerNode=params.min_rows_per_leaf,
        seed=params.seed,
        cacheNodeIds=False,
        maxMemoryInMB=512,
    )
    try:
        return PipelineModel([_assembler(), trees.fit(assembled)])
    finally:
        assembled.unpersist()


def score(model: PipelineModel, rows: DataFrame) -> DataFrame:
    """`rows` with `mean`: expected units in the target week, not negative; 0 for dormant items until they sell again."""
    units = F.greatest(F.lit(0.0), F.col("relative") * F.col("level"))
    return model.transform(rows).withColumn("mean", F.when(is_dormant(), 0.0).otherwise(units)).drop("features", "relative")


def _assembler() -> VectorAssembler:
    return VectorAssembler(inputCols=list(FEATURES), outputCol="features", handleInvalid="error")
