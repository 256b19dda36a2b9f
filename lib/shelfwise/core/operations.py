"""Commands for who keeps the suite running: is this machine fit, why is a row there, and are the tables in order?"""

from datetime import UTC, datetime
from typing import Annotated

import typer

from shelfwise.core.options import Env, Sets, Source, TableName

OPERATIONS = typer.Typer()


@OPERATIONS.command()
def doctor(
    quick: Annotated[bool, typer.Option("--quick", help="Without starting Spark.")] = False,
    env: Env = "local",
    source: Source = None,
    sets: Sets = None,
) -> None:
    """Is everything there that a run needs? Says what is not, and how to mend it; ends with 1 where a run would fail."""
    from shelfwise.core.console import screen
    from shelfwise.core.doctor.examine import examine, show_findings
    from shelfwise.core.doctor.finding import State

    told = list(examine(env, source, sets or (), quick=quick))
    show_findings(told, screen())
    if any(finding.state is State.FAIL for _, finding in told):
        raise typer.Exit(1)


@OPERATIONS.command()
def why(
    table: TableName,
    key: Annotated[
        list[str], typer.Argument(metavar="COLUMN=VALUE …", help="Which row; a value alone where the key is one column.")
    ],
    as_data: Annotated[bool, typer.Option("--json", help="Everything, as one JSON object.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many rows.")] = 3,
    env: Env = "local",
    source: Source = None,
    sets: Sets = None,
) -> None:
    """Why is this row there? What it was made from, back to the files, as the runs have recorded it."""
    from shelfwise.core.dag import load_jobs
    from shelfwise.core.declared import table_named
    from shelfwise.core.supervise import at_work
    from shelfwise.core.why import as_asked, explain
    from shelfwise.core.why_shown import tell

    contract = table_named(table)
    asked = as_asked(contract, key)
    with at_work(env, source, sets) as runner:
        reason = explain(runner, load_jobs(), contract, asked, limit)
        tell(reason, limit, as_data=as_data)


@OPERATIONS.command()
def maintain(
    tables: Annotated[list[str] | None, typer.Argument(metavar="[TABLE …]", help="Tables to look after; none: all.")] = None,
    env: Env = "local",
    source: Source = None,
    sets: Sets = None,
) -> None:
    """Join small files, and delete those of versions that were replaced more than lake.keep_days ago."""
    from shelfwise.core.console import screen
    from shelfwise.core.declared import known_tables, table_named
    from shelfwise.core.show import upkeep_grid
    from shelfwise.core.supervise import at_work
    from shelfwise.core.upkeep import maintain as look_after

    wanted = [table_named(name) for name in tables or known_tables()]
    with at_work(env, source, sets) as runner:
        keep_days = runner.settings.lake.keep_days
        upkeep_grid(look_after(runner.lake, wanted, keep_days=keep_days, now=datetime.now(UTC)), screen())
