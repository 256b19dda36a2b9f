"""How long does each supplier take for each item, in days from the order?

The law of an item's own receipts and open orders is shrunk towards its supplier's, that towards the one of the supplier's main
category, and that towards that of all orders (measures.lead_time: a beta process, weights by moments). Days count against the
agreed lead time, or the assumed one. Where a supplier has not delivered yet, the agreed or assumed one holds, as if certain.
"""

from datetime import date

from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.window import Window

from shelfwise.contracts.supply import LEAD_TIMES, OTHERS
from shelfwise.core.job import Params
from shelfwise.core.kept import cut, keep
from shelfwise.inventory.lead_laws import ROW, figures
from shelfwise.inventory.terms import UNKNOWN
from shelfwise.measures.assumed import assume
from shelfwise.measures.lead_time import EARLIEST, LATEST

LONGEST_AGREED = 364  # days: four times what forecasts see; bounds the law's array
SHELF = ["item_id", "location_id"]


FORGOTTEN_DAYS = 180


class LeadTimeParams(Params):
    """Which orders tell how long the next one will take."""

    first_orders: bool = False  # an item's first order at a place is agreed to the day of its launch
    forgotten_days: int = FORGOTTEN_DAYS  # an order open for longer was likely cancelled, or its receipt not recorded


def lead_times(
    receipts: DataFrame,
    placed: DataFrame,
    items: DataFrame,
    supply: DataFrame,
    assumptions: DataFrame,
    *,
    params: LeadTimeParams,
    as_of: date,
) -> DataFrame:
    """One row per item with orders or terms, and '*' for all others of a supplier with orders."""
    bought = keep(_bought(receipts, placed, items, supply, assumptions))
    counts = keep(_counts(_orders(receipts, placed, as_of), bought, params))
    own = cut(_numbers(counts))
    delivered = own.where((F.col("item_id") == OTHERS) & (F.col("receipts") > 0))
    of_supplier = delivered.select("supplier_id", F.col("receipts").alias("supplier_receipts"))
    asked = bought.select(*ROW, "agreed_days", "assumed_days").unionByName(_others(own))
    told = figures(asked, counts, delivered.select("supplier_id"))
    joined = asked.join(own.drop("assumed_days"), ROW, "left").join(of_supplier, "supplier_id", "left").join(told, ROW, "left")
    return _in_contract(joined.join(_unit_shares(receipts, bought), ROW, "left"), as_of)


def _bought(receipts: DataFrame, placed: DataFrame, items: DataFrame, supply: DataFrame, assumptions: DataFrame) -> DataFrame:
    """One row per item with orders or terms: whom it is bought from now, `agreed_days` where known, and those assumed else."""
    makers = receipts.select("item_id", "maker_id").unionByName(placed.select("item_id", "maker_id"))
    # several makers of an item that is not listed: any, but always the same one
    seen = makers.groupBy("item_id").agg(F.min("maker_id").alias("seen_maker"))
    agreed = supply.select("item_id", F.col("supplier_id").alias("agreed_supplier"), F.col("lead_time_days").alias("agreed_days"))
    known = seen.join(agreed, "item_id", "full").join(
        items.select("item_id", "maker_id", "category", "department"), "item_id", "left"
    )
    described = known.select(
        *("item_id", "agreed_supplier", "agreed_days"),
        F.coalesce("maker_id", "seen_maker", F.lit(UNKNOWN)).alias("maker_id"),
        *[F.coalesce(name, F.lit(UNKNOWN)).alias(name) for name in ("category", "department")],
    )
    return assume(described, assumptions).select(
        *("item_id", "category", "agreed_days"),
        F.coalesce("agreed_supplier", "maker_id").alias("supplier_id"),
        F.least(F.coalesce("agreed_days", F.ceil("lead_time_days")), F.lit(LONGEST_AGREED)).cast("int").alias("assumed_days"),
    )


def _orders(receipts: DataFrame, placed: DataFrame, as_of: date) -> DataFrame:
    """One row per order line: days to its first receipt, or so far (`arrived` false); of receipts that name no order one each."""
    order = F.coalesce("order_id", "receipt_id").alias("order_id")
    came = receipts.groupBy(order, *SHELF).agg(
        F.min("ordered_on").alias("ordered_on"), F.date_diff(F.min("received_on"), F.min("ordered_on")).alias("days")
    )
    waiting = open_orders(receipts, placed).select(*SHELF, "ordered_on", F.date_diff(F.lit(as_of), "ordered_on").alias("days"))
    return came.drop("order_id").withColumn("arrived", F.lit(True)).unionByName(waiting.withColumn("arrived", F.lit(False)))


def open_orders(receipts: DataFrame, placed: DataFrame) -> DataFrame:
    """Orders that no receipt names, and none without a name fits."""
    nameless = receipts.where("order_id IS NULL").select(*SHELF, "ordered_on")
    return placed.join(receipts.select("order_id"), "order_id", "left_anti").join(nameless, [*SHELF, "ordered_on"], "left_anti")


def _counts(orders: DataFrame, bought: DataFrame, params: LeadTimeParams) -> DataFrame:
    """Orders by item, outcome and place: days against those agreed or assumed, from the earliest that is told apart."""
    of_shelf = Window.partitionBy(*SHELF)
    # where no other order is known, the first one is all there is to go by
    dated = orders.withColumns({"first": F.min("ordered_on").over(of_shelf), "last": F.max("ordered_on").over(of_shelf)})
    usual = (F.col("ordered_on") > F.col("first")) | (F.col("first") == F.col("last")) | F.lit(params.first_orders)
    kept = dated.where(usual & (F.col("arrived") | (F.col("days") <= params.forgotten_days)))
    against = F.col("days") - F.col("assumed_days")
    place = F.least(F.greatest(against, F.lit(EARLIEST)), F.lit(LATEST)) - EARLIEST
    placed = kept.join(bought, "item_id", "inner").withColumn("place", place)
    return placed.groupBy("supplier_id", "item_id", "category", "assumed_days", "place", "arrived").agg(
        F.count(F.lit(1)).alias("orders")
    )


def _numbers(counts: DataFrame) -> DataFrame:
    """Receipts and open orders of each item and of each supplier's '*', whose `assumed_days` are the mean of its orders'."""
    twice = counts.withColumn("item_id", F.explode(F.array("item_id", F.lit(OTHERS))))
    days = F.sum(F.col("assumed_days") * F.col("orders")) / F.sum("orders")
    return twice.groupBy("supplier_id", "item_id").agg(
        F.coalesce(F.sum(F.when(F.col("arrived"), F.col("orders"))), F.lit(0)).alias("receipts"),
        F.coalesce(F.sum(F.when(~F.col("arrived"), F.col("orders"))), F.lit(0)).alias("open_orders"),
        F.round(days).cast("int").alias("assumed_days"),
    )


def _others(own: DataFrame) -> DataFrame:
    """What stands for a supplier's other items, of which nothing is known."""
    return own.where(F.col("item_id") == OTHERS).select(*ROW, F.lit(None).cast("int").alias("agreed_days"), "assumed_days")


def _unit_shares(receipts: DataFrame, bought: DataFrame) -> DataFrame:
    """Of the units ordered in what came, by item and for each supplier's '*'; sums are of whole units."""
    of_whom = receipts.join(bought.select(*ROW), "item_id", "inner")
    units = of_whom.withColumn("item_id", F.explode(F.array("item_id", F.lit(OTHERS)))).groupBy(*ROW)
    filled, defective = (F.try_divide(F.sum(name), F.sum("units_ordered")) for name in ("units_received", "units_defective"))
    return units.agg(
        filled.alias("filled_share"),
        F.greatest(1 - filled - F.coalesce(defective, F.lit(0.0)), F.lit(0.0)).alias("short_share"),
        defective.alias("defective_share"),
    )


def _in_contract(rows: DataFrame, as_of: date) -> DataFrame:
    delivered = F.col("supplier_receipts").isNotNull()
    agreed = F.col("agreed_days").isNotNull()
    numbers = [F.coalesce(name, F.lit(0)).alias(name) for name in ("receipts", "open_orders", "supplier_receipts")]
    basis = F.when(delivered, "receipts").when(agreed, "terms").otherwise("assumption")
    return rows.select(
        F.lit(as_of).alias("as_of"),
        *ROW,
        "agreed_days",
        *numbers,
        *("mean_days", "variance_days"),
        *[name for name in LEAD_TIMES.columns if name.startswith("days_q")],
        F.when(delivered & agreed, F.col("late_share")).alias("late_share"),
        *("filled_share", "short_share", "defective_share", "week_shares"),
        basis.alias("basis"),
        (basis == "assumption").alias("assumed"),
    )
