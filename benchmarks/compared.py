"""Are two frames of one table equal, row by row? Used by the benchmarks that run something twice."""

from pathlib import Path

from pyspark.sql import DataFrame

from shelfwise.contracts.tables import ALL

COMPARED = [table for _, table in sorted(ALL.items()) if table.layer not in ("bronze", "ops")]
CLOCK = {"_ingested_at", "admitted_at"}  # differ between runs by nature


def set_apart(root: Path) -> list[str]:
    """Settings by which a run keeps its tables, models and page below a folder of its own."""
    return [
        f"lake.root={root}/lake",
        f"lake.personal_root={root}/personal",
        f"mlflow.tracking_uri=sqlite:///{root}/mlflow.db",
        f"mlflow.artifacts={root}/artifacts",
        f"report={root}/report.html",
    ]


def equal(name: str, one: DataFrame, other: DataFrame) -> bool:
    """Compares both ways, with duplicates, without the columns that hold the clock; prints a line."""
    before, after = _comparable(one), _comparable(other)
    gone, added = before.exceptAll(after).count(), after.exceptAll(before).count()
    same = not (gone or added)
    print(f"{name} {before.count()} rows, {gone} missing, {added} added {'PASS' if same else 'FAIL'}", flush=True)
    return same


def _comparable(frame: DataFrame) -> DataFrame:
    """Maps can't be compared as sets."""
    kept = [f for f in frame.schema.fields if f.name not in CLOCK]
    return frame.selectExpr(
        *[f"to_json(`{f.name}`) AS `{f.name}`" if f.dataType.typeName() == "map" else f"`{f.name}`" for f in kept]
    )
