"""Are lists out of factors made as quickly as MLlib makes its own, though what a customer has seen is left out of ours?

    .venv/bin/python benchmarks/topk.py

Protocol: 50,000 customers and 10,000 items with drawn factors of rank 16, 32 and 64, and some 30 seen pairs per customer. Factors
are like those of implicit ALS: a direction that all share, tastes around it, and sizes of which a few are large. By turns in one
session, after one turn that does not count: `recommend.vectors.best` with the seen pairs, the same without, and
`ALSModel.recommendForAllUsers` of the same factors, which knows no filter; medians of three turns, lists thrown away.
- seconds with the filter to MLlib's: at most 1
- lists without the filter: at each customer's each place MLlib's score, relative to the largest, within 1e-5. Where scores are as
  near as that either item may come first.
- no seen pair in a list with the filter, and no list shorter than ten
Each line: NAME value goal PASS|FAIL.
"""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from fulfil import normal, uniform
from lines import Line, said
from pyspark.ml.recommendation import ALSModel
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from shelfwise.core.kept import cut
from shelfwise.core.session import java_class, start_session
from shelfwise.core.settings import load_settings
from shelfwise.recommend.vectors import PAIR, best, of_factors

CUSTOMERS, ITEMS, SEEN, K = 50_000, 10_000, 30, 10
RANKS, TURNS = (16, 32, 64), 3
RESULTS = Path(__file__).parent / "results" / "topk.json"

Ways = dict[str, Callable[[], DataFrame]]


def main() -> int:
    began = os.getloadavg()[0]
    spark = start_session(load_settings("local", ["spark.log=build/bench-topk/spark.log"]))
    seen = cut(seen_pairs(spark))
    print(f"{seen.count():,} seen pairs", flush=True)
    lines = [line for rank in RANKS for line in judged(spark, rank, seen)]
    load = f"for comparison ({began:.1f} at the start)"
    return said([*lines, ("machine's load at the end", os.getloadavg()[0], load, True)], RESULTS)


def judged(spark: SparkSession, rank: int, seen: DataFrame) -> list[Line]:
    users, items = (cut(factors(spark, side, count, rank)) for side, count in (("customer", CUSTOMERS), ("item", ITEMS)))
    vectors, mllib = of_factors(users, items), model_of(spark, rank, users, items)
    ways: Ways = {
        "filtered": lambda: best(vectors, seen, K),
        "plain": lambda: best(vectors, None, K),
        "MLlib": lambda: mllib.recommendForAllUsers(K),
    }
    seconds = in_turns(ways)
    print(f"rank {rank}: {seconds}", flush=True)
    ratio, plain = (seconds[way] / seconds["MLlib"] for way in ("filtered", "plain"))
    filtered = cut(ways["filtered"]())
    shown = filtered.join(seen, PAIR, "left_semi").count()
    gap, other = apart(ways["plain"](), listed(ways["MLlib"]()))
    missing = CUSTOMERS * K - filtered.count()
    return [
        (f"rank {rank}: seconds of filtered lists to MLlib's of all", ratio, "<= 1", ratio <= 1),
        (f"rank {rank}: seconds of lists of all to MLlib's", plain, "for comparison", True),
        (f"rank {rank}: MLlib's seconds", seconds["MLlib"], "for comparison", True),
        (f"rank {rank}: largest gap between scores at one place", gap, "<= 1e-5", gap <= 1e-5),
        (f"rank {rank}: places at which another item stands, of {CUSTOMERS * K:,}", other, "for comparison", True),
        (f"rank {rank}: seen pairs in filtered lists", shown, "0", shown == 0),
        (f"rank {rank}: places of filtered lists left empty", missing, "0", missing == 0),
    ]


def in_turns(ways: Ways) -> dict[str, float]:
    """Median seconds of each way."""
    taken: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(TURNS + 1):
        for way, lists in ways.items():
            began = time.monotonic()
            lists().write.format("noop").mode("overwrite").save()
            taken[way].append(time.monotonic() - began)
    return {way: median(seconds[1:]) for way, seconds in taken.items()}


def seen_pairs(spark: SparkSession) -> DataFrame:
    """customer_index, item_index: SEEN draws for each customer, popularity by a power law."""
    draws = spark.range(CUSTOMERS).select(
        F.col("id").cast("int").alias("customer_index"), F.explode(F.sequence(F.lit(1), F.lit(SEEN)))
    )
    item = F.floor(ITEMS * F.pow(uniform("seen", "customer_index", "col"), F.lit(3))).cast("int").alias("item_index")
    return draws.select("customer_index", item).distinct()


def factors(spark: SparkSession, side: str, count: int, rank: int) -> DataFrame:
    """id, features: the size of a vector is lognormal, each of its tastes around 1/2 of their spread."""
    size = F.exp(0.7 * normal(f"{side} size", "id")) / rank**0.5
    features = F.array(*[size * (0.5 + normal(f"{side} {n}", "id")) for n in range(rank)]).cast("array<float>").alias("features")
    return spark.range(count).select(F.col("id").cast("int").alias("id"), features)


def model_of(spark: SparkSession, rank: int, users: DataFrame, items: DataFrame) -> ALSModel:
    """MLlib's model around factors that it has not fitted."""
    made = java_class(spark, "org.apache.spark.ml.recommendation.ALSModel")
    drawn = made("drawn", rank, users._jdf, items._jdf)
    return ALSModel(drawn.setUserCol("customer_index").setItemCol("item_index"))


def listed(lists: DataFrame) -> DataFrame:
    """MLlib's lists in the shape of ours."""
    places = lists.select("customer_index", F.posexplode("recommendations"))
    return places.select("customer_index", "col.item_index", F.col("col.rating").alias("score"), (F.col("pos") + 1).alias("place"))


def apart(ours: DataFrame, theirs: DataFrame) -> tuple[float, int]:
    """The largest gap between scores at one place (infinite where one is missing), and at how many places items differ."""
    other = theirs.select("customer_index", "place", F.col("item_index").alias("other"), F.col("score").alias("other_score"))
    both = ours.join(other, ["customer_index", "place"], "full")
    gap = F.coalesce(F.abs(F.col("score") - F.col("other_score")), F.lit(float("inf")))
    told = both.agg(F.max(gap), F.max(F.abs("other_score")), F.count_if(~F.col("item_index").eqNullSafe(F.col("other"))))
    largest, scale, differing = told.collect()[0]
    return largest / scale, differing


if __name__ == "__main__":
    sys.exit(main())
