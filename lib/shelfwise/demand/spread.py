"""The spread of demand around a forecast, by segment and horizon, as the backtest's errors have taught it.

The calibration is small whatever the shop's size (kinds x segments x horizons x origins: some 700 rows of 201 numbers), so it
goes through the driver to every worker: carried by each forecast row it would be a hundred times the forecast itself.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.gold.demand import LEVELS
from shelfwise.measures import counts

ANY_SEGMENT = "*"  # serves a segment that the backtest never met
Places = NDArray[np.intp]


def with_any_segment(rows: DataFrame) -> DataFrame:
    """Each row twice: for its own segment and for all; the sums that follow pool it."""
    return rows.withColumn("segment", F.explode(F.array("segment", F.lit(ANY_SEGMENT))))


@dataclass(frozen=True)
class Curves:
    """Of weekly or of cumulated demand: one row per group of a Spread."""

    dispersion: counts.Floats
    base_rate: counts.Floats
    pit: counts.Floats  # groups x edges
    levels: counts.Floats  # groups x LEVELS: what to ask the negative binomial for

    def quantiles(self, place: Places, mean: counts.Floats) -> counts.Floats:
        """Shape rows x LEVELS: the calibrated quantiles around the mean of each row in group `place`, in whole units."""
        return counts.quantile(self.levels[place], self._expected(place, mean), self.dispersion[place])

    def pits(self, place: Places, mean: counts.Floats, actual: counts.Floats, uniform: counts.Floats) -> counts.Floats:
        """The recalibrated randomised PIT of each actual."""
        raw = counts.randomised_pit(actual, self._expected(place, mean), self.dispersion[place], uniform)
        return counts.recalibrated_pit(raw, self.pit[place])

    def _expected(self, place: Places, mean: counts.Floats) -> counts.Floats:
        """Where 0 was forecast, what such items sold on average: some do come back."""
        return np.where(mean > 0, mean, self.base_rate[place])


@dataclass(frozen=True)
class Spread:
    """A calibration; a group is a segment and horizon (and origin, if `keys` has it)."""

    keys: tuple[str, ...]
    groups: pd.MultiIndex
    weekly: Curves
    cumulated: Curves

    def places(self, rows: pd.DataFrame) -> Places:
        """Each row's group; that of all segments where its own has none; -1 where there is neither."""
        own: Places = self.groups.get_indexer(pd.MultiIndex.from_frame(rows[list(self.keys)]))
        if (own >= 0).all():
            return own
        anybody = self.groups.get_indexer(pd.MultiIndex.from_frame(rows[list(self.keys)].assign(segment=ANY_SEGMENT)))
        return np.where(own >= 0, own, anybody)


def spread_of(calibration: DataFrame, *by: str) -> Spread:
    """From gold.quantile_calibration's rows of one `as_of`, or from a part of them."""
    keys = ("segment", "horizon", *by)
    rows = calibration.select("cumulated", *keys, "dispersion", "base_rate", "pit").toPandas().sort_values(list(keys))
    weekly, cumulated = rows[~rows["cumulated"]], rows[rows["cumulated"]]
    return Spread(keys, pd.MultiIndex.from_frame(weekly[list(keys)]), _curves(weekly), _curves(cumulated))


def _curves(rows: pd.DataFrame) -> Curves:
    pit = np.array(rows["pit"].to_list(), dtype=float).reshape(-1, counts.PIT_STEPS + 1)
    levels = np.column_stack([counts.recalibrated_level(level, pit) for level in LEVELS])
    return Curves(rows["dispersion"].to_numpy(float), rows["base_rate"].to_numpy(float), pit, levels)
