"""Between which items of a shelf do customers switch?

A switch is a customer's purchase on a shelf of another item than the one bought there before. By shares alone (the nested law
knows no more) a switch from item i goes to an item of the same maker with probability (maker's share - i's) / (1 - i's share).
The effect is switches seen / switches that shares would give; so for items of the same price band. An effect of 2 says: twice as
likely a substitute as shares say. It leans on none at all (1).
"""

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from shelfwise.contracts.newcomers import EVERY
from shelfwise.core.kept import keep
from shelfwise.introductions.leaning import leaning
from shelfwise.measures.exact import exact_sum

BAND = 0.5  # log price: from one band's floor to the next one's
SD = 0.5  # by which shops, and departments from their shop, are taken to differ
GROUPS = {"same_maker": "maker_id", "near_price": "band"}


def switching(bought: DataFrame) -> DataFrame:
    """`bought`: customer_id, item_id, shelf, department, maker_id, price, sold_at, revenue. Rows as features.launch_effects."""
    priced = bought.where("price > 0").withColumn("band", F.floor(F.log("price") / BAND))
    shares = _shares(priced)
    # what is bought at the same time is no switch
    earlier = (
        Window.partitionBy("customer_id", "shelf").orderBy(F.unix_timestamp("sold_at")).rangeBetween(Window.unboundedPreceding, -1)
    )
    last = F.max(F.struct("sold_at", "item_id", *GROUPS.values())).over(earlier)
    before = {f"from_{name}": last[name] for name in ("item_id", *GROUPS.values())}
    switches = priced.withColumns(before).where("from_item_id IS NOT NULL AND from_item_id <> item_id")
    known = switches.join(shares.withColumnRenamed("item_id", "from_item_id"), ["shelf", "from_item_id"], "inner")
    told = known.select("department", *[column for effect, group in GROUPS.items() for column in _of(effect, group)])
    sums = [exact_sum(F.col(name)).alias(name) for effect in GROUPS for name in (f"seen_{effect}", f"foreseen_{effect}")]
    by_department = keep(told.groupBy("department").agg(*sums, F.count(F.lit(1)).alias("cases")))
    names = [name for name in by_department.columns if name not in ("department", "cases")]
    whole = by_department.agg(F.sum("cases").alias("cases"), *[exact_sum(F.col(name)).alias(name) for name in names]).where(
        "cases > 0"
    )
    estimated = []
    for effect in GROUPS:
        shop = _estimated(whole, effect, F.lit(EVERY), F.lit(1.0))
        beside_shop = by_department.crossJoin(F.broadcast(shop.select(F.col("value").alias("shop"))))
        scope = F.concat(F.lit("department:"), "department")
        estimated.append(shop.unionByName(_estimated(beside_shop, effect, scope, F.col("shop"))))
    return estimated[0].unionByName(estimated[1])


def _shares(bought: DataFrame) -> DataFrame:
    """One row per shelf and item: its share of the shelf's purchases, its maker's and its price band's."""
    of_item = bought.groupBy("shelf", "item_id").agg(
        F.max("maker_id").alias("maker_id"), F.max("band").alias("band"), F.count(F.lit(1)).cast("double").alias("times")
    )
    whole = F.sum("times").over(Window.partitionBy("shelf"))
    of_group = {f"share_{group}": F.sum("times").over(Window.partitionBy("shelf", group)) / whole for group in GROUPS.values()}
    return of_item.withColumns({"share": F.col("times") / whole} | of_group).select(
        "shelf", "item_id", "share", *[f"share_{group}" for group in GROUPS.values()]
    )


def _of(effect: str, group: str) -> list[Column]:
    seen = (F.col(group) == F.col(f"from_{group}")).cast("double")
    foreseen = F.try_divide(F.greatest(F.col(f"share_{group}") - F.col("share"), F.lit(0.0)), 1 - F.col("share"))
    return [seen.alias(f"seen_{effect}"), F.coalesce(foreseen, F.lit(0.0)).alias(f"foreseen_{effect}")]


def _estimated(sums: DataFrame, effect: str, scope: Column, prior: Column) -> DataFrame:
    seen, foreseen = F.col(f"seen_{effect}"), F.col(f"foreseen_{effect}")
    told = sums.where(foreseen > 0).select(
        "cases",
        (seen / foreseen).alias("measured"),
        (F.sqrt(seen + 1) / foreseen).alias("error"),
        prior.alias("prior"),
        scope.alias("scope"),
    )
    value = leaning(F.col("measured"), F.col("error"), F.col("prior"), SD)
    return told.select(F.lit(effect).alias("effect"), "scope", value.alias("value"), "measured", "error", "cases")
