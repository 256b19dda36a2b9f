"""The lake in a catalog instead of under a root: Spark's own one, in memory, whose tables are Delta's. Nothing else differs."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from shelfwise.core import commits
from shelfwise.core.commits import ATTEMPTS, again_where_overtaken
from shelfwise.core.frames import local_frame
from shelfwise.core.job import Write
from shelfwise.core.lake import Lake
from shelfwise.core.models import Models
from shelfwise.core.runner import Runner
from shelfwise.core.runs import RUNS, RunLog
from shelfwise.core.session import make_active
from shelfwise.core.table import Table
from tests.conftest import settings_under
from tests.core.tiny import ADD_UP, DAY, DOUBLES, MULTIPLY, NUMBERS, TOTALS, TinyShop

BY_KEY = replace(TOTALS, name="gold.totals_by_key")
JOBS = [MULTIPLY, ADD_UP, replace(ADD_UP, name="add_up_by_key", writes=BY_KEY, how=Write.MERGE)]
OVERTAKEN = "[DELTA_CONCURRENT_APPEND.WITHOUT_HINT] Transaction conflict detected."


@pytest.fixture(scope="module")
def work(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder, below which the catalog keeps its schemas too."""
    folder = tmp_path_factory.mktemp("catalog")
    layers = ("silver", "features", "gold", "ops")
    for layer in layers:
        spark.sql(f"CREATE SCHEMA {layer} LOCATION '{folder}/warehouse/{layer}'")
    yield folder
    for layer in layers:
        spark.sql(f"DROP SCHEMA {layer} CASCADE")


def runner(spark: SparkSession, root: Path, *sets: str) -> Runner:
    settings = settings_under(root, *sets)
    lake = Lake(spark, settings)
    return Runner(spark, settings, TinyShop(), DAY, lake, Models(settings), RunLog(lake))


def ran(spark: SparkSession, root: Path, *sets: str) -> list[tuple[str, str, int | None]]:
    """As a new process would: what each job did, and the rows that it wrote."""
    reports = runner(spark, root, *sets).run(JOBS, force=False, tell=lambda *_: None)
    return [(report.job, report.state, report.rows) for report in reports]


@pytest.fixture(scope="module")
def both(spark: SparkSession, work: Path) -> tuple[Lake, Lake]:
    """The numbers 1 and 2, doubled and added up, in a catalog and under a root."""
    lakes = []
    for sets in (("lake.catalog=spark_catalog",), ()):
        lake = runner(spark, work, *sets).lake
        lake.replace(NUMBERS, spark.sql(f"SELECT * FROM VALUES (1L, DATE'{DAY}'), (2L, DATE'{DAY}') AS t(number, seen_on)"))
        assert ran(spark, work, *sets) == [("multiply", "ran", 2), ("add_up", "ran", 1), ("add_up_by_key", "ran", 1)]
        lakes.append(lake)
    return lakes[0], lakes[1]


@pytest.mark.parametrize("table", [DOUBLES, TOTALS, BY_KEY], ids=lambda table: table.name)
def test_jobs_leave_the_same_tables_in_a_catalog_as_under_a_root(both: tuple[Lake, Lake], table: Table) -> None:
    """2 + 4 = 6; the schemas are equal to the comments of the columns."""
    named, rooted = (lake.read(table) for lake in both)
    assert named.schema == rooted.schema == table.struct
    assert sorted(named.collect()) == sorted(rooted.collect())
    assert both[0].read(TOTALS).collect()[0]["total"] == 6


def test_the_catalog_holds_its_tables_by_their_contracts_names(spark: SparkSession, both: tuple[Lake, Lake], work: Path) -> None:
    for table in (NUMBERS, DOUBLES, TOTALS, RUNS):
        assert spark.table(f"spark_catalog.{table.name}").count() > 0
    assert sorted(path.name for path in (work / "warehouse" / "gold").iterdir()) == ["totals", "totals_by_key"]


def test_the_next_process_finds_the_runs_in_the_catalog_and_skips(spark: SparkSession, both: tuple[Lake, Lake], work: Path) -> None:
    skipped = [(job.name, "skipped", None) for job in JOBS]
    assert ran(spark, work, "lake.catalog=spark_catalog") == skipped
    assert ran(spark, work) == skipped


def test_writers_that_share_no_lock_all_succeed(spark: SparkSession, work: Path) -> None:
    """As tasks of a scheduler, each a process: two lakes make the same new table and write to it at once, three rows each."""
    table = replace(NUMBERS, name="gold.meeting")

    def write(first: int) -> None:
        make_active(spark)
        lake = Lake(spark, settings_under(work, "lake.catalog=spark_catalog"))
        for number in range(first, first + 3):
            lake.replace_where(table, local_frame(spark, [(number, DAY)], table.struct), f"number = {number}")

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(write, (10, 20)))
    assert sorted(row["number"] for row in spark.table("gold.meeting").collect()) == [10, 11, 12, 20, 21, 22]


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    taken: list[float] = []
    monkeypatch.setattr(commits.time, "sleep", taken.append)
    monkeypatch.setattr(commits.random, "uniform", lambda least, most: most)
    return taken


def failing(times: int, text: str) -> Iterator[str]:
    """Fails so often, then says that it is done."""
    for _ in range(times):
        yield text
    yield ""


def test_a_write_that_was_overtaken_is_made_again_after_growing_pauses(pauses: list[float]) -> None:
    """1, 2 and 4 seconds at most, then it succeeds."""
    said = failing(3, OVERTAKEN)

    def write() -> str:
        if error := next(said):
            raise RuntimeError(error)
        return "done"

    assert again_where_overtaken(write) == "done"
    assert pauses == [1.0, 2.0, 4.0]


@pytest.mark.parametrize(("text", "tries"), [(OVERTAKEN, ATTEMPTS), ("[DELTA_NOT_NULL_CONSTRAINT_VIOLATED] number", 1)])
def test_it_gives_up_at_last_and_at_once_where_the_rows_are_to_blame(pauses: list[float], text: str, tries: int) -> None:
    asked: list[str] = []

    def write() -> None:
        asked.append(text)
        raise RuntimeError(text)

    with pytest.raises(RuntimeError, match="DELTA"):
        again_where_overtaken(write)
    assert len(asked) == tries
    assert all(pause <= commits.LONGEST_PAUSE for pause in pauses)
