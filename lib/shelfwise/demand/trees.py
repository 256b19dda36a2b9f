"""Boosted trees for units of a coming week, over all items at once: MLlib's and XGBoost's, learnt from the same rows."""

from datetime import date, timedelta
from typing import Literal, TypeVar

from pyspark.ml import PipelineModel
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shelfwise.core.errors import JobError
from shelfwise.core.job import Params
from shelfwise.demand import regressors
from shelfwise.demand.inputs import LAST_YEAR, OUTSIDE, features_without
from shelfwise.demand.models import Inputs, fit_regression
from shelfwise.demand.regressors import GbtParams, XgbParams
from shelfwise.demand.segments import is_dormant

KEY = ("item_id", "week")
MODELS = ("gbt", "xgboost")
SEARCHED = ("trees", "depth", "step", "subsample", "columns", "min_weight_per_leaf", "penalty", "variance_power")
SEASONAL_WEEKS = 26  # of lessons that know the year before
RELATIVE = "_relative"  # of a model's prediction in levels


class TreesParams(Params):
    models: tuple[Literal["gbt", "xgboost"], ...] = ("gbt", "xgboost")
    rows: int = 400_000  # sampled training rows: more moved RMSSE by less than .001
    gbt: GbtParams = GbtParams()
    xgboost: XgbParams = XgbParams()
    without: tuple[str, ...] = ()  # groups of features (demand.inputs.GROUPS) that are not learnt from
    seed: int = 7


P = TypeVar("P", bound=TreesParams)


def silent(panel: DataFrame, until: date) -> tuple[str, ...]:
    """Groups of features of which no lesson by `until` can tell: a model that draws among features is not to draw these.

    A lesson's week is at least one week before the last that is known. Last year's season says more than what else happened
    this year only where lessons lie in many weeks. One row to the driver.
    """
    last = until - timedelta(days=13)
    first = F.min(F.when(F.col("category_season_ahead").isNotNull(), F.col("week"))).alias("first")
    told = panel.where(F.col("week") <= F.lit(last)).agg(F.count("outside_trend").alias("outside"), first).first()
    assert told is not None
    seasonal = told["first"] is not None and last - told["first"] >= timedelta(weeks=SEASONAL_WEEKS - 1)
    return (*(() if told["outside"] else (OUTSIDE,)), *(() if seasonal else (LAST_YEAR,)))


def without_silent(params: P, panel: DataFrame, until: date) -> P:
    return params.model_copy(update={"without": tuple(dict.fromkeys((*params.without, *silent(panel, until))))})


def tuned(params: P, tuning: DataFrame) -> P:
    """`params` with what the search chose, if there was one; one row of gold.demand_tuning to the driver."""
    row = tuning.where("chosen").select(*SEARCHED, "without").first()
    if row is None or "xgboost" not in params.models:
        return params
    if params.xgboost.loss != "tweedie":
        raise JobError(
            f"XGBoost's settings were searched for the Tweedie loss, and xgboost.loss is {params.xgboost.loss}:"
            " leave the loss as it is, or run tune_demand with trials=0."
        )
    found = row.asDict()
    without = tuple(dict.fromkeys((*params.without, *found.pop("without"))))
    return params.model_copy(update={"xgboost": params.xgboost.model_copy(update=found), "without": without})


def fit(rows: DataFrame, params: TreesParams) -> PipelineModel:
    """`rows` as of demand.rows.training_rows; one pipeline of all `params.models`."""
    held = rows.is_cached  # and then the caller's to let go of
    lessons = rows if held else rows.persist()
    try:
        return PipelineModel([_fitted(name, lessons, params) for name in params.models])
    finally:
        if not held:
            lessons.unpersist()


def score(model: PipelineModel, rows: DataFrame) -> DataFrame:
    """`rows` with a column per model of the pipeline: expected units in the target week, not negative.

    0 for dormant items until they sell again.
    """
    answered = model.transform(rows).drop(regressors.FEATURES)
    names = [column.removesuffix(RELATIVE) for column in answered.columns if column.endswith(RELATIVE)]
    units = {name: F.greatest(F.lit(0.0), F.col(name + RELATIVE).cast("double") * F.col("level")) for name in names}
    means = {name: F.when(is_dormant(), 0.0).otherwise(mean) for name, mean in units.items()}
    return answered.withColumns(means).drop(*[name + RELATIVE for name in names])


def _fitted(name: str, lessons: DataFrame, params: TreesParams) -> PipelineModel:
    inputs = Inputs(features_without(params.without), KEY)
    return fit_regression(params.gbt if name == "gbt" else params.xgboost, lessons, inputs, prediction=name + RELATIVE)
