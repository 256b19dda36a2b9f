"""How are the losses of the shop and of its parts distributed, and which parts make the total's worst futures?"""

from collections.abc import Iterable, Iterator
from datetime import date

import numpy as np
import pandas as pd
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.gold.risk import RISK_PORTFOLIO
from shelfwise.risk.figures import figures, weights_of

NAMES = ["scope", "name"]


def measure_portfolio(scenarios: DataFrame, *, as_of: date) -> DataFrame:
    """One row per part of the shop."""
    plain = scenarios.where("stress = 'none'")
    total = plain.where("scope = 'total'").select(F.col("losses").alias("total"))  # one row
    columns = [name for name in RISK_PORTFOLIO.columns if name != "as_of"]
    types = ", ".join(f"{name} {RISK_PORTFOLIO.schema[name].type}" for name in columns)
    told = plain.select(*NAMES, "losses").crossJoin(F.broadcast(total)).mapInPandas(_measured, types)
    return told.select(F.lit(as_of).alias("as_of"), *columns)


def _measured(batches: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    for batch in batches:
        if len(batch):
            losses = np.stack(list(batch["losses"]))
            told = figures(losses, weights_of(batch["total"].iloc[0]))
            yield pd.concat([batch[NAMES].reset_index(drop=True), told], axis=1).assign(scenarios=losses.shape[1])
