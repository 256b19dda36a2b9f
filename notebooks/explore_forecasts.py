# Databricks notebook source
# MAGIC %md
# MAGIC # What sold, what will sell, what to order
# MAGIC It only shows tables that jobs have written: `shelfwise run` fills them. Set `SHELFWISE_ENV` and
# MAGIC `SHELFWISE_LAKE__ROOT` where the lake is not the local one.

# COMMAND ----------
import os

from pyspark.sql import functions as F

from shelfwise.contracts.gold.demand import DEMAND_FORECAST
from shelfwise.contracts.gold.inventory import PURCHASE_ORDERS
from shelfwise.contracts.silver import ITEMS, SALES_LINES
from shelfwise.core.lake import Lake
from shelfwise.core.session import start_session
from shelfwise.core.settings import load_settings

settings = load_settings(os.environ.get("SHELFWISE_ENV", "local"))
spark = start_session(settings)
lake = Lake(spark, settings)

# COMMAND ----------
# MAGIC %md
# MAGIC ## Sales by week
# MAGIC All of them, also those after the last forecast was made. Revenue is what the shop received; returns are negative.

# COMMAND ----------
week = F.to_date(F.date_trunc("week", "sold_on")).alias("week")
sold = lake.read(SALES_LINES).where("kind <> 'charge'")
sales_by_week = sold.groupBy(week).agg(
    F.sum("revenue").alias("revenue"),
    F.countDistinct("basket_id").alias("baskets"),
    F.countDistinct("customer_id").alias("customers"),
)
sales_by_week.orderBy("week").show(60)

# COMMAND ----------
# MAGIC %md
# MAGIC ## One item's forecast beside what then sold
# MAGIC The item with the highest forecast, unless you name another.

# COMMAND ----------
forecasts = lake.read(DEMAND_FORECAST)
as_of = forecasts.agg(F.max("as_of")).first()[0]
newest = lake.read(DEMAND_FORECAST, as_of)
item = newest.groupBy("item_id").agg(F.sum("mean").alias("expected")).orderBy(F.desc("expected"), "item_id").first()["item_id"]

# COMMAND ----------
actual = sold.where(F.col("item_id") == item).groupBy(week).agg(F.sum("quantity").alias("actual"))
# a week of the forecast in which nothing sold has sold nothing; a week after the last sale is not known yet
known_to = sold.agg(F.max("sold_on")).first()[0]
drill_down = (
    newest.where(F.col("item_id") == item)
    .join(actual, "week", "left")
    .select(
        "week",
        "q05",
        F.round("mean", 1).alias("mean"),
        "q95",
        F.when(F.date_add("week", 6) <= F.lit(known_to), F.coalesce("actual", F.lit(0))).alias("actual"),
    )
)
print(f"{item} as of {as_of}: {lake.read(ITEMS).where(F.col('item_id') == item).select('description').first()[0]}")
drill_down.orderBy("week").show(20)

# COMMAND ----------
# MAGIC %md
# MAGIC ## The largest orders

# COMMAND ----------
top_orders = lake.read(PURCHASE_ORDERS, as_of).orderBy(F.desc("cost"), "order_id").limit(20)
top_orders.select("supplier_id", "description", "units", "cost", "needed_by", "reason").show(20, truncate=90)
