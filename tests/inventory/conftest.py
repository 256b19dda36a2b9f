from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from pyspark.sql import DataFrame, SparkSession

from shelfwise.contracts.gold.inventory import INVENTORY_PLAN
from shelfwise.core.conform import conform
from shelfwise.inventory.plan import PlanParams, plan_inventory
from tests.inventory.builders import (
    AS_OF,
    assumptions,
    forecast,
    items,
    launches,
    lead_times,
    positions,
    profiles,
    receipts,
    supply,
)

STEADY = [5, 7, 8, 11, 14, 17, 20, 22, 27]
STEADY_MEAN = 14.14625
LONG_AGO = date(2017, 7, 30)  # 13 weeks before AS_OF


@pytest.fixture(scope="session")
def plan(spark: SparkSession) -> Iterator[DataFrame]:
    """The worked orders of docs/decisions/0003-order-up-to.md, where unmet demand waits, and what else can become of an item."""
    listed = items(spark, *[described(item) for item in POSITIONS if item != "unlisted"])
    sold = [(item, {"fresh": 2.0, "slow": 10.0}.get(item, 4.0), SOLD_ON.get(item, AS_OF)) for item in POSITIONS]
    rows = [
        *(("department:PRODUCE", name, value) for name, value in FRESH.items()),
        *(("department:DRUG GM", name, value) for name, value in {"unit_cost_share": 0.65, "case_pack": 3}.items()),
        *(("item:far", name, value) for name, value in {"lead_time_days": 84, "review_days": 28}.items()),
    ]
    made = plan_inventory(
        positions(spark, *[(item, *stock) for item, stock in POSITIONS.items()]),
        forecast(spark, *FORECASTS),
        items=listed,
        profiles=profiles(spark, *sold),
        receipts=receipts(spark),
        lead_times=lead_times(spark),
        supply=supply(spark),
        launches=launches(spark),
        assumptions=assumptions(spark, *rows),
        params=PlanParams(unmet_demand="waits"),
        as_of=AS_OF,
    )
    yield conform(made, INVENTORY_PLAN).cache()


def described(item: str) -> dict[str, Any]:
    departments = {"fresh": "PRODUCE", "slow": "DRUG GM"}
    return {"item_id": item, "description": f"{item} soup", "department": departments.get(item, "GROCERY")}


FRESH = {"lead_time_days": 7, "unit_cost_share": 0.65, "holding_cost_share_per_year": 5, "case_pack": 10, "minimum_units": 10}

# on hand, on order, replayed
POSITIONS = {
    "fresh": (5, 6, True),
    "waiting": (8, 6, True),
    "slow": (1, 0, True),
    "hardly": (0, 0, True),
    "enough": (20, 9, True),
    "too much": (200, 0, True),
    "dead": (4, 0, True),
    "counted dead": (4, 0, False),
    "sold out": (0, 0, False),
    "nobody asks": (3, 0, True),
    "far": (100, 0, False),
    "unlisted": (30, 0, True),
    "no forecast": (1, 0, True),
}
SOLD_ON = {"dead": LONG_AGO, "counted dead": LONG_AGO, "sold out": LONG_AGO}

NEVER = [0.0] * 9
STEADY_QUARTER = [5 * units for units in STEADY]
SLOW = [0, 0, 0, 0, 1, 3, 4, 5, 6]
SLOW_QUARTER = [1, 2, 3, 5, 7, 9, 11, 13, 16]
HARDLY = [0, 0, 0, 0, 0, 0, 0, 1, 1]
HARDLY_QUARTER = [0, 0, 0, 0, 0, 1, 2, 2, 3]

FORECASTS = [
    ("fresh", 2, STEADY_MEAN, STEADY),
    ("fresh", 13, 90.0, STEADY_QUARTER),
    *((item, 3, STEADY_MEAN, STEADY) for item in ("waiting", "enough", "too much", "sold out", "unlisted")),
    *((item, 13, 70.0, STEADY_QUARTER) for item in ("waiting", "enough", "too much", "sold out", "unlisted")),
    ("slow", 3, 1.65625, SLOW),
    ("slow", 13, 7.2, SLOW_QUARTER),
    *((item, 3, 0.075, HARDLY) for item in ("hardly", "dead", "counted dead")),
    *((item, 13, 0.6, HARDLY_QUARTER) for item in ("hardly", "dead", "counted dead")),
    ("nobody asks", 3, 0.0, NEVER),
    ("nobody asks", 13, 0.0, NEVER),
    ("far", 13, 70.0, STEADY_QUARTER),
]
