"""How fast is a planted shop laid, does it scale, and is it the same on any cluster?

    .venv/bin/python benchmarks/simulate.py

Protocol: each shop is laid by a process of its own, one after the other, on 2 cores.
- a million sales lines with all tables within 3 minutes: the preset journey, seconds scaled to a million lines
- ten times the customers: at most 10.5 times the seconds of laying, and at most 1.10 times the driver's live heap (largest after a
  full collection, asked after each table), on two executors apart from the driver, so that its heap holds no data of theirs
- equal tables on local[1] with 2 and local[2] with 7 shuffle partitions, of a shop that is cut into several blocks of customers and
  of items and several buckets of shelves: every table compared both ways
Each line: NAME value goal PASS|FAIL.
"""

import gc
import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from compared import equal
from lines import Line, said

from shelfwise.core.session import start_session
from shelfwise.core.settings import load_settings
from shelfwise.simulate.build import build
from shelfwise.simulate.folder import Folder
from shelfwise.simulate.spec import spec_of
from shelfwise.simulate.work import BLOCK, SHELF_ITEMS

ROOT = Path("build/bench-simulate")
RESULTS = Path(__file__).parent / "results" / "simulate.json"
FEW, MANY = 20_000, 200_000  # customers: of fewer most of the time is fixed, which would flatter
SIZES = {"items": 1_000, "suppliers": 40, "locations": 4, "days": 182}
CUT = {"customers": 1_500, "items": 7_000, "suppliers": 60, "locations": 3, "days": 84}
TWO_EXECUTORS = "local-cluster[2,1,3072]"
CLEANING = 2.0  # seconds


def main() -> int:
    shutil.rmtree(ROOT, ignore_errors=True)
    lines = [speed(), *growth(), sameness()]
    return said(lines, RESULTS)


def speed() -> Line:
    laid = lay("journey", "journey", "local[2]", 8, {})
    print(f"journey: {laid['lines']:,.0f} sales lines in {laid['seconds']:.0f} s", flush=True)
    seconds = laid["seconds"] * 1e6 / laid["lines"]
    return "seconds per million sales lines, all tables", seconds, "<= 180", seconds <= 180


def growth() -> list[Line]:
    few, many = (lay(f"grown-{n}", "small", TWO_EXECUTORS, 8, SIZES | {"customers": n}) for n in (FEW, MANY))
    slower, larger, lines = (many[name] / few[name] for name in ("seconds", "heap", "lines"))
    further = 1e6 * (many["seconds"] - few["seconds"]) / (many["lines"] - few["lines"])
    print(f"{FEW:,} and {MANY:,} customers: {lines:.2f} times the lines; {few} {many}", flush=True)
    print(f"each further million lines: {further:.1f} s", flush=True)
    return [
        ("seconds of ten times the customers", slower, "<= 10.5 times", slower <= 10.5),
        ("driver's live heap of ten times the customers", larger, "<= 1.10 times", larger <= 1.10),
    ]


def sameness() -> Line:
    assert CUT["customers"] > 2 * BLOCK and CUT["items"] > 2 * SHELF_ITEMS
    lay("one", "small", "local[1]", 2, CUT)
    lay("two", "small", "local[2]", 7, CUT)
    spark = start_session(load_settings("local", [f"spark.log={ROOT}/compare.log"]))
    tables = sorted(path.parent.relative_to(ROOT / "one") for path in (ROOT / "one").rglob("_SUCCESS"))
    differing = sum(
        not equal(str(table), *(spark.read.parquet(str(ROOT / name / table)) for name in ("one", "two"))) for table in tables
    )
    return f"tables of {len(tables)} that differ between clusters", float(differing), "0", differing == 0


def lay(name: str, preset: str, master: str, partitions: int, sizes: dict[str, int]) -> dict[str, float]:
    """A planted shop laid by another process: seconds (without Spark's start), sales lines, and the driver's live heap in MB."""
    order = {"name": name, "preset": preset, "master": master, "partitions": partitions, "sizes": sizes}
    return answered(__file__, order)


def answered(script: str, order: dict[str, Any]) -> dict[str, float]:
    """What a script says to an order in a process of its own: the last line that it prints."""
    told = subprocess.run([sys.executable, script, json.dumps(order)], check=True, stdout=subprocess.PIPE, text=True)
    answer: dict[str, float] = json.loads(told.stdout.splitlines()[-1])
    return answer


def laid(name: str, preset: str, master: str, partitions: int, sizes: dict[str, int]) -> dict[str, float]:
    confs = [f"spark.conf.spark.sql.shuffle.partitions={partitions}", f"spark.master={master}", f"spark.log={ROOT}/{name}.log"]
    spark = start_session(load_settings("local", confs))
    heaps: list[float] = []
    began = time.monotonic()
    asking = 0.0

    def tell(_: str) -> None:
        nonlocal asking
        asked = time.monotonic()
        heaps.append(live_heap(spark._jvm))
        asking += time.monotonic() - asked

    build(spark, spec_of(preset, **sizes), Folder(spark, str((ROOT / name).absolute())), tell)
    seconds = time.monotonic() - began - asking
    return {"seconds": seconds, "lines": spark.read.parquet(str(ROOT / name / "sales")).count(), "heap": max(heaps)}


def live_heap(jvm: Any) -> float:
    """MB after full collections, when Spark's cleaner has dropped the blocks that nobody refers to any more."""
    gc.collect()
    jvm.System.gc()
    time.sleep(CLEANING)
    jvm.System.gc()
    runtime = jvm.Runtime.getRuntime()
    return float(runtime.totalMemory() - runtime.freeMemory()) / 2**20


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(laid(**json.loads(sys.argv[1]))))
    else:
        sys.exit(main())
