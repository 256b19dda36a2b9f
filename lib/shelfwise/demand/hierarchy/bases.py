"""What would each category, department and the whole shop be forecast to sell, looked at by itself?

Dynamic optimised theta (demand.classical) of the node's own weeks; how far it is to be trusted, by the errors that
it made in the backtest: variance = m + d m^2 around a forecast m, as for items, with one d per level by moments.
A node that theta fails on gets its last week again.
"""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shelfwise.core.frames import spread_out
from shelfwise.demand.classical import forecasts
from shelfwise.demand.hierarchy.nodes import NODE, rolled_up
from shelfwise.demand.inputs import HORIZONS
from shelfwise.demand.quantiles import left_out_in_turn
from shelfwise.measures import counts
from shelfwise.measures.exact import exact_sum

MODEL = "theta"  # of the classical family the one that erred least on real categories, departments and their total
BUDGET = 60.0  # seconds a series: far more than any takes, so that a busy machine makes no other forecast
LEAST_FORECAST = 1.0  # units: a forecast of nothing says nothing of the spread


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
    return spread_out(weeks, *NODE).groupBy(*NODE).applyInPandas(fitted, schema)


def dispersions(judged: DataFrame) -> DataFrame:
    """One row per level and origin left out (NONE_LEFT_OUT where none is): `dispersion` of `actual` around `base`, by moments.

    All horizons together: a level of few nodes has few errors. An origin that is the only one is not left out.
    """
    gap, mean = F.col("base") - F.col("actual"), F.greatest("base", F.lit(LEAST_FORECAST))
    totals = [exact_sum((gap * gap - mean) / mean).alias("excess"), exact_sum(mean).alias("total")]
    sums = judged.groupBy("level", "origin").agg(*totals)
    dispersion = F.greatest(exact_sum(F.col("excess")) / exact_sum(F.col("total")), F.lit(counts.LEAST_DISPERSION))
    return left_out_in_turn(sums).groupBy("level", "left_out").agg(dispersion.alias("dispersion"))


def _scale(known: NDArray[np.float64]) -> float:
    """Root mean squared weekly change; not a number where nothing ever changed."""
    change = float(np.sqrt(np.mean(np.diff(known) ** 2))) if len(known) > 1 else 0.0
    return change if change > 0 else float("nan")
