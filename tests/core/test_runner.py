"""What runs, what is skipped, and what a failure leaves behind; on two tiny jobs."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from shelfwise.core import runner as runner_module
from shelfwise.core.job import Job, Write
from shelfwise.core.lake import Lake
from shelfwise.core.models import Models
from shelfwise.core.runner import Report, Runner
from shelfwise.core.runs import RUNS, RunLog
from shelfwise.core.table import required
from tests.conftest import settings_under
from tests.core.tiny import ADD_UP, DAY, DOUBLES, FAIL, MULTIPLY, NUMBERS, TOTALS, WRITE_PAGE, Times, TinyShop, add_up

JOBS = [MULTIPLY, ADD_UP]


class Grouped(Times):
    own: Times = Times()


def numbers(lake: Lake, *values: int, seen_on: date = DAY) -> None:
    listed = ", ".join(f"({value}L, DATE'{seen_on}')" for value in values)
    lake.replace(NUMBERS, lake.spark.sql(f"SELECT * FROM VALUES {listed} AS t(number, seen_on)"))


@pytest.fixture
def runner(spark: SparkSession, tmp_path: Path) -> Runner:
    return made(spark, tmp_path)


def made(spark: SparkSession, root: Path, *sets: str, as_of: date = DAY) -> Runner:
    """A runner as a new process would have it: the run log is read from the lake."""
    settings = settings_under(root, *sets)
    lake = Lake(spark, settings)
    return Runner(spark, settings, TinyShop(), as_of, lake, Models(settings), RunLog(lake))


def run(runner: Runner, *jobs: Job, force: bool = False) -> list[Report]:
    return list(runner.run(jobs or JOBS, force=force, tell=lambda *_: None))


def states(reports: list[Report]) -> list[tuple[str, str]]:
    return [(report.job, report.state) for report in reports]


def total(runner: Runner) -> int:
    return int(runner.lake.read(TOTALS).collect()[0]["total"])


def test_jobs_run_once_are_skipped_by_the_next_process_and_run_again_when_forced(spark: SparkSession, tmp_path: Path) -> None:
    """1 and 2, doubled: 2 + 4 = 6, every time; a skipped job adds no version."""
    first = made(spark, tmp_path)
    numbers(first.lake, 1, 2)
    reports = run(first)
    assert [(r.job, r.state, r.rows) for r in reports] == [("multiply", "ran", 2), ("add_up", "ran", 1)]
    version = first.lake.version(TOTALS)
    second = made(spark, tmp_path)
    assert states(run(second)) == [("multiply", "skipped"), ("add_up", "skipped")]
    assert second.lake.version(TOTALS) == version
    assert states(run(second, force=True)) == [("multiply", "ran"), ("add_up", "ran")]
    assert total(second) == 6


def test_what_was_judged_with_other_parameters_is_not_trained(spark: SparkSession, tmp_path: Path) -> None:
    """Judged with times 2. With 3 it is refused by name, with 2 it runs; a group of the judge's parameters is as good."""
    judge = replace(MULTIPLY, name="judge", writes=replace(DOUBLES, name="features.judged"))
    trained = replace(MULTIPLY, judged_by="judge")
    other = made(spark, tmp_path, "jobs.multiply.times=3")
    numbers(other.lake, 1, 2)
    (unjudged,) = run(other, trained)
    assert unjudged.note == "multiply: nothing has been judged at 2017-10-29: run judge for this --as-of first, or add --upstream."
    (judged, refused) = run(other, judge, trained)
    assert (judged.state, refused.state) == ("ran", "failed")
    assert refused.note.startswith(
        "multiply: its times are not those that judge has judged: set jobs.multiply and jobs.judge alike"
    )
    assert not other.lake.exists(DOUBLES)
    assert states(run(made(spark, tmp_path), trained)) == [("multiply", "ran")]
    of_group = replace(MULTIPLY, name="group", writes=replace(DOUBLES, name="features.grouped"), params=Grouped)
    of_part = replace(MULTIPLY, name="part", writes=replace(DOUBLES, name="features.parts"), judged_by="group.own")
    grouped = made(spark, tmp_path, "jobs.group={own: {times: 5}}")
    assert states(run(grouped, of_group, of_part)) == [("group", "ran"), ("part", "failed")]


def test_jobs_side_by_side_end_as_one_after_the_other(spark: SparkSession, tmp_path: Path) -> None:
    """Five jobs double 1 and 2, three at a time; each has its table and its line in the log, and is skipped the next time."""
    doublers = [replace(MULTIPLY, name=f"d{i}", writes=replace(DOUBLES, name=f"features.d{i}")) for i in range(5)]
    runner = made(spark, tmp_path, "jobs_at_once=3")
    numbers(runner.lake, 1, 2)
    assert {(r.job, r.state, r.rows) for r in run(runner, *doublers)} == {(f"d{i}", "ran", 2) for i in range(5)}
    for i in range(5):
        made_of = runner.lake.read(replace(DOUBLES, name=f"features.d{i}"))
        assert sorted(row["double"] for row in made_of.collect()) == [2, 4]
    assert sorted(row["job"] for row in runner.lake.read(RUNS).collect()) == [f"d{i}" for i in range(5)]
    again = run(made(spark, tmp_path, "jobs_at_once=3"), *doublers)
    assert sorted(states(again)) == [(f"d{i}", "skipped") for i in range(5)]


def test_a_changed_param_runs_its_job_and_what_depends_on_it(spark: SparkSession, tmp_path: Path) -> None:
    """Times 3 instead of 2: 3 + 6 = 9."""
    before = made(spark, tmp_path)
    numbers(before.lake, 1, 2)
    run(before)
    after = made(spark, tmp_path, "jobs.multiply.times=3")
    assert states(run(after)) == [("multiply", "ran"), ("add_up", "ran")]
    assert total(after) == 9


def test_a_changed_input_code_or_function_runs_a_job_again(runner: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers(runner.lake, 1)
    run(runner)
    numbers(runner.lake, 1, 5)
    assert states(run(runner, MULTIPLY)) == [("multiply", "ran")]
    assert states(run(runner, MULTIPLY)) == [("multiply", "skipped")]
    monkeypatch.setattr(runner_module, "code_version", lambda: "other")
    assert states(run(runner, MULTIPLY)) == [("multiply", "ran")]

    def add_up_otherwise(doubles):  # type: ignore[no-untyped-def]
        return add_up(doubles)

    run(runner, ADD_UP)
    assert states(run(runner, replace(ADD_UP, run=add_up_otherwise))) == [("add_up", "ran")]


def test_another_day_has_a_slice_of_its_own_and_a_whole_table_is_made_anew_when_the_day_changes(
    spark: SparkSession, tmp_path: Path
) -> None:
    """2 was seen a day after 1. First day: 1 x 2 = 2; next day: 2 + 4 = 6; then the first day once more: its slice
    is still there, but the total is of the other day, so it is added up again."""
    later = date(2017, 10, 30)
    today, tomorrow = made(spark, tmp_path), made(spark, tmp_path, as_of=later)
    two = spark.sql(f"SELECT * FROM VALUES (1L, DATE'{DAY}'), (2L, DATE'{later}') AS t(number, seen_on)")
    today.lake.replace(NUMBERS, two)
    run(today)
    assert total(today) == 2
    run(tomorrow)
    assert total(tomorrow) == 6
    assert today.lake.read(DOUBLES, DAY).count() == 1
    again = made(spark, tmp_path)
    assert dict(states(run(again)))["multiply"] == "skipped"
    assert total(again) == 2


def test_an_unforeseen_error_stops_the_run_is_recorded_and_is_tried_again(spark: SparkSession, tmp_path: Path) -> None:
    """fail comes before multiply here, one at a time: multiply is not reached."""
    runner = made(spark, tmp_path, "jobs_at_once=1")
    numbers(runner.lake, 1)
    run(runner)
    (failed,) = run(runner, FAIL, MULTIPLY)
    assert (failed.state, failed.note) == ("failed", "ZeroDivisionError: no total can be divided by nothing")
    assert "divide_by_zero" in failed.trace
    assert states(run(runner, FAIL)) == [("fail", "failed")]
    recorded = runner.lake.read(RUNS).where("status = 'failed'").select("job", "error", "output_version").collect()
    assert [tuple(row) for row in recorded] == [("fail", "ZeroDivisionError: no total can be divided by nothing", None)] * 2


def test_an_as_of_before_the_first_row_is_refused_with_the_first_day(spark: SparkSession, tmp_path: Path) -> None:
    early = made(spark, tmp_path, as_of=date(2016, 1, 1))
    numbers(early.lake, 1)
    (failed,) = run(early, MULTIPLY)
    assert failed.note == (
        "multiply: silver.numbers holds nothing at 2016-01-01. Its first row is of 2017-10-29: choose an --as-of from then on."
    )


def test_a_job_whose_input_is_not_there_fails_with_the_remedy(runner: Runner) -> None:
    (failed,) = run(runner, ADD_UP)
    assert "features.doubles does not exist yet" in failed.note
    assert failed.trace == ""


def test_each_run_is_recorded_with_its_inputs_and_outcome(runner: Runner) -> None:
    """The table of numbers is created (version 0), then filled (1)."""
    numbers(runner.lake, 1, 2)
    run(runner, MULTIPLY)
    (row,) = runner.lake.read(RUNS).collect()
    assert (row["job"], row["status"], row["as_of"], row["rows"]) == ("multiply", "ok", DAY, 2)
    assert row["inputs"] == '{"silver.numbers": 1}'
    assert '"times": 2' in row["params"]
    assert (row["output"], row["output_version"]) == ("features.doubles", runner.lake.version(DOUBLES))


def test_a_page_is_written_skipped_while_it_is_there_and_written_again_when_it_is_gone(runner: Runner, tmp_path: Path) -> None:
    numbers(runner.lake, 4)
    page = tmp_path / "report.html"
    assert states(run(runner, MULTIPLY, ADD_UP, WRITE_PAGE))[-1] == ("write_page", "ran")
    assert page.read_text() == "<p>8</p>"
    assert states(run(runner, WRITE_PAGE)) == [("write_page", "skipped")]
    page.unlink()
    assert states(run(runner, WRITE_PAGE)) == [("write_page", "ran")]
    assert page.is_file()


def test_a_row_that_breaks_the_contract_fails_the_job_and_leaves_the_table(runner: Runner) -> None:
    checked = replace(TOTALS, name="gold.checked", checks={"total_is_small": "total < 10"})
    job = replace(ADD_UP, writes=checked)
    numbers(runner.lake, 2)
    run(runner, MULTIPLY, job)
    numbers(runner.lake, 20)
    failed = run(runner, MULTIPLY, job)[-1]
    assert failed.state == "failed"
    assert "total_is_small" in failed.note
    assert [row["total"] for row in runner.lake.read(checked).collect()] == [4]


def test_a_table_of_another_contract_is_refused_before_the_job_works(runner: Runner) -> None:
    numbers(runner.lake, 2)
    run(runner, MULTIPLY, ADD_UP)
    wider = replace(TOTALS, schema=TOTALS.schema | {"more": required("long", "a new column")})

    def never(doubles: object) -> None:
        raise AssertionError("it worked")

    failed = run(runner, MULTIPLY, replace(ADD_UP, writes=wider, run=never))[-1]
    assert failed.state == "failed"
    assert "stored with other columns or checks than its contract declares (more)" in failed.note


def test_an_unknown_way_of_writing_is_refused(runner: Runner) -> None:
    numbers(runner.lake, 2)
    (failed,) = run(runner, replace(MULTIPLY, how=Write.REGISTER))
    assert "does not fit features.doubles" in failed.note
