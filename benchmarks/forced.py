"""Does computing everything again give the same tables?

    make run && .venv/bin/python benchmarks/forced.py

Protocol: `shelfwise run --force` on the lake of the last `make run`, as a process of its own. Then every silver, features and
gold table is compared both ways with the version that it had before, row by row, without the columns that hold the clock.
Exit 1 where any differs.
"""

import subprocess
import sys
from pathlib import Path

from compared import equal

from shelfwise.contracts.tables import ALL
from shelfwise.core.lake import Lake
from shelfwise.core.session import start_session
from shelfwise.core.settings import load_settings

COMPARED = [table for _, table in sorted(ALL.items()) if table.layer not in ("bronze", "ops")]


def main() -> int:
    settings = load_settings("local")
    lake = Lake(start_session(settings), settings)
    before = {table.name: lake.version(table) for table in COMPARED if lake.exists(table)}
    subprocess.run([str(Path(sys.executable).with_name("shelfwise")), "run", "--force"], check=True)
    return compare(lake, before)


def compare(lake: Lake, before: dict[str, int | None]) -> int:
    found = [(table, before[table.name]) for table in COMPARED if table.name in before]
    differing = sum(not equal(table.name, lake.read(table, version=version), lake.read(table)) for table, version in found)
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
