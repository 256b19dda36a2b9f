"""How do items that nobody knows yet get a chance? A share of all places goes to them, drawn by lot among those that suit.

Suited is what is described like what the customer takes (recommend.models.content). In the last place of a list, with chance
`share` x length, one of the customer's young items is drawn, each as likely as its score says. The chance with which a row came
about is its propensity (Bottou et al. 2013, JMLR): without it nobody can learn from what was shown what other lists would have
done.
"""

from datetime import date

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from shelfwise.core.job import Params
from shelfwise.recommend.vectors import PAIR


class ExposureParams(Params):
    share: float = 0.05  # of all places: in half of the lists of ten one; at most one place of each
    young_days: int = 28  # since an item was first bought
    offered: int = 5  # young items of which one is drawn for a customer
    seed: int = 7


def young_items(live: DataFrame, bought: DataFrame, as_of: date, days: int) -> DataFrame:
    """Those of `live` that were first bought in the last `days`; `bought`: purchases of features.interactions."""
    first = bought.groupBy("item_index").agg(F.min("first_bought_on").alias("first_bought_on"))
    return live.join(first.where(F.datediff(F.lit(as_of), "first_bought_on") < days), "item_index", "left_semi")


def exposed(lists: DataFrame, offers: DataFrame, chances: DataFrame, length: int, params: ExposureParams, as_of: date) -> DataFrame:
    """`lists` with `propensity`, and in some the last place taken by a young item (`model` content).

    `lists`: customer_index, item_index, own, probability, expected_units, model, rank; `offers`: customer_index, item_index, score
    (of young items that suit, above 0); `chances`: of the pairs of `offers`, as in `lists`. Only a whole list gives up a place.
    """
    chance = min(1.0, params.share * length)
    drawn = winners(offers.join(lists, PAIR, "left_anti"), params, as_of)
    called = drawn.withColumn("called", uniform(params.seed + 1, as_of, "customer_index") < chance)
    last = F.col("rank") == length
    asked = lists.join(called.select("customer_index", "called"), "customer_index", "left")
    stays = F.when(last & F.col("called").isNotNull(), 1 - chance).otherwise(1.0).alias("propensity")
    shown = lists.columns
    old = asked.where(~(last & F.coalesce("called", F.lit(False)))).select(*shown, stays)
    given_up = lists.where(last).select("customer_index", "rank")
    young = called.where("called").join(given_up, "customer_index", "inner").join(chances, PAIR, "inner")
    new = young.withColumns({"model": F.lit("content"), "propensity": chance * F.col("part")})
    return old.unionByName(new.select(*shown, "propensity"))


def winners(offers: DataFrame, params: ExposureParams, as_of: date) -> DataFrame:
    """One of each customer's offers, drawn with its `part` of the customer's scores: customer_index, item_index, part."""
    of_customer = Window.partitionBy("customer_index")
    # in order, so that the few scores add up to the same, bit for bit
    whole = of_customer.orderBy("item_index").rowsBetween(Window.unboundedPreceding, Window.unboundedFollowing)
    part = F.col("score") / F.sum("score").over(whole)
    # the largest of log score + Gumbel noise is each one with its part of all scores (Gumbel 1954)
    luck = F.log("score") - F.log(-F.log(uniform(params.seed, as_of, *PAIR)))
    order = of_customer.orderBy(F.desc("luck"), "item_index")
    lots = offers.withColumns({"part": part, "luck": luck})
    return lots.withColumn("turn", F.row_number().over(order)).where(F.col("turn") == 1).select(*PAIR, "part")


def uniform(seed: int, as_of: date, *of: str) -> Column:
    """Between 0 and 1, drawn by hash: the same again for the same day."""
    steps = 2**52
    return (F.pmod(F.xxhash64(F.lit(seed), F.lit(str(as_of)), *of), F.lit(steps)) + 0.5) / steps
