# Databricks notebook source
# MAGIC %md
# MAGIC # What sold, what will sell, what to order
# MAGIC It only shows tables that jobs have written. Which lake is read stands in the next cell; variables such as
# MAGIC `SHELFWISE_LAKE__ROOT` work as well.

# COMMAND ----------
import os
from datetime import timedelta

from shelfwise.core.lake import Lake  # before pyspark: a Spark that lies elsewhere is found through SPARK_HOME
from shelfwise.core.session import start_session
from shelfwise.core.settings import load_settings

# isort: split
import plotly.express as px
from pyspark.sql import functions as F

from shelfwise.contracts.gold.demand import DEMAND_FORECAST, LEVELS, quantile_name
from shelfwise.contracts.gold.inventory import PURCHASE_ORDERS
from shelfwise.contracts.silver import ITEMS, SALES_LINES
from shelfwise.report.charts import SHARES, series_chart, styled, supplier_chart, titled
from shelfwise.report.outlook import Series
from shelfwise.report.pull import pull

ENV = os.environ.get("SHELFWISE_ENV", "local")  # conf/<env>.yaml; several by commas
SOURCE = None  # another shop, as --source
SETS = ()  # other settings, as --set: "lake.root=s3a://shop/lake"
AS_OF = None  # day of the forecast: a date, or None for the newest
ITEM = None  # the item to look into; None: the one with the highest forecast
LEAST_UNITS = 2  # expected in a week whose quantiles are held against what sold

settings = load_settings(ENV, SETS, source=SOURCE)
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
# MAGIC A week of the forecast in which nothing sold has sold nothing; a week after the last sale is not known yet.

# COMMAND ----------
as_of = AS_OF or lake.read(DEMAND_FORECAST).agg(F.max("as_of")).first()[0]
newest = lake.read(DEMAND_FORECAST, as_of)
by_forecast = newest.groupBy("item_id").agg(F.sum("mean").alias("expected")).orderBy(F.desc("expected"), "item_id")
item = ITEM or by_forecast.first()["item_id"]
name = lake.read(ITEMS).where(F.col("item_id") == item).select("description").first()[0]

units = sold.groupBy("item_id", week).agg(F.sum("quantity").alias("actual"))
known_to = sold.agg(F.max("sold_on")).first()[0]
actual = F.when(F.date_add("week", 6) <= F.lit(known_to), F.coalesce("actual", F.lit(0))).alias("actual")
bands = ("q05", "q10", "q90", "q95")
beside = newest.join(units, ["item_id", "week"], "left")
drill_down = beside.where(F.col("item_id") == item).select("week", "mean", *bands, actual)
print(f"{item} as of {as_of}: {name}")
drill_down.orderBy("week").show(20)

# COMMAND ----------
lately = units.where((F.col("item_id") == item) & (F.col("week") > as_of - timedelta(weeks=26)))
# bound: 26 weeks of history and the forecast's 13
own = {row["week"]: float(row["actual"]) for row in lately.collect()}
weeks = [min(own) + timedelta(weeks=k) for k in range(39)] if own else []
history = [(monday, own.get(monday, 0.0)) for monday in weeks if monday + timedelta(days=6) <= known_to]
fan = Series(
    name or item,
    "",
    sold=[point for point in history if point[0] + timedelta(days=6) <= as_of],
    forecast=pull(drill_down.orderBy("week"), 13),
    later=[point for point in history if point[0] + timedelta(days=6) > as_of],
)
titled(series_chart(fan, as_of, height=380), f"{fan.title}: forecast as of {as_of}, and what then sold").show()

# COMMAND ----------
# MAGIC %md
# MAGIC ## Do the quantiles hold?
# MAGIC Over items' weeks that are over since and of which some units were expected: of those that hardly sell most quantiles are
# MAGIC 0, and so is what sold. Units are whole: of a right quantile the share of weeks below it is at most its level, that of weeks
# MAGIC at or below it at least; the diagonal runs between both lines.

# COMMAND ----------
over = beside.where(F.col("mean") >= LEAST_UNITS).select("*", actual.alias("units")).where("units IS NOT NULL")
quantiles = [F.col(quantile_name(level)) for level in LEVELS]
shares = over.agg(
    F.array(*[F.avg((F.col("units") < quantile).cast("double")) for quantile in quantiles]).alias("below"),
    F.array(*[F.avg((F.col("units") <= quantile).cast("double")) for quantile in quantiles]).alias("at or below"),
).first()
found = {"level": LEVELS, "right": LEVELS, "below": shares["below"], "at or below": shares["at or below"]}
chart = px.line(found, x="level", y=["at or below", "right", "below"], markers=True)
chart.update_xaxes(title_text="level of the quantile", **SHARES).update_yaxes(title_text="share of items' weeks", **SHARES)
chart.update_traces(selector={"name": "right"}, line={"dash": "dot"}, mode="lines")
titled(
    styled(chart, height=380), f"Units sold since {as_of} against the quantiles, where {LEAST_UNITS} or more were expected"
).show()

# COMMAND ----------
# MAGIC %md
# MAGIC ## The largest orders, and whom they go to

# COMMAND ----------
orders = lake.read(PURCHASE_ORDERS, as_of)
top_orders = orders.orderBy(F.desc("cost"), "order_id").limit(20)
top_orders.select("supplier_id", "description", "units", "cost", "needed_by", "reason").show(20, truncate=90)
by_supplier = orders.groupBy("supplier_id").agg(F.count(F.lit(1)).alias("orders"), F.sum("cost").cast("double").alias("cost"))
top_suppliers = pull(by_supplier.orderBy(F.desc("cost"), "supplier_id"), 12)
titled(supplier_chart(top_suppliers), f"Drafted orders as of {as_of}, by supplier").show()
