"""What could be sold of each item in the coming weeks, and what does a unit bring?

Units on hand, on order, and those that gold.inventory_plan orders now. An item without a plan (nothing is known of its stock) has
no limit. A purchase is of as many units as the item's baskets held so far.
"""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shelfwise.measures.exact import exact_sum


def sellable(plan: DataFrame, bought: DataFrame) -> DataFrame:
    """One row per item of `bought` (purchases of features.interactions): item_index, units, unit_margin, units_per_basket.

    `plan`: gold.inventory_plan of a day; units and unit_margin (money, price before discounts less cost) are null without a row.
    """
    held = bought.groupBy("item_id", "item_index").agg(
        (exact_sum(F.col("units")) / F.sum("baskets")).alias("units_per_basket"),
    )
    units = (F.col("on_hand") + F.col("on_order") + F.col("order_units")).cast("double").alias("units")
    margin = (F.col("unit_price") - F.col("unit_cost")).cast("double").alias("unit_margin")
    return held.join(plan.select("item_id", units, margin), "item_id", "left").drop("item_id")
