"""README's list of jobs: every job, with what it reads and writes."""

import re
from pathlib import Path

import pytest

from shelfwise.core.dag import jobs_folder, load_jobs
from shelfwise.core.job import Job

README = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `(?P<job>\w+)` \| .+ \| (?P<reads>[^|]+) → (?P<writes>\S+) \| [\d.]+ \|$", re.MULTILINE)
JOBS = {job.name: job for job in load_jobs(jobs_folder()).values()}
LANDING = sorted(name for name in JOBS if name.startswith("land_"))
TABLE = README.partition("<!-- jobs -->")[2].partition("<!-- /jobs -->")[0]
ROWS = {row["job"]: (row["reads"], row["writes"]) for row in ROW.finditer(TABLE)}


def test_every_job_is_listed_those_that_land_in_one_line() -> None:
    assert sorted(ROWS) == sorted(set(JOBS) - set(LANDING))
    assert f"`land_sales`, `land_items`, … ({len(LANDING)})" in TABLE
    assert f"in {len(JOBS)} jobs" in README


@pytest.mark.parametrize("job", [JOBS[name] for name in sorted(ROWS) if name in JOBS], ids=lambda job: job.name)
def test_a_job_reads_and_writes_what_is_said(job: Job) -> None:
    """Five tables and more are counted."""
    reads, writes = ROWS[job.name]
    named = {source.name for source in job.reads.values()}
    assert writes == job.writes.name
    assert reads == f"{len(named)} tables" if reads.endswith(" tables") else set(reads.split(", ")) == named
