"""Keeps tables fast and small: few larger files instead of many small ones, and none that nobody can ask for any more.

Neither changes a row, so that no job has anything to do again (`Lake.version` passes over both). Files are joined where a table has
many small ones; files of versions that were replaced more than `keep_days` ago are deleted. Delta's own check stays on: what is
younger than a week is never deleted, since a reader or a writer may still be at it.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from shelfwise.core.frames import local_frame
from shelfwise.core.lake import Lake
from shelfwise.core.lease import Lease
from shelfwise.core.table import Table, required

MANY, SMALL = 16, 16 << 20  # more files than that, of fewer bytes on average: opening them takes longer than reading them
# Spark reads at most so much in one task; in one file of 1 GB, which is Delta's own aim, few cores would find work
JOINED = 128 << 20
AIMS = {f"spark.databricks.delta.optimize.{name}": str(JOINED) for name in ("minFileSize", "maxFileSize")}

MAINTENANCE = Table(
    name="ops.maintenance",
    doc="What `shelfwise maintain` did. One row per table and time at which there was something to do.",
    key=("table", "started_at"),
    schema={
        "table": required("string", "the table looked after"),
        "started_at": required("timestamp", "UTC"),
        "files_before": required("long", "data files of the newest version"),
        "files_after": required("long", "data files of the newest version when they had been joined"),
        "bytes": required("long", "bytes in them"),
        "deleted": required("long", "files of earlier versions that were deleted"),
        "keep_days": required("int", "days that versions are kept after they were replaced"),
        "seconds": required("double", "seconds taken"),
    },
    checks={"joining_adds_no_files": "files_after <= files_before"},
)


@dataclass(frozen=True)
class Upkeep:
    """What was done to one table."""

    table: str
    started_at: datetime
    files_before: int
    files_after: int
    bytes: int
    deleted: int
    keep_days: int
    seconds: float

    @property
    def did_something(self) -> bool:
        return self.deleted > 0 or self.files_after < self.files_before


def maintain(lake: Lake, tables: Sequence[Table], *, keep_days: int, now: datetime) -> Iterator[Upkeep]:
    """Those that exist, one after the other, each under its writer's lease; where something was done `ops.maintenance` says so."""
    for table in tables:
        if lake.exists(table):
            done = _maintain(lake, table, keep_days, now)
            if done.did_something:
                lake.append(MAINTENANCE, local_frame(lake.spark, [vars(done)], MAINTENANCE.struct))
            yield done


def _maintain(lake: Lake, table: Table, keep_days: int, now: datetime) -> Upkeep:
    began = time.monotonic()
    with lake.alone(table) as lease:
        before, size, created = _detail(lake, table)
        after = before
        if before > MANY and size / before < SMALL:
            _join(lake, table, lease)
            after, size, _ = _detail(lake, table)
        # nothing in the folder of a younger table is old enough, and to list it would take seconds
        deleted = _delete(lake, table, lease, keep_days) if created < now - timedelta(days=keep_days) else 0
    return Upkeep(table.name, now, before, after, size, deleted, keep_days, time.monotonic() - began)


def _detail(lake: Lake, table: Table) -> tuple[int, int, datetime]:
    """Data files, their bytes, and when the table was created."""
    told = lake.delta(table).detail().selectExpr("numFiles", "sizeInBytes", "unix_seconds(createdAt) AS created").collect()[0]
    return int(told["numFiles"]), int(told["sizeInBytes"]), datetime.fromtimestamp(told["created"], UTC)


def _join(lake: Lake, table: Table, lease: Lease | None) -> None:
    if lease:
        lease.check()
    with _aims(lake):
        lake.delta(table).optimize().executeCompaction()


def _delete(lake: Lake, table: Table, lease: Lease | None, keep_days: int) -> int:
    """How many files were deleted; the table's log gets no entry where there are none."""
    vacuum = f"VACUUM {lake.sql_name(table)} RETAIN {keep_days * 24} HOURS"
    old = lake.spark.sql(f"{vacuum} DRY RUN").count()
    if old:
        if lease:
            lease.check()
        lake.spark.sql(vacuum)
    return old


@contextmanager
def _aims(lake: Lake) -> Iterator[None]:
    """OPTIMIZE takes its sizes from the session only."""
    for name, value in AIMS.items():
        lake.spark.conf.set(name, value)
    try:
        yield
    finally:
        for name in AIMS:
            lake.spark.conf.unset(name)
