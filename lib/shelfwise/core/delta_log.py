"""What was committed last to a Delta table, without a Spark job: a run asks for hundreds of versions."""

import json
from typing import Any

from py4j.protocol import Py4JError, Py4JJavaError  # type: ignore[import-untyped]  # py4j ships no types
from pyspark.sql import SparkSession

from shelfwise.core.session import java_class

UPKEEP = ("OPTIMIZE", "VACUUM START", "VACUUM END")  # commits that leave every row as it is


def newest_snapshot(spark: SparkSession, path: str) -> Any:
    """The table's newest snapshot; None on platforms that hide it."""
    try:
        none = java_class(spark, "scala.Option").empty()
        logs = java_class(spark, "org.apache.spark.sql.delta.DeltaLog")
        return logs.forTable(spark._jsparkSession, path).update(False, none, none)
    except (AttributeError, TypeError, Py4JError):
        return None


def last_change(spark: SparkSession, snapshot: Any) -> tuple[int, int]:
    """Version and rows of the newest commit that was no upkeep; where the log no longer tells, of the oldest upkeep since."""
    version = int(snapshot.version())
    commit = _commit(spark, snapshot, version)
    while commit.get("operation") in UPKEEP and (earlier := _commit(spark, snapshot, version - 1)):
        version, commit = version - 1, earlier
    return version, int(commit.get("operationMetrics", {}).get("numOutputRows", 0))


def _commit(spark: SparkSession, snapshot: Any, version: int) -> dict[str, Any]:
    """What a commit says of itself, from its file in the log; nothing where the log has been cleaned of it."""
    log = snapshot.deltaLog()
    path = java_class(spark, "org.apache.hadoop.fs.Path")(snapshot.path(), f"{version:020d}.json")
    try:
        lines = log.store().read(path, log.newDeltaHadoopConf()).mkString("\n").splitlines()
    except Py4JJavaError as error:
        if "FileNotFoundException" in error.java_exception.getClass().getName():
            return {}
        raise
    return next((action["commitInfo"] for action in map(json.loads, lines) if "commitInfo" in action), {})
