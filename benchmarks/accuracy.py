"""Are the forecasts and recommendations of the last `make run` as good as they have to be?

    make run && .venv/bin/python benchmarks/accuracy.py

Protocol: reads gold.forecast_accuracy and gold.recommender_accuracy of completejourney at as_of 2017-10-29 (three origins, 13
weeks each, all items of the panel; baselines from the same rows). Beside it the forecast of that day is held against the nine
weeks after it, which no job of the graph reads for anything but the page. Origins of the backtest lie four weeks apart, so that
the calibration without one of them has seen some of its weeks in the other two; the unseen weeks' coverage is free of that.
Each line: NAME value goal PASS|FAIL.
"""

import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
from lines import Line, said
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts import silver
from shelfwise.contracts.gold.demand import DEMAND_FORECAST, FORECAST_ACCURACY, QUANTILE_CALIBRATION
from shelfwise.contracts.gold.recommend import RECOMMENDER_ACCURACY
from shelfwise.core.lake import Lake
from shelfwise.core.session import start_session
from shelfwise.core.settings import load_settings
from shelfwise.demand.quantiles import NONE_LEFT_OUT
from shelfwise.demand.spread import spread_of
from shelfwise.features.panel import weekly_sales

AS_OF = date(2017, 10, 29)
RESULTS = Path(__file__).parent / "results" / "accuracy.json"
OWN = ("champion", "gbt", "xgboost")
NON_ZERO_BASELINES = ("last_week", "mean_4", "mean_13")


def main() -> int:
    settings = load_settings("local")
    lake = Lake(start_session(settings), settings)
    lines = [
        *demand_bars(lake.read(FORECAST_ACCURACY, AS_OF)),
        *recommender_bars(lake.read(RECOMMENDER_ACCURACY, AS_OF)),
        *unseen(lake),
    ]
    return said(lines, RESULTS)


def demand_bars(accuracy: DataFrame) -> Iterator[Line]:
    whole = accuracy.where("origin = '*' AND horizon = 0 AND segment = '*'")
    rows = {(row["level"], row["model"]): row for row in whole.collect()}
    for level, figure in (("item x week", "rmsse"), ("category x week", "wape")):
        best = min(rows[level, model][figure] for model in NON_ZERO_BASELINES)
        for model in OWN:
            value = rows[level, model][figure]
            yield f"{figure} of {model}, {level}", value, f"< {best:.4f} (best non-zero baseline)", value < best
    for model in OWN:
        bias = rows["item x week", model]["bias"]
        yield f"bias of {model}, item x week", bias, "within +-.04", abs(bias) <= 0.04
    for level in ("item x week", "item x cumulated weeks"):
        for nominal in (0.80, 0.90):
            value = rows[level, "champion"][f"coverage_{nominal * 100:.0f}"]
            yield f"coverage of the {nominal:.0%} interval, {level}", value, f"{nominal} +-.03", abs(value - nominal) <= 0.03


def recommender_bars(accuracy: DataFrame) -> Iterator[Line]:
    rows = {(row["model"], row["target"]): row["ndcg_10"] for row in accuracy.collect()}
    for model, target in sorted(rows):
        if model == "als" and "new" in target:
            popular = rows["popularity", target]
            yield f"ndcg_10 of als, {target}", rows[model, target], f"> {popular:.4f} (popularity)", rows[model, target] > popular
        else:
            yield f"ndcg_10 of {model}, {target}", rows[model, target], "for comparison", True


def unseen(lake: Lake) -> Iterator[Line]:
    """The forecast of AS_OF against the complete weeks after it."""
    sold = weekly_sales(lake.read(silver.SALES_LINES), lake.read(silver.ITEMS)).select("item_id", "week", "sold_units")
    known = sold.where(F.col("week") > F.lit(AS_OF)).agg(F.max("week").alias("last")).first()
    asked = lake.read(DEMAND_FORECAST, AS_OF).where(F.col("week") <= F.lit(known["last"] if known else AS_OF))
    held = asked.join(sold, ["item_id", "week"], "left").withColumn("actual", F.coalesce("sold_units", F.lit(0.0)))
    row = held.agg(
        (F.sum(F.col("mean") - F.col("actual")) / F.sum("actual")).alias("bias"),
        (F.sum(F.abs(F.col("mean") - F.col("actual"))) / F.sum("actual")).alias("wape"),
        F.mean((F.col("actual") <= F.col("q95")).cast("double")).alias("below_95"),
        F.mean(F.col("actual").between(F.col("q10"), F.col("q90")).cast("double")).alias("within_80"),
        F.mean(F.col("actual").between(F.col("q05"), F.col("q95")).cast("double")).alias("within_90"),
        F.mean((F.col("actual") > F.col("q90")).cast("double")).alias("above_80"),
        F.mean((F.col("actual") > F.col("q95")).cast("double")).alias("above_90"),
    ).first()
    yield from unseen_coverage(held, lake.read(QUANTILE_CALIBRATION, AS_OF))
    if row:
        yield "unseen weeks: bias of the champion, item x week", row["bias"], "for comparison", True
        yield "unseen weeks: wape of the champion, item x week", row["wape"], "for comparison", True
        for nominal in (80, 90):
            for side in ("within", "above"):
                value = row[f"{side}_{nominal}"]
                yield f"unseen weeks: share {side} the published {nominal} % interval", value, "for comparison", True
        yield "unseen weeks: share at or below the 95 % quantile", row["below_95"], ">= .93 (counts)", row["below_95"] >= 0.93


def unseen_coverage(held: DataFrame, calibration: DataFrame) -> Iterator[Line]:
    """Of the intervals as orders use them, in weeks that no calibration has seen: randomised PIT, the mean of 20 draws."""
    spread = spread_of(calibration.where(F.col("left_out") == F.lit(NONE_LEFT_OUT)))
    rows = held.select("item_id", "segment", "horizon", "mean", "cum_mean", "actual").toPandas()  # bound: items x 9 weeks
    rows = rows.sort_values(["item_id", "horizon"]).reset_index(drop=True)
    rows["cum_actual"] = rows.groupby("item_id")["actual"].cumsum()
    place, draws = spread.places(rows), np.random.default_rng(7)
    for kind, curves, prefix in (("item x week", spread.weekly, ""), ("item x cumulated weeks", spread.cumulated, "cum_")):
        mean, actual = rows[f"{prefix}mean"].to_numpy(float), rows[f"{prefix}actual"].round().to_numpy(float)
        for nominal in (0.80, 0.90):
            tail = (1 - nominal) / 2
            pits = (curves.pits(place, mean, actual, draws.random(len(rows))) for _ in range(20))
            value = float(np.mean([np.mean((pit >= tail) & (pit <= 1 - tail)) for pit in pits]))
            yield (
                f"unseen weeks: coverage of the {nominal:.0%} interval, {kind}",
                value,
                f"{nominal} +-.03",
                abs(value - nominal) <= 0.03,
            )


if __name__ == "__main__":
    sys.exit(main())
