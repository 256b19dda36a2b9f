"""Ctrl-C: one line and exit code 130, wherever it strikes."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from shelfwise.core.runs import RUNS
from shelfwise.core.supervise import details_in
from tests.conftest import paths_under
from tests.core.test_runner import made, run
from tests.core.tiny import STOP, stop_without_a_jvm

SLEEPERS = """
from shelfwise.core import cli, workplace
from tests.core.tiny import NAP, SLEEP, TinyShop
workplace.open_shop = lambda settings: TinyShop()
in_sight = cli._run
cli._run = lambda place, jobs, force: in_sight(place, {jobs}, force=force)
cli.main(SLEEP)
"""


@pytest.mark.parametrize("jobs", ["[SLEEP]", "[SLEEP, NAP]"])
def test_ctrl_c_in_the_middle_of_spark_jobs_ends_at_once_without_a_stack_trace(jobs: str, tmp_path: Path) -> None:
    """A process of its own, interrupted while executors sleep for a minute: for one job, and for two side by side."""
    options = [part for item in (*paths_under(tmp_path), "spark.driver_memory=512m") for part in ("--set", item)]
    process = subprocess.Popen(
        [sys.executable, "-c", SLEEPERS.format(jobs=jobs), *options],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout
    for line in process.stdout:
        if "sleep running" in line:
            break
    while process.poll() is None and not (tmp_path / "lake" / "gold" / "totals" / "_delta_log").is_dir():
        time.sleep(0.2)  # the table is created just before the rows are computed
    time.sleep(2)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=40)  # the executor would sleep longer
    assert process.returncode == 130, said
    assert said.strip().splitlines()[-1] == "shelfwise: stopped; run it again to go on."
    assert "Traceback" not in said
    assert "Exception" not in said


def test_ctrl_c_stays_ctrl_c_where_tidying_up_fails_too(spark: SparkSession, tmp_path: Path) -> None:
    """Neither a failed job is recorded nor a stack trace written; the stop goes on up to the command line."""
    runner = made(spark, tmp_path)
    with pytest.raises(KeyboardInterrupt):
        run(runner, STOP)
    assert not runner.lake.exists(RUNS)


def test_ctrl_c_outside_of_a_job_is_not_reported_as_an_error() -> None:
    with pytest.raises(KeyboardInterrupt), details_in(None):  # type: ignore[arg-type]  # it would write to the place's log
        stop_without_a_jvm()
