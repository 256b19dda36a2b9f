"""Work on few rows is spread over many tasks."""

import pandas as pd
import pytest
from pyspark import TaskContext

from shelfwise.core.frames import spread_out

OF_A_SHUFFLE = {"spark.sql.adaptive.enabled": "true", "spark.sql.shuffle.partitions": "8"}


@pytest.fixture
def adaptive(spark):
    """As outside of tests: Spark puts small partitions together as it goes."""
    before = {name: spark.conf.get(name) for name in OF_A_SHUFFLE}
    for name, value in OF_A_SHUFFLE.items():
        spark.conf.set(name, value)
    yield spark
    for name, value in before.items():
        spark.conf.set(name, value)


def placed(frame):
    def told(rows: pd.DataFrame) -> pd.DataFrame:
        return pd.DataFrame({"task": [TaskContext.get().partitionId()]})

    return {row["task"] for row in frame.groupBy("key").applyInPandas(told, "task int").collect()}


def test_few_rows_go_to_as_many_tasks_as_a_shuffle_has(adaptive):
    """A hundred keys in eight partitions, which Spark puts together where they are not placed; placed once, not twice."""
    rows = adaptive.range(100).selectExpr("id AS key")
    assert len(placed(rows)) < 8
    spread = spread_out(rows, "key")
    assert len(placed(spread)) == 8
    plan = spread.groupBy("key").applyInPandas(lambda rows: rows, "key long")._jdf.queryExecution().executedPlan().toString()
    assert plan.count("Exchange hashpartitioning") == 1
