"""What do attributes, analogues and the levels above say of a launch before anything of it has sold?

The attribute model is XGBoost under the Tweedie loss over (launch, week since launch), relative to the shop's mean launch curve.
Each lesson is given three times: as it was, without what its maker's other items tell, and without what its category's tell, so
that one model serves launches of new makers and of new categories too. A cut's lessons are few enough for one task, so that all
cuts are fitted side by side: one after the other by Spark's own estimator, some thousand rows took 9 s each.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import numpy as np
import pandas as pd
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shelfwise.core.frames import spread_out
from shelfwise.core.job import Params
from shelfwise.core.kept import cut
from shelfwise.demand import regressors
from shelfwise.demand.frames import typed
from shelfwise.demand.inputs import UNKNOWN
from shelfwise.demand.launches.analogues import analogue_curves, nearest_launches
from shelfwise.demand.launches.attributes import FEATURES, OF_THE_CATEGORY, OF_THE_MAKER
from shelfwise.demand.launches.curves import shop_curve, with_curves
from shelfwise.demand.regressors import XgbParams

SOURCES = ("attributes", "analogues", "category_curve")
KNOWLEDGE: Sequence[Sequence[str]] = ((), OF_THE_MAKER, OF_THE_CATEGORY)
KEY = ["cut", "item_id", "launch_week"]
# found on launches before the backtest's; a leaf rests on as much as 75 mean rows, each given three times
LAUNCH_TREES = XgbParams(trees=120, depth=4, variance_power=1.7, min_weight_per_leaf=225.0)


class SourceParams(Params):
    lessons: int = 10_000  # launches that a model learns from at most, drawn by hash: what one task holds
    xgboost: XgbParams = LAUNCH_TREES
    least_lessons: int = 50  # launch weeks: fewer say nothing of attributes, and the category's curve speaks for them
    seed: int = 7


def told(asked: DataFrame, lessons: DataFrame, params: SourceParams) -> DataFrame:
    """`asked` (cut, item_id, launch_week and features) with `attributes`, `analogues`, the curves, `prior_level`, `nearest`.

    `lessons` have a cut, the features and `units`; a cut without any tells nothing, and its rows are left out.
    """
    known, taught = cut(asked), cut(lessons)
    nearest = cut(nearest_launches(known, taught))
    answered = _with_attributes(with_curves(known, taught), taught, params)
    similar = answered.join(analogue_curves(nearest, taught), KEY, "left").join(
        nearest.withColumnRenamed("analogues", "nearest"), ["cut", "item_id"], "left"
    )
    return similar.withColumn("analogues", F.coalesce("analogue_mean", "category_curve")).drop("analogue_mean")


def fit(lessons: pd.DataFrame, params: XgbParams) -> bytes:
    """Of one cut: features, `units`, and `level`, the shop's mean launch curve; the rows' order does not matter."""
    rows = lessons.sort_values(KEY)
    views = [rows.assign(**dict.fromkeys(hidden, UNKNOWN))[list(FEATURES)].to_numpy(float) for hidden in KNOWLEDGE]
    level, units = (np.tile(rows[name].to_numpy(float), len(views)) for name in ("level", "units"))
    # as in regressors.fit: the loss of a mean that is level times what is predicted
    weight = level ** (2 - regressors.variance_power(params))
    return regressors.fit_alone(params, np.concatenate(views), units / level, weight)


def attribute_means(rows: pd.DataFrame, models: Mapping[str, bytes]) -> pd.Series:
    """Units in each row's week; the category's curve where its cut has no model."""
    means = rows["category_curve"].astype(float)
    for name, part in rows.groupby("cut"):
        if model := models.get(str(name)):
            relative = regressors.predict_alone(model, part[list(FEATURES)].to_numpy(float))
            means.loc[part.index] = np.maximum(relative, 0.0) * part["level"].to_numpy(float)
    return means


def _with_attributes(asked: DataFrame, lessons: DataFrame, params: SourceParams) -> DataFrame:
    taught = lessons.join(F.broadcast(shop_curve(lessons)), ["cut", "launch_week"], "inner").select(
        *KEY, "units", "level", *_but_week()
    )
    fitted = spread_out(taught, "cut").groupBy("cut").applyInPandas(_fitting(params), "cut string, model binary")
    # bound: one model of some 200 kB per cut
    models = {row["cut"]: bytes(row["model"]) for row in fitted.collect()}

    def answered(batches: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        for rows in batches:
            yield rows.assign(attributes=attribute_means(rows, models))

    columns = typed(asked)
    return asked.mapInPandas(answered, f"{columns}, attributes double")


def _fitting(params: SourceParams) -> Callable[[pd.DataFrame], pd.DataFrame]:
    def fitted(lessons: pd.DataFrame) -> pd.DataFrame:
        enough = len(lessons) >= params.least_lessons
        return pd.DataFrame({"cut": [lessons["cut"].iloc[0]], "model": [fit(lessons, params.xgboost) if enough else b""]})

    return fitted


def _but_week() -> list[str]:
    return [name for name in FEATURES if name not in KEY]
