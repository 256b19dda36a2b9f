"""What Olist's orders and their lines tell together: sales, parcels and reviews. Both may land in either order; see olist.py."""

from collections.abc import Mapping

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.silver import MONEY
from shelfwise.core.pseudonyms import pseudonym
from shelfwise.core.table import BATCH_COLUMNS
from shelfwise.sources.offering import intact, offer, torn
from shelfwise.sources.olist_files import TIMES

ZONE = "America/Sao_Paulo"
PLACE = "web-BR"
GIVEN_UP = ("canceled", "unavailable")
NEEDED = ("order_purchase_timestamp", "order_estimated_delivery_date")  # without these it is no parcel, and is refused


def sales_lines(raw: Mapping[str, DataFrame], *, key_file: str) -> DataFrame:
    """One row per unit of an order that has landed before; a line that is bad by itself does not wait for its order."""
    lines = raw["sales"].join(_beside(_orders(raw)), "order_id", "left")
    ready = torn(raw["sales"]) | _bad_line() | F.coalesce(F.col("landed_at") <= F.col("_ingested_at"), F.lit(False))
    return _sold(lines.where(ready), key_file)


def awaited_sales_lines(raw: Mapping[str, DataFrame], *, key_file: str) -> DataFrame:
    """One row per unit that has landed before its order."""
    lines = _beside(order_lines(raw).where(~_bad_line()))
    return _sold(_orders(raw).join(lines, "order_id", "inner").where("landed_at < _ingested_at"), key_file)


def _bad_line() -> Column:
    return F.concat("order_id", "order_item_id", "product_id", _money("price").cast("string")).isNull()


def _sold(lines: DataFrame, key_file: str) -> DataFrame:
    ordered, price = _moment("order_purchase_timestamp"), _money("price")
    return offer(
        lines.where(~_given_up()).drop("landed_at"),
        {
            "price_is_no_number": F.col("price").isNotNull() & price.isNull(),
            "order_purchase_timestamp_is_no_time": F.col("order_purchase_timestamp").isNotNull() & ordered.isNull(),
        },
        line_id=F.concat("order_id", F.lit("-"), "order_item_id"),
        basket_id=F.col("order_id"),
        customer_id=pseudonym(F.col("customer_unique_id"), key_file),
        item_id=F.col("product_id"),
        location_id=F.lit(PLACE),
        sold_at=F.to_utc_timestamp(ordered, ZONE),
        sold_on=F.to_date(ordered),
        kind=F.lit("sale"),
        quantity=F.lit(1).cast("decimal(14,3)"),
        revenue=price,
        **dict.fromkeys(("discount", "coupon_discount"), F.lit(0).cast(MONEY)),
    )


def deliveries(raw: Mapping[str, DataFrame], *, key_file: str) -> DataFrame:
    """One row per order and seller of its lines that have landed before; of no seller where it was given up without lines."""
    sent = raw["deliveries"].join(_beside(_parts(raw)), "order_id", "left")
    unsent = F.col("landed_at").isNull() & (_given_up() | F.concat(*[_moment(name).cast("string") for name in NEEDED]).isNull())
    ready = torn(raw["deliveries"]) | unsent | F.coalesce(F.col("landed_at") < F.col("_ingested_at"), F.lit(False))
    return _sent(sent.where(ready), raw, key_file)


def awaited_deliveries(raw: Mapping[str, DataFrame], *, key_file: str) -> DataFrame:
    """One row per order and seller of lines that land after their order."""
    orders = _beside(latest(raw["deliveries"], "order_id"))
    return _sent(_parts(raw).join(orders, "order_id", "inner").where("landed_at <= _ingested_at"), raw, key_file)


def _parts(raw: Mapping[str, DataFrame]) -> DataFrame:
    """One row per order and seller, landed with the last of its lines."""
    sums = [F.sum(_money(name)).cast(MONEY).alias(name) for name in ("price", "freight_value")]
    last = [F.max(name).alias(name) for name in BATCH_COLUMNS]
    return order_lines(raw).groupBy("order_id", "seller_id").agg(F.count("order_item_id").alias("items"), *sums, *last)


def _sent(parcels: DataFrame, raw: Mapping[str, DataFrame], key_file: str) -> DataFrame:
    ordered, shipped, delivered, promised = (_moment(name) for name in TIMES)
    return offer(
        parcels.join(_people(raw), "customer_id", "left").drop("landed_at"),
        {f"{name}_is_no_time": F.col(name).isNotNull() & _moment(name).isNull() for name in TIMES},
        delivery_id=F.concat("order_id", F.coalesce(F.concat(F.lit("-"), "seller_id"), F.lit(""))),
        order_id=F.col("order_id"),
        customer_id=pseudonym(F.col("customer_unique_id"), key_file),
        seller_id=F.col("seller_id"),
        carrier=F.lit(None).cast("string"),
        ordered_at=F.to_utc_timestamp(ordered, ZONE),
        ordered_on=F.to_date(ordered),
        shipped_at=F.to_utc_timestamp(shipped, ZONE),
        promised_on=F.to_date(promised),
        delivered_at=F.to_utc_timestamp(delivered, ZONE),
        delivered_on=F.to_date(delivered),
        cancelled=_given_up(),
        cancelled_on=F.lit(None).cast("date"),
        items=F.coalesce("items", F.lit(0)).cast("long"),
        revenue=F.col("price"),
        freight=F.col("freight_value"),
    )


def reviews(raw: Mapping[str, DataFrame], *, key_file: str) -> DataFrame:
    """One row per review and order, without its words."""
    ends = [F.min("product_id").alias("product_id"), F.max("product_id").alias("last_product_id")]
    bought = order_lines(raw).groupBy("order_id").agg(*ends)
    told = raw["reviews"].join(bought, "order_id", "left").join(_orders(raw).drop(*BATCH_COLUMNS), "order_id", "left")
    rating, written = F.col("review_score").try_cast("int"), _moment("review_answer_timestamp")
    return offer(
        told,
        {
            "review_score_is_no_number": F.col("review_score").isNotNull() & rating.isNull(),
            "review_answer_timestamp_is_no_time": F.col("review_answer_timestamp").isNotNull() & written.isNull(),
        },
        review_id=F.concat("review_id", F.lit("-"), "order_id"),
        order_id=F.col("order_id"),
        item_id=F.when(F.col("product_id") == F.col("last_product_id"), F.col("product_id")),
        customer_id=pseudonym(F.col("customer_unique_id"), key_file),
        rating=rating,
        written_on=F.to_date(written),
    )


def _orders(raw: Mapping[str, DataFrame]) -> DataFrame:
    """order_id, order_status, order_purchase_timestamp, customer_unique_id, and when it landed."""
    told = ("order_id", "customer_id", "order_status", "order_purchase_timestamp")
    known = latest(raw["deliveries"], "order_id").select(*told, *BATCH_COLUMNS)
    return known.join(_people(raw), "customer_id", "left").drop("customer_id")


def _people(raw: Mapping[str, DataFrame]) -> DataFrame:
    return latest(raw["customers"], "customer_id").select("customer_id", "customer_unique_id")


def order_lines(raw: Mapping[str, DataFrame]) -> DataFrame:
    return latest(raw["sales"], "order_id", "order_item_id")


def _beside(partner: DataFrame) -> DataFrame:
    """For a join to rows of a batch, whose landing counts: of the partner's, only the time."""
    return partner.withColumnRenamed("_ingested_at", "landed_at").drop("_batch", "_file")


def latest(raw: DataFrame, *key: str) -> DataFrame:
    """One row per key: the last one, where a file has come again."""
    rest = [name for name in raw.columns if name not in key]
    last = F.max_by(F.struct(*rest), F.struct("_batch", "_file", *rest))
    return intact(raw).groupBy(*key).agg(last.alias("last")).select(*key, "last.*")


def _given_up() -> Column:
    return F.coalesce(F.col("order_status").isin(*GIVEN_UP), F.lit(False))


def _moment(name: str) -> Column:
    """As the files have it: Sao Paulo's."""
    return F.col(name).try_cast("timestamp")


def _money(name: str) -> Column:
    return F.col(name).try_cast(MONEY)
