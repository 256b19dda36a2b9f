"""Does a run that was killed and repeated end as if it had never been killed?

    .venv/bin/python benchmarks/kills.py

Protocol: the whole graph on the sample (conf/sample.yaml), once undisturbed and once with kill -9 of the
whole process group just after each of five jobs has begun, started again after each kill. Then every silver, features and gold
table of the two lakes is compared both ways, row by row, without the columns that hold the clock. Exit 1 where any
differs or a kill came too late.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from compared import COMPARED, equal, set_apart

from shelfwise.core.lake import Lake
from shelfwise.core.session import start_session
from shelfwise.core.settings import load_settings

ROOT = Path("build/kills")
KILLED_IN = ("land_sales", "ingest_sales_lines", "build_item_week", "train_demand", "plan_inventory")
ENV = "local,sample"
SECONDS_INTO_THE_JOB = 1.5


def main() -> int:
    os.environ.setdefault("SHELFWISE_PSEUDONYM_KEY", "the same key for both lakes of this comparison")
    finish(start("calm"))
    struck = [kill_in(start("killed"), job) for job in KILLED_IN]
    finish(start("killed"))
    return compare() or int(not all(struck))


def start(name: str) -> subprocess.Popen[str]:
    command = [str(Path(sys.executable).with_name("shelfwise")), "run", "--env", ENV]
    sets = [word for option in set_apart(ROOT / name) for word in ("--set", option)]
    return subprocess.Popen([*command, *sets], stdout=subprocess.PIPE, text=True, start_new_session=True)


def kill_in(process: subprocess.Popen[str], job: str) -> bool:
    """False where the run had ended before it could be killed, which proves nothing."""
    assert process.stdout
    for line in process.stdout:
        if job in line:
            time.sleep(SECONDS_INTO_THE_JOB)
            break
    ended = process.poll()
    os.killpg(process.pid, signal.SIGKILL) if ended is None else None
    process.wait()
    print(f"killed in {job}" if ended is None else f"{job}: the run had ended with {ended}", flush=True)
    return ended is None


def finish(process: subprocess.Popen[str]) -> None:
    text, _ = process.communicate()
    print(text[-2500:], flush=True)
    if process.returncode:
        sys.exit(f"the run ended with {process.returncode}")


def compare() -> int:
    lakes = []
    for name in ("calm", "killed"):
        settings = load_settings(ENV, set_apart(ROOT / name))
        lakes.append(Lake(start_session(settings), settings))
    there = [table for table in COMPARED if lakes[0].exists(table)]
    differing = sum(not equal(table.name, *(lake.read(table) for lake in lakes)) for table in there)
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
