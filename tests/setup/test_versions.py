"""Versions that are known to work together; each of these facts has cost somebody a day."""

import hashlib
import json
import re
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from shelfwise.core.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.lock", "setup/build.lock", "docker/run.lock", "setup/airflow.lock")


def test_spark_and_delta_are_the_pair_that_works() -> None:
    """pyspark 4.2.0 hangs on a Python udf over Parquet; delta-spark 4.4.1 has no jar on Maven Central."""
    assert (version("pyspark"), version("delta-spark")) == ("4.1.4", "4.4.0")
    assert sys.version_info[:2] == (3, 11)


def test_pandas_stays_below_3() -> None:
    """PySpark 4.1 warns on pandas 3."""
    assert version("pandas").startswith("2.")


def test_the_jars_are_the_pinned_ones(settings: Settings) -> None:
    pinned = dict(reversed(line.split()) for line in (ROOT / "setup" / "jars.sha256").read_text().splitlines())
    assert set(pinned) == {"delta-spark_4.1_2.13-4.4.0.jar", "delta-storage-4.4.0.jar"}
    folder = Path(str(settings.spark.jars))
    assert {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in pinned} == pinned


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_file_pins_and_hashes_everything_and_names_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert "://" not in text
    requirements = [entry for entry in re.split(r"\n(?=\S)", text.strip()) if entry]
    assert requirements
    assert [entry for entry in requirements if "==" not in entry or "--hash=sha256:" not in entry] == []


def test_the_image_gets_no_other_versions_than_the_developer() -> None:
    """The image's lock is a part of the whole one, without the developers' tools."""
    whole, image = (
        set(re.findall(r"^\S+==\S+", (ROOT / lock).read_text(), re.MULTILINE)) for lock in ("requirements.lock", "docker/run.lock")
    )
    assert image < whole
    assert not any(requirement.startswith(("pytest==", "mypy==", "ruff==")) for requirement in image)


def test_the_installed_packages_are_the_locked_ones() -> None:
    locked = dict(re.findall(r"^(\S+)==(\S+)", (ROOT / "requirements.lock").read_text(), re.MULTILINE))
    differing = {name: (version(name), pinned) for name, pinned in locked.items() if version(name) != pinned}
    assert json.dumps(differing) == "{}"
