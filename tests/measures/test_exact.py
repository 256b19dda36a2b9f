"""Sums that no order of rows can move."""

import numpy as np
import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from shelfwise.core.frames import local_frame
from shelfwise.measures.exact import exact_mean, exact_sum, on_grid


@pytest.fixture(scope="module")
def drawn(spark: SparkSession) -> list[float]:
    return np.random.default_rng(7).lognormal(0.0, 4.0, 5_000).tolist()


def one_task(spark: SparkSession, values: list[float]) -> DataFrame:
    return local_frame(spark, [(value,) for value in values], "x double").coalesce(1)


def test_a_value_moves_to_the_nearest_multiple_of_a_16777216th(spark: SparkSession) -> None:
    """.1 * 2^24 = 1677721.6, so 1677722 / 2^24; -.1 mirrors it; 3.25 is a multiple; null stays null."""
    rows = local_frame(spark, [(0.1,), (-0.1,), (3.25,), (None,)], "x double").select(on_grid(F.col("x")).alias("y")).collect()
    assert [row["y"] for row in rows] == [1677722 / 2**24, -1677722 / 2**24, 3.25, None]


def test_sums_and_means_are_equal_bit_for_bit_in_any_order(spark: SparkSession, drawn: list[float]) -> None:
    """Spark's own sum is not, which is why these are there."""
    x = F.col("x")
    found = [
        one_task(spark, values).agg(F.sum(x).alias("plain"), exact_sum(x).alias("sum"), exact_mean(x).alias("mean")).first()
        for values in (drawn, drawn[::-1], sorted(drawn))
    ]
    assert len({row["sum"] for row in found if row}) == len({row["mean"] for row in found if row}) == 1
    assert len({row["plain"] for row in found if row}) > 1


def test_large_totals_are_exact_too(spark: SparkSession) -> None:
    """Squares of units of wholesale orders: 3,000 values of some 1e9 and 3,000 small ones make 3e12, far above 2^29."""
    rng = np.random.default_rng(8)
    values = [*(rng.lognormal(20.0, 1.0, 3_000)).tolist(), *rng.uniform(0, 1, 3_000).tolist()]
    orders = (values, values[::-1], sorted(values))
    assert len({one_task(spark, order).agg(exact_sum(F.col("x"))).collect()[0][0] for order in orders}) == 1


def test_a_sum_is_off_by_at_most_half_a_step_per_row(spark: SparkSession, drawn: list[float]) -> None:
    (row,) = one_task(spark, drawn).agg(exact_sum(F.col("x")).alias("sum"), exact_mean(F.col("x")).alias("mean")).collect()
    assert row["sum"] == pytest.approx(sum(drawn), abs=len(drawn) * 2.0**-25)
    assert row["mean"] == pytest.approx(sum(drawn) / len(drawn), abs=2.0**-25)
