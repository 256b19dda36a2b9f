"""A real cluster on this machine: a standalone master and one worker from pip's pyspark, and what `make dist` ships to it."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.request import urlopen

import pyspark
import pytest

from setup.zip import zip_package

ROOT = Path(__file__).resolve().parents[2]
SPARK = Path(pyspark.__file__).parent
PATIENCE = 120  # seconds; a start takes 5 to 15


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    dist = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(dist), str(ROOT)]
    made = subprocess.run(build, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stdout + made.stderr
    (built,) = dist.glob("*.whl")
    return built


@pytest.fixture(scope="session")
def zipped(wheel: Path) -> Path:
    """The zip for --py-files, made as `make dist` does."""
    made = wheel.with_name("shelfwise.zip")
    zip_package(wheel, made)
    return made


@pytest.fixture(scope="session")
def bare_python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python with every library and without Shelfwise, as on a cluster's nodes: -S skips the .pth file of the checkout."""
    path = tmp_path_factory.mktemp("bare") / "python"
    libraries = SPARK.parent
    path.write_text(f'#!/bin/bash\nPYTHONPATH="${{PYTHONPATH:+$PYTHONPATH:}}{libraries}" exec {sys.executable} -S "$@"\n')
    path.chmod(0o755)
    return path


@pytest.fixture(scope="session")
def master(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a master that has one worker with two cores."""
    own = {"SHELFWISE_CLUSTER": str(tmp_path_factory.mktemp("cluster")), "SHELFWISE_CLUSTER_PORT": str(free_port())}
    environment = clean_environment() | own | {"SHELFWISE_CLUSTER_MEMORY": "2g", "PYTHON": sys.executable}

    def cluster(*words: str) -> str:
        done = subprocess.run([ROOT / "setup" / "cluster", *words], env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    try:
        yield cluster("up", "1", "2")
    finally:
        cluster("down")


@pytest.fixture(scope="session")
def tracking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an MLflow server that keeps models itself."""
    folder, port = tmp_path_factory.mktemp("tracking"), free_port()
    places = ["--backend-store-uri", f"sqlite:///{folder}/mlflow.db", "--artifacts-destination", str(folder / "models")]
    command = [sys.executable, "-m", "mlflow", "server", *places, "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    log = folder / "server.log"
    with log.open("w") as sink:
        process = subprocess.Popen(command, stdout=sink, stderr=subprocess.STDOUT, cwd=folder, start_new_session=True)
    try:
        wait_for(lambda: answers(port), process, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def answers(port: int) -> bool:
    with suppress(OSError), urlopen(f"http://127.0.0.1:{port}/health", timeout=5) as answer:
        return bool(answer.status == 200)
    return False


def wait_for(happened, process: subprocess.Popen[bytes], log: Path) -> None:  # type: ignore[no-untyped-def]
    until = time.monotonic() + PATIENCE
    while not happened():
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < until, log.read_text()
        time.sleep(0.2)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def clean_environment() -> dict[str, str]:
    """The environment without what this test session's own Spark has put there."""
    own = ("PYSPARK_", "SPARK_", "SHELFWISE_", "PYTHONPATH")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(own)}
    # a process per daemon name must not take over another one's local address
    return kept | {"SPARK_LOCAL_IP": "127.0.0.1", "SPARK_HOME": str(SPARK)}
