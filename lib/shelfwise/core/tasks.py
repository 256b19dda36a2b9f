"""What a scheduler elsewhere has to know of the jobs, whichever scheduler it is.

Shelfwise itself neither schedules nor retries; these are the numbers that Databricks and Airflow are told alike.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from shelfwise.core.dag import dependencies, in_order, question
from shelfwise.core.job import Job

HOUR = 12  # of each day, UTC: the day before is over everywhere
RETRIES = 2  # a job that is repeated ends as if it had run once
RETRY_AFTER = 60  # seconds
JOB_SECONDS = 4 * 3600
RUN_SECONDS = 20 * 3600  # ends before the next one is due


@dataclass(frozen=True)
class Task:
    """One job, what it is for, and the jobs that have to end before it, by name."""

    name: str
    question: str
    after: tuple[str, ...]


def tasks(jobs: Mapping[str, Job]) -> list[Task]:
    """Every job once, each after those that write what it reads: the runner's own order."""
    depends = dependencies(jobs)
    return [Task(job.name, question(job), tuple(sorted(depends[job.name]))) for job in in_order(jobs, jobs, upstream=False)]
