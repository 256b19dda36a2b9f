"""`shelfwise bundle` and `shelfwise airflow`: what Databricks and Airflow are told, written from the declarations."""

from pathlib import Path
from typing import Annotated

import typer

DEPLOY = typer.Typer()


@DEPLOY.command()
def bundle(out: Annotated[Path | None, typer.Option(metavar="FOLDER", help="[default: beside jobs]")] = None) -> None:
    """Write databricks.yml and resources/*.yml from the declarations (docs/deploy.md)."""
    from shelfwise.core.bundle import write_bundle
    from shelfwise.core.dag import jobs_folder, load_jobs

    for path in write_bundle(out or jobs_folder().parent, load_jobs()):
        typer.echo(path)


@DEPLOY.command()
def airflow(
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="[default: resources/shelfwise_dag.py]")] = None,
    cron: Annotated[str | None, typer.Option(help="When to run, in UTC. [default: 0 12 * * *]")] = None,
) -> None:
    """Write an Airflow DAG from the declarations (docs/deploy.md)."""
    from shelfwise.core.airflow import CRON, airflow_dag
    from shelfwise.core.dag import jobs_folder, load_jobs

    path = out or jobs_folder().parent / "resources" / "shelfwise_dag.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(airflow_dag(load_jobs(), cron or CRON), encoding="utf-8")
    typer.echo(path)
