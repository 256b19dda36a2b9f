"""Who met what, and how strongly does all of it speak of interest?

    strength = sum over signals of weight(kind) * 2^(-age in days / half_life)

A basket that held the item is one signal, and so is each view, click and cart: what is older says less (Ding & Li 2005, *Time
weight collaborative filtering*, CIKM), and a look says less than a purchase. Reviews and ratings would be one more kind: no source
has them in silver yet. Sums of doubles are exact (measures.exact), so that a table does not depend on how its rows came.
"""

from datetime import date

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.features import INTERACTIONS
from shelfwise.core.job import Params
from shelfwise.core.kept import keep
from shelfwise.measures.exact import exact_sum
from shelfwise.measures.pairs import held_by_baskets, numbered


class InteractionParams(Params):
    """Weights: a rough share of such signals that a purchase follows. None is fitted: no real shop's looks are at hand."""

    buckets: int = 64  # tasks that may number ids at the same time; gaps grow with it
    half_life: float = 120.0  # days; baskets that fade by half in so many foretold repurchases best on completejourney
    purchase: float = 1.0  # what the others are measured by
    cart: float = 0.3  # seven of ten carts are left (Baymard Institute)
    click: float = 0.05  # a guess: chosen among others that were shown, so more than a view
    view: float = 0.02  # a guess: few visits of a web shop end in a purchase
    long_view: float = 0.05  # read, not passed by: as good as a click
    long_view_seconds: float = 30.0  # more than a glance at a picture and a price


def customer_item_pairs(sales: DataFrame, events: DataFrame, *, params: InteractionParams, as_of: date) -> DataFrame:
    """One row per known customer and item bought or looked at up to `as_of`, with their numbers."""
    # pairs are joined with numbers made of them: without keeping, sales would be read three times
    pairs = keep(met_pairs(signals(sales, events), params, as_of))
    return numbered(pairs, params.buckets).withColumn("as_of", F.lit(as_of)).select(*INTERACTIONS.columns)


def met_pairs(signals: DataFrame, params: InteractionParams, as_of: date) -> DataFrame:
    """One row per customer and item."""
    kind, zero = F.col("kind"), F.lit(0.0)
    known = signals.where(F.col("met_on") <= F.lit(as_of))
    return known.groupBy("customer_id", "item_id").agg(
        F.count_if(kind == "purchase").alias("baskets"),
        F.coalesce(F.sum("units").cast("double"), zero).alias("units"),
        F.min("first_bought_on").alias("first_bought_on"),
        F.max("last_bought_on").alias("last_bought_on"),
        F.count_if(kind == "view").alias("views"),
        F.count_if(kind == "click").alias("clicks"),
        F.count_if(kind == "cart").alias("carts"),
        F.coalesce(exact_sum(F.col("dwell_seconds")), zero).alias("dwell_seconds"),
        F.max("met_on").alias("last_met_on"),
        exact_sum(_weight(params) * _left(params, as_of)).alias("strength"),
    )


def signals(sales: DataFrame, events: DataFrame) -> DataFrame:
    """One row per known customer, item, and basket that held it or event: its kind and day, units or dwell_seconds."""
    bought = held_by_baskets(sales).withColumns({"kind": F.lit("purchase"), "met_on": F.col("last_bought_on")})
    met_on = F.to_date("happened_at").alias("met_on")
    looked = events.where(F.col("customer_id").isNotNull()).select("customer_id", "item_id", "kind", met_on, "dwell_seconds")
    return bought.unionByName(looked, allowMissingColumns=True)


def _weight(params: InteractionParams) -> Column:
    kind = F.col("kind")
    view = F.when(F.col("dwell_seconds") > params.long_view_seconds, params.long_view).otherwise(params.view)
    asked = F.when(kind == "cart", params.cart).when(kind == "click", params.click).otherwise(view)
    return F.when(kind == "purchase", params.purchase).otherwise(asked)


def _left(params: InteractionParams, as_of: date) -> Column:
    """What the days since have left of a signal: 1 on `as_of`, a half after a half-life."""
    return F.pow(F.lit(0.5), F.datediff(F.lit(as_of), "met_on") / params.half_life)
