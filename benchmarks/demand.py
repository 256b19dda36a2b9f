"""Do the forecasts that orders rest on beat what else could be used: naive ones, the classical family, and on what terms?

    make run && .venv/bin/python benchmarks/demand.py [SOURCE AS_OF]

Protocol: the backtest of the last run (three origins, 13 weeks each), of the 5,000 items with the most revenue before the first
origin, beside automatic ARIMA and ETS, dynamic optimised theta, Croston SBA, TSB, their median, Croston with a searched smoothing
and TSB with the two of 16 pairs that forecast the series' own past best, one step ahead; all fitted to each item's weeks up to the
same origins (statsforecast's; no season: one year). Judged by what was wanted in the weeks after the origin:
- WRMSSE as in the M5 competition: at each level (item, category, department, all) RMSSE of the bottom-up sums, weighed by revenue
  of the 4 weeks before the origin; then the mean of the levels, and of the origins. Scales are of the history before the origin.
- stock cost as in measures.stock_cost, dispersion of each model's own errors by segment.
- The champion is the one that the other origins would choose, by segment: origins lie four weeks apart, so that they have seen some
  of the same weeks. Beside it the one that serves, chosen by all origins, and one by segment and class of revenue (A, B, C).
- items that sell in 20 to 60 % of weeks (segment intermittent): mean RMSSE, bias, and pinball loss over the nine levels of negative
  binomials around each mean, dispersion of each model's own errors.
- intervals of the champion that serves, of weeks and of sums of weeks, by segment; in the serving forecast quantiles
  that cross, and sums of the hierarchy that don't add up.
- pinball loss over the nine levels, all items, of the champion that serves, beside the empirical quantiles of each item's last 26
  weeks (as many as it has).
- forecasts made to add up beside each level's own (gold.hierarchy_accuracy): WRMSSE, levels weighed alike.
- our training beside XGBoost's own Spark estimator, and MLlib's, from the same rows in memory to a model, in turn, median of five.
Each line: NAME value goal PASS|FAIL.
"""

import itertools
import json
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial, reduce
from pathlib import Path

import numpy as np
import pandas as pd
from demand_bars import (
    CLASS_CHAMPION,
    CLASSICAL,
    JUDGED,
    TRUE_MEAN,
    cost_bars,
    hierarchy_bars,
    intermittent_bars,
    interval_bars,
    pinball_bar,
    sound_bars,
    wrmsse_bars,
)
from lines import Line, asked_run, said
from numpy.typing import NDArray
from pyspark.ml import Pipeline
from pyspark.ml.feature import VectorAssembler
from pyspark.sql import DataFrame, SparkSession, Window
from pyspark.sql import functions as F

from shelfwise.contracts import features
from shelfwise.contracts.gold.demand import DEMAND_BACKTEST, DEMAND_CHAMPION, DEMAND_FORECAST, FORECAST_ACCURACY
from shelfwise.contracts.gold.hierarchy import DEMAND_HIERARCHY, HIERARCHY_ACCURACY
from shelfwise.core.frames import spread_out
from shelfwise.core.kept import keep
from shelfwise.core.lake import Lake
from shelfwise.core.session import start_session
from shelfwise.core.settings import Settings, load_settings
from shelfwise.demand import champion, regressors, trees
from shelfwise.demand.classical import forecasts
from shelfwise.demand.inputs import HORIZONS, features_without
from shelfwise.demand.rows import training_rows

ITEMS = 5_000
BUDGET = 20.0  # seconds a series and model
FITTED = ("auto_arima", "auto_ets", "theta", "croston_sba", "tsb", "median")
SMOOTHINGS = (0.05, 0.1, 0.2, 0.3)
PAIRS = 5  # our training and the bare one, in turn


def main(source: str, as_of: date, results: Path) -> int:
    settings = load_settings("local", source=source)
    spark = start_session(settings)
    lake = Lake(spark, settings)
    panel, backtest = lake.read(features.ITEM_WEEK, as_of), lake.read(DEMAND_BACKTEST, as_of)
    top = largest(panel, backtest).persist()
    some = panel.join(top, "item_id", "left_semi").persist()
    asked = with_others_champion(backtest, as_of).join(top, "item_id", "left_semi")
    judged = champion.with_champion(asked, lake.read(DEMAND_CHAMPION, as_of))
    # bound: ITEMS x origins x 13 rows, ITEMS x weeks rows
    rows = (
        judged.join(classical(some, judged), ["item_id", "origin", "horizon"], "left").toPandas().assign(everything="*", zero=0.0)
    )
    weeks = some.select("item_id", "category", "department", "week", "units", "shelf_price").toPandas().assign(everything="*")
    weeks["week"], rows["origin"] = pd.to_datetime(weeks["week"]), pd.to_datetime(rows["origin"])
    if source == "simulated":
        rows = rows.merge(true_means(spark, settings), on=["item_id", "origin", "horizon"], how="left", validate="one_to_one")
    lines = [
        *wrmsse_bars(rows, weeks, source),
        *cost_bars(rows),
        *intermittent_bars(rows),
        *fell_back_bars(rows),
        *interval_bars(lake.read(FORECAST_ACCURACY, as_of)),
        *sound_bars(lake.read(DEMAND_FORECAST, as_of), lake.read(DEMAND_HIERARCHY, as_of)),
        *pinball_bar(panel, lake.read(DEMAND_BACKTEST, as_of), lake.read(FORECAST_ACCURACY, as_of)),
        *hierarchy_bars(lake.read(HIERARCHY_ACCURACY, as_of)),
        *wrapper_bars(spark, lake, panel, as_of),
    ]
    return said(lines, results)


def largest(panel: DataFrame, backtest: DataFrame) -> DataFrame:
    first = backtest.agg(F.min("origin").alias("first"))
    known = panel.crossJoin(F.broadcast(first)).where(F.col("week") <= F.col("first"))
    return known.groupBy("item_id").agg(F.sum("revenue").alias("revenue")).orderBy(F.desc("revenue"), "item_id").limit(ITEMS)


def with_others_champion(backtest: DataFrame, as_of: date) -> DataFrame:
    """Adds the forecasts of the champions that the other origins would choose, by segment and by segment and class."""
    rows = keep(backtest.join(classes(backtest), ["item_id", "origin"], "inner"))
    means = {model: F.col(model) for model in champion.CANDIDATES}
    parts = []
    for origin in sorted(row["origin"] for row in rows.select("origin").distinct().collect()):
        others, own = rows.where(F.col("origin") != F.lit(origin)), rows.where(F.col("origin") == F.lit(origin))
        for name, by in ((JUDGED, F.col("segment")), (CLASS_CHAMPION, F.concat_ws(" ", "segment", "class"))):
            chosen = champion.choose_champion(others.withColumn("segment", by), as_of=as_of)
            served = champion.with_model(own.withColumn("known", F.col("segment")).withColumn("segment", by), chosen)
            settled = served.withColumn("segment", F.col("known"))
            own = settled.withColumn(name, champion.of_model(means)).drop("known", "model")
        parts.append(own)
    return reduce(DataFrame.unionByName, parts).drop("class").localCheckpoint()


def classes(backtest: DataFrame) -> DataFrame:
    """A, B and C by item and origin: what makes the first 80 %, the next 15 % and the rest of the 13 weeks' revenue before it."""
    revenue = F.col("price") * F.col("mean_13")
    items = backtest.where("horizon = 1").select("item_id", "origin", revenue.alias("revenue"))
    largest_first = Window.partitionBy("origin").orderBy(F.desc("revenue"), "item_id")
    before = F.sum("revenue").over(largest_first) - F.col("revenue")
    share = F.try_divide(before, F.sum("revenue").over(Window.partitionBy("origin")))
    return items.select("item_id", "origin", F.when(share < 0.8, "A").when(share < 0.95, "B").otherwise("C").alias("class"))


def classical(panel: DataFrame, judged: DataFrame) -> DataFrame:
    """One row per item, origin and horizon: the forecast of each classical model, and how many of them fell back."""
    origins = sorted(row["origin"] for row in judged.select("origin").distinct().collect())

    def fitted(item: pd.DataFrame) -> pd.DataFrame:
        ordered = item.sort_values("week")
        parts = []
        for origin in origins:
            known = ordered[pd.to_datetime(ordered["week"]) <= pd.Timestamp(origin)]["units"].to_numpy(float)
            if len(known):
                made = forecasts(known, horizon=HORIZONS, season=1, models=FITTED, budget=BUDGET)
                columns = {name: forecast.mean for name, forecast in made.items()} | searched(known)
                failed = sum(forecast.fell_back for forecast in made.values())
                facts = {"item_id": item["item_id"].iloc[0], "origin": origin, "horizon": np.arange(1, HORIZONS + 1)}
                parts.append(pd.DataFrame(facts | columns | {"fell_back": failed}))
        return pd.concat(parts) if parts else pd.DataFrame()

    schema = "item_id string, origin date, horizon int, fell_back int, " + ", ".join(f"{name} double" for name in CLASSICAL)
    return spread_out(panel.select("item_id", "week", "units"), "item_id").groupBy("item_id").applyInPandas(fitted, schema)


def searched(known: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """Croston and TSB with what suits the series: by squared errors one step ahead."""
    from statsforecast.models import TSB, CrostonOptimized

    naive = np.full(HORIZONS, known[-1])
    if len(known) < 2 or not known.any():
        return {"croston_searched": naive, "tsb_searched": naive}
    tried = []
    for demand, probability in itertools.product(SMOOTHINGS, SMOOTHINGS):
        made = TSB(alpha_d=demand, alpha_p=probability).forecast(y=known, h=HORIZONS, fitted=True)
        tried.append((float(np.nanmean((made["fitted"] - known) ** 2)), len(tried), made["mean"]))
    found = {"croston_searched": CrostonOptimized().forecast(y=known, h=HORIZONS)["mean"], "tsb_searched": min(tried)[2]}
    return {name: np.where(np.isfinite(mean), mean, naive) for name, mean in found.items()}


def fell_back_bars(rows: pd.DataFrame) -> Iterator[Line]:
    """A rival that can't serve a series forecasts its last value: how often was that?"""
    share = rows["fell_back"].sum() / (len(rows) * len(FITTED))
    yield "share of the classical family's forecasts that fell back to naive", share, "<= .01", share <= 0.01


def true_means(spark: SparkSession, settings: Settings) -> pd.DataFrame:
    """Bound: items x weeks of the planted shop."""
    shop = settings.sources["simulated"]["path"]
    truth = spark.read.parquet(f"{shop}/truth/demand").select("item_id", "week", "wanted").toPandas()
    start = json.loads(Path(shop, "shop.json").read_text())["start"]
    known = truth.assign(
        week=pd.Timestamp(start) + pd.to_timedelta(7 * truth["week"], unit="D")
    )  # it counts weeks from its own first
    ahead = [known.assign(horizon=h, origin=known["week"] - timedelta(days=7 * h - 6)) for h in range(1, HORIZONS + 1)]
    return pd.concat(ahead).drop(columns="week").rename(columns={"wanted": TRUE_MEAN})


def wrapper_bars(spark: SparkSession, lake: Lake, panel: DataFrame, as_of: date) -> Iterator[Line]:
    """In turn, from the same rows in memory to a model: both scale the target and gather the features."""
    promotions, calendar = lake.read(features.PROMOTION_WEEK, as_of), lake.read(features.CALENDAR, as_of)
    rows = training_rows(panel, promotions, calendar, until=as_of, rows=400_000, seed=7).persist()
    known = features_without(trees.silent(panel, as_of))
    for name in trees.MODELS:
        params = trees.without_silent(trees.TreesParams(models=(name,)), panel, as_of)
        power = regressors.variance_power(params.xgboost) if name == "xgboost" else 1.0
        scaled = rows.selectExpr(*known, "target / level AS label", f"weight * pow(level, {1 - power}) AS weight")
        mean = scaled.agg(F.mean("weight").alias("mean")).toPandas()["mean"].item()  # leaves are bounded by their weight
        if name == "gbt":
            bare = Pipeline(stages=[VectorAssembler(inputCols=list(known), outputCol="features"), regressors.gbt(params.gbt)])
        else:
            bare = regressors.xgboost(params.xgboost, known, workers=2)
        asked = scaled.withColumn("weight", F.col("weight") / mean)
        ratio = in_turn(rows, partial(trees.fit, rows, params), partial(bare.fit, asked))
        yield f"our training to the bare estimator's, {name}, seconds", ratio, "<= 1.05", ratio <= 1.05


def in_turn(held: DataFrame, ours: Callable[[], object], bare: Callable[[], object]) -> float:
    """Median of PAIRS ratios on rows that are `held`; each side goes first every other time."""
    held.count()
    ratios = []
    for turn in range(PAIRS):
        seconds = {}
        for name, run in sorted({"ours": ours, "bare": bare}.items(), reverse=turn % 2 == 0):
            began = time.monotonic()
            run()
            seconds[name] = time.monotonic() - began
        ratios.append(seconds["ours"] / seconds["bare"])
    return float(np.median(ratios))


if __name__ == "__main__":
    sys.exit(main(*asked_run(sys.argv[1:], "demand")))
