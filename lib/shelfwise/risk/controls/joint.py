"""What do all chosen controls keep off together?"""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from functools import partial, reduce
from typing import Any

import numpy as np
import pandas as pd
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.gold.controls import TOGETHER
from shelfwise.contracts.gold.risk import ALL
from shelfwise.measures.exact import exact_sum
from shelfwise.measures.streams import Floats
from shelfwise.risk.controls.effects import NAMED_BY, together
from shelfwise.risk.controls.reasons import assumed_terms
from shelfwise.risk.controls.ways import OFFERED, Ways
from shelfwise.risk.futures import FutureParams, Futures
from shelfwise.risk.pieces import in_chunks
from shelfwise.risk.scenarios import placed, summed
from shelfwise.risk.units import SUMS, UNIT

ITEMS, COST, AVOIDED = "items", "cost", "avoided"
TOLD = (
    "control string, scope string, name string, known_as string, items bigint, net_cost double, avoided double,"
    " avoided_worst double, avoided_error double, worth double, net double, per_money double, chosen boolean, assumed array<string>"
)


def all_together(drawn: DataFrame, marked: DataFrame, futures: FutureParams, worst: Floats, ways: Ways) -> DataFrame:
    """One row; none where nothing is chosen. `marked`: control, scope and name of what is, `setup` and the shop's `aversion`.

    In the scenarios after those by which was chosen; `worst`: their weights in the shop's CVaR.
    """
    parts = placed(_with_marks(drawn, marked)).mapInPandas(
        in_chunks(futures, partial(_together, ways=ways), futures.scenarios), SUMS
    )
    sums = summed(parts).groupBy().pivot("name", [ITEMS, COST, AVOIDED]).agg(F.max("losses"))
    beside = marked.agg(
        exact_sum(F.col("setup")).alias("setup"),
        F.max("aversion").alias("aversion"),
        F.array_sort(F.array_distinct(F.flatten(F.collect_set(assumed_terms())))).alias("assumed"),
    ).where("aversion IS NOT NULL")
    return sums.crossJoin(F.broadcast(beside)).mapInPandas(partial(_told, worst=worst), TOLD)


def _with_marks(drawn: DataFrame, marked: DataFrame) -> DataFrame:
    """A column per control: whether it is chosen for the item, its supplier or its department."""

    def joined(frame: DataFrame, scope: str) -> DataFrame:
        names = [name for name, control in OFFERED.items() if control.scope == scope]
        of_scope = marked.where(F.col("scope") == scope).withColumnRenamed("name", NAMED_BY[scope])
        flags = of_scope.groupBy(NAMED_BY[scope]).agg(*[F.bool_or(F.col("control") == name).alias(name) for name in names])
        return frame.join(flags, NAMED_BY[scope], "left")

    every = reduce(joined, NAMED_BY, drawn)
    return every.fillna(False, list(OFFERED))


def _together(rows: pd.DataFrame, futures: Futures, *, ways: Ways) -> Iterator[pd.DataFrame]:
    items, cost, avoided = together(rows, futures, ways)
    sums = {ITEMS: [items], COST: [cost], AVOIDED: avoided}
    yield pd.DataFrame({"scope": "total", "name": list(sums), "losses": list(sums.values())})


def _told(batches: Iterable[pd.DataFrame], *, worst: Floats) -> Iterator[pd.DataFrame]:
    for batch in batches:
        if len(batch):
            yield pd.DataFrame([figures(row, worst) for row in batch.to_dict("records")])


def figures(row: Mapping[Hashable, Any], worst: Floats) -> dict[str, Any]:
    """The columns of TOLD; `avoided` and `cost` are in parts of UNIT."""
    avoided = np.asarray(row[AVOIDED], dtype=np.float64) / UNIT
    cost, mean, in_worst = row[COST][0] / UNIT + row["setup"], float(avoided.mean()), float(avoided @ worst)
    worth = (1 - row["aversion"]) * mean + row["aversion"] * in_worst
    return {
        "control": TOGETHER,
        "scope": "total",
        "name": ALL,
        "known_as": ALL,
        "items": row[ITEMS][0],
        "net_cost": cost,
        "avoided": mean,
        "avoided_worst": in_worst,
        "avoided_error": float(avoided.std(ddof=1)) / len(avoided) ** 0.5,
        "worth": worth,
        "net": worth - cost,
        "per_money": worth / cost if cost > 0 else None,
        "chosen": True,
        "assumed": list(row["assumed"]),
    }
