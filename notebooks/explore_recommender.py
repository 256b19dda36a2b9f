# Databricks notebook source
# MAGIC %md
# MAGIC # What is shown to whom, and how good is it?
# MAGIC It only shows tables that jobs have written. Which lake is read stands in the next cell; variables such as
# MAGIC `SHELFWISE_LAKE__ROOT` work as well.

# COMMAND ----------
import os

from shelfwise.core.lake import Lake  # before pyspark: a Spark that lies elsewhere is found through SPARK_HOME
from shelfwise.core.session import start_session
from shelfwise.core.settings import load_settings

# isort: split
import plotly.express as px
from pyspark.sql import Window
from pyspark.sql import functions as F

from shelfwise.contracts.features import ITEM_PROFILE
from shelfwise.contracts.gold.recommend import RECOMMENDATIONS, RECOMMENDER_ACCURACY, SIMILAR_ITEMS
from shelfwise.contracts.silver import ITEMS
from shelfwise.report.charts import SHARES, styled, titled
from shelfwise.report.words import SHORT_ID

ENV = os.environ.get("SHELFWISE_ENV", "local")  # conf/<env>.yaml; several by commas
SOURCE = None  # another shop, as --source
SETS = ()  # other settings, as --set: "lake.root=s3a://shop/lake"
AS_OF = None  # day of the lists: a date, or None for the newest
CUSTOMERS = 3  # whose lists are shown
YOUNG_WEEKS = 8  # an item that first sold less long ago counts as young

settings = load_settings(ENV, SETS, source=SOURCE)
spark = start_session(settings)
lake = Lake(spark, settings)

# COMMAND ----------
# MAGIC %md
# MAGIC ## How good lists were on weeks held out
# MAGIC `ndcg_10` and `recall_10`: what was bought stood in the ten, and high up; `coverage`: share of sold items in any list.

# COMMAND ----------
as_of = AS_OF or lake.read(RECOMMENDATIONS).agg(F.max("as_of")).first()[0]
measures = ["ndcg_10", "recall_10", "coverage"]
accuracy = lake.read(RECOMMENDER_ACCURACY, as_of)
told = [F.round(name, 3).alias(name) for name in (*measures, "precision_10", "map_10", "novelty", "calibration")]
accuracy.select("target", "model", "customers", *told).orderBy("target", "model").show()

judged = accuracy.unpivot(["model", "target"], measures, "measure", "value").orderBy("measure", "target", F.desc("value"))
# bound: some five models x two targets x three measures
chart = px.bar(judged.toPandas(), x="value", y="model", color="target", facet_col="measure", orientation="h", barmode="group")
chart.for_each_annotation(lambda said: said.update(text=said.text.removeprefix("measure=")))
chart.update_xaxes(matches=None, title_text="", rangemode="tozero", **SHARES)
chart = styled(chart.update_layout(hovermode="closest"), height=360)
chart.update_yaxes(title_text="").update_layout(legend={"y": -0.1, "yanchor": "top"})  # over the plots their names stand
titled(chart, f"Recommenders before {as_of}").show()

# COMMAND ----------
# MAGIC %md
# MAGIC ## The lists of a few customers
# MAGIC `because`: the item bought before that is most like a new one.

# COMMAND ----------
lists = lake.read(RECOMMENDATIONS, as_of)
known = lists.where("customer_id <> '*'")
names = lake.read(ITEMS).select("item_id", F.coalesce("description", "item_id").alias("item"))
because = names.select(F.col("item_id").alias("because_item_id"), F.col("item").alias("because"))
# those come first whose new items are explained by most others
explained = F.countDistinct("because_item_id").alias("explained")
few = known.groupBy("customer_id").agg(explained).orderBy(F.desc("explained"), "customer_id").limit(CUSTOMERS)
shown = known.join(few, "customer_id").join(names, "item_id", "left").join(because, "because_item_id", "left")
few_lists = shown.select(
    F.substring("customer_id", 1, SHORT_ID).alias("customer"),
    *("rank", "item", F.round("probability", 3).alias("probability"), "new_to_customer", "because", "model"),
)
few_lists.orderBy("customer", "rank").show(10 * CUSTOMERS, truncate=40)

# COMMAND ----------
# MAGIC %md
# MAGIC ## What is like the item that most lists begin with

# COMMAND ----------
leader = known.where("rank = 1").groupBy("item_id").count().orderBy(F.desc("count"), "item_id").first()["item_id"]
title = names.where(F.col("item_id") == leader).first()
alike = lake.read(SIMILAR_ITEMS, as_of).where(F.col("item_id") == leader).drop("item_id")
similar = alike.join(names.withColumnRenamed("item_id", "similar_item_id"), "similar_item_id", "left").orderBy("rank")
rounded = F.round("similarity", 3).alias("similarity")
similar.select("rank", "item", rounded, "basis", "common_customers", "reason").show(10, truncate=60)

label = F.concat_ws(". ", "rank", F.substring("item", 1, 40)).alias("label")
neighbours = similar.select(label, "similarity", "basis").toPandas()  # bound: ten
chart = px.bar(neighbours, x="similarity", y="label", color="basis", orientation="h")
chart.update_yaxes(title_text="", type="category", autorange="reversed").update_xaxes(title_text="similarity, 0 to 1", range=[0, 1])
chart.update_layout(hovermode="closest")
titled(styled(chart, height=360), f"Most alike to {title['item'] if title else leader}").show()

# COMMAND ----------
# MAGIC %md
# MAGIC ## Who gets to see what is new?

# COMMAND ----------
profiles = lake.read(ITEM_PROFILE, as_of).select("item_id", "first_sold_on", "customers")
young = F.coalesce(F.col("first_sold_on") > F.date_sub(F.lit(as_of), 7 * YOUNG_WEEKS), F.lit(True))
kind = F.when(young, "young item").when(F.col("new_to_customer"), "new to the customer").otherwise("bought before").alias("kind")
placed = known.join(profiles, "item_id", "left")
of_rank = F.sum("places").over(Window.partitionBy("rank"))
by_rank = placed.groupBy("rank", kind).agg(F.count(F.lit(1)).alias("places")).withColumn("share", F.col("places") / of_rank)
order = {"kind": ["bought before", "new to the customer", "young item"]}
chart = px.bar(by_rank.orderBy("rank").toPandas(), x="rank", y="share", color="kind", category_orders=order)  # bound: 10 x 3
chart.update_xaxes(title_text="place in the list", dtick=1).update_yaxes(title_text="share of lists", **SHARES)
titled(styled(chart, height=340), "What stands at each place").show()

# COMMAND ----------
exposed = placed.where(young).groupBy("item_id", "first_sold_on", F.col("customers").alias("buyers_so_far"))
young_items = exposed.agg(F.count(F.lit(1)).alias("lists"), F.round(F.avg("rank"), 1).alias("mean_rank"))
young_items.join(names, "item_id", "left").orderBy(F.desc("lists"), "item_id").show(15, truncate=40)
