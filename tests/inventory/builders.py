"""The smallest valid rows of what the inventory jobs read."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from pyspark.sql import DataFrame, SparkSession

from shelfwise.contracts import silver
from shelfwise.contracts.gold.demand import LEVELS, quantile_name
from shelfwise.contracts.gold.inventory import STOCK_POSITION
from shelfwise.contracts.gold.launches import LAUNCH_FORECAST
from shelfwise.contracts.supply import LEAD_TIMES
from shelfwise.core.frames import local_frame
from shelfwise.core.table import Table

AS_OF = date(2017, 10, 29)
ASSUMED = {
    "lead_time_days": 14,
    "review_days": 7,
    "unit_cost_share": 0.7,
    "holding_cost_share_per_year": 0.25,
    "case_pack": 6,
    "minimum_units": 6,
    "expedite_days": 7,
    "expedite_cost_share": 0.15,
    "risk_aversion": 0.0,
}
PROFILE = "item_id string, unit_price double, last_sold_on date"
WEEKLY = "item_id string, week date, units double"
QUANTILE_NAMES = [quantile_name(level, cumulated=True) for level in LEVELS]
FORECAST = f"item_id string, horizon int, cum_mean double, {', '.join(f'{name} double' for name in QUANTILE_NAMES)}"


def rows_of(spark: SparkSession, table: Table, rows: Sequence[Mapping[str, Any]]) -> DataFrame:
    """Columns that a row does not name are null, whatever the contract says."""
    schema = ", ".join(f"{name} {column.type}" for name, column in table.schema.items())
    return local_frame(spark, [tuple(row.get(name) for name in table.columns) for row in rows], schema)


def items(spark: SparkSession, *rows: Mapping[str, Any]) -> DataFrame:
    usual = {"department": "GROCERY", "category": "SOUP", "subcategory": "TINNED", "maker_id": "m1", "sold_by": "each"}
    return rows_of(spark, silver.ITEMS, [usual | row for row in rows])


def assumptions(spark: SparkSession, *rows: tuple[str, str, float]) -> DataFrame:
    """Those of ASSUMED for '*', and `rows` of scope, name and value."""
    usual = [("*", name, value) for name, value in ASSUMED.items()]
    named = [{"scope": s, "name": n, "value": float(v), "unit": "", "reason": ""} for s, n, v in (*usual, *rows)]
    return rows_of(spark, silver.ASSUMPTIONS, named)


def profiles(spark: SparkSession, *rows: tuple[str, float | None, date]) -> DataFrame:
    return local_frame(spark, rows, PROFILE)


def positions(spark: SparkSession, *rows: tuple[str, int, int, bool]) -> DataFrame:
    names = ("item_id", "on_hand", "on_order", "replayed")
    return rows_of(spark, STOCK_POSITION, [{"as_of": AS_OF} | dict(zip(names, row, strict=True)) for row in rows])


def forecast(spark: SparkSession, *rows: tuple[str, int, float, Sequence[float]]) -> DataFrame:
    """Item, horizon, mean and the nine cumulated quantiles."""
    return local_frame(spark, [(item, h, float(mean), *map(float, quantiles)) for item, h, mean, quantiles in rows], FORECAST)


def weekly(spark: SparkSession, **units: Sequence[float]) -> DataFrame:
    """Each item's units by week, the last week being as_of's."""
    monday = AS_OF - timedelta(days=6)
    rows = [
        (item, monday - timedelta(weeks=len(history) - 1 - place), float(sold))
        for item, history in units.items()
        for place, sold in enumerate(history)
    ]
    return local_frame(spark, rows, WEEKLY)


def receipts(spark: SparkSession, *rows: Mapping[str, Any]) -> DataFrame:
    usual = {"location_id": "w", "maker_id": "m1", "units_ordered": 10, "units_received": 10}
    return rows_of(spark, silver.RECEIPTS, [usual | {"receipt_id": str(number)} | row for number, row in enumerate(rows)])


def placed(spark: SparkSession, *rows: Mapping[str, Any]) -> DataFrame:
    usual = {"location_id": "w", "maker_id": "m1", "units_ordered": 10}
    return rows_of(spark, silver.PLACED_ORDERS, [usual | row for row in rows])


def lead_times(spark: SparkSession, *rows: Mapping[str, Any]) -> DataFrame:
    """Rows that rest on receipts, unless they say otherwise."""
    usual = {"as_of": AS_OF, "supplier_id": "m1", "basis": "receipts", "assumed": False, "receipts": 8, "supplier_receipts": 40}
    return rows_of(spark, LEAD_TIMES, [usual | row for row in rows])


def supply(spark: SparkSession, *rows: Mapping[str, Any]) -> DataFrame:
    return rows_of(spark, silver.SUPPLIER_TERMS, rows)


def stock(spark: SparkSession, *rows: tuple[str, str, date, int, int]) -> DataFrame:
    names = ("item_id", "location_id", "counted_on", "on_hand", "on_order")
    return rows_of(spark, silver.STOCK, [dict(zip(names, row, strict=True)) for row in rows])


def launches(spark: SparkSession, *rows: Mapping[str, Any]) -> DataFrame:
    """Weeks of announced items, unless they say otherwise."""
    return rows_of(spark, LAUNCH_FORECAST, [{"as_of": AS_OF, "segment": "announced"} | row for row in rows])


def by_item(frame: DataFrame) -> dict[str, Any]:
    collected = frame.collect()
    assert len(collected) == len({row["item_id"] for row in collected})
    return {row["item_id"]: row for row in collected}
