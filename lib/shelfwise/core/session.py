"""The only maker of a Spark session; an active one, as in a notebook, is used as it is."""

import ctypes
import os
import signal
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from py4j.java_gateway import JavaPackage, java_import  # type: ignore[import-untyped]  # has no stubs
from pyspark.sql import SparkSession

from shelfwise.core.errors import SettingsError
from shelfwise.core.executors import check_executors
from shelfwise.core.packaged import PACKAGE, packaged
from shelfwise.core.settings import Settings

BLAS = "libblas.so.3"
WITHOUT_BLAS, BLAS_REMEDY = f"There is no {BLAS}: recommendations train more slowly", "'apt-get install libopenblas0-pthread'"
DELTA_CONF = {
    "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
    "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
}
QUERY_CONF = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    # pandas writes nanoseconds, which Spark otherwise refuses to read: one such column would keep a whole file out
    "spark.sql.legacy.parquet.nanosAsLong": "true",
}
REQUIRED_CONF = DELTA_CONF | QUERY_CONF


def start_session(settings: Settings) -> SparkSession:
    """The active session where there is one (with a word where its confs differ), else a new one."""
    if active := SparkSession.getActiveSession():
        _warn_where_different(active)
        return with_delta(active)
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.appName("shelfwise")
    for key, value in session_conf(settings).items():
        builder = builder.config(key, value)
    if settings.spark.master:
        builder = builder.master(settings.spark.master)
    _warn_without_blas()
    with _jvm_output_to(Path(settings.at(settings.spark.log))):
        spark = builder.getOrCreate()
    if threading.current_thread() is threading.main_thread():
        # pyspark's own handler calls the JVM in the middle of another call, which breaks both
        signal.signal(signal.SIGINT, signal.default_int_handler)
    check_executors(with_delta(spark))
    return _with_names(spark)


def _with_names(spark: SparkSession) -> SparkSession:
    """Classes that pyspark asks for all the time by their bare name: the JVM else looks for each in package after package."""
    for name in ("org.apache.spark.api.python.PythonUtils", "org.apache.spark.sql.api.python.PythonSQLUtils"):
        java_import(spark._jvm, name)
    return spark


def with_delta(spark: SparkSession) -> SparkSession:
    """The same; refused where its JVM, which spark-submit or a notebook may have started, has no Delta Lake."""
    if isinstance(java_class(spark, "io.delta.tables.DeltaTable"), JavaPackage):
        remedy = "give spark-submit --jars with the jars that 'make setup' put into .jars, or install Delta on the cluster"
        raise SettingsError(f"Spark was started without Delta Lake: {remedy}.")
    return spark


def make_active(spark: SparkSession) -> None:
    """A thread of its own has no active session, which Delta, MLflow and the sources look for."""
    java_class(spark, "org.apache.spark.sql.classic.SparkSession").setActiveSession(spark._jsparkSession)


def java_class(spark: SparkSession, name: str) -> Any:
    """A class of the driver's JVM by its full name: one question, where name by name each package is sought in every jar."""
    return getattr(spark._jvm, name)


def session_conf(settings: Settings) -> dict[str, str]:
    """Every Spark conf of a new session; the required ones can't be overridden."""
    spark = settings.spark
    conf = {key: _as_text(value) for key, value in spark.conf.items()}
    if spark.jars:
        conf["spark.jars"] = ",".join(_delta_jars(Path(spark.jars)))
    if spark.driver_memory:
        conf["spark.driver.memory"] = spark.driver_memory
    if spark.master and spark.master.startswith("local"):
        log = Path(settings.at(spark.log)).resolve()
        options = f"-Dlog4j2.configurationFile={_uri('log4j2.properties')} -Dshelfwise.layout={_uri('log_layout.json')}"
        options = f"{options} -Dshelfwise.log={log}"
        conf["spark.driver.extraJavaOptions"] = f"{conf.get('spark.driver.extraJavaOptions', '')} {options}".strip()
        # workers of this machine find this package wherever the driver did, be it a folder or a zip
        conf.setdefault("spark.executorEnv.PYTHONPATH", str(PACKAGE.parent))
        conf.setdefault("spark.python.daemon.module", "shelfwise.core.daemon")
    return conf | REQUIRED_CONF


def _delta_jars(folder: Path) -> list[str]:
    jars = sorted(str(jar.resolve()) for jar in folder.glob("delta-*.jar"))
    if not jars:
        raise SettingsError(f"No Delta jars in {folder.resolve()}: run 'make setup', or set spark.jars to their folder.")
    return jars


def _uri(name: str) -> str:
    return packaged(f"core/{name}").as_uri()


def _as_text(value: str | int | float | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _warn_where_different(spark: SparkSession) -> None:
    # Databricks has Delta built in, without these two
    expected = QUERY_CONF if "DATABRICKS_RUNTIME_VERSION" in os.environ else REQUIRED_CONF
    differing = {key: want for key, want in expected.items() if (spark.conf.get(key, None) or "") != want}
    if differing:
        wanted = ", ".join(f"{key}={value}" for key, value in differing.items())
        warnings.warn(f"The active Spark session is used as it is, but Shelfwise expects {wanted}", stacklevel=3)


@cache
def _warn_without_blas() -> None:
    """Once per process: Spark's own linear algebra is 1.2 to 1.4 times slower in the recommender."""
    if not has_blas():
        warnings.warn(f"{WITHOUT_BLAS}; {BLAS_REMEDY} mends it.", stacklevel=3)


def has_blas() -> bool:
    try:
        ctypes.CDLL(BLAS)
    except OSError:
        return False
    return True


@contextmanager
def _jvm_output_to(log: Path) -> Iterator[None]:
    """The JVM inherits our standard error when it starts: for that moment point it beside the log, all of whose lines are JSON."""
    log.parent.mkdir(parents=True, exist_ok=True)
    sys.stderr.flush()
    kept = os.dup(2)
    with log.with_suffix(".out").open("ab") as sink:
        os.dup2(sink.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
