"""What do customers on invoice not pay in each of the scenarios?

A customer that has not stopped paying so far fails within 13 weeks with chance 1 - (1 - p)^(1/4), p its year's; one that has, for
sure (risk.futures.failing). Part of what it owes is lost: LGD x EAD. One economy moves all of them, and suppliers too: it fails
where sqrt(rho) M + sqrt(1 - rho) Z lies below the normal quantile of its chance, M the scenario's and Z its own (Vasicek 2002,
*Risk* 15; Basel II, 2006, par. 272), so that many fail together in a few scenarios.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial

import numpy as np
import pandas as pd
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.gold.credit_risk import RISK_PARTIES
from shelfwise.contracts.gold.risk import ALL, TYPES
from shelfwise.core.frames import spread_out
from shelfwise.measures.streams import Floats
from shelfwise.risk.figures import Weights, figures
from shelfwise.risk.futures import FutureParams, Futures, failing, known_as
from shelfwise.risk.pieces import chunks, in_chunks
from shelfwise.risk.units import SUMS, UNIT, Counts

KIND = "receivables"
PARTS = (("total", ALL), ("kind", KIND), *(("type", type) for type, kinds in TYPES.items() if KIND in kinds))


def unpaid(credit: DataFrame, params: FutureParams) -> DataFrame:
    """Sums over the customers of a task: several rows per scope and name."""
    return owing(credit).mapInPandas(_summed_by(params), SUMS)


def parties_losses(credit: DataFrame, params: FutureParams, weights: Weights) -> DataFrame:
    """One row per customer that owes something: the columns of gold.risk_parties but for as_of."""
    types = ", ".join(f"{name} {field.type}" for name, field in RISK_PARTIES.schema.items() if name != "as_of")
    return owing(credit).mapInPandas(in_chunks(params, partial(_measured, weights=weights)), types)


def owing(credit: DataFrame) -> DataFrame:
    """From gold.credit_risk."""
    owed = credit.where("kind = 'customer' AND ead > 0")
    named = owed.select(
        F.col("party_id").alias("customer_id"),
        F.col("ead").alias("exposure"),
        F.col("lgd").alias("loss_share"),
        "pd_12m",
        "stopped_chance",
        "assumed",
    )
    return spread_out(named, "customer_id").sortWithinPartitions("customer_id")


def lost(rows: pd.DataFrame, futures: Futures) -> Counts:
    """Whole numbers, customers x scenarios."""
    words = np.array([known_as(f"customer {one}") for one in rows["customer_id"]], dtype=np.int64)
    fails = futures.together("failure", words) < fail_chances(rows)[:, None]
    each = np.rint(UNIT * rows["exposure"].to_numpy(np.float64) * rows["loss_share"].to_numpy(np.float64)).astype(np.int64)
    counts: Counts = fails * each[:, None]
    return counts


def fail_chances(rows: pd.DataFrame) -> Floats:
    """Within 13 weeks."""
    return failing(*[rows[name].to_numpy(np.float64) for name in ("pd_12m", "stopped_chance")])


def _summed_by(params: FutureParams) -> Callable[[Iterable[pd.DataFrame]], Iterator[pd.DataFrame]]:
    def by_task(batches: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        total, futures = np.zeros(params.scenarios, dtype=np.int64), Futures(params)
        for batch in batches:
            for rows in chunks(batch, params.scenarios):
                total += lost(rows, futures).sum(axis=0)
        yield pd.DataFrame([(scope, name, total) for scope, name in PARTS], columns=["scope", "name", "losses"])

    return by_task


def _measured(rows: pd.DataFrame, futures: Futures, *, weights: Weights) -> Iterator[pd.DataFrame]:
    rows = rows.reset_index(drop=True)
    known = rows[["customer_id", "exposure", "loss_share"]].assign(failure_chance=fail_chances(rows))
    yield pd.concat([known, figures(lost(rows, futures) / UNIT, weights), rows["assumed"]], axis=1)
