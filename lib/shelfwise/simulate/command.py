"""`shelfwise simulate`: from options to a planted shop in a folder."""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from shelfwise.core.console import screen
from shelfwise.core.errors import raise_if_stopped
from shelfwise.core.session import start_session
from shelfwise.core.settings import load_settings
from shelfwise.simulate.build import build
from shelfwise.simulate.folder import Folder
from shelfwise.simulate.spec import spec_of


def simulate(out: str, preset: str, changes: Mapping[str, int | None], *, env: str, sets: Sequence[str]) -> None:
    """What is wrong in the sizes is found before Spark starts, a folder that can't be written before anything is worked out."""
    spec = spec_of(preset, **changes)
    settings = load_settings(env, sets)
    path = out if ":" in out.partition("/")[0] else str(Path(out).absolute())
    console, began = screen(), time.monotonic()
    sizes = f"{spec.customers:,} customers, {spec.items:,} items, {spec.locations:,} locations, {spec.days} days, seed {spec.seed}"
    console.print(f"A planted shop of {sizes}", markup=False)

    def tell(what: str) -> None:
        console.print(f"{time.monotonic() - began:6.1f} s  {what}", markup=False)

    spark = start_session(settings)
    try:
        build(spark, spec, Folder(spark, path), tell)
    except Exception as error:
        raise_if_stopped(error)
        raise
    console.print(
        f"{path}\nRun the jobs on it: shelfwise run --source simulated --set sources.simulated.path={path}",
        markup=False,
        soft_wrap=True,
    )
