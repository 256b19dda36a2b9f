"""The command `shelfwise`, and the same options for a job file under spark-submit.

Exit codes: 0 done; 1 a job or check failed; 2 an option or setting is wrong; 3 done, but files were rejected; 130 stopped, Ctrl-C.
"""

import importlib
import sys
import warnings
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shelfwise.core.deploy import DEPLOY
from shelfwise.core.errors import SettingsError, ShelfwiseError
from shelfwise.core.evaluate import EVALUATE
from shelfwise.core.operations import OPERATIONS
from shelfwise.core.options import AsOf, Env, Force, Lenient, Sets, Size, Source, TableName, Upstream

if TYPE_CHECKING:
    from shelfwise.core.job import Job
    from shelfwise.core.workplace import Workplace

FAILED, WRONG, REJECTED, STOPPED = 1, 2, 3, 130
HISTORY_ROWS = 100

APP = typer.Typer(
    help="Retail supply jobs on Spark: from sales events to purchase orders.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
APP.add_typer(DEPLOY)
APP.add_typer(EVALUATE, name="evaluate")
APP.add_typer(OPERATIONS)


class Form(StrEnum):
    mermaid = "mermaid"
    json = "json"


def main(job: "Job | None" = None) -> None:
    """`shelfwise …`; or one job, where its file was started by python or spark-submit."""
    warnings.formatwarning = lambda message, *_, **__: f"shelfwise: {message}\n"  # one line, without our source
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
    lenient: Lenient = False,
    env: Env = "local",
    as_of: AsOf = None,
    source: Source = None,
    sets: Sets = None,
) -> None:
    """Run jobs, each after those it depends on; unchanged ones are skipped."""
    from shelfwise.core.dag import in_order
    from shelfwise.core.workplace import prepare

    place = prepare(env, as_of=as_of, source=source, sets=sets or ())
    _run(place, in_order(place.jobs, jobs or place.jobs, upstream=upstream), force=force, lenient=lenient)


@APP.command()
def report(env: Env = "local", as_of: AsOf = None, source: Source = None, sets: Sets = None, force: Force = False) -> None:
    """Write the page from the tables as they are."""
    run(["report"], force=force, env=env, as_of=as_of, source=source, sets=sets)


@APP.command("jobs")
def list_jobs() -> None:
    """List the jobs in the order of running."""
    from shelfwise.core.console import screen
    from shelfwise.core.dag import load_jobs
    from shelfwise.core.show import job_list

    job_list(load_jobs(), screen())


@APP.command("tables")
def list_tables() -> None:
    """List the tables with their grain, key and writer."""
    from shelfwise.core.console import screen
    from shelfwise.core.dag import load_jobs
    from shelfwise.core.declared import declared
    from shelfwise.core.show import table_list

    table_list(declared(), load_jobs(), screen())


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

    from shelfwise.core.console import screen
    from shelfwise.core.declared import table_named
    from shelfwise.core.show import rows
    from shelfwise.core.supervise import at_work

    contract = table_named(table)
    with at_work(env, source, sets) as runner:
        try:
            stored = runner.lake.read(contract, version=version)
            rows(stored.where(where) if where else stored, limit, screen())
        except PySparkException as error:
            raise SettingsError(f"show {table}: {str(error).strip().splitlines()[0]}") from None


@APP.command()
def history(table: TableName, env: Env = "local", source: Source = None, sets: Sets = None) -> None:
    """Show the versions of a table, newest first."""
    from shelfwise.core.console import screen
    from shelfwise.core.declared import table_named
    from shelfwise.core.show import rows
    from shelfwise.core.supervise import at_work

    contract = table_named(table)
    about = ("version", "timestamp", "operation", "operationMetrics.numOutputRows", "userMetadata")
    with at_work(env, source, sets) as runner:
        rows(runner.lake.history(contract).select(*about), HISTORY_ROWS, screen())


@APP.command()
def docs(to: Annotated[Path | None, typer.Option(help="Folder of the pages. [default: docs beside jobs]")] = None) -> None:
    """Write docs/tables.md and docs/lineage.md from the declarations."""
    from shelfwise.core.dag import jobs_folder, load_jobs
    from shelfwise.core.declared import declared
    from shelfwise.core.docs import write_docs

    for page in write_docs(to or jobs_folder().parent / "docs", declared(), load_jobs()):
        typer.echo(page)


@APP.command()
def simulate(
    out: Annotated[str, typer.Option(metavar="FOLDER", help="Where to lay the shop: any Hadoop path, empty or not there yet.")],
    preset: Annotated[str, typer.Option(help="Sizes to start from: tiny, small, journey, large.")] = "journey",
    days: Size = None,
    customers: Size = None,
    items: Size = None,
    suppliers: Size = None,
    locations: Size = None,
    seed: Annotated[int | None, typer.Option(help="Equal seeds give equal shops, on any cluster.")] = None,
    env: Env = "local",
    sets: Sets = None,
) -> None:
    """Lay a planted shop: a made-up retailer whose every truth is known (docs/planted-shop.md)."""
    command = importlib.import_module("shelfwise.simulate.command")
    sizes = {"days": days, "customers": customers, "items": items, "suppliers": suppliers, "locations": locations}
    command.simulate(out, preset, {**sizes, "seed": seed}, env=env, sets=sets or ())


@APP.command()
def whatif(
    service_level: Annotated[float | None, typer.Option(help="Instead of each item's critical ratio, such as .98.")] = None,
    more_lead_weeks: Annotated[int, typer.Option(help="Weeks by which all suppliers deliver later.")] = 0,
    holding_factor: Annotated[float, typer.Option(help="What times as much it costs to hold stock.")] = 1.0,
    demand_factor: Annotated[float, typer.Option(help="What times as much is asked for.")] = 1.0,
    env: Env = "local",
    as_of: AsOf = None,
    source: Source = None,
    sets: Sets = None,
) -> None:
    """Money and service of today's plan beside the plan on other terms; nothing is written."""
    command = importlib.import_module("shelfwise.inventory.what_if_command")
    levers = command.Levers(service_level, more_lead_weeks, holding_factor, demand_factor)
    command.what_if(levers, env=env, as_of=as_of, source=source, sets=sets or ())


def _app_of(job: "Job") -> typer.Typer:
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

    @app.command(name=job.name, help=sys.modules["__main__"].__doc__)
    def run_this(env: Env = "local", as_of: AsOf = None, source: Source = None, sets: Sets = None, force: Force = False) -> None:
        from shelfwise.core.workplace import prepare

        _run(prepare(env, as_of=as_of, source=source, sets=sets or (), job=job), [job], force=force)

    return app


def _run(place: "Workplace", jobs: "list[Job]", *, force: bool, lenient: bool = False) -> None:
    from shelfwise.core.supervise import run_in_sight

    if not run_in_sight(place, jobs, force=force) and not lenient:
        raise typer.Exit(REJECTED)


def _complain(text: str, code: int) -> int:
    from shelfwise.core.console import complain

    complain(text)
    return code
