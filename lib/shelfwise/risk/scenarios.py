"""What does each part of the shop lose in each of the same scenarios?

Items are worked off some at a time. A task hands on only sums over the items of a part, one number per scenario, and these are
added up: nothing grows with items x scenarios but the work. Losses are counted (risk.units), so that sums are the same in whatever
order they are made. Customers on invoice come on top (risk.receivables).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date

import numpy as np
import pandas as pd
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.gold.risk import ALL, KINDS, RISK_SCENARIOS, TYPES
from shelfwise.core.frames import spread_out
from shelfwise.measures.exact import exact_sum
from shelfwise.measures.streams import Floats
from shelfwise.risk.futures import FutureParams, Futures, Stress
from shelfwise.risk.losses import chunk_of, losses
from shelfwise.risk.pieces import chunks
from shelfwise.risk.receivables import unpaid
from shelfwise.risk.units import SUMS, UNIT, Counts

HELD = 1_000  # parts whose sums a task holds before it hands them on
ITEMS_OF_A_SUPPLIER = 2_000  # in one task at most
PART = ["scope", "name"]


def simulate_losses(exposure: DataFrame, errors: DataFrame, credit: DataFrame, *, params: FutureParams, as_of: date) -> DataFrame:
    """One row per scope and name; what customers owe is no department's, no supplier's."""
    items = befallen(exposed(exposure, errors), params, Stress())
    sums = summed(items.unionByName(unpaid(credit, params)))
    told = sums.withColumns(
        {
            "as_of": F.lit(as_of),
            "losses": F.transform("losses", lambda count: count / F.lit(UNIT)),
            "settings": F.lit(params.model_dump_json()),
        }
    )
    return told.select(*RISK_SCENARIOS.columns)


def exposed(exposure: DataFrame, errors: DataFrame) -> DataFrame:
    """Items with the factors of their department (1 in every week where none are known), an item of much planned margin marked.

    A supplier's items are near one another, few of them in one task where it has many.
    """
    margin = (F.col("unit_price") - F.col("unit_cost")) * F.col("far_mean")
    money = {name: F.col(name).cast("double") for name in ("unit_price", "unit_cost")}
    sold = exposure.drop("as_of").withColumns(money).withColumn("planned", margin)
    suppliers = sold.groupBy("supplier_id").agg(exact_sum(F.col("planned")).alias("of_supplier"), F.count(F.lit(1)).alias("items"))
    largest = suppliers.agg(F.max_by("supplier_id", F.struct("of_supplier", "supplier_id")).alias("largest_supplier"))
    item = sold.agg(F.max_by("item_id", F.struct("planned", "item_id")).alias("largest_item"))
    known = errors.select("department", "factors")
    none = F.array(F.array_repeat(F.lit(1.0), 13))
    joined = sold.join(suppliers, "supplier_id", "inner").join(F.broadcast(known), "department", "left")
    marked = joined.crossJoin(F.broadcast(largest)).crossJoin(F.broadcast(item))
    return marked.select(
        *sold.columns,
        F.coalesce("factors", none).alias("factors"),
        F.lit(float("inf")).alias("other_source_weeks"),  # after which another supplier delivers: none is kept ready
        (F.col("supplier_id") == F.col("largest_supplier")).alias("of_largest_supplier"),
        (F.col("item_id") == F.col("largest_item")).alias("is_largest_item"),
        F.pmod(F.xxhash64("item_id"), F.ceil(F.col("items") / ITEMS_OF_A_SUPPLIER)).alias("share"),
    )


def befallen(items: DataFrame, params: FutureParams, stress: Stress) -> DataFrame:
    """Sums over the items of a task: several rows per scope and name."""
    return placed(items).mapInPandas(_summed_by(params, stress), SUMS)


def placed(items: DataFrame) -> DataFrame:
    """What is drawn for a supplier is drawn for many of its items at once."""
    return spread_out(items, "supplier_id", "share").sortWithinPartitions("supplier_id", "item_id")


def summed(parts: DataFrame) -> DataFrame:
    """One row per scope and name."""
    return spread_out(parts, *PART).sortWithinPartitions(*PART).mapInPandas(_added, SUMS)


def total_of(scenarios: DataFrame) -> tuple[Floats, FutureParams]:
    """The shop's losses, on the driver, and how they were drawn, from gold.risk_scenarios. Bound: one number per scenario."""
    (row,) = scenarios.where("scope = 'total'").select("losses", "settings").collect()
    return np.array(row["losses"]), FutureParams.model_validate_json(row["settings"])


def counted(rows: pd.DataFrame, futures: Futures) -> dict[str, Counts]:
    """Losses of a few items by kind, in the contract's order: items x scenarios, whole numbers."""
    found = losses(chunk_of(rows), futures)
    return {kind: np.rint(UNIT * np.broadcast_to(found[kind], _shape(rows, futures))).astype(np.int64) for kind in KINDS}


def _shape(rows: pd.DataFrame, futures: Futures) -> tuple[int, int]:
    return len(rows), futures.params.scenarios


def _summed_by(params: FutureParams, stress: Stress) -> Callable[[Iterable[pd.DataFrame]], Iterator[pd.DataFrame]]:
    def by_task(batches: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        futures = Futures(params, stress)
        sums: dict[tuple[str, str], Counts] = defaultdict(lambda: np.zeros(params.scenarios, dtype=np.int64))
        for batch in batches:
            for rows in chunks(batch, params.scenarios):
                _add(sums, rows, counted(rows, futures))
                if len(sums) > HELD:
                    yield _told(sums)
                    sums.clear()
        yield _told(sums)

    return by_task


def _add(sums: dict[tuple[str, str], Counts], rows: pd.DataFrame, of_kinds: dict[str, Counts]) -> None:
    whole = np.sum(list(of_kinds.values()), axis=0)
    sums["total", ALL] += whole.sum(axis=0)
    for kind, counts in of_kinds.items():
        sums["kind", kind] += counts.sum(axis=0)
    for type, kinds in TYPES.items():
        sums["type", type] += np.sum([of_kinds[kind].sum(axis=0) for kind in kinds], axis=0)
    categories = rows["department"] + " / " + rows["category"]
    for scope, names in (("department", rows["department"]), ("category", categories), ("supplier", rows["supplier_id"])):
        for name in names.unique():
            sums[scope, name] += whole[(names == name).to_numpy()].sum(axis=0)


def _told(sums: dict[tuple[str, str], Counts]) -> pd.DataFrame:
    named = [(scope, name, counts) for (scope, name), counts in sums.items()]
    return pd.DataFrame(named, columns=[*PART, "losses"])


def _added(batches: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    """Rows of a part come one after the other."""
    at: tuple[str, str] | None = None
    total = np.zeros(0, dtype=np.int64)
    for batch in batches:
        for scope, name, counts in batch.itertuples(index=False):
            if at != (scope, name):
                if at:
                    yield _told({at: total})
                at, total = (scope, name), np.zeros(len(counts), dtype=np.int64)
            total = total + counts
    if at:
        yield _told({at: total})
