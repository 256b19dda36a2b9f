"""Would liquid clustering by item pay, for those who look up one item and for the jobs that read whole tables?

    .venv/bin/python benchmarks/clustering.py [SOURCE]

Protocol: two of the larger tables of the last run (a row per sales line; per item and week) are copied as they were written, and
again clustered by item and optimized, in files of at most 8 MB, so that there is something to pass over. In one session, medians of
five turns after one that does not count: the rows of one item, and units by day or week over the whole table, as a job reads it.
Files and rows that the scan has read are Spark's own counts. Nothing is judged: docs/decisions/0023 says what follows.
Each line: NAME value goal PASS|FAIL.
"""

import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from lines import Line, said
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from shelfwise.contracts.tables import ALL
from shelfwise.core.lake import Lake
from shelfwise.core.session import start_session
from shelfwise.core.settings import load_settings

TABLES = {"silver.sales_lines": ("sold_on", "quantity"), "features.item_week": ("week", "units")}
AIMS = {"maxFileSize": 8 << 20, "minFileSize": 8 << 20}
TURNS = 5
RESULTS = Path(__file__).parent / "results" / "clustering.json"


def main(source: str = "completejourney") -> int:
    settings = load_settings("local", source=source)
    spark = start_session(settings)
    for name, size in AIMS.items():
        spark.conf.set(f"spark.databricks.delta.optimize.{name}", size)
    lake = Lake(spark, settings)
    with tempfile.TemporaryDirectory() as folder:
        lines = [line for name in TABLES for line in judged(lake, name, Path(folder))]
    return said(lines, RESULTS)


def judged(lake: Lake, name: str, folder: Path) -> list[Line]:
    written, clustered = folder / f"{name}.written", folder / f"{name}.clustered"
    shutil.copytree(lake.path(ALL[name]), written)
    began = time.monotonic()
    lay_clustered(lake.spark, written, clustered)
    cost = time.monotonic() - began
    item = lake.spark.read.format("delta").load(str(written)).groupBy("item_id").count().orderBy(F.desc("count"), "item_id")
    chosen = item.offset(1000).limit(1).collect()[0]["item_id"]
    found = {way: looked_at(lake.spark, path, name, chosen) for way, path in (("written", written), ("clustered", clustered))}
    lines: list[Line] = [(f"{name}: seconds to cluster a copy", cost, "for comparison", True)]
    for what in found["written"]:
        before, after = (found[way][what] for way in ("written", "clustered"))
        lines += [
            (f"{name}: {what} as written", before, "for comparison", True),
            (f"{name}: {what} clustered", after, "for comparison", True),
        ]
    return lines


def lay_clustered(spark: SparkSession, source: Path, target: Path) -> None:
    columns = ", ".join(
        f"`{field.name}` {field.dataType.simpleString()}" for field in spark.read.format("delta").load(str(source)).schema
    )
    spark.sql(f"CREATE TABLE delta.`{target}` ({columns}) USING delta CLUSTER BY (item_id)")
    spark.read.format("delta").load(str(source)).write.format("delta").mode("append").save(str(target))
    spark.sql(f"OPTIMIZE delta.`{target}` FULL")


def looked_at(spark: SparkSession, path: Path, name: str, item: str) -> dict[str, float]:
    day, units = TABLES[name]
    table = spark.read.format("delta").load(str(path))
    one = table.where(F.col("item_id") == item)
    whole = table.groupBy(day).agg(F.sum(units).alias("units"))
    files, rows = read_by(one)
    return {
        "files": len(table.inputFiles()),
        "files read for one item": files,
        "rows read for one item": rows,
        "seconds for one item": seconds(one.collect),
        "seconds for all": seconds(whole.collect),
    }


def read_by(frame: DataFrame) -> tuple[int, int]:
    """Files and rows that the scan has read, of a plan with one scan."""
    counted = frame.selectExpr("*")
    counted.collect()
    plan: Any = counted._jdf.queryExecution().executedPlan()
    scan = plan.collectLeaves().head()
    return int(scan.metrics().apply("numFiles").value()), int(scan.metrics().apply("numOutputRows").value())


def seconds(work: Callable[[], object]) -> float:
    taken = []
    for _ in range(TURNS + 1):
        began = time.monotonic()
        work()
        taken.append(time.monotonic() - began)
    return median(taken[1:])


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
