"""One Spark session for the whole run: a start costs more than most tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from shelfwise.core.session import start_session
from shelfwise.core.settings import Settings, load_settings


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Local settings with every path below one temporary folder."""
    root = tmp_path_factory.mktemp("shelfwise")
    return settings_under(root)


def settings_under(root: Path, *sets: str, source: str | None = None) -> Settings:
    paths = (
        f"lake.root={root}/lake",
        f"lake.personal_root={root}/personal",
        f"spark.log={root}/spark.log",
        f"mlflow.tracking_uri=sqlite:///{root}/mlflow.db",
        f"mlflow.artifacts={root}/artifacts",
        f"pseudonyms.key_file={root}/secrets/pseudonym.key",
        f"report={root}/report.html",
        "spark.master=local[2]",
        "spark.driver_memory=2g",
        "spark.conf.spark.sql.shuffle.partitions=2",
    )
    return load_settings("local", (*paths, *sets), source=source)


@pytest.fixture(scope="session")
def spark(settings: Settings) -> Iterator[SparkSession]:
    session = start_session(settings)
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()
