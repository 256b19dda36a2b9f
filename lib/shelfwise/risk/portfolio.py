"""How are the losses of the shop and of its parts distributed, and which parts make the total's worst futures?"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date

import numpy as np
import pandas as pd
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.gold.risk import RISK_PORTFOLIO
from shelfwise.risk.figures import Weights, figures, weights_of
from shelfwise.risk.scenarios import total_of

NAMES = ["scope", "name"]


def measure_portfolio(scenarios: DataFrame, *, as_of: date) -> DataFrame:
    """One row per part of the shop."""
    total, params = total_of(scenarios)
    told_by_row = [name for name in RISK_PORTFOLIO.columns if name not in ("as_of", "scenarios")]
    types = ", ".join(f"{name} {RISK_PORTFOLIO.schema[name].type}" for name in told_by_row)
    told = (
        scenarios.select(*NAMES, "losses")
        .mapInPandas(_measured_by(weights_of(total)), types)
        .withColumn("scenarios", F.lit(params.scenarios))
    )
    return told.select(F.lit(as_of).alias("as_of"), *RISK_PORTFOLIO.columns[1:])


def _measured_by(weights: Weights) -> Callable[[Iterable[pd.DataFrame]], Iterator[pd.DataFrame]]:
    def by_batch(batches: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        for batch in batches:
            if len(batch):
                told = figures(np.stack(list(batch["losses"])), weights)
                yield pd.concat([batch[NAMES].reset_index(drop=True), told], axis=1)

    return by_batch
