"""The models that learn over many series at once, behind one interface: their settings say which one is fitted, and it scores.

Lessons have the inputs, `target`, `level` and `weight` (see demand.regressors); rows that ask have the inputs and `level`. All
are judged alike, beside the models of single series (demand.classical): demand.series.figures, demand.accuracy.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from pyspark.ml import Estimator, PipelineModel
from pyspark.sql import DataFrame

from shelfwise.demand import recurrent, regressors
from shelfwise.demand.recurrent import LstmParams, Network
from shelfwise.demand.regressors import PARTITIONS, RELATIVE, ForestParams, GbtParams, LinearParams, XgbParams

RegressionParams = LinearParams | ForestParams | GbtParams | XgbParams
Fitted = PipelineModel | Network


@dataclass(frozen=True)
class Inputs:
    """`key` names a row, its series first; `sequence` are those columns that are a series' last values, the oldest first."""

    columns: Sequence[str]
    key: Sequence[str]
    sequence: Sequence[str] = ()


def fit(params: RegressionParams | LstmParams, lessons: DataFrame, inputs: Inputs) -> Fitted:
    """Equal for the same lessons, however their rows came."""
    if not isinstance(params, LstmParams):
        return fit_regression(params, lessons, inputs)
    beside = [column for column in inputs.columns if column not in inputs.sequence]
    return recurrent.fit(lessons, inputs.sequence, beside, params, series=inputs.key[0])


def score(fitted: Fitted, rows: DataFrame, name: str) -> DataFrame:
    """`rows` with a column `name`: expected units; it may lie below zero."""
    if isinstance(fitted, Network):
        return recurrent.score(fitted, rows, name)
    return regressors.score(fitted, rows, name)


def fit_regression(params: RegressionParams, lessons: DataFrame, inputs: Inputs, *, prediction: str = RELATIVE) -> PipelineModel:
    """With a column `prediction`, in levels."""
    if isinstance(params, XgbParams):
        workers = regressors.workers(params, lessons)
        boosted = regressors.xgboost(params, inputs.columns, prediction, workers=workers)
        power = regressors.variance_power(params)
        return regressors.fit(boosted, lessons, inputs.columns, key=inputs.key, partitions=workers, power=power)
    makers: dict[type, Callable[[Any, str], Estimator[Any]]] = {
        LinearParams: regressors.linear,
        ForestParams: regressors.forest,
        GbtParams: regressors.gbt,
    }
    estimator = makers[type(params)](params, prediction)
    partitions = params.partitions if isinstance(params, GbtParams) else PARTITIONS
    return regressors.fit(estimator, lessons, inputs.columns, key=inputs.key, partitions=partitions)
