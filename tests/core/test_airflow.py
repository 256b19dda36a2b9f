"""The committed Airflow DAG is the declarations', and Airflow's own parser finds in it what the runner does."""

import ast
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from shelfwise.core.airflow import airflow_dag
from shelfwise.core.dag import dependencies, jobs_folder, load_jobs
from shelfwise.core.job import Job

ROOT = Path(__file__).parents[2]
DAG = ROOT / "resources" / "shelfwise_dag.py"
AIRFLOW = ROOT / ".airflow" / "bin" / "python"


@pytest.fixture(scope="module")
def jobs() -> dict[str, Job]:
    return load_jobs(jobs_folder())


def test_the_committed_dag_is_what_the_declarations_give(jobs: dict[str, Job]) -> None:
    assert DAG.read_text(encoding="utf-8") == airflow_dag(jobs), "run: shelfwise airflow"


def test_its_table_of_jobs_is_the_runners(jobs: dict[str, Job]) -> None:
    assigned = [node for node in ast.parse(airflow_dag(jobs)).body if isinstance(node, ast.AnnAssign)]
    (table,) = (ast.literal_eval(node.value) for node in assigned if node.value and ast.unparse(node.target) == "AFTER")
    assert {name: set(after) for name, after in table.items()} == dependencies(jobs)


def test_another_hour_can_be_asked_for(jobs: dict[str, Job]) -> None:
    assert 'CronDataIntervalTimetable("30 6 * * *", timezone="UTC")' in airflow_dag(jobs, "30 6 * * *")


@pytest.fixture(scope="module")
def parsed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What Airflow's DagBag has made of the file, in an environment of its own: its packages clash with ours."""
    if not AIRFLOW.exists():
        pytest.skip("Airflow is not installed in .airflow: run 'make airflow'")
    home = tmp_path_factory.mktemp("airflow")
    own = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "AIRFLOW"))}
    command = [str(AIRFLOW), str(Path(__file__).with_name("parse_dag.py")), str(DAG)]
    done = subprocess.run(command, env=own | {"AIRFLOW_HOME": str(home)}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_airflow_parses_it_without_an_error_and_can_store_it(parsed: dict[str, Any], jobs: dict[str, Job]) -> None:
    assert parsed["errors"] == {}
    assert parsed["stored_tasks"] == len(jobs)


def test_airflow_sees_every_job_after_those_whose_tables_it_reads(parsed: dict[str, Any], jobs: dict[str, Job]) -> None:
    assert {name: set(after) for name, after in parsed["after"].items()} == dependencies(jobs)


def test_one_run_at_a_time_each_task_twice_more_a_rejected_file_stops_nothing(parsed: dict[str, Any]) -> None:
    assert parsed["dag"] == ["shelfwise", 1, False, 20 * 3600]
    assert parsed["each"] == [[2, "none_failed", [3]]]


def test_a_run_decides_for_the_day_that_has_ended_or_the_one_asked_for(parsed: dict[str, Any]) -> None:
    """The run that begins on 1 July at noon has the interval from 30 June at noon, and decides for that day."""
    assert [moment[:16] for moment in parsed["first"]] == ["2024-06-30T12:00", "2024-07-01T12:00", "2024-06-30T12:00"]
    assert parsed["as_of"] == {"": "before 2024-07-01", "2024-01-31": "2024-01-31"}


def test_no_template_is_filled_into_the_command(parsed: dict[str, Any]) -> None:
    """What somebody types into Airflow reaches the shell as a variable's value only."""
    assert "{{" not in parsed["command"]
    assert '--as-of "$AS_OF"' in parsed["command"]
