"""What would named troubles cost?

Each is drawn in the first scenarios of gold.risk_scenarios, in every one of which it happens; what it adds to the losses there is
its cost, scenario by scenario, so that its error is that of paired differences.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from datetime import date
from functools import reduce
from typing import Any

import numpy as np
import pandas as pd
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.gold.risk import ALL, RISK_STRESS
from shelfwise.core.kept import keep
from shelfwise.measures.exact import exact_sum
from shelfwise.measures.tail import tail
from shelfwise.risk.futures import FutureParams, Stress
from shelfwise.risk.receivables import unpaid
from shelfwise.risk.scenarios import befallen, exposed, summed
from shelfwise.risk.units import UNIT

LEVEL = 0.95
STRESSES = {
    "supplier_out": (
        "the supplier with the largest planned margin delivers nothing for 4 weeks",
        Stress(out_weeks=4.0),
    ),
    "demand_down": ("30 % less is wanted than foreseen, of everything", Stress(demand=0.7)),
    "lead_times_double": ("every order takes twice as long", Stress(slower=2.0)),
    "price_war": ("rivals cut their prices in every category", Stress(war=True)),
    "recall": ("the item with the largest planned margin is recalled", Stress(recall=True)),
}


class StressParams(FutureParams):
    scenarios: int = 400  # each stress is drawn in as many; the first ones of what simulate_losses draws by the same settings


def stress_test(
    exposure: DataFrame, errors: DataFrame, credit: DataFrame, items: DataFrame, *, params: StressParams, as_of: date
) -> DataFrame:
    """One row per stress and kind of loss; `items`: gold.risk_items. What customers owe is the same in each."""
    drawn, owed = keep(exposed(exposure, errors)), keep(unpaid(credit, params))
    calm = _by_kind(befallen(drawn, params, Stress()).unionByName(owed))
    plain = summed(calm).select("scope", "name", F.col("losses").alias("calm"))
    stressed = reduce(DataFrame.unionByName, [_stressed(drawn, owed, params, name) for name in STRESSES])
    margin = items.agg(exact_sum(F.col("planned_margin")).alias("planned"))  # one row
    told = stressed.join(keep(plain), ["scope", "name"], "inner").crossJoin(F.broadcast(margin)).mapInPandas(_compared, _TYPES)
    return told.select(F.lit(as_of).alias("as_of"), *RISK_STRESS.columns[1:])


def _stressed(drawn: DataFrame, owed: DataFrame, params: StressParams, name: str) -> DataFrame:
    what, stress = STRESSES[name]
    return summed(_by_kind(befallen(drawn, params, stress).unionByName(owed))).withColumns(
        {"stress": F.lit(name), "what": F.lit(what)}
    )


def _by_kind(sums: DataFrame) -> DataFrame:
    return sums.where(F.col("scope").isin("total", "kind"))


_TYPES = ", ".join(f"{name} {field.type}" for name, field in RISK_STRESS.schema.items() if name != "as_of")


def _compared(batches: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    """`name` is the kind, '*' of the total; losses and calm are counts."""
    for batch in batches:
        if len(batch):
            yield pd.DataFrame([compared(row) for row in batch.to_dict("records")])


def compared(row: Mapping[Hashable, Any]) -> dict[str, Any]:
    losses, calm = (np.asarray(row[name], dtype=np.float64) / UNIT for name in ("losses", "calm"))
    added = losses - calm
    planned = row["planned"]
    return {
        "stress": row["stress"],
        "what": row["what"],
        "kind": row["name"] if row["scope"] == "kind" else ALL,
        "expected_loss": losses.mean(),
        "without": calm.mean(),
        "added_loss": added.mean(),
        "added_loss_error": added.std(ddof=1) / len(added) ** 0.5,
        "cvar_95": tail(losses, LEVEL).shortfall,
        "margin_share": added.mean() / planned if planned else 0.0,
    }
