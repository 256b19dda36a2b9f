"""The classical family, one series at a time: exponential smoothing, ARIMA, theta, and two methods for intermittent demand.

Models are statsforecast's (automatic ARIMA and ETS: Hyndman & Khandakar 2008; dynamic optimised theta: Fiorucci et al. 2016;
Croston SBA: Syntetos & Boylan 2005; TSB: Teunter, Syntetos & Babai 2011), and their median, step by step (Petropoulos & Svetunkov
2020). A model that can't serve a series, or takes longer than its budget, leaves it to the naive forecast and says so.
"""

import signal
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from types import FrameType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from shelfwise.measures.seasonality import last_season, naive2

Floats = NDArray[np.float64]

# state spaces of longer seasons take minutes a series, and smoothing estimates a state for each phase
LONGEST_SEASON = 24
SMOOTHING = 0.2  # of TSB: the middle of the range that Teunter et al. recommend
MEAN_PERIODS = 4
FAMILY = ("auto_arima", "auto_ets", "theta", "croston_sba", "tsb")
MEDIAN = "median"
ARIMA_110 = "arima_110"  # no search: the cheap member, and the one that can be worked by hand
# MEDIAN last: it is made of the others
LOCAL = ("naive", "seasonal_naive", "naive2", "window_average", *FAMILY, ARIMA_110, MEDIAN)


@dataclass(frozen=True)
class Outside:
    """Outside series, known ahead: periods x series, of the past and of the periods that are asked for."""

    past: Floats
    ahead: Floats


class Forecast(NamedTuple):
    mean: Floats
    seconds: float
    fell_back: bool


def forecasts(
    values: Floats, *, horizon: int, season: int, models: Sequence[str], budget: float, outside: Outside | None = None
) -> dict[str, Forecast]:
    """By name, `horizon` steps ahead of `values` (without gaps); `budget` is seconds a model. Not below zero where no value is.

    Only automatic ARIMA uses `outside`.
    """
    wanted = [name for name in LOCAL if name in models or (MEDIAN in models and name in FAMILY)]
    made: dict[str, Forecast] = {}
    for name in wanted:
        began = time.perf_counter()
        make = partial(_forecast, name, values, horizon, season, made, outside)
        mean, fell_back = _tried(make, values, horizon, budget)
        mean = np.maximum(mean, 0.0) if values.min() >= 0 else mean
        made[name] = Forecast(mean, time.perf_counter() - began, fell_back)
    return {name: made[name] for name in wanted if name in models}


def _forecast(
    name: str, values: Floats, horizon: int, season: int, made: Mapping[str, Forecast], outside: Outside | None
) -> Floats:
    simple: dict[str, Callable[[], Floats]] = {
        "naive": lambda: np.full(horizon, values[-1]),
        "seasonal_naive": lambda: last_season(values, horizon, season),
        "naive2": lambda: naive2(values, horizon, season),
        "window_average": lambda: np.full(horizon, values[-MEAN_PERIODS:].mean()),
        MEDIAN: lambda: np.median([made[member].mean for member in FAMILY], axis=0),
    }
    if name in simple:
        return simple[name]()
    if name in ("croston_sba", "tsb") and values.min() < 0:
        raise ValueError("intermittent demand is not negative")
    known: dict[str, Any] = {}
    if outside is not None and name == "auto_arima":
        known = {"X": outside.past, "X_future": outside.ahead}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = _model(name, season).forecast(y=values, h=horizon, **known)
    return np.asarray(found["mean"], dtype=float)


def _model(name: str, season: int) -> Any:
    # 3 s to import, and only the workers that fit need it
    from statsforecast import models

    short = season if season <= LONGEST_SEASON else 1
    makers: dict[str, Callable[[], Any]] = {
        "auto_arima": lambda: models.AutoARIMA(season_length=short),
        ARIMA_110: lambda: models.ARIMA(order=(1, 1, 0), include_mean=False),
        "auto_ets": lambda: models.AutoETS(season_length=short),
        "theta": lambda: models.DynamicOptimizedTheta(season_length=season),
        "croston_sba": models.CrostonSBA,
        "tsb": lambda: models.TSB(alpha_d=SMOOTHING, alpha_p=SMOOTHING),
    }
    return makers[name]()


def _tried(make: Callable[[], Floats], values: Floats, horizon: int, budget: float) -> tuple[Floats, bool]:
    """Whatever goes wrong inside a library on one odd series must not cost the others theirs: it is counted instead."""
    try:
        with _time_limit(budget):
            mean = make()
    except Exception:
        mean = np.full(horizon, np.nan)
    usable = mean.shape == (horizon,) and bool(np.isfinite(mean).all())
    return (mean, False) if usable else (np.full(horizon, values[-1]), True)


@contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    """Raises TimeoutError inside; Spark's Python workers run their tasks in the main thread, where signals arrive."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, stop)
    # again and again: a library may swallow the first
    signal.setitimer(signal.ITIMER_REAL, seconds, 0.05)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
