"""Frames as functions over pandas declare them."""

from pyspark.sql import DataFrame


def typed(frame: DataFrame) -> str:
    """Its columns as a schema in words, to which a function appends its own."""
    return ", ".join(f"{field.name} {field.dataType.simpleString()}" for field in frame.schema.fields)
