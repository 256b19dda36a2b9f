"""From options to a runner: which jobs there are, which settings hold, which day it is.

Everything that can be wrong in options and settings is found here, before Spark starts.
"""

import logging
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from shelfwise.core.dag import dependencies, load_jobs
from shelfwise.core.errors import JobError, SettingsError
from shelfwise.core.job import Job
from shelfwise.core.settings import Settings, job_params, load_settings, refuse_key_in_lake, refuse_short_key, refuse_unknown_jobs
from shelfwise.core.shop import Shop, open_shop

if TYPE_CHECKING:
    from shelfwise.core.runner import Report, Runner


@dataclass(frozen=True)
class Workplace:
    """What a command works with."""

    settings: Settings
    jobs: Mapping[str, Job]
    shop: Shop
    as_of: date

    @property
    def log(self) -> Path:
        """The file that Spark's own log and stack traces go to."""
        return Path(self.settings.at(self.settings.spark.log)).resolve()

    @property
    def page(self) -> Path:
        return Path(self.settings.at(self.settings.report)).resolve()

    def open(self) -> "Runner":
        """Starts Spark, or takes the active session."""
        from pyspark.logger import PySparkLogger

        from shelfwise.core.lake import Lake
        from shelfwise.core.models import Models
        from shelfwise.core.runner import Runner
        from shelfwise.core.runs import RunLog
        from shelfwise.core.session import start_session

        # pyspark logs each SQL error to the terminal before it raises it; we report it ourselves
        for name in ("DataFrameQueryContextLogger", "SQLQueryContextLogger"):
            PySparkLogger.getLogger(name).setLevel(logging.CRITICAL)
        spark = start_session(self.settings)
        lake = Lake(spark, self.settings)
        return Runner(spark, self.settings, self.shop, self.as_of, lake, Models(self.settings), RunLog(lake))


def prepare(
    env: str, *, as_of: str | None = None, source: str | None = None, sets: Sequence[str] = (), job: Job | None = None
) -> Workplace:
    """Checks every option, setting and parameter of every job; `job` stands for itself where its file was started alone."""
    jobs = _known_jobs(job)
    settings = load_settings(env, sets, source=source, jobs=list(jobs))
    refuse_short_key()
    refuse_key_in_lake(settings)
    if len(jobs) > 1:  # a job file that came alone can't tell whose parameters the others are
        refuse_unknown_jobs(settings, list(jobs))
    dependencies(jobs)
    for each in jobs.values():
        job_params(settings, each.name, each.params)
    day = _as_date(as_of) if as_of else settings.as_of
    shop = open_shop(settings)
    return Workplace(settings, jobs, shop, day or shop.as_of or _yesterday())


def run_job(
    job: Job,
    *,
    as_of: date | str | None = None,
    env: str = "local",
    source: str | None = None,
    sets: Sequence[str] = (),
    force: bool = False,
) -> "Report":
    """Runs one job on the active session, as in a notebook; raises JobError where it fails."""
    place = prepare(env, as_of=str(as_of) if as_of else None, source=source, sets=sets, job=job)
    (report,) = place.open().run([job], force=force, tell=lambda *_: None)
    if report.state == "failed":
        sys.stderr.write(report.trace)
        raise JobError(f"job {job.name} failed: {report.note}")
    return report


def _known_jobs(job: Job | None) -> dict[str, Job]:
    if job is None:
        return load_jobs()
    try:
        return load_jobs() | {job.name: job}
    except JobError:
        return {job.name: job}  # spark-submit ships one job file; its siblings need not be there


def _as_date(text: str) -> date:
    """'2017-10-29' or 'before 2017-10-30': a scheduler knows on which day a run began, and may not be able to subtract."""
    day = text.removeprefix("before ")
    try:
        return datetime.strptime(day, "%Y-%m-%d").date() - timedelta(days=day != text)
    except ValueError:
        raise SettingsError(f"--as-of {text}: write a calendar day as YYYY-MM-DD, such as 2017-10-29.") from None


def _yesterday() -> date:
    """The clock is read here only: the last day that is over everywhere."""
    return datetime.now(UTC).date() - timedelta(days=1)
