"""What is a unit of a scarce item worth, so that what customers are shown is no more than what there is?

Lists are to have the highest sum of worth, `length` places each, while the expected uptake of each item stays within its
capacity. With a price per unit for each capacity (a Lagrange multiplier) that falls apart into customers: each is shown the best by
worth - price x uptake, where that is not below 0. Whatever the prices, the sum of these and of price x capacity is no less than
what any lists within capacity are worth (Fisher 1981, Management Science 27). Its subgradient by a price is capacity - uptake: a
price rises while too much is taken, and falls, to 0 at least, while less is. How far is each item's own affair: its step grows
while it keeps its direction and is halved when it turns (Riedmiller & Braun 1993, ICNN), since no step fits both what sells by the
unit and what sells by the thousand.
"""

from dataclasses import dataclass

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from shelfwise.core.job import Params
from shelfwise.core.kept import cut
from shelfwise.measures.exact import exact_sum

STATE = ("item_index", "capacity", "largest", "step", "price", "way")


class PriceParams(Params):
    length: int = 10  # of a list, where candidates do not say how many places theirs has
    tolerance: float = 0.01  # of a capacity: forecasts of demand are no better than that
    iterations: int = 40  # each is a pass over all candidates
    first_step: float = 0.1  # of the price at which an item is worth nothing to its usual customer
    growth: float = 1.2  # of a step that keeps its direction
    shrinkage: float = 0.5  # of one that turns


@dataclass(frozen=True)
class Prices:
    items: DataFrame  # one row per item: item_index, capacity (null: no limit), price (worth per unit)
    bound: float  # what no lists within capacity can be worth more than
    iterations: int


def prices(candidates: DataFrame, capacity: DataFrame, params: PriceParams) -> Prices:
    """Stops where each item is within tolerance, or within one customer, of what its price asks for.

    `candidates`: customer_index, item_index, worth (not below 0), uptake (units expected if shown), places (of the customer's
    list); `capacity`: item_index, units. Two numbers come to the driver from each iteration.
    """
    tried, iteration = cut(_tried(candidates, _free(candidates, capacity, params))), 1
    misfit, bound = _judged(tried)
    while misfit > params.tolerance and iteration < params.iterations:
        tried, iteration = cut(_tried(candidates, _moved(tried, params))), iteration + 1
        misfit, value = _judged(tried)
        bound = min(bound, value)
    return Prices(tried.select("item_index", "capacity", "price"), bound, iteration)


def net() -> Column:
    """Worth less what the uptake costs."""
    return F.col("worth") - F.col("price") * F.col("uptake")


def _free(candidates: DataFrame, capacity: DataFrame, params: PriceParams) -> DataFrame:
    """One row per item: nothing has a price yet."""
    usual = F.try_divide(exact_sum(F.col("worth")), exact_sum(F.col("uptake")))
    step = F.coalesce(params.first_step * usual, F.lit(0.0)).alias("step")
    items = candidates.groupBy("item_index").agg(step, F.max("uptake").alias("largest"))
    limits = capacity.select("item_index", F.greatest("units", F.lit(0.0)).cast("double").alias("capacity"))
    zeros = F.lit(0.0).alias("price"), F.lit(0).alias("way")
    return items.join(limits, "item_index", "left").select("item_index", "capacity", "largest", "step", *zeros)


def _tried(candidates: DataFrame, state: DataFrame) -> DataFrame:
    """Adds what is taken at these prices: units, and what customers gain by it. Bound: the items are broadcast."""
    order = Window.partitionBy("customer_index").orderBy(F.desc("net"), "item_index")
    rows = candidates.join(F.broadcast(state), "item_index", "inner").withColumn("net", net())
    shown = (F.row_number().over(order) <= F.col("places")) & (F.col("net") >= 0)
    sums = {
        name: exact_sum(F.when(F.col("shown"), F.col(of)).otherwise(0.0)) for name, of in {"units": "uptake", "gain": "net"}.items()
    }
    # a group is an item: its state comes along, and no second join has to fetch it
    return rows.withColumn("shown", shown).groupBy(*STATE).agg(*[total.alias(name) for name, total in sums.items()])


def _judged(tried: DataFrame) -> tuple[float, float]:
    """The largest misfit of an item, as a share of its capacity and beyond one customer's uptake; and the bound."""
    asks = (F.col("price") > 0) | (F.col("units") > F.col("capacity"))
    beyond = F.abs(F.col("units") - F.col("capacity")) - F.col("largest")
    misfit = F.max(F.when(asks, F.try_divide(beyond, F.col("capacity"))))
    cost = F.col("price") * F.coalesce("capacity", F.lit(0.0))
    row = tried.agg(F.coalesce(misfit, F.lit(0.0)), exact_sum(F.col("gain")) + exact_sum(cost)).collect()[0]
    return float(row[0]), float(row[1] or 0.0)


def _moved(tried: DataFrame, params: PriceParams) -> DataFrame:
    way = F.coalesce(F.signum(F.col("units") - F.col("capacity")).cast("int"), F.lit(0))
    # a price that is 0 and would fall stays where it is, and keeps its step
    way = F.when((F.col("price") == 0) & (way < 0), 0).otherwise(way)
    met = way * F.col("way")
    step = F.col("step") * F.when(met > 0, params.growth).when(met < 0, params.shrinkage).otherwise(1.0)
    turned = tried.withColumns({"step": step, "way": way})
    price = F.greatest(F.col("price") + F.col("way") * F.col("step"), F.lit(0.0))
    return turned.withColumn("price", price).drop("units", "gain")
