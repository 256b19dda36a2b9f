"""The hand-made shop's tables, and the same without a row."""

import pytest
from pyspark.sql import DataFrame, SparkSession

from tests.report.proposed import PROPOSED
from tests.report.risked import RISKED
from tests.report.shop import CONTENT, frame_of


@pytest.fixture(scope="session")
def tables(spark: SparkSession) -> dict[str, DataFrame]:
    return {name: frame_of(spark, table, rows).cache() for name, (table, rows) in (CONTENT | PROPOSED | RISKED).items()}


@pytest.fixture(scope="session")
def empty_tables(spark: SparkSession) -> dict[str, DataFrame]:
    return {name: frame_of(spark, table, []) for name, (table, _) in (CONTENT | PROPOSED | RISKED).items()}
