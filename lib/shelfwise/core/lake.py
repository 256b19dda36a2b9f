"""The only reader and writer of tables: Delta under a root or in a catalog; nobody else knows which."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from threading import Lock
from typing import Any

from delta.tables import DeltaTable
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from shelfwise.core.commits import again_where_overtaken, broken_constraint, within
from shelfwise.core.conform import absent, conform, departures, known_by, not_yet_in
from shelfwise.core.delta_log import UPKEEP, last_change, newest_snapshot
from shelfwise.core.errors import ContractError, JobError
from shelfwise.core.lease import Lease, hold_lease, lease_folder
from shelfwise.core.settings import Settings
from shelfwise.core.table import Table, column_clause, create_statement


@dataclass(frozen=True)
class Written:
    """The outcome of one write."""

    version: int
    rows: int


class Lake:
    """Reads and writes the tables of one shop."""

    def __init__(self, spark: SparkSession, settings: Settings) -> None:
        self.spark = spark
        self._lake = settings.lake
        self._root = _absolute(settings.at(settings.lake.root))
        self._personal_root = _absolute(settings.at(settings.lake.personal_root))
        self._as_declared: dict[str, Table] = {}
        self._turns: dict[str, Lock] = {}
        self._written: dict[tuple[str, int], Written] = {}  # of a newest version, which a run asks for as often
        self._found: set[str] = set()  # a run asks for each table some fifteen times, and never drops one

    def exists(self, table: Table) -> bool:
        if table.name not in self._found and self._is_there(table):
            self._found.add(table.name)
        return table.name in self._found

    def _is_there(self, table: Table) -> bool:
        if self._lake.catalog:
            return self.spark.catalog.tableExists(self._catalog_name(table))
        return DeltaTable.isDeltaTable(self.spark, self.path(table))

    def read(self, table: Table, as_of: date | None = None, *, version: int | None = None) -> DataFrame:
        """The table as known at the end of `as_of`: its slice, its facts up to it, its plans known by it."""
        frame = self._stored(table, version)
        whole = frame.withColumns(new) if (new := absent(table, frame.columns)) else frame
        return known_by(whole, table, as_of) if as_of else whole

    def _stored(self, table: Table, version: int | None = None) -> DataFrame:
        self._must_exist(table)
        reader = self.spark.read.format("delta")
        reader = reader if version is None else reader.option("versionAsOf", version)
        return reader.table(self._catalog_name(table)) if self._lake.catalog else reader.load(self.path(table))

    def version(self, table: Table) -> int | None:
        """The newest version in which rows may differ from those before; None where the table does not exist."""
        return self._last_write(table).version if self.exists(table) else None

    def history(self, table: Table) -> DataFrame:
        """One row per version, newest first."""
        self._must_exist(table)
        return self.delta(table).history()

    def create(self, table: Table) -> None:
        """Creates the table by its contract; refuses one that is there and differs (looked at once per process)."""
        if not self.exists(table):
            self._create(table, {})
        elif self._as_declared.get(table.name) != table:
            self._refuse_drift(table)
        self._as_declared[table.name] = table

    def _ready(self, table: Table) -> None:
        """For one writer. Adds what a newer contract of a derived table has and may be without: earlier rows say nothing there."""
        self.create(table)
        if new := absent(table, self._stored(table).columns):
            self._add_columns(table, ", ".join(column_clause(name, table.schema[name]) for name in new))

    def replace(self, table: Table, frame: DataFrame) -> Written:
        return self._commit(table, frame, {"overwriteSchema": "false"}, "overwrite")

    def replace_slice(self, table: Table, frame: DataFrame, value: date | int) -> Written:
        """Replaces the rows whose slice column equals `value`, atomically."""
        literal = f"DATE'{value}'" if isinstance(value, date) else str(value)
        return self.replace_where(table, frame, f"{table.slice} = {literal}")

    def _is_new(self, table: Table) -> bool:
        """Nothing was ever written to it: it has no version, or only the one that created it."""
        return not self.version(table)

    def replace_where(self, table: Table, frame: DataFrame, predicate: str) -> Written:
        """Replaces the rows that fulfil the predicate by the frame's, which must fulfil it too, atomically."""

        def write(lease: Lease | None) -> Written:
            # where nothing is to be replaced, an append takes less than half of the time; only a lease keeps others out meanwhile
            if self._is_new(table) or (lease and not self.read(table).where(predicate).take(1)):
                return self._save(table, lease, within(frame, predicate), {}, "append")
            return self._save(table, lease, frame, {"replaceWhere": predicate}, "overwrite")

        return self._in_turn(table, write)

    def land(self, table: Table, frame: DataFrame, batch: int) -> Written:
        """Like replace_slice of one batch; columns that the table lacks are added."""
        if not self.exists(table):
            self._create(table, {name: frame.schema[name].dataType.simpleString() for name in frame.columns})
        if new := [name for name in frame.columns if name not in self.read(table).columns]:
            self._add_columns(table, ", ".join(f"`{name}` {frame.schema[name].dataType.simpleString()}" for name in new))
        return self.replace_slice(table, frame, batch)

    def merge(self, table: Table, frame: DataFrame) -> Written:
        """Updates or inserts by key; rows that are there and equal are left alone, and no version is added for them."""

        def write(lease: Lease | None) -> Written:
            if self._is_new(table) or not self.read(table).take(1):
                return self._save(table, lease, frame, {}, "append")  # nothing to match: a third of the time
            before = self.version(table)
            stored = self.delta(table)
            ordered = frame if table.open else conform(frame, table)
            changed = not_yet_in(ordered, stored.toDF(), [name for name in ordered.columns if not name.startswith("_")])
            same_key = " AND ".join(f"stored.{name} <=> new.{name}" for name in table.key)
            merge = stored.alias("stored").merge(changed.alias("new"), same_key).whenMatchedUpdateAll().whenNotMatchedInsertAll()
            self._guarded(table, lease, merge.execute)
            written = self._last_write(table)
            return written if written.version != before else Written(written.version, 0)

        return self._in_turn(table, write)

    def append(self, table: Table, frame: DataFrame) -> Written:
        return self._commit(table, frame, {}, "append")

    def _commit(self, table: Table, frame: DataFrame, options: dict[str, str], mode: str) -> Written:
        return self._in_turn(table, lambda lease: self._save(table, lease, frame, options, mode))

    def _save(self, table: Table, lease: Lease | None, frame: DataFrame, options: dict[str, str], mode: str) -> Written:
        ordered = frame if table.open else conform(frame, table)
        writer = ordered.write.format("delta").mode(mode).options(**options)
        writer = writer.option("userMetadata", f"lease {lease.token}" if lease else "")
        writer = writer.option("maxRecordsPerFile", 4_000_000)  # one huge file would be read by one core alone
        if self._lake.catalog:
            self._guarded(table, lease, lambda: writer.saveAsTable(self._catalog_name(table)))
        else:
            self._guarded(table, lease, lambda: writer.save(self.path(table)))
        return self._last_write(table)

    def _guarded(self, table: Table, lease: Lease | None, commit: Callable[[], Any]) -> None:
        if lease:
            lease.check()
        try:
            commit()
        except Exception as error:
            raise broken_constraint(table, error) from error

    def _in_turn(self, table: Table, write: Callable[[Lease | None], Written]) -> Written:
        """Where no lease is held (a catalog, an object store) Delta refuses a write that was overtaken, and it is made again."""
        with self.alone(table) as lease:
            if lease is None:
                return again_where_overtaken(lambda: self._readied(table, write, None))
            return self._readied(table, write, lease)

    def _readied(self, table: Table, write: Callable[[Lease | None], Written], lease: Lease | None) -> Written:
        self._ready(table)
        return write(lease)

    @contextmanager
    def alone(self, table: Table) -> Iterator[Lease | None]:
        """One writer at a time: jobs of this process in turn, others by a lease; a catalog or object store coordinates itself."""
        folder = None if self._lake.catalog else lease_folder(self._root)
        held = hold_lease(folder, table.name, self._lake.lease_seconds) if folder else nullcontext()
        with self._turns.setdefault(table.name, Lock()), held as lease:
            yield lease

    def _create(self, table: Table, columns: dict[str, str]) -> None:
        """`columns` come beside those of the contract."""
        if self._lake.catalog:
            self.spark.sql(f"CREATE SCHEMA IF NOT EXISTS {self._lake.catalog}.{table.layer}")
        self.spark.sql(create_statement(table, self.sql_name(table), columns))

    def _add_columns(self, table: Table, columns: str) -> None:
        self.spark.sql(f"ALTER TABLE {self.sql_name(table)} ADD COLUMNS ({columns})")

    def _last_write(self, table: Table) -> Written:
        """By the newest commit that was no upkeep, which leaves every row as it is: readers have nothing new to read."""
        if not self._lake.catalog and (log := newest_snapshot(self.spark, self.path(table))):
            newest = (table.name, int(log.version()))
            if newest not in self._written:
                self._written[newest] = Written(*last_change(self.spark, log))
            return self._written[newest]
        commit = self.delta(table).history(100).where(~F.col("operation").isin(*UPKEEP)).first()
        assert commit is not None
        return Written(int(commit["version"]), int((commit["operationMetrics"] or {}).get("numOutputRows", 0)))

    def _refuse_drift(self, table: Table) -> None:
        wrong = departures(table, self._stored(table).schema)
        wrong += sorted(name for name, _ in self._constraints(table) ^ {(n.lower(), p) for n, p in table.checks.items()})
        if named := ", ".join(dict.fromkeys(wrong)):
            raise ContractError(
                f"{table.name} is stored with other columns or checks than its contract declares ({named}): "
                f"migrate it, or move {self.sql_name(table)} away and rebuild."
            )

    def _constraints(self, table: Table) -> set[tuple[str, str]]:
        properties = self.spark.sql(f"SHOW TBLPROPERTIES {self.sql_name(table)}").collect()
        prefix = "delta.constraints."
        return {(row["key"].removeprefix(prefix).lower(), row["value"]) for row in properties if row["key"].startswith(prefix)}

    def delta(self, table: Table) -> DeltaTable:
        if self._lake.catalog:
            return DeltaTable.forName(self.spark, self._catalog_name(table))
        return DeltaTable.forPath(self.spark, self.path(table))

    def _must_exist(self, table: Table) -> None:
        if not self.exists(table):
            raise JobError(f"{table.name} does not exist yet: run the job that writes it, or add --upstream.")

    def path(self, table: Table) -> str:
        root = self._personal_root if table.personal else self._root
        return f"{root.rstrip('/')}/{table.name.replace('.', '/')}"

    def _catalog_name(self, table: Table) -> str:
        return f"{self._lake.catalog}.{table.name}"

    def sql_name(self, table: Table) -> str:
        return self._catalog_name(table) if self._lake.catalog else f"delta.`{self.path(table)}`"


def _absolute(root: str) -> str:
    """Delta takes a relative path for a table's name; a path with a scheme (s3a:, file:, dbfs:) stays as it is."""
    return root if ":" in root.partition("/")[0] else str(Path(root).absolute())
