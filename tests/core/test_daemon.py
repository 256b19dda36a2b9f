"""Python workers look for modules in folders only, unless an archive is all there is."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pyspark
import pytest
from pyspark.sql import SparkSession

from shelfwise.core.daemon import without_archives

SITE = Path(pyspark.__file__).parents[1]
CORE = "/spark/jars/spark-core.jar"


def zipped(python: Path) -> str:
    return str(python / "lib" / "pyspark.zip")


@pytest.fixture
def unpacked(tmp_path: Path) -> Path:
    """The Python side of a Spark as its own download lays it out."""
    (tmp_path / "pyspark").mkdir()
    (tmp_path / "pyspark" / "__init__.py").touch()
    return tmp_path


def test_the_zip_inside_an_installed_pyspark_goes_and_so_does_the_jar() -> None:
    others = ["/spark/python/lib/py4j-src.zip", "/jobs/shelfwise.zip", str(SITE)]
    assert without_archives([zipped(SITE / "pyspark" / "python"), CORE, *others]) == others


def test_the_zip_beside_an_unpacked_pyspark_goes(unpacked: Path) -> None:
    assert without_archives([str(unpacked), zipped(unpacked)]) == [str(unpacked)]


def test_another_sparks_zip_stays_where_it_is(unpacked: Path) -> None:
    path = [zipped(Path("/other/python")), str(unpacked)]
    assert without_archives([*path, CORE]) == path


def test_where_only_the_zip_holds_pyspark_it_stays(tmp_path: Path) -> None:
    path = [zipped(tmp_path), str(tmp_path)]
    assert without_archives([*path, CORE]) == path


def test_the_sessions_workers_have_no_archive_of_sparks_on_their_path(spark: SparkSession) -> None:
    def entries(frames: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        import sys

        for _ in frames:
            yield pd.DataFrame({"entry": sys.path})

    path = [row.entry for row in spark.range(1).mapInPandas(entries, "entry string").collect()]
    assert path
    assert not [entry for entry in path if entry.endswith((".jar", "pyspark.zip"))]
