"""What benchmarks/demand.py judges forecasts by: figures of rows (item, origin, horizon) that hold each model's mean."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

import numpy as np
import pandas as pd
from lines import Line
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.gold.demand import FORECAST_CHECKS, LEVELS
from shelfwise.demand import champion
from shelfwise.demand.inputs import HORIZONS
from shelfwise.measures import counts, evidence, stock_cost

CLASSICAL = ("auto_arima", "auto_ets", "theta", "croston_sba", "croston_searched", "tsb", "tsb_searched", "median")
TRUE_MEAN = "true_mean"  # of the planted shop; it knows promotions before anybody announces them
JUDGED = "others_champion"  # the champion as chosen without the origin that judges it
CLASS_CHAMPION = "class_champion"  # the same, chosen by segment and class of revenue
ANNOUNCED = 4  # weeks ahead: promotions there are known 28 days before
BASELINES = ("last_week", "mean_4", "mean_13", "zero", "seasonal_naive")
NODES = {"item": "item_id", "category": "category", "department": "department", "all": "everything"}
WEIGHT_WEEKS = 4
EMPIRICAL_WEEKS = 26
WHOLE = "model = 'champion' AND origin = '*' AND horizon = 0"
GOALS = {"completejourney": 0.85, "online_retail": 0.93, "simulated": 0.80}
ADDS_UP = 1e-6


def wrmsse_bars(rows: pd.DataFrame, weeks: pd.DataFrame, source: str) -> Iterator[Line]:
    ours = everywhere(rows, (JUDGED, "champion", CLASS_CHAMPION, "gbt", "xgboost", "mixture", TRUE_MEAN))
    simple = everywhere(rows, BASELINES)
    table = pd.DataFrame({name: wrmsse(rows, weeks, name) for name in (*ours, *CLASSICAL, *simple)}).T
    print(table.assign(mean=table.mean(axis=1)).round(4).to_string())
    whole = table.mean(axis=1)
    best = whole[simple].idxmin()
    ratio, naive = whole[JUDGED] / whole["auto_ets"], whole[JUDGED] / whole[best]
    yield "WRMSSE of the champion to bottom-up ETS", ratio, f"<= {GOALS.get(source, 1.0)}", ratio <= GOALS.get(source, 1.0)
    yield f"WRMSSE of the champion to the best baseline ({best})", naive, "<= .95", naive <= 0.95
    if TRUE_MEAN in whole:
        known = whole[JUDGED] / whole[TRUE_MEAN]
        yield "WRMSSE of the champion to that of who knows the true mean", known, "<= 1.10", known <= 1.10
        for level, ratio in (table.loc[JUDGED] / table.loc[TRUE_MEAN]).items():
            yield f"the same, level {level}", ratio, "for comparison", True
        announced = rows[rows["horizon"] <= ANNOUNCED]
        near, true = (pd.Series(wrmsse(announced, weeks, name)) for name in (JUDGED, TRUE_MEAN))
        yield "the same, weeks whose promotions are announced", near.mean() / true.mean(), "for comparison", True
        for level, ratio in (near / true).items():
            yield f"the same, weeks whose promotions are announced, level {level}", ratio, "for comparison", True
    for name in ours[1:]:
        yield f"WRMSSE of {name} to bottom-up ETS", whole[name] / whole["auto_ets"], "for comparison", True


def everywhere(rows: pd.DataFrame, models: Sequence[str]) -> list[str]:
    """Those that forecast every row."""
    return [name for name in models if name in rows and rows[name].notna().all()]


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
    compared = (JUDGED, "champion", CLASS_CHAMPION, "gbt", "xgboost", "mixture", *CLASSICAL, *BASELINES)
    costs = {name: simulated_cost(rows, name) for name in everywhere(rows, compared)}
    print(pd.Series(costs).round(4).to_string())
    best = min(CLASSICAL, key=lambda name: costs[name])
    ratio = costs[JUDGED] / costs[best]
    yield f"stock cost of the champion to the best classical model ({best})", ratio, "<= .90", ratio <= 0.90
    yield "the same, chosen with the origin that judges it, as it serves", costs["champion"] / costs[best], "for comparison", True
    yield "the same, chosen by segment and class of revenue", costs[CLASS_CHAMPION] / costs[best], "for comparison", True


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
    rivals = ("croston_sba", "croston_searched", "tsb", "tsb_searched", "zero", "last_week")
    for figure, judge in (("RMSSE", series_rmsse), ("pinball loss", weekly_pinball)):
        found = {name: judge(some, name) for name in (JUDGED, *rivals)}
        for name in rivals:
            goal, better = f"< {found[name]:.4f} ({name})", found[JUDGED] < found[name]
            yield f"intermittent items: {figure} of the champion, against {name}", found[JUDGED], goal, better
    bias = (some[JUDGED] - some["actual"]).sum() / some["actual"].sum()
    yield "intermittent items: bias of the champion", bias, "within +-.04", abs(bias) <= 0.04


def series_rmsse(rows: pd.DataFrame, model: str) -> float:
    squared = ((rows[model] - rows["actual"]) ** 2).groupby([rows["item_id"], rows["origin"]]).mean()
    return float((np.sqrt(squared) / rows.groupby(["item_id", "origin"])["scale"].first()).mean())


def weekly_pinball(rows: pd.DataFrame, model: str) -> float:
    """Of the nine quantiles of a negative binomial around the mean, dispersion of the model's own weekly errors by moments."""
    actual, mean = rows["actual"].to_numpy(float), np.maximum(rows[model].to_numpy(float), counts.LEAST_MEAN)
    spread = evidence.excess(actual, mean).sum() / mean.sum()  # a mean of next to nothing says nothing of the spread
    dispersion = np.full(len(rows), max(spread, counts.LEAST_DISPERSION))
    quantiles = counts.quantile(np.tile(LEVELS, (len(rows), 1)), mean, dispersion)
    return float(counts.pinball(actual, quantiles, LEVELS).mean())


def sound_bars(forecast: DataFrame, hierarchy: DataFrame) -> Iterator[Line]:
    """Of the serving forecast: rows whose quantiles cross, and the largest gap between a parent and its children."""
    crossing = forecast.where(f"NOT ({FORECAST_CHECKS['quantiles_do_not_cross']})").count()
    yield "rows of the serving forecast whose quantiles cross", float(crossing), "0", crossing == 0
    levels = [level for level in NODES if level != "item"]
    for level, below in zip(levels, ("item", *levels[:-1]), strict=True):
        by = {"category": ["department", "category"], "department": ["department"], "all": []}[level]
        parents = hierarchy.where(F.col("level") == level).select("horizon", *by, F.col("mean").alias("whole"))
        children = hierarchy.where(F.col("level") == below).groupBy("horizon", *by).agg(F.sum("mean").alias("parts"))
        gap = F.abs(F.col("whole") - F.coalesce("parts", F.lit(0.0))) / F.greatest(F.col("whole"), F.lit(1.0))
        worst = parents.join(children, ["horizon", *by], "left").agg(F.max(gap).alias("gap")).toPandas()["gap"].item()
        yield f"largest gap between level {level} and the sum of {below}", worst, "<= 1e-6", worst <= ADDS_UP


def interval_bars(accuracy: DataFrame) -> Iterator[Line]:
    """Of weeks and of demand cumulated to them, which orders rest on; randomised PIT."""
    rows = accuracy.where(f"{WHOLE} AND level LIKE 'item x %'").toPandas()
    for row in rows.sort_values(["level", "segment"]).itertuples():
        if row.segment != "*" and row.rows < 2000:
            continue
        slack = 0.02 if row.segment == "*" else 0.04
        for nominal, value in ((0.80, row.coverage_80), (0.90, row.coverage_90)):
            name = f"{row.level}, {'all' if row.segment == '*' else row.segment}"
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
    means = table[table["level"] == "*"].set_index("method")["wrmsse"]
    yield "MinT to bottom-up, mean of levels", means["mint"] / means["bottom_up"], "for comparison", True
    yield f"adding up by {method} to levels' own forecasts, mean of levels", ratios["*"], "< 1", ratios["*"] < 1
    yield "the level that it serves worst", ratios.drop("*").max(), "<= 1.01", ratios.drop("*").max() <= 1.01
    for level in ("category", "department", "all"):
        for nominal, name in ((0.80, "coverage_80"), (0.90, "coverage_90")):
            value = chosen.loc[level, name]
            yield f"coverage of the {nominal:.0%} interval, level {level}", value, "for comparison", True
