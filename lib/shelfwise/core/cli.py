"""The command `shelfwise`, and the same options for a job file under spark-submit.

Exit codes: 0 done; 1 a job failed; 2 an option or setting is wrong; 3 done, but files were rejected; 130 stopped by Ctrl-C.
"""

import importlib
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shelfwise.core.errors import JobError, SettingsError, ShelfwiseError

if TYPE_CHECKING:
    from shelfwise.core.job import Job
    from shelfwise.core.lake import Lake
    from shelfwise.core.runner import Report
    from shelfwise.core.table import Table
    from shelfwise.core.workplace import Workplace

FAILED, WRONG, REJECTED, STOPPED = 1, 2, 3, 130
HISTORY_ROWS = 100

Env = Annotated[str, typer.Option(envvar="SHELFWISE_ENV", help="Overlay of conf/base.yaml: local, docker, cluster, databricks.")]
AsOf = Annotated[
    str | None, typer.Option(metavar="DATE", help="Decide at the end of this day; else the source's own, else yesterday.")
]
Source = Annotated[str | None, typer.Option(help="The shop: completejourney, online_retail, files.")]
Sets = Annotated[
    list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="job.param=value or section.key=value; repeatable.")
]
Force = Annotated[bool, typer.Option("--force", help="Run jobs whose inputs, parameters and code are unchanged, too.")]
Upstream = Annotated[bool, typer.Option("--upstream", help="Run all that the named jobs depend on, too.")]
TableName = Annotated[str, typer.Argument(metavar="TABLE", help="layer.table, such as gold.purchase_orders.")]

APP = typer.Typer(
    help="Retail supply jobs on Spark: from sales events to purchase orders.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


class Form(StrEnum):
    mermaid = "mermaid"
    json = "json"


def main(job: "Job | None" = None) -> None:
    """`shelfwise …`; or one job, where its file was started by python or spark-submit."""
    if code := call(_app_of(job) if job else APP):
        sys.exit(code)


def call(app: typer.Typer, arguments: Sequence[str] | None = None) -> int:
    """The exit code of a command; what went wrong is said in one line."""
    try:
        app(arguments)
    except SystemExit as end:
        code = int(end.code or 0)
        return _complain("stopped; run it again to go on.", STOPPED) if code == STOPPED else code
    except SettingsError as error:
        return _complain(str(error), WRONG)
    except ShelfwiseError as error:
        return _complain(str(error), FAILED)
    return 0


@APP.command()
def run(
    jobs: Annotated[list[str] | None, typer.Argument(metavar="[JOB …]", help="Jobs to run; none: the whole graph.")] = None,
    upstream: Upstream = False,
    force: Force = False,
    env: Env = "local",
    as_of: AsOf = None,
    source: Source = None,
    sets: Sets = None,
) -> None:
    """Run jobs, each after those it depends on; unchanged ones are skipped."""
    from shelfwise.core.dag import in_order
    from shelfwise.core.workplace import prepare

    place = prepare(env, as_of=as_of, source=source, sets=sets or ())
    _run(place, in_order(place.jobs, jobs or place.jobs, upstream=upstream), force=force)


@APP.command()
def report(env: Env = "local", as_of: AsOf = None, source: Source = None, sets: Sets = None, force: Force = False) -> None:
    """Write the page from the tables as they are."""
    run(["report"], force=force, env=env, as_of=as_of, source=source, sets=sets)


@APP.command("jobs")
def list_jobs() -> None:
    """List the jobs in the order of running."""
    from shelfwise.core.dag import load_jobs
    from shelfwise.core.show import job_list, screen

    job_list(load_jobs(), screen())


@APP.command("tables")
def list_tables() -> None:
    """List the tables with their grain, key and writer."""
    from shelfwise.core.dag import load_jobs
    from shelfwise.core.show import screen, table_list

    table_list(_tables(), load_jobs(), screen())


@APP.command()
def lineage(form: Annotated[Form, typer.Option("--format", help="A chart or a list of edges.")] = Form.mermaid) -> None:
    """Print what is made from what."""
    from shelfwise.core.dag import load_jobs
    from shelfwise.core.show import lineage_text

    typer.echo(lineage_text(load_jobs(), form.value))


@APP.command()
def show(
    table: TableName,
    where: Annotated[str | None, typer.Option(metavar="SQL", help='A condition, such as "units > 10".')] = None,
    version: Annotated[int | None, typer.Option(help="An earlier version of the table; see history.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many rows.")] = 20,
    env: Env = "local",
    source: Source = None,
    sets: Sets = None,
) -> None:
    """Show rows of a table."""
    from pyspark.errors import PySparkException

    from shelfwise.core.show import rows, screen

    contract = _table(table)
    with _lake(env, source, sets) as lake:
        try:
            stored = lake.read(contract, version=version)
            rows(stored.where(where) if where else stored, limit, screen())
        except PySparkException as error:
            raise SettingsError(f"show {table}: {str(error).strip().splitlines()[0]}") from None


@APP.command()
def history(table: TableName, env: Env = "local", source: Source = None, sets: Sets = None) -> None:
    """Show the versions of a table, newest first."""
    from shelfwise.core.show import rows, screen

    contract = _table(table)
    about = ("version", "timestamp", "operation", "operationMetrics.numOutputRows", "userMetadata")
    with _lake(env, source, sets) as lake:
        rows(lake.history(contract).select(*about), HISTORY_ROWS, screen())


@APP.command()
def docs(to: Annotated[Path | None, typer.Option(help="Folder of the pages. [default: docs beside jobs]")] = None) -> None:
    """Write docs/tables.md and docs/lineage.md from the declarations."""
    from shelfwise.core.dag import jobs_folder, load_jobs
    from shelfwise.core.docs import write_docs

    for page in write_docs(to or jobs_folder().parent / "docs", _tables(), load_jobs()):
        typer.echo(page)


def _app_of(job: "Job") -> typer.Typer:
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

    @app.command(name=job.name, help=sys.modules["__main__"].__doc__)
    def run_this(env: Env = "local", as_of: AsOf = None, source: Source = None, sets: Sets = None, force: Force = False) -> None:
        from shelfwise.core.workplace import prepare

        _run(prepare(env, as_of=as_of, source=source, sets=sets or (), job=job), [job], force=force)

    return app


def _run(place: "Workplace", jobs: "list[Job]", *, force: bool) -> None:
    from shelfwise.core.job import Page, Write
    from shelfwise.core.show import follow, screen, summary

    console = screen()
    console.print(f"{place.settings.source} as of {place.as_of}; Spark's log: {place.log}", markup=False, soft_wrap=True)
    with _details_in(place):
        runner = place.open()
        reports = follow(lambda tell: runner.run(jobs, force=force, tell=tell), len(jobs), console, runner.spark)
        summary(reports, console)
        if any(done.state != "failed" and isinstance(job.writes, Page) for job, done in zip(jobs, reports, strict=False)):
            console.print(f"The page: {place.page}", markup=False, soft_wrap=True)
        _end(place, reports, runner.rejected() if any(job.how is Write.LAND for job in jobs) else [])


def _end(place: "Workplace", reports: "list[Report]", rejected: list[tuple[str, str]]) -> None:
    """Says what failed or was rejected, and exits accordingly."""
    for path, reason in rejected:
        _complain(f"{path} was rejected: {reason}", REJECTED)
    if failed := next((report for report in reports if report.state == "failed"), None):
        details = f" (details in {_written_down(place, failed.trace)})" if failed.trace else ""
        raise JobError(f"job {failed.job} failed: {failed.note}{details}")
    if rejected:
        raise typer.Exit(REJECTED)


@contextmanager
def _lake(env: str, source: str | None, sets: "list[str] | None") -> "Iterator[Lake]":
    from shelfwise.core.workplace import prepare

    place = prepare(env, source=source, sets=sets or ())
    with _details_in(place):
        yield place.open().lake


@contextmanager
def _details_in(place: "Workplace") -> Iterator[None]:
    """An error that nobody foresaw is said in one line; its stack trace goes to the log."""
    try:
        yield
    except (ShelfwiseError, typer.Exit):
        raise
    except Exception as error:
        log = _written_down(place, traceback.format_exc())
        raise JobError(f"{type(error).__name__}: {str(error).strip().partition(chr(10))[0]} (details in {log})") from error


def _written_down(place: "Workplace", trace: str) -> Path:
    place.log.parent.mkdir(parents=True, exist_ok=True)
    with place.log.open("a", encoding="utf-8") as log:
        log.write(trace)
    return place.log


def _tables() -> "dict[str, Table]":
    """Every declared table, and the quarantine of each that admits rows; core knows the contracts by this name only."""
    declared: dict[str, Table] = importlib.import_module("shelfwise.contracts.tables").ALL
    return declared


def _table(name: str) -> "Table":
    from shelfwise.core.settings import suggest
    from shelfwise.core.table import quarantine_of

    declared = _tables()
    known = declared | {q.name: q for table in declared.values() if table.layer == "silver" for q in [quarantine_of(table)]}
    if name not in known:
        raise SettingsError(f"There is no table '{name}'.{suggest(name, list(known))}")
    return known[name]


def _complain(text: str, code: int) -> int:
    from rich.console import Console
    from rich.markup import escape

    Console(stderr=True, highlight=False, soft_wrap=True).print(f"[red]shelfwise: {escape(text)}[/]")
    return code
