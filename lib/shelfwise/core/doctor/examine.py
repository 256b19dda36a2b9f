"""All that is looked at, in turn, and what people see of it."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from rich.console import Console
from rich.markup import escape
from rich.table import Table as Grid

from shelfwise.core.doctor import machine, programs, stores
from shelfwise.core.doctor.finding import Finding, State, fail, ok
from shelfwise.core.errors import ShelfwiseError, raise_if_stopped
from shelfwise.core.settings import Settings, load_settings

COLOURS = {State.OK: "green", State.WARN: "yellow", State.FAIL: "bold red", State.SKIPPED: "dim"}
Told = tuple[str, Finding]

ALONE: dict[str, Callable[[], Finding]] = {
    "Python": programs.python,
    "packages": programs.packages,
    "Java": programs.java,
    "BLAS": programs.blas,
}
BY_SETTINGS: dict[str, Callable[[Settings], Finding]] = {
    "jars": programs.jars,
    "memory": machine.memory,
    "disk": machine.disk,
    "tables": stores.lake,
    "MLflow": stores.mlflow,
}


def examine(env: str, source: str | None, sets: Sequence[str], *, quick: bool) -> Iterator[Told]:
    """By name, as each ends. Spark takes seconds: it is started last, where nothing has failed and `quick` is not asked for."""
    failed = False
    for name, finding in _without_spark(env, source, sets):
        failed |= finding.state is State.FAIL
        yield name, finding
    if failed:
        yield "Spark", Finding(State.SKIPPED, "is started when nothing above fails")
    elif not quick:
        settings = load_settings(env, sets, source=source, jobs=_job_names())
        yield "Spark", _tried(partial(stores.spark, settings))


def _without_spark(env: str, source: str | None, sets: Sequence[str]) -> Iterator[Told]:
    for name, look in ALONE.items():
        yield name, _tried(look)
    yield "settings", _tried(partial(_prepared, env, source, sets))
    try:
        settings = load_settings(env, sets, source=source, jobs=_job_names())
    except ShelfwiseError:
        yield from ((name, Finding(State.SKIPPED, "the settings can't be read")) for name in BY_SETTINGS)
        return
    for name, look_by in BY_SETTINGS.items():
        yield name, _tried(partial(look_by, settings))


def _prepared(env: str, source: str | None, sets: Sequence[str]) -> Finding:
    """All that is checked before a run starts: settings, every job and its parameters, the source."""
    from shelfwise.core.workplace import prepare

    place = prepare(env, source=source, sets=sets)
    return ok(f"{env}: {place.settings.source} as of {place.as_of}, {len(place.jobs)} jobs")


def _job_names() -> list[str]:
    """What `--set` may name; without Spark's package there are none."""
    try:
        from shelfwise.core.dag import load_jobs

        return list(load_jobs())
    except (ImportError, ShelfwiseError):
        return []


def _tried(look: Callable[[], Finding]) -> Finding:
    """What nobody foresaw is a finding too."""
    try:
        return look()
    except ShelfwiseError as error:
        raise_if_stopped(error)
        return fail(str(error), "correct what is named, in conf, in a SHELFWISE_ variable or in --set")
    except Exception as error:
        raise_if_stopped(error)
        first_line = str(error).strip().partition("\n")[0]
        return fail(f"{type(error).__name__}: {first_line}", "mend what is named; 'make setup' brings back missing packages")


def show_findings(told: Sequence[Told], console: Console) -> None:
    grid = Grid("", "", "found", "remedy")
    for name, finding in told:
        grid.add_row(name, f"[{COLOURS[finding.state]}]{finding.state}[/]", escape(finding.found), escape(finding.remedy))
    console.print(grid)
    states = [finding.state for _, finding in told]
    console.print(", ".join(f"{states.count(state)} {state}" for state in State if state in states))
