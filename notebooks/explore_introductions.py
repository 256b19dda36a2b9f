# Databricks notebook source
# MAGIC %md
# MAGIC # Which new items, and how launched ones are doing
# MAGIC It only shows tables that jobs have written. Which lake is read stands in the next cell; variables such as
# MAGIC `SHELFWISE_LAKE__ROOT` work as well.

# COMMAND ----------
import os

from shelfwise.core.lake import Lake  # before pyspark: a Spark that lies elsewhere is found through SPARK_HOME
from shelfwise.core.session import start_session
from shelfwise.core.settings import load_settings

# isort: split
import plotly.graph_objects as go
from pyspark.sql import functions as F

from shelfwise.contracts.gold.introductions import (
    CANDIDATE_WORTH,
    EARNED,
    INTRODUCTION_COHORTS,
    INTRODUCTION_SETS,
    INTRODUCTIONS,
    SPENT,
    SUPPLY_CAPABILITY,
)
from shelfwise.contracts.silver import ITEMS
from shelfwise.report.charts import ACCENT, LATER, NUMBERS, styled, titled
from shelfwise.report.followed import cohorts
from shelfwise.report.launch_charts import candidates_chart, cohort_chart, frontier_chart
from shelfwise.report.newcomers import sets
from shelfwise.report.pull import pull

ENV = os.environ.get("SHELFWISE_ENV", "local")  # conf/<env>.yaml; several by commas
SOURCE = None  # another shop, as --source
SETS = ()  # other settings, as --set: "lake.root=s3a://shop/lake"
AS_OF = None  # day of the decisions: a date, or None for the newest
SHOWN = 20  # candidates

settings = load_settings(ENV, SETS, source=SOURCE)
spark = start_session(settings)
lake = Lake(spark, settings)

# COMMAND ----------
# MAGIC %md
# MAGIC ## What to do with each candidate
# MAGIC `binding`: the limit that holds a candidate back that would pay.

# COMMAND ----------
as_of = AS_OF or lake.read(INTRODUCTIONS).agg(F.max("as_of")).first()[0]
decided = lake.read(INTRODUCTIONS, as_of)
money = [F.round(F.sum(name), 2).alias(name) for name in ("opening_cost", "profit")]
decisions = decided.groupBy("decision", "known", "binding").agg(F.count(F.lit(1)).alias("candidates"), *money)
decisions.orderBy("decision", F.desc("candidates")).show(30)

# COMMAND ----------
chosen = decided.where("decision IN ('list', 'test')").orderBy("rank", "item_id")
chosen.select("rank", "decision", "description", "opening_cost", "profit", "p_failure", "reason").show(SHOWN, truncate=60)
first = pull(chosen.select("rank", "item_id", "description", "decision", "profit", "profit_q05", "profit_q95"), SHOWN)
titled(candidates_chart(first), f"The first {len(first)} that are chosen as of {as_of}, and how sure their profit is").show()

# COMMAND ----------
# MAGIC %md
# MAGIC ## Where the first one's profit comes from
# MAGIC Listed alone, over its first 13 weeks.

# COMMAND ----------
lines = [*EARNED, *SPENT]
foremost = chosen.limit(1).select("item_id")
worth = pull(lake.read(CANDIDATE_WORTH, as_of).join(foremost, "item_id").select(*lines), 1)
amounts = [sign * one[name] for one in worth for names, sign in ((EARNED, 1), (SPENT, -1)) for name in names]
steps = go.Waterfall(
    x=[*lines, "profit"],
    y=[*amounts, 0],
    measure=[*("relative" for _ in lines), "total"],
    increasing={"marker": {"color": ACCENT}},
    decreasing={"marker": {"color": LATER}},
)
chart = styled(go.Figure(steps).update_layout(hovermode="closest"), height=380)
chart.update_yaxes(title_text="money in 13 weeks", **NUMBERS)
titled(chart, f"Expected profit of {first[0]['description'] or first[0]['item_id']}" if first else "Nothing is chosen").show()

# COMMAND ----------
# MAGIC %md
# MAGIC ## The chosen set against others
# MAGIC Better is up and to the right: more expected, and more on the average of the worst twentieth of scenarios.

# COMMAND ----------
compared = sets(lake.read(INTRODUCTION_SETS, as_of))
titled(frontier_chart(compared.points(rules=False)), "The chosen set beside those of other aversions to risk").show()
titled(frontier_chart(compared.points(rules=True)), "The chosen set beside simpler rules").show()

# COMMAND ----------
# MAGIC %md
# MAGIC ## How launched items do against their plan

# COMMAND ----------
followed = cohorts(lake.read(INTRODUCTION_COHORTS, as_of), lake.read(ITEMS))
print(followed.finding())
for one in followed.told:
    name = one["description"] or one["item_id"]
    print(f"{one['verdict']}: {name}, {one['cum_units']:.0f} units of {one['cum_planned']:.0f} planned")
titled(cohort_chart(followed.weeks), "Launches of the last 13 weeks: planned and sold").show()

# COMMAND ----------
# MAGIC %md
# MAGIC ## What the shop can supply, before and after

# COMMAND ----------
capability = lake.read(SUPPLY_CAPABILITY, as_of).drop("as_of").orderBy("department", F.desc("stage"))
capability.select([F.round(name, 3).alias(name) if kind == "double" else name for name, kind in capability.dtypes]).show(40)
