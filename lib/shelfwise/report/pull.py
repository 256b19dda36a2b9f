"""The one way from tables to the page: a few rows to the driver, and never more than the caller's bound."""

from typing import Any

from pyspark.sql import DataFrame

Rows = list[dict[str, Any]]


def pull(frame: DataFrame, at_most: int) -> Rows:
    """The first rows of an ordered or small frame, as plain values."""
    return [row.asDict() for row in frame.limit(at_most).collect()]
