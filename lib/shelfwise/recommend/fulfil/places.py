"""Who gets what is scarce, once prices have made it nearly fit?

In each round every customer with free places is offered the best, by worth less price, of what still fits; each item then takes
those for whom it is worth most, as far as it has room. A place once taken is kept, so that what is full stays full. A few rounds
are enough, since few are turned away; in the last one customers are offered all that fits, and keep the best of what they get.
"""

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from shelfwise.core.kept import cut
from shelfwise.measures.exact import exact_sum
from shelfwise.recommend.fulfil.prices import PriceParams, Prices, net
from shelfwise.recommend.vectors import PAIR

KEPT = (*PAIR, "worth", "uptake", "places", "net", "limit")


class StockParams(PriceParams):
    """All that can be set of lists within stock."""

    rounds: int = 6  # after the first few the last free places are a thousandth of all


def placed(candidates: DataFrame, priced: Prices, params: StockParams) -> DataFrame:
    """customer_index, item_index, worth, uptake, place (by worth): no item's uptake is above capacity x (1 + tolerance).

    `candidates` as of recommend.fulfil.prices. One number comes to the driver from each round.
    """
    limit = (F.col("capacity") * (1 + params.tolerance)).alias("limit")
    waiting = F.lit(None).cast("int").alias("round")
    known = candidates.join(F.broadcast(priced.items), "item_index", "inner")
    rows = known.select(*PAIR, "worth", "uptake", "places", net().alias("net"), limit, waiting)
    for number in range(params.rounds):
        offered = cut(_offered(rows, number, params))
        # in the first round nobody is offered what costs more than it is worth
        if not offered.agg(F.count_if("offered")).collect()[0][0] and number > 0:
            break
        rows = _taken(offered, number)
    return _best(rows.where(F.col("round").isNotNull()))


def _offered(rows: DataFrame, number: int, params: StockParams) -> DataFrame:
    """Adds `free` (units of the item, null: no limit) and whether the pair is `offered`."""
    given = rows.where(F.col("round").isNotNull() & F.col("limit").isNotNull())
    used = given.groupBy("item_index").agg(exact_sum(F.col("uptake")).alias("used"))
    roomy = rows.join(F.broadcast(used), "item_index", "left").withColumn("free", F.col("limit") - F.coalesce("used", F.lit(0.0)))
    fits = F.col("round").isNull() & (F.col("free").isNull() | (F.col("uptake") <= F.col("free")))
    willing = fits & (F.col("net") >= 0) if number == 0 else fits
    of_customer = Window.partitionBy("customer_index")
    missing = F.col("places") - F.count("round").over(of_customer)
    nth = F.row_number().over(of_customer.orderBy(F.desc("willing"), F.desc("net"), "item_index"))
    asked = roomy.withColumn("willing", willing).withColumns({"missing": missing, "nth": nth})
    most = F.lit(True) if number == params.rounds - 1 else F.col("nth") <= F.col("missing")
    offered = F.col("willing") & (F.col("missing") > 0) & most
    return asked.withColumn("offered", offered).select(*KEPT, "round", "free", "offered")


def _taken(offered: DataFrame, number: int) -> DataFrame:
    """Sets `round` where an item takes the customer: in order of worth, to the last one that still fits."""
    order = Window.partitionBy("item_index").orderBy(F.desc("worth"), "customer_index")
    scarce = offered.where(F.col("offered") & F.col("limit").isNotNull())
    so_far = F.sum("uptake").over(order.rowsBetween(Window.unboundedPreceding, Window.currentRow))
    fitting = scarce.withColumn("so_far", so_far).where(F.col("so_far") <= F.col("free"))
    last = fitting.groupBy("item_index").agg(F.max(_turn()).alias("last"))
    rows = offered.join(F.broadcast(last), "item_index", "left")
    takes = F.col("offered") & (F.col("limit").isNull() | F.coalesce(_turn() <= F.col("last"), F.lit(False)))
    kept = F.coalesce("round", F.when(takes, F.lit(number))).alias("round")
    return rows.select(*KEPT, kept)


def _turn() -> Column:
    return F.struct((-F.col("worth")).alias("before"), F.col("customer_index").alias("then"))


def _best(given: DataFrame) -> DataFrame:
    """The last round may have given a customer too much."""
    first = Window.partitionBy("customer_index").orderBy("round", F.desc("net"), "item_index")
    shown = Window.partitionBy("customer_index").orderBy(F.desc("worth"), "item_index")
    kept = given.withColumn("nth", F.row_number().over(first)).where(F.col("nth") <= F.col("places"))
    return kept.select(*PAIR, "worth", "uptake", F.row_number().over(shown).alias("place"))
