"""The smallest valid receipts, items and pairs."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from shelfwise.contracts import features, silver
from shelfwise.core.frames import local_frame
from shelfwise.core.table import Table

USUAL_LINE = {"kind": "sale", "location_id": "s1", "quantity": 1, "revenue": 1, "discount": 0, "coupon_discount": 0}
USUAL_ITEM = {"department": "GROCERY", "category": "SOUP", "subcategory": "TINNED", "maker_id": "m1", "sold_by": "each"}


def rows_of(spark: SparkSession, table: Table, rows: Sequence[Mapping[str, Any]]) -> DataFrame:
    """Columns that a row does not name are null, whatever the contract says."""
    schema = ", ".join(f"{name} {column.type}" for name, column in table.schema.items())
    return local_frame(spark, [tuple(row.get(name) for name in table.columns) for row in rows], schema)


def sales(spark: SparkSession, *rows: Mapping[str, Any]) -> DataFrame:
    """One basket per customer and day, unless the row names another."""
    return rows_of(spark, silver.SALES_LINES, [_line(number, row) for number, row in enumerate(rows)])


def items(spark: SparkSession, *rows: Mapping[str, Any]) -> DataFrame:
    return rows_of(spark, silver.ITEMS, [USUAL_ITEM | row for row in rows])


def events(spark: SparkSession, *rows: Mapping[str, Any]) -> DataFrame:
    """Views, unless the row says otherwise, each at noon of its `happened_on`."""
    return rows_of(spark, silver.EVENTS, [_event(number, row) for number, row in enumerate(rows)])


def customers(spark: SparkSession, *ids: str) -> DataFrame:
    return rows_of(spark, silver.CUSTOMERS, [{"customer_id": id, "attributes": {}} for id in ids])


def pairs(spark: SparkSession, *rows: tuple[int, int, int, date]) -> DataFrame:
    """Customer number, item number, baskets, last day; customer 3 is 'c3', item 7 is 'i7'."""
    return rows_of(
        spark,
        features.INTERACTIONS,
        [
            {
                "customer_id": f"c{customer}",
                "item_id": f"i{item}",
                "customer_index": customer,
                "item_index": item,
                "baskets": baskets,
                "units": float(baskets),
                "first_bought_on": last,
                "last_bought_on": last,
                "views": 0,
                "clicks": 0,
                "carts": 0,
                "dwell_seconds": 0.0,
                "last_met_on": last,
                "strength": float(baskets),
            }
            for customer, item, baskets, last in rows
        ],
    )


def factors(spark: SparkSession, rows: Mapping[int, Sequence[float]]) -> DataFrame:
    return local_frame(spark, list(rows.items()), "id int, features array<float>").select("id", F.col("features"))


def _event(number: int, row: Mapping[str, Any]) -> dict[str, Any]:
    moment = datetime.combine(row["happened_on"], time(12), UTC)
    return {"event_id": str(number), "kind": "view", "happened_at": moment} | row


def _line(number: int, row: Mapping[str, Any]) -> dict[str, Any]:
    line = USUAL_LINE | {"line_id": str(number), "basket_id": f"{row.get('customer_id')}/{row['sold_on']}"} | row
    money = {name: Decimal(str(line[name])) for name in ("quantity", "revenue", "discount", "coupon_discount")}
    return line | money | {"sold_at": datetime.combine(row["sold_on"], time(12), UTC)}
