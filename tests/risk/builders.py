"""The smallest rows that the risk transforms take."""

from datetime import date
from typing import Any

import numpy as np
import pandas as pd

AS_OF = date(2017, 10, 29)

# 10 a week for certain, at 5.00 that cost 3.00; 30 on hand, nothing inbound; an order takes 2 weeks, there is one each week
CALM = {
    "description": None,
    "department": "GROCERY",
    "category": "SOUP",
    "supplier_id": "s1",
    "unit_price": 5.0,
    "unit_cost": 3.0,
    "on_hand": 30.0,
    "inbound": 0.0,
    "drafted": 0.0,
    "case_pack": 1,
    "safety_stock": 0.0,
    "cover_weeks": 3,
    "near_mean": 30.0,
    "far_mean": 130.0,
    "near": [30.0] * 11,
    "far": [130.0] * 11,
    "lead_weeks": 2,
    "week_shares": [0.0, 0.0, 1.0] + [0.0] * 11,
    "assumed": ["outages"],
}
# nothing else befalls it
SAFE = dict.fromkeys(
    (
        *("short_share", "shrinkage_share", "return_share", "return_loss_share", "holding", "clearing", "outages_per_year"),
        *("failure_per_year", "stopped_chance", "advance", "advance_loss_share", "recalls_per_year"),
    ),
    0.0,
) | {"recover_weeks": 4.0, "replace_weeks": 8.0}
STILL = {"break_chance": 0.0, "price_war": 0.0, "rival_sd": 0.0, "cost_sd": 0.0, "return_sd": 0.0, "fill_rate": 1.0}


def exposed_row(item_id: str = "soup", **changed: Any) -> dict[str, Any]:
    """A row of gold.risk_exposure, without as_of; money as risk.scenarios.exposed hands it on."""
    return {"item_id": item_id} | CALM | SAFE | changed


def drawn_rows(*rows: dict[str, Any], factors: list[list[float]] | None = None) -> pd.DataFrame:
    """As risk.scenarios.exposed hands them on: with the department's factors."""
    steady = [np.ones(13)] if factors is None else [np.array(one) for one in factors]
    marks = {"of_largest_supplier": False, "is_largest_item": False, "other_source_weeks": np.inf}
    return pd.DataFrame([marks | row | {"factors": steady} for row in rows])
