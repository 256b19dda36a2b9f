"""Uniform draws in [0, 1) that depend on a row's own values alone, not on its place."""

from pyspark.sql import Column
from pyspark.sql import functions as F

STEPS = 1_000_003  # prime


def hashed_uniform(*values: str | Column) -> Column:
    """The same for the same values in the same order; another order is another draw."""
    return F.pmod(F.xxhash64(*values), F.lit(STEPS)) / float(STEPS)
