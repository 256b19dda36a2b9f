"""How does a frame meet its table: what may be read of it as of a day, in which columns and types, and which rows are news?"""

from datetime import date

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql import types as T

from shelfwise.core.errors import ContractError
from shelfwise.core.frames import local_frame
from shelfwise.core.table import Table, parse_type

DERIVED = ("features", "gold")  # layers that each as_of makes anew


def known_by(frame: DataFrame, table: Table, as_of: date) -> DataFrame:
    """What could be known at the end of `as_of`."""
    if table.slice == "as_of":
        frame = frame.where(F.col("as_of") == F.lit(as_of))
    if table.happened:
        frame = frame.where(F.to_date(table.happened) <= F.lit(as_of))
    if table.known:
        frame = frame.where(F.to_date(table.known) <= F.lit(as_of))
    return frame


def conform(frame: DataFrame, table: Table) -> DataFrame:
    """The frame in contract order and types; a missing or extra column is named."""
    given = {field.name: field.dataType for field in frame.schema.fields}
    missing = [name for name in table.columns if name not in given]
    extra = [name for name in given if name not in table.columns]
    if missing or extra:
        raise ContractError(f"{table.name}: the job's frame lacks {missing} and adds {extra}.")
    declared = {name: parse_type(table.schema[name].type) for name in table.columns}
    # a cast that changes nothing costs calls of the JVM for each column of each commit
    columns = [F.col(name) if given[name] == kind else F.col(name).cast(kind).alias(name) for name, kind in declared.items()]
    return frame.select(columns)


def departures(table: Table, stored: T.StructType) -> list[str]:
    """Columns of either that the other lacks or has in another type; what may be absent is no departure."""
    found = {field.name: field.dataType for field in stored.fields}
    needed = {name: column for name, column in table.schema.items() if name not in absent(table, stored.names)}
    wrong = [name for name, column in needed.items() if found.get(name) != parse_type(column.type)]
    return wrong + ([] if table.open else [name for name in found if name not in table.schema])


def absent(table: Table, stored: list[str]) -> dict[str, Column]:
    """Nulls for optional columns that a derived table was stored without, before its contract had them.

    What is admitted from bronze is not derived: a column that is new there has values that only admission anew can fill in.
    """
    if table.layer not in DERIVED:
        return {}
    lacking = [name for name, column in table.schema.items() if column.nullable and name not in stored]
    return {name: F.lit(None).cast(table.schema[name].type) for name in lacking}


def not_yet_in(frame: DataFrame, stored: DataFrame, columns: list[str]) -> DataFrame:
    """The rows of `frame` that `stored` does not hold with equal values in `columns`."""

    def comparable(side: str, name: str) -> Column:
        column = F.col(f"{side}.`{name}`")
        return F.array_sort(F.map_entries(column)) if isinstance(frame.schema[name].dataType, T.MapType) else column

    equal = [comparable("new", name).eqNullSafe(comparable("stored", name)) for name in columns]
    return frame.alias("new").join(stored.alias("stored"), equal, "left_anti")


def empty(spark: SparkSession, table: Table) -> DataFrame:
    return local_frame(spark, [], table.struct)
