"""New files into bronze, as they came: each file once, all new ones of a kind as one numbered batch.

A file that can't be read is put down by name with the reason, and the others go on; it is tried again at the next
landing. Bronze is written first and `bronze.files` last: a landing killed in between repeats its batch under the same number.
"""

import hashlib
import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import reduce
from typing import Any, NamedTuple

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql import types as T

from shelfwise.core.admission import FILES
from shelfwise.core.arrivals import UNREADABLE, Arrival, Verdict, arrivals, judge, read_alike, why
from shelfwise.core.errors import ShelfwiseError
from shelfwise.core.frames import local_frame
from shelfwise.core.journal import about, note
from shelfwise.core.lake import Lake, Written
from shelfwise.core.shop import KINDS, FileSet, Shop
from shelfwise.core.table import BATCH_COLUMNS, Table


def land_new_files(lake: Lake, shop: Shop, kind: str, table: Table) -> Written:
    """Lands what has come since the last time; nothing for a kind that the shop does not deliver."""
    files = shop.files.get(kind)
    if files is None:
        return Written(lake.version(table) or 0, 0)
    seen = _seen(lake, kind)
    new = [one for one in arrivals(lake.spark, files) if one.known_by not in seen or seen[one.known_by].reason]
    if not new:
        return Written(lake.version(table) or 0, 0)
    batch = _next_batch(seen, kind)
    with about(lake.spark, batch=batch):
        verdicts = judge(lake.spark, files, new, _stored_types(lake, table))
        written, verdicts = _write(lake, table, files, verdicts, batch)
        rows = _file_rows(lake.spark, kind, batch, verdicts)
        if any(verdict.reason for verdict in verdicts) or any(one.known_by in seen for one in new):
            lake.merge(FILES, rows)
        else:  # in a third of the time, and as repeatable: all rows are of this batch
            lake.replace_where(FILES, rows, f"kind = '{kind}' AND batch = {batch}")
        _tell(table, written, [verdict.reason for verdict in verdicts])
    return written


def _tell(table: Table, written: Written, reasons: Sequence[str | None]) -> None:
    """`reasons`: why each file was rejected, None where it was not."""
    rejected = [reason for reason in reasons if reason]
    for reason in rejected:
        note(logging.WARNING, f"rejected: {reason}")
    note(logging.INFO, "landed", output=table.name, files=len(reasons) - len(rejected), rejected=len(rejected), rows=written.rows)


def listing_version(spark: SparkSession, shop: Shop, kind: str) -> str:
    """Changes when a file comes, goes or changes; '' for a kind that the shop does not deliver."""
    files = shop.files.get(kind)
    if files is None:
        return ""
    listed = "\n".join(" ".join(map(str, one.known_by)) for one in arrivals(spark, files))
    return hashlib.sha256(listed.encode()).hexdigest()[:12]


def rejected_files(lake: Lake, shop: Shop, kinds: Collection[str]) -> list[tuple[str, str]]:
    """Path and reason of the files of these kinds that could not be landed and are still there unchanged."""
    found = []
    for kind, files in ((kind, files) for kind, files in shop.files.items() if kind in kinds):
        refused = {known: fate.reason for known, fate in _seen(lake, kind).items() if fate.reason}
        there = arrivals(lake.spark, files) if refused else []
        found += [(one.path, refused[one.known_by]) for one in there if one.known_by in refused]
    return sorted(found)


class Fate(NamedTuple):
    """What became of a file: its batch, or why it was rejected ('' where it was not)."""

    batch: int | None
    reason: str


def _seen(lake: Lake, kind: str) -> dict[tuple[str | int, ...], Fate]:
    """The files of one kind seen so far, by what they are known by. Bound: the shop's files."""
    if not lake.exists(FILES):
        return {}
    lake.create(FILES)  # refuses one of an older contract
    seen = lake.read(FILES).where(F.col("kind") == kind)
    state = ("path", "size", F.unix_millis("modified_at"), F.coalesce("content", F.lit("")))
    rows = seen.select(F.struct(*state).alias("state"), "batch", "reason").collect()
    return {Arrival(*row["state"]).known_by: Fate(row["batch"], row["reason"] or "") for row in rows}


def _next_batch(seen: Mapping[Any, Fate], kind: str) -> int:
    """Landings of a kind count 1, 2, 3, …; the last two digits are the kind's own, so that batches of two kinds that

    are landed at the same time never share a number."""
    return max((fate.batch for fate in seen.values() if fate.batch), default=KINDS.index(kind) + 1) + 100


def _stored_types(lake: Lake, table: Table) -> dict[str, str]:
    if not lake.exists(table):
        return {}
    fields = lake.read(table).schema.fields
    return {field.name: field.dataType.simpleString() for field in fields if field.name not in BATCH_COLUMNS}


def _write(lake: Lake, table: Table, files: FileSet, verdicts: list[Verdict], batch: int) -> tuple[Written, list[Verdict]]:
    """All readable files at once; where that fails, each is tried alone and the broken ones are left out."""
    now = datetime.now(UTC)
    try:
        return lake.land(table, _rows(lake.spark, files, verdicts, batch, now), batch), verdicts
    except (*UNREADABLE, ShelfwiseError):
        tried = [verdict if verdict.reason else _try(lake.spark, files, verdict) for verdict in verdicts]
        if tried == verdicts:
            raise
    return lake.land(table, _rows(lake.spark, files, tried, batch, now), batch), tried


def _try(spark: SparkSession, files: FileSet, verdict: Verdict) -> Verdict:
    path = verdict.arrival.path
    try:
        read_alike(spark, files, verdict.columns, [path]).write.format("noop").mode("overwrite").save()
    except UNREADABLE as error:
        return Verdict(verdict.arrival, reason=f"{path} breaks off or is damaged: {why(error)}. Deliver it again.")
    return verdict


def _rows(spark: SparkSession, files: FileSet, verdicts: list[Verdict], batch: int, now: datetime) -> DataFrame:
    """The rows of the readable files with their batch columns; files whose columns differ meet by column name."""
    alike: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for verdict in verdicts:
        if not verdict.reason:
            alike.setdefault(verdict.columns, []).append(verdict.arrival.path)
    frames = [_with_batch(_kept(files, read_alike(spark, files, columns, paths)), batch, now) for columns, paths in alike.items()]
    return reduce(lambda a, b: a.unionByName(b, allowMissingColumns=True), frames) if frames else _nothing(spark, files)


def _kept(files: FileSet, raw: DataFrame) -> DataFrame:
    path = F.col("_metadata.file_path")
    # Spark writes file:/x, the listing file:///x: one form, so that rows and bronze.files meet
    local = path.startswith("file:/") & ~path.startswith("file:///")
    named = raw.select("*", F.when(local, F.concat(F.lit("file://"), F.substring(path, 6, 4096))).otherwise(path).alias("_file"))
    return files.keep(named) if files.keep else named


def _with_batch(raw: DataFrame, batch: int, now: datetime) -> DataFrame:
    return raw.select("*", F.lit(batch).cast("long").alias("_batch"), F.lit(now).alias("_ingested_at"))


def _nothing(spark: SparkSession, files: FileSet) -> DataFrame:
    """No row, but the declared columns: a reader of bronze finds them even where every file was rejected."""
    declared = {name: "string" if type == "*" else type for name, type in files.columns.items()}
    own = {name: column.type for name, column in BATCH_COLUMNS.items()}
    return local_frame(spark, [], T.StructType([T.StructField(n, T.DataType.fromDDL(t)) for n, t in {**declared, **own}.items()]))


def _file_rows(spark: SparkSession, kind: str, batch: int, verdicts: Iterable[Verdict]) -> DataFrame:
    rows = [
        (
            kind,
            verdict.arrival.path,
            verdict.arrival.size,
            verdict.arrival.modified_at,
            verdict.arrival.content or None,
            None if verdict.reason else batch,
            "rejected" if verdict.reason else "landed",
            verdict.reason,
            list(verdict.added),
        )
        for verdict in verdicts
    ]
    return local_frame(spark, rows, FILES.struct)
