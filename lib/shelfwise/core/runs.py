"""What ran, on what, with what outcome: unchanged work is recognised and skipped."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from pyspark.sql import Window
from pyspark.sql import functions as F

from shelfwise.core.errors import JobError
from shelfwise.core.frames import local_frame
from shelfwise.core.lake import Lake
from shelfwise.core.table import Table, optional, required

RUNS = Table(
    name="ops.runs",
    doc="What ran, on what, with what outcome. One row per run of a job.",
    key=("run_id",),
    schema={
        "run_id": required("string", "unique id of the run"),
        "job": required("string", "the job's name"),
        "as_of": required("date", "decisions are made at the end of this day"),
        "status": required("string", "ok or failed"),
        "code_version": required("string", "hash of the code that ran"),
        "params": required("string", "the job's parameters and settings that it reads, JSON"),
        "inputs": required("string", "version of each table, model or file listing read, JSON"),
        "output": required("string", "the table, model or file written"),
        "output_version": optional("long", "version written; null where the run failed"),
        "rows": optional("long", "rows written"),
        "seconds": required("double", "seconds taken"),
        "started_at": required("timestamp", "UTC"),
        "error": optional("string", "why it failed"),
    },
    checks={"status_is_known": "status IN ('ok', 'failed')"},
)


@dataclass(frozen=True)
class Fingerprint:
    """What decides a job's outcome; an equal one of an earlier good run means there is nothing to do."""

    job: str
    as_of: date
    code_version: str
    params: str
    inputs: str

    def means(self, *names: str) -> dict[str, Any]:
        """Those of its parameters."""
        params = json.loads(self.params)
        return {name: params.get(name) for name in names}


@dataclass(frozen=True)
class Outcome:
    output: str
    version: int | None
    rows: int | None
    seconds: float
    error: str | None = None


class RunLog:
    """The latest good run of each job and as_of, held in the driver (bound: jobs x as_of dates run so far)."""

    def __init__(self, lake: Lake) -> None:
        self._lake = lake
        self._latest: dict[tuple[str, date], tuple[Fingerprint, int | None]] = {}
        self._newest: dict[str, date] = {}
        if lake.exists(RUNS):
            self._load()

    def unchanged(self, fingerprint: Fingerprint, current_version: int | None, *, keeps_each_as_of: bool) -> bool:
        """True where the latest good run had the same fingerprint and its output is still there.

        An output that holds one `as_of` only is stale once the job has run for another.
        """
        last = self._latest.get((fingerprint.job, fingerprint.as_of))
        if not keeps_each_as_of and self._newest.get(fingerprint.job) != fingerprint.as_of:
            return False
        return last is not None and last[0] == fingerprint and (current_version or 0) >= (last[1] or 0)

    def newest(self, job: str) -> Fingerprint | None:
        """That of its latest good run."""
        day = self._newest.get(job)
        return self._latest[(job, day)][0] if day else None

    def refuse_unjudged(self, now: Fingerprint, judged_by: str) -> None:
        """A model with other parameters than were judged would be promoted, or not, by another one's figures."""
        judge, _, group = judged_by.partition(".")
        last = self._latest.get((judge, now.as_of))
        if not judge:
            return
        if not last:
            raise JobError(
                f"{now.job}: nothing has been judged at {now.as_of}: run {judge} for this --as-of first, or add --upstream."
            )
        known, own = (one.means("params")["params"] for one in (last[0], now))
        known = known.get(group, {}) if group else known
        if differing := [name for name in own if own[name] != known.get(name)]:
            raise JobError(
                f"{now.job}: its {', '.join(differing)} are not those that {judge} has judged: "
                f"set jobs.{now.job} and jobs.{judged_by} alike, and run {judge} first."
            )

    def record(self, fingerprint: Fingerprint, outcome: Outcome) -> None:
        started = datetime.now(UTC) - timedelta(seconds=outcome.seconds)
        run_id = hashlib.sha256(f"{fingerprint}{started.isoformat()}".encode()).hexdigest()[:16]
        row: dict[str, Any] = vars(fingerprint) | {
            "run_id": run_id,
            "status": "failed" if outcome.error else "ok",
            "output": outcome.output,
            "output_version": outcome.version,
            "rows": outcome.rows,
            "seconds": outcome.seconds,
            "started_at": started,
            "error": outcome.error,
        }
        self._lake.append(RUNS, local_frame(self._lake.spark, [row], RUNS.struct))
        if not outcome.error:
            self._remember(fingerprint, outcome.version)

    def _load(self) -> None:
        newest = F.row_number().over(Window.partitionBy("job", "as_of").orderBy(F.desc("started_at"), "run_id"))
        good = self._lake.read(RUNS).where("status = 'ok'").withColumn("turn", newest).where("turn = 1")
        for row in good.orderBy("started_at", "run_id").collect():
            fingerprint = Fingerprint(row["job"], row["as_of"], row["code_version"], row["params"], row["inputs"])
            self._remember(fingerprint, row["output_version"])

    def _remember(self, fingerprint: Fingerprint, version: int | None) -> None:
        self._latest[(fingerprint.job, fingerprint.as_of)] = (fingerprint, version)
        self._newest[fingerprint.job] = fingerprint.as_of


def as_json(values: Mapping[str, Any]) -> str:
    return json.dumps(values, sort_keys=True, default=str)


@cache
def code_version() -> str:
    """Hash of the package's source: any change to it makes every job's result stale."""
    package = Path(__file__).resolve().parents[1]
    digest = hashlib.sha256()
    if archive := next((parent for parent in package.parents if parent.is_file()), None):
        digest.update(archive.read_bytes())  # the zip that came by --py-files
    for path in sorted([*package.rglob("*.py"), *package.rglob("*.j2")]):
        digest.update(path.relative_to(package).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:12]
