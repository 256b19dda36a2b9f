"""What would each model of a single series have forecast, at each origin? Rolling origins (Tashman 2000).

Origin 0 is the series' end: its rows have no y. Origin k lies horizon + (k - 1) step periods before the end, and its models have
seen nothing later. The scales are the errors of naive forecasts inside the history so far: mean |y_t - y_{t-m}| (MASE, m the
season; Hyndman & Koehler 2006) and root mean (y_t - y_{t-1})^2 from the first value that is not zero on (RMSSE; Makridakis et al.
2022).
"""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pyspark.sql import DataFrame

from shelfwise.core.own_panel import ID, PERIOD, VALUE
from shelfwise.demand.classical import Outside, forecasts
from shelfwise.demand.series.history import Shape, each_series

Floats = NDArray[np.float64]
FACTS = (
    f"{ID} string, origin int, step int, {PERIOD} int, y double, not_negative boolean,"
    " mase_scale double, rmsse_scale double, volume double"
)


def rolled(
    history: DataFrame, outside: DataFrame | None, names: Sequence[str], shape: Shape, *, models: Sequence[str], budget: float
) -> DataFrame:
    """One row per series, origin and step: y, scales, and per model its forecast, seconds (in step 1) and whether it fell back."""
    per_model = [f"{name} double, {name}_seconds double, {name}_fell_back boolean" for name in models]
    schema = ", ".join([FACTS, *per_model])
    return each_series(history, outside, names, lambda series, known: roll(series, known, shape, models, budget), schema)


def cuts(length: int, shape: Shape) -> Iterator[tuple[int, int]]:
    """Origin and how many values it has seen; the end first."""
    yield 0, length
    for origin in range(1, shape.origins + 1):
        yield origin, length - shape.horizon - (origin - 1) * shape.step


def roll(series: pd.DataFrame, outside: pd.DataFrame | None, shape: Shape, models: Sequence[str], budget: float) -> pd.DataFrame:
    """`series` is one series; `outside` its outside series by period."""
    ordered = series.sort_values(PERIOD)
    values, first = ordered[VALUE].to_numpy(float), int(ordered[PERIOD].iloc[0])
    parts = []
    for origin, seen in cuts(len(values), shape):
        past = values[:seen]
        known = None if outside is None else _outside(outside, first, seen, shape.horizon)
        made = forecasts(past, horizon=shape.horizon, season=shape.season, models=models, budget=budget, outside=known)
        steps = np.arange(1, shape.horizon + 1)
        facts = {
            ID: ordered[ID].iloc[0],
            "origin": origin,
            "step": steps,
            PERIOD: first + seen - 1 + steps,
            "y": values[seen : seen + shape.horizon] if origin else np.nan,
            "not_negative": past.min() >= 0,
            "mase_scale": mase_scale(past, shape.season),
            "rmsse_scale": rmsse_scale(past),
            "volume": np.abs(past[-max(shape.season, shape.horizon) :]).sum(),
        }
        for name, forecast in made.items():
            facts |= {
                name: forecast.mean,
                f"{name}_seconds": np.where(steps == 1, forecast.seconds, 0.0),
                f"{name}_fell_back": (steps == 1) & forecast.fell_back,
            }
        parts.append(pd.DataFrame(facts))
    return pd.concat(parts, ignore_index=True)


def mase_scale(values: Floats, season: int) -> float:
    """NaN where the history repeats itself, so that no error has a measure."""
    change = np.abs(values[season:] - values[:-season])
    return float(change.mean()) if change.any() else float("nan")


def rmsse_scale(values: Floats) -> float:
    sold = np.flatnonzero(values)
    change = np.diff(values[sold[0] :]) if len(sold) else np.zeros(0)
    return float(np.sqrt(np.mean(change**2))) if change.any() else float("nan")


def _outside(outside: pd.DataFrame, first: int, seen: int, horizon: int) -> Outside:
    known = outside.sort_index().loc[first : first + seen + horizon - 1].to_numpy(float)
    return Outside(known[:seen], known[seen:])
