"""Which items may be shown at all, and how many customers bought each?

Shown are items that are sold by the each or whose measure is unknown (nobody is advised to buy a coupon or petrol), and that
sold within the last weeks: what has left the shelves can't be bought.
"""

from datetime import date, timedelta

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from shelfwise.recommend.vectors import Vectors, of_factors


def of_goods(bought: DataFrame, items: DataFrame) -> DataFrame:
    """Rows of `bought` whose item is a good to recommend."""
    return bought.join(items.where(F.col("sold_by").isin("measure", "service")).select("item_id"), "item_id", "left_anti")


def live_items(pairs: DataFrame, *, as_of: date, live_days: int) -> DataFrame:
    """One row per item that a customer bought in the last `live_days` up to `as_of`: its number and `buyers` so far."""
    buyers, latest = F.count(F.lit(1)).alias("buyers"), F.max("last_bought_on").alias("last_bought_on")
    lives = pairs.groupBy("item_id", "item_index").agg(buyers, latest)
    return lives.where(F.col("last_bought_on") > F.lit(as_of - timedelta(days=live_days))).drop("last_bought_on")


def popularity(pairs: DataFrame, live: DataFrame) -> Vectors:
    """One factor: 1 for each customer, the number of buyers for each live item."""
    one = F.array(F.lit(1.0)).alias("features")
    customers = pairs.select(F.col("customer_index").alias("id")).distinct().select("id", one)
    return of_factors(customers, live.select(F.col("item_index").alias("id"), F.array("buyers").alias("features")))


def most_bought(pairs: DataFrame, live: DataFrame, k: int) -> DataFrame:
    """Each customer's k live items with the most baskets: customer_index, item_index, score (baskets), place."""
    order = Window.partitionBy("customer_index").orderBy(F.desc("baskets"), F.desc("last_bought_on"), "item_index")
    still = pairs.join(live.select("item_index"), "item_index", "left_semi").withColumn("place", F.row_number().over(order))
    score = F.col("baskets").cast("double").alias("score")
    return still.where(F.col("place") <= k).select("customer_index", "item_index", score, "place")
