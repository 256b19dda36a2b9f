"""Does a cluster of several processes leave the tables that one process leaves, also where parts of it are killed?

    .venv/bin/python benchmarks/cluster.py [KILLS]

Protocol. A planted shop of the preset 'tiny' (seed 7), conf/tiny.yaml's one partition on either side.
- Sameness: every job in local mode, then every job by spark-submit on a master and two workers of one core; every silver, features
  and gold table is compared both ways, row by row, without the columns that hold the clock.
- Faults (KILLS of them, 20): one after the other, of ingest, factors, trees and plan: a worker with its executor, an executor's
  JVM, a Python worker, or the driver is killed with -9 in the middle of a job that is forced to run again; a killed driver's job is
  run again. Then the job's table (of a model: that of the job that reads it) is compared as above.
Each line: NAME value goal PASS|FAIL.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyspark
from compared import COMPARED, equal, set_apart
from lines import Line, said
from pyspark.sql import DataFrame

from shelfwise.contracts.tables import ALL
from shelfwise.core.lake import Lake
from shelfwise.core.session import start_session
from shelfwise.core.settings import load_settings

HOME, BIN, KILLS = Path("build/bench-cluster"), Path(sys.executable).parent, 20
SPARK = Path(pyspark.__file__).parent
# the job, and the one whose table tells what it has left
STRUCK = {
    "ingest_sales_lines": "ingest_sales_lines",
    "train_recommender": "recommend",
    "train_demand": "forecast_demand",
    "plan_inventory": "plan_inventory",
}
TOLD = {"ingest_sales_lines": "silver.sales_lines", "recommend": "gold.recommendations"}
TOLD |= {"forecast_demand": "gold.demand_forecast", "plan_inventory": "gold.inventory_plan"}
VICTIMS = ("worker", "executor", "python", "driver")
SIGNS = {"executor": "CoarseGrainedExecutorBackend", "python": "pyspark.daemon"}  # this process's own have another parent
NONE = "nothing to kill before the job had ended"
Process = subprocess.Popen[str]


@dataclass(frozen=True)
class Place:
    """A lake of its own, and how jobs get there."""

    name: str
    env: str

    @property
    def sets(self) -> list[str]:
        return [*set_apart(HOME / self.name), f"sources.simulated.path={HOME}/shop"]

    def words(self, *options: str) -> list[str]:
        sets = [word for one in self.sets for word in ("--set", one)]
        return ["--env", self.env, "--source", "simulated", *sets, *options]


LOCAL, CLUSTER = Place("local", "local,tiny"), Place("cluster", "cluster,tiny")


def main(kills: int) -> int:
    os.environ.setdefault("SHELFWISE_PSEUDONYM_KEY", "the same key for both lakes of this comparison")
    if not (HOME / "shop").exists():
        ended(start(str(BIN / "shelfwise"), "simulate", "--preset", "tiny", "--seed", "7", "--out", str(HOME / "shop")))
    ended(start(str(BIN / "shelfwise"), "run", *LOCAL.words()))
    os.environ["PYSPARK_PYTHON"] = sys.executable
    master = cluster("up")
    try:
        ended(submit(master))
        lines = [*sameness(), *faults(master, kills)]
    finally:
        cluster("down")
    return said(lines, Path(__file__).parent / "results" / "cluster.json" if kills == KILLS else None)


def sameness() -> Iterator[Line]:
    local, other = lake_of(LOCAL), lake_of(CLUSTER)
    there = [table for table in COMPARED if local.exists(table)]
    differing = sum(not (other.exists(table) and equal(table.name, local.read(table), other.read(table))) for table in there)
    yield "tables compared", float(len(there)), "stated", len(there) > 0
    yield "tables that differ between one process and the cluster", float(differing), "0", differing == 0


def faults(master: str, kills: int) -> Iterator[Line]:
    drawn = random.Random(7)
    pairs = [(job, victim) for _ in range(kills) for victim in VICTIMS for job in STRUCK][:kills]
    came, alike = 0, 0
    for job, victim in pairs:
        driver = submit(master, job, "--force")
        struck = strike(driver, job, victim, drawn)
        driver.communicate()
        cluster("up")
        if driver.returncode:
            ended(submit(master, job, "--force"))
        if STRUCK[job] != job:
            ended(submit(master, STRUCK[job], "--force"))
        same = equal(f"{job}, {victim} killed: {TOLD[STRUCK[job]]}", *both(TOLD[STRUCK[job]]))
        survived = "" if victim == "driver" or not driver.returncode else ", the job did not survive it"
        print(f"{job}: {struck}{survived}", flush=True)
        came, alike = came + (struck != NONE), alike + (same and not survived)
    yield "kills that came in the middle of a job", float(came), f"{kills}", came == kills
    yield "jobs that ended with equal tables", float(alike), f"{kills}", alike == kills


def strike(driver: Process, job: str, victim: str, drawn: random.Random) -> str:
    """Says what was killed while the job ran."""
    assert driver.stdout
    for line in driver.stdout:
        if f"{job} running" in line:
            break
    time.sleep(2 + 3 * drawn.random())
    while driver.poll() is None:
        if victim == "driver":
            os.killpg(driver.pid, signal.SIGKILL)
            return "the driver killed"
        if victim == "worker":
            cluster("kill", name := drawn.choice(["worker-1", "worker-2"]))
            return f"{name} killed"
        if found := processes(victim):
            os.kill(pid := drawn.choice(found), signal.SIGKILL)
            return f"{victim} {pid} killed"
        time.sleep(0.05)
    return NONE


def processes(kind: str) -> list[int]:
    """Of the cluster's executors: their JVMs, or their Python workers, which have left the worker's process group."""
    groups = {int(file.read_text()) for file in Path("build/cluster").glob("worker-*.pid")}
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().decode(errors="replace")
            of_cluster = kind == "python" or os.getpgid(int(folder.name)) in groups
        except OSError:
            continue
        if of_cluster and SIGNS[kind] in words:
            found.append(int(folder.name))
    return found


def both(name: str) -> tuple[DataFrame, DataFrame]:
    table = ALL[name]
    return lake_of(LOCAL).read(table), lake_of(CLUSTER).read(table)


def lake_of(place: Place) -> Lake:
    settings = load_settings(LOCAL.env, place.sets, source="simulated")
    return Lake(start_session(settings), settings)


def cluster(*words: str) -> str:
    return subprocess.run(["setup/cluster", *words], check=True, capture_output=True, text=True).stdout.strip()


def submit(master: str, *words: str) -> Process:
    jars = ",".join(str(jar.resolve()) for jar in sorted(Path(".jars").glob("delta-*.jar")))
    memory = ("--driver-memory", "2g", "--executor-memory", "2g")
    shipped = ("--jars", jars, "--py-files", "dist/shelfwise.zip", "dist/submit.py")
    return start(str(SPARK / "bin" / "spark-submit"), "--master", master, *memory, *shipped, "run", *words, *CLUSTER.words())


def start(*words: str) -> Process:
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True)


def ended(process: Process) -> None:
    text, _ = process.communicate()
    print(text[-1500:], flush=True)
    if process.returncode:
        sys.exit(f"{process.args} ended with {process.returncode}")


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else KILLS))
