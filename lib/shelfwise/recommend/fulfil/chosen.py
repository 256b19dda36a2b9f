"""Which candidates make a customer's list: own items to buy again, new ones that vary, and none beyond what there is to sell?

A customer has two parts of a list, own and new items, each with its places; where one part has too few candidates the other gets
theirs. In both the stock is the same: each part asks for it as a customer of its own.
"""

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from shelfwise.core.job import Params
from shelfwise.core.kept import cut
from shelfwise.recommend.fulfil.diverse import DiverseParams, diverse
from shelfwise.recommend.fulfil.places import StockParams
from shelfwise.recommend.fulfil.stock import within_stock
from shelfwise.recommend.vectors import PAIR


class ChoiceParams(Params):
    length: int = 10
    own_items: int = 5  # half to repeat, half to discover
    pool: int = 30  # candidates of each part: three lists' worth, so that what is short can be replaced
    diverse: DiverseParams = DiverseParams()  # of new items; what is bought again is bought as it is
    stock: StockParams = StockParams()


def chosen(chances: DataFrame, items: DataFrame, sellable: DataFrame, params: ChoiceParams) -> DataFrame:
    """customer_index, item_index, own, probability, expected_units, rank: at most `length` per customer, own items first.

    `chances` as of ranker.model.ranked; `items`: item_index, shelf, category, maker_id; `sellable` as of fulfil.sellable.
    """
    order = Window.partitionBy("customer_index", "own").orderBy("place")
    pool = chances.withColumn("nth", F.row_number().over(order)).where(F.col("nth") <= params.pool).drop("nth")
    valued = with_units(with_worth(pool, items, params.diverse), sellable)
    asked = cut(with_places(valued, params))
    parts = asked.withColumn("customer_index", part_of("customer_index", "own"))
    capacity = sellable.where(F.col("units").isNotNull()).select("item_index", "units")
    uptake = F.col("expected_units").alias("uptake")
    shown = within_stock(parts.select(*PAIR, "worth", uptake, "places"), capacity, params.stock).lists
    kept = asked.join(shown.select(whose("customer_index"), "item_index", F.col("place").alias("turn")), PAIR, "inner")
    first = Window.partitionBy("customer_index").orderBy(F.desc("own"), "turn", "item_index")
    ranked = kept.withColumn("rank", F.row_number().over(first)).where(F.col("rank") <= params.length)
    return ranked.select(*PAIR, "own", "probability", "expected_units", "rank")


def with_units(chances: DataFrame, sellable: DataFrame) -> DataFrame:
    """Adds `expected_units`: the probability of a purchase x the units of one."""
    of_items = sellable.select("item_index", "units_per_basket")
    units = F.col("probability") * F.coalesce("units_per_basket", F.lit(1.0))
    return chances.join(of_items, "item_index", "left").withColumn("expected_units", units).drop("units_per_basket")


def with_worth(pool: DataFrame, items: DataFrame, params: DiverseParams) -> DataFrame:
    """Adds `worth`: the probability; of a new item less what the likeness to new ones before it takes (fulfil.diverse)."""
    new = pool.where(~F.col("own")).join(items, "item_index", "left")
    varied = diverse(new, params).select(*PAIR, F.col("worth").alias("varied"))
    return pool.join(cut(varied), PAIR, "left").withColumn("worth", F.coalesce("varied", "probability")).drop("varied")


def with_places(asked: DataFrame, params: ChoiceParams) -> DataFrame:
    """Adds `places`: how many of its part's candidates a customer is shown."""
    of_customer = Window.partitionBy("customer_index")
    own, new = (F.count_if(flag).over(of_customer) for flag in (F.col("own"), ~F.col("own")))
    for_own = F.least(own, F.greatest(F.lit(params.own_items), params.length - new))
    for_new = F.least(new, params.length - for_own)
    return asked.withColumn("places", F.when(F.col("own"), for_own).otherwise(for_new).cast("int"))


def part_of(customer: str, own: str) -> Column:
    return F.col(customer) * 2 + F.col(own).cast("int")


def whose(part: str) -> Column:
    return F.shiftright(part, 1).alias(part)
