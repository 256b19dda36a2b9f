"""Frames of few rows: those that the driver has at hand, and those that are much work."""

from collections.abc import Sequence
from typing import Any, cast

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.conversion import LocalDataToArrowConversion
from pyspark.sql.pandas.types import to_arrow_schema
from pyspark.sql.types import StructType


def local_frame(spark: SparkSession, rows: Sequence[Any], schema: StructType | str) -> DataFrame:
    """The rows (tuples in the schema's order, or dicts) as a local relation; `schema` may be DDL. Bound: what the driver holds.

    By Arrow: from a plain list Spark makes an RDD of pickled rows, for which each task that reads them asks a Python worker.
    """
    columns = cast(StructType, StructType.fromDDL(schema)) if isinstance(schema, str) else schema
    if not rows:
        return spark.createDataFrame(pa.Table.from_pylist([], to_arrow_schema(columns)), columns)
    return spark.createDataFrame(LocalDataToArrowConversion.convert(list(rows), columns, False), columns)


def spread_out(frame: DataFrame, *key: str) -> DataFrame:
    """Placed by `key` in as many partitions as a shuffle has: before much work on few rows, which Spark puts into few tasks."""
    spark = frame.sparkSession
    asked = str(spark.conf.get("spark.sql.shuffle.partitions"))  # a number, or auto on Databricks
    return frame.repartition(int(asked) if asked.isdigit() else 2 * spark.sparkContext.defaultParallelism, *key)
