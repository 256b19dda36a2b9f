# Databricks notebook source
# MAGIC %md
# MAGIC # What would another service level cost, and bring?
# MAGIC The plan is made again for each level, as `shelfwise whatif --service-level` does for one, and nothing is written.
# MAGIC Which lake is read stands in the next cell; variables such as `SHELFWISE_LAKE__ROOT` work as well.

# COMMAND ----------
import os
from functools import reduce

from shelfwise.core.lake import Lake  # before pyspark: a Spark that lies elsewhere is found through SPARK_HOME
from shelfwise.core.session import start_session
from shelfwise.core.settings import job_params, load_settings

# isort: split
import pandas as pd
import plotly.express as px
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.gold.inventory import INVENTORY_PLAN
from shelfwise.core.dag import load_jobs
from shelfwise.inventory.plan import PlanParams
from shelfwise.inventory.what_if import holding, sums, swept
from shelfwise.inventory.what_if_command import PLAN, plan_inputs
from shelfwise.report.charts import ACCENT, LATER, NUMBERS, SHARES, styled, titled

ENV = os.environ.get("SHELFWISE_ENV", "local")  # conf/<env>.yaml; several by commas
SOURCE = None  # another shop, as --source
SETS = ()  # other settings, as --set: "lake.root=s3a://shop/lake"
AS_OF = None  # day of the plan: a date, or None for the newest
SERVICE_LEVELS = (0.85, 0.90, 0.94, 0.97, 0.99)  # none above .99: no quantile is known there
CHOSEN = 0.94  # the one of these that departments are shown of

settings = load_settings(ENV, SETS, source=SOURCE)
spark = start_session(settings)
lake = Lake(spark, settings)

# COMMAND ----------
# MAGIC %md
# MAGIC ## Today's plan
# MAGIC Each item has its own level: its critical ratio, margin / (margin + what holding a unit until the next order costs).

# COMMAND ----------
as_of = AS_OF or lake.read(INVENTORY_PLAN).agg(F.max("as_of")).first()[0]
plan = lake.read(INVENTORY_PLAN, as_of)
by_status = plan.groupBy("status", "action").agg(
    F.count(F.lit(1)).alias("items"),
    F.sum("stock_value").alias("stock_value"),
    F.sum("order_units").alias("order_units"),
    F.round(F.avg("critical_ratio"), 3).alias("mean_level"),
)
by_status.orderBy(F.desc("items")).show(20)

# COMMAND ----------
# MAGIC %md
# MAGIC ## Move the service level
# MAGIC One row per level, and today's plan: money and service until the next order can arrive. It takes as long as
# MAGIC `plan_inventory` does, for each level.

# COMMAND ----------
stocked, foreseen = plan_inputs(lake, load_jobs()[PLAN], as_of)
params = job_params(settings, PLAN, PlanParams)
moved = swept(stocked, foreseen, SERVICE_LEVELS, params, as_of).withColumnRenamed("critical_ratio", "level").cache()
by_level = sums(moved, "level").join(holding(moved, stocked, "level"), "level").orderBy("level")
figures = by_level.toPandas()  # bound: five levels
today = sums(plan).crossJoin(holding(plan, stocked)).toPandas().assign(level="today")  # bound: one row
for each in (figures, today):
    each["loss"] = each["lost sales, margin"] + each["holding"]
print(pd.concat([today, figures]).set_index("level").round(3).T.to_string())

# COMMAND ----------
named = {"loss": "both together", "lost sales, margin": "margin of lost sales", "holding": "holding what is left over"}
chart = px.line(figures.rename(columns=named), x="level", y=list(named.values()), markers=True)
chart.add_hline(y=today["loss"][0], line={"color": LATER, "dash": "dot"}, annotation_text="both, by today's plan")
chart.update_xaxes(title_text="service level of all items", tickvals=SERVICE_LEVELS, **SHARES)
chart.update_yaxes(title_text="money until the next order can arrive", rangemode="tozero", **NUMBERS)
titled(styled(chart, height=400), "What a higher level saves in lost sales, and costs in stock").show()

# COMMAND ----------
said = [f"{level:.0%}" for level in figures["level"]]
chart = px.line(figures, x="left over, money", y="fill rate", text=said, markers=True)
chart.update_traces(line_color=ACCENT, textposition="bottom right", cliponaxis=False)
own = px.scatter(today, x="left over, money", y="fill rate", text=["today's plan"])
chart.add_traces(own.update_traces(marker={"color": LATER, "size": 12}, textposition="top left", cliponaxis=False).data)
chart.update_xaxes(title_text="value of what is left over, at cost", **NUMBERS)
chart.update_yaxes(title_text="share of demand that finds stock", tickformat=".1%").update_layout(hovermode="closest")
titled(styled(chart, height=400), "Stock value against service: better is up and to the left").show()

# COMMAND ----------
# MAGIC %md
# MAGIC ## Whose stock would it be?

# COMMAND ----------
kept = F.sum(F.col("expected_left_over") * F.col("unit_cost").cast("double")).alias("value")
both = {"today's plan": plan, f"{CHOSEN:.0%} for all": moved.where(F.col("level") == CHOSEN)}
valued = [one.groupBy("department", F.lit(name).alias("plan")).agg(kept) for name, one in both.items()]
by_department = reduce(DataFrame.unionByName, valued)
largest = by_department.groupBy("department").agg(F.max("value").alias("most")).orderBy(F.desc("most"), "department").limit(10)
held = by_department.join(largest, "department").orderBy(F.desc("most"), "department", "plan").toPandas()  # bound: ten x two
order = {"plan": list(both)}
chart = px.bar(held, x="value", y="department", color="plan", orientation="h", barmode="group", category_orders=order)
chart.update_yaxes(title_text="", autorange="reversed").update_xaxes(title_text="value of what is left over, at cost", **NUMBERS)
titled(styled(chart.update_layout(hovermode="closest"), height=460), "Stock value by department").show()
moved.unpersist()
