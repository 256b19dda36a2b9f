"""What do lists ask of the stock, and what if they ask for no more than there is?"""

from dataclasses import dataclass

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from shelfwise.core.kept import cut, keep
from shelfwise.measures.exact import exact_sum, on_grid
from shelfwise.recommend.fulfil.places import StockParams, placed
from shelfwise.recommend.fulfil.prices import prices
from shelfwise.recommend.vectors import PAIR

FIGURES = ("uptake_before", "worth_before", "uptake_after", "worth_after")


@dataclass(frozen=True)
class Fulfilled:
    """`bound`: what no lists within capacity can be worth more than; `iterations` that prices took."""

    lists: DataFrame  # customer_index, item_index, worth, uptake, place
    items: DataFrame  # one row per candidate item: item_index, capacity, price, {uptake, worth}_{before, after}
    bound: float
    iterations: int


def within_stock(candidates: DataFrame, capacity: DataFrame, params: StockParams) -> Fulfilled:
    """Lists with the highest worth whose expected uptake of each item is within capacity, to the tolerance.

    `candidates`: customer_index, item_index, worth (what ranks, not below 0), uptake (units expected if shown) and perhaps places
    (of the customer's list, else `length`); `capacity`: item_index, units; an item without a row has no limit. A worth is taken as
    it comes, whatever else its list then shows. No list is shorter than it has to be, but where the last round turns somebody away.
    """
    # sums of multiples of 2^-24 are the same in any order, so that it is the same customer for whom an item no longer has room
    places = F.col("places") if "places" in candidates.columns else F.lit(params.length).alias("places")
    asked = candidates.select(*PAIR, F.col("worth").cast("double"), on_grid(F.col("uptake")).alias("uptake"), places)
    rows = keep(asked.repartition("customer_index"))
    priced = prices(rows, capacity, params)
    lists = cut(placed(rows, priced, params))
    before = _of_items(_unlimited(rows), "before")
    items = priced.items.join(before, "item_index", "left").join(_of_items(lists, "after"), "item_index", "left")
    return Fulfilled(lists, cut(items.fillna(0.0, list(FIGURES))), priced.bound, priced.iterations)


def totals(items: DataFrame) -> DataFrame:
    """One row: units that are wanted and there, before and after, all worth, and the share of it that is lost to the limits.

    `items` as of within_stock. What is asked for above capacity is not served.
    """
    worth = {when: exact_sum(F.col(f"worth_{when}")) for when in ("before", "after")}
    return items.agg(
        _served("before").alias("served_before"),
        _served("after").alias("served_after"),
        worth["before"].alias("worth_before"),
        worth["after"].alias("worth_after"),
        (1 - F.try_divide(worth["after"], worth["before"])).alias("worth_lost"),
    )


def _unlimited(rows: DataFrame) -> DataFrame:
    order = Window.partitionBy("customer_index").orderBy(F.desc("worth"), "item_index")
    return rows.withColumn("nth", F.row_number().over(order)).where(F.col("nth") <= F.col("places"))


def _of_items(lists: DataFrame, when: str) -> DataFrame:
    sums = [exact_sum(F.col(what)).alias(f"{what}_{when}") for what in ("uptake", "worth")]
    return lists.groupBy("item_index").agg(*sums)


def _served(when: str) -> Column:
    # least passes over a null: no limit
    return exact_sum(F.least(f"uptake_{when}", "capacity"))
