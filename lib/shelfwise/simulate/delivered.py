"""The shop's files as a shop would deliver them: ids are text, days are dates, money is decimal, and no truth is in them.

By the names of their columns plain rows become such files: `customer` 12 is customer_id C0000012, `launch_day` 7 is launch_on,
`shipped_second` 90 is shipped_at.
"""

from datetime import UTC, datetime

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from shelfwise.measures.draws import hashed_uniform
from shelfwise.simulate.shopping import FROM_SLOT
from shelfwise.simulate.spec import WEEK, Spec

IDS = {"customer": "C%07d", "item": "I%06d", "location": "L%05d", "supplier": "S%05d", "substitute": "I%06d", "taken": "I%06d"}
MONEY = (
    "revenue",
    "discount",
    "list_price",
    "price",
    "unit_price",
    "unit_cost",
    "rival_price",
    "cost",
    "amount",
    "recovered",
    "spend",
)
RETURNED = 0.015  # share of lines that come back, whole, after 3 to 20 days; what came back is not sold again
DAY_SECONDS = 86_400
PAGE_SECONDS = 900  # the page is seen a quarter of an hour before the visit's purchase


def as_delivered(frame: DataFrame, spec: Spec) -> DataFrame:
    """The same rows with ids, dates, times and money in the shop's own form."""
    return frame.select(*[_form(name, spec) for name in frame.columns])


def _form(name: str, spec: Spec) -> Column:
    column, start = F.col(name), F.lit(spec.start)
    if name in IDS:
        # of a NULL the format makes the word "null"
        return F.when(column.isNotNull(), F.format_string(IDS[name], column)).alias(f"{name}_id")
    if name == "day" or name.endswith("_day"):
        return F.date_add(start, column.cast("int")).alias("day" if name == "day" else name.removesuffix("_day") + "_on")
    if name.endswith("_second"):
        return _moment(column, spec).alias(name.removesuffix("_second") + "_at")
    return column.cast("decimal(14,2)").alias(name) if name in MONEY else column


def _moment(seconds: Column, spec: Spec) -> Column:
    """Seconds since the shop's first midnight, UTC."""
    begin = int(datetime(spec.start.year, spec.start.month, spec.start.day, tzinfo=UTC).timestamp())
    return F.timestamp_seconds(seconds + F.lit(begin))


def chance(spec: Spec, stream: str, *ids: str) -> Column:
    """A uniform number that depends on seed, stream and ids only."""
    return hashed_uniform(F.lit(spec.seed), F.lit(stream), *ids)


def numbered(spec: Spec, mark: str, *ids: str) -> Column:
    """A number as tills and sites give them: unique, and telling nobody's id."""
    return F.concat(F.lit(mark), F.lpad(F.hex(F.xxhash64(F.lit(spec.seed), F.lit(mark), *ids)), 16, "0"))


def basket_lines(wants: DataFrame, plan: DataFrame) -> DataFrame:
    """One row per customer, day and item taken, with the week's prices."""
    lines = (
        wants.where("taken >= 0")
        .groupBy("customer", "day", "location", F.col("taken").alias("item"))
        .agg(F.count(F.lit(1)).alias("quantity"), F.min("second").alias("second"))
        .withColumn("week", F.floor(F.col("day") / WEEK))
    )
    return lines.join(plan.select("item", "week", "list_price", "price"), ["item", "week"], "inner").drop("week")


def sales(lines: DataFrame, spec: Spec) -> DataFrame:
    """Sold lines and, some days later, those that came back."""
    draw = chance(spec, "returned", "customer", "day", "item")
    back = F.col("day") + 3 + F.floor(18 * chance(spec, "return after", "customer", "day", "item"))
    returned = lines.where(draw < RETURNED).withColumn("back", back).where(F.col("back") < spec.days)
    return _sales_rows(lines, spec, F.col("day"), "K", 1).unionByName(_sales_rows(returned, spec, F.col("back"), "R", -1))


def _sales_rows(lines: DataFrame, spec: Spec, day: Column, mark: str, sign: int) -> DataFrame:
    basket = numbered(spec, mark, "customer", "day")
    quantity = sign * F.col("quantity")
    return lines.select(
        F.concat_ws("-", basket, F.col("item")).alias("line_id"),
        basket.alias("basket_id"),
        "customer",
        "item",
        "location",
        (day * DAY_SECONDS + F.col("second")).alias("sold_second"),
        quantity.cast("int").alias("quantity"),
        F.col("list_price"),
        (quantity * F.col("price")).alias("revenue"),
        (F.col("quantity") * (F.col("list_price") - F.col("price"))).alias("discount"),
    )


def events(wants: DataFrame, slots: DataFrame, spec: Spec) -> DataFrame:
    """Views with their dwell time and carts of the web shop, all before the visit's purchase; one of the wanted items has both."""
    came = F.col("day") * DAY_SECONDS + F.col("second")
    web = wants.where((F.col("location") == spec.web) & (F.col("number") < FROM_SLOT))
    dwell = F.round(10 + 80 * chance(spec, "dwell", "customer", "day", "item"), 1)
    wanted = web.groupBy("customer", "day", "item").agg(F.min("second").alias("second")).withColumn("dwell", dwell)
    bought = wanted.select(
        *("customer", "day", "item", "dwell", came.alias("came"), F.lit(True).alias("carted"), F.lit("s").alias("via")),
        (came - 2 - F.ceil("dwell")).alias("viewed"),
    )
    clicked = slots.where("clicked").select(
        *("customer", "day", "item", "dwell", came.alias("came"), "carted", F.concat(F.lit("p"), "position").alias("via")),
        (came - PAGE_SECONDS + 5 * F.col("position")).alias("viewed"),
    )
    kinds = F.when(F.col("carted"), F.array(F.lit("view"), F.lit("cart"))).otherwise(F.array(F.lit("view")))
    told = bought.unionByName(clicked).select("*", F.explode(kinds).alias("kind"))
    is_cart = F.col("kind") == "cart"
    second = F.when(is_cart, F.least(F.col("viewed") + F.ceil("dwell"), F.col("came") - 1)).otherwise(F.col("viewed"))
    return told.select(
        numbered(spec, "E", "customer", "came", "item", "via", "kind").alias("event_id"),
        numbered(spec, "V", "customer", "day").alias("session_id"),
        *("customer", "item", "kind", second.alias("happened_second")),
        F.when(~is_cart, F.col("dwell")).alias("dwell_seconds"),
    )


def impressions(slots: DataFrame, spec: Spec) -> DataFrame:
    """What the page showed, with the probability with which it did. A visit is a session of `events`, and sees one page."""
    shown = (F.col("day") * DAY_SECONDS + F.col("second") - PAGE_SECONDS).alias("shown_second")
    ids = (numbered(spec, mark, "customer", "day").alias(name) for mark, name in (("P", "page_id"), ("V", "session_id")))
    return slots.select(*ids, "customer", "item", "position", "propensity", "clicked", shown)


def deliveries(parcels: DataFrame, spec: Spec) -> DataFrame:
    """One row per parcel; those that arrive after the shop's last day are still on their way."""
    arrived = F.when(F.col("delivered_second") < spec.days * DAY_SECONDS, F.col("delivered_second")).alias("delivered_second")
    kept = [name for name in parcels.columns if name not in ("delivered_second", "cost", "true_on_time")]
    return parcels.select(*kept, arrived, "cost")


def promotions(plan: DataFrame) -> DataFrame:
    """One row per promotion, planned ahead, for the whole chain."""
    columns = ("item", "start_day", "end_day", "promotion", "price_cut", "display", "mailer", "known_day")
    return plan.where("promoted").select(*columns)


def list_prices(plan: DataFrame) -> DataFrame:
    """One row per item and new list price; known two weeks before it holds."""
    return plan.where("price_changed").select("item", "start_day", "list_price", (F.col("start_day") - 14).alias("known_day"))


def stock(moves: DataFrame) -> DataFrame:
    """The stock ledger: one row per item, location and day on which something changed."""
    flows = ("opening", "received", "sold", "damaged")
    return moves.select("location", "item", "day", *flows, F.col("closing").alias("on_hand"), "on_order")


def purchase_orders(orders: DataFrame, catalogue: DataFrame) -> DataFrame:
    """One row per order: what was agreed."""
    placed = orders.select(
        _order_id(),
        "item",
        "location",
        F.col("ordered").alias("ordered_day"),
        F.col("promised").alias("promised_day"),
        F.col("units").alias("units_ordered"),
    )
    return placed.join(catalogue.select("item", "supplier", "brand", "unit_cost"), "item", "inner")


def receipts(orders: DataFrame, catalogue: DataFrame, spec: Spec) -> DataFrame:
    """One row per order that has arrived by the last day. Defective units came and can't be sold."""
    arrived = orders.where(F.col("arrived") < spec.days).select(
        _order_id(),
        "item",
        "location",
        F.col("ordered").alias("ordered_day"),
        F.col("arrived").alias("received_day"),
        F.col("units").alias("units_ordered"),
        (F.col("delivered") - F.col("defective")).alias("units_received"),
        F.col("defective").alias("units_defective"),
    )
    return arrived.join(catalogue.select("item", "supplier", "brand", "unit_cost"), "item", "inner")


def _order_id() -> Column:
    # the first delivery of an item may have been ordered before the shop's first day
    return F.concat_ws("-", F.lit("PO"), "location", "item", F.col("ordered")).alias("order_id")
