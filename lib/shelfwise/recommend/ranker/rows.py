"""Which items may a customer want next, and what is known of each pair? The rows that the ranker learns from and ranks.

Candidates are what the customer bought that is still on sale, what the customer looked at of late, and what each model of
recommend.models offers beyond it. Rows of an earlier day are made from what was known then; whether the pair was bought in the
weeks after is what is learnt.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import reduce

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from shelfwise.core.job import Params
from shelfwise.core.kept import cut
from shelfwise.measures.shelves import shelf
from shelfwise.recommend.als import AlsParams
from shelfwise.recommend.candidates import of_goods
from shelfwise.recommend.models.ease import EaseParams, ease
from shelfwise.recommend.models.factors import factors
from shelfwise.recommend.models.popular import PopularParams, popular
from shelfwise.recommend.models.taken import bought_enough, flat
from shelfwise.recommend.ranker import facts
from shelfwise.recommend.vectors import PAIR, Vectors, best, full, scores

MODELS = ("als", "ease", "popularity")
FEATURES = (
    *facts.OF_PAIR,
    *facts.OF_ITEM,
    *facts.OF_PLAN,
    *facts.OF_MEETING,
    *(f"{circle}_{what}" for circle in facts.CIRCLES for what in ("share", "last_days")),
    *(f"{name}{what}" for name in MODELS for what in ("", "_place")),
    "trips",
    "items",
)
# of who never bought: not 0 days ago, but long ago
NEVER = {name: facts.LONG_AGO for name in FEATURES if name.endswith("_days")} | {"due": facts.LONG_AGO}


@dataclass(frozen=True)
class Shop:
    """All days of a shop, numbered alike."""

    visits: DataFrame  # as of facts.visits
    meetings: DataFrame  # as of facts.met
    items: DataFrame  # one row per item: item_index, shelf, category, maker_id
    promotions: DataFrame  # features.promotion_week with item_index


def shop_of(sales: DataFrame, items: DataFrame, interactions: DataFrame, promotions: DataFrame, events: DataFrame) -> Shop:
    """From the tables, as of a day and numbered as features.interactions is; only goods are shown (candidates.of_goods)."""
    numbers = interactions.select("item_id", "item_index").distinct()
    return Shop(
        cut(facts.visits(of_goods(sales, items), interactions)),
        cut(facts.met(of_goods(events, items), interactions)),
        cut(numbers.join(items, "item_id", "inner").select("item_index", shelf(), "category", "maker_id")),
        cut(promotions.drop("category").join(numbers, "item_id", "inner")),
    )


class RowsParams(Params):
    offered: int = 60  # items new to the customer, by each model
    live_days: int = 56  # an item that nobody bought for eight weeks is taken to be gone
    days: int = 28  # in which a pair is bought, or not
    als: AlsParams = AlsParams()
    ease: EaseParams = EaseParams(most_items=2_000)  # of each day: a sixth of the time of 5,000; what few buy is offered by factors
    popularity: PopularParams = PopularParams(half_life=28.0)


def rows_at(
    shop: Shop,
    day: date,
    params: RowsParams,
    als: Vectors | None = None,
    asked: DataFrame | None = None,
    among: Column | None = None,
) -> DataFrame:
    """One row per candidate pair at the end of `day`: customer_index, item_index, `own` (bought before), FEATURES.

    `als`: factors fitted already, of the same settings; else they are fitted to what was known then. `asked`: pairs that are
    candidates too; their items live, and are new to their customers. `among`: which customers have rows (a condition on
    customer_index); models and items are those of all.
    """
    known = cut(facts.until(shop.visits, day))
    everybody = cut(facts.trips(known))
    all_pairs = cut(facts.of_pairs(known, everybody))
    live = cut(facts.live(all_pairs, params.live_days))
    offering = fitted(cut(taken(all_pairs, params.als.min_customers)), params, als)
    some = F.lit(True) if among is None else among
    trips, pairs, known = (frame.where(some) for frame in (everybody, all_pairs, known))
    offering |= {"popularity": for_all(offering["popularity"], trips)}
    models = {name: of_live(_of(vectors, trips), live) for name, vectors in offering.items()}
    met = cut(facts.of_meetings(facts.met_until(shop.meetings, day)))
    more = looked_at(met, pairs, live)
    rows = offered = cut(candidates(models, pairs, more if asked is None else more.unionByName(asked), live, params))
    for name, vectors in models.items():
        scored = cut(scores(vectors, offered.select(*PAIR))).withColumnRenamed("score", name)
        rows = rows.join(scored, PAIR, "left")
    rows = rows.join(pairs, PAIR, "left").join(facts.of_items(all_pairs), "item_index", "left")
    rows = rows.join(met, PAIR, "left").join(facts.of_plans(shop.promotions, day, params.days), "item_index", "left")
    rows = rows.join(shop.items, "item_index", "left").join(trips, "customer_index", "left")
    for circle in facts.CIRCLES:
        rows = rows.join(facts.of_circle(known, shop.items, circle, trips), ["customer_index", circle], "left")
    placed = rows.withColumns({f"{name}_place": _place(name) for name in models})
    # trees of XGBoost split floats: wider numbers are cut to these there
    filled = {name: F.coalesce(F.col(name), F.lit(NEVER.get(name, 0))).cast("float") for name in FEATURES}
    return placed.select(*PAIR, "own", *[column.alias(name) for name, column in filled.items()])


def with_outcome(rows: DataFrame, visits: DataFrame, day: date, days: int) -> DataFrame:
    """Adds `bought`: 1.0 where the customer bought the item in the `days` after `day`; only customers who bought anything then."""
    after = facts.bought_after(visits, day, days)
    came = rows.join(after.select("customer_index").distinct(), "customer_index", "left_semi")
    return came.join(after.withColumn("bought", F.lit(1.0)), PAIR, "left").fillna(0.0, ["bought"])


def taken(pairs: DataFrame, min_customers: int) -> DataFrame:
    """What models learn from, of facts.of_pairs: strength is log(1 + baskets), the tenth says less than the first."""
    strength, at = F.log1p("baskets").cast("float").alias("strength"), (-F.col("last_days")).cast("double").alias("at")
    return bought_enough(pairs, min_customers).select(*PAIR, strength, at)


def fitted(taken: DataFrame, params: RowsParams, als: Vectors | None = None) -> dict[str, Vectors]:
    """The models that offer."""
    return {
        "als": als or factors(taken, params.als),
        "ease": ease(flat(taken), params.ease),
        "popularity": popular(taken, params.popularity),
    }


def for_all(popularity: Vectors, customers: DataFrame) -> Vectors:
    """Also for customers of whose items no model has learnt, since too few others bought them."""
    one = F.array(F.lit(1.0)).alias("features")
    return Vectors(full(customers.select(F.col("customer_index").alias("id"), one)), popularity.items, dense=True)


def looked_at(met: DataFrame, pairs: DataFrame, live: DataFrame) -> DataFrame:
    """Live items that customers of `pairs` looked at in the last 28 days (what they bought before is own anyway)."""
    late = met.where(F.col("last_met_days") < 28).select(*PAIR)
    known = late.join(pairs.select("customer_index").distinct(), "customer_index", "left_semi")
    return known.join(live, "item_index", "left_semi").join(pairs, PAIR, "left_anti")


def candidates(models: Mapping[str, Vectors], pairs: DataFrame, more: DataFrame, live: DataFrame, params: RowsParams) -> DataFrame:
    """One row per customer and item: bought before and still live (`own`), one of `more`, or offered by a model."""
    bought = pairs.select(*PAIR)
    own = bought.join(live, "item_index", "left_semi").withColumn("own", F.lit(True))
    offered = [more, *(best(vectors, bought, params.offered).select(*PAIR) for vectors in models.values())]
    return own.unionByName(reduce(DataFrame.unionByName, offered).distinct().withColumn("own", F.lit(False)))


def of_live(vectors: Vectors, live: DataFrame) -> Vectors:
    """Those that show live items only."""
    items = vectors.items.join(live.withColumnRenamed("item_index", "id"), "id", "left_semi")
    return Vectors(cut(vectors.customers), cut(items), vectors.dense)


def _of(vectors: Vectors, customers: DataFrame) -> Vectors:
    known = customers.select(F.col("customer_index").alias("id"))
    return Vectors(vectors.customers.join(known, "id", "left_semi"), vectors.items, vectors.dense)


def _place(name: str) -> Column:
    """Among the customer's own, and among those new to the customer."""
    return F.row_number().over(Window.partitionBy("customer_index", "own").orderBy(F.desc_nulls_last(name), "item_index"))
