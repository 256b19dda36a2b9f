"""Small files are joined, old ones deleted, and no job has anything to do again for it."""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from shelfwise.core import upkeep
from shelfwise.core.errors import SettingsError
from shelfwise.core.lake import Lake
from shelfwise.core.settings import load_settings
from shelfwise.core.table import admitted
from shelfwise.core.upkeep import MAINTENANCE, Upkeep, maintain
from tests.core.test_runner import made, numbers, run, states
from tests.core.tiny import DOUBLES, NUMBERS, TOTALS

NOW = datetime.now(UTC)


def looked_after(lake: Lake, *, days_later: int = 0) -> list[Upkeep]:
    return list(maintain(lake, [NUMBERS, DOUBLES, TOTALS], keep_days=30, now=NOW + timedelta(days=days_later)))


def files(lake: Lake) -> int:
    return len(lake.read(NUMBERS).inputFiles())


def scattered(lake: Lake, count: int) -> None:
    """One number in each file."""
    listed = ", ".join(f"({value}L, DATE'2017-10-29')" for value in range(count))
    lake.replace(NUMBERS, lake.spark.sql(f"SELECT * FROM VALUES {listed} AS t(number, seen_on)").repartition(count, "number"))
    for value in range(count, count + 17):
        lake.append(NUMBERS, lake.spark.sql(f"SELECT {value}L AS number, DATE'2017-10-29' AS seen_on"))


def test_many_small_files_become_one_and_few_stay_as_they_are(lake: Lake) -> None:
    """17 appends are 17 files and more, over the 16 that are too many; the other tables don't exist and are passed over."""
    scattered(lake, 1)
    before = files(lake)
    (first,) = looked_after(lake)
    assert (first.table, first.files_before, first.files_after, files(lake)) == ("silver.numbers", before, 1, 1)
    (second,) = looked_after(lake)
    assert not second.did_something
    assert [row["files_before"] for row in lake.read(MAINTENANCE).collect()] == [before]
    assert lake.read(NUMBERS).count() == 18


def test_columns_beside_the_contract_are_none_of_its_business(lake: Lake) -> None:
    """Admitted tables are stored with those of their batch."""
    stored = admitted(NUMBERS)
    one = "1L AS number, DATE'2017-10-29' AS seen_on, 101L AS _batch, 'a.csv' AS _file, TIMESTAMP'2017-10-29' AS _ingested_at"
    for _ in range(17):
        lake.append(stored, lake.spark.sql(f"SELECT {one}"))
    (done,) = looked_after(lake)
    assert (done.files_before, done.files_after, lake.read(NUMBERS).columns) == (17, 1, stored.columns)


def test_upkeep_leaves_jobs_nothing_to_do_and_a_write_after_it_does(spark: SparkSession, tmp_path: Path) -> None:
    """The version that readers have read still counts as the newest, in this process and the next; merging nothing is no write."""
    first = made(spark, tmp_path)
    scattered(first.lake, 1)
    run(first)
    before = first.lake.version(NUMBERS)
    looked_after(first.lake)
    assert first.lake.history(NUMBERS).first()["operation"] == "OPTIMIZE"  # type: ignore[index]
    assert first.lake.version(NUMBERS) == before
    assert first.lake.merge(NUMBERS, first.lake.read(NUMBERS)).version == before
    second = made(spark, tmp_path)
    assert states(run(second)) == [("multiply", "skipped"), ("add_up", "skipped")]
    numbers(second.lake, 1, 2)
    assert states(run(second)) == [("multiply", "ran"), ("add_up", "ran")]


def test_files_of_replaced_versions_are_deleted_when_they_are_old_enough(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    """A young table's folder is not even listed. The clock of VACUUM is the file's own: its time is set back by 31 days."""
    numbers(lake, 1)
    (old,) = (Path(path.removeprefix("file:")) for path in lake.read(NUMBERS).inputFiles())
    numbers(lake, 2)
    assert looked_after(lake)[0].deleted == 0
    removed_long_ago(lake)
    before = lake.version(NUMBERS)
    (done,) = looked_after(lake, days_later=31)
    assert (done.deleted, old.exists(), done.did_something) == (1, False, True)
    assert lake.version(NUMBERS) == before
    assert [row["number"] for row in lake.read(NUMBERS).collect()] == [2]
    assert looked_after(lake, days_later=31)[0].deleted == 0
    assert [row["deleted"] for row in lake.read(MAINTENANCE).collect()] == [1]


def removed_long_ago(lake: Lake) -> None:
    """In the log, where the removal of a file is dated, and on disk."""
    folder = Path(lake.path(NUMBERS))
    long_ago = int((NOW - timedelta(days=31)).timestamp())
    for log in sorted((folder / "_delta_log").glob("*.json")):
        actions = [json.loads(line) for line in log.read_text().splitlines()]
        for action in actions:
            if "remove" in action:
                action["remove"]["deletionTimestamp"] = long_ago * 1000
        log.write_text("\n".join(json.dumps(action) for action in actions) + "\n")
    for crc in (folder / "_delta_log").glob("*.crc"):
        crc.unlink()
    for crc in (folder / "_delta_log").glob(".*.crc"):
        crc.unlink()
    for data in folder.glob("*.parquet"):
        os.utime(data, (long_ago, long_ago))
    lake.spark._jvm.org.apache.spark.sql.delta.DeltaLog.clearCache()  # type: ignore[union-attr]


def test_less_than_a_week_is_refused_by_the_settings() -> None:
    with pytest.raises(SettingsError, match=r"lake\.keep_days' = 6"):
        load_settings("local", ["lake.keep_days=6"])


def test_sizes_are_asked_of_the_session_during_the_join_only(lake: Lake) -> None:
    scattered(lake, 1)
    looked_after(lake)
    assert [lake.spark.conf.get(name, "7") for name in upkeep.AIMS] == ["7", "7"]
