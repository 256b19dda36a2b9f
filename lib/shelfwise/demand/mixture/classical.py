"""What would models that know only an item's own past forecast, for the items that bring in most?

Each series is fitted in a Python worker by demand.classical; an item is asked where it was among the `items` with the most revenue
of the 13 weeks before the origin, so that nothing later decides who is asked.
"""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Literal

import numpy as np
import pandas as pd
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from shelfwise.contracts.gold.mixture import CLASSICAL_FORECAST
from shelfwise.core.frames import spread_out
from shelfwise.demand.classical import FAMILY, MEDIAN, forecasts
from shelfwise.demand.inputs import HORIZONS
from shelfwise.demand.origins import SEASON_WEEKS, OriginsParams, first_week, origins
from shelfwise.demand.segments import is_dormant
from shelfwise.measures.weeks import last_sunday

FITTED = "item_id string, origin date, horizon int, fell_back array<string>, " + ", ".join(
    f"{name} double" for name in (*FAMILY, MEDIAN)
)


class ClassicalParams(OriginsParams):
    """`origins` and `weeks_between` are the backtest's."""

    models: tuple[Literal["auto_arima", "auto_ets", "theta", "croston_sba", "tsb", "median"], ...] = ("theta", "croston_sba", "tsb")
    items: int = 5_000
    seconds: float = 5.0  # a series and model


def forecast_classical(panel: DataFrame, *, params: ClassicalParams, as_of: date) -> DataFrame:
    """One row per chosen item, origin (the backtest's, and the last complete week at `as_of`) and horizon."""
    days = [*origins(first_week(panel), as_of, params), last_sunday(as_of)] if params.models else []
    asked = _largest(panel, days, params.items).groupBy("item_id").agg(F.sort_array(F.collect_list("origin")).alias("origins"))
    series = panel.select("item_id", "week", "units").join(asked, "item_id", "inner")
    made = spread_out(series, "item_id").groupBy("item_id").applyInPandas(_fitted(params), FITTED)
    return made.withColumn("as_of", F.lit(as_of)).select(*CLASSICAL_FORECAST.columns)


def _largest(panel: DataFrame, days: list[date], items: int) -> DataFrame:
    """item_id and origin."""
    weeks = panel.where(F.col("week").isin([day - timedelta(days=6) for day in days]) & ~is_dormant())
    # the mean of an item's first weeks is of these alone
    revenue = F.col("shelf_price") * F.col("mean_13") * F.least(F.col("age_weeks") + 1, F.lit(13))
    rank = F.row_number().over(Window.partitionBy("week").orderBy(F.desc(revenue), "item_id"))
    return weeks.withColumn("rank", rank).where(F.col("rank") <= items).select("item_id", F.date_add("week", 6).alias("origin"))


def _fitted(params: ClassicalParams) -> Callable[[pd.DataFrame], pd.DataFrame]:
    def fitted(item: pd.DataFrame) -> pd.DataFrame:
        ordered = item.sort_values("week")
        weeks, units = pd.to_datetime(ordered["week"]), ordered["units"].to_numpy(float)
        return pd.concat(
            [
                _at(ordered["item_id"].iloc[0], origin, units[weeks <= pd.Timestamp(origin)], params)
                for origin in ordered["origins"].iloc[0]
            ]
        )

    return fitted


def _at(item: str, origin: date, known: "np.ndarray[tuple[int], np.dtype[np.float64]]", params: ClassicalParams) -> pd.DataFrame:
    season = SEASON_WEEKS if len(known) >= 2 * SEASON_WEEKS else 1
    made = forecasts(known, horizon=HORIZONS, season=season, models=params.models, budget=params.seconds)
    facts = {"item_id": item, "origin": origin, "horizon": np.arange(1, HORIZONS + 1)}
    means = {name: made[name].mean if name in made else None for name in (*FAMILY, MEDIAN)}
    failed = [name for name, forecast in made.items() if forecast.fell_back]
    return pd.DataFrame(facts | {"fell_back": [failed] * HORIZONS} | means)
