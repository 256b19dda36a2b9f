"""Is the ranker better than the best of its rivals, for what customers buy at all and for what is new to them?

    make run && make bench-recommend [ARGS="SOURCE AS_OF"]

Protocol: the last 28 days before as_of are held out (completejourney at 2017-10-29). The ranker learns as the jobs have it
(recommend.ranker.lessons): at three days, 28, 56 and 84 before the split, from the 28 days after each, which all end by the split:
nothing of the judged weeks is known to anyone. Rivals are fitted on all days up to the split: own most-bought (baskets, ties by the
last one; and baskets that fade by half in 30, 60 or 120 days), popularity (of all days, and with half-lives of 14, 28 and 56
days), item-kNN, EASE, MLlib's ALS, and the ALS and BPR of `implicit`. Each has the setting of its grid whose nDCG@10 was best on
the 28 days before the split, when fitted 28 days earlier. A customer is judged if bought before and after; target 'new': items not
bought before, and no list shows others; target 'all': any item. What draws by a seed (both ALS, BPR, the ranker and the factors
that it knows) is fitted with each of five; figures are means over them.
- nDCG@10 of the ranker to that of the best rival: at least 1.04, for both targets
- nDCG@10 of MLlib's ALS to that of implicit's: at least .99, for both targets
- what the ranker says is as often true: bought pairs of its lists to the sum of their probabilities within 10 %
Each line: NAME value goal PASS|FAIL.
"""

import sys
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
from implicit_models import Pairwise, Squares
from lines import Line, asked_run, need_rivals, said
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from shelfwise.contracts import features, silver
from shelfwise.core.kept import cut, keep, release
from shelfwise.core.lake import Lake
from shelfwise.core.session import start_session
from shelfwise.core.settings import load_settings
from shelfwise.measures.exact import exact_sum
from shelfwise.recommend.als import AlsParams
from shelfwise.recommend.candidates import of_goods
from shelfwise.recommend.evaluate import bought_after, judge, pairs_until, sold_items
from shelfwise.recommend.models.ease import EaseParams, ease
from shelfwise.recommend.models.factors import FactorParams, factors
from shelfwise.recommend.models.neighbours import NeighbourParams, item_neighbours
from shelfwise.recommend.models.popular import PopularParams, popular
from shelfwise.recommend.models.taken import flat
from shelfwise.recommend.ranker import facts
from shelfwise.recommend.ranker.lessons import LessonParams, recommender_lessons
from shelfwise.recommend.ranker.model import RankerParams, among_new, fit, ranked
from shelfwise.recommend.ranker.rows import RowsParams, of_live, taken
from shelfwise.recommend.vectors import PAIR, Vectors, best

K, DAYS, SEEDS = 10, 28, (1, 2, 3, 4, 5)
TARGETS = ("new", "all")
Lists = Mapping[tuple[str, str], DataFrame]  # by model and target
Rival = Callable[[DataFrame, int], Vectors]  # of what was taken, by a seed
FIXED: dict[str, list[Rival]] = {
    "popularity": [lambda t, _, h=h: popular(t, PopularParams(half_life=h)) for h in (None, 14.0, 28.0, 56.0)],
    "item_knn": [
        lambda t, _, p=p, s=s: item_neighbours(t, NeighbourParams(power=p, shrinkage=s)) for p in (0.3, 0.5) for s in (10.0, 50.0)
    ],
    "ease": [lambda t, _, p=p: ease(flat(t), EaseParams(penalty=p)) for p in (100.0, 300.0, 1000.0, 3000.0)],
}
DRAWN: dict[str, list[Rival]] = {
    "als": [
        lambda t, s, r=r, c=c, a=a: factors(t, FactorParams(rank=r, regularisation=c, alpha=a, seed=s))
        for r in (16, 32)
        for c in (0.05, 0.2)
        for a in (0.3, 1.0, 3.0)
    ],
    "implicit_als": [Squares(r, c, a) for r in (16, 32, 64) for c in (1.0, 10.0, 100.0) for a in (0.3, 1.0, 3.0)],
    "implicit_bpr": [Pairwise(r, s, c) for r in (32, 64, 128) for s in (0.01, 0.05) for c in (0.01, 0.05)],
}
GRID = FIXED | DRAWN
FADING = (None, 30.0, 60.0, 120.0)


def main(source: str, as_of: date, results: Path) -> int:
    need_rivals("implicit")
    settings = load_settings("local", source=source)
    spark = start_session(settings)
    lake = Lake(spark, settings)
    tables = {
        "sales": lake.read(silver.SALES_LINES, as_of).where(F.col("sold_on") <= F.lit(as_of)),
        "items": lake.read(silver.ITEMS, as_of),
        "interactions": lake.read(features.INTERACTIONS, as_of),
        "promotions": lake.read(features.PROMOTION_WEEK, as_of),
        "events": lake.read(silver.EVENTS, as_of),
    }
    split = as_of - timedelta(days=DAYS)
    chosen, now = tuned(tables, split), known_by(tables, split)
    steady = lists_of(now, chosen, [name for name in chosen if name not in DRAWN], SEEDS[0])
    found, rates = [], []
    for seed in SEEDS:
        lessons = keep(recommender_lessons(**tables, params=LessonParams(als=AlsParams(seed=seed)), as_of=as_of))
        lists, rate = rankers_lists(lessons, split, seed)
        drawn = lists_of(now, chosen, list(DRAWN), seed)
        found.append(judged(now, (steady if seed == SEEDS[0] else {}) | drawn | lists).assign(seed=seed))
        rates.append(rate)
        release()
        print(found[-1].round(4).to_string(index=False), f"bought / expected {rate:.3f}", flush=True)
    figures = pd.concat(found).groupby(["target", "model"])["ndcg_10"].agg(["mean", "min", "max"])
    return said([*ranking_lines(figures), *als_lines(figures), calibration_line(rates)], results)


@dataclass(frozen=True)
class Known:
    """What rivals may learn from and show at the end of a day, and what is then bought."""

    visits: DataFrame
    before: DataFrame
    live: DataFrame
    taken: DataFrame
    bought: DataFrame


def known_by(tables: Mapping[str, DataFrame], day: date) -> Known:
    params, goods = RowsParams(), of_goods(tables["sales"], tables["items"])
    visits = cut(facts.until(facts.visits(goods, tables["interactions"]), day))
    pairs = cut(facts.of_pairs(visits, facts.trips(visits)))
    before = cut(pairs_until(goods, tables["interactions"], day))
    later = goods.where((F.col("sold_on") > F.lit(day)) & (F.col("sold_on") <= F.lit(day + timedelta(days=DAYS))))
    live, learnt_from = cut(facts.live(pairs, params.live_days)), cut(taken(pairs, params.als.min_customers))
    return Known(visits, before, live, learnt_from, cut(bought_after(later, before)))


def tuned(tables: Mapping[str, DataFrame], split: date) -> dict[str, dict[str, int]]:
    """By rival and target, the place in its grid of what was best a fold earlier."""
    then = known_by(tables, split - timedelta(days=DAYS))
    chosen: dict[str, dict[str, int]] = {}
    for name in (*GRID, "own_most_bought"):
        tried = every(then, name, range(len(GRID.get(name, FADING))), SEEDS[0])
        chosen[name] = {}
        for target in [target for target in TARGETS if target in tried[0]]:
            some = {(str(n), target): lists[target] for n, lists in tried.items()}
            table = judged(then, some).set_index("model")["ndcg_10"].sort_index()
            print(f"{name}, {target}: {table.round(4).to_dict()}", flush=True)
            chosen[name][target] = int(str(table.idxmax()))
    return chosen


def lists_of(
    known: Known, chosen: Mapping[str, Mapping[str, int]], names: Collection[str], seed: int
) -> dict[tuple[str, str], DataFrame]:
    lists: dict[tuple[str, str], DataFrame] = {}
    for name in names:
        made = every(known, name, set(chosen[name].values()), seed)
        lists |= {(name, target): made[place][target] for target, place in chosen[name].items()}
    return lists


def every(known: Known, name: str, settings: Collection[int], seed: int) -> dict[int, dict[str, DataFrame]]:
    """By setting (its place in the grid) and target, the lists of a rival."""
    if name == "own_most_bought":
        return {n: {"all": cut(own(known, FADING[n]))} for n in settings}
    made = {}
    for n in settings:
        vectors = of_live(GRID[name][n](known.taken, seed), known.live)
        made[n] = {"new": cut(best(vectors, known.before.select(*PAIR), K)), "all": cut(best(vectors, None, K))}
    return made


def own(known: Known, half_life: float | None) -> DataFrame:
    weight = F.lit(1.0) if half_life is None else F.pow(F.lit(0.5), F.col("age") / half_life)
    order = Window.partitionBy("customer_index").orderBy(F.desc("score"), "last", "item_index")
    still = known.visits.join(known.live, "item_index", "left_semi")
    scored = still.groupBy(*PAIR).agg(F.sum(weight).alias("score"), F.min("age").alias("last"))
    return scored.withColumn("place", F.row_number().over(order)).where(F.col("place") <= K)


def rankers_lists(lessons: DataFrame, split: date, seed: int) -> tuple[dict[tuple[str, str], DataFrame], float]:
    """And bought pairs of its lists to the sum of their probabilities."""
    model = fit(lessons.where(F.col("day") < F.lit(split)), RankerParams(seed=seed))
    asked = lessons.where(F.col("day") == F.lit(split))
    chances = ranked(model, asked)
    first = chances.where(F.col("place") <= K).localCheckpoint()
    lists = {("ranker", "all"): first, ("ranker", "new"): among_new(chances).where(F.col("place") <= K).localCheckpoint()}
    told = first.join(asked.select(*PAIR, "bought"), PAIR, "inner")
    return lists, float(told.agg(F.sum("bought") / exact_sum(F.col("probability"))).collect()[0][0])


def judged(known: Known, lists: Lists) -> pd.DataFrame:
    """model, target and figures; a row per list to the driver."""
    return judge(lists, known.bought, cut(sold_items(known.before))).toPandas().sort_values(["target", "ndcg_10"])


def ranking_lines(figures: pd.DataFrame) -> list[Line]:
    lines: list[Line] = []
    for target in TARGETS:
        ndcg = figures.loc[target]
        best_rival = str(ndcg["mean"].drop("ranker").idxmax())
        ratio, worst = ndcg["mean"]["ranker"] / ndcg["mean"][best_rival], ndcg["min"]["ranker"] / ndcg["max"][best_rival]
        lines.append((f"{target}: nDCG@10 of the ranker to the best rival's ({best_rival})", ratio, ">= 1.04", ratio >= 1.04))
        lines.append((f"{target}: its worst seed to that rival's best", worst, "for comparison", True))
        lines += [(f"{target}: nDCG@10 of {name}", value, "for comparison", True) for name, value in ndcg["mean"].items()]
    return lines


def als_lines(figures: pd.DataFrame) -> list[Line]:
    ratios = {target: figures["mean"][target, "als"] / figures["mean"][target, "implicit_als"] for target in TARGETS}
    return [(f"{target}: nDCG@10 of MLlib's ALS to implicit's", r, ">= .99", r >= 0.99) for target, r in ratios.items()]


def calibration_line(rates: list[float]) -> Line:
    """Of customers who came again: who did not has bought nothing, whatever was shown."""
    ratio = sum(rates) / len(rates)
    return "bought pairs of the ranker's lists to the sum of their probabilities", ratio, "1 +-.1", abs(ratio - 1) <= 0.1


if __name__ == "__main__":
    sys.exit(main(*asked_run(sys.argv[1:], "recommend")))
