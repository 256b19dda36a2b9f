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
from shelfwise.measures.stocking.every import POLICIES, TUNED
from shelfwise.measures.stocking.leads import lead_times
from shelfwise.measures.stocking.levels import with_z
from shelfwise.measures.stocking.terms import Decide

ITEMS_A_BLOCK = 50
MOST_PARTS = 200
ZS = tuple(round(-1 + step / 4, 2) for step in range(21))  # -1 to 4

COSTS = (
    f"{ID} string, policy string, periods long, cost double, holding double, shortage double, ordering double, demand double,"
    " short double, stock double, orders long, cycles long, cycles_met long, seconds double"
)
TRIED = "z double, cost double"


def replay_items(items: DataFrame, names: Sequence[str], asked: Asked, z: float | None) -> DataFrame:
    """One row per item and policy; costs, units and periods in all, over the item's periods that count."""
    decisions = {name: with_z(z) if name == TUNED and z is not None else POLICIES[name] for name in names}
    return _by_block(items).applyInPandas(lambda block: replay_block(block, decisions, asked), COSTS)


def best_z(items: DataFrame, asked: Asked) -> float:
    """The z of `mean_z` that would have cost all items together least over the warm-up, the lower one of equals."""
    tried = _by_block(items).applyInPandas(lambda block: tune_block(block, asked), TRIED)
    totals = tried.groupBy("z").agg(exact_sum(F.col("cost"))).collect()  # a row per z
    return float(min((cost, z) for z, cost in totals)[1])


def replay_block(block: pd.DataFrame, decisions: Mapping[str, Decide], asked: Asked) -> pd.DataFrame:
    """`block`: unique_id, units and lead of items whose lead times have the same law."""
    demand, lengths = demand_of(block)
    parts = []
    for name, decide in decisions.items():
        began = time.perf_counter()
        found = _costs(block, demand, lengths, decide, asked, asked.warm_up)
        told = pd.DataFrame({ID: block[ID].to_numpy(), "policy": name, "cost": found.cost, **vars(found)})
        parts.append(told.assign(seconds=(time.perf_counter() - began) / len(block)))
    return pd.concat(parts, ignore_index=True)


def tune_block(block: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    """z, cost of each item: the second half of the warm-up replayed by what its first half says."""
    demand, _ = demand_of(block)
    lengths = np.full(len(block), asked.warm_up, dtype=np.int64)
    tried = []
    for z in ZS:
        found = _costs(block, demand[:, : asked.warm_up], lengths, with_z(z), asked, asked.warm_up // 2)
        tried.append(pd.DataFrame({"z": z, "cost": found.cost}))
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
