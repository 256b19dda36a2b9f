"""The spread of demand around a forecast, by segment and horizon, as the backtest's errors have taught it.

The calibration is small whatever the shop's size (kinds x segments x horizons x origins: some 700 rows of 201 numbers), so it
goes through the driver to every worker: carried by each forecast row it would be a hundred times the forecast itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pyspark.sql import DataFrame

from shelfwise.contracts.gold.demand import LEVELS
from shelfwise.measures import counts

ANY_SEGMENT = "*"  # serves a segment that the backtest never met


@dataclass(frozen=True)
class Spread:
    """One kind (weekly or cumulated) of a calibration; a group is a segment and horizon (and origin, if `keys` has it)."""

    keys: tuple[str, ...]
    groups: pd.MultiIndex
    dispersion: counts.Floats
    base_rate: counts.Floats
    pit: counts.Floats  # groups x edges
    levels: counts.Floats  # groups x LEVELS: what to ask the negative binomial for

    def known(self, rows: pd.DataFrame) -> NDArray[np.bool_]:
        """Which rows have a group; false where the backtest was too short to leave their origin out."""
        return self._places(rows) >= 0

    def quantiles(self, rows: pd.DataFrame, mean: str) -> counts.Floats:
        """Shape rows x LEVELS: the calibrated quantiles around column `mean`, in whole units. Every row must be known."""
        place = self._places(rows)
        expected = self._expected(rows[mean], place)
        columns = [counts.quantile(level, expected, self.dispersion[place]) for level in self.levels[place].T]
        return np.column_stack(columns)

    def pits(self, rows: pd.DataFrame, mean: str, actual: counts.Floats, uniform: counts.Floats) -> counts.Floats:
        """The recalibrated randomised PIT of each actual. Every row must be known."""
        place = self._places(rows)
        raw = counts.randomised_pit(actual, self._expected(rows[mean], place), self.dispersion[place], uniform)
        return counts.recalibrated_pit(raw, self.pit[place])

    def _expected(self, mean: pd.Series, place: NDArray[np.intp]) -> counts.Floats:
        """Where 0 was forecast, what such items sold on average: some do come back."""
        return np.where(mean > 0, mean, self.base_rate[place])

    def _places(self, rows: pd.DataFrame) -> NDArray[np.intp]:
        own = self.groups.get_indexer(pd.MultiIndex.from_frame(rows[list(self.keys)]))
        anybody = self.groups.get_indexer(pd.MultiIndex.from_frame(rows[list(self.keys)].assign(segment=ANY_SEGMENT)))
        return np.where(own >= 0, own, anybody)


def spreads(calibration: DataFrame, *by: str) -> tuple[Spread, Spread]:
    """Weekly and cumulated, from gold.quantile_calibration's rows of one `as_of`, or from a part of them."""
    rows = calibration.select("cumulated", "segment", "horizon", *by, "dispersion", "base_rate", "pit").toPandas()
    return _spread(rows[~rows["cumulated"]], by), _spread(rows[rows["cumulated"]], by)


def _spread(rows: pd.DataFrame, by: Sequence[str]) -> Spread:
    keys = ("segment", "horizon", *by)
    pit = np.array(rows["pit"].to_list(), dtype=float).reshape(-1, counts.PIT_STEPS + 1)
    return Spread(
        keys=keys,
        groups=pd.MultiIndex.from_frame(rows[list(keys)]),
        dispersion=rows["dispersion"].to_numpy(float),
        base_rate=rows["base_rate"].to_numpy(float),
        pit=pit,
        levels=np.column_stack([counts.recalibrated_level(level, pit) for level in LEVELS]),
    )
