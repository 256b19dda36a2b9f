"""How good were forecasts of launches, before the launch and after the first weeks of it?

Each origin is judged by beliefs (shares of the sources, shapes, spreads) that only the other origins taught; where there is but
one, it has no blend. RMSSE's scale is the root mean squared weekly change of the item's own first eight weeks, for want of a
history before.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.gold.demand import LEVELS
from shelfwise.contracts.gold.launches import JUDGED_WEEKS, LAUNCH_ACCURACY
from shelfwise.demand.launches.beliefs import KNOWN_WEEKS, Floats, by_item, expected, mended_pits
from shelfwise.demand.launches.laws import taught, total_pits
from shelfwise.demand.launches.sources import SOURCES

BLEND, MEDIAN = "blend", "blend_median"
ALONE = (*SOURCES, "department_curve")
COVERAGES = ("coverage_80", "coverage_90", "coverage_80_total", "coverage_90_total")
FIGURES = ("launches", "wape", "wape_weekly", "rmsse", "bias", *COVERAGES)
NARROW = "holdout string, model string, known_weeks int, launch_week int, launches long" + "".join(
    f", {name} double" for name in FIGURES[1:]
)


def judge(backtest: DataFrame, *, as_of: date) -> DataFrame:
    """One row per hold-out, model, number of known weeks and week since launch (0: all after those).

    A hold-out is worked off as one group: its launches are bounded by the backtest's `launches` and `origins`.
    """
    judged = backtest.groupBy("holdout").applyInPandas(lambda rows: pd.DataFrame(accuracy(rows)), NARROW)
    return judged.withColumn("as_of", F.lit(as_of)).select(*LAUNCH_ACCURACY.columns)


def accuracy(rows: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Of one hold-out."""
    rows = rows.sort_values(["item_id", "launch_week"])
    holdout, actual = str(rows["holdout"].iloc[0]), _wide(rows, "actual")
    alone = {name: _wide(rows, name) for name in ALONE}
    for n in KNOWN_WEEKS:
        blend, median, *pits = _blended(rows, n)
        models = {name: curve[:, n:] for name, curve in alone.items()} | {BLEND: blend, MEDIAN: median}
        for model, mean in models.items():
            seen = ~np.isnan(mean).any(axis=1)
            if seen.any():
                places = [pit[seen] for pit in pits] if model == BLEND else []
                for week, figures in _figures(actual[seen], mean[seen], n, places):
                    yield {"holdout": holdout, "model": model, "known_weeks": n, "launch_week": week} | figures


def _blended(rows: pd.DataFrame, known_weeks: int) -> tuple[Floats, ...]:
    """Mean, median and mended PIT, items x weeks after the known ones; NaN where no other origin teaches.

    On the eve also the PIT of the units up to each week.
    """
    origin = rows[rows["launch_week"] == 1]["origin"].to_numpy()
    parts = np.full((3 if known_weeks else 4, len(origin), JUDGED_WEEKS - known_weeks), np.nan)
    for day in np.unique(origin):
        others = rows[rows["origin"] != day]
        if others.empty:
            continue
        known, asked = taught(by_item(others)), by_item(rows[rows["origin"] == day])
        beliefs = known.beliefs
        mean, sold, shape = expected(beliefs, asked, known_weeks)
        weeks = mean.shape[1]
        quantiles = beliefs.quantiles(mean.ravel(), np.repeat(sold, weeks), np.repeat(shape, weeks), known_weeks)
        mended = mended_pits(beliefs, asked, known_weeks)
        totals = () if known_weeks else (total_pits(known, asked),)
        parts[:, origin == day] = mean, quantiles[:, LEVELS.index(0.50)].reshape(mean.shape), mended, *totals
    return tuple(parts)


def _figures(actual: Floats, mean: Floats, known_weeks: int, pits: Sequence[Floats]) -> Iterator[tuple[int, dict[str, Any]]]:
    change = np.sqrt((np.diff(actual, axis=1) ** 2).mean(axis=1))
    scale = np.where(change > 0, change, np.nan)
    wanted = actual[:, known_weeks:]
    yield 0, _of(wanted, mean, scale, pits)
    for k in range(wanted.shape[1]):
        week = slice(k, k + 1)
        yield known_weeks + k + 1, _of(wanted[:, week], mean[:, week], scale, [pit[:, week] for pit in pits])


def _of(actual: Floats, mean: Floats, scale: Floats, pits: Sequence[Floats]) -> dict[str, Any]:
    error, total = mean - actual, actual.sum()
    shares = {
        "wape": np.abs(error.sum(axis=1)).sum(),
        "wape_weekly": np.abs(error).sum(),
        "bias": error.sum(),
    }
    roots = np.sqrt((error**2).mean(axis=1)) / scale
    inside = {
        f"coverage_{c}{of}": float((np.abs(pit - 0.5) <= c / 200).mean())
        for of, pit in zip(("", "_total"), pits, strict=False)
        for c in (80, 90)
    }
    return (
        {"launches": len(actual)}
        | {name: float(share / total) if total > 0 else None for name, share in shares.items()}
        | {"rmsse": float(np.nanmean(roots)) if np.isfinite(roots).any() else None}
        | dict.fromkeys(COVERAGES)
        | inside
    )


def _wide(rows: pd.DataFrame, name: str) -> Floats:
    wide: Floats = rows.pivot(index="item_id", columns="launch_week", values=name).to_numpy(float)
    return wide
