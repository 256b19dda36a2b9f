"""Runs jobs in sight of a person: progress, summary, what failed and where the details are."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from shelfwise.core.console import complain, screen
from shelfwise.core.errors import JobError, ShelfwiseError, raise_if_stopped
from shelfwise.core.job import Files, Job, Page
from shelfwise.core.journal import log_to, note
from shelfwise.core.runner import Report, Runner
from shelfwise.core.show import follow, summary
from shelfwise.core.workplace import Workplace, prepare


def run_in_sight(place: Workplace, jobs: Sequence[Job], *, force: bool) -> bool:
    """False where files were rejected; raises JobError, naming the job, where one fails."""
    console = screen()
    # elsewhere the platform keeps Spark's own log
    held = "Spark's log" if (place.settings.spark.master or "").startswith("local") else "details of errors"
    console.print(f"{place.settings.source} as of {place.as_of}; {held}: {place.log}", markup=False, soft_wrap=True)
    with details_in(place):
        runner = opened(place)
        ended, seconds = follow(lambda tell: runner.run(jobs, force=force, tell=tell), len(jobs), console, runner.spark)
        reports = sorted(ended, key=lambda report: [job.name for job in jobs].index(report.job))
        summary(reports, seconds, console)
        pages = {job.name for job in jobs if isinstance(job.writes, Page)}
        if any(done.state != "failed" and done.job in pages for done in reports):
            console.print(f"The page: {place.page}", markup=False, soft_wrap=True)
        rejected = _rejected(runner, jobs)
        for path, reason in rejected:
            complain(f"{path} was rejected: {reason}")
        _raise_where_failed(place, reports)
        return not rejected


def opened(place: Workplace) -> Runner:
    """A runner; what libraries log in Python goes to the file where Spark's log goes."""
    log_to(place.log)
    return place.open()


@contextmanager
def at_work(env: str, source: str | None, sets: Sequence[str] | None) -> Iterator[Runner]:
    """For commands that look at tables."""
    place = prepare(env, source=source, sets=sets or ())
    with details_in(place):
        yield opened(place)


@contextmanager
def details_in(place: Workplace) -> Iterator[None]:
    """An error that nobody foresaw is said in one line; its stack trace goes to the log."""
    try:
        yield
    except ShelfwiseError as error:
        raise_if_stopped(error)
        raise
    except Exception as error:
        raise_if_stopped(error)
        first_line = str(error).strip().partition("\n")[0]
        note(logging.ERROR, first_line, trace=True)
        raise JobError(f"{type(error).__name__}: {first_line} (details in {place.log})") from error


def _raise_where_failed(place: Workplace, reports: Sequence[Report]) -> None:
    for report in reports:
        if report.state == "failed":
            details = f" (details in {place.log})" if report.trace else ""
            raise JobError(f"job {report.job} failed: {report.note}{details}")


def _rejected(runner: Runner, jobs: Sequence[Job]) -> list[tuple[str, str]]:
    """Files that were refused, of the kinds that this run has looked at."""
    kinds = {read.kind for job in jobs for read in job.reads.values() if isinstance(read, Files)}
    with suppress(ShelfwiseError):  # a folder that is not there has already failed its job
        return runner.rejected(kinds)
    return []
