"""Is the ranker better than the best of its rivals, for what customers buy at all and for what is new to them?

    make run && .venv/bin/python benchmarks/recommend.py [SOURCE AS_OF]

Protocol: the last 28 days before as_of are held out (completejourney at 2017-10-29). The ranker learns at three days, 28, 56 and
84 before the split, from the 28 days after each, which all end by the split: nothing of the judged weeks is known to anyone. Rivals
are fitted on all days up to the split: own most-bought (baskets, ties by the last one; and baskets that fade by half in 30, 60 or
120 days), popularity (of all days, and with half-lives of 14, 28 and 56 days), item-kNN, EASE and MLlib's ALS. Each has the setting
of its grid whose nDCG@10 was best on the 28 days before the split, when fitted 28 days earlier. A customer is judged if bought
before and after; target 'new': items not bought before, and no list shows others; target 'all': any item.
- nDCG@10 of the ranker to that of the best rival: at least 1.04, for both targets
- what the ranker says is as often true: bought pairs of its lists to the sum of their probabilities within 10 %
Each line: NAME value goal PASS|FAIL.
"""

import sys
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from pathlib import Path

import pandas as pd
from lines import Line, asked_run, said
from pyspark.ml import PipelineModel
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from shelfwise.contracts import features, silver
from shelfwise.core.kept import cut
from shelfwise.core.lake import Lake
from shelfwise.core.session import start_session
from shelfwise.core.settings import load_settings
from shelfwise.recommend.evaluate import judge, sold_items
from shelfwise.recommend.models.ease import EaseParams, ease
from shelfwise.recommend.models.factors import FactorParams, factors
from shelfwise.recommend.models.neighbours import NeighbourParams, item_neighbours
from shelfwise.recommend.models.popular import PopularParams, popular
from shelfwise.recommend.models.taken import flat
from shelfwise.recommend.ranker import facts
from shelfwise.recommend.ranker.model import RankerParams, among_new, fit, ranked
from shelfwise.recommend.ranker.rows import RowsParams, Shop, of_live, rows_at, shop_of, taken, with_outcome
from shelfwise.recommend.vectors import PAIR, Vectors, best

K, DAYS, LESSONS = 10, 28, 3
TARGETS = ("new", "all")
Lists = Mapping[tuple[str, str], DataFrame]  # by model and target
GRID: dict[str, list[Callable[[DataFrame], Vectors]]] = {
    "popularity": [lambda t, h=h: popular(t, PopularParams(half_life=h)) for h in (None, 14.0, 28.0, 56.0)],
    "item_knn": [
        lambda t, p=p, s=s: item_neighbours(t, NeighbourParams(power=p, shrinkage=s)) for p in (0.3, 0.5) for s in (10.0, 50.0)
    ],
    "ease": [lambda t, p=p: ease(flat(t), EaseParams(penalty=p)) for p in (100.0, 300.0, 1000.0)],
    "als": [
        lambda t, r=r, a=a: factors(t, FactorParams(rank=r, regularisation=0.05, alpha=a)) for r in (16, 32) for a in (0.3, 1.0)
    ],
}
FADING = (None, 30.0, 60.0, 120.0)


def main(source: str, as_of: date, results: Path) -> int:
    settings = load_settings("local", source=source)
    spark = start_session(settings)
    lake = Lake(spark, settings)
    items, pairs = lake.read(silver.ITEMS, as_of), lake.read(features.INTERACTIONS, as_of)
    sales = lake.read(silver.SALES_LINES, as_of).where(F.col("sold_on") <= F.lit(as_of))
    shop = shop_of(sales, items, pairs, lake.read(features.PROMOTION_WEEK, as_of), lake.read(silver.EVENTS, as_of))
    split = as_of - timedelta(days=DAYS)
    lists = rivals_lists(shop, split)
    ranks = cut(ranked(learnt(shop, split), rows_at(shop, split, RowsParams())))
    lists["ranker", "all"] = ranks.where(F.col("place") <= K)
    lists["ranker", "new"] = among_new(ranks).where(F.col("place") <= K)
    found = judged(shop, split, lists)
    print(found.round(4).to_string(index=False), flush=True)
    return said([*ranking_lines(found), calibration_line(shop, split, lists)], results)


def learnt(shop: Shop, split: date) -> PipelineModel:
    """At LESSONS days before the split; each one's outcome ends by the split."""
    days = [split - timedelta(days=DAYS * (n + 1)) for n in range(LESSONS)]
    rows = [with_outcome(rows_at(shop, day, RowsParams()), shop.visits, day, DAYS).withColumn("day", F.lit(day)) for day in days]
    return fit(cut(reduce(DataFrame.unionByName, rows)), RankerParams())


@dataclass(frozen=True)
class Known:
    """What rivals may learn from and show at the end of a day."""

    visits: DataFrame
    pairs: DataFrame
    live: DataFrame
    taken: DataFrame


def known_by(shop: Shop, day: date) -> Known:
    visits, params = cut(facts.until(shop.visits, day)), RowsParams()
    pairs = cut(facts.of_pairs(visits, facts.trips(visits)))
    return Known(visits, pairs, cut(facts.live(pairs, params.live_days)), cut(taken(pairs, params.als.min_customers)))


def rivals_lists(shop: Shop, split: date) -> dict[tuple[str, str], DataFrame]:
    """Each rival with the setting that was best a fold earlier, for each target."""
    earlier = split - timedelta(days=DAYS)
    then, now = known_by(shop, earlier), known_by(shop, split)
    chosen: dict[tuple[str, str], DataFrame] = {}
    for name in (*GRID, "own_most_bought"):
        tried = every(then, name, range(len(GRID.get(name, FADING))))
        places: dict[str, int] = {}
        for target in [target for target in TARGETS if target in tried[0]]:
            some = {(str(n), target): lists[target] for n, lists in tried.items()}
            table = judged(shop, earlier, some).set_index("model")["ndcg_10"].sort_index()
            print(f"{name}, {target}: {table.round(4).to_dict()}", flush=True)
            places[target] = int(str(table.idxmax()))
        best_ones = every(now, name, set(places.values()))
        chosen |= {(name, target): best_ones[place][target] for target, place in places.items()}
    return chosen


def every(known: Known, name: str, settings: Collection[int]) -> dict[int, dict[str, DataFrame]]:
    """By setting (its place in the grid) and target, the lists of a rival."""
    if name == "own_most_bought":
        return {n: {"all": cut(own(known, FADING[n]))} for n in settings}
    made = {}
    for n in settings:
        vectors = of_live(GRID[name][n](known.taken), known.live)
        made[n] = {"new": cut(best(vectors, known.pairs.select(*PAIR), K)), "all": cut(best(vectors, None, K))}
    return made


def own(known: Known, half_life: float | None) -> DataFrame:
    weight = F.lit(1.0) if half_life is None else F.pow(F.lit(0.5), F.col("age") / half_life)
    order = Window.partitionBy("customer_index").orderBy(F.desc("score"), "last", "item_index")
    still = known.visits.join(known.live, "item_index", "left_semi")
    scored = still.groupBy(*PAIR).agg(F.sum(weight).alias("score"), F.min("age").alias("last"))
    return scored.withColumn("place", F.row_number().over(order)).where(F.col("place") <= K)


def judged(shop: Shop, day: date, lists: Lists) -> pd.DataFrame:
    """model, target and figures over the DAYS after `day`; a row per list to the driver."""
    named = shop.items.select("item_index", F.col("item_index").cast("string").alias("item_id"))
    before = shop.visits.where(F.col("sold_on") <= F.lit(day)).select(*PAIR).distinct().join(named, "item_index", "inner")
    after = facts.bought_after(shop.visits, day, DAYS).join(named, "item_index", "inner")
    again = before.select(*PAIR, F.lit(True).alias("known"))
    flagged = after.join(before.select("customer_index").distinct(), "customer_index", "left_semi").join(again, PAIR, "left")
    later = flagged.groupBy("customer_index").agg(
        F.collect_set("item_id").alias("all_items"),
        F.collect_set(F.when(F.col("known").isNull(), F.col("item_id"))).alias("new_items"),
    )
    return judge(lists, cut(later), cut(sold_items(before))).toPandas().sort_values(["target", "ndcg_10"])


def ranking_lines(found: pd.DataFrame) -> list[Line]:
    lines: list[Line] = []
    for target in TARGETS:
        ndcg = found[found["target"] == target].set_index("model")["ndcg_10"]
        best_rival = str(ndcg.drop("ranker").idxmax())
        ratio = ndcg["ranker"] / ndcg[best_rival]
        lines.append((f"{target}: nDCG@10 of the ranker to the best rival's ({best_rival})", ratio, ">= 1.04", ratio >= 1.04))
        lines += [(f"{target}: nDCG@10 of {name}", value, "for comparison", True) for name, value in ndcg.items()]
    return lines


def calibration_line(shop: Shop, day: date, lists: Lists) -> Line:
    """Of customers who came again: who did not has bought nothing, whatever was shown."""
    hits = with_outcome(lists["ranker", "all"], shop.visits, day, DAYS)
    row = hits.agg(F.sum("bought").alias("bought"), F.sum("probability").alias("expected")).toPandas().iloc[0]
    ratio = row["bought"] / row["expected"]
    return "bought pairs of the ranker's lists to the sum of their probabilities", ratio, "1 +-.1", abs(ratio - 1) <= 0.1


if __name__ == "__main__":
    sys.exit(main(*asked_run(sys.argv[1:], "recommend")))
