"""Regressions of coming units over all items at once: MLlib's linear model, forest and boosted trees, and XGBoost, behind one fit.

The target is units / level with weight level: the squared loss level * (y/level - f)^2 = (y - level f)^2 / level is the
Pearson loss of a count whose variance grows with its mean. Each leaf then holds sum(y) / sum(level) of its rows: over the
training rows the forecasts add up to what was sold, big items do not drown small ones, and no item needs a model of its own.
Under the Tweedie loss, of variance phi * mean^p (Joergensen 1987), the weight is level^(2 - p) for the same reason. Under the
absolute and the quantile loss it is level too: level * |y/level - f| = |y - level f|.
"""

import logging
from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pyspark.ml import Estimator, PipelineModel
from pyspark.ml.feature import VectorAssembler
from pyspark.ml.regression import GBTRegressor, LinearRegression, RandomForestRegressor
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shelfwise.core.job import Params
from shelfwise.measures.exact import exact_mean

Floats = NDArray[np.float64]

FEATURES, LABEL, WEIGHT, RELATIVE = "features", "label", "weight", "relative"
# MLlib draws samples per partition: a fixed count keeps the model equal on any cluster. A tree's level is a job of its own, and the
# 400,000 rows of a training make two parts that are worth a task each (with 8 it took 1.6 times as long on two cores)
PARTITIONS = 2


class LinearParams(Params):
    penalty: float = 0.01
    lasso: float = 0.0  # share of the penalty that is absolute, the rest squared


class ForestParams(Params):
    trees: int = 40
    depth: int = 8
    bins: int = 64
    subsample: float = 0.5
    min_rows_per_leaf: int = 200
    seed: int = 7


class GbtParams(Params):
    """Found by search on origins before the backtest's."""

    trees: int = 40
    depth: int = 5
    step: float = 0.12
    bins: int = 64
    subsample: float = 0.7
    min_rows_per_leaf: int = 1000  # 200 fitted noise: RMSSE .002 and WAPE .004 higher
    partitions: int = PARTITIONS
    seed: int = 7


class XgbParams(Params):
    trees: int = 150
    depth: int = 6
    bins: int = 64
    step: float = 0.05
    subsample: float = 0.7
    columns: float = 0.7
    min_weight_per_leaf: float = 50.0  # in mean rows
    penalty: float = 1.0
    loss: Literal["squared", "tweedie", "absolute", "quantile"] = "tweedie"
    variance_power: float = 1.4  # of the Tweedie loss
    quantile: float = 0.5  # of the quantile loss; absolute and quantile losses forecast a median, or that quantile, and no mean
    workers: int = 2  # train side by side, no more than there are task slots; the count belongs to the model, like a seed
    seed: int = 7


def linear(params: LinearParams, prediction: str = RELATIVE) -> "Estimator[Any]":
    return LinearRegression(
        featuresCol=FEATURES,
        labelCol=LABEL,
        weightCol=WEIGHT,
        predictionCol=prediction,
        regParam=params.penalty,
        elasticNetParam=params.lasso,
    )


def forest(params: ForestParams, prediction: str = RELATIVE) -> "Estimator[Any]":
    return RandomForestRegressor(
        featuresCol=FEATURES,
        labelCol=LABEL,
        weightCol=WEIGHT,
        predictionCol=prediction,
        numTrees=params.trees,
        maxDepth=params.depth,
        maxBins=params.bins,
        subsamplingRate=params.subsample,
        minInstancesPerNode=params.min_rows_per_leaf,
        seed=params.seed,
        maxMemoryInMB=512,
    )


def gbt(params: GbtParams, prediction: str = RELATIVE) -> "Estimator[Any]":
    """Gradient of the squared loss with respect to f: -2 (y - f), boosted in steps (Friedman 2001)."""
    return GBTRegressor(
        featuresCol=FEATURES,
        labelCol=LABEL,
        weightCol=WEIGHT,
        predictionCol=prediction,
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


def xgboost(params: XgbParams, features: Sequence[str], prediction: str = RELATIVE, *, workers: int) -> "Estimator[Any]":
    """Trained by `workers` tasks at once, each on its share of the rows."""
    from xgboost.spark import SparkXGBRegressor

    logging.getLogger("XGBoost-PySpark").setLevel(logging.WARNING)
    return SparkXGBRegressor(
        features_col=list(features),
        label_col=LABEL,
        weight_col=WEIGHT,
        prediction_col=prediction,
        num_workers=workers,
        verbose=False,
        **_boosting(params),
    )


def fit_alone(params: XgbParams, features: Floats, label: Floats, weight: Floats) -> bytes:
    """The same trees, fitted where the rows are: for lessons that one task can hold, with many models side by side."""
    from xgboost import XGBRegressor

    model = XGBRegressor(n_jobs=1, **_boosting(params))
    model.fit(features, label, sample_weight=weight / weight.mean())
    return bytes(model.get_booster().save_raw("ubj"))


def curve_alone(
    params: XgbParams, features: Floats, label: Floats, weight: Floats, asked: Floats, judge: Callable[[Floats], float]
) -> Floats:
    """What `judge` says of the answers to `asked` after each tree."""
    from xgboost import DMatrix, train

    lessons, questions = DMatrix(features, label, weight=weight / weight.mean(), nthread=1), DMatrix(asked, nthread=1)
    questions.set_label(np.zeros(len(asked)))
    said: dict[str, dict[str, list[float]]] = {}
    settings = _boosting(params) | {"nthread": 1, "disable_default_eval_metric": True}
    rounds = settings.pop("n_estimators")
    train(
        settings,
        lessons,
        rounds,
        evals=[(questions, "asked")],
        custom_metric=lambda answers, _: ("loss", judge(answers.astype(float))),
        evals_result=said,
        verbose_eval=False,
    )
    return np.array(said["asked"]["loss"])


def predict_alone(model: bytes, features: Floats) -> Floats:
    from xgboost import Booster

    booster = Booster({"nthread": 1})
    booster.load_model(bytearray(model))
    relative: Floats = booster.inplace_predict(features, validate_features=False).astype(np.float64)
    return relative


def _boosting(params: XgbParams) -> dict[str, Any]:
    losses: dict[str, dict[str, Any]] = {
        "squared": {"objective": "reg:squarederror"},
        "tweedie": {"objective": "reg:tweedie", "tweedie_variance_power": params.variance_power},
        "absolute": {"objective": "reg:absoluteerror"},
        "quantile": {"objective": "reg:quantileerror", "quantile_alpha": params.quantile},
    }
    return {
        "n_estimators": params.trees,
        "max_depth": params.depth,
        "max_bin": params.bins,
        "learning_rate": params.step,
        "subsample": params.subsample,
        "colsample_bytree": params.columns,
        "min_child_weight": params.min_weight_per_leaf,
        "reg_lambda": params.penalty,
        "random_state": params.seed,
        "tree_method": "hist",
        "verbosity": 0,
    } | losses[params.loss]


def variance_power(params: XgbParams) -> float:
    return params.variance_power if params.loss == "tweedie" else 1.0


def workers(params: XgbParams, rows: DataFrame) -> int:
    """All of them have to run at once: a machine of one slot trains with one."""
    return min(params.workers, rows.sparkSession.sparkContext.defaultParallelism)


def fit(
    estimator: "Estimator[Any]",
    rows: DataFrame,
    features: Sequence[str],
    *,
    key: Sequence[str],
    partitions: int,
    power: float = 1.0,
) -> PipelineModel:
    """`rows` have the features, `target`, `level` and `weight` (level / chance to be drawn); a row's `key` is its own.

    Samples and bins are drawn partition by partition: placed by key in a fixed number of sorted partitions, a model does not
    depend on how its rows came.
    """
    weight = F.col("weight") * F.pow("level", F.lit(1.0 - power)) if power != 1 else F.col("weight")
    scaled = rows.select(*features, *key, (F.col("target") / F.col("level")).alias(LABEL), weight.alias(WEIGHT))
    placed = scaled.repartition(partitions, key[0]).sortWithinPartitions(*key).select(*features, LABEL, WEIGHT)
    assembler = VectorAssembler(inputCols=list(features), outputCol=FEATURES, handleInvalid="error")
    if takes_columns := estimator.hasParam("features_cols"):
        prepared = placed.cache()
        # its leaves are bounded by their weight: the mean row weighs one
        mean = prepared.agg(exact_mean(F.col(WEIGHT)).alias("mean_weight"))
        lessons = prepared.crossJoin(F.broadcast(mean)).withColumn(WEIGHT, F.col(WEIGHT) / F.col("mean_weight"))
    else:
        lessons = prepared = assembler.transform(placed).select(FEATURES, LABEL, WEIGHT).cache()
    try:
        model = estimator.fit(lessons)
    finally:
        prepared.unpersist()
    return PipelineModel([model] if takes_columns else [assembler, model])


def score(model: PipelineModel, rows: DataFrame, name: str) -> DataFrame:
    """`rows` with `name`: expected units; of trees under a squared loss and of linear models these may lie below zero."""
    units = F.col(RELATIVE).cast("double") * F.col("level")
    return model.transform(rows).withColumn(name, units).drop(FEATURES, RELATIVE)
