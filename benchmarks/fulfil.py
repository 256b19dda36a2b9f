"""What do lists cost that are varied, and that the stock can fulfil?

    .venv/bin/python benchmarks/fulfil.py

Protocol: 20,000 customers with 60 candidates each of 2,000 items; who may want what, and how likely, is drawn by hashes with a
seed, an item's popularity by Zipf's law. What customers buy is drawn from the probabilities themselves: no ranker's errors are
mixed in. Half of a customer's taste is for a shelf, of 80, half for the item, so that plain lists hold several of one kind.
Expected uptake is the probability. A third of the items, drawn, have .5 to 1 of what unlimited lists would sell of them, all
others 1.5 to 3 of it.
- varied lists (recommend.fulfil.diverse): shelves in a list with and without, nDCG@10
- lists within stock (recommend.fulfil.stock), of plain probabilities: the largest excess of an item's uptake over its capacity at
  most 1 %; units served to those of unlimited lists above 1; nDCG@10 at most 3 % lower; no list shorter than 10; worth of lists
  to what none can be worth more than; seconds and iterations
- both together
Each line: NAME value goal PASS|FAIL.
"""

import math
import sys
import time
from pathlib import Path

from lines import Line, said
from pyspark.sql import Column, DataFrame, SparkSession, Window
from pyspark.sql import functions as F

from shelfwise.core.kept import cut
from shelfwise.core.session import start_session
from shelfwise.core.settings import load_settings
from shelfwise.measures.exact import exact_mean
from shelfwise.measures.ranking import ndcg
from shelfwise.recommend.fulfil.diverse import DiverseParams, diverse
from shelfwise.recommend.fulfil.places import StockParams
from shelfwise.recommend.fulfil.stock import Fulfilled, totals, within_stock

CUSTOMERS, CANDIDATES, ITEMS, K = 20_000, 60, 2_000, 10
DRAWN = 120  # some 80 of them differ
SEED = 7
RESULTS = Path(__file__).parent / "results" / "fulfil.json"


def main() -> int:
    spark = start_session(load_settings("local", ["spark.log=build/bench-fulfil/spark.log"]))
    candidates = cut(drawn(spark))
    print(f"{candidates.count():,} candidates", flush=True)
    bought = cut(candidates.where(uniform("bought", "customer_index", "item_index") < F.col("probability")))
    plain = cut(best(candidates.withColumn("worth", F.col("probability"))))
    capacity = cut(limits(plain))
    usual = quality(plain, bought)
    began = time.monotonic()
    turns = cut(diverse(candidates, DiverseParams()))
    turns.count()
    lines: list[Line] = [("seconds of varied lists", time.monotonic() - began, "for comparison", True)]
    varied = cut(best(turns))
    lines += [
        ("shelves in a list, plain", shelves(plain, candidates), "for comparison", True),
        (
            "shelves in a list, varied",
            shelves(varied, candidates),
            "more",
            shelves(varied, candidates) > shelves(plain, candidates),
        ),
        ("nDCG@10 of varied lists to plain ones", quality(varied, bought) / usual, "for comparison", True),
    ]
    lines += judged("", candidates.withColumn("worth", F.col("probability")), capacity, bought, usual)
    lines += judged("varied, ", turns, capacity, bought, usual)
    return said(lines, RESULTS)


def judged(name: str, candidates: DataFrame, capacity: DataFrame, bought: DataFrame, usual: float) -> list[Line]:
    """Of lists within stock."""
    began = time.monotonic()
    asked = candidates.select("customer_index", "item_index", "worth", F.col("probability").alias("uptake"))
    made = within_stock(asked, capacity, StockParams())
    items = cut(made.items)
    summed = totals(items).collect()[0]
    seconds = time.monotonic() - began
    excess = items.agg(F.max(F.col("uptake_after") / F.col("capacity") - 1)).collect()[0][0]
    scarce = items.where(F.col("capacity") < F.col("uptake_before"))
    used = scarce.agg(
        F.sum("uptake_after") / F.sum("capacity"), F.count_if(F.col("uptake_after") > 0.98 * F.col("capacity"))
    ).collect()[0]
    kept, served = quality(made.lists, bought) / usual, summed["served_after"] / summed["served_before"]
    short = shortened(made)
    return [
        (f"{name}largest excess over a capacity", excess, "<= .01", excess <= 0.01),
        (f"{name}uptake of the scarce third to its capacity", used[0], "for comparison", True),
        (f"{name}items sold out, of {ITEMS:,}", used[1], "for comparison", True),
        (f"{name}units served to those of unlimited lists", served, "> 1", served > 1),
        (f"{name}nDCG@10 to that of unlimited plain lists", kept, ">= .97", kept >= 0.97),
        (f"{name}worth to the bound", summed["worth_after"] / made.bound, "for comparison", True),
        (f"{name}lists shorter than {K}", short, "0", short == 0),
        (f"{name}seconds", seconds, "for comparison", True),
        (f"{name}iterations", made.iterations, "for comparison", True),
    ]


def drawn(spark: SparkSession) -> DataFrame:
    """customer_index, item_index, probability, shelf, category, maker_id."""
    pairs = spark.range(CUSTOMERS).select(
        F.col("id").cast("int").alias("customer_index"), F.explode(F.sequence(F.lit(0), F.lit(DRAWN - 1))).alias("draw")
    )
    # ranks by Zipf's law with exponent 1: the logarithm is drawn evenly
    rank = F.floor(F.exp(uniform("item", "customer_index", "draw") * math.log(ITEMS))).cast("int").alias("item_index")
    first = Window.partitionBy("customer_index").orderBy("draw")
    once = pairs.select("customer_index", "draw", rank).groupBy("customer_index", "item_index").agg(F.min("draw").alias("draw"))
    chosen = once.withColumn("nth", F.row_number().over(first)).where(F.col("nth") <= CANDIDATES)
    shelf, maker = F.floor(uniform("shelf", "item_index") * 80), F.floor(uniform("maker", "item_index") * 150)
    placed = chosen.select("customer_index", "item_index", shelf.alias("shelf"), maker.cast("string").alias("maker_id"))
    taste = math.sqrt(0.5) * (normal("shelf", "customer_index", "shelf") + normal("item", "customer_index", "item_index"))
    probability = 1 / (1 + F.exp(2.5 + 0.25 * F.log("item_index") - 1.2 * taste))
    category = F.floor(F.col("shelf") / 5).cast("string")
    return placed.select(
        "customer_index",
        "item_index",
        probability.alias("probability"),
        F.col("shelf").cast("string").alias("shelf"),
        category.alias("category"),
        "maker_id",
    )


def normal(name: str, *columns: str) -> Column:
    """Box & Muller (1958)."""
    radius, angle = uniform(f"{name} radius", *columns), uniform(f"{name} angle", *columns)
    return F.sqrt(-2 * F.log(1 - radius)) * F.cos(2 * math.pi * angle)


def uniform(name: str, *columns: str) -> Column:
    """From 0 to below 1, the same for equal values of the columns."""
    return F.pmod(F.xxhash64(F.lit(SEED), F.lit(name), *columns), F.lit(1 << 30)) / float(1 << 30)


def limits(plain: DataFrame) -> DataFrame:
    asked = plain.groupBy("item_index").agg(F.sum("probability").alias("asked"))
    scarce = 0.5 + 0.5 * uniform("limit", "item_index")
    ample = 1.5 + 1.5 * uniform("limit", "item_index")
    share = F.when(uniform("scarce", "item_index") < 1 / 3, scarce).otherwise(ample)
    return asked.select("item_index", (F.col("asked") * share).alias("units"))


def best(candidates: DataFrame) -> DataFrame:
    order = Window.partitionBy("customer_index").orderBy(F.desc("worth"), "item_index")
    return candidates.withColumn("place", F.row_number().over(order)).where(F.col("place") <= K)


def quality(lists: DataFrame, bought: DataFrame) -> float:
    """Mean nDCG@10 over the customers who bought any candidate."""
    ranked = lists.groupBy("customer_index").agg(F.sort_array(F.collect_list(F.struct("place", "item_index"))).alias("list"))
    relevant = bought.groupBy("customer_index").agg(F.collect_set("item_index").alias("relevant"))
    both = relevant.join(ranked, "customer_index", "left")
    found = F.coalesce(ndcg(F.col("list.item_index"), F.col("relevant"), K), F.lit(0.0))
    return float(both.agg(exact_mean(found)).collect()[0][0])


def shelves(lists: DataFrame, candidates: DataFrame) -> float:
    """Mean number of different shelves in a list."""
    placed = lists.select("customer_index", "item_index").join(candidates, ["customer_index", "item_index"], "inner")
    each = placed.groupBy("customer_index").agg(F.count_distinct("shelf").alias("shelves"))
    return float(each.agg(F.mean("shelves")).collect()[0][0])


def shortened(made: Fulfilled) -> int:
    return made.lists.groupBy("customer_index").count().where(F.col("count") < K).count()


if __name__ == "__main__":
    sys.exit(main())
