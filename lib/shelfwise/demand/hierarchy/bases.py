"""What would each category, department and the whole shop be forecast to sell, looked at by itself?

Dynamic optimised theta (demand.classical) of the node's own weeks; how far it is to be trusted, by the squared errors that it made
in the backtest relative to its forecasts, by level and horizon.
"""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shelfwise.demand.classical import forecasts
from shelfwise.demand.hierarchy.nodes import NODE, rolled_up
from shelfwise.demand.quantiles import NONE_LEFT_OUT
from shelfwise.demand.rows import HORIZONS
from shelfwise.measures.exact import exact_sum

MODEL = "theta"  # of the classical family the one that erred least on real categories, departments and their total
BUDGET = 5.0  # seconds a series
LEAST_FORECAST = 1.0  # units: a forecast of nothing says nothing of relative errors


def node_weeks(panel: DataFrame) -> DataFrame:
    """One row per node above the items and week of the panel: units."""
    return rolled_up(panel, ["week"], ["units"])


def base_forecasts(weeks: DataFrame, origins: Sequence[date]) -> DataFrame:
    """One row per node of `weeks`, origin (a Sunday) at which it had sold, and horizon: `base`, and RMSSE's `scale` by then."""

    def fitted(node: pd.DataFrame) -> pd.DataFrame:
        ordered = node.sort_values("week")
        ended = pd.to_datetime(ordered["week"]) + pd.Timedelta(days=6)
        parts = [pd.DataFrame(columns=["origin", "horizon", "base", "scale"])]
        for origin in origins:
            known = ordered.loc[(ended <= pd.Timestamp(origin)).to_numpy(), "units"].to_numpy(float)
            if len(known):
                mean = forecasts(known, horizon=HORIZONS, season=1, models=[MODEL], budget=BUDGET)[MODEL].mean
                facts = {"origin": origin, "horizon": np.arange(1, HORIZONS + 1), "base": mean, "scale": _scale(known)}
                parts.append(pd.DataFrame(facts))
        found = pd.concat(parts[1:] or parts)
        return found.assign(**{name: node[name].iloc[0] for name in NODE})[[*NODE, *parts[0].columns]]

    schema = ", ".join(f"{name} string" for name in NODE) + ", origin date, horizon int, base double, scale double"
    return weeks.groupBy(*NODE).applyInPandas(fitted, schema)


def error_ratios(judged: DataFrame) -> DataFrame:
    """One row per level, horizon and origin left out (NONE_LEFT_OUT where none is): squared errors of `base` to its squares.

    `judged` has `base` and `actual`; an origin that is the only one is not left out.
    """
    gap, size = F.col("base") - F.col("actual"), F.greatest("base", F.lit(LEAST_FORECAST))
    squares = [exact_sum(gap * gap).alias("gap"), exact_sum(size * size).alias("size")]
    sums = judged.groupBy("level", "horizon", "origin").agg(*squares)
    origins = sums.select(F.col("origin").alias("left_out")).distinct()
    held = origins.unionByName(origins.select(F.lit(NONE_LEFT_OUT).alias("left_out")).distinct())
    crossed = sums.crossJoin(F.broadcast(held)).where(F.col("origin") != F.col("left_out"))
    return crossed.groupBy("level", "horizon", "left_out").agg((exact_sum(F.col("gap")) / exact_sum(F.col("size"))).alias("ratio"))


def _scale(known: NDArray[np.float64]) -> float:
    """Root mean squared weekly change; not a number where nothing ever changed."""
    change = float(np.sqrt(np.mean(np.diff(known) ** 2))) if len(known) > 1 else 0.0
    return change if change > 0 else float("nan")
