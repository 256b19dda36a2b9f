"""Sums of doubles that come out the same, bit for bit, in whatever order tasks and files are read.

Multiples of 2^-24 add up without rounding as long as the total stays below 2^29 (5e8), so their order does not matter; each
value moves by at most 2^-25 (3e-8). Larger totals are as good as any sum of doubles.
"""

from pyspark.sql import Column
from pyspark.sql import functions as F

STEPS = 2.0**24


def on_grid(values: Column | str) -> Column:
    """The nearest multiple of 2^-24."""
    return F.rint((F.col(values) if isinstance(values, str) else values) * STEPS) / STEPS


def exact_sum(values: Column | str) -> Column:
    return F.sum(on_grid(values))


def exact_mean(values: Column | str) -> Column:
    return F.mean(on_grid(values))
