"""What is on the shelf that a candidate would come to, and how do newcomers change a shelf?"""

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from shelfwise.contracts.newcomers import EVERY
from shelfwise.measures.exact import exact_sum

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
    shelf = F.concat_ws(" / ", "category", "subcategory").alias("shelf")
    price, cost = F.col("unit_price").cast("double"), F.col("unit_cost").cast("double")
    priced = plan.select("item_id", "maker_id", price.alias("price"), (price - cost).alias("unit_margin"))
    listed = coming.join(priced, "item_id", "inner").join(items.select("item_id", shelf), "item_id", "inner")
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
    found = candidates
    for effect, narrow in NARROWEST.items():
        of = effects.where(F.col("effect") == effect).select("scope", "value")
        everywhere = of.where(F.col("scope") == EVERY).agg(F.max("value").alias("everywhere"))  # one row
        found = found.crossJoin(F.broadcast(everywhere))
        own: Column = F.lit(None).cast("double")
        if narrow:
            scoped = of.select(F.col("scope"), F.col("value").alias("own"))
            named = F.concat(F.lit(f"{narrow}:"), F.col(narrow))
            found = found.withColumn("scope", named).join(F.broadcast(scoped), "scope", "left").drop("scope")
            own = F.col("own")
        found = found.withColumn(effect, F.coalesce(own, "everywhere", F.lit(UNTOLD[effect]))).drop("own", "everywhere")
    return found
