"""Runs jobs: reads what each declares, calls its function, writes its output, records what happened."""

import logging
import time
import traceback
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from shelfwise.core.conf_rows import conf_rows, conf_version
from shelfwise.core.conform import empty
from shelfwise.core.errors import JobError, ShelfwiseError, raise_if_stopped
from shelfwise.core.gate import admit_pending
from shelfwise.core.job import Conf, Files, Fitted, Job, Model, Page, Readable, Whole, Write
from shelfwise.core.journal import about, note
from shelfwise.core.kept import release
from shelfwise.core.lake import Lake, Written
from shelfwise.core.landing import land_new_files, listing_version, rejected_files
from shelfwise.core.models import Models
from shelfwise.core.pseudonyms import refuse_other_key
from shelfwise.core.runs import Fingerprint, Outcome, RunLog, as_json, code_version
from shelfwise.core.schedule import in_turn
from shelfwise.core.session import make_active
from shelfwise.core.settings import Settings, job_params
from shelfwise.core.shop import Shop
from shelfwise.core.since import means_otherwise, of_source, refuse_redrawn
from shelfwise.core.table import Table, admitted


@dataclass(frozen=True)
class Report:
    """How one job ended: ran, skipped or failed."""

    job: str
    state: str
    output: str
    rows: int | None
    seconds: float
    note: str = ""
    trace: str = ""


@dataclass(frozen=True)
class Runner:
    """Everything that a job's edge needs."""

    spark: SparkSession
    settings: Settings
    shop: Shop
    as_of: date
    lake: Lake
    models: Models
    log: RunLog

    def run(self, jobs: Sequence[Job], *, force: bool, tell: Callable[[Job, str], None]) -> Iterator[Report]:
        """One report per job as it ends, each after those it reads from; a failed job ends the run."""
        run = partial(self._run_one, force=force)
        return in_turn(jobs, self.settings.jobs_at_once, run, tell=tell, failed=lambda report: report.state == "failed")

    def rejected(self, kinds: Collection[str]) -> list[tuple[str, str]]:
        """Files of these kinds that could not be landed, with the reason."""
        return rejected_files(self.lake, self.shop, kinds)

    def _run_one(self, job: Job, *, force: bool) -> Report:
        make_active(self.spark)
        with about(self.spark, job=job.name, as_of=self.as_of):
            report = self._attempt(job, force=force)
            if report.state != "failed":
                note(logging.INFO, report.state, output=report.output, rows=report.rows or 0, seconds=round(report.seconds, 1))
        return report

    def _attempt(self, job: Job, *, force: bool) -> Report:
        started = time.monotonic()
        fingerprint = None
        try:
            fingerprint = self._fingerprint(job)
            each = job.how in (Write.SLICE, Write.LAND, Write.ADMIT, Write.UPSERT)
            if not force and self.log.unchanged(fingerprint, self._output_version(job), keeps_each_as_of=each):
                return Report(job.name, "skipped", job.writes.name, None, time.monotonic() - started, "unchanged")
            written = self._execute(job, fingerprint, force=force)
        except ShelfwiseError as error:
            raise_if_stopped(error)
            return self._failed(job, fingerprint, started, str(error))
        except Exception as error:
            raise_if_stopped(error)
            first_line = str(error).strip().partition("\n")[0]
            return self._failed(job, fingerprint, started, f"{type(error).__name__}: {first_line}", traceback.format_exc())
        finally:
            release()
        seconds = time.monotonic() - started
        self.log.record(fingerprint, Outcome(job.writes.name, written.version, written.rows, seconds))
        return Report(job.name, "ran", job.writes.name, written.rows, seconds)

    def _failed(self, job: Job, fingerprint: Fingerprint | None, started: float, why: str, trace: str = "") -> Report:
        seconds = time.monotonic() - started
        note(logging.ERROR, f"failed: {why}", trace=bool(trace), output=job.writes.name, seconds=round(seconds, 1))
        if fingerprint:
            self.log.record(fingerprint, Outcome(job.writes.name, None, None, seconds, why))
        return Report(job.name, "failed", job.writes.name, None, seconds, why, trace)

    def _execute(self, job: Job, fingerprint: Fingerprint, *, force: bool) -> Written:
        before = self.log.newest(job.name)
        if job.how is Write.LAND:
            refuse_redrawn(job, before, fingerprint)
            return self._land(job)
        if job.how in (Write.ADMIT, Write.UPSERT):
            return self._admit(job, again=force or means_otherwise(before, fingerprint))
        self.log.refuse_unjudged(fingerprint, job.judged_by)
        frames = {name: self._read(source) for name, source in job.reads.items()}
        self._check_needs(job, frames)
        if isinstance(job.writes, Table) and self.lake.exists(job.writes):
            self.lake.create(job.writes)  # refused before the work is done, not after it
        with self._labelled(job):
            return self._write(job, job.run(**frames, **self._edge_arguments(job)))

    def _write(self, job: Job, made: Any) -> Written:
        target = job.writes
        if isinstance(target, Model):
            assert isinstance(made, Fitted)
            return self.models.register(target, made, self._input_versions(job))
        if isinstance(target, Page):
            return self._write_page(made)
        match job.how:
            case Write.REPLACE:
                return self.lake.replace(target, made)
            case Write.SLICE:
                return self.lake.replace_slice(target, made, self.as_of)
            case Write.MERGE:
                return self.lake.merge(target, made)
        raise JobError(f"job {job.name}: {job.how} does not fit {target.name}.")

    def _land(self, job: Job) -> Written:
        (files,) = job.reads.values()
        assert isinstance(files, Files) and isinstance(job.writes, Table)
        with self._labelled(job):
            return land_new_files(self.lake, self.shop, files.kind, job.writes)

    def _admit(self, job: Job, *, again: bool) -> Written:
        assert isinstance(job.writes, Table)
        bronze = {name: table for name, table in job.reads.items() if isinstance(table, Table) and table.personal}
        others = {name: self._read(source) for name, source in job.reads.items() if name not in bronze}
        if "customer_id" in job.writes.schema:
            refuse_other_key(self.lake, self.shop.key_file)

        def offer(kind: str, batch: int) -> DataFrame:
            raw = {name: self._raw(table, batch if table.name == f"bronze.{kind}" else None) for name, table in bronze.items()}
            frame: DataFrame = job.run(**raw, **others, **self._edge_arguments(job, kind))
            return frame

        with self._labelled(job):
            kinds = list(self.shop.offers.get(job.writes.name.partition(".")[2], {}))
            return admit_pending(self.lake, job.writes, kinds, offer, last_wins=job.how is Write.UPSERT, again=again)

    def _raw(self, table: Table, batch: int | None) -> DataFrame | None:
        """What has landed, or one batch of it; None for a kind that the shop does not deliver."""
        if table.name.removeprefix("bronze.") not in self.shop.files:
            return None
        landed = self.lake.read(table)
        return landed if batch is None else landed.where(F.col("_batch") == batch)

    def _read(self, source: Readable) -> Any:
        match source:
            case Model():
                return self.models.champion(source)
            case Whole():
                return self.lake.read(source.table)
            case Conf():
                return conf_rows(self.spark, self.settings, source)
            case Table() if source.personal and not self.lake.exists(source):
                return empty(self.spark, source)  # bronze of a kind that this shop does not deliver
            case Table():
                return self.lake.read(source, self.as_of)
        raise JobError(f"{source.name} is read by landing jobs only.")

    def _check_needs(self, job: Job, frames: dict[str, Any]) -> None:
        for name in job.needs:
            if not frames[name].take(1):
                source = job.reads[name]
                raise JobError(f"{job.name}: {source.name} holds nothing at {self.as_of}.{self._first_day(source)}")

    def _first_day(self, source: Readable) -> str:
        table = source.table if isinstance(source, Whole) else source
        if not isinstance(table, Table) or not table.happened:
            return " Run its job for this --as-of first."
        first = self.lake.read(table).agg(F.to_date(F.min(table.happened)).alias("first")).first()
        known = first["first"] if first else None
        return f" Its first row is of {known}: choose an --as-of from then on." if known else " Its source delivered nothing."

    def _edge_arguments(self, job: Job, kind: str | None = None) -> dict[str, Any]:
        return job.arguments(params=self._params(job), as_of=self.as_of, shop=self.shop, kind=kind)

    def _params(self, job: Job) -> Any:
        return job_params(self.settings, job.name, job.params)

    def _fingerprint(self, job: Job) -> Fingerprint:
        function = f"{job.run.__module__}.{job.run.__qualname__}"
        params = {"params": self._params(job).model_dump(), "source": self.settings.source, "run": function, "how": job.how.name}
        if job.how in (Write.LAND, Write.ADMIT, Write.UPSERT):
            params |= of_source(self.lake, self.settings, self.shop, job)
        return Fingerprint(job.name, self.as_of, code_version(), as_json(params), as_json(self._input_versions(job)))

    def _input_versions(self, job: Job) -> dict[str, Any]:
        return {source.name: self._version(source) for source in job.reads.values()}

    def _version(self, source: Readable) -> Any:
        match source:
            case Model():
                return self.models.champion_version(source)
            case Whole():
                return self.lake.version(source.table)
            case Conf():
                return conf_version(self.settings, source)
            case Files():
                return listing_version(self.spark, self.shop, source.kind)
        return self.lake.version(source)

    def _output_version(self, job: Job) -> int | None:
        if isinstance(job.writes, Table):
            stored = admitted(job.writes) if job.how in (Write.ADMIT, Write.UPSERT) else job.writes
            return self.lake.version(stored)
        if isinstance(job.writes, Model):
            return self.models.newest_version(job.writes)
        return int(self._page_path().is_file())

    def _page_path(self) -> Path:
        return Path(self.settings.at(self.settings.report))

    def _write_page(self, html: str) -> Written:
        path = self._page_path()
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        part.write_text(html, encoding="utf-8")
        part.replace(path)
        return Written(1, len(html.splitlines()))

    @contextmanager
    def _labelled(self, job: Job) -> Iterator[None]:
        self.spark.sparkContext.setJobDescription(f"{job.name} as of {self.as_of}")
        try:
            yield
        finally:
            self.spark.sparkContext.setJobDescription("")
