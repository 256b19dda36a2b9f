"""How much could be lost on each item, and on which the shop's worst futures rest?

Each item is drawn again in the scenarios of gold.risk_scenarios, by the settings that stand there: what a scenario takes from it
counts by the weight that the scenario has in the total's VaR and CVaR, so that items add up to the total.
"""

from collections.abc import Iterator
from datetime import date
from functools import partial

import numpy as np
import pandas as pd
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.gold.risk import RISK_ITEMS
from shelfwise.measures.streams import Floats
from shelfwise.risk.figures import Weights, figures, weights_of
from shelfwise.risk.futures import Futures
from shelfwise.risk.pieces import in_chunks
from shelfwise.risk.scenarios import counted, exposed, placed, total_of
from shelfwise.risk.units import UNIT, Counts
from shelfwise.risk.value import items_of, outcome, planned

GIVEN = ("item_id", "description", "department", "category", "supplier_id")
LEVEL = 0.95
PHRASES = {
    "demand": "less may be wanted than foreseen",
    "stock_out": "more may be wanted than there is",
    "price": "rivals may cut prices",
    "cost": "the supplier may ask more",
    "late": "orders may come late",
    "short": "orders may come in part or broken",
    "outage": "the supplier may be unable to deliver for weeks",
    "failure": "the supplier may fail",
    "recall": "it may be recalled",
    "shrinkage": "stock may be broken, spoilt or stolen",
    "returns": "customers may send it back",
    "receivables": "customers on invoice may fail",
}


def measure_items(exposure: DataFrame, errors: DataFrame, scenarios: DataFrame, *, as_of: date) -> DataFrame:
    """One row per item of `exposure`."""
    total, params = total_of(scenarios)
    types = ", ".join(f"{name} {field.type}" for name, field in RISK_ITEMS.schema.items() if name not in ("as_of", "reason"))
    told = placed(exposed(exposure, errors)).mapInPandas(in_chunks(params, partial(_measured, weights=weights_of(total))), types)
    return told.withColumns({"as_of": F.lit(as_of), "reason": _reason()}).select(*RISK_ITEMS.columns)


def _measured(rows: pd.DataFrame, futures: Futures, *, weights: Weights) -> Iterator[pd.DataFrame]:
    yield measured(rows.reset_index(drop=True), futures, weights)


def measured(rows: pd.DataFrame, futures: Futures, weights: Weights) -> pd.DataFrame:
    """The columns of gold.risk_items but for as_of and reason."""
    of_kinds = counted(rows, futures)
    losses = np.sum(list(of_kinds.values()), axis=0) / UNIT
    shares = pd.DataFrame({kind: _worst(counts, weights) for kind, counts in of_kinds.items()})
    items = items_of(rows)
    calm = outcome(items, planned(items), futures.params.fill_rate)
    told = pd.concat([rows[list(GIVEN)], figures(losses, weights)], axis=1)
    return told.assign(
        planned_margin=(calm.profit + calm.kept)[:, 0],
        stock_at_risk=((items.on_hand + items.inbound) * items.unit_cost)[:, 0],
        main_kind=shares.idxmax(axis=1),
        kinds=pd.Series(shares.to_dict("records"), dtype=object),
        assumed=rows["assumed"],
    )


def _worst(counts: Counts, weights: Weights) -> Floats:
    share: Floats = (counts / UNIT) @ weights.worst[LEVEL]
    return share


def _reason() -> Column:
    """In a sentence."""
    phrases = F.create_map(*[F.lit(text) for pair in PHRASES.items() for text in pair])
    return F.format_string(
        "%s: %.2f of the plan's margin of %.2f lost on the average, %.2f or more in one of twenty quarters;"
        " in the worst twentieth of the shop's futures it loses %.2f, most of it since %s.",
        F.coalesce("description", "item_id"),
        "expected_loss",
        "planned_margin",
        "var_95",
        "cvar_95_share",
        phrases[F.col("main_kind")],
    )
