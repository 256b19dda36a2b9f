"""A shop of three items and two customers, made by hand: everything on its page can be worked out on paper."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from pyspark.sql import DataFrame, SparkSession

from shelfwise.contracts import features, silver
from shelfwise.contracts.gold import demand, hierarchy, inventory, kpi, policies, recommend
from shelfwise.core.admission import FILES, LEDGER
from shelfwise.core.frames import local_frame
from shelfwise.core.table import Field, Table

AS_OF = date(2017, 10, 29)  # a Sunday
NEXT_MONDAY = date(2017, 10, 30)
CUSTOMER = "aa11" + 60 * "f"
HOSTILE = "</script><script>alert('boo')</script>"
LEAST: dict[str, Any] = {
    "string": "",
    "double": 0.0,
    "long": 0,
    "int": 0,
    "boolean": False,
    "date": AS_OF,
    "timestamp": datetime(2017, 10, 29, 12, tzinfo=UTC),
    "array": [],
    "map": {},
    "decimal": Decimal(0),
}

Rows = list[dict[str, Any]]


def frame_of(spark: SparkSession, table: Table, rows: Rows) -> DataFrame:
    """The smallest rows that keep the contract's types, with what is said of them."""
    values = [tuple(_value(column, row.get(name)) for name, column in table.schema.items()) for row in rows]
    return local_frame(spark, values, table.struct)


def _value(column: Field, said: Any) -> Any:
    kind = column.type.partition("<")[0].partition("(")[0]
    if said is None:
        return None if column.nullable else LEAST[kind]
    return Decimal(str(said)) if kind == "decimal" else said


def sale(item_id: str, week: date, units: float) -> dict[str, Any]:
    name = f"{item_id}-{week}"
    return {"line_id": name, "item_id": item_id, "sold_on": week, "kind": "sale", "quantity": units, "revenue": 2 * units}


def bands(item_id: str, horizon: int, mean: float, **more: Any) -> dict[str, Any]:
    """A forecast of so many units, give or take two."""
    week = NEXT_MONDAY + timedelta(weeks=horizon - 1)
    quantiles = {"q05": mean - 2, "q10": mean - 1, "q90": mean + 1, "q95": mean + 2}
    return {"item_id": item_id, "horizon": horizon, "week": week, "segment": "smooth", "mean": mean} | quantiles | more


SALES = [
    *[sale("cola", date(2017, 10, 2) + timedelta(weeks=k), 10) for k in range(4)],
    sale("soap", date(2017, 10, 9), 1),
    # what happened after as_of: two whole weeks, and a Monday of a third
    sale("cola", NEXT_MONDAY, 12),
    sale("cola", NEXT_MONDAY + timedelta(weeks=1), 15),
    sale("novelty", NEXT_MONDAY, 3),
    sale("cola", NEXT_MONDAY + timedelta(weeks=2), 99),
]
ITEMS = [
    {"item_id": "cola", "department": "D", "category": "DRINKS", "description": HOSTILE, "sold_by": "each"},
    {"item_id": "soap", "department": "D", "category": "CARE", "description": "SOAP, 4 OZ", "sold_by": "each"},
    {"item_id": "novelty", "department": "D", "category": "CARE", "description": "NOVELTY", "sold_by": "each"},
]
FORECAST = [bands("cola", h, 11.0) for h in (1, 2, 3)] + [bands("soap", h, 1.0, segment="intermittent") for h in (1, 2, 3)]
LEVELS = [
    *[bands("*", h, 12.0, level="all", department="*", category="*") for h in (1, 2, 3)],
    *[bands("*", h, 11.0, level="category", department="D", category="DRINKS") for h in (1, 2, 3)],
    *[bands("*", h, 1.0, level="category", department="D", category="CARE") for h in (1, 2, 3)],
    # of the same name elsewhere
    *[bands("*", h, 77.0, level="category", department="E", category="DRINKS") for h in (1, 2, 3)],
]
DRIVERS = [
    {"item_id": "cola", "horizon": 4, "rank": 1, "sentence": "Four weeks ahead."},
    {"item_id": "cola", "horizon": 1, "rank": 2, "sentence": "Price & more: no difference"},
    {"item_id": "cola", "horizon": 1, "rank": 1, "sentence": "Planned mailer in 85 % of stores: +62 %"},
    {"item_id": "novelty", "horizon": 1, "rank": 1, "sentence": "Not shown."},
]
DRIFT = [
    {"kind": "all", "name": "*", "value": 1.0, "verdict": "watch", "reason": "Keep an eye on log_level"},
    {"kind": "feature", "name": "log_level", "value": 0.15, "verdict": "watch", "reason": "20 % of the rows are above 2"},
    {"kind": "feature", "name": "holidays", "value": 0.9, "verdict": "not counted", "reason": "a holiday"},
    {"kind": "error", "name": "*", "value": 1.0, "verdict": "ok", "reason": "RMSSE of all items"},
]
PROFILES = [{"item_id": "cola", "revenue": 80.0}, {"item_id": "soap", "revenue": 2.0}]
ORDERS = [
    {
        "order_id": "PO-1",
        "supplier_id": "acme",
        "item_id": "cola",
        "description": HOSTILE,
        "units": 12,
        "cases": 2,
        "cost": 30,
        "p_stock_out_now": 0.6,
        "p_stock_out": 0.004,
        "reason": "Expect 11 units & more.",
        "assumed": ["case_pack", "unit_cost"],
    },
    {"order_id": "PO-2", "supplier_id": "suds", "item_id": "soap", "units": 6, "cases": 1, "cost": 10, "assumed": ["case_pack"]},
]
PLAN = [
    {"item_id": "cola", "status": "at_risk", "case_pack": 6},
    {"item_id": "soap", "status": "ok", "case_pack": 6},
    {"item_id": "mate", "status": "at_risk", "case_pack": 6, "launch": date(2017, 11, 6)},
]
ASSUMED = [
    {"scope": "*", "name": "case_pack", "value": 6.0, "unit": "units per case", "reason": "small cases are usual"},
    {"scope": "department:X", "name": "case_pack", "value": 12.0, "unit": "units per case", "reason": "trays"},
    {"scope": "*", "name": "unit_cost_share", "value": 0.7, "unit": "share of the shelf price", "reason": "usual margin"},
]
EVERY = {"origin": "*", "horizon": 0, "segment": "*"}
ACCURACY = [
    {"level": "item x week", "model": "champion", "rmsse": 0.8, "bias": -0.01, "coverage_80": 0.81, "rows": 5} | EVERY,
    {"level": "item x week", "model": "mean_13", "rmsse": 0.9, "bias": 0.02, "rows": 5} | EVERY,
    {"level": "item x week", "model": "zero", "rmsse": 0.7, "bias": -1.0, "rows": 5} | EVERY,
    {"level": "category x week", "model": "champion", "wape": 0.171, "rows": 2} | EVERY,
    {"level": "item x cumulated weeks", "model": "champion", "coverage_80": 0.79, "coverage_90": 0.88} | EVERY,
    {"level": "category x week", "model": "champion", "origin": "*", "horizon": 1, "segment": "*", "wape": 0.15},
    {"level": "category x week", "model": "zero", "origin": "*", "horizon": 1, "segment": "*", "wape": 1.0},
    {"level": "item x week", "model": "champion", "origin": "*", "horizon": 0, "segment": "smooth", "rmsse": 0.77},
]
OFFERS = [
    {
        "customer_id": CUSTOMER,
        "rank": 2,
        "item_id": "soap",
        "model": "ranker",
        "probability": 0.04,
        "new_to_customer": True,
        "reason": "SOAP, 4 OZ: most like cola.",
    },
    {
        "customer_id": CUSTOMER,
        "rank": 1,
        "item_id": "cola",
        "model": "ranker",
        "probability": 0.62,
        "new_to_customer": False,
        "reason": "Bought before.",
    },
    {"customer_id": "*", "rank": 1, "item_id": "cola", "model": "popularity", "new_to_customer": True, "reason": "Popular."},
]
LISTS = [
    {"model": "ranker", "target": "all", "ndcg_10": 0.41},
    {"model": "own_most_bought", "target": "all", "ndcg_10": 0.38},
    {"model": "als", "target": "new", "ndcg_10": 0.11},
]
COUNTS = [
    {"table": "silver.sales_lines", "batch": 101, "read": 10, "accepted": 7, "quarantined": 2, "duplicates": 1, "files": 1},
    {"table": "silver.sales_lines", "batch": 201, "read": 5, "accepted": 5, "files": 2, "added_columns": ["till"]},
    {"table": "silver.items", "batch": 102, "read": 5, "accepted": 5, "files": 1},
]
ARRIVED = [
    {
        "kind": "sales",
        "path": "file:/a.csv",
        "size": 0,
        "status": "rejected",
        "reason": "a.csv is empty (0 bytes): deliver it again.",
    },
    {"kind": "sales", "path": "file:/b.csv", "status": "rejected", "reason": "b.csv lacks the column 'units'."},
    # b.csv came again, mended
    {"kind": "sales", "path": "file:/b.csv", "size": 9, "modified_at": datetime(2017, 10, 30, tzinfo=UTC), "status": "landed"},
]
DAYS: Rows = [
    {"day": date(2017, 10, 2) + timedelta(days=k), "department": "*", "category": "*", "revenue": 100 if k < 21 else 200}
    | {"discount": 25, "baskets": 10, "customers": 5, "items": 7, "repeat_share": 0.5}
    for k in range(28)
]
KPIS = [{**day, "department": "D", "category": "C", "revenue": 9999} for day in DAYS[:3]] + DAYS
SHOPPERS = [
    {"customer_id": CUSTOMER, "baskets": 3, "items": 2, "last_bought_on": date(2017, 10, 27), "favourite_category": "DRINKS"}
]

REPLAY = [
    {"scenario": scenario, "policy": policy, "department": "*", "lost_margin": lost, "holding_cost": held, "fill_rate": 0.9}
    | {"more_cost": more, "more_cost_low": more - 0.01, "more_cost_high": more + 0.01}
    for scenario, policy, lost, held, more in (
        ("history", "mean_z", 60.0, 40.0, 0.05),
        ("history", "met", 50.0, 30.0, 0.0),
        ("two weeks later", "mean_z", 90.0, 40.0, 0.02),
        ("two weeks later", "met", 80.0, 40.0, 0.0),
    )
] + [{"scenario": "history", "policy": "met", "department": "D", "lost_margin": 9999.0}]

CONTENT: dict[str, tuple[Table, Rows]] = {
    "sales": (silver.SALES_LINES, SALES),
    "items": (silver.ITEMS, ITEMS),
    "customers": (silver.CUSTOMERS, [{"customer_id": CUSTOMER}, {"customer_id": "bb22"}]),
    "profiles": (features.ITEM_PROFILE, PROFILES),
    "shoppers": (features.CUSTOMER_PROFILE, SHOPPERS),
    "assumptions": (silver.ASSUMPTIONS, ASSUMED),
    "kpis": (kpi.KPIS, KPIS),
    "forecast": (demand.DEMAND_FORECAST, FORECAST),
    "hierarchy": (hierarchy.DEMAND_HIERARCHY, LEVELS),
    "drivers": (demand.DEMAND_DRIVERS, DRIVERS),
    "drift": (demand.DEMAND_DRIFT, DRIFT),
    "accuracy": (demand.FORECAST_ACCURACY, ACCURACY),
    "orders": (inventory.PURCHASE_ORDERS, ORDERS),
    "plan": (inventory.INVENTORY_PLAN, PLAN),
    "replay": (policies.POLICY_REPLAY, REPLAY),
    "recommendations": (recommend.RECOMMENDATIONS, OFFERS),
    "recommender_accuracy": (recommend.RECOMMENDER_ACCURACY, LISTS),
    "ledger": (LEDGER, COUNTS),
    "files": (FILES, ARRIVED),
}
