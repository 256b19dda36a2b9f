"""The smallest rows that the introductions' transforms take."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from pyspark.sql import DataFrame, SparkSession

from shelfwise.contracts.gold.introductions import CANDIDATE_FORECAST, CANDIDATE_WORTH, LINES
from shelfwise.contracts.silver import ASSUMPTIONS, ITEMS
from shelfwise.core.conform import conform
from shelfwise.core.frames import local_frame
from shelfwise.core.table import Table
from tests.rows import row

AS_OF = date(2017, 10, 29)  # a Sunday
MONDAY = AS_OF - timedelta(days=6)  # of the last week
BOUGHT = (
    "customer_id string, basket_id string, item_id string, shelf string, department string, maker_id string, price double,"
    " sold_at timestamp, revenue double, units double, week_number int, is_newcomer boolean"
)

ASSUMED = {
    "lead_time_days": 14,
    "unit_cost_share": 0.7,
    "holding_cost_share_per_year": 0.25,
    "opening_case_pack": 6,
    "opening_minimum_units": 12,
    "listing_cost": 0.5,
    "shelf_cost_per_week": 0.02,
    "order_line_cost": 0.05,
    "clearing_loss_share": 0.5,
}


def rows_of(spark: SparkSession, table: Table, *given: dict[str, Any]) -> DataFrame:
    """Valid rows of a contract; arrays that are not given are empty."""
    arrays = {name: [] for name, column in table.schema.items() if column.type.startswith("array") and not column.nullable}
    as_of = {"as_of": AS_OF} if "as_of" in table.schema else {}
    return local_frame(spark, [row(table, **(arrays | as_of | one)) for one in given], table.struct)


def items_of(spark: SparkSession, *given: dict[str, Any]) -> DataFrame:
    usual = {"department": "GROCERY", "category": "SOUP", "subcategory": "CANS", "maker_id": "m1", "sold_by": "each"}
    return rows_of(spark, ITEMS, *[usual | one for one in given])


def assumptions_of(spark: SparkSession, *more: dict[str, Any]) -> DataFrame:
    """ASSUMED of everything, and `more` of narrower scopes."""
    usual = [{"scope": "*", "name": name, "value": float(value)} for name, value in ASSUMED.items()]
    return rows_of(spark, ASSUMPTIONS, *usual, *more)


def foreseen_of(spark: SparkSession, *given: dict[str, Any]) -> DataFrame:
    """Rows of gold.candidate_forecast: soup of maker m1 at 10.00, 2 units in each of 13 weeks."""
    usual = {"department": "GROCERY", "category": "SOUP", "shelf": "SOUP / CANS", "maker_id": "m1", "price": Decimal(10)}
    filled = [usual | {"stage": "candidate", "known": "category", "mean": [2.0] * 13, "launch": AS_OF} | one for one in given]
    told = [one | {"units": float(sum(one["mean"]))} for one in filled]
    return rows_of(spark, CANDIDATE_FORECAST, *told)


def bought_of(spark: SparkSession, *lines: dict[str, Any]) -> DataFrame:
    """Lines sold, as launch_effects.bought gives them: each a basket of its own, at the beginning of its week."""
    usual = {"shelf": "s", "department": "GROCERY", "maker_id": "m1", "price": 1.0, "revenue": 1.0, "units": 1.0}
    usual |= {"is_newcomer": False}
    names = [part.split()[0] for part in BOUGHT.split(", ")]
    rows = []
    for place, line in enumerate(lines):
        at = datetime(2017, 1, 2, 12) + timedelta(weeks=line["week_number"])
        filled = usual | {"basket_id": f"b{place}", "sold_at": at} | line
        rows.append(tuple(filled[name] for name in names))
    return local_frame(spark, rows, BOUGHT)


def candidate(item_id: str, outcome: list[float], **given: Any) -> dict[str, Any]:
    """A row of gold.candidate_worth on a shelf of its own: margin less a listing of 1 is the mean of its outcome."""
    profit = sum(outcome) / len(outcome)
    lines = dict.fromkeys(LINES, 0.0) | {"margin": profit + 1, "listing": 1.0}
    told = {"profit": profit, "profit_q05": min(outcome), "profit_q95": max(outcome), "cvar": min(outcome), "point_profit": profit}
    failing = sum(one < 0 for one in outcome) / len(outcome)
    usual = (
        {"item_id": item_id, "shelf": f"shelf of {item_id}", "department": "GROCERY", "category": "SOUP", "supplier_id": "known"}
        | {"price": Decimal(3), "unit_cost": Decimal(1), "plan": "list", "opening_units": 10, "opening_cost": Decimal(50)}
        | {"beside": 0.0, "beside_margin": 0.0, "crowding": 0.5, "units": 10.0, "newly_served": 2.0}
        | {"p_failure": failing, "p_stop": 0.0, "stop_week": 4, "stop_units": 3}
    )
    return usual | lines | told | {"demand": [10.0] * len(outcome), "outcome": outcome, "smaller": []} | given


def worth_of(spark: SparkSession, *candidates: dict[str, Any]) -> DataFrame:
    return rows_of(spark, CANDIDATE_WORTH, *candidates)


def kept_rows(frame: DataFrame, table: Table) -> list[dict[str, Any]]:
    """The frame's rows, which keep every rule of the contract, in its columns and types."""
    conformed = conform(frame, table)
    types = {name: kind.replace("bigint", "long") for name, kind in frame.dtypes}
    assert types == {name: column.type.lower() for name, column in table.schema.items()}
    broken = [f"NOT coalesce({rule}, true) AS {name}" for name, rule in table.rules().items()]
    rows = conformed.selectExpr("*", *broken).collect()
    for name in table.rules():
        assert not any(one[name] for one in rows), name
    return [{name: one[name] for name in table.columns} for one in rows]


def by(rows: DataFrame, *key: str) -> dict[Any, Any]:
    """Rows by their key, which is theirs alone."""
    collected = rows.collect()
    found = {tuple(one[name] for name in key) if len(key) > 1 else one[key[0]]: one for one in collected}
    assert len(found) == len(collected)
    return found


def plan_of(frame: DataFrame) -> str:
    return frame._jdf.queryExecution().executedPlan().toString()
