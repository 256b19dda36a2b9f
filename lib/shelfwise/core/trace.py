"""From a table back to what it was made from: which run wrote it, in which versions that run read, and which runs wrote those.

Only `ops.runs` is asked. A run's inputs name each version that it read. The run that wrote one is the newest of those before the
reader that ended with it or with an earlier one.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from pyspark.sql import functions as F

from shelfwise.core.job import Job, Whole
from shelfwise.core.lake import Lake
from shelfwise.core.runs import RUNS, as_json
from shelfwise.core.table import Table


class Place(NamedTuple):
    """A table, a model, files or a settings' file in one version; of a table that is made day by day perhaps one day only."""

    name: str
    version: int | str | None
    as_of: date | None = None


@dataclass(frozen=True)
class Ran:
    """A good run, as `ops.runs` tells it, without its parameters."""

    run_id: str
    job: str
    as_of: date
    code_version: str
    inputs: Mapping[str, int | str | None]
    output: str
    output_version: int
    rows: int
    seconds: float
    started_at: datetime


@dataclass(frozen=True)
class Step:
    """What was read somewhere on the way: the run that made it (None: nobody recorded one), and what that run read itself.

    `nothing`: what that run would have read had there been any.
    """

    place: Place
    ran: Ran | None
    reads: tuple[Place, ...] = ()
    nothing: tuple[str, ...] = ()


def good_runs(lake: Lake) -> list[Ran]:
    """Oldest first. Bound: runs so far, without their parameters."""
    if not lake.exists(RUNS):
        return []
    told = lake.read(RUNS).where("status = 'ok' AND output_version IS NOT NULL").select(*Ran.__dataclass_fields__)
    rows = [row.asDict() for row in told.orderBy("started_at", "run_id").collect()]
    return [Ran(**(row | {"inputs": json.loads(row["inputs"]), "rows": row["rows"] or 0})) for row in rows]


def params_of(lake: Lake, runs: Iterable[Ran]) -> dict[str, dict[str, Any]]:
    """The parameters of each job's run by its id."""
    ids = [ran.run_id for ran in runs]
    found = lake.read(RUNS).where(F.col("run_id").isin(ids)).select("run_id", "params").collect() if ids else []
    return {row["run_id"]: json.loads(row["params"]).get("params", {}) for row in found}


def set_by_hand(job: Job, params: Mapping[str, Any]) -> dict[str, Any]:
    """Those that differ from the job's own defaults."""
    defaults = json.loads(as_json(job.params().model_dump()))
    return {name: value for name, value in params.items() if defaults.get(name) != value}


def walk(start: Place, runs: Sequence[Ran], jobs: Mapping[str, Job], tables: Mapping[str, Table]) -> dict[Place, Step]:
    """Each place once, in the order of a walk that follows each input to its end before the next."""
    steps: dict[Place, Step] = {}
    waiting: list[tuple[Place, datetime | None]] = [(start, None)]
    while waiting:
        place, reader_started = waiting.pop()
        if place not in steps:
            steps[place] = step = _step(place, written_by(place, runs, reader_started), jobs, tables)
            waiting += [(read, step.ran.started_at if step.ran else None) for read in reversed(step.reads)]
    return steps


def written_by(place: Place, runs: Sequence[Ran], before: datetime | None) -> Ran | None:
    """The run that made this version; `before`: it was read at that time."""
    if not isinstance(place.version, int):
        return None
    fitting = [
        ran
        for ran in runs
        if ran.output == place.name
        and ran.output_version <= place.version
        and (before is None or ran.started_at < before)
        and (place.as_of is None or ran.as_of == place.as_of)
    ]
    # a run that found nothing new to admit has recorded the version that an earlier one had made
    return next((ran for ran in fitting if ran.output_version == fitting[-1].output_version), None)


def _step(place: Place, ran: Ran | None, jobs: Mapping[str, Job], tables: Mapping[str, Table]) -> Step:
    if not ran:
        return Step(place, None)
    whole = {read.name for read in jobs[ran.job].reads.values() if isinstance(read, Whole)} if ran.job in jobs else set()
    reads: list[Place] = []
    nothing: list[str] = []
    for name, version in sorted(ran.inputs.items()):
        table = tables.get(name)
        one_day = table and table.slice == "as_of" and name not in whole
        if version in (None, "", 0):  # version 0 is that of a table that was made and never written to
            nothing.append(name)
        else:
            reads.append(Place(name, version, ran.as_of if one_day else None))
    return Step(place, ran, tuple(reads), tuple(nothing))
