"""Files as a shop might deliver them, good and bad, and the way from them to silver."""

import gzip
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from shelfwise.core.admission import FILES, LEDGER
from shelfwise.core.job import Job
from shelfwise.core.lake import Lake
from shelfwise.core.models import Models
from shelfwise.core.runner import Report, Runner
from shelfwise.core.runs import RunLog
from shelfwise.core.settings import Settings
from shelfwise.core.shop import FileSet, Offer, open_shop
from shelfwise.core.table import Table, admitted, quarantine_of
from tests.conftest import settings_under

DAILY = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"


@dataclass(frozen=True)
class Kiosk:
    """The smallest shop: it delivers files and offers nothing."""

    files: Mapping[str, FileSet]
    name: str = "kiosk"
    as_of: date | None = None
    key_file: str = "none"
    offers: Mapping[str, Mapping[str, Offer]] = field(default_factory=dict)


def kiosk(folder: Path, format: str = "csv", type: str = "string", pattern: str | None = None) -> Kiosk:
    """Stock files with the columns item and units."""
    columns = {"item": "string", "units": type}
    return Kiosk({"stock": FileSet(str(folder), pattern or f"*.{format}*", format, columns, "sources.kiosk.path")})


def write(path: Path, *lines: str, encoding: str = "utf-8") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes("".join(f"{line}\n" for line in lines).encode(encoding))
    return path


def write_truncated_gzip(path: Path, *lines: str) -> None:
    """The first half of a gzip file: its header is whole, its end is missing."""
    whole = gzip.compress("".join(f"{line}\n" for line in lines).encode())
    path.write_bytes(whole[: len(whole) // 2])


def write_parquet(spark: SparkSession, path: Path, values: str) -> None:
    """One Parquet file, where Spark would write a folder of parts. Bound: a handful of rows."""
    spark.sql(f"SELECT * FROM {values}").toPandas().to_parquet(path, index=False)


@dataclass(frozen=True)
class Intake:
    """A shop's files on their way into a lake of their own."""

    runner: Runner

    @property
    def lake(self) -> Lake:
        return self.runner.lake

    def run(self, *jobs: Job) -> list[Report]:
        reports = list(self.runner.run(jobs, force=False, tell=lambda job, state: None))
        assert [report.note for report in reports if report.state == "failed"] == []
        return reports

    def rows(self, table: Table) -> DataFrame:
        return self.lake.read(admitted(table))

    def ledger(self, table: Table) -> list[tuple[int, ...]]:
        """Batch, read, accepted, quarantined, duplicates."""
        known = self.lake.read(LEDGER).where(F.col("table") == table.name)
        return sorted(tuple(row) for row in known.select("batch", "read", "accepted", "quarantined", "duplicates").collect())

    def refused(self, table: Table) -> list[tuple[str, set[str]]]:
        """The refused rows' JSON with the rules that they broke."""
        return sorted((row["raw"], set(row["rules"])) for row in self.lake.read(quarantine_of(table)).collect())


def intake(spark: SparkSession, root: Path, source: str, *sets: str) -> Intake:
    return intake_of(spark, settings_under(root, *sets, source=source))


def own_files(spark: SparkSession, root: Path, mapping: Mapping[str, Any]) -> Intake:
    """Of the files below `root`/in, read by this mapping."""
    (root / "mapping.yaml").write_text(yaml.safe_dump(mapping))
    return intake(spark, root, "files", f"sources.files.path={root / 'in'}", f"sources.files.mapping={root / 'mapping.yaml'}")


def intake_of(spark: SparkSession, settings: Settings) -> Intake:
    lake, shop = Lake(spark, settings), open_shop(settings)
    return Intake(Runner(spark, settings, shop, shop.as_of or date(2030, 1, 1), lake, Models(settings), RunLog(lake)))


def seen(lake: Lake) -> dict[str, tuple[str, str]]:
    """Status and reason of each file by its name."""
    rows = lake.read(FILES).select("path", "status", "reason").collect()
    return {row["path"].rpartition("/")[2]: (row["status"], row["reason"] or "") for row in rows}
