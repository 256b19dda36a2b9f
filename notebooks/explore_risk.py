# Databricks notebook source
# MAGIC %md
# MAGIC # What could be lost, by what, and what would keep it off?
# MAGIC A loss is money of the next 13 weeks against the plan; below zero it is a gain. It only shows tables that jobs have written.
# MAGIC Which lake is read stands in the next cell; variables such as `SHELFWISE_LAKE__ROOT` work as well.

# COMMAND ----------
import os

from shelfwise.core.lake import Lake  # before pyspark: a Spark that lies elsewhere is found through SPARK_HOME
from shelfwise.core.session import start_session
from shelfwise.core.settings import load_settings

# isort: split
import plotly.express as px
from pyspark.sql import functions as F

from shelfwise.contracts.gold.controls import RISK_ALERTS, RISK_CONTROLS, TOGETHER
from shelfwise.contracts.gold.risk import RISK_PORTFOLIO, RISK_SCENARIOS, RISK_STRESS
from shelfwise.report.charts import ACCENT, GREY, INK, LATER, NUMBERS, styled, titled
from shelfwise.report.guards import NAMES
from shelfwise.report.pull import pull
from shelfwise.report.risk_charts import kinds_chart, stress_chart
from shelfwise.report.words import SHORT_ID

ENV = os.environ.get("SHELFWISE_ENV", "local")  # conf/<env>.yaml; several by commas
SOURCE = None  # another shop, as --source
SETS = ()  # other settings, as --set: "lake.root=s3a://shop/lake"
AS_OF = None  # day of the plan: a date, or None for the newest
SHOWN = 15  # suppliers and controls

settings = load_settings(ENV, SETS, source=SOURCE)
spark = start_session(settings)
lake = Lake(spark, settings)

# COMMAND ----------
# MAGIC %md
# MAGIC ## How much in all
# MAGIC Value at risk is the loss that 95 (99) of 100 quarters stay below; CVaR is the mean of those that do not.

# COMMAND ----------
as_of = AS_OF or lake.read(RISK_PORTFOLIO).agg(F.max("as_of")).first()[0]
portfolio = lake.read(RISK_PORTFOLIO, as_of)
total = pull(portfolio.where("scope = 'total'").drop("as_of", "scope", "name"), 1)
print("\n".join(f"{name:15} {value:12,.0f}" for name, value in total[0].items()) if total else "Nothing is measured yet.")

# bound: the scenarios, some thousand numbers
drawn = pull(lake.read(RISK_SCENARIOS, as_of).where("scope = 'total'").select("losses"), 1)
chart = px.histogram(x=drawn[0]["losses"] if drawn else [], nbins=80, color_discrete_sequence=[GREY])
marks = (("var_95", "VaR 95 %", INK, 0.98), ("cvar_95", "CVaR 95 %", LATER, 0.86), ("var_99", "VaR 99 %", INK, 0.74))
for name, label, colour, height in (*marks, ("cvar_99", "CVaR 99 %", LATER, 0.62)):
    for figures in total:
        chart.add_vline(x=figures[name], line={"color": colour, "dash": "dot", "width": 1.5})
        said = {"text": label, "font": {"color": colour}, "xanchor": "left", "showarrow": False}
        chart.add_annotation(x=figures[name], y=height, yref="paper", **said)
chart.update_xaxes(title_text="money lost in 13 weeks; below zero: gained", **NUMBERS)
chart.update_yaxes(title_text="scenarios", **NUMBERS)
titled(styled(chart.update_layout(hovermode="closest", bargap=0.02), height=380), f"Losses of the whole shop as of {as_of}").show()

# COMMAND ----------
# MAGIC %md
# MAGIC ## By what, and with whom
# MAGIC Shares of the worst twentieth add up to the shop's CVaR.

# COMMAND ----------
by_kind = pull(portfolio.where("scope = 'kind'").orderBy(F.desc("cvar_95_share"), "name"), 12)
titled(kinds_chart(by_kind), "Losses by kind").show()

# COMMAND ----------
by_supplier = portfolio.where("scope = 'supplier'").orderBy(F.desc("cvar_95_share"), "name").limit(SHOWN)
figures = by_supplier.select("name", "cvar_95_share", "expected_loss").toPandas()  # bound: suppliers shown
figures = figures.rename(columns={"cvar_95_share": "worst twentieth", "expected_loss": "on the average"})
colours = {"worst twentieth": LATER, "on the average": GREY}
chart = px.bar(figures, x=list(colours), y="name", orientation="h", barmode="group", color_discrete_map=colours)
chart.update_yaxes(title_text="supplier", type="category", autorange="reversed")
chart.update_xaxes(title_text="money lost in 13 weeks; below zero: gained", **NUMBERS)
titled(styled(chart.update_layout(hovermode="closest"), height=520), "Losses by supplier").show()

# COMMAND ----------
# MAGIC %md
# MAGIC ## If it came to the worst
# MAGIC Each named trouble is sure to happen in every scenario, beside what may.

# COMMAND ----------
stresses = lake.read(RISK_STRESS, as_of).where("kind = '*'").orderBy(F.desc("added_loss"), "stress")
told = [F.round(name, 2).alias(name) for name in ("added_loss", "added_loss_error", "margin_share")]
stresses.select("stress", *told, "what").show(20, truncate=80)
titled(stress_chart(pull(stresses, 20)), "What named troubles would add to losses").show()

# COMMAND ----------
# MAGIC %md
# MAGIC ## What would keep it off, for its price
# MAGIC What costs nothing comes first: it has no worth per money.

# COMMAND ----------
controls = lake.read(RISK_CONTROLS, as_of).where(F.col("control") != TOGETHER)
ranked = controls.orderBy(F.desc_nulls_first("per_money"), F.desc("worth"), "control", "name")
told = [F.round(name, 2).alias(name) for name in ("net_cost", "worth", "per_money", "net")]
ranked.select("control", "scope", "name", *told, "chosen").show(SHOWN)

priced = pull(ranked.where("per_money IS NOT NULL").select("control", "scope", "name", "per_money", "net", "chosen"), SHOWN)
shown = {
    "control": [f"{NAMES[row['control']]}, {row['scope']} {row['name']}" for row in priced],
    "per_money": [row["per_money"] for row in priced],
    "within the budget": ["chosen" if row["chosen"] else "not chosen" for row in priced],
}
decided = {"chosen": ACCENT, "not chosen": GREY}
chart = px.bar(shown, x="per_money", y="control", color="within the budget", orientation="h", color_discrete_map=decided)
chart.add_vline(x=1, line={"color": LATER, "dash": "dot"}, annotation_text="worth its price")
chart.update_yaxes(title_text="", type="category", categoryorder="array", categoryarray=shown["control"][::-1])
chart.update_xaxes(title_text="worth for each unit of money that it costs", rangemode="tozero", **NUMBERS)
titled(styled(chart.update_layout(hovermode="closest"), height=520), "Controls by worth per money").show()

# COMMAND ----------
# MAGIC %md
# MAGIC ## On what somebody must look

# COMMAND ----------
alerts = lake.read(RISK_ALERTS, as_of).orderBy((F.col("level") == "act").desc(), F.desc("score"), "scope", "name")
name = F.when(F.col("scope") == "customer", F.substring("name", 1, SHORT_ID)).otherwise(F.col("name")).alias("name")
alerts.select("level", "before", "since", "scope", name, F.round("score", 3).alias("score")).show(20, truncate=60)
