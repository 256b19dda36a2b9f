"""On how few items, brands, suppliers and categories does the planned margin rest?

Herfindahl-Hirschman index: the sum of squared shares (Hirschman 1964, *American Economic Review* 54).
"""

from datetime import date
from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.gold.risk import CONCENTRATION
from shelfwise.measures.exact import exact_sum

BY = {"item": "item_id", "brand": "maker_id", "supplier": "supplier_id", "category": "shelf", "department": "department"}
TOP = 10


def measure_concentration(exposure: DataFrame, items: DataFrame, *, as_of: date) -> DataFrame:
    """One row per kind of part; none where nothing earns. `items`: silver.items, which know the brands."""
    margin = F.greatest((F.col("unit_price") - F.col("unit_cost")).cast("double") * F.col("far_mean"), F.lit(0.0))
    brands = items.select("item_id", "maker_id")
    shelf = F.concat_ws(" / ", "department", "category")
    earning = (
        exposure.join(brands, "item_id", "left").fillna("UNKNOWN", ["maker_id"]).withColumns({"margin": margin, "shelf": shelf})
    )
    found = reduce(DataFrame.unionByName, [_concentrated(earning, by, column) for by, column in BY.items()])
    return found.select(F.lit(as_of).alias("as_of"), *CONCENTRATION.columns[1:])


def _concentrated(earning: DataFrame, by: str, column: str) -> DataFrame:
    parts = earning.groupBy(F.col(column).alias("part")).agg(exact_sum(F.col("margin")).alias("margin"))
    total = parts.agg(exact_sum(F.col("margin")).alias("total"), F.count_if(F.col("margin") > 0).alias("parts")).where("total > 0")
    top = parts.orderBy(F.desc("margin"), "part").limit(TOP)
    of_top = top.agg(exact_sum(F.col("margin")).alias("top"), F.max_by("part", F.struct("margin", "part")).alias("largest"))
    squares = (
        parts.crossJoin(F.broadcast(total))
        .groupBy("total", "parts")
        .agg(exact_sum((F.col("margin") / F.col("total")) ** 2).alias("hhi"), F.max("margin").alias("first"))
    )
    return squares.crossJoin(F.broadcast(of_top)).select(
        F.lit(by).alias("by"),
        "parts",
        "hhi",
        (1 / F.col("hhi")).alias("effective"),
        "largest",
        (F.col("first") / F.col("total")).alias("largest_share"),
        (F.col("top") / F.col("total")).alias("top_ten_share"),
    )
