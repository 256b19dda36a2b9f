"""Sums of doubles that come out the same, bit for bit, in whatever order tasks and files are read.

Whole numbers add up without rounding below 2^53 (9e15), and so do multiples of 2^-24 below 2^29 (5e8): a value is taken apart into
its nearest whole number and the rest, at most a half either way, which moves to the nearest multiple of 2^-24. So the order does
not matter for totals up to 9e15 of up to 1e9 rows, and each value moves by at most 2^-25 (3e-8).
"""

from pyspark.sql import Column
from pyspark.sql import functions as F

STEPS = 2.0**24
FINER = 2.0**20


def on_grid(values: Column) -> Column:
    """The nearest multiple of 2^-24."""
    return F.rint(values * STEPS) / STEPS


def exact_sum(values: Column) -> Column:
    whole = F.rint(values)
    return F.sum(whole) + F.sum(on_grid(values - whole))


def exact_mean(values: Column) -> Column:
    return F.try_divide(exact_sum(values), F.count(values))


def fine_mean(values: Column) -> Column:
    """Of values below 1,000: each moves by at most 2^-45 (3e-14)."""
    return exact_mean(values * FINER) / FINER
