"""Are launches ranked before their first sale, is the greedy choice near the best, and what do 100,000 candidates take?

    make run && .venv/bin/python benchmarks/introductions.py [CANDIDATES]

Protocol.
- Launches: gold.launch_backtest's hold-out 'any' of the last run (completejourney at as_of 2017-10-29): revenue of the first 8
  weeks foreseen on the eve (mean of the three sources x first price) against what came, by Spearman's rank correlation. Beside it
  the mean of the category's earlier launches x price, and the price alone, which most of a launch's revenue hangs on where most
  sell one.
- Choice: 100 seeded pools of 14 candidates on 5 shelves, budget 35 % of all opening orders: worth of introductions.sets.choose to
  that of introductions.exact.best, an MILP by HiGHS; and the seconds of both.
- Scale: so many drawn candidates (100,000) x 1,000 scenarios through introductions.worth on local[2], a tenth of them first:
  seconds, growth, and the driver's live heap after each.
Each line: NAME value goal PASS|FAIL.
"""

import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from introductions_pools import drawn_pool, drawn_rows
from lines import AS_OF, SOURCE, Line, said
from pyspark.sql import SparkSession
from pyspark.sql import functions as F
from scipy.stats import spearmanr
from simulate import live_heap

from shelfwise.contracts import features
from shelfwise.contracts.gold.launches import LAUNCH_BACKTEST
from shelfwise.core.lake import Lake
from shelfwise.core.session import start_session
from shelfwise.core.settings import load_settings
from shelfwise.introductions import exact
from shelfwise.introductions.chosen import Limits
from shelfwise.introductions.sets import choose
from shelfwise.introductions.worth import WorthParams, valued

CANDIDATES, SCENARIOS, POOLS = 100_000, 1_000, 100
SOURCES = ["attributes", "analogues", "category_curve"]


def main(candidates: int) -> int:
    settings = load_settings("local", source=SOURCE)
    spark = start_session(settings)
    lines = [*launches(Lake(spark, settings)), *choices(), *scale(spark, candidates)]
    return said(lines, Path(__file__).parent / "results" / "introductions.json" if candidates == CANDIDATES else None)


def launches(lake: Lake) -> Iterator[Line]:
    as_of = date.fromisoformat(AS_OF)
    rows = lake.read(LAUNCH_BACKTEST, as_of).where("holdout = 'any'").select("item_id", "actual", *SOURCES).toPandas()
    first = lake.read(features.ITEM_WEEK, as_of).groupBy("item_id").agg(F.min_by("shelf_price", "week").alias("price"))
    sums = rows.groupby("item_id").sum().join(first.toPandas().set_index("item_id"))
    revenue, foreseen = sums["actual"] * sums["price"], sums[SOURCES].mean(axis=1) * sums["price"]
    ours, mean = _rank(foreseen, revenue), _rank(sums["category_curve"] * sums["price"], revenue)
    yield "launches ranked before their first sale", float(len(sums)), "for comparison", True
    yield "Spearman with revenue of 8 weeks", ours, ">= .35", ours >= 0.35
    yield "Spearman of the attributes' mean (category) x price", mean, "below ours", mean < ours
    yield "Spearman of the price alone", _rank(sums["price"], revenue), "for comparison", True
    yield "Spearman of units foreseen with units", _rank(sums[SOURCES].mean(axis=1), sums["actual"]), "for comparison", True


def _rank(foreseen: pd.Series, came: pd.Series) -> float:
    return float(spearmanr(foreseen, came)[0])


def choices() -> Iterator[Line]:
    ratios, seconds = [], np.zeros(2)
    for seed in range(POOLS):
        pool = drawn_pool(seed)
        limits = Limits(budget=float(pool.uses[:, 0].sum() * 0.35), places=None)
        begin = time.perf_counter()
        greedy = choose(pool, limits)
        middle = time.perf_counter()
        best = exact.best(pool, limits)
        seconds += middle - begin, time.perf_counter() - middle
        ratios.append(greedy.worth / best.worth if best.worth > 0 else 1.0)
    lowest = min(ratios)
    yield "greedy to the best set, the worst of 100", lowest, ">= .99", lowest >= 0.99
    yield "greedy to the best set, mean", float(np.mean(ratios)), "for comparison", True
    yield "seconds of greedy to those of the MILP", float(seconds[0] / seconds[1]), "for comparison", True


def scale(spark: SparkSession, candidates: int) -> Iterator[Line]:
    params = WorthParams(scenarios=SCENARIOS)
    taken, heap = [], []
    for count in (candidates // 10, candidates):
        begin = time.perf_counter()
        told = valued(drawn_rows(spark, count), params, date.fromisoformat(AS_OF))
        told.write.format("noop").mode("overwrite").save()
        taken.append(time.perf_counter() - begin)
        heap.append(live_heap(spark._jvm))
    yield f"seconds for {candidates:,} candidates x {SCENARIOS:,} scenarios", taken[1], "stated", True
    yield "10 x the candidates, times the seconds", taken[1] / taken[0], "<= 10.5", taken[1] / taken[0] <= 10.5
    yield "driver's live heap, MB", heap[1], "stated", True
    yield "driver's live heap, times", heap[1] / heap[0], "<= 1.10", heap[1] / heap[0] <= 1.10


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else CANDIDATES))
