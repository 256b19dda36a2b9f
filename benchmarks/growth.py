"""Does forecasting grow no faster than the shop, and is a forecast the same on fewer cores?

    make run && .venv/bin/python benchmarks/growth.py

Protocol: a tenth of the items of the last run of completejourney (by a hash of the item), and all of them, each by a process of its
own, one after the other: backtest at three origins (without models of single items), weights of the mixture, champions,
calibration, training and forecast, each written and read again as the jobs do it. Two executors apart from the driver, so that its
heap holds no data of theirs; its live heap is the largest after a full collection, asked after each table.
- ten times the series: at most 10.5 times the seconds, at most 1.10 times the driver's live heap
- all of them within 20 minutes
- a fiftieth of the items on local[1] and local[2], XGBoost trained by one worker: the means that serve, and both trees' in
  the backtest, within 1e-6
Each line: NAME value goal PASS|FAIL.
"""

import json
import shutil
import sys
import time
from datetime import date
from pathlib import Path

import pandas as pd
from lines import said
from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from simulate import TWO_EXECUTORS, answered, live_heap

from shelfwise.contracts import features
from shelfwise.contracts.gold.demand import DEMAND_TUNING
from shelfwise.contracts.gold.mixture import CLASSICAL_FORECAST
from shelfwise.core.kept import release
from shelfwise.core.lake import Lake
from shelfwise.core.session import start_session
from shelfwise.core.settings import load_settings
from shelfwise.demand import forecast as serving
from shelfwise.demand.backtest import BacktestParams, backtest
from shelfwise.demand.champion import choose_champion
from shelfwise.demand.mixture.weights import weigh
from shelfwise.demand.quantiles import calibrate
from shelfwise.demand.regressors import XgbParams
from shelfwise.demand.trees import MODELS, TreesParams

ROOT = Path("build/bench-growth")
RESULTS = Path(__file__).parent / "results" / "growth.json"
SOURCE, AS_OF = "completejourney", date(2017, 10, 29)
PARTS = 1_000


def main() -> int:
    shutil.rmtree(ROOT, ignore_errors=True)
    tenth, whole = (asked(name, TWO_EXECUTORS, parts, 2) for name, parts in (("tenth", PARTS // 10), ("whole", PARTS)))
    print(f"{tenth}\n{whole}", flush=True)
    slower, larger, series = (whole[name] / tenth[name] for name in ("seconds", "heap", "series"))
    one, two = (asked(f"on-{n}", f"local[{n}]", PARTS // 50, 1) for n in (1, 2))
    print(f"{one}\n{two}", flush=True)
    gap = apart("on-1", "on-2")
    return said(
        [
            (f"seconds of {series:.2f} times the series", slower, "<= 10.5 times", slower <= 10.5),
            ("driver's live heap of the same", larger, "<= 1.10 times", larger <= 1.10),
            ("seconds of all series", whole["seconds"], "<= 1200", whole["seconds"] <= 1200),
            ("largest gap between means on local[1] and local[2]", gap, "<= 1e-6", gap <= 1e-6),
        ],
        RESULTS,
    )


def asked(name: str, master: str, parts: int, workers: int) -> dict[str, float]:
    return answered(__file__, {"name": name, "master": master, "parts": parts, "workers": workers})


def forecast(name: str, master: str, parts: int, workers: int) -> dict[str, float]:
    sets = [f"spark.master={master}", f"spark.log={ROOT}/{name}.log"]
    spark = start_session(load_settings("local", sets, source=SOURCE))
    lake = Lake(spark, load_settings("local", source=SOURCE))
    tables = (features.ITEM_WEEK, features.PROMOTION_WEEK, features.CALENDAR)
    panel, promotions, calendar = (lake.read(table, AS_OF) for table in tables)
    some = F.pmod(F.xxhash64("item_id"), F.lit(PARTS)) < parts
    panel, promotions = panel.where(some), promotions.where(some)
    untuned, alone = (spark.createDataFrame([], table.struct) for table in (DEMAND_TUNING, CLASSICAL_FORECAST))
    settled = {"xgboost": XgbParams(workers=workers)}
    heaps: dict[str, float] = {}
    asking = 0.0

    def through_disk(rows: DataFrame, what: str) -> DataFrame:
        nonlocal asking
        rows.write.parquet(f"{ROOT}/{name}/{what}")
        release()
        began = time.monotonic()
        heaps[f"heap after {what}"] = live_heap(spark._jvm)
        asking += time.monotonic() - began
        return spark.read.parquet(f"{ROOT}/{name}/{what}")

    began = time.monotonic()
    known = (panel, promotions, calendar)
    judged = through_disk(backtest(*known, untuned, alone, params=BacktestParams(**settled), as_of=AS_OF), "backtest")
    mixture = through_disk(weigh(judged, alone, as_of=AS_OF), "mixture")
    champions = through_disk(choose_champion(judged, as_of=AS_OF), "champions")
    calibration = through_disk(calibrate(judged, champions, as_of=AS_OF), "calibration")
    fitted = serving.train(*known, judged, champions, untuned, params=TreesParams(**settled), as_of=AS_OF)
    made = through_disk(serving.forecast(fitted.model, *known, champions, calibration, alone, mixture, as_of=AS_OF), "forecast")
    seconds = time.monotonic() - began - asking
    return heaps | {"seconds": seconds, "heap": max(heaps.values()), "series": float(made.select("item_id").distinct().count())}


def apart(one: str, other: str) -> float:
    """The largest gap between the serving means, and between each tree model's of the backtest, whoever serves."""
    gaps = []
    for what, key, means in (
        ("forecast", ["item_id", "horizon"], ["mean"]),
        ("backtest", ["item_id", "origin", "horizon"], [*MODELS]),
    ):
        first, second = (pd.read_parquet(ROOT / name / what, columns=[*key, *means]) for name in (one, other))
        both = first.merge(second, on=key, how="outer", suffixes=("_one", "_other"), validate="one_to_one")
        gaps += [(both[f"{name}_one"] - both[f"{name}_other"]).abs() for name in means]
    return max(float(gap.max()) if gap.notna().all() else float("inf") for gap in gaps)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(forecast(**json.loads(sys.argv[1]))))
    else:
        sys.exit(main())
