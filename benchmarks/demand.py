"""Do the forecasts that orders rest on beat what else could be used: naive ones, the classical family, and on what terms?

    make run && .venv/bin/python benchmarks/demand.py [SOURCE AS_OF]

Protocol: the backtest of the last run (three origins, 13 weeks each), of the 5,000 items with the most revenue before the first
origin, beside automatic ETS, dynamic optimised theta, Croston SBA and TSB, fitted to each item's weeks up to the same origins
(statsforecast's defaults; no season: one year). Judged by what was wanted in the weeks after the origin:
- WRMSSE as in the M5 competition: at each level (item, category, department, all) RMSSE of the bottom-up sums, weighed by revenue
  of the 4 weeks before the origin; then the mean of the levels, and of the origins. Scales are of the history before the origin.
- stock cost as in measures.stock_cost, dispersion of each model's own errors by segment.
- items that sell in 20 to 60 % of weeks (segment intermittent): mean RMSSE, and bias.
- intervals of the champion, by segment.
- pinball loss over the nine levels, all items, beside the empirical quantiles of each item's last 26 weeks (as many as it has).
- forecasts made to add up beside each level's own (gold.hierarchy_accuracy): WRMSSE, levels weighed alike.
- our training beside XGBoost's own Spark estimator on the same rows, in turn.
Each line: NAME value goal PASS|FAIL.
"""

import json
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
from lines import Line, asked_run, said
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from shelfwise.contracts import features
from shelfwise.contracts.gold.demand import DEMAND_BACKTEST, DEMAND_CHAMPION, FORECAST_ACCURACY, LEVELS
from shelfwise.contracts.gold.hierarchy import HIERARCHY_ACCURACY
from shelfwise.core.lake import Lake
from shelfwise.core.session import start_session
from shelfwise.core.settings import Settings, load_settings
from shelfwise.demand import champion, regressors, trees
from shelfwise.demand.classical import forecasts
from shelfwise.demand.inputs import FEATURES, HORIZONS
from shelfwise.demand.rows import training_rows
from shelfwise.measures import counts, stock_cost

CLASSICAL = ("auto_ets", "theta", "croston_sba", "tsb")
TRUE_MEAN = "true_mean"  # of the planted shop; it knows promotions before anybody announces them
ANNOUNCED = 4  # weeks ahead: promotions there are known 28 days before
BASELINES = ("last_week", "mean_4", "mean_13")
NODES = {"item": "item_id", "category": "category", "department": "department", "all": "everything"}
WEIGHT_WEEKS = 4
ITEMS = 5_000
EMPIRICAL_WEEKS = 26
WHOLE = "model = 'champion' AND origin = '*' AND horizon = 0"
BUDGET = 20.0  # seconds a series and model
GOALS = {"completejourney": 0.85, "online_retail": 0.93, "simulated": 0.80}


def main(source: str, as_of: date, results: Path) -> int:
    settings = load_settings("local", source=source)
    spark = start_session(settings)
    lake = Lake(spark, settings)
    panel, backtest = lake.read(features.ITEM_WEEK, as_of), lake.read(DEMAND_BACKTEST, as_of)
    top = largest(panel, backtest).persist()
    some = panel.join(top, "item_id", "left_semi").persist()
    judged = champion.with_champion(backtest.join(top, "item_id", "left_semi"), lake.read(DEMAND_CHAMPION, as_of))
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
        *interval_bars(lake.read(FORECAST_ACCURACY, as_of)),
        *pinball_bar(panel, lake.read(DEMAND_BACKTEST, as_of), lake.read(FORECAST_ACCURACY, as_of)),
        *hierarchy_bars(lake.read(HIERARCHY_ACCURACY, as_of)),
        *wrapper_bar(spark, lake, panel, as_of),
    ]
    return said(lines, results)


def largest(panel: DataFrame, backtest: DataFrame) -> DataFrame:
    first = backtest.agg(F.min("origin").alias("first"))
    known = panel.crossJoin(F.broadcast(first)).where(F.col("week") <= F.col("first"))
    return known.groupBy("item_id").agg(F.sum("revenue").alias("revenue")).orderBy(F.desc("revenue"), "item_id").limit(ITEMS)


def classical(panel: DataFrame, judged: DataFrame) -> DataFrame:
    """One row per item, origin and horizon: the forecast of each classical model."""
    origins = sorted(row["origin"] for row in judged.select("origin").distinct().collect())

    def fitted(item: pd.DataFrame) -> pd.DataFrame:
        ordered = item.sort_values("week")
        parts = []
        for origin in origins:
            known = ordered[pd.to_datetime(ordered["week"]) <= pd.Timestamp(origin)]["units"].to_numpy(float)
            if len(known):
                made = forecasts(known, horizon=HORIZONS, season=1, models=CLASSICAL, budget=BUDGET)
                columns = {name: forecast.mean for name, forecast in made.items()}
                facts = {"item_id": item["item_id"].iloc[0], "origin": origin, "horizon": np.arange(1, HORIZONS + 1)}
                parts.append(pd.DataFrame(facts | columns))
        return pd.concat(parts) if parts else pd.DataFrame()

    schema = "item_id string, origin date, horizon int, " + ", ".join(f"{name} double" for name in CLASSICAL)
    return panel.select("item_id", "week", "units").groupBy("item_id").applyInPandas(fitted, schema)


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


def wrmsse_bars(rows: pd.DataFrame, weeks: pd.DataFrame, source: str) -> Iterator[Line]:
    ours = [name for name in ("champion", "gbt", "xgboost", "mixture", TRUE_MEAN) if name in rows and rows[name].notna().all()]
    found = {name: wrmsse(rows, weeks, name) for name in (*ours, *CLASSICAL, *BASELINES, "zero")}
    table = pd.DataFrame(found).T
    print(table.assign(mean=table.mean(axis=1)).round(4).to_string())
    whole = table.mean(axis=1)
    best = whole[list(BASELINES)].idxmin()
    ratio, naive = whole["champion"] / whole["auto_ets"], whole["champion"] / whole[best]
    yield "WRMSSE of the champion to bottom-up ETS", ratio, f"<= {GOALS.get(source, 1.0)}", ratio <= GOALS.get(source, 1.0)
    yield f"WRMSSE of the champion to the best baseline ({best})", naive, "<= .95", naive <= 0.95
    if TRUE_MEAN in whole:
        known = whole["champion"] / whole[TRUE_MEAN]
        yield "WRMSSE of the champion to that of who knows the true mean", known, "<= 1.10", known <= 1.10
        for level, ratio in (table.loc["champion"] / table.loc[TRUE_MEAN]).items():
            yield f"the same, level {level}", ratio, "for comparison", True
        announced = rows[rows["horizon"] <= ANNOUNCED]
        near, true = (pd.Series(wrmsse(announced, weeks, name)) for name in ("champion", TRUE_MEAN))
        yield "the same, weeks whose promotions are announced", near.mean() / true.mean(), "for comparison", True
        for level, ratio in (near / true).items():
            yield f"the same, weeks whose promotions are announced, level {level}", ratio, "for comparison", True
    for name in ours[1:]:
        yield f"WRMSSE of {name} to bottom-up ETS", whole[name] / whole["auto_ets"], "for comparison", True


def wrmsse(rows: pd.DataFrame, weeks: pd.DataFrame, model: str) -> dict[str, float]:
    """By level, mean over origins."""
    found: dict[str, list[float]] = {level: [] for level in NODES}
    for origin, asked in rows.groupby("origin"):
        known = weeks[weeks["week"] <= origin]
        recent = known[known["week"] > origin - timedelta(weeks=WEIGHT_WEEKS)]
        for level, by in NODES.items():
            history = known.pivot_table(index=by, columns="week", values="units", aggfunc="sum").to_numpy()
            names = known.groupby(by).size().index
            change = pd.DataFrame(np.diff(history, axis=1) ** 2, index=names)
            scale = np.sqrt(change.mean(axis=1))  # none of a series of one week
            summed = asked.groupby([by, "horizon"])[["actual", model]].sum()
            error = np.sqrt(((summed[model] - summed["actual"]) ** 2).groupby(level=0).mean())
            revenue = (recent["units"] * recent["shelf_price"]).groupby(recent[by]).sum().reindex(error.index).fillna(0.0)
            score = (error / scale.reindex(error.index)).replace([np.inf], np.nan)
            usable = score.notna() & (revenue > 0)
            found[level].append(float((score[usable] * revenue[usable]).sum() / revenue[usable].sum()))
    return {level: float(np.mean(scores)) for level, scores in found.items()}


def cost_bars(rows: pd.DataFrame) -> Iterator[Line]:
    costs = {
        name: simulated_cost(rows, name)
        for name in ("champion", "gbt", "xgboost", "mixture", *CLASSICAL, *BASELINES)
        if rows[name].notna().all()
    }
    print(pd.Series(costs).round(4).to_string())
    best = min(CLASSICAL, key=lambda name: costs[name])
    ratio = costs["champion"] / costs[best]
    yield f"stock cost of the champion to the best classical model ({best})", ratio, "<= .90", ratio <= 0.90


def simulated_cost(rows: pd.DataFrame, model: str) -> float:
    """Per item and week."""
    total, series = 0.0, 0
    for _, part in rows.groupby("segment"):
        whole = (
            part.sort_values(["item_id", "origin", "horizon"])
            .groupby(["item_id", "origin"])
            .filter(lambda one: len(one) == HORIZONS)
        )
        actual, mean = (whole[name].to_numpy(float).reshape(-1, HORIZONS) for name in ("actual", model))
        excess, forecast = champion.moments(actual, mean)
        dispersion = max(excess.sum() / max(forecast.sum(), counts.LEAST_MEAN), counts.LEAST_DISPERSION)
        total += stock_cost.stock_cost(actual, champion.levels(mean, np.full(len(mean), dispersion))).sum()
        series += len(actual)
    return total / (series * (HORIZONS - stock_cost.LEAD))


def intermittent_bars(rows: pd.DataFrame) -> Iterator[Line]:
    some = rows[(rows["segment"] == "intermittent") & rows["scale"].notna()]
    rivals = ("croston_sba", "tsb", "zero", "last_week")
    found = {name: series_rmsse(some, name) for name in ("champion", *rivals)}
    for name in rivals:
        goal = f"< {found[name]:.4f} ({name})"
        yield f"intermittent items: RMSSE of the champion, against {name}", found["champion"], goal, found["champion"] < found[name]
    bias = (some["champion"] - some["actual"]).sum() / some["actual"].sum()
    yield "intermittent items: bias of the champion", bias, "within +-.04", abs(bias) <= 0.04


def series_rmsse(rows: pd.DataFrame, model: str) -> float:
    squared = ((rows[model] - rows["actual"]) ** 2).groupby([rows["item_id"], rows["origin"]]).mean()
    return float((np.sqrt(squared) / rows.groupby(["item_id", "origin"])["scale"].first()).mean())


def interval_bars(accuracy: DataFrame) -> Iterator[Line]:
    rows = accuracy.where(f"{WHOLE} AND level = 'item x week'").toPandas()
    for row in rows.sort_values("segment").itertuples():
        if row.segment != "*" and row.rows < 2000:
            continue
        slack = 0.02 if row.segment == "*" else 0.04
        for nominal, value in ((0.80, row.coverage_80), (0.90, row.coverage_90)):
            name = "all items" if row.segment == "*" else row.segment
            yield f"coverage of the {nominal:.0%} interval, {name}", value, f"{nominal} +-{slack}", abs(value - nominal) <= slack


def pinball_bar(panel: DataFrame, backtest: DataFrame, accuracy: DataFrame) -> Iterator[Line]:
    origins = F.broadcast(backtest.select("origin").distinct())
    age = F.datediff("origin", "week")
    recent = panel.select("item_id", "week", "units").crossJoin(origins).where((age >= 6) & (age < 7 * EMPIRICAL_WEEKS))
    grid = recent.groupBy("item_id", "origin").agg(F.percentile("units", F.array(*[F.lit(p) for p in LEVELS])).alias("grid"))
    over = [F.col("actual") - F.col("grid")[n] for n in range(len(LEVELS))]
    losses = [F.greatest(p * gap, (p - 1) * gap) for p, gap in zip(LEVELS, over, strict=True)]
    judged = backtest.join(grid, ["item_id", "origin"], "inner").agg(F.mean(sum(losses[1:], losses[0]) / len(LEVELS)).alias("loss"))
    rival = judged.toPandas()["loss"].item()
    own = accuracy.where(f"{WHOLE} AND level = 'item x week' AND segment = '*'").toPandas()["pinball"].item()
    yield "pinball loss to that of empirical quantiles", own / rival, "<= .85", own <= 0.85 * rival


def hierarchy_bars(accuracy: DataFrame) -> Iterator[Line]:
    table = accuracy.toPandas()
    print(table.pivot(index="level", columns="method", values="wrmsse").round(4).to_string())
    chosen = table[table["chosen"]].set_index("level")
    ratios = chosen["wrmsse"] / table[table["method"] == "base"].set_index("level")["wrmsse"]
    method = chosen["method"].iloc[0]
    yield f"adding up by {method} to levels' own forecasts, mean of levels", ratios["*"], "< 1", ratios["*"] < 1
    yield "the level that it serves worst", ratios.drop("*").max(), "<= 1.01", ratios.drop("*").max() <= 1.01
    for level in ("category", "department", "all"):
        for nominal, name in ((0.80, "coverage_80"), (0.90, "coverage_90")):
            value = chosen.loc[level, name]
            yield f"coverage of the {nominal:.0%} interval, level {level}", value, "for comparison", True


def wrapper_bar(spark: SparkSession, lake: Lake, panel: DataFrame, as_of: date) -> Iterator[Line]:
    """In turn, three times each, on rows that lie in memory."""
    promotions, calendar = lake.read(features.PROMOTION_WEEK, as_of), lake.read(features.CALENDAR, as_of)
    rows = training_rows(panel, promotions, calendar, until=as_of, rows=400_000, seed=7).persist()
    params = trees.TreesParams(models=("xgboost",))
    scaled = rows.selectExpr(
        *FEATURES, "target / level AS label", f"weight * pow(level, {1 - params.xgboost.variance_power}) AS weight"
    )
    mean = scaled.agg(F.mean("weight").alias("mean"))
    bare_rows = scaled.crossJoin(F.broadcast(mean)).withColumn("weight", F.col("weight") / F.col("mean")).drop("mean").persist()
    rows.count(), bare_rows.count()
    seconds: dict[str, list[float]] = {"ours": [], "bare": []}
    for _ in range(3):
        began = time.monotonic()
        trees.fit(rows, params)
        seconds["ours"].append(time.monotonic() - began)
        began = time.monotonic()
        regressors.xgboost(params.xgboost, FEATURES, workers=2).fit(bare_rows)
        seconds["bare"].append(time.monotonic() - began)
    ratio = min(seconds["ours"]) / min(seconds["bare"])
    yield "our training to XGBoost's own, seconds", ratio, "<= 1.05", ratio <= 1.05


if __name__ == "__main__":
    sys.exit(main(*asked_run(sys.argv[1:], "demand")))
