"""Can the executors of a cluster run this package? Asked before a job's first stage."""

import socket
import sys
from collections.abc import Iterable, Iterator
from importlib.util import find_spec

from py4j.protocol import Py4JJavaError  # type: ignore[import-untyped]  # has no stubs
from pyspark.sql import SparkSession

from shelfwise.core.errors import SettingsError

# what tasks import; the driver's other packages are not needed there
NEEDED = ("numpy", "pandas", "pyarrow", "scipy", "statsforecast", "xgboost")
VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
REMEDIES = {
    "No module named 'shelfwise'": "don't know Shelfwise: give spark-submit --py-files dist/shelfwise.zip, which 'make dist' makes",
    "PYTHON_VERSION_MISMATCH": f"run another Python than the driver, whose is {VERSION}: set PYSPARK_PYTHON, or"
    " spark.pyspark.python, to where that version is on every machine",
    "Cannot run program": "have no such Python: set PYSPARK_PYTHON, or spark.pyspark.python, to where it is on every machine;"
    " the driver's is " + sys.executable,
}


def check_executors(spark: SparkSession) -> None:
    """Raises SettingsError with the remedy. One task or more on each executor that has come by then; on one machine none."""
    context = spark.sparkContext
    if str(context.master).startswith("local"):
        return
    tasks = 2 * context.defaultParallelism
    try:
        told = context.parallelize(range(tasks), tasks).mapPartitions(lacking).distinct().collect()
    except Py4JJavaError as error:
        said = str(error.java_exception)
        for sign, remedy in REMEDIES.items():
            if sign in said:
                raise SettingsError(f"The executors {remedy}.") from error
        raise
    if told:
        host, name = min(told)
        where = f"'{name}' is missing on {host} (found {len(told)} such in all)"
        raise SettingsError(f"An executor lacks a package: {where}. Install docker/run.lock on every machine.")


def lacking(_: Iterable[int]) -> Iterator[tuple[str, str]]:
    """Host and name of each package that is not here."""
    yield from ((socket.gethostname(), name) for name in NEEDED if find_spec(name) is None)
