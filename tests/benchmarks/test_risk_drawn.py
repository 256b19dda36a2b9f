"""What the risk benchmark draws is what the jobs take."""

from types import ModuleType

import pytest
from pyspark.sql import SparkSession

from shelfwise.contracts.gold.risk import EXPOSURE
from shelfwise.risk.futures import FutureParams
from shelfwise.risk.scenarios import simulate_losses
from tests.benchmarks.conftest import benchmark


@pytest.fixture(scope="module")
def risk() -> ModuleType:
    return benchmark("risk")


def test_drawn_items_and_customers_lose_in_every_scenario(spark: SparkSession, risk: ModuleType) -> None:
    exposure, errors, credit = risk.drawn(spark, 40)
    assert exposure.columns == list(EXPOSURE.columns)
    lost = simulate_losses(exposure, errors, credit, params=FutureParams(scenarios=50), as_of=risk.AS_OF)
    kinds = {row["name"]: row["losses"] for row in lost.where("scope = 'kind'").collect()}
    assert all(len(each) == 50 for each in kinds.values())
    assert any(kinds["demand"])
    assert any(kinds["receivables"])
