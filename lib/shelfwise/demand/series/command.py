"""`shelfwise evaluate demand`: from a file of series to a table of models and their forecasts."""

import time
from collections.abc import Mapping, Sequence

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from rich.console import Console

from shelfwise.contracts.gold.demand import LEVELS, quantile_name
from shelfwise.core.arrivals import UNREADABLE
from shelfwise.core.console import screen
from shelfwise.core.errors import SettingsError
from shelfwise.core.kept import keep
from shelfwise.core.own_file import free_folder, unreadable
from shelfwise.core.own_panel import DATE, ID, PERIOD, frequency_of
from shelfwise.core.own_run import asked_names, reported
from shelfwise.core.session import start_session
from shelfwise.core.settings import load_settings
from shelfwise.core.show import models_grid
from shelfwise.demand.classical import ARIMA_110, LOCAL
from shelfwise.demand.series.combining import COMBINATION, with_combination
from shelfwise.demand.series.figures import figures, long
from shelfwise.demand.series.history import Shape, date_of, options, read_history, read_outside
from shelfwise.demand.series.intervals import with_quantiles
from shelfwise.demand.series.lagged import GLOBAL, LSTM, scored
from shelfwise.demand.series.rolling import rolled

MODELS = (*LOCAL, *GLOBAL, COMBINATION)
DEFAULT = tuple(name for name in MODELS if name not in (ARIMA_110, LSTM))  # the network needs the extra that installs Keras
PERCENT = ("wape", "bias", "coverage_80", "coverage_90")
WHOLE = ("fell_back",)


def evaluate(
    history: str,
    outside: str | None,
    frequency: str,
    sizes: Mapping[str, int | None],
    *,
    models: str | None,
    out: str | None,
    budget: float,
    env: str,
    sets: Sequence[str],
) -> None:
    """What can be wrong in the options is found before Spark starts."""
    shape, chosen = options(frequency_of(frequency), sizes), chosen_models(models)
    folder = free_folder(out) if out else None
    settings = load_settings(env, sets)
    spark, console, began = start_session(settings), screen(), time.monotonic()
    with reported("evaluate demand", settings):
        known, beside, names = _read(spark, history, outside, shape)
        forecasts = keep(_forecasts(known, beside, names, shape, chosen, budget))
        judged = keep(figures(forecasts.where("origin > 0")))
        _show(judged, known, shape, time.monotonic() - began, console)
        if folder:
            _write(folder, judged, _dated(forecasts, known, shape), console)


def _read(spark: SparkSession, history: str, outside: str | None, shape: Shape) -> tuple[DataFrame, DataFrame | None, list[str]]:
    """Spark reads files late: all that can be wrong in one comes up in the checks."""
    path = history
    try:
        known = keep(read_history(spark, history, shape))
        if outside is None:
            return known, None, []
        path = outside
        return known, *read_outside(spark, outside, known, shape)
    except UNREADABLE as error:
        raise unreadable(path, error) from None


def chosen_models(text: str | None) -> list[str]:
    names = asked_names("--models", "model", text or None, MODELS, DEFAULT)
    if not set(names) - {COMBINATION}:
        raise SettingsError(f"--models: name some; '{COMBINATION}' mixes the others that are named.")
    return names


def _forecasts(
    history: DataFrame, outside: DataFrame | None, names: Sequence[str], shape: Shape, models: Sequence[str], budget: float
) -> DataFrame:
    """One row per series, origin, step and model, with quantiles."""
    single = [name for name in models if name in LOCAL]
    whole = [name for name in models if name in GLOBAL]
    rows = rolled(history, outside, names, shape, models=single, budget=budget)
    if whole:
        rows = rows.join(scored(history, outside, names, shape, models=whole), [ID, "origin", "step"], "left")
        bounded = {name: F.when(F.col("not_negative") & (F.col(name) < 0), 0.0).otherwise(F.col(name)) for name in whole}
        rows = rows.withColumns(bounded)
    rows = keep(rows)  # quantiles read it several times, and each time would fit all models anew
    if COMBINATION in models:
        rows = with_combination(rows, [*single, *whole], shape.apart)
    return with_quantiles(long(rows, models), shape.apart)


def _dated(forecasts: DataFrame, history: DataFrame, shape: Shape) -> DataFrame:
    """With `ds`: the history's own where it has the period, else counted on from its last."""
    last = history.groupBy(ID).agg(F.max(DATE).alias("last"), F.max(PERIOD).alias("last_period"))
    ahead = date_of(F.col("last"), F.col(PERIOD) - F.col("last_period"), shape.frequency)
    known = history.select(ID, PERIOD, F.col(DATE).alias("known"))
    dated = forecasts.join(last, ID, "left").join(known, [ID, PERIOD], "left").withColumn(DATE, F.coalesce("known", ahead))
    quantiles = [quantile_name(level) for level in LEVELS]
    return dated.select(ID, DATE, "origin", "step", "model", "y", "forecast", *quantiles)


def _show(judged: DataFrame, history: DataFrame, shape: Shape, seconds: float, console: Console) -> None:
    """Bound: one row per model."""
    series = history.select(ID).distinct().count()
    title = f"{series:,} series, {shape.origins} origins, {shape.horizon} steps, season {shape.season}, {seconds:.0f} s"
    models_grid(judged, title, _said, console)


def _said(name: str, value: float) -> str:
    if name in PERCENT:
        return f"{value:.1%}"
    return f"{value:,.0f}" if name in WHOLE else f"{value:,.3f}" if name != "seconds" else f"{value:,.1f}"


def _write(folder: str, judged: DataFrame, dated: DataFrame, console: Console) -> None:
    """The table last: where it is, the forecasts are whole."""
    dated.where("origin = 0").drop("origin", "y").write.parquet(f"{folder}/forecasts")
    dated.where("origin > 0").write.parquet(f"{folder}/backtest")
    judged.coalesce(1).write.csv(f"{folder}/accuracy", header=True)
    console.print(f"{folder}: accuracy (CSV), forecasts and backtest (Parquet)", markup=False, soft_wrap=True)
