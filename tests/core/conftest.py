"""A lake of its own for each test, and the smallest contract to try it on."""

from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from shelfwise.core.lake import Lake
from shelfwise.core.settings import Settings
from tests.conftest import settings_under


@pytest.fixture
def own_settings(tmp_path: Path) -> Settings:
    return settings_under(tmp_path)


@pytest.fixture
def lake(spark: SparkSession, own_settings: Settings) -> Lake:
    return Lake(spark, own_settings)
