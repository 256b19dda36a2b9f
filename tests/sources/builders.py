"""Bronze frames by hand."""

from datetime import UTC, datetime

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from shelfwise.core.frames import local_frame

NOON = datetime(2018, 1, 1, 12, tzinfo=UTC)


def bronze(spark: SparkSession, schema: str, *rows: tuple[object, ...]) -> DataFrame:
    """Rows as they lie in bronze: the file's own columns and the batch that brought them."""
    came = local_frame(spark, list(rows), schema)
    batch = {"_batch": F.lit(101).cast("long"), "_file": F.lit("in.csv"), "_ingested_at": F.lit(NOON)}
    return came.select("*", *[value.alias(name) for name, value in batch.items()])
