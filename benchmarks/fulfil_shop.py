"""What do lists within stock cost and bring in a shop whose stock is counted?

    make run SOURCE=simulated DATA=folder && .venv/bin/python benchmarks/fulfil_shop.py [SOURCE AS_OF]

Protocol: the day is 28 days before as_of (planted shop `small`, 2023-11-19 by default). Chances are the ranker's, learnt from
lessons whose outcomes end by that day; stock is what was counted at its end, on hand and on order; lists are those of the job
(half own items, half new and varied), once without limits and once within stock (recommend.fulfil.chosen), as the stock is and
with a tenth of it, as after a bad season of supply. What is asked for is the expected units of what is shown; nDCG@10 is by what
customers then bought. What nobody counted has no limit, and is served whole.
- largest excess of an item's uptake over its stock: at most 1 %
- units served (asked for and there) to those of unlimited lists: above 1 where stock binds
- nDCG@10 of lists within stock to that of unlimited ones: at least .97
Each line: NAME value goal PASS|FAIL.
"""

import sys
from datetime import date, timedelta
from pathlib import Path

from lines import Line, asked_run, said
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts import features, lessons, silver
from shelfwise.core.kept import cut
from shelfwise.core.lake import Lake
from shelfwise.core.session import start_session
from shelfwise.core.settings import load_settings
from shelfwise.inventory.stock_position import latest_counts
from shelfwise.measures.pairs import purchases
from shelfwise.recommend.candidates import of_goods
from shelfwise.recommend.evaluate import bought_after, judge, pairs_until, sold_items
from shelfwise.recommend.fulfil.chosen import ChoiceParams, chosen
from shelfwise.recommend.fulfil.sellable import sellable
from shelfwise.recommend.ranker.model import RankerParams, fit, ranked
from shelfwise.recommend.ranker.rows import shop_of

SOURCE, AS_OF, DAYS = "simulated", "2023-11-19", 28
SHARES = (1.0, 0.1)  # of the stock


def main(source: str, as_of: date, results: Path | None) -> int:
    settings = load_settings("local", source=source)
    lake, day = Lake(start_session(settings), settings), as_of - timedelta(days=DAYS)
    items, pairs = lake.read(silver.ITEMS, as_of), lake.read(features.INTERACTIONS, as_of)
    sales = lake.read(silver.SALES_LINES, as_of).where(F.col("sold_on") <= F.lit(as_of))
    promotions, events = lake.read(features.PROMOTION_WEEK, as_of), lake.read(silver.EVENTS, as_of)
    shop = shop_of(sales, items, pairs, promotions, events)
    goods = of_goods(sales, items)
    before = cut(pairs_until(goods, pairs, day))
    bought = cut(bought_after(goods.where(F.col("sold_on") > F.lit(day)), before))
    chances = cut(chances_at(lake.read(lessons.RECOMMENDER_LESSONS, as_of), day))
    stock = cut(counted(lake.read(silver.STOCK, as_of), pairs, day))
    lines: list[Line] = []
    for share in SHARES:
        there = cut(stock.withColumn("units", F.floor(F.col("units") * share).cast("double")))
        lists = {
            "unlimited": cut(chosen(chances, shop.items, there.withColumn("units", F.lit(None).cast("double")), ChoiceParams())),
            "within stock": cut(chosen(chances, shop.items, there, ChoiceParams())),
        }
        ranks = {(name, "all"): frame.withColumn("place", F.col("rank")) for name, frame in lists.items()}
        quality = {row["model"]: row["ndcg_10"] for row in judge(ranks, bought, cut(sold_items(before))).collect()}
        lines += judged(f"stock x {share:g}: ", {name: asked(frame, there) for name, frame in lists.items()}, quality)
    return said(lines, results)


def chances_at(rows: DataFrame, day: date) -> DataFrame:
    model = fit(cut(rows.where(F.col("day") < F.lit(day))), RankerParams())
    return ranked(model, rows.where(F.col("day") == F.lit(day)))


def counted(stock: DataFrame, pairs: DataFrame, day: date) -> DataFrame:
    """As of recommend.fulfil.sellable: units are those on hand and on order at the last count up to `day`, of all locations."""
    last = latest_counts(stock.where(F.col("counted_on") <= F.lit(day)))
    nothing = {name: F.lit(0) for name in ("order_units", "unit_price", "unit_cost")}
    return sellable(last.withColumns(nothing), purchases(pairs))


def asked(lists: DataFrame, there: DataFrame) -> dict[str, float]:
    """Units asked for and served, the largest excess, and how many items are asked for beyond their stock."""
    of_items = lists.groupBy("item_index").agg(F.sum("expected_units").alias("asked")).join(there, "item_index", "left")
    beyond = F.when(F.col("units") > 0, F.col("asked") / F.col("units") - 1).when(F.col("units") == 0, F.col("asked"))
    row = of_items.agg(
        F.sum("asked").alias("asked"),
        F.sum(F.least("asked", "units")).alias("served"),
        F.max(beyond).alias("excess"),
        F.count_if(F.col("asked") > F.col("units") * 1.01).alias("short"),
    )
    return {name: float(value or 0.0) for name, value in row.collect()[0].asDict().items()}


def judged(name: str, found: dict[str, dict[str, float]], quality: dict[str, float]) -> list[Line]:
    free, held = found["unlimited"], found["within stock"]
    served, kept = held["served"] / free["served"], quality["within stock"] / quality["unlimited"]
    binds = free["short"] > 0
    return [
        (f"{name}items whose stock unlimited lists exceed", free["short"], "for comparison", True),
        (f"{name}largest excess, unlimited", free["excess"], "for comparison", True),
        (f"{name}largest excess within stock", held["excess"], "<= .01", held["excess"] <= 0.01),
        (f"{name}share of asked units served, unlimited", free["served"] / free["asked"], "for comparison", True),
        (f"{name}units served to those of unlimited lists", served, "> 1", served > 1 or not binds),
        (f"{name}nDCG@10, unlimited", quality["unlimited"], "for comparison", True),
        (f"{name}nDCG@10 to that of unlimited lists", kept, ">= .97", kept >= 0.97),
    ]


if __name__ == "__main__":
    sys.exit(main(*asked_run(sys.argv[1:] or [SOURCE, AS_OF], "fulfil_shop")))
