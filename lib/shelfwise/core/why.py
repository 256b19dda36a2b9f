"""Why does a table hold this row? The row, what drove the forecast behind it, and the way back to the files."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shelfwise.core.arrivals import why as in_one_line
from shelfwise.core.conf_rows import conf_version
from shelfwise.core.declared import declared, known_tables
from shelfwise.core.errors import JobError, SettingsError
from shelfwise.core.held import Held, held, matching
from shelfwise.core.job import Conf, Job, Model
from shelfwise.core.lake import Lake
from shelfwise.core.runner import Runner
from shelfwise.core.table import Table
from shelfwise.core.trace import Place, Step, good_runs, params_of, set_by_hand, walk


@dataclass(frozen=True)
class Found:
    """One step and what is still held of it: `set` are parameters other than the job's defaults, `model` is what MLflow says."""

    step: Step
    held: Held
    set: Mapping[str, Any]
    model: Mapping[str, Any]


@dataclass(frozen=True)
class Reason:
    """`matched` rows have what was asked, `rows` are those shown; `followed` is what all of them are about, such as an item."""

    table: Table
    start: Place
    matched: int
    rows: DataFrame
    followed: Mapping[str, str]
    drivers: Sequence[str]
    found: Mapping[Place, Found]


def as_asked(table: Table, words: Sequence[str]) -> dict[str, str]:
    """`COLUMN=VALUE …`; a value alone is of the key, where that is one column beside `as_of`."""
    own = [name for name in table.key if name != "as_of"]
    asked = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals and len(own) != 1:
            raise SettingsError(f"{word}: write COLUMN=VALUE; the key of {table.name} is {', '.join(table.key)}.")
        asked.update({name: value} if equals else {own[0]: word})
    return asked


def explain(runner: Runner, jobs: Mapping[str, Job], table: Table, asked: Mapping[str, str], limit: int) -> Reason:
    """JobError where no row has what is asked. Rows of several days: those of the newest."""
    lake, tables = runner.lake, known_tables()
    stored = lake.read(table)
    rows = stored.where(matching(table, asked, stored))
    daily = table.slice == "as_of"
    newest = F.max("as_of" if daily else F.lit(None).cast("date")).alias("day")
    told = rows.agg(F.count(F.lit(1)).alias("rows"), newest).collect()[0]
    if not told["rows"]:
        wanted = " and ".join(f"{name} = {value}" for name, value in asked.items())
        raise JobError(f"{table.name} holds no row where {wanted}; look at some with 'shelfwise show {table.name}'.")
    shown = rows.where(F.col("as_of") == told["day"]) if daily else rows
    followed = _followed(table, asked, shown)
    start = Place(table.name, lake.version(table), told["day"])
    steps = walk(start, good_runs(lake), jobs, tables)
    day = told["day"] or runner.as_of
    found = dict(_found(runner, jobs, tables, steps, followed, day))
    drivers = _drivers(lake, steps, followed, day)
    return Reason(table, start, told["rows"], shown.orderBy(*table.key).limit(limit), followed, drivers, found)


def _followed(table: Table, asked: Mapping[str, str], rows: DataFrame) -> dict[str, str]:
    """The ids that mean the same in every table, as asked; where none was asked, the first that the row has."""
    ids = [name for name in declared("FOLLOWED") if name in table.schema]
    if named := {name: asked[name] for name in ids if name in asked}:
        return named
    first = rows.orderBy(*table.key).select(*ids).limit(1).collect() if ids else []
    return next(({name: str(row[name])} for row in first for name in ids if row[name] is not None), {})


def _found(
    runner: Runner,
    jobs: Mapping[str, Job],
    tables: Mapping[str, Table],
    steps: Mapping[Place, Step],
    followed: Mapping[str, str],
    day: date,
) -> Iterator[tuple[Place, Found]]:
    params = params_of(runner.lake, [step.ran for step in steps.values() if step.ran])
    models = {job.writes.name: job.writes for job in jobs.values() if isinstance(job.writes, Model)}
    for place, step in steps.items():
        ran, is_table = step.ran, place.name in tables and isinstance(place.version, int)
        rows = (
            held(runner.lake, tables[place.name], place, followed, day) if is_table else Held(note=_conf_note(runner, jobs, place))
        )
        by_hand = set_by_hand(jobs[ran.job], params[ran.run_id]) if ran and ran.job in jobs else {}
        yield place, Found(step, rows, by_hand, _about(runner, models[place.name], place) if place.name in models else {})


def _about(runner: Runner, model: Model, place: Place) -> dict[str, Any]:
    """A registry that does not answer keeps nobody from the rest."""
    assert isinstance(place.version, int)
    try:
        return runner.models.about(model, place.version)
    except Exception as error:  # MLflow's stores raise their own kinds
        return {"unknown": f"MLflow tells nothing of it: {in_one_line(error)}"}


def _conf_note(runner: Runner, jobs: Mapping[str, Job], place: Place) -> str:
    for read in (read for job in jobs.values() for read in job.reads.values()):
        if isinstance(read, Conf) and read.name == place.name:
            same = conf_version(runner.settings, read) == place.version
            return f"{getattr(runner.settings, read.setting)}, {'unchanged since' if same else 'which has changed since'}"
    return ""


def _drivers(lake: Lake, steps: Mapping[Place, Step], followed: Mapping[str, str], day: date) -> list[str]:
    """Sentences about the next week's forecast of what is followed, where one lies on the way. Bound: drivers of one item."""
    said: list[str] = []
    for explained, table in declared("EXPLAINED").items():
        own = {name: value for name, value in followed.items() if name in table.schema}
        if own and lake.exists(table) and any(place.name == explained for place in steps):
            told = lake.read(table, day)
            told = told.where(matching(table, own, told)).orderBy("horizon", "rank").select("horizon", "sentence")
            rows = told.limit(20).collect()
            said += [row["sentence"] for row in rows if row["horizon"] == rows[0]["horizon"]]
    return said
