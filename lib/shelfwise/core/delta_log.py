"""What was committed last to a Delta table, without a Spark job: a run asks for hundreds of versions."""

import json
from typing import Any

from py4j.protocol import Py4JError  # type: ignore[import-untyped]  # py4j ships no types
from pyspark.sql import SparkSession

from shelfwise.core.session import java_class


def newest_snapshot(spark: SparkSession, path: str) -> Any:
    """The table's newest snapshot; None on platforms that hide it."""
    try:
        none = java_class(spark, "scala.Option").empty()
        logs = java_class(spark, "org.apache.spark.sql.delta.DeltaLog")
        return logs.forTable(spark._jsparkSession, path).update(False, none, none)
    except (AttributeError, TypeError, Py4JError):
        return None


def rows_written(spark: SparkSession, snapshot: Any) -> int:
    """By the snapshot's own commit, from its file in the log."""
    log = snapshot.deltaLog()
    path = java_class(spark, "org.apache.hadoop.fs.Path")(snapshot.path(), f"{int(snapshot.version()):020d}.json")
    actions = [json.loads(line) for line in log.store().read(path, log.newDeltaHadoopConf()).mkString("\n").splitlines()]
    commit = next(action["commitInfo"] for action in actions if "commitInfo" in action)
    return int(commit.get("operationMetrics", {}).get("numOutputRows", 0))
