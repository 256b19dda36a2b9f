"""Which files lie there, and can they be read? A file is judged by its header or schema before its rows are read."""

import csv
import difflib
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from delta.tables import DeltaTable
from py4j.protocol import Py4JJavaError  # type: ignore[import-untyped]  # has no stubs
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import types as T

from shelfwise.core.errors import SourceError
from shelfwise.core.session import java_class
from shelfwise.core.shop import FileSet
from shelfwise.core.table import BATCH_COLUMNS

CORRUPT = "_corrupt_record"  # holds a line that has too many or too few fields, or is no JSON
RESERVED = {*BATCH_COLUMNS, CORRUPT}
READING: dict[str, dict[str, str]] = {
    "csv": {"header": "true", "quote": '"', "escape": '"', "encoding": "UTF-8", "columnNameOfCorruptRecord": CORRUPT},
    "json": {"columnNameOfCorruptRecord": CORRUPT},
}
PLANTED = "shop.json"  # marks a folder that `shelfwise simulate` has laid
RAISED = re.compile(r"[\w.]*(Error|Exception)\b")
UNREADABLE = (PySparkException, Py4JJavaError)


@dataclass(frozen=True)
class Arrival:
    """One file in one state. A Delta table counts as one file whose `size` is its version; `content` is that of shipped files."""

    path: str
    size: int
    modified_ms: int
    content: str = ""

    @property
    def known_by(self) -> tuple[str | int, ...]:
        """What tells it from other files of its kind."""
        return (self.content,) if self.content else (self.path, self.size, self.modified_ms)

    @property
    def modified_at(self) -> datetime:
        return datetime.fromtimestamp(self.modified_ms / 1000, UTC)


@dataclass(frozen=True)
class Verdict:
    """`columns` are the file's own, in its own order, with their Spark types; `reason` says why it is refused."""

    arrival: Arrival
    columns: tuple[tuple[str, str], ...] = ()
    added: tuple[str, ...] = ()
    reason: str | None = None


def arrivals(spark: SparkSession, files: FileSet) -> list[Arrival]:
    """The files of one kind, by path; none at all is an error: a path is mistyped or a delivery late. Bound: the shop's files."""
    if files.format == "delta":
        return [_delta_arrival(spark, files)]
    path = java_class(spark, "org.apache.hadoop.fs.Path")
    folder = path(files.folder)
    system = folder.getFileSystem(spark._jsc.hadoopConfiguration())
    _refuse_truth(system, folder)
    if not system.exists(folder):
        raise SourceError(f"There is no {files.folder}: correct the setting {files.setting}.")
    found = system.globStatus(path(folder, files.pattern)) or []
    listed = [Arrival(_address(status), status.getLen(), status.getModificationTime()) for status in found if status.isFile()]
    visible = [one for one in listed if not one.path.rpartition("/")[2].startswith(("_", "."))]
    if not visible:
        raise SourceError(f"{files.folder} holds no file {files.pattern}: deliver one, or correct the setting {files.setting}.")
    told = [replace(one, content=_content(files, one)) for one in visible] if files.shipped else visible
    return sorted(told, key=lambda one: one.path)


def _content(files: FileSet, one: Arrival) -> str:
    with (Path(files.folder) / one.path.rpartition("/")[2]).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _refuse_truth(system: Any, folder: Any) -> None:
    """What a planted shop knows beside its data is for tests and benchmarks: a job that read it would judge itself."""
    while folder is not None:
        if folder.getName() == "truth" and system.exists(folder.suffix(f"/../{PLANTED}")):
            raise SourceError(f"{folder} is the truth of a planted shop, which no job may read: name the folder above it.")
        folder = folder.getParent()


def judge(spark: SparkSession, files: FileSet, new: list[Arrival], stored: Mapping[str, str]) -> list[Verdict]:
    """A verdict per file. `stored` are the types of the columns that bronze already has."""
    expected = dict(stored) | {name: type for name, type in files.columns.items() if type != "*"}
    verdicts = []
    for arrival in new:
        verdict = _verdict(spark, files, arrival, expected)
        if not verdict.reason:
            expected = dict(verdict.columns) | expected
        verdicts.append(verdict)
    return verdicts


def read_alike(spark: SparkSession, files: FileSet, columns: tuple[tuple[str, str], ...], paths: list[str]) -> DataFrame:
    """Files that have the same columns in the same order, as one frame."""
    schema = T.StructType([T.StructField(name, T.DataType.fromDDL(type)) for name, type in columns])
    if files.format in READING:
        schema = schema.add(CORRUPT, "string")
    options = READING.get(files.format, {}) | dict(files.options)
    reader = spark.read.format(files.format).options(**options)
    return reader.load(paths[0]) if files.format == "delta" else reader.schema(schema).load(paths)


def why(error: Exception) -> str:
    """The innermost cause in one line."""
    text = str(error.java_exception) if isinstance(error, Py4JJavaError) else str(error)
    lines = text.strip().splitlines() or [type(error).__name__]
    causes = [line.split("Caused by:")[-1].strip() for line in lines if "Caused by:" in line]
    # what failed in a Python worker comes with its whole stack trace, the error last
    raised = [line for line in lines if RAISED.match(line)] if "Traceback" in text else []
    return (causes or raised or lines[:1])[-1][:300]


def _verdict(spark: SparkSession, files: FileSet, arrival: Arrival, expected: Mapping[str, str]) -> Verdict:
    if arrival.size == 0 and files.format != "delta":
        return Verdict(arrival, reason=f"{arrival.path} is empty (0 bytes): deliver it again.")
    try:
        columns = _columns(spark, files, arrival)
    except UNREADABLE as error:
        return Verdict(arrival, reason=f"{arrival.path} can't be read as {files.format}: {why(error)}. Deliver it again.")
    reason = _misfit(arrival.path, columns, files.columns, expected)
    if reason:
        return Verdict(arrival, reason=reason)
    return Verdict(arrival, columns, tuple(name for name, _ in columns if name not in files.columns))


def _misfit(
    path: str, columns: tuple[tuple[str, str], ...], declared: Mapping[str, str], expected: Mapping[str, str]
) -> str | None:
    names = [name for name, _ in columns]
    if not names:
        return f"{path} has no header: deliver it again."
    if doubtful := sorted({name for name in names if names.count(name) > 1 or name in RESERVED or not name}):
        return f"{path}: the column name {doubtful[0]!r} is empty, reserved or there twice: rename it in the file."
    for name in declared:
        if name not in names:
            return f"{path} lacks the column '{name}'.{_renamed(name, [n for n in names if n not in declared])}"
    for name, type in columns:
        if expected.get(name, type) != type:
            return f"{path}: column '{name}' is retyped: {type} where {expected[name]} is expected. Deliver it so."
    return None


def _renamed(name: str, others: list[str]) -> str:
    alike = {other.lower().replace("_", "").replace(" ", ""): other for other in others}
    close = difflib.get_close_matches(name.lower().replace("_", "").replace(" ", ""), list(alike), n=1, cutoff=0.6)
    hint = f" Was it renamed to '{alike[close[0]]}'?" if close else ""
    return f"{hint} Correct the file's header and deliver it again."


def _columns(spark: SparkSession, files: FileSet, arrival: Arrival) -> tuple[tuple[str, str], ...]:
    if files.format == "csv":
        return tuple((name, "string") for name in _header(spark, files, arrival.path))
    reader = spark.read.format(files.format).options(**(READING.get(files.format, {}) | dict(files.options)))
    if files.format == "json":
        found = reader.option("primitivesAsString", True).load(arrival.path).columns
        return tuple((name, "string") for name in found if name != CORRUPT)
    return tuple((field.name, field.dataType.simpleString()) for field in reader.load(arrival.path).schema.fields)


def _header(spark: SparkSession, files: FileSet, path: str) -> list[str]:
    """The first line's fields; only the file's first bytes are read."""
    jvm: Any = spark._jvm
    place = java_class(spark, "org.apache.hadoop.fs.Path")(jvm.java.net.URI(path))
    hadoop = spark._jsc.hadoopConfiguration()
    stream = place.getFileSystem(hadoop).open(place)
    try:
        codec = jvm.org.apache.hadoop.io.compress.CompressionCodecFactory(hadoop).getCodec(place)
        plain = codec.createInputStream(stream) if codec else stream
        line = jvm.java.io.BufferedReader(jvm.java.io.InputStreamReader(plain, "UTF-8")).readLine()
    finally:
        stream.close()
    return next(csv.reader([line.removeprefix("\ufeff")], delimiter=files.options.get("sep", ",")), []) if line else []


def _delta_arrival(spark: SparkSession, files: FileSet) -> Arrival:
    path = f"{files.folder.rstrip('/')}/{files.pattern}".rstrip("/")
    if not DeltaTable.isDeltaTable(spark, path):
        raise SourceError(f"{path} is no Delta table: correct the setting {files.setting}.")
    newest = DeltaTable.forPath(spark, path).history(1).selectExpr("version", "unix_millis(timestamp) AS at").first()
    assert newest is not None
    return Arrival(path, int(newest["version"]), int(newest["at"]))


def _address(status: Any) -> str:
    """With three slashes where the file is local."""
    text: str = status.getPath().toUri().toString()
    return text.replace("file:/", "file:///", 1) if text.startswith("file:/") and not text.startswith("file://") else text
