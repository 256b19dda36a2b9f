"""Frames of a few rows without a Python worker, whose start would take longer than the test."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import types as T
from pyspark.sql.pandas.types import to_arrow_schema


def frame_of(spark: SparkSession, ddl: str, rows: Sequence[Sequence[Any]]) -> DataFrame:
    """The rows as columns of the types that `ddl` names."""
    schema = T.StructType.fromDDL(ddl)
    columns = [[_entries(row[index]) for row in rows] for index in range(len(schema))]
    arrow = to_arrow_schema(schema)
    return spark.createDataFrame(pa.table([pa.array(c, f.type) for c, f in zip(columns, arrow, strict=True)], arrow), schema)


def _entries(value: Any) -> Any:
    return list(value.items()) if isinstance(value, dict) else value
