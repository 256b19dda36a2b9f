"""What people see of a run and of the tables: live progress, a summary, lists, rows."""

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rich.console import Console
from rich.live import Live
from rich.markup import escape
from rich.spinner import Spinner
from rich.table import Table as Grid

from shelfwise.core.dag import as_mermaid, dependencies, in_order, lineage, question
from shelfwise.core.docs import writer_of
from shelfwise.core.job import Job
from shelfwise.core.table import Table

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, Row, SparkSession

    from shelfwise.core.runner import Report
    from shelfwise.core.upkeep import Upkeep

Tell = Callable[[Job, str], None]
COLOURS = {"ran": "green", "skipped": "cyan", "failed": "bold red"}
WIDE = 10  # a row of more columns than this is shown as a list


@dataclass
class Progress:
    """How far a run is: changed by the run, read by the screen."""

    total: int
    running: list[str] = field(default_factory=list)
    ended: int = 0
    rows: int = 0
    began: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.began

    def line(self, tasks: str) -> str:
        now = ", ".join(self.running) or "starting"
        turn = min(self.ended + 1, self.total)
        return f"[{turn}/{self.total}] {now}  {tasks}  {self.rows:,} rows so far  {self.seconds:.0f} s"


def follow(
    run: Callable[[Tell], Iterator["Report"]], total: int, console: Console, spark: "SparkSession"
) -> tuple[list["Report"], float]:
    """Runs and shows each job as it starts and ends, on a terminal with a moving last line; the reports and the seconds."""
    progress, reports = Progress(total), []
    moving = Live(get_renderable=_moving_line(progress, spark), console=console, refresh_per_second=2, transient=True)
    with moving if console.is_terminal else nullcontext():

        def tell(job: Job, state: str) -> None:
            progress.running.append(job.name)
            if not console.is_terminal:
                console.print(f"{_turn(progress)} {job.name} {state}", markup=False)

        for report in run(tell):
            console.print(f"{escape(_turn(progress))} {_ended(report)}", soft_wrap=True)
            progress.running.remove(report.job)
            progress.ended += 1
            progress.rows += report.rows or 0
            reports.append(report)
    return reports, progress.seconds


def summary(reports: Sequence["Report"], seconds: float, console: Console) -> None:
    """One row per job, and the total: since jobs run side by side, its seconds are fewer than theirs together."""
    grid = Grid("job", "outcome", "writes", title="Summary", title_justify="left")
    grid.add_column("rows", justify="right")
    grid.add_column("seconds", justify="right")
    for report in reports:
        grid.add_row(report.job, _coloured(report.state), report.output, _count(report.rows), f"{report.seconds:.1f}")
    grid.add_section()
    states = [report.state for report in reports]
    tally = ", ".join(f"{states.count(state)} {state}" for state in COLOURS if state in states)
    grid.add_row("total", tally, "", _count(sum(r.rows or 0 for r in reports)), f"{seconds:.1f}")
    console.print(grid)


def job_list(jobs: Mapping[str, Job], console: Console) -> None:
    """Jobs in the order of running."""
    grid = Grid("job", "what it does", "after", "writes", "parameters")
    depends = dependencies(jobs)
    for job in in_order(jobs, jobs, upstream=False):
        params = ", ".join(f"{name}={value}" for name, value in job.params().model_dump().items())
        grid.add_row(job.name, escape(question(job)), ", ".join(sorted(depends[job.name])), job.writes.name, escape(params))
    console.print(grid)


def table_list(tables: Mapping[str, Table], jobs: Mapping[str, Job], console: Console) -> None:
    grid = Grid("table", "what it holds", "key", "written by")
    for table in tables.values():
        writer = writer_of(table, jobs)
        grid.add_row(table.name, escape(table.doc), ", ".join(table.key), writer.name if writer else "")
    console.print(grid)


def lineage_text(jobs: Mapping[str, Job], form: str) -> str:
    if form == "mermaid":
        return as_mermaid(jobs)
    return json.dumps([{"from": source, "job": job, "to": target} for source, job, target in lineage(jobs)], indent=2)


def rows(frame: "DataFrame", limit: int, console: Console) -> None:
    """At most `limit` rows; those of a wide table one below the other."""
    found = frame.limit(limit).collect()
    if len(frame.columns) > WIDE:
        for number, row in enumerate(found, start=1):
            console.print(_record(number, row))
    else:
        grid = Grid(*frame.columns)
        for row in found:
            grid.add_row(*[_text(value) for value in row])
        console.print(grid)
    console.print(f"{len(found)} rows shown{' (more may follow: --limit)' if len(found) == limit else ''}")


def upkeep_grid(done: Iterable["Upkeep"], console: Console) -> None:
    """A line per table at which there was something to do."""
    grid = Grid("table")
    for name in ("files before", "files after", "MB", "old files deleted", "seconds"):
        grid.add_column(name, justify="right")
    looked_at = 0
    for table in done:
        looked_at += 1
        if table.did_something:
            sizes = (table.files_before, table.files_after, round(table.bytes / 1e6), table.deleted)
            grid.add_row(table.table, *[f"{size:,}" for size in sizes], f"{table.seconds:.1f}")
    if grid.row_count:
        console.print(grid)
    console.print(f"{looked_at - grid.row_count} of {looked_at} tables were in order.")


def _record(number: int, row: "Row") -> Grid:
    grid = Grid("column", f"row {number}")
    for name, value in row.asDict().items():
        grid.add_row(name, _text(value))
    return grid


def _text(value: object) -> str:
    return "" if value is None else escape(str(value))


def _count(rows: int | None) -> str:
    return "" if rows is None else f"{rows:,}"


def _turn(progress: Progress) -> str:
    return f"[{progress.ended + 1}/{progress.total}]"


def _ended(report: "Report") -> str:
    rows = f"  {report.rows:,} rows" if report.rows is not None else ""
    note = f"  {escape(report.note)}" if report.note else ""
    return f"{report.job} {_coloured(report.state)}{rows}  {report.seconds:.1f} s{note}"


def _coloured(state: str) -> str:
    return f"[{COLOURS[state]}]{state}[/]"


def _moving_line(progress: Progress, spark: "SparkSession") -> Callable[[], Spinner]:
    spinner = Spinner("dots")
    tracker = spark.sparkContext.statusTracker()

    def render() -> Spinner:
        stages = [info for stage in tracker.getActiveStageIds() if (info := tracker.getStageInfo(stage))]
        done, total = sum(info.numCompletedTasks for info in stages), sum(info.numTasks for info in stages)
        spinner.update(text=escape(progress.line(f"task {done} of {total}" if total else "")))
        return spinner

    return render


def models_grid(judged: "DataFrame", title: str, said: Callable[[str, float], str], console: Console) -> None:
    """A line per row, named in the first column; `said` of each figure by its name, '-' where there is none. Bound: few rows."""
    grid = Grid(title=title)
    label = judged.columns[0]
    for name in judged.columns:
        grid.add_column(name.replace("_", " "), justify="left" if name == label else "right", no_wrap=name == label)
    for row in judged.collect():
        told = row.asDict().items()
        grid.add_row(*[value if name == label else "-" if value is None else said(name, value) for name, value in told])
    console.print(grid)
