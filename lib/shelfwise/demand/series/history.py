"""Is there enough history to backtest a panel of series on, and do outside series cover it and the horizon?"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from shelfwise.core.errors import SourceError
from shelfwise.core.frames import spread_out
from shelfwise.core.kept import keep
from shelfwise.core.own_file import joined, read_own, refuse, refuse_missing
from shelfwise.core.own_panel import (
    DATE,
    ID,
    KEY,
    MONTHS,
    NAMES,
    PERIOD,
    VALUE,
    Frequency,
    period,
    read_panel,
    refuse_duplicates,
    typed,
)

LEAST_SEEN = 5  # values before the earliest origin: the fewest from which a lesson of one step can be made
SEASONS = {"D": 7, "W": 52, "M": 12, "Q": 4, "Y": 1}


@dataclass(frozen=True)
class Shape:
    """What is asked: so many periods ahead of `origins` origins that lie `step` periods apart."""

    frequency: Frequency
    horizon: int
    season: int
    origins: int
    step: int

    @property
    def held_out(self) -> int:
        """Periods at a series' end that the earliest origin has not seen."""
        return self.horizon + (self.origins - 1) * self.step

    @property
    def apart(self) -> int:
        """How many origins there are, 1 where the periods that they forecast overlap."""
        return self.origins if self.step >= self.horizon else 1


def options(frequency: Frequency, given: Mapping[str, int | None]) -> Shape:
    """A season that isn't given is the frequency's usual one, a step the horizon."""
    horizon = given["horizon"] or 1
    return Shape(frequency, horizon, given["season"] or SEASONS[frequency], given["origins"] or 1, given["step"] or horizon)


def read_history(spark: SparkSession, path: str, shape: Shape) -> DataFrame:
    """unique_id, ds, y, period of every series; SourceError, naming the file and some rows, for what is no such panel."""
    history = read_panel(spark, path, shape.frequency)
    _refuse_short(path, history, shape)
    return history


def read_outside(spark: SparkSession, path: str, history: DataFrame, shape: Shape) -> tuple[DataFrame, list[str]]:
    """unique_id, period and the outside series, and their names; each must cover every period of the history and the horizon."""
    raw = keep(read_own(spark, path))
    names = [name for name in raw.columns if name not in KEY]
    refuse_missing(path, raw, KEY)
    if not names:
        raise SourceError(f"{path}: there is no column beside {ID} and {DATE}: give each outside series one, or leave it away.")
    if taken := [name for name in names if name.lower() in (VALUE, PERIOD)]:
        raise SourceError(f"{path}: column '{taken[0]}': an outside series needs another name than {VALUE} or {PERIOD}.")
    outside = typed(path, raw, names).withColumn(PERIOD, period(shape.frequency))
    refuse_duplicates(path, outside, shape.frequency)
    ends = history.groupBy(ID).agg(F.min(PERIOD).alias("first"), F.max(PERIOD).alias("last"))
    wanted = ends.select(ID, F.explode(F.sequence("first", F.col("last") + shape.horizon)).alias(PERIOD))
    lacking = wanted.join(outside, [ID, PERIOD], "left_anti").groupBy(ID).agg(F.count(F.lit(1)).alias("n"))
    text = joined(F.col(ID), " lacks ", F.col("n"))
    need = f"every {NAMES[shape.frequency]} of the history and of the {shape.horizon} after it"
    refuse(path, lacking, text, f"outside series must be known for {need}; fill them, or leave the file away")
    return keep(outside.select(ID, PERIOD, *[F.col(f"`{name}`") for name in names])), names


def each_series(
    history: DataFrame,
    outside: DataFrame | None,
    names: Sequence[str],
    make: Callable[[pd.DataFrame, pd.DataFrame | None], pd.DataFrame],
    schema: str,
) -> DataFrame:
    """What `make` makes of each series and of its outside series by period (None: there are none), both in any order."""

    def beside(series: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
        if series.empty:  # an outside series that the history doesn't have
            return pd.DataFrame()
        return make(series, known.set_index(PERIOD)[list(names)])

    if outside is None:
        return spread_out(history, ID).groupBy(ID).applyInPandas(lambda series: make(series, None), schema)
    both = spread_out(history, ID).groupBy(ID).cogroup(spread_out(outside, ID).groupBy(ID))
    return both.applyInPandas(beside, schema)


def date_of(last: Column, steps: Column, frequency: Frequency) -> Column:
    """`steps` periods after `last`; the last of a month stays the last of one."""
    if frequency in (Frequency.D, Frequency.W):
        return F.date_add(last, steps * (1 if frequency is Frequency.D else 7))
    ahead = F.add_months(last, (steps * MONTHS[frequency]).cast("int"))
    return F.when(last == F.last_day(last), F.last_day(ahead)).otherwise(ahead)


def _refuse_short(path: str, history: DataFrame, shape: Shape) -> None:
    name = NAMES[shape.frequency]
    need = shape.held_out + max(shape.season, LEAST_SEEN)
    short = history.groupBy(ID).agg(F.count(F.lit(1)).alias("n")).where(F.col("n") < need)
    asked = f"{shape.held_out} held out for {shape.origins} origins of horizon {shape.horizon}, and a season of {shape.season}"
    remedy = f"each series needs {need} {name}s ({asked}): drop the short ones, or lower --season, --horizon or --origins"
    refuse(path, short, joined(F.col(ID), " has ", F.col("n")), remedy)
