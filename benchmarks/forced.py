"""Does computing everything again give the same tables?

    make run && .venv/bin/python benchmarks/forced.py

Protocol: `shelfwise run --force` on the lake of the last `make run`, as a process of its own. Then every silver, features and
gold table that has a new version is compared both ways with the one that it had before, row by row, without the columns that
hold the clock. Files that have landed do not land twice, so silver is admitted anew from bronze; tables that are not written
again, since nothing came for them, are named and not counted (kills.py compares two lakes made from the files on). Exit 1 where
any differs. Both runs have to see the same BLAS: with other kernels (OPENBLAS_CORETYPE, another processor) MLlib's sums differ in
their last bits, and so do the tables of the models that rest on them.
"""

import subprocess
import sys
from pathlib import Path

from compared import COMPARED, equal

from shelfwise.core.lake import Lake
from shelfwise.core.session import start_session
from shelfwise.core.settings import load_settings


def main() -> int:
    settings = load_settings("local")
    lake = Lake(start_session(settings), settings)
    before = {table.name: lake.version(table) for table in COMPARED if lake.exists(table)}
    subprocess.run([str(Path(sys.executable).with_name("shelfwise")), "run", "--force", "--env", "local"], check=True)
    return compare(lake, before)


def compare(lake: Lake, before: dict[str, int | None]) -> int:
    differing = 0
    for table in COMPARED:
        version = before.get(table.name)
        if version is not None and lake.version(table) == version:
            print(f"{table.name} was not written again", flush=True)
        elif version is not None:
            differing += not equal(table.name, lake.read(table, version=version), lake.read(table))
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
