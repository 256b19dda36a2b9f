"""How good were the forecasts, by model, origin, horizon and segment, for items and added up?

Intervals are judged by a calibration that has not seen the origin's own errors (quantiles.calibrate leaves it out). Coverage
is that of the randomised PIT: an interval of counts can't have an exact level otherwise (see measures.counts).
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import reduce

import pandas as pd
from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from shelfwise.contracts.gold.demand import FORECAST_ACCURACY, LEVELS
from shelfwise.core.kept import keep
from shelfwise.demand.champion import with_champion
from shelfwise.demand.frames import typed
from shelfwise.demand.hierarchy.nodes import ITEM, PATH
from shelfwise.demand.node_errors import OF_LEVEL, node_rows
from shelfwise.demand.quantiles import NONE_LEFT_OUT
from shelfwise.demand.spread import Spread, spread_of
from shelfwise.measures import counts
from shelfwise.measures.draws import hashed_uniform
from shelfwise.measures.exact import exact_sum
from shelfwise.measures.forecast import mase, mean_error, rmsse, share_of_volume, wrmsse

MODELS = ("champion", "gbt", "xgboost", "mixture", "last_week", "mean_4", "mean_13", "zero", "seasonal_naive")
CUMULATED = "champion_cum"
SIMPLE = ("last_week", "mean_4", "mean_13", "seasonal_naive")  # what a forecast has to add value to
SCALES = ("scale", "abs_scale", "weight")  # of a series
ITEM_LEVEL, CUMULATED_LEVEL = OF_LEVEL[ITEM], "item x cumulated weeks"
# a series is an item or a node above at an origin; cuts by horizon have series of one forecast
SERIES_CUTS: Sequence[Sequence[str]] = ((), ("origin",), ("segment",), ("origin", "segment"))
HORIZON_CUTS: Sequence[Sequence[str]] = (("horizon",), ("origin", "horizon"), ("segment", "horizon"))
NODE_CUTS: Sequence[Sequence[str]] = ((), ("origin",))
NODE_HORIZON_CUTS: Sequence[Sequence[str]] = (("horizon",), ("origin", "horizon"))
# of the champion only, weekly and cumulated: sums over a series
INTERVAL_SCORES = [f"{kind}{name}" for kind in ("champion_", "champion_cum_") for name in ("pinball", "in_80", "in_90")]


def judge(backtest: DataFrame, champions: DataFrame, calibration: DataFrame, panel: DataFrame, *, as_of: date) -> DataFrame:
    """One row per level, model, origin, horizon and segment; '*' and 0 for all."""
    chosen = with_champion(backtest, champions)
    judged = [*MODELS, CUMULATED]
    forecasts = _with_errors(keep(_with_interval_scores(chosen, calibration)), judged).withColumn("level", F.lit(ITEM_LEVEL))
    summed = keep(node_rows(chosen, panel, [name for name in MODELS if name != "zero"]))
    nodes = _with_errors(summed.withColumns(dict.fromkeys([*INTERVAL_SCORES, "actual_cum"], F.lit(None).cast("double"))), MODELS)
    cuts = [
        _cuts(_series(forecasts, ["item_id", "segment"], judged), SERIES_CUTS, judged),
        _cuts(forecasts, HORIZON_CUTS, judged),
        _cuts(_series(nodes, PATH[:-1], MODELS), NODE_CUTS, MODELS),
        _cuts(nodes, NODE_HORIZON_CUTS, MODELS),
    ]
    figures = reduce(DataFrame.unionByName, cuts).where(F.col("mae").isNotNull())
    valued = figures.withColumns({"rmse": F.sqrt("mse"), "value_added": _value_added(), "wrmsse_of_levels": _of_levels()})
    return valued.select(F.lit(as_of).alias("as_of"), "*").select(*FORECAST_ACCURACY.columns)


def interval_scores(rows: pd.DataFrame, spread: Spread) -> pd.DataFrame:
    """Pinball loss and whether the 80 and 90 % intervals hold the actual (1.0 or 0.0), weekly and cumulated, per row.

    No row for those whose origin can't be left out, as where the history allows one origin only.
    """
    place = spread.places(rows)
    rows, place = rows[place >= 0], place[place >= 0]
    uniform, scores = rows["uniform"].to_numpy(float), {}
    kinds = (("champion_", "actual", "champion", spread.weekly), ("champion_cum_", "actual_cum", "champion_cum", spread.cumulated))
    for kind, actual, mean, curves in kinds:
        truth, expected = rows[actual].round().to_numpy(float), rows[mean].to_numpy(float)
        pit = curves.pits(place, expected, truth, uniform)
        scores[f"{kind}pinball"] = counts.pinball(truth, curves.quantiles(place, expected), LEVELS)
        scores[f"{kind}in_80"] = ((pit >= 0.10) & (pit <= 0.90)).astype(float)
        scores[f"{kind}in_90"] = ((pit >= 0.05) & (pit <= 0.95)).astype(float)
    return pd.DataFrame(scores, index=rows.index)


def _value_added() -> Column:
    """Forecast value added (Gilliland 2010), relative to the simple forecast that was best at the same cut."""
    cut = Window.partitionBy("level", "origin", "horizon", "segment")
    # one that serves some series only is no measure for a model that serves all
    simple = F.col("model").isin(*SIMPLE) & (F.col("rows") == F.max("rows").over(cut))
    added = [1 - F.try_divide(F.col(name), F.min(F.when(simple, F.col(name))).over(cut)) for name in ("rmsse", "wape")]
    return F.when(F.col("level") == ITEM_LEVEL, added[0]).when(F.col("level") != CUMULATED_LEVEL, added[1])


def _of_levels() -> Column:
    """Mean WRMSSE of items, categories, departments and all, as in the M5 competition; told of items."""
    model = Window.partitionBy("model", "origin", "horizon", "segment")
    each = F.when((F.col("level") != CUMULATED_LEVEL) & (F.col("horizon") == 0) & (F.col("segment") == "*"), F.col("wrmsse"))
    mean = F.when(F.count(each).over(model) == len(OF_LEVEL), F.avg(each).over(model))
    return F.when((F.col("level") == ITEM_LEVEL) & (F.col("horizon") == 0) & (F.col("segment") == "*"), mean)


def _with_interval_scores(backtest: DataFrame, calibration: DataFrame) -> DataFrame:
    unseen = calibration.where(F.col("left_out") != F.lit(NONE_LEFT_OUT))
    spread = spread_of(unseen.withColumnRenamed("left_out", "origin"), "origin")
    # another draw than the calibration's, so that the two are independent
    uniform = hashed_uniform("horizon", "item_id", "origin")
    kept = backtest.select(
        *("item_id", "origin", "horizon", "segment", "scale", "abs_scale", "actual", "actual_cum"),
        (F.col("price") * F.col("mean_13")).alias("weight"),
        *("champion", "champion_cum", "gbt", "xgboost", "mixture", "last_week", "mean_4", "mean_13", "seasonal_naive"),
    )

    def scored(batches: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        for rows in batches:
            yield rows.drop(columns="uniform").join(interval_scores(rows, spread))

    schema = typed(kept)
    with_draw = kept.withColumn("uniform", uniform)
    return with_draw.mapInPandas(scored, schema + "".join(f", {name} double" for name in INTERVAL_SCORES))


def _with_errors(forecasts: DataFrame, models: Sequence[str]) -> DataFrame:
    """Adds `n` and, per model, absolute, squared and signed error."""
    known = forecasts if "zero" in forecasts.columns else forecasts.withColumn("zero", F.lit(0.0))
    errors: dict[str, Column] = {}
    for model in models:
        error = F.col(model) - F.col("actual_cum" if model == CUMULATED else "actual")
        errors |= {f"{model}_abs": F.abs(error), f"{model}_sq": error * error, f"{model}_err": error}
        errors[f"{model}_n"] = F.when(F.col(model).isNotNull(), 1)
    return known.withColumns(errors)


def _series(forecasts: DataFrame, by: Sequence[str], models: Sequence[str]) -> DataFrame:
    """One row per level, origin and `by`: sums over its horizons."""
    sums = [f"{model}_{what}" for model in models for what in ("abs", "sq", "err", "n")]
    totals = [exact_sum(F.col(name)).alias(name) for name in [*sums, *INTERVAL_SCORES, "actual", "actual_cum"]]
    return forecasts.groupBy("level", "origin", *by).agg(*[F.max(name).alias(name) for name in SCALES], *totals)


def _cuts(rows: DataFrame, cuts: Sequence[Sequence[str]], models: Sequence[str]) -> DataFrame:
    """All cuts of each level in one pass, models side by side, then one row per cut and model."""
    by = ["origin", "horizon", "segment"]
    used = ["level", *[name for name in by if any(name in cut for cut in cuts)]]
    sets = [[F.col(name) for name in ("level", *cut)] for cut in cuts]
    wide = rows.groupingSets(sets, *used).agg(*[_figures(model).alias(f"of_{model}") for model in models])
    named = [F.struct(F.lit(model).alias("of"), F.col(f"of_{model}").alias("figures")) for model in models]
    origin = F.coalesce(F.col("origin").cast("string"), F.lit("*")) if "origin" in used else F.lit("*")
    horizon = F.coalesce("horizon", F.lit(0)) if "horizon" in used else F.lit(0)
    segment = F.coalesce("segment", F.lit("*")) if "segment" in used else F.lit("*")
    keys = [origin.alias("origin"), horizon.alias("horizon"), segment.alias("segment")]
    long = wide.select("level", *keys, F.inline(F.array(*named)))
    cumulated = F.col("of") == CUMULATED
    return long.select(
        F.when(cumulated, CUMULATED_LEVEL).otherwise(F.col("level")).alias("level"),
        F.when(cumulated, "champion").otherwise(F.col("of")).alias("model"),
        *by,
        "figures.*",
    )


def _figures(model: str) -> Column:
    n = F.col(f"{model}_n")
    actual = F.when(n > 0, F.col("actual_cum" if model == CUMULATED else "actual"))
    interval = {name: F.lit(None).cast("double") for name in ("pinball", "in_80", "in_90")}
    if f"{model}_pinball" in INTERVAL_SCORES:
        interval = {name: mean_error(F.col(f"{model}_{name}"), n) for name in interval}
    nothing = F.lit(None).cast("double")
    scale, abs_scale, weight = (nothing if model == CUMULATED else F.col(name) for name in SCALES)
    return F.struct(
        F.coalesce(F.sum(n), F.lit(0)).cast("long").alias("rows"),
        mean_error(F.col(f"{model}_abs"), n).alias("mae"),
        mean_error(F.col(f"{model}_sq"), n).alias("mse"),
        rmsse(F.col(f"{model}_sq"), n, scale).alias("rmsse"),
        wrmsse(F.col(f"{model}_sq"), n, scale, weight).alias("wrmsse"),
        mase(F.col(f"{model}_abs"), n, abs_scale).alias("mase"),
        share_of_volume(F.col(f"{model}_abs"), actual).alias("wape"),
        share_of_volume(F.col(f"{model}_err"), actual).alias("bias"),
        interval["pinball"].alias("pinball"),
        interval["in_80"].alias("coverage_80"),
        interval["in_90"].alias("coverage_90"),
    )
