"""What would other ways of ordering have held and missed, had the shop followed them over its own past?

Each rule of measures.rules is replayed from an item's first week on (measures.replay): whole cases, the item's own lead time,
review period and critical ratio, decisions from the past only. Counted are the last `periods`, of `period_weeks` each. A scenario
makes demand larger or suppliers slower, for all of the past. What was latent where a shelf was empty counts as asked for
(features.latent_demand). An item starts with what it then sold in its first lead time + review period, under every rule alike;
prices, costs and lead times are today's.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.gold.policies import POLICY_PERIODS
from shelfwise.core.job import Params
from shelfwise.inventory.stock_position import histories, policy_of, right_aligned
from shelfwise.inventory.terms import buying_terms
from shelfwise.measures.replay import Floats, Ints, Replayed, replay
from shelfwise.measures.rules import RULES
from shelfwise.measures.weeks import WEEKS_PER_YEAR

HISTORY = "history"
TERMS = (
    *("item_id", "department", "lead_weeks", "review_weeks", "critical_ratio", "case_pack", "minimum_units"),
    *("unit_cost", "unit_price", "holding_cost_share_per_year"),
)
REPLAYED = ", ".join(f"{name} {field.type}" for name, field in POLICY_PERIODS.schema.items() if name != "as_of")


class Scenario(Params):
    demand: float = Field(1.0, gt=0)
    more_lead_weeks: int = Field(0, ge=0)


class ReplayParams(Params):
    periods: int = Field(6, ge=1)
    period_weeks: int = Field(4, ge=1)
    scenarios: Mapping[str, Scenario] = {HISTORY: Scenario(), "two weeks later": Scenario(more_lead_weeks=2)}
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
    """One row per scenario, policy, item and period: units, lost margin and holding cost."""
    known = histories(weekly, as_of)
    terms = buying_terms(known.select("item_id"), items, profiles, receipts, lead_times, supply, assumptions).select(*TERMS)
    priced = terms.withColumns({name: F.col(name).cast("double") for name in ("unit_cost", "unit_price")})
    rows = known.join(priced, "item_id", "left").mapInPandas(partial(_batches, params=params), REPLAYED)
    return rows.select(F.lit(as_of).alias("as_of"), *POLICY_PERIODS.columns[1:])


def _batches(batches: Iterable[pd.DataFrame], *, params: ReplayParams) -> Iterator[pd.DataFrame]:
    for batch in batches:
        past = right_aligned(batch["units"])
        for scenario, changes in params.scenarios.items():
            for rule in RULES:
                yield replayed(batch, *past, (scenario, changes), rule, params)


def replayed(
    batch: pd.DataFrame, units: Floats, born: Ints, named: tuple[str, Scenario], rule: str, params: ReplayParams
) -> pd.DataFrame:
    """`batch`: item_id, last_week and terms; `units` up to it, items x weeks, and each item's first week."""
    name, scenario = named
    asked, terms = in_proportion(units, scenario.demand), policy_of(batch)
    account = replay(asked, born, replace(terms, lead=terms.lead + scenario.more_lead_weeks), RULES[rule])
    margin = np.maximum((batch["unit_price"] - batch["unit_cost"]).to_numpy(), 0)
    held = (batch["unit_cost"] * batch["holding_cost_share_per_year"] / WEEKS_PER_YEAR).to_numpy()
    there, last, size = np.arange(units.shape[1]) >= born[:, None], units.shape[1], params.period_weeks
    made = []
    for back in range(params.periods):
        end, first = last - back * size, last - (back + 1) * size
        if end <= 0:
            break
        flows = _flows(account, asked, there, slice(max(first, 0), end))
        money = {"lost_margin": (1 - params.substitution) * flows["lost"] * margin, "holding_cost": flows["stock_weeks"] * held}
        monday = [day - timedelta(weeks=last - 1 - first) for day in batch["last_week"]]
        about = {"scenario": name, "policy": rule, "item_id": batch["item_id"], "department": batch["department"]}
        made.append(pd.DataFrame({**about, "period": monday, **flows, **money})[flows["weeks"] > 0])
    return pd.concat(made)


def _flows(account: Replayed, asked: Floats, there: NDArray[np.bool_], weeks: slice) -> dict[str, Ints]:
    """By item, over these weeks. Before its first week an item has no stock."""
    sums = {name: getattr(account, name)[:, weeks].sum(axis=1) for name in ("received", "sold", "ordered")}
    lost = (asked - account.sold)[:, weeks]
    counted = {
        "weeks": there[:, weeks].sum(axis=1),
        "opening": account.opening[:, weeks.start],
        **sums,
        "lost": lost.sum(axis=1),
        "closing": account.closing[:, weeks.stop - 1],
        "orders": (account.ordered[:, weeks] > 0).sum(axis=1),
        "weeks_met": (there[:, weeks] & (lost == 0)).sum(axis=1),
        "stock_weeks": account.closing[:, weeks].sum(axis=1),
    }
    return {name: np.rint(values).astype(np.int64) for name, values in counted.items()}


def in_proportion(units: Floats, factor: float) -> Floats:
    """Whole units whose running total is the factor times that of `units`, to the nearest one."""
    return np.diff(np.rint(np.cumsum(units, axis=1) * factor), axis=1, prepend=0.0)
