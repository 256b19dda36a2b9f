"""What would other ways of ordering have held and missed, had the shop followed them over its own past?

Each rule of measures.rules is replayed from an item's first week on (measures.replay): whole cases, the item's own lead time,
review period and critical ratio, decisions from the past only. Counted are the last `weeks` weeks. A scenario makes demand larger
or suppliers slower, for all of the past. What was latent where a shelf was empty counts as asked for (features.latent_demand).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

import numpy as np
import pandas as pd
from pydantic import Field
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.gold.policies import POLICY_WEEKS
from shelfwise.core.job import Params
from shelfwise.inventory.stock_position import histories, policy_of, right_aligned
from shelfwise.inventory.terms import WEEKS_PER_YEAR, buying_terms
from shelfwise.measures.replay import Floats, replay
from shelfwise.measures.rules import RULES

HISTORY = "history"
TERMS = (
    *("item_id", "department", "lead_weeks", "review_weeks", "critical_ratio", "case_pack", "minimum_units"),
    *("unit_cost", "unit_price", "holding_cost_share_per_year"),
)
COUNTED = ("opening", "received", "sold", "closing", "ordered")
REPLAYED = ", ".join(f"{name} {field.type}" for name, field in POLICY_WEEKS.schema.items() if name != "as_of")


class Scenario(Params):
    demand: float = Field(1.0, gt=0)
    more_lead_weeks: int = Field(0, ge=0)


class ReplayParams(Params):
    weeks: int = Field(26, ge=1)
    scenarios: Mapping[str, Scenario] = {
        HISTORY: Scenario(),
        "a fifth more demand": Scenario(demand=1.2),
        "two weeks later": Scenario(more_lead_weeks=2),
    }
    substitution: float = Field(0.0, ge=0, le=1)  # share of lost units whose margin another item of the shop earns


def simulate_policies(
    weekly: DataFrame,
    items: DataFrame,
    profiles: DataFrame,
    receipts: DataFrame,
    lead_times: DataFrame,
    supply: DataFrame,
    assumptions: DataFrame,
    *,
    params: ReplayParams,
    as_of: date,
) -> DataFrame:
    """One row per scenario, policy, item and week: units, lost margin and holding cost."""
    known = histories(weekly, as_of)
    terms = buying_terms(known.select("item_id"), items, profiles, receipts, lead_times, supply, assumptions).select(*TERMS)
    priced = terms.withColumns({name: F.col(name).cast("double") for name in ("unit_cost", "unit_price")})
    rows = known.join(priced, "item_id", "left").mapInPandas(partial(_batches, params=params), REPLAYED)
    return rows.select(F.lit(as_of).alias("as_of"), *POLICY_WEEKS.columns[1:])


def _batches(batches: Iterable[pd.DataFrame], *, params: ReplayParams) -> Iterator[pd.DataFrame]:
    for batch in batches:
        for scenario, changes in params.scenarios.items():
            for rule in RULES:
                yield replayed(batch, scenario, changes, rule, params)


def replayed(batch: pd.DataFrame, name: str, scenario: Scenario, rule: str, params: ReplayParams) -> pd.DataFrame:
    """`batch`: item_id, units (array) up to last_week, and terms."""
    units, born = right_aligned(batch["units"])
    asked = in_proportion(units, scenario.demand)
    terms = policy_of(batch)
    account = replay(asked, born, replace(terms, lead=terms.lead + scenario.more_lead_weeks), RULES[rule])
    first = max(units.shape[1] - params.weeks, 0)
    row, week = np.nonzero(np.arange(units.shape[1]) >= np.maximum(born, first)[:, None])
    of_item = batch.iloc[row].reset_index(drop=True)
    margin = np.maximum(of_item["unit_price"] - of_item["unit_cost"], 0)
    ends, lasts = pd.factorize(of_item["last_week"])
    mondays = np.array([[last - timedelta(weeks=back) for back in range(units.shape[1])][::-1] for last in lasts], dtype=object)
    counted = {flow: getattr(account, flow)[row, week].astype(np.int64) for flow in COUNTED}
    lost = asked[row, week].astype(np.int64) - counted["sold"]
    holding = of_item["unit_cost"] * of_item["holding_cost_share_per_year"] / WEEKS_PER_YEAR
    return pd.DataFrame(
        {
            "scenario": name,
            "policy": rule,
            "item_id": of_item["item_id"],
            "department": of_item["department"],
            "week": mondays[ends, week],
            **counted,
            "lost": lost,
            "lost_margin": (1 - params.substitution) * lost * margin,
            "holding_cost": counted["closing"] * holding,
        }
    )


def in_proportion(units: Floats, factor: float) -> Floats:
    """Whole units whose running total is the factor times that of `units`, to the nearest one."""
    return np.diff(np.rint(np.cumsum(units, axis=1) * factor), axis=1, prepend=0.0)
