"""What the lake still holds of a step on the way back to the files: rows of what is asked about, and where they came from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from shelfwise.core.admission import FILES
from shelfwise.core.arrivals import UNREADABLE, why
from shelfwise.core.errors import SettingsError
from shelfwise.core.lake import Lake
from shelfwise.core.settings import suggest
from shelfwise.core.table import Table
from shelfwise.core.trace import Place

# how Delta and Spark say that a version's log or data files have been deleted
GONE = ("FILE_NOT_EXIST", "FILE_NOT_FOUND", "FileNotFound", "CANNOT_RECONSTRUCT_VERSION", "VERSION_NOT_FOUND", "versionAsOf")


@dataclass(frozen=True)
class Held:
    """`rows` of what is followed (None: the table does not name it), `files` that these came from, and why not (`note`)."""

    rows: int | None = None
    files: tuple[str, ...] = ()
    note: str = ""


def matching(table: Table, asked: Mapping[str, str], stored: DataFrame) -> Column:
    """Do the columns equal these values, given as text? SettingsError for an unknown column or a text of another type."""
    equal = []
    for name, text in asked.items():
        if name not in table.schema:
            raise SettingsError(f"{table.name} has no column '{name}'.{suggest(name, table.columns)}")
        type = table.schema[name].type
        value = F.lit(text) if type == "string" else F.lit(text).try_cast(type)
        if type != "string" and not stored.sparkSession.range(1).where(value.isNotNull()).take(1):
            raise SettingsError(f"{table.name}: {name}={text} is no {type}.")
        equal.append(F.col(name) == value)
    return reduce(Column.__and__, equal, F.lit(True))


def held(lake: Lake, table: Table, place: Place, followed: Mapping[str, str], as_of: date) -> Held:
    """Of a table in the version that was read, up to `as_of`, as long as that is there."""
    assert isinstance(place.version, int)
    if not lake.exists(table):
        return Held(note="the table is no longer there")
    old = place.version != lake.version(table)
    try:
        day = place.as_of if table.slice == "as_of" else as_of
        return _look(lake, table, lake.read(table, day, version=place.version if old else None), followed)
    except UNREADABLE as error:
        gone = old and any(word in str(error) for word in GONE)
        return Held(note="this version can no longer be read: its files were deleted" if gone else f"unreadable: {why(error)}")


def _look(lake: Lake, table: Table, stored: DataFrame, followed: Mapping[str, str]) -> Held:
    if table.layer == "bronze":
        return Held(files=_landed(lake, table, [row["_batch"] for row in stored.select("_batch").distinct().collect()]))
    own = {name: value for name, value in followed.items() if name in table.schema}
    if not own:
        stored.take(1)  # are its files there?
        return Held()
    rows = stored.where(matching(table, own, stored))
    if "_file" not in stored.columns:
        return Held(rows.count())
    by_file = rows.groupBy("_file").count().orderBy("_file").collect()  # bound: files
    return Held(sum(row["count"] for row in by_file), tuple(f"{row['_file']} ({row['count']:,} rows)" for row in by_file))


def _landed(lake: Lake, table: Table, batches: list[int]) -> tuple[str, ...]:
    """Bound: files."""
    kind = table.name.partition(".")[2]
    files = lake.read(FILES).where((F.col("kind") == kind) & (F.col("status") == "landed") & F.col("batch").isin(batches))
    return tuple(f"{row['path']} (batch {row['batch']})" for row in files.orderBy("batch", "path").collect())
