"""Is this file a panel of series: unique_id, ds, y, one row per series and period, without gaps?

Each period has a number, so that a gap is a missing number whatever the calendar: the day, the week (Monday to Sunday), the month,
the quarter or the year that `ds` falls into.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import pandas as pd
from pyspark.sql import Column, DataFrame, SparkSession, Window
from pyspark.sql import functions as F

from shelfwise.core.errors import SourceError
from shelfwise.core.kept import keep
from shelfwise.core.own_file import joined, read_own, refuse, refuse_missing

ID, DATE, VALUE = "unique_id", "ds", "y"
KEY = (ID, DATE)
PERIOD = "period"
LEAST_SEEN = 5  # values before the earliest origin: the fewest from which a lesson of one step can be made


class Frequency(StrEnum):
    D = "D"
    W = "W"
    M = "M"
    Q = "Q"
    Y = "Y"


NAMES = {"D": "day", "W": "week", "M": "month", "Q": "quarter", "Y": "year"}
SEASONS = {"D": 7, "W": 52, "M": 12, "Q": 4, "Y": 1}
MONTHS = {"M": 1, "Q": 3, "Y": 12}
MONDAY_OFFSET = 3  # 1970-01-01 was a Thursday


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
    raw = keep(read_own(spark, path))
    refuse_missing(path, raw, (*KEY, VALUE))
    if raw.isEmpty():
        raise SourceError(f"{path}: there is no row below the header.")
    history = _typed(path, raw, [VALUE]).withColumn(PERIOD, period(shape.frequency))
    _refuse_gaps(path, history, shape)
    return history.select(ID, DATE, VALUE, PERIOD)


def read_outside(spark: SparkSession, path: str, history: DataFrame, shape: Shape) -> tuple[DataFrame, list[str]]:
    """unique_id, period and the outside series, and their names; each must cover every period of the history and the horizon."""
    raw = keep(read_own(spark, path))
    names = [name for name in raw.columns if name not in KEY]
    refuse_missing(path, raw, KEY)
    if not names:
        raise SourceError(f"{path}: there is no column beside {ID} and {DATE}: give each outside series one, or leave it away.")
    if taken := [name for name in names if name.lower() in (VALUE, PERIOD)]:
        raise SourceError(f"{path}: column '{taken[0]}': an outside series needs another name than {VALUE} or {PERIOD}.")
    outside = _typed(path, raw, names).withColumn(PERIOD, period(shape.frequency))
    _refuse_duplicates(path, outside, shape)
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
        return history.groupBy(ID).applyInPandas(lambda series: make(series, None), schema)
    return history.groupBy(ID).cogroup(outside.groupBy(ID)).applyInPandas(beside, schema)


def period(frequency: Frequency) -> Column:
    """The number of the period that `ds` falls into."""
    days = F.datediff(F.col(DATE), F.lit("1970-01-01").cast("date"))
    months = F.year(DATE) * 12 + F.month(DATE) - 1
    if frequency is Frequency.D:
        return days
    if frequency is Frequency.W:
        return F.floor((days + MONDAY_OFFSET) / 7).cast("int")
    return F.floor(months / MONTHS[frequency]).cast("int")


def date_of(last: Column, steps: Column, frequency: Frequency) -> Column:
    """`steps` periods after `last`; the last of a month stays the last of one."""
    if frequency in (Frequency.D, Frequency.W):
        return F.date_add(last, steps * (1 if frequency is Frequency.D else 7))
    ahead = F.add_months(last, (steps * MONTHS[frequency]).cast("int"))
    return F.when(last == F.last_day(last), F.last_day(ahead)).otherwise(ahead)


def _typed(path: str, raw: DataFrame, numbers: Sequence[str]) -> DataFrame:
    """Text becomes dates and numbers; the first rows that don't are named."""
    wanted = {ID: F.col(ID).cast("string"), DATE: F.expr(f"try_cast({DATE} AS date)")}
    wanted |= {name: F.expr(f"try_cast(`{name}` AS double)") for name in numbers}
    for name, column in wanted.items():
        bad = column.isNull() if name in KEY else column.isNull() | F.isnan(column) | (F.abs(column) == float("inf"))
        said = joined(F.col(ID), " at ", F.col(DATE), ": ", F.col(f"`{name}`"))
        kind = {DATE: "a date (YYYY-MM-DD)", ID: "a name"}.get(name, "a number")
        refuse(path, raw.where(bad), said, f"{name} must be {kind} in every row")
    return raw.select(*[column.alias(name) for name, column in wanted.items()])


def _refuse_gaps(path: str, history: DataFrame, shape: Shape) -> None:
    """Duplicates, gaps, and series too short for what is asked."""
    _refuse_duplicates(path, history, shape)
    name = NAMES[shape.frequency]
    before = F.lag(PERIOD).over(Window.partitionBy(ID).orderBy(PERIOD))
    jumps = history.withColumn("before", before).where(F.col(PERIOD) > F.col("before") + 1)
    where = joined(F.col(ID), " before ", F.col(DATE), f": {name}s missing: ", F.col(PERIOD) - F.col("before") - 1)
    remedy = f"each series needs every {name} (--frequency {shape.frequency}): fill the gaps, with 0 where nothing sold"
    refuse(path, jumps, where, remedy)
    need = shape.held_out + max(shape.season, LEAST_SEEN)
    short = history.groupBy(ID).agg(F.count(F.lit(1)).alias("n")).where(F.col("n") < need)
    asked = f"{shape.held_out} held out for {shape.origins} origins of horizon {shape.horizon}, and a season of {shape.season}"
    remedy = f"each series needs {need} {name}s ({asked}): drop the short ones, or lower --season, --horizon or --origins"
    refuse(path, short, joined(F.col(ID), " has ", F.col("n")), remedy)


def _refuse_duplicates(path: str, rows: DataFrame, shape: Shape) -> None:
    twice = rows.groupBy(ID, PERIOD).agg(F.count(F.lit(1)).alias("n"), F.min(DATE).alias(DATE)).where("n > 1")
    where = joined(F.col(ID), " at ", F.col(DATE), ": ", F.col("n"), " rows")
    remedy = f"each series has one row per {NAMES[shape.frequency]} (--frequency {shape.frequency}): add them up"
    refuse(path, twice, where, remedy)
