"""Is this file a panel of series: unique_id, ds, y, one row per series and period, without gaps?

Each period has a number, so that a gap is a missing number whatever the calendar: the day, the week (Monday to Sunday), the month,
the quarter or the year that `ds` falls into.
"""

from collections.abc import Sequence
from enum import StrEnum

from pyspark.sql import Column, DataFrame, SparkSession, Window
from pyspark.sql import functions as F

from shelfwise.core.errors import SettingsError, SourceError
from shelfwise.core.kept import keep
from shelfwise.core.own_file import joined, read_own, refuse, refuse_missing

ID, DATE, VALUE = "unique_id", "ds", "y"
KEY = (ID, DATE)
PERIOD = "period"


class Frequency(StrEnum):
    D = "D"
    W = "W"
    M = "M"
    Q = "Q"
    Y = "Y"


NAMES = {"D": "day", "W": "week", "M": "month", "Q": "quarter", "Y": "year"}
MONTHS = {"M": 1, "Q": 3, "Y": 12}
MONDAY_OFFSET = 3  # 1970-01-01 was a Thursday


def frequency_of(text: str) -> Frequency:
    if text not in Frequency.__members__:
        raise SettingsError(f"--frequency {text}: it is D, W, M, Q or Y (day, week, month, quarter, year).")
    return Frequency(text)


def read_panel(spark: SparkSession, path: str, frequency: Frequency) -> DataFrame:
    """unique_id, ds, y, period of every series; SourceError, naming the file and some rows, for what is no such panel."""
    raw = keep(read_own(spark, path))
    refuse_missing(path, raw, (*KEY, VALUE))
    if raw.isEmpty():
        raise SourceError(f"{path}: there is no row below the header.")
    panel = typed(path, raw, [VALUE]).withColumn(PERIOD, period(frequency))
    refuse_duplicates(path, panel, frequency)
    _refuse_gaps(path, panel, frequency)
    return panel.select(ID, DATE, VALUE, PERIOD)


def period(frequency: Frequency) -> Column:
    """The number of the period that `ds` falls into."""
    days = F.datediff(F.col(DATE), F.lit("1970-01-01").cast("date"))
    months = F.year(DATE) * 12 + F.month(DATE) - 1
    if frequency is Frequency.D:
        return days
    if frequency is Frequency.W:
        return F.floor((days + MONDAY_OFFSET) / 7).cast("int")
    return F.floor(months / MONTHS[frequency]).cast("int")


def typed(path: str, raw: DataFrame, numbers: Sequence[str]) -> DataFrame:
    """Text becomes dates and numbers; the first rows that don't are named."""
    wanted = {ID: F.col(ID).cast("string"), DATE: F.expr(f"try_cast({DATE} AS date)")}
    wanted |= {name: F.expr(f"try_cast(`{name}` AS double)") for name in numbers}
    for name, column in wanted.items():
        bad = column.isNull() if name in KEY else column.isNull() | F.isnan(column) | (F.abs(column) == float("inf"))
        said = joined(F.col(ID), " at ", F.col(DATE), ": ", F.col(f"`{name}`"))
        kind = {DATE: "a date (YYYY-MM-DD)", ID: "a name"}.get(name, "a number")
        refuse(path, raw.where(bad), said, f"{name} must be {kind} in every row")
    return raw.select(*[column.alias(name) for name, column in wanted.items()])


def refuse_duplicates(path: str, rows: DataFrame, frequency: Frequency) -> None:
    twice = rows.groupBy(ID, PERIOD).agg(F.count(F.lit(1)).alias("n"), F.min(DATE).alias(DATE)).where("n > 1")
    where = joined(F.col(ID), " at ", F.col(DATE), ": ", F.col("n"), " rows")
    remedy = f"each series has one row per {NAMES[frequency]} (--frequency {frequency}): add them up"
    refuse(path, twice, where, remedy)


def _refuse_gaps(path: str, panel: DataFrame, frequency: Frequency) -> None:
    name = NAMES[frequency]
    before = F.lag(PERIOD).over(Window.partitionBy(ID).orderBy(PERIOD))
    jumps = panel.withColumn("before", before).where(F.col(PERIOD) > F.col("before") + 1)
    where = joined(F.col(ID), " before ", F.col(DATE), f": {name}s missing: ", F.col(PERIOD) - F.col("before") - 1)
    remedy = f"each series needs every {name} (--frequency {frequency}): fill the gaps, with 0 where nothing sold"
    refuse(path, jumps, where, remedy)
