"""Every line of the log is a JSON object that says which job, as_of and batch it is about, whoever wrote it."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pyspark.logger import SPARK_LOG_SCHEMA
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from shelfwise.core.admission import FILES
from shelfwise.core.gate import admit_pending
from shelfwise.core.job import Job, Write
from shelfwise.core.journal import about, log_to, note
from shelfwise.core.lake import Lake
from shelfwise.core.settings import Settings
from tests.core.test_runner import made, numbers, run
from tests.core.tiny import ADD_UP, DAY, FAIL, MULTIPLY, NUMBERS, TOTALS

NOTHING = {"job": "", "as_of": "", "batch": ""}


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    log_to(tmp_path / "logs" / "spark.log")
    yield tmp_path / "logs" / "spark.log"
    root = logging.getLogger()
    for handler in [handler for handler in root.handlers if handler.get_name() == "shelfwise"]:
        root.removeHandler(handler)
        handler.close()


def lines(log: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.read_text().splitlines()]


def test_a_run_tells_how_each_job_ended_with_its_as_of(spark: SparkSession, tmp_path: Path, log: Path) -> None:
    """Two ran, then one failed with its stack, then the two were skipped; moments are UTC, as Spark writes them."""
    runner = made(spark, tmp_path)
    numbers(runner.lake, 1, 2)
    run(runner, MULTIPLY, ADD_UP, FAIL)
    run(runner)
    told = [(line["context"]["job"], line["context"]["as_of"], line["msg"], line["level"]) for line in lines(log)]
    assert told == [
        ("multiply", str(DAY), "ran", "INFO"),
        ("add_up", str(DAY), "ran", "INFO"),
        ("fail", str(DAY), "failed: ZeroDivisionError: no total can be divided by nothing", "ERROR"),
        ("multiply", str(DAY), "skipped", "INFO"),
        ("add_up", str(DAY), "skipped", "INFO"),
    ]
    first, _, failed, *_ = lines(log)
    assert first["context"] | {"seconds": ""} == {
        "job": "multiply",
        "as_of": str(DAY),
        "batch": "",
        "output": "features.doubles",
        "rows": "2",
        "seconds": "",
    }
    assert "divide_by_zero" in {frame["method"] for frame in failed["exception"]["stacktrace"]}


def test_a_library_that_warns_inside_a_job_is_told_with_the_job_and_outside_with_none(spark: SparkSession, log: Path) -> None:
    with about(spark, job="multiply", as_of=DAY):
        with about(spark, batch=101):
            logging.getLogger("some.library").warning("slow")
        logging.getLogger("some.library").info("nobody asked")
        note(logging.INFO, "half", rows=7)
    logging.getLogger("some.library").error("broken")
    assert [(line["msg"], line["context"]) for line in lines(log)] == [
        ("slow", {"job": "multiply", "as_of": str(DAY), "batch": "101"}),
        ("half", {"job": "multiply", "as_of": str(DAY), "batch": "", "rows": "7"}),
        ("broken", NOTHING),
    ]


def test_an_admitted_batch_is_told_with_its_number_and_counts(lake: Lake, log: Path) -> None:
    """Of two numbers one has no day and is quarantined."""
    spark = lake.spark
    kinds = "'sales' AS kind, 'a' AS path, 1L AS size, TIMESTAMP'2017-10-29' AS modified_at, CAST(NULL AS string) AS content"
    rest = "101L AS batch, 'landed' AS status, CAST(NULL AS string) AS reason, CAST(NULL AS array<string>) AS added_columns"
    lake.replace(FILES, spark.sql(f"SELECT {kinds}, {rest}"))

    def offer(kind: str, batch: int) -> DataFrame:
        rows = spark.sql("SELECT * FROM VALUES (1L, DATE'2017-10-29'), (2L, NULL) AS t(number, seen_on)")
        came = "101L AS _batch, 'a' AS _file, TIMESTAMP'2017-10-29' AS _ingested_at, '{}' AS raw"
        return rows.selectExpr("*", *came.split(", "), "CAST(array() AS array<string>) AS broken")

    with about(spark, job="ingest_numbers", as_of=DAY):
        admit_pending(lake, NUMBERS, ["sales"], offer, last_wins=False)
    (line,) = lines(log)
    figures = {"output": "silver.numbers", "read": "2", "accepted": "1", "quarantined": "1", "duplicates": "0"}
    assert line["context"] == {"job": "ingest_numbers", "as_of": str(DAY), "batch": "101"} | figures


def test_the_jvms_lines_are_json_too_and_name_the_job_of_the_thread_and_of_its_tasks(
    spark: SparkSession, settings: Settings, tmp_path: Path
) -> None:
    """A task that fails is warned of by the executor. All lines of the session's log can be read by Spark's own schema."""
    runner = made(spark, tmp_path)
    failing = F.raise_error(F.concat(F.lit("task of "), F.col("id").cast("string")))

    def break_a_task() -> DataFrame:
        jvm: Any = spark._jvm
        jvm.org.apache.logging.log4j.LogManager.getLogger("driver").error("from the driver's thread")
        return spark.range(1).select(F.when(F.col("id") == 0, failing).cast("long").alias("total"))

    run(runner, Job("break_a_task", {}, TOTALS, break_a_task, Write.REPLACE))
    log = Path(settings.spark.log)
    told = [line for line in lines(log) if "break_a_task" in json.dumps(line["context"])]
    assert {(line["logger"] == "driver", bool(line["context"]["task"])) for line in told} >= {(True, False), (False, True)}
    for line in told:
        assert (line["context"]["job"], line["context"]["as_of"], line["context"]["batch"]) == ("break_a_task", str(DAY), "")
    assert [name for line in lines(log) for name in NOTHING if name not in line["context"]] == []
    read = spark.read.schema(SPARK_LOG_SCHEMA).option("mode", "FAILFAST").json(str(log))
    assert read.where("ts IS NULL OR level IS NULL OR msg IS NULL").count() == 0
