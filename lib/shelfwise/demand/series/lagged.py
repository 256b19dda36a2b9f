"""One regression for all series of a panel: their last values, seasons and outside series, asked for each step ahead.

Direct forecasting: a row asks for the value `step` periods after its base, so that nothing that is forecast becomes an input.
Values enter relative to the series' own recent level, so that one model serves large and small ones.
"""

import time
import zlib
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shelfwise.core.errors import JobError
from shelfwise.core.kept import keep
from shelfwise.core.own_panel import ID, PERIOD, VALUE
from shelfwise.demand.models import Inputs, RegressionParams, fit, score
from shelfwise.demand.recurrent import LstmParams
from shelfwise.demand.regressors import ForestParams, GbtParams, LinearParams, XgbParams
from shelfwise.demand.series.history import Shape, each_series
from shelfwise.demand.series.rolling import cuts

Floats = NDArray[np.float64]

LSTM = "lstm"
# a panel of one's own may be small: leaves of fewer rows than the shop's
GLOBAL: Mapping[str, RegressionParams | LstmParams] = {
    "xgboost": XgbParams(loss="squared", min_weight_per_leaf=10),
    "gbt": GbtParams(min_rows_per_leaf=50),
    "forest": ForestParams(min_rows_per_leaf=20),
    "linear": LinearParams(),
    LSTM: LstmParams(),
}
SHORT, LONG = 4, 13  # periods; the long window is a season where that is longer
MOST_LAGS = 28
LEAST_HISTORY = 4
ROWS = 500_000  # a seeded sample of larger panels
UNKNOWN = -1.0


def features(shape: Shape, outside: Sequence[str]) -> list[str]:
    own = ["log_level", "mean_short", "mean_long", "sd_long", "sold_share", "since_sold", "age", "step", "phase", "last_season"]
    return [*own, *[f"lag_{k}" for k in range(_lags(shape))], *[f"outside_{k}" for k in range(len(outside))]]


def scored(
    history: DataFrame, outside: DataFrame | None, names: Sequence[str], shape: Shape, *, models: Sequence[str]
) -> DataFrame:
    """One row per series, origin and step: the forecast of each of `models`."""
    share = min(1.0, ROWS / max(_pairs(history, shape), 1))
    columns = features(shape, names)
    schema = f"{ID} string, base int, origin int, from_end int, target double, level double, weight double, " + ", ".join(
        f"{name} double" for name in columns
    )
    rows = each_series(history, outside, names, lambda series, known: lag_rows(series, known, shape, share), schema)
    last_values = [f"lag_{k}" for k in reversed(range(_lags(shape)))]
    return _by_model(keep(rows), Inputs(columns, (ID, "base", "step"), last_values), shape, models)


def _by_model(rows: DataFrame, inputs: Inputs, shape: Shape, models: Sequence[str]) -> DataFrame:
    asked_of = [(origin, shape.horizon + (origin - 1) * shape.step if origin else 0) for origin in range(shape.origins + 1)]
    whole: DataFrame | None = None
    for origin, unseen in asked_of:
        lessons = rows.where((F.col("origin") < 0) & (F.col("from_end") >= unseen))
        answers = rows.where(F.col("origin") == origin)
        if lessons.isEmpty():
            raise JobError(f"origin {origin}: no series has a value other than zero to learn from; leave {', '.join(models)} away.")
        series, seconds = answers.where("step = 1").count(), {}
        for name in models:
            began = time.monotonic()
            answers = score(fit(GLOBAL[name], lessons, inputs), answers, name)
            # its training, dealt out over the series; rows are scored with whatever reads them
            seconds[f"{name}_seconds"] = F.when(F.col("step") == 1, (time.monotonic() - began) / series).otherwise(0.0)
        answers = answers.withColumns(seconds)
        found = answers.select(ID, "origin", F.col("step").cast("int").alias("step"), *models, *seconds)
        whole = found if whole is None else whole.unionByName(found)
    assert whole is not None
    return whole


def _pairs(history: DataFrame, shape: Shape) -> int:
    """One number to the driver."""
    return history.count() * shape.horizon


def lag_rows(series: pd.DataFrame, outside: pd.DataFrame | None, shape: Shape, share: float) -> pd.DataFrame:
    """Lessons (origin -1), a seeded `share` of all bases and steps, and what each origin asks (`target` NaN).

    `from_end`: how many values lie after a lesson's target; an origin may learn from those that it has seen.
    """
    ordered = series.sort_values(PERIOD)
    values, first = ordered[VALUE].to_numpy(float), int(ordered[PERIOD].iloc[0])
    base, step = (grid.ravel() for grid in np.meshgrid(np.arange(LEAST_HISTORY - 1, len(values)), np.arange(1, shape.horizon + 1)))
    draws = np.random.Generator(np.random.Philox(zlib.crc32(str(ordered[ID].iloc[0]).encode())))
    sold = np.flatnonzero(values)
    begun = sold[0] if len(sold) else len(values)  # before its first value a series has no level to be relative to
    lesson = (base >= begun) & (base + step < len(values)) & (draws.random(len(base)) < share)
    asked = [(seen - 1, origin) for origin, seen in cuts(len(values), shape)]
    bases = np.concatenate([base[lesson], np.repeat([b for b, _ in asked], shape.horizon)])
    steps = np.concatenate([step[lesson], np.tile(np.arange(1, shape.horizon + 1), len(asked))])
    origins = np.concatenate([np.full(lesson.sum(), -1), np.repeat([o for _, o in asked], shape.horizon)])
    target = np.where(origins < 0, values[np.minimum(bases + steps, len(values) - 1)], np.nan)
    known = _features(values, bases, steps, first, shape)
    if outside is not None:
        table = outside.sort_index().loc[first:].to_numpy(float)
        known |= {f"outside_{k}": table[bases + steps, k] for k in range(table.shape[1])}
    level = np.exp(known["log_level"])
    facts = {ID: ordered[ID].iloc[0], "base": bases, "origin": origins, "from_end": len(values) - 1 - bases - steps}
    return pd.DataFrame(facts | {"target": target, "level": level, "weight": level} | known)


def _features(values: Floats, bases: NDArray[np.int64], steps: NDArray[np.int64], first: int, shape: Shape) -> dict[str, Floats]:
    long = max(LONG, shape.season)
    size, sold = np.abs(values), values != 0
    mean_short, mean_long, share = _mean(size, SHORT), _mean(size, long), _mean(sold.astype(float), long)
    signed_short, signed_long = _mean(values, SHORT), _mean(values, long)
    spread = np.sqrt(np.maximum(_mean(values**2, long) - signed_long**2, 0.0))
    so_far = np.cumsum(size) / np.arange(1, len(values) + 1)
    # a series that has stopped keeps a level above zero
    level = 0.5 * mean_short + 0.5 * mean_long + 0.02 * so_far + 1e-9
    last_sold = np.maximum.accumulate(np.where(sold, np.arange(len(values)), -1))
    relative = {"mean_short": signed_short, "mean_long": signed_long, "sd_long": spread}
    found = {name: (column / level)[bases] for name, column in relative.items()}
    found |= {f"lag_{k}": _at(values, bases - k) / level[bases] for k in range(_lags(shape))}
    found = {name: np.where(np.isnan(column), UNKNOWN, column) for name, column in found.items()}
    last_season = _at(values, bases + steps - shape.season * -(-steps // shape.season)) / level[bases]
    return found | {
        "log_level": np.log(level)[bases],
        "sold_share": share[bases],
        "since_sold": (np.arange(len(values)) - last_sold)[bases].astype(float),
        "age": bases.astype(float),
        "step": steps.astype(float),
        "phase": ((first + bases + steps) % shape.season).astype(float),
        "last_season": np.where(np.isnan(last_season), UNKNOWN, last_season),
    }


def _mean(values: Floats, window: int) -> Floats:
    """Of the last `window` values, fewer at the beginning."""
    return pd.Series(values).rolling(window, min_periods=1).mean().to_numpy(float)


def _at(values: Floats, place: NDArray[np.int64]) -> Floats:
    """NaN before the first value."""
    return np.where(place >= 0, values[np.maximum(place, 0)], np.nan)


def _lags(shape: Shape) -> int:
    return min(max(shape.season, LONG), MOST_LAGS)
