"""Do factors and lists grow no faster than the shop, and what does our training cost beside MLlib's alone?

    .venv/bin/python benchmarks/recommend_scale.py [--customers 200000] [--items 20000] [--interactions 5000000]

Protocol: what customers take is drawn by hashes with a seed: items by a power law of popularity, half of a customer's within a
circle of its own, of 50. The planted shop would draw every visit, price and shelf beside. A tenth of the customers with
what they take, and all of them, of the same items, each by a process of its own, one after the other, on two executors apart
from the driver, so that its heap holds no data of theirs; its live heap is the largest after a full collection, asked after each
training and after the lists. By turns, after one turn that does not count: `models.factors.alternating`, and MLlib's bare ALS of
the same settings (those of recommend.als) on the same rows; medians of three turns. Then, once each: `recommend.als.fit_factors`
from interactions on, as the job has it; lists of ten new items for all customers by `recommend.vectors.best`; MLlib's of any ten.
- all customers: seconds of our training to bare ALS's at most 1.05
- ten times the customers: seconds of training and of lists at most 10.5 times, the driver's live heap at most 1.10 times
- largest memory of executors and of their Python workers for comparison (resident; what workers share counts in each)
Each line: NAME value goal PASS|FAIL. Other sizes than the usual ones leave the results file alone.
"""

import json
import os
import shutil
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import TypeVar

from fulfil import uniform
from lines import Line, said
from pyspark.ml.recommendation import ALS, ALSModel
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from resident import MB, watched
from simulate import TWO_EXECUTORS, answered, live_heap

from shelfwise.core.session import start_session
from shelfwise.core.settings import load_settings
from shelfwise.recommend.als import AlsParams, fit_factors
from shelfwise.recommend.models.factors import alternating, vectors_of
from shelfwise.recommend.vectors import PAIR, best

ROOT = Path("build/bench-recommend-scale")
RESULTS = Path(__file__).parent / "results" / "recommend_scale.json"
SIZES = {"customers": 200_000, "items": 20_000, "interactions": 5_000_000}
CIRCLES, K, TURNS = 50, 10, 3
SETTINGS = AlsParams()

Figures = dict[str, float]
Made = TypeVar("Made")


def main() -> int:
    parser = ArgumentParser()
    for name, size in SIZES.items():
        parser.add_argument(f"--{name}", type=int, default=size)
    sizes = vars(parser.parse_args())
    shutil.rmtree(ROOT, ignore_errors=True)
    began = os.getloadavg()[0]
    few = sizes | {name: sizes[name] // 10 for name in ("customers", "interactions")}
    tenth, whole = (asked(name, of) for name, of in (("tenth", few), ("whole", sizes)))
    load = f"for comparison ({began:.1f} at the start)"
    lines = [*compared(tenth, whole), ("machine's load at the end", os.getloadavg()[0], load, True)]
    return said(lines, RESULTS if sizes == SIZES else None)


def asked(name: str, sizes: dict[str, int]) -> Figures:
    figures = answered(__file__, {"name": name, **sizes})
    print(f"{name}: {figures}", flush=True)
    return figures


def compared(tenth: Figures, whole: Figures) -> list[Line]:
    ratio = whole["ours"] / whole["bare"]
    heap, training, lists = (whole[name] / tenth[name] for name in ("heap", "ours", "lists"))
    told = ("ours", "bare", "job", "lists", "MLlib lists", "heap", "executors", "python", "pairs")
    return [
        ("seconds of our training to bare ALS's", ratio, "<= 1.05", ratio <= 1.05),
        ("seconds of training, ten times the customers", training, "<= 10.5 times", training <= 10.5),
        ("seconds of lists, ten times the customers", lists, "<= 10.5 times", lists <= 10.5),
        ("driver's live heap, ten times the customers", heap, "<= 1.10 times", heap <= 1.10),
        *[
            (f"{size}: {name}", of[name], "for comparison", True)
            for size, of in (("tenth", tenth), ("whole", whole))
            for name in told
        ],
    ]


def measured(name: str, customers: int, items: int, interactions: int) -> Figures:
    """Seconds of ours, bare, job, lists and MLlib's lists; MB of heap, executors and Python; pairs."""
    spark = start_session(load_settings("local", [f"spark.master={TWO_EXECUTORS}", f"spark.log={ROOT}/{name}.log"]))
    drawn(spark, customers, items, interactions).write.parquet(f"{ROOT}/{name}")
    pairs = spark.read.parquet(f"{ROOT}/{name}")
    ways: dict[str, Callable[[], ALSModel]] = {
        "ours": lambda: alternating(pairs, SETTINGS),
        "bare": lambda: bare().fit(pairs),
    }
    clock, peaks = Clock(spark), MB()
    with watched(peaks):
        for _ in range(TURNS + 1):
            models = {way: clock.timed(way, fit) for way, fit in ways.items()}
        als = models["ours"]
        clock.timed("job", lambda: fit_factors(pairs, SETTINGS))
        clock.timed("lists", lambda: thrown_away(best(vectors_of(als), pairs.select(*PAIR), K)))
        clock.timed("MLlib lists", lambda: thrown_away(als.recommendForAllUsers(K)))
    medians = {way: median(each[1:] or each) for way, each in clock.seconds.items()}
    return medians | peaks | {"heap": max(clock.heaps), "pairs": float(pairs.count())}


@dataclass
class Clock:
    """Seconds of each way's turns, and the driver's live heap (MB) after each."""

    spark: SparkSession
    seconds: dict[str, list[float]] = field(default_factory=dict)
    heaps: list[float] = field(default_factory=list)

    def timed(self, way: str, work: Callable[[], Made]) -> Made:
        began = time.monotonic()
        made = work()
        self.seconds.setdefault(way, []).append(time.monotonic() - began)
        self.heaps.append(live_heap(self.spark._jvm))
        return made


def bare() -> ALS:
    return ALS(
        rank=SETTINGS.rank,
        maxIter=SETTINGS.iterations,
        regParam=SETTINGS.regularisation,
        alpha=SETTINGS.alpha,
        numUserBlocks=SETTINGS.blocks,
        numItemBlocks=SETTINGS.blocks,
        implicitPrefs=True,
        userCol="customer_index",
        itemCol="item_index",
        ratingCol="strength",
        coldStartStrategy="drop",
        seed=SETTINGS.seed,
    )


def thrown_away(lists: DataFrame) -> None:
    lists.write.format("noop").mode("overwrite").save()


def drawn(spark: SparkSession, customers: int, items: int, interactions: int) -> DataFrame:
    """customer_index, item_index, baskets, strength: a row per pair that is drawn, some often."""
    most = 2 * interactions // customers - 1  # visits are drawn evenly from 1 on
    visits = F.sequence(F.lit(1), 1 + F.floor(most * uniform("visits", "customer_index")).cast("int"))
    customer = spark.range(customers).select(F.col("id").cast("int").alias("customer_index"))
    draws = customer.select("customer_index", F.explode(visits).alias("draw"))
    rank, circle = (F.pow(uniform("item", "customer_index", "draw"), F.lit(3)), F.pmod("customer_index", F.lit(CIRCLES)))
    own = F.floor(rank * (items // CIRCLES)) * CIRCLES + circle  # the circle's items are every fiftieth
    chosen = F.when(uniform("own", "customer_index", "draw") < 0.5, own).otherwise(F.floor(rank * items))
    pairs = draws.select("customer_index", chosen.cast("int").alias("item_index"))
    counted = pairs.groupBy("customer_index", "item_index").agg(F.count(F.lit(1)).cast("int").alias("baskets"))
    return counted.withColumn("strength", F.log1p("baskets").cast("float"))


if __name__ == "__main__":
    if len(sys.argv) > 1 and sys.argv[1].startswith("{"):
        print(json.dumps(measured(**json.loads(sys.argv[1]))))
    else:
        sys.exit(main())
