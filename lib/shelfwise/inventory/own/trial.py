"""What would each policy have cost each item? NumPy works on many items at once, so they come in blocks; none knows of another."""

import time
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from pyspark.sql import DataFrame, GroupedData
from pyspark.sql import functions as F

from shelfwise.core.own_panel import ID
from shelfwise.inventory.own.panel import Asked
from shelfwise.measures.exact import exact_sum
from shelfwise.measures.policies.laws import Floats, Ints
from shelfwise.measures.stocking.account import replayed
from shelfwise.measures.stocking.costs import Costs, costs
from shelfwise.measures.stocking.every import TUNED
from shelfwise.measures.stocking.leads import lead_times
from shelfwise.measures.stocking.terms import Decide

ITEMS_A_BLOCK = 50
MOST_PARTS = 200

COSTS = (
    f"{ID} string, policy string, periods long, cost double, holding double, shortage double, ordering double, demand double,"
    " short double, stock double, orders long, cycles long, cycles_met long, seconds double"
)
TRIED = "policy string, setting double, cost double"


def replay_items(items: DataFrame, policies: Mapping[str, Decide], asked: Asked) -> DataFrame:
    """One row per item and policy; costs, units and periods in all, over the item's periods that count."""
    return _by_block(items).applyInPandas(lambda block: replay_block(block, policies, asked), COSTS)


def best_settings(items: DataFrame, names: Sequence[str], asked: Asked) -> dict[str, float]:
    """Of each tuned policy that is named: what would have cost all items together least over the warm-up, the least of equals."""
    tuned = [name for name in names if name in TUNED]
    if not tuned:
        return {}
    tried = _by_block(items).applyInPandas(lambda block: tune_block(block, tuned, asked), TRIED)
    totals = tried.groupBy("policy", "setting").agg(exact_sum(F.col("cost"))).collect()  # a row per setting
    return {name: min((cost, setting) for policy, setting, cost in totals if policy == name)[1] for name in tuned}


def replay_block(block: pd.DataFrame, policies: Mapping[str, Decide], asked: Asked) -> pd.DataFrame:
    """`block`: unique_id, units and lead of items whose lead times have the same law."""
    demand, lengths = demand_of(block)
    parts = []
    for name, decide in policies.items():
        began = time.perf_counter()
        found = _costs(block, demand, lengths, decide, asked, asked.warm_up)
        told = pd.DataFrame({ID: block[ID].to_numpy(), "policy": name, "cost": found.cost, **vars(found)})
        parts.append(told.assign(seconds=(time.perf_counter() - began) / len(block)))
    return pd.concat(parts, ignore_index=True)


def tune_block(block: pd.DataFrame, names: Sequence[str], asked: Asked) -> pd.DataFrame:
    """policy, setting, cost of each item: the second half of the warm-up replayed by what its first half says."""
    demand, _ = demand_of(block)
    lengths = np.full(len(block), asked.warm_up, dtype=np.int64)
    tried = []
    for name in names:
        for setting in TUNED[name].settings:
            decide = TUNED[name].make(setting)
            found = _costs(block, demand[:, : asked.warm_up], lengths, decide, asked, asked.warm_up // 2)
            tried.append(pd.DataFrame({"policy": name, "setting": setting, "cost": found.cost}))
    return pd.concat(tried, ignore_index=True)


def demand_of(block: pd.DataFrame) -> tuple[Floats, Ints]:
    """Items x periods, each from its own first period on, zeros where it has ended; and how many periods each has."""
    lengths = np.array([len(units) for units in block["units"]], dtype=np.int64)
    demand = np.zeros((len(block), int(lengths.max())))
    for row, units in enumerate(block["units"]):
        demand[row, : len(units)] = units
    return demand, lengths


def _by_block(items: DataFrame) -> GroupedData:
    """By the law of the lead time too, so that a block has one; a given number of parts, which Spark does not join into one."""
    blocks = -(-items.count() // ITEMS_A_BLOCK)
    placed = items.withColumn("block", F.pmod(F.xxhash64(ID), F.lit(max(blocks, 1))))
    return placed.repartition(min(max(blocks, 1), MOST_PARTS), "lead", "block").groupBy("lead", "block")


def _costs(block: pd.DataFrame, demand: Floats, lengths: Ints, decide: Decide, asked: Asked, memory: int) -> Costs:
    terms = asked.terms(block["lead"].iloc[0])
    leads = lead_times(block[ID].tolist(), demand.shape[1], terms, asked.seed)
    return costs(replayed(demand, leads, decide, terms, memory), terms, memory, lengths)
