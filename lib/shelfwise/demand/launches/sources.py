"""What do attributes, analogues and the levels above say of a launch before anything of it has sold?

The attribute model is XGBoost under the Tweedie loss over (launch, week since launch), relative to the shop's mean launch curve.
Each lesson is given three times: as it was, without what its maker's other items tell, and without what its category's tell, so
that one model serves launches of new makers and of new categories too.
"""

from collections.abc import Mapping, Sequence
from functools import reduce

from pyspark.ml import PipelineModel
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shelfwise.core.job import Params
from shelfwise.core.kept import keep
from shelfwise.demand import regressors
from shelfwise.demand.launches.analogues import analogue_curves, nearest_launches
from shelfwise.demand.launches.attributes import FEATURES, OF_THE_CATEGORY, OF_THE_MAKER, without
from shelfwise.demand.launches.curves import shop_curve, with_curves
from shelfwise.demand.regressors import XgbParams

SOURCES = ("attributes", "analogues", "category_curve")
KNOWLEDGE: Mapping[str, Sequence[str]] = {"all": (), "no maker": OF_THE_MAKER, "no category": OF_THE_CATEGORY}
KEY = ("item_id", "launch_week", "knowledge")
# found on launches before the backtest's; a leaf rests on as much as 75 mean rows, each given three times
LAUNCH_TREES = XgbParams(trees=120, depth=4, variance_power=1.7, min_weight_per_leaf=225.0)


class SourceParams(Params):
    lessons: int = 20_000  # launches to learn from, drawn by hash, the same in every cut
    xgboost: XgbParams = LAUNCH_TREES
    least_lessons: int = 50  # launch weeks: fewer say nothing of attributes
    seed: int = 7


def told(asked: DataFrame, lessons: DataFrame, params: SourceParams) -> DataFrame:
    """`asked` (cut, item_id, launch_week and features) with `attributes`, `analogues`, the curves, `prior_level`, `nearest`.

    `lessons` have a cut, the features and `units`; a cut without any tells nothing, and its rows are left out.
    """
    known, taught = keep(asked), keep(lessons)
    nearest = keep(nearest_launches(known, taught))
    described = with_curves(known, taught)
    similar = described.join(analogue_curves(nearest, taught), ["cut", "item_id", "launch_week"], "left").join(
        nearest.withColumnRenamed("analogues", "nearest"), ["cut", "item_id"], "left"
    )
    answered = _attributes(similar, taught, params)
    return answered.withColumn("analogues", F.coalesce("analogue_mean", "category_curve")).drop("analogue_mean")


def fit(lessons: DataFrame, params: SourceParams) -> PipelineModel:
    """`lessons` of one cut, with `level`: the shop's mean launch curve."""
    views = [without(lessons, hidden).withColumn("knowledge", F.lit(name)) for name, hidden in KNOWLEDGE.items()]
    rows = reduce(DataFrame.unionByName, views).withColumns({"target": F.col("units"), "weight": F.col("level")})
    chosen = regressors.workers(params.xgboost, rows)
    estimator = regressors.xgboost(params.xgboost, FEATURES, workers=chosen)
    power = regressors.variance_power(params.xgboost)
    return regressors.fit(estimator, rows, FEATURES, key=KEY, partitions=chosen, power=power)


def _attributes(asked: DataFrame, lessons: DataFrame, params: SourceParams) -> DataFrame:
    """One model per cut; the category's curve where a cut has too few lessons for one."""
    # bound: cuts
    sizes = {row["cut"]: row["count"] for row in lessons.groupBy("cut").count().collect()}
    held = keep(asked)
    taught = keep(lessons.join(F.broadcast(shop_curve(lessons)), ["cut", "launch_week"], "inner"))
    answers = []
    for cut in sorted(sizes):
        of_cut = held.where(F.col("cut") == cut)
        if sizes[cut] < params.least_lessons:
            answers.append(of_cut.withColumn("attributes", F.col("category_curve")))
            continue
        model = fit(taught.where(F.col("cut") == cut), params)
        scored = regressors.score(model, of_cut).withColumn("attributes", F.greatest("mean", F.lit(0.0)))
        answers.append(scored.drop("mean"))
    return reduce(DataFrame.unionByName, answers) if answers else held.withColumn("attributes", F.col("category_curve"))
