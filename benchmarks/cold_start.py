"""Who has no history: are new items shown to the right people by their words, and new people what their segment takes?

    make run && .venv/bin/python benchmarks/cold_start.py [SOURCE AS_OF]

Protocol: the last 28 days before as_of are judged (completejourney at 2017-10-29), all that is learnt ends before them.
New items: a tenth of all goods, drawn by hash and seed, is held out whole: no purchase, no price, nothing but what the item list
says of them. Lists show held-out items only; a customer is judged who bought goods before and any of these after. Beside
content: popularity of what can be known of such an item, the customers of its shelf (subcategory), else of its category: in all,
by the item there, and by the item of the same maker there; the best of the three is the rival. Random lists: 10 / items.
- recall@10 of content to that of popularity: at least 3
New people: each fifth of the customers, by hash and seed, is held out whole in turn; they are shown items that anybody else bought
in the 56 days before. Popularity in segments to plain popularity, both of all purchases before, judged over all goods bought.
- nDCG@10 of popularity in segments to that of popularity: at least 1, for all and for those of whom attributes are known
Each line: NAME value goal PASS|FAIL.
"""

import sys
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from pathlib import Path

import pandas as pd
from lines import Line, asked_run, said
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts import features, silver
from shelfwise.core.kept import cut
from shelfwise.core.lake import Lake
from shelfwise.core.session import start_session
from shelfwise.core.settings import load_settings
from shelfwise.features.profiles import mean_price
from shelfwise.measures.pairs import bought_pairs, number_more
from shelfwise.recommend.candidates import of_goods
from shelfwise.recommend.evaluate import judge
from shelfwise.recommend.models.content import ContentParams, content
from shelfwise.recommend.models.popular import PopularParams, popular
from shelfwise.recommend.models.segments import SegmentParams, popular_in_segments
from shelfwise.recommend.vectors import Vectors, best, full, of_factors

K, DAYS, LIVE_DAYS = 10, 28, 56
TENTHS, FOLDS = 10, 5
SEED = 7
CATEGORY, SHELF, MAKER = ("category",), ("category", "subcategory"), ("category", "subcategory", "maker_id")
RIVALS = {
    "popularity of the shelf": ((SHELF, CATEGORY), F.sum),
    "popularity by item of the shelf": ((SHELF, CATEGORY), F.mean),
    "popularity by item of the maker's shelf": ((MAKER, SHELF, CATEGORY), F.mean),
}


@dataclass(frozen=True)
class Shop:
    """Everything numbered alike, and cut at a day."""

    items: DataFrame  # goods of silver.items with item_index and unit_price, of sales before
    customers: DataFrame  # customer_index, attributes
    before: DataFrame  # one row per customer and item bought up to the day: numbers, strength, at, last_bought_on
    after: DataFrame  # one row per customer and item bought in the DAYS after it: numbers, item_id


def main(source: str, as_of: date, results: Path) -> int:
    settings = load_settings("local", source=source)
    lake = Lake(start_session(settings), settings)
    shop = shop_at(lake, as_of, as_of - timedelta(days=DAYS))
    return said([*new_items(shop), *new_people(shop, as_of - timedelta(days=DAYS))], results)


def shop_at(lake: Lake, as_of: date, split: date) -> Shop:
    items, pairs = lake.read(silver.ITEMS, as_of), lake.read(features.INTERACTIONS, as_of)
    goods = of_goods(items, items)
    sold = of_goods(lake.read(silver.SALES_LINES, as_of), items).where(F.col("kind") == "sale")
    earlier, later = sold.where(F.col("sold_on") <= F.lit(split)), F.col("sold_on") <= F.lit(split + timedelta(days=DAYS))
    prices = earlier.groupBy("item_id").agg(mean_price(F.lit(True)).alias("unit_price"))
    numbers = cut(number_more(goods, pairs, "item_id", "item_index", 64))
    people = cut(number_more(lake.read(silver.CUSTOMERS, as_of), pairs, "customer_id", "customer_index", 64))
    strength, at = F.log1p("baskets").cast("float").alias("strength"), F.datediff("last_bought_on", F.lit(split)).alias("at")
    named = bought_pairs(earlier).join(numbers, "item_id", "inner").join(people, "customer_id", "inner")
    bought = bought_pairs(sold.where((F.col("sold_on") > F.lit(split)) & later))
    return Shop(
        cut(goods.join(numbers, "item_id", "inner").join(prices, "item_id", "left")),
        cut(lake.read(silver.CUSTOMERS, as_of).join(people, "customer_id", "inner").select("customer_index", "attributes")),
        cut(named.select("customer_index", "item_index", "item_id", strength, at, "last_bought_on")),
        cut(
            bought.join(numbers, "item_id", "inner")
            .join(people, "customer_id", "inner")
            .select("customer_index", "item_index", "item_id")
        ),
    )


def new_items(shop: Shop) -> list[Line]:
    held = drawn("item_id", TENTHS) == 0
    taken = cut(shop.before.where(~held))
    unpriced = shop.items.withColumn("unit_price", F.when(~held, F.col("unit_price")))
    hidden = cut(shop.items.where(held).select(F.col("item_index").alias("id")))
    vectors = content(taken, unpriced, ContentParams())
    lists = {("content", "all"): cut(best(of_items(vectors, hidden), None, K))}
    for name, items in known_popularity(shop, taken, held).items():
        lists[name, "all"] = cut(best(of_factors(people(taken), items), None, K))
    bought = cut(relevant(shop.after.where(held).join(taken.select("customer_index").distinct(), "customer_index", "left_semi")))
    found = judged(lists, bought, shop)
    recall, many = found["recall_10"], hidden.count()
    rival = str(recall.drop("content").idxmax())
    ratio = recall["content"] / recall[rival]
    return [
        (f"new items: recall@10 of content to the best popularity's ({rival})", ratio, ">= 3", ratio >= 3),
        *[(f"new items: recall@10 of {name}", value, "for comparison", True) for name, value in recall.items()],
        *[(f"new items: nDCG@10 of {name}", value, "for comparison", True) for name, value in found["ndcg_10"].items()],
        ("new items: recall@10 of random lists", K / many, "for comparison", True),
        ("new items: items held out", many, "for comparison", True),
        ("new items: customers judged", found.loc["content", "customers"], "for comparison", True),
    ]


def known_popularity(shop: Shop, taken: DataFrame, held: Column) -> dict[str, DataFrame]:
    """Factors of held-out items: customers of known items of the narrowest circle that has any; in all, or by the item."""
    buyers = taken.groupBy("item_index").agg(F.count(F.lit(1)).alias("buyers"))
    known = shop.items.where(~held).join(buyers, "item_index", "left").fillna(0, ["buyers"])
    made = {}
    for name, (circles, many) in RIVALS.items():
        told, scores = shop.items.where(held), []
        for place, circle in enumerate(circles):
            told = told.join(known.groupBy(*circle).agg(many("buyers").alias(f"of_{place}")), list(circle), "left")
            scores.append(F.col(f"of_{place}"))
        score = F.coalesce(*scores, F.lit(0)).cast("float")
        made[name] = told.select(F.col("item_index").alias("id"), F.array(score).alias("features"))
    return made


def new_people(shop: Shop, split: date) -> list[Line]:
    live = shop.before.where(F.col("last_bought_on") > F.lit(split - timedelta(days=LIVE_DAYS)))
    parts: dict[str, list[DataFrame]] = {"popularity": [], "popularity in segments": []}
    for fold in range(FOLDS):
        held = drawn("customer_index", FOLDS) == fold
        taken, asked = cut(shop.before.where(~held)), cut(shop.customers.where(held))
        shown = cut(live.where(~held).select(F.col("item_index").alias("id")).distinct())
        plain = Vectors(full(people(asked)), popular(taken, PopularParams()).items, dense=True)
        segments = popular_in_segments(taken, shop.customers, SegmentParams())
        own = segments.customers.join(asked.select(F.col("customer_index").alias("id")), "id", "left_semi")
        models = {"popularity": plain, "popularity in segments": Vectors(own, segments.items)}
        for name, vectors in models.items():
            parts[name].append(cut(best(of_items(vectors, shown), None, K)))
    lists = {(name, "all"): cut(reduce(DataFrame.unionByName, frames)) for name, frames in parts.items()}
    told = shop.customers.where(F.size("attributes") > 0).select("customer_index")
    lines: list[Line] = []
    for whom, bought in (("all", shop.after), ("known attributes", shop.after.join(told, "customer_index", "left_semi"))):
        found = judged(lists, cut(relevant(bought)), shop)
        ndcg = found["ndcg_10"]
        ratio = ndcg["popularity in segments"] / ndcg["popularity"]
        lines.append((f"new people, {whom}: nDCG@10 of popularity in segments to popularity's", ratio, ">= 1", ratio >= 1))
        lines += [(f"new people, {whom}: nDCG@10 of {name}", value, "for comparison", True) for name, value in ndcg.items()]
        lines.append((f"new people, {whom}: judged", found.loc["popularity", "customers"], "for comparison", True))
    return lines


def drawn(id: str, parts: int) -> Column:
    """0 to parts - 1, by hash and seed."""
    return F.pmod(F.xxhash64(id, F.lit(SEED)), F.lit(parts))


def people(frame: DataFrame) -> DataFrame:
    """Factors of the frame's customers: 1 for each."""
    return frame.select(F.col("customer_index").alias("id")).distinct().withColumn("features", F.array(F.lit(1.0)))


def of_items(vectors: Vectors, shown: DataFrame) -> Vectors:
    return Vectors(cut(vectors.customers), cut(vectors.items.join(shown, "id", "left_semi")), vectors.dense)


def relevant(bought: DataFrame) -> DataFrame:
    """As judge wants it: nothing is asked of what is new to the customer."""
    items = F.collect_set("item_id").alias("all_items")
    return bought.groupBy("customer_index").agg(items, F.array().cast("array<string>").alias("new_items"))


def judged(lists: dict[tuple[str, str], DataFrame], bought: DataFrame, shop: Shop) -> pd.DataFrame:
    """Figures by model; a row per list to the driver. Rarity is not asked of items that nobody knows: one customer, one buyer."""
    one = F.lit(1).cast("long")
    known = shop.items.select("item_index", "item_id", one.alias("buyers"), one.alias("customers"))
    found = judge(lists, bought, cut(known)).toPandas().set_index("model").sort_index()
    print(found.round(4).to_string(), flush=True)
    return found


if __name__ == "__main__":
    sys.exit(main(*asked_run(sys.argv[1:], "cold_start")))
