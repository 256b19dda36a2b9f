"""The graph follows from what jobs read and write."""

from pathlib import Path
from typing import Any

import pytest

from shelfwise.core.dag import as_mermaid, in_order, lineage, load_jobs
from shelfwise.core.errors import JobError, SettingsError
from shelfwise.core.job import Job, Write
from shelfwise.core.table import Table, required


def table(name: str) -> Table:
    return Table(f"gold.{name}", "Rows. One row per id.", ("id",), {"id": required("string", "id")})


def job(name: str, *, reads: str = "", writes: str = "") -> Job:
    """A job that reads the named table, if any."""

    def from_nothing() -> Any: ...
    def from_one(source: Any) -> Any: ...

    sources = {"source": table(reads)} if reads else {}
    return Job(name, sources, table(writes or name), from_one if reads else from_nothing, Write.REPLACE)


def graph(*jobs: Job) -> dict[str, Job]:
    return {each.name: each for each in jobs}


# c reads b, b reads a; d stands alone
CHAIN = graph(job("c", reads="b"), job("b", reads="a"), job("a"), job("d"))


def test_jobs_come_after_what_they_read_and_else_by_name() -> None:
    """Level 0: a and d; level 1: b; level 2: c."""
    assert [each.name for each in in_order(CHAIN, CHAIN, upstream=False)] == ["a", "d", "b", "c"]


def test_only_the_wanted_jobs_run_in_order() -> None:
    assert [each.name for each in in_order(CHAIN, ["c", "a"], upstream=False)] == ["a", "c"]


def test_upstream_adds_all_that_a_job_depends_on_and_nothing_else() -> None:
    assert [each.name for each in in_order(CHAIN, ["c"], upstream=True)] == ["a", "b", "c"]


def test_an_unknown_job_is_refused_with_the_nearest_name() -> None:
    jobs = graph(job("plan_orders"))
    with pytest.raises(SettingsError, match=r"'plan_order'. Did you mean 'plan_orders'"):
        in_order(jobs, ["plan_order"], upstream=False)


def test_a_circle_is_refused_with_its_jobs() -> None:
    jobs = graph(job("a", reads="b"), job("b", reads="a"))
    with pytest.raises(JobError, match=r"circle: (a -> b -> a|b -> a -> b)"):
        in_order(jobs, jobs, upstream=False)


def test_two_writers_of_a_table_are_refused_with_both_names() -> None:
    jobs = graph(job("first", writes="same"), job("second", writes="same"))
    with pytest.raises(JobError, match=r"first and second both write gold\.same"):
        in_order(jobs, jobs, upstream=False)


def test_a_job_that_reads_its_own_table_does_not_wait_for_itself() -> None:
    jobs = graph(job("a", reads="a"))
    assert [each.name for each in in_order(jobs, jobs, upstream=True)] == ["a"]


def test_lineage_has_an_edge_per_read() -> None:
    assert lineage(CHAIN) == [("gold.a", "b", "gold.b"), ("gold.b", "c", "gold.c")]


def test_the_chart_names_tables_as_boxes_and_jobs_on_arrows() -> None:
    expected = 'flowchart LR\n    gold_a["gold.a"] -->|b| gold_b["gold.b"]\n    gold_b["gold.b"] -->|c| gold_c["gold.c"]'
    assert as_mermaid(CHAIN) == expected


JOB_FILE = '''"""What is there? spark-submit jobs/here.py"""
from shelfwise.core.job import Job, Write
from shelfwise.core.table import Table, required
def nothing(): ...
HERE = Table("gold.here", "Rows. One row per id.", ("id",), {"id": required("string", "id")})
JOB = Job("here", {}, HERE, nothing, Write.REPLACE)
'''


def test_jobs_are_loaded_by_file_and_files_with_an_underscore_are_no_jobs(tmp_path: Path) -> None:
    (tmp_path / "here.py").write_text(JOB_FILE)
    (tmp_path / "_draft.py").write_text("1 / 0")
    assert list(load_jobs(tmp_path)) == ["here"]


def test_a_job_file_of_another_name_is_refused_with_its_path(tmp_path: Path) -> None:
    (tmp_path / "there.py").write_text(JOB_FILE)
    with pytest.raises(JobError, match=r"there\.py: the job calls itself 'here'"):
        load_jobs(tmp_path)


def test_a_file_without_a_job_is_refused_with_its_path(tmp_path: Path) -> None:
    (tmp_path / "empty.py").write_text("x = 1")
    with pytest.raises(JobError, match=r"empty\.py declares no JOB"):
        load_jobs(tmp_path)


def test_a_job_file_that_does_not_load_is_named_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("1 / 0")
    with pytest.raises(JobError, match=r"broken\.py can't be loaded: ZeroDivisionError"):
        load_jobs(tmp_path)
