"""Each thing that can be wrong with a machine is found and told with its remedy, and hides no other."""

import json
import os
import socket
import subprocess
import sys
import threading
from collections import namedtuple
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib import metadata
from pathlib import Path
from zipfile import ZipFile

import mlflow
import pytest
from pyspark.sql import SparkSession

from shelfwise.core.cli import APP, call
from shelfwise.core.doctor import examine, machine, programs, stores
from shelfwise.core.doctor.finding import Finding, State, fail, ok
from shelfwise.core.settings import Settings
from tests.conftest import paths_under, settings_under

GB = 1 << 30
FREE = namedtuple("Usage", "total used free")


def is_told(finding: Finding, state: State, found: str, remedy: str) -> None:
    assert finding.state is state
    assert found in finding.found
    assert remedy in finding.remedy


def program(folder: Path, name: str, text: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{text}\n")
    (folder / name).chmod(0o755)


def test_java_is_that_of_java_home_and_must_be_17_or_21(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    is_told(programs.java(), State.FAIL, f"there is no '{tmp_path}/bin/java'", "openjdk-17-jre-headless' and unset JAVA_HOME")
    for version, state in (("21.0.2", State.OK), ("17", State.OK), ("1.8.0_392", State.FAIL), ("25-ea", State.FAIL)):
        program(tmp_path / "bin", "java", f"echo 'openjdk version \"{version}\" 2024-01-16' >&2")
        assert programs.java().state is state, version
    monkeypatch.delenv("JAVA_HOME")
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    is_told(programs.java(), State.FAIL, "there is no 'java'", "apt-get install openjdk-17-jre-headless")


def test_a_package_of_another_version_than_is_declared_fails_and_than_was_tested_warns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        metadata, "requires", lambda _: ["pyspark==4.1.4", "delta-spark==4.4.0", "rich>=13", 'jax>=1; extra == "deep"']
    )
    there = {"pyspark": "4.1.4", "delta-spark": "4.4.0", "rich": "14.0"}
    monkeypatch.setattr(programs, "_installed", there.get)
    monkeypatch.setattr(programs, "LOCK", tmp_path / "requirements.lock")
    assert programs.packages() == ok("pyspark 4.1.4 with delta-spark 4.4.0, and 1 more")
    programs.LOCK.write_text("rich==13.9 ; sys_platform == 'linux' \\\n    --hash=sha256:0\njax==1.0\n")
    is_told(programs.packages(), State.WARN, "rich 14.0, tested 13.9", "requirements.lock")
    there["pyspark"] = "4.2.0"
    is_told(programs.packages(), State.FAIL, "pyspark==4.1.4 (found: 4.2.0)", "run 'make setup'")
    del there["delta-spark"]
    is_told(programs.packages(), State.FAIL, "delta-spark==4.4.0 (found: none)", "run 'make setup'")


def test_jars_must_be_there_whole_and_of_the_installed_versions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "_installed", {"pyspark": "4.1.4", "delta-spark": "4.4.0"}.get)
    settings = settings_under(tmp_path, f"spark.jars={tmp_path}/jars")
    is_told(programs.jars(settings), State.FAIL, "has no delta-spark-….jar and no delta-storage-….jar", "run 'make setup'")
    for name in ("delta-spark_4.1_2.13-4.4.0.jar", "delta-storage-4.4.0.jar"):
        (tmp_path / "jars").mkdir(exist_ok=True)
        with ZipFile(tmp_path / "jars" / name, "w") as jar:
            jar.writestr("x", "x")
    assert programs.jars(settings).state is State.OK
    storage = tmp_path / "jars" / "delta-storage-4.4.0.jar"
    storage.write_bytes(b"half of a")
    is_told(programs.jars(settings), State.FAIL, f"{storage} is damaged", "delete it and run 'make setup'")
    storage.rename(storage.with_name("delta-storage-4.3.0.jar"))
    is_told(programs.jars(settings), State.FAIL, "delta-storage-4.3.0.jar does not go with delta-spark 4.4.0", "move it away")
    assert programs.jars(settings_under(tmp_path, "spark.jars=null")).state is State.OK


@pytest.mark.parametrize(
    ("asked", "total", "free", "state", "found"),
    [
        ("4g", 16, 12, State.OK, "the driver takes up to 4.0 GB of 16.0 GB, of which 12.0 GB are free"),
        ("4096m", 16, 3, State.WARN, "of which 3.0 GB are free"),
        ("4g", 5, 5, State.WARN, "Python workers need some beside it"),
        ("8g", 4, 4, State.FAIL, "the driver takes up to 8.0 GB of 4.0 GB"),
        ("much", 4, 4, State.FAIL, "spark.driver_memory = much is no size"),
    ],
)
def test_memory_is_held_against_the_machines(
    asked: str, total: int, free: int, state: State, found: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three quarters of 4 GB are 3."""
    monkeypatch.setattr(machine, "_total", lambda: total * GB)
    monkeypatch.setattr(machine, "_available", lambda: free * GB)
    finding = machine.memory(settings_under(tmp_path, f"spark.driver_memory={asked}"))
    is_told(finding, state, found, "driver_memory=3g" if (asked, total) == ("8g", 4) else "")


def test_a_containers_limit_counts_where_it_is_less(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    limit = tmp_path / "memory.max"
    monkeypatch.setattr(machine, "CGROUPS", (str(limit),))
    limit.write_text("max\n")
    physical = machine._total()
    limit.write_text(f"{GB}\n")
    assert (machine._total(), physical > GB) == (GB, True)
    assert machine._available() <= GB


def test_a_full_or_closed_disk_is_named_with_what_lies_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_under(tmp_path, "lake.root=s3a://bucket/lake", "mlflow.artifacts=null")
    for free, state in ((9, State.OK), (4, State.WARN), (0.5, State.FAIL)):
        monkeypatch.setattr(machine.shutil, "disk_usage", lambda _, free=free: FREE(0, 0, int(free * GB)))
        finding = machine.disk(settings)
        assert finding.state is state
        assert f"{free:.1f} GB free for personal tables, log" in finding.found
    monkeypatch.setattr(os, "access", lambda *_: False)
    is_told(machine.disk(settings), State.FAIL, f"personal tables: {tmp_path} can't be written to", "give the right to")


def test_a_table_whose_log_is_gone_or_cut_short_is_named(tmp_path: Path) -> None:
    """Without Spark. What begins with an underscore is no layer."""
    settings = settings_under(tmp_path)
    is_told(stores.lake(settings), State.OK, "no tables yet", "")
    log = tmp_path / "lake" / "gold" / "orders" / "_delta_log"
    log.mkdir(parents=True)
    (tmp_path / "lake" / "_leases" / "x").mkdir(parents=True)
    is_told(stores.lake(settings), State.FAIL, "gold/orders: its _delta_log is empty", "move it away")
    (log / f"{0:020d}.json").write_text(json.dumps({"commitInfo": {}}) + "\n")
    is_told(stores.lake(settings), State.OK, "1 tables in", "")
    (log / f"{1:020d}.json").write_text('{"commitInfo": {"oper')
    is_told(stores.lake(settings), State.FAIL, f"{1:020d}.json in its _delta_log can't be read", "backup")
    (tmp_path / "personal" / "bronze" / "sales").mkdir(parents=True)
    (log / f"{1:020d}.json").unlink()
    is_told(stores.lake(settings), State.FAIL, "bronze/sales: there is no _delta_log in it", "")
    for elsewhere in ("lake.catalog=main", "lake.root=s3a://bucket/lake"):
        assert stores.lake(settings_under(tmp_path, elsewhere)).state is State.SKIPPED


def test_mlflows_own_file_is_opened_and_never_made(tmp_path: Path) -> None:
    settings = settings_under(tmp_path)
    is_told(stores.mlflow(settings), State.OK, "no store yet", "")
    store = tmp_path / "mlflow.db"
    assert not store.exists()
    store.write_text("no database at all, but some text that is longer than a header")
    is_told(stores.mlflow(settings), State.FAIL, f"{store} is no store of MLflow: file is not a database", "move it away")
    store.unlink()
    mlflow.MlflowClient(f"sqlite:///{store}").search_registered_models()
    is_told(stores.mlflow(settings), State.OK, f"0 versions of models in {store}", "")


class Healthy(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/health" else 404)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Healthy) as listening:
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{listening.server_port}"
        listening.shutdown()


def test_mlflows_server_must_answer_within_seconds(server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that listens and never answers is as good as none."""
    monkeypatch.setattr(stores, "SECONDS", 0.3)
    is_told(stores.mlflow(settings_under(tmp_path, f"mlflow.tracking_uri={server}")), State.OK, f"{server} answers 200", "")
    is_told(
        stores.mlflow(settings_under(tmp_path, f"mlflow.tracking_uri={server}/mlflow")), State.FAIL, "404", "mlflow.tracking_uri"
    )
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent_uri = f"http://127.0.0.1:{silent.getsockname()[1]}"
        finding = stores.mlflow(settings_under(tmp_path, f"mlflow.tracking_uri={silent_uri}"))
    is_told(finding, State.FAIL, f"{silent_uri} does not answer: timed out", "start the server")
    assert stores.mlflow(settings_under(tmp_path, "mlflow.tracking_uri=databricks://main")).state is State.SKIPPED


def test_a_wrong_setting_hides_nothing_that_can_be_told_without_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert call(APP, ["doctor", "--set", "lake.rooot=x"]) == 1
    said = capsys.readouterr().out
    assert "unknown setting 'lake.rooot'. Did you mean 'root'?" in said
    assert "5 skipped" not in said  # and Spark
    assert "6 skipped" in said
    assert "4 ok" in said or "3 ok, 1 warn" in said


def test_what_nobody_foresaw_is_a_finding_and_the_rest_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken() -> Finding:
        raise RuntimeError("out of the blue\nsecond line")

    monkeypatch.setitem(examine.ALONE, "Java", broken)
    options = [part for item in paths_under(tmp_path) for part in ("--set", item)]
    assert call(APP, ["doctor", *options]) == 1
    said = capsys.readouterr().out
    assert "RuntimeError: out of the blue" in said
    assert "is started when nothing above fails" in said
    assert "no tables yet" in said


def test_without_sparks_package_the_doctor_still_says_so(tmp_path: Path) -> None:
    """A process of its own, in which pyspark can't be imported."""
    without = "import sys; sys.modules['pyspark'] = None; from shelfwise.core.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", without, "doctor"],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert "ModuleNotFoundError" in done.stdout
    assert "make setup" in done.stdout
    assert "Traceback" not in done.stderr


def test_at_last_spark_itself_is_asked_for_the_runs(spark: SparkSession, settings: Settings, tmp_path: Path) -> None:
    is_told(stores.spark(settings_under(tmp_path)), State.OK, "with Delta; no runs yet in ops.runs", "")


def test_warnings_alone_end_with_0(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    findings = {"disk": Finding(State.WARN, "little room", "delete something")}
    monkeypatch.setattr(examine, "_without_spark", lambda *_: iter(findings.items()))
    assert call(APP, ["doctor", "--quick"]) == 0
    assert "delete something" in capsys.readouterr().out
    findings["tables"] = fail("none", "make some")
    assert call(APP, ["doctor", "--quick"]) == 1
