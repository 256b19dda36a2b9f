"""What is on the shelf that a candidate would come to, and how do newcomers change a shelf?"""

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from shelfwise.contracts.newcomers import EVERY
from shelfwise.measures.exact import exact_sum
from shelfwise.measures.shelves import shelf

NAMED = 20  # items of a shelf that can be named as those that lose; the largest
# what is gone by where no launch has told anything: half of a newcomer's sales are its shelf's, and nothing beyond it moves
UNTOLD = {"crowding": 0.5, "halo": 0.0, "won": 0.0, "same_maker": 1.0, "near_price": 1.0}
NARROWEST = {
    "crowding": "category",
    "halo": "department",
    "won": None,
    "same_maker": "department",
    "near_price": "department",
}


def shelves(plan: DataFrame, forecast: DataFrame, items: DataFrame, *, weeks: int) -> DataFrame:
    """One row per shelf with demand: `beside` units of the next `weeks`, their mean margin, price quartiles, its largest items."""
    coming = forecast.where((F.col("horizon") == weeks) & (F.col("cum_mean") > 0)).select(
        "item_id", F.col("cum_mean").alias("units")
    )
    price, cost = F.col("unit_price").cast("double"), F.col("unit_cost").cast("double")
    priced = plan.select("item_id", "maker_id", price.alias("price"), (price - cost).alias("unit_margin"))
    listed = coming.join(priced, "item_id", "inner").join(items.select("item_id", shelf()), "item_id", "inner")
    largest = Window.partitionBy("shelf").orderBy(F.desc("units"), "item_id")
    placed = listed.withColumn("place", F.row_number().over(largest))
    named = F.when(F.col("place") <= NAMED, F.struct("place", "item_id", "maker_id", "price", "units"))
    return placed.groupBy("shelf").agg(
        exact_sum(F.col("units")).alias("beside"),
        (exact_sum(F.col("unit_margin") * F.col("units")) / exact_sum(F.col("units"))).alias("beside_margin"),
        F.percentile("price", F.array(F.lit(0.25), F.lit(0.75))).alias("quartiles"),
        F.array_sort(F.collect_list(named)).alias("mates"),
    )


def with_effects(candidates: DataFrame, effects: DataFrame) -> DataFrame:
    """Adds a column per effect: of the narrowest scope that has been measured."""
    values = {name: F.max(F.when(F.col("effect") == name, F.col("value"))) for name in NARROWEST}
    everywhere = effects.where(F.col("scope") == EVERY).agg(*[value.alias(f"{name}_all") for name, value in values.items()])
    found = candidates.crossJoin(F.broadcast(everywhere))  # one row
    for level in ("category", "department"):
        named = [value.alias(f"{name}_own") for name, value in values.items() if NARROWEST[name] == level]
        scoped = F.broadcast(effects.groupBy("scope").agg(*named))
        found = found.withColumn("scope", F.concat(F.lit(f"{level}:"), level)).join(scoped, "scope", "left").drop("scope")
    known = {name: [f"{name}_own", f"{name}_all"] if level else [f"{name}_all"] for name, level in NARROWEST.items()}
    told = {name: F.coalesce(*columns, F.lit(UNTOLD[name])) for name, columns in known.items()}
    return found.withColumns(told).drop(*[column for columns in known.values() for column in columns])
