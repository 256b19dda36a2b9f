"""What may keep a write from being committed: a row that the table refuses, or another writer who came first."""

import random
import re
import time
from collections.abc import Callable
from typing import TypeVar

from pyspark.errors import AnalysisException
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shelfwise.core.errors import ContractError
from shelfwise.core.table import Table

W = TypeVar("W")

OUTSIDE = "a row lies outside of what it replaces: "
# what Delta and catalogs say of a write that lost against another one; nothing of it is stored then
OVERTAKEN = re.compile(
    r"\[(DELTA_CONCURRENT_|DELTA_METADATA_CHANGED|DELTA_PROTOCOL_CHANGED|DELTA_CREATE_TABLE_WITH_NON_EMPTY_LOCATION"
    r"|TABLE_OR_VIEW_ALREADY_EXISTS|SCHEMA_ALREADY_EXISTS)"
)
ATTEMPTS = 10
LONGEST_PAUSE = 20.0  # seconds


def again_where_overtaken(write: Callable[[], W]) -> W:
    """What `write` gives, tried anew where another writer was first; each looks at the table as it then is.

    Pauses are drawn from a range that doubles, so that many who wait for one table do not meet again each time.
    """
    for attempt in range(ATTEMPTS - 1):
        try:
            return write()
        except Exception as error:
            if not OVERTAKEN.search(str(error)):
                raise
            time.sleep(random.uniform(0, min(LONGEST_PAUSE, 2.0**attempt)))
    return write()


def within(frame: DataFrame, predicate: str) -> DataFrame:
    """Refuses other rows, as Delta does where it replaces."""
    column = frame.columns[0]
    return frame.withColumn(column, F.when(F.expr(predicate), F.col(f"`{column}`")).otherwise(F.raise_error(OUTSIDE + predicate)))


def broken_constraint(table: Table, error: Exception) -> Exception:
    text = str(error)
    if OUTSIDE in text:
        return ContractError(f"{table.name}: nothing was written: {OUTSIDE}{text.partition(OUTSIDE)[2].splitlines()[0].strip()}")
    if broken := re.search(r"\[(?:DELTA_VIOLATE|DELTA_NOT_NULL|CHECK_CONSTRAINT|NOT_NULL)\w*\][^\n]*", text):
        rule = broken[0].removesuffix(" with values:")
        return ContractError(f"{table.name}: a row breaks the contract, nothing was written: {rule}")
    if isinstance(error, AnalysisException):
        return ContractError(f"{table.name}: {text.splitlines()[0]}")
    return error
