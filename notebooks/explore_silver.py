# Databricks notebook source
# MAGIC %md
# MAGIC # What came in, and what sold
# MAGIC It only shows tables that jobs have written. Which lake is read stands in the next cell; variables such as
# MAGIC `SHELFWISE_LAKE__ROOT` work as well.

# COMMAND ----------
import os
from functools import reduce

from shelfwise.core.lake import Lake  # before pyspark: a Spark that lies elsewhere is found through SPARK_HOME
from shelfwise.core.session import start_session
from shelfwise.core.settings import load_settings

# isort: split
import plotly.express as px
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.silver import ITEMS, SALES_LINES
from shelfwise.contracts.tables import ALL
from shelfwise.core.admission import LEDGER
from shelfwise.core.table import quarantine_of
from shelfwise.report.charts import ACCENT, NUMBERS, SHARES, styled, titled

ENV = os.environ.get("SHELFWISE_ENV", "local")  # conf/<env>.yaml; several by commas
SOURCE = None  # another shop, as --source
SETS = ()  # other settings, as --set: "lake.root=s3a://shop/lake"
SHOWN_DEPARTMENTS, SHOWN_ITEMS = 6, 15

settings = load_settings(ENV, SETS, source=SOURCE)
spark = start_session(settings)
lake = Lake(spark, settings)

# COMMAND ----------
# MAGIC %md
# MAGIC ## What became of every row that was read
# MAGIC Read = accepted + quarantined + duplicates, by table and day of admission.

# COMMAND ----------
FATES = ("accepted", "quarantined", "duplicates")
sums = [F.sum(fate).alias(fate) for fate in ("read", *FATES)]
intake = lake.read(LEDGER).groupBy("table", F.to_date("admitted_at").alias("day")).agg(*sums)
intake.orderBy("table", "day").show(100, truncate=False)

fates = intake.groupBy("table").agg(*[F.sum(fate).alias(fate) for fate in FATES]).unpivot("table", list(FATES), "fate", "rows")
# bound: tables x three fates
chart = px.bar(fates.orderBy("table").toPandas(), x="rows", y="table", color="fate", orientation="h", barmode="group", log_x=True)
chart.update_yaxes(title_text="", autorange="reversed").update_xaxes(title_text="rows, on a scale of tens", dtick=1)
titled(styled(chart.update_layout(hovermode="closest"), height=520), "Rows by what became of them").show()

# COMMAND ----------
# MAGIC %md
# MAGIC Which rules the refused rows broke. The rows themselves hold personal data, and stay in quarantine.

# COMMAND ----------
quarantines = [kept for table in ALL.values() if table.layer == "silver" for kept in [quarantine_of(table)] if lake.exists(kept)]
broken = [lake.read(kept).select(F.lit(kept.name).alias("table"), F.explode("rules").alias("rule")) for kept in quarantines]
if broken:
    reduce(DataFrame.unionByName, broken).groupBy("table", "rule").count().orderBy(F.desc("count")).show(50, truncate=False)
else:
    print("No row was ever refused.")

# COMMAND ----------
# MAGIC %md
# MAGIC ## Sales by department and week
# MAGIC Whole weeks, from Monday to Sunday; returns and charges are left out.

# COMMAND ----------
sales = lake.read(SALES_LINES).where("kind = 'sale'").withColumn("week", F.to_date(F.date_trunc("week", "sold_on")))
first, last = sales.agg(F.min("sold_on"), F.max("sold_on")).first()
whole = sales.where((F.col("week") >= F.lit(first)) & (F.date_add("week", 6) <= F.lit(last)))
about = lake.read(ITEMS).select("item_id", "department", "category", "description")
lines = whole.join(about, "item_id", "left").fillna("UNKNOWN", "department")
by_revenue = lines.groupBy("department").agg(F.sum("revenue").alias("revenue")).orderBy(F.desc("revenue"), "department")
largest = [row["department"] for row in by_revenue.limit(SHOWN_DEPARTMENTS).collect()]

shown = F.when(F.col("department").isin(largest), F.col("department")).otherwise("all others").alias("department")
cut = F.when(F.col("discount") + F.col("coupon_discount") > 0, F.col("revenue")).otherwise(0)
weekly = lines.groupBy("week", shown).agg(
    F.sum("revenue").cast("double").alias("revenue"), (F.sum(cut) / F.sum("revenue")).cast("double").alias("promoted")
)
weeks = weekly.orderBy("week").toPandas()  # bound: weeks x seven departments
in_order = {"department": [*largest, "all others"]}
chart = px.line(weeks, x="week", y="revenue", color="department", category_orders=in_order)
chart.update_yaxes(title_text="revenue a week", rangemode="tozero", **NUMBERS).update_xaxes(title_text="")
titled(styled(chart, height=380), "Revenue by department").show()

# COMMAND ----------
by_department = weeks.pivot(index="department", columns="week", values="promoted").reindex(in_order["department"])
chart = px.imshow(by_department, aspect="auto", color_continuous_scale="Teal", zmin=0)
chart.update_coloraxes(colorbar={"title": "", **SHARES}).update_yaxes(title_text="").update_xaxes(title_text="week")
titled(styled(chart.update_layout(hovermode="closest"), height=320), "Share of revenue with a discount or coupon").show()

# COMMAND ----------
# MAGIC %md
# MAGIC ## What sells most

# COMMAND ----------
figures = (F.sum("revenue").cast("double").alias("revenue"), F.sum("quantity").alias("quantity"))
baskets = F.countDistinct("basket_id").alias("baskets")
top_items = lines.groupBy("item_id", "description", "department").agg(*figures, baskets).orderBy(F.desc("revenue"), "item_id")
top_items.show(SHOWN_ITEMS, truncate=40)

name = F.concat_ws(", ", F.substring("description", 1, 40), "item_id").alias("item")
chart = px.bar(top_items.limit(SHOWN_ITEMS).select(name, "revenue").toPandas(), x="revenue", y="item", orientation="h")
chart.update_traces(marker_color=ACCENT).update_yaxes(title_text="", type="category", autorange="reversed")
chart.update_xaxes(title_text="revenue over all whole weeks", **NUMBERS)
titled(styled(chart.update_layout(hovermode="closest"), height=460), "Items by revenue").show()
