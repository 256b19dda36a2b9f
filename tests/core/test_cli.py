"""What a user types, what is answered, and the exit code."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from shelfwise.core import cli, dag, declared, supervise, why, workplace
from shelfwise.core.cli import APP, call
from shelfwise.core.errors import JobError, SettingsError
from shelfwise.core.lake import Lake
from shelfwise.core.workplace import prepare, run_job
from tests.conftest import paths_under, settings_under
from tests.core.tiny import DAY, FAIL, MULTIPLY, NUMBERS, TinyShop

JOB_FILE = '''"""{question} spark-submit jobs/{name}.py"""
from shelfwise.core.cli import main
from tests.core.tiny import {constant} as JOB
if __name__ == "__main__":
    main(JOB)
'''


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A tiny shop with three job files; the options that keep everything in the test's folder."""
    folder = tmp_path / "jobs"
    folder.mkdir()
    for constant, question in {"MULTIPLY": "How much is twice?", "ADD_UP": "How much is it all?", "FAIL": "Does it fail?"}.items():
        (folder / f"{constant.lower()}.py").write_text(JOB_FILE.format(question=question, name=constant.lower(), constant=constant))
    monkeypatch.setattr(dag, "jobs_folder", lambda: folder)
    monkeypatch.setattr(workplace, "open_shop", lambda settings: TinyShop())
    return [part for item in paths_under(tmp_path) for part in ("--set", item)]


@pytest.fixture
def filled(shop: list[str], spark: SparkSession, tmp_path: Path) -> list[str]:
    """The numbers 1 and 2 are there."""
    lake = Lake(spark, settings_under(tmp_path))
    lake.replace(NUMBERS, spark.sql(f"SELECT * FROM VALUES (1L, DATE'{DAY}'), (2L, DATE'{DAY}') AS t(number, seen_on)"))
    return shop


def errors(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().err.strip()


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        (["run", "multipli"], "There is no job 'multipli'. Did you mean 'multiply'?"),
        (["run", "--set", "multiply.tims=3"], "jobs.multiply: unknown parameter 'tims'. Did you mean 'times'?"),
        (["run", "add_up", "--set", "multiply.times=many"], "jobs.multiply: parameter 'times' = 'many'"),
        (["run", "--set", "laek.root=x"], "'laek' is neither a job nor a setting. Did you mean 'lake'?"),
        (["run", "--set", "lake.rooot=x"], "unknown setting 'lake.rooot'. Did you mean 'root'?"),
        (["run", "--env", "dokcer"], "Did you mean 'docker'?"),
        (["run", "--as-of", "29.10.2017"], "--as-of 29.10.2017: write a calendar day as YYYY-MM-DD"),
        (["run", "--as-of", "before 29.10.2017"], "--as-of before 29.10.2017: write a calendar day as YYYY-MM-DD"),
        (["run", "--as-of", "2017-02-30"], "--as-of 2017-02-30: write a calendar day as YYYY-MM-DD"),
        (["show", "gold.kpi"], "There is no table 'gold.kpi'. Did you mean 'gold.kpis'?"),
        (["history", "silver.salesline"], "Did you mean 'silver.sales_lines'?"),
    ],
)
def test_a_misspelt_option_ends_with_2_and_one_line_that_helps(
    arguments: list[str], answer: str, shop: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(APP, arguments) == 2
    said = errors(capsys)
    assert said.startswith("shelfwise: ")
    assert answer in said
    assert len(said.splitlines()) == 1


def test_an_unknown_source_is_refused_with_the_nearest_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert call(APP, ["run", "--source", "online_retial"]) == 2
    assert "source 'online_retial' is unknown. Did you mean 'online_retail'?" in errors(capsys)


def test_a_misspelt_variable_ends_with_2(
    shop: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SHELFWISE_LAEK__ROOT", "x")
    assert call(APP, ["run"]) == 2
    assert "SHELFWISE_LAEK__ROOT" in errors(capsys)


def test_an_unknown_option_or_command_ends_with_2() -> None:
    assert call(APP, ["run", "--colour"]) == 2
    assert call(APP, ["runn"]) == 2


def test_a_run_shows_each_job_with_rows_a_summary_and_the_log(
    filled: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two numbers are doubled, one total is made: 3 rows. The second run skips both."""
    assert call(APP, ["run", "add_up", "--upstream", *filled]) == 0
    said = capsys.readouterr().out
    assert f"completejourney as of {DAY}; Spark's log: {tmp_path}/spark.log" in said
    assert "[1/2] multiply running" in said
    assert "[1/2] multiply ran  2 rows" in said
    assert "[2/2] add_up ran  1 rows" in said
    summary = said.partition("Summary")[2]
    assert "2 ran" in summary
    assert "3" in summary.rpartition("total")[2]
    assert call(APP, ["run", "multiply", "add_up", *filled]) == 0
    assert "2 skipped" in capsys.readouterr().out


def test_a_failing_job_ends_with_1_its_name_and_reason_and_the_trace_is_in_the_log(
    filled: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(APP, ["run", *filled]) == 1
    captured = capsys.readouterr()
    assert captured.err.strip() == (
        f"shelfwise: job fail failed: ZeroDivisionError: no total can be divided by nothing (details in {tmp_path}/spark.log)"
    )
    assert "1 failed" in captured.out
    assert "divide_by_zero" in (tmp_path / "spark.log").read_text()


def test_a_job_whose_input_is_missing_ends_with_1_and_the_remedy(shop: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert call(APP, ["run", "add_up", *shop]) == 1
    assert errors(capsys) == (
        "shelfwise: job add_up failed: features.doubles does not exist yet: run the job that writes it, or add --upstream."
    )


def test_rejected_files_end_with_3_each_with_its_reason(
    filled: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(supervise, "_rejected", lambda runner, jobs: [("/shop/a.csv", "it is empty")])
    assert call(APP, ["run", "multiply", *filled]) == 3
    assert errors(capsys) == "shelfwise: /shop/a.csv was rejected: it is empty"
    assert call(APP, ["run", "multiply", "--lenient", *filled]) == 0
    assert errors(capsys) == "shelfwise: /shop/a.csv was rejected: it is empty"


def test_an_error_outside_a_job_is_one_line_and_the_trace_is_in_the_log(
    shop: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def no_java(self: Any) -> None:
        raise RuntimeError("no Java\nsecond line")

    monkeypatch.setattr(workplace.Workplace, "open", no_java)
    assert call(APP, ["run", *shop]) == 1
    assert errors(capsys) == f"shelfwise: RuntimeError: no Java (details in {tmp_path}/spark.log)"
    assert "no_java" in (tmp_path / "spark.log").read_text()


def test_ctrl_c_ends_with_130_and_one_line(
    shop: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(self: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(workplace.Workplace, "open", interrupted)
    assert call(APP, ["run", *shop]) == 130
    assert errors(capsys) == "shelfwise: stopped; run it again to go on."


def test_a_job_file_of_its_own_takes_the_options_of_run(filled: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    app = cli._app_of(MULTIPLY)
    assert call(app, ["--as-of", str(DAY), "--set", "multiply.times=5", *filled]) == 0
    assert "[1/1] multiply ran  2 rows" in capsys.readouterr().out
    assert call(cli._app_of(FAIL), filled) == 1
    assert call(app, ["--set", "multiply.tims=5", *filled]) == 2


def test_a_notebook_runs_a_job_on_its_session_and_a_failure_raises(filled: list[str]) -> None:
    sets = filled[1::2]
    assert run_job(MULTIPLY, as_of=DAY, sets=sets).rows == 2
    assert run_job(MULTIPLY, as_of="2017-10-29", sets=sets).state == "skipped"
    with pytest.raises(JobError, match="job fail failed: "):
        run_job(FAIL, sets=sets)


def test_the_day_is_the_options_else_the_settings_else_the_shops(shop: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert str(prepare("local", as_of="2017-10-01", sets=["as_of=2017-10-02"]).as_of) == "2017-10-01"
    assert str(prepare("local", as_of="before 2017-10-01").as_of) == "2017-09-30"
    assert str(prepare("local", sets=["as_of=2017-10-02"]).as_of) == "2017-10-02"
    assert prepare("local").as_of == DAY
    monkeypatch.setattr(workplace, "open_shop", lambda settings: TinyShop(as_of=None))
    monkeypatch.setattr(workplace, "_yesterday", lambda: DAY)
    assert prepare("local").as_of == DAY


def test_settings_that_name_a_job_that_is_not_there_are_refused(shop: list[str]) -> None:
    with pytest.raises(SettingsError, match=r"'multipli'.*Did you mean 'multiply'"):
        prepare("local", sets=["jobs.multipli={times: 3}"])


def test_jobs_are_listed_in_order_with_their_question_and_parameters(shop: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert call(APP, ["jobs"]) == 0
    said = capsys.readouterr().out
    assert "How much is twice?" in said
    assert "times=2" in said
    assert said.index("multiply") < said.index("add_up") < said.index("fail ")


def test_tables_are_listed_with_their_key(capsys: pytest.CaptureFixture[str]) -> None:
    assert call(APP, ["tables"]) == 0
    said = capsys.readouterr().out
    assert "gold.purchase_orders" in said
    assert "One row per item." in said


def test_lineage_is_a_chart_or_json(shop: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert call(APP, ["lineage"]) == 0
    assert capsys.readouterr().out.startswith("flowchart LR\n")
    assert call(APP, ["lineage", "--format", "json"]) == 0
    edges = json.loads(capsys.readouterr().out)
    assert {"from": "features.doubles", "job": "add_up", "to": "gold.totals"} in edges
    assert call(APP, ["lineage", "--format", "dot"]) == 2


def test_show_gives_chosen_rows_of_a_version_and_history_the_versions(
    filled: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Version 0 is the empty table, version 1 holds the numbers 1 and 2."""
    monkeypatch.setattr(declared, "declared", lambda: {NUMBERS.name: NUMBERS})
    assert call(APP, ["show", "silver.numbers", "--where", "number > 1", *filled]) == 0
    said = capsys.readouterr().out
    assert "2017-10-29" in said
    assert "1 rows shown" in said
    assert call(APP, ["show", "silver.numbers", "--version", "0", *filled]) == 0
    assert "0 rows shown" in capsys.readouterr().out
    assert call(APP, ["show", "silver.numbers", "--limit", "1", *filled]) == 0
    assert "more may follow" in capsys.readouterr().out
    assert call(APP, ["history", "silver.numbers", *filled]) == 0
    assert "2 rows shown" in capsys.readouterr().out


@pytest.mark.parametrize("wrong", [["--where", "nummer > 1"], ["--where", "number >"], ["--version", "77"]])
def test_a_condition_or_version_that_can_not_be_ends_with_2_and_one_line(
    wrong: list[str], filled: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(declared, "declared", lambda: {NUMBERS.name: NUMBERS})
    assert call(APP, ["show", "silver.numbers", *wrong, *filled]) == 2
    said = errors(capsys)
    assert said.startswith("shelfwise: show silver.numbers: ")
    assert len(said.splitlines()) == 1


def test_a_table_that_is_not_there_yet_ends_with_1(
    shop: list[str], spark: SparkSession, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(declared, "declared", lambda: {NUMBERS.name: NUMBERS})
    for command in ("show", "history"):
        assert call(APP, [command, "silver.numbers", *shop]) == 1
        assert "silver.numbers does not exist yet" in errors(capsys)


def test_why_answers_in_words_and_as_data_and_maintain_says_that_all_is_in_order(
    filled: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    known: dict[str, Any] = {"ALL": {NUMBERS.name: NUMBERS}, "FOLLOWED": (), "EXPLAINED": {}}
    for module in (declared, why):
        monkeypatch.setattr(module, "declared", lambda what="ALL": known[what])
    assert call(APP, ["why", "silver.numbers", "2", *filled]) == 0
    assert "silver.numbers v1: no run of it is recorded" in capsys.readouterr().out
    assert call(APP, ["why", "silver.numbers", "number=2", "--json", *filled]) == 0
    assert json.loads(capsys.readouterr().out)["rows"] == [{"number": 2, "seen_on": str(DAY)}]
    for asked, code in (("numbr=2", 2), ("number=7", 1)):
        assert call(APP, ["why", "silver.numbers", asked, *filled]) == code
        assert len(errors(capsys).splitlines()) == 1
    assert call(APP, ["maintain", *filled]) == 0
    assert "1 of 1 tables were in order." in capsys.readouterr().out
    assert call(APP, ["maintain", "silver.number", *filled]) == 2


def test_docs_are_written_where_asked(shop: list[str], tmp_path: Path) -> None:
    assert call(APP, ["docs", "--to", str(tmp_path / "docs")]) == 0
    assert "add_up" in (tmp_path / "docs" / "lineage.md").read_text()


def test_the_bundle_and_the_dag_are_written_where_asked(shop: list[str], tmp_path: Path) -> None:
    assert call(APP, ["bundle", "--out", str(tmp_path / "bundle")]) == 0
    assert "task_key: add_up" in (tmp_path / "bundle" / "resources" / "job.yml").read_text()
    assert call(APP, ["airflow", "--out", str(tmp_path / "dags" / "own.py"), "--cron", "30 6 * * 1"]) == 0
    text = (tmp_path / "dags" / "own.py").read_text()
    assert '"add_up": ["multiply"],' in text
    assert '"30 6 * * 1"' in text


def test_help_comes_without_spark() -> None:
    """In a process of its own: nothing else has imported pyspark there."""
    code = "import sys; from shelfwise.core.cli import APP, call; call(APP, ['run', '--help']); assert 'pyspark' not in sys.modules"
    paths = os.pathsep.join(path for path in sys.path if path)
    done = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | {"PYTHONPATH": paths}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "--upstream" in done.stdout
