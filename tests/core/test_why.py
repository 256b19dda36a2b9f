"""Why is a row there? Told from what runs recorded and from what the lake still holds."""

import json
from io import StringIO
from pathlib import Path

import pytest
from pyspark.sql import SparkSession
from rich.console import Console

from shelfwise.core import why
from shelfwise.core.admission import FILES
from shelfwise.core.errors import JobError, SettingsError
from shelfwise.core.frames import local_frame
from shelfwise.core.held import held
from shelfwise.core.lake import Lake
from shelfwise.core.runner import Runner
from shelfwise.core.table import Table, admitted, optional, required
from shelfwise.core.trace import Place
from shelfwise.core.why import Reason, as_asked, explain
from shelfwise.core.why_shown import as_json, as_tree
from tests.core.test_runner import made, numbers, run
from tests.core.tiny import ADD_UP, DAY, DOUBLES, MULTIPLY, NUMBERS, TOTALS

JOBS = {"multiply": MULTIPLY, "add_up": ADD_UP}
LINES = Table(
    "silver.lines",
    "Lines. One row per line.",
    ("line_id",),
    {"line_id": required("string", "line"), "item_id": required("string", "item")},
)
BRONZE = Table("bronze.lines", "Lines as they came. One row per line.", (), {"_batch": required("long", "batch")}, personal=True)


@pytest.fixture
def ran(spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Runner:
    """1 and 2 were tripled and added up: 9. The contracts are the tiny ones, and numbers stand for items."""
    known = {table.name: table for table in (NUMBERS, DOUBLES, TOTALS)}
    monkeypatch.setattr(why, "known_tables", lambda: known)
    monkeypatch.setattr(why, "declared", lambda what: {"FOLLOWED": ("number",), "EXPLAINED": {}}[what])
    runner = made(spark, tmp_path, "jobs.multiply.times=3")
    numbers(runner.lake, 1, 2)
    assert [report.state for report in run(runner)] == ["ran", "ran"]
    return runner


def tree(reason: Reason) -> str:
    seen = StringIO()
    as_tree(reason, 3, Console(file=seen, width=200, color_system=None))
    return seen.getvalue()


def test_a_row_is_told_with_the_runs_that_made_it_and_how_many_rows_of_it_they_read(ran: Runner) -> None:
    """Of the numbers, which nobody's run is known to have written, one row is a 2."""
    reason = explain(ran, JOBS, DOUBLES, {"number": "2"}, 3)
    (doubles, source) = reason.found.values()
    assert (reason.matched, reason.rows.collect()[0]["double"]) == (1, 6)
    assert (doubles.step.place.as_of, doubles.held.rows, dict(doubles.set)) == (DAY, 1, {"times": 3})
    assert (source.step.place.name, source.held.rows, source.step.ran) == ("silver.numbers", 1, None)
    said = tree(reason)
    assert "(in brackets: rows where number = 2), by code " in said
    assert "features.doubles v1 (1): multiply, 20" in said
    assert "set: times=3" in said
    assert "silver.numbers v1 (1): no run of it is recorded" in said


def test_what_was_read_is_told_in_the_version_that_was_read(ran: Runner) -> None:
    """The total rests on doubles of version 1, where two rows were; the doubles have been made anew from three numbers since."""
    numbers(ran.lake, 1, 2, 3)
    run(ran, MULTIPLY)
    reason = explain(ran, JOBS, TOTALS, {"total": "9"}, 3)
    assert [(place.name, place.version) for place in reason.found] == [
        ("gold.totals", 1),
        ("features.doubles", 1),
        ("silver.numbers", 1),
    ]


def test_files_that_were_deleted_meanwhile_are_said_to_be(ran: Runner) -> None:
    """As VACUUM does with what a newer version replaced."""
    first = [Path(path.removeprefix("file:")) for path in ran.lake.read(DOUBLES).inputFiles()]
    numbers(ran.lake, 1, 2, 3)
    run(ran, MULTIPLY)
    for path in first:
        path.unlink()
    found = held(ran.lake, DOUBLES, Place("features.doubles", 1, DAY), {"number": "2"}, DAY)
    assert (found.rows, found.note) == (None, "this version can no longer be read: its files were deleted")


def test_as_data_every_step_names_its_run_and_what_it_read(ran: Runner) -> None:
    told = json.loads(as_json(explain(ran, JOBS, TOTALS, {"total": "9"}, 3)))
    assert (told["table"], told["rows"], told["matched"]) == ("gold.totals", [{"total": 9}], 1)
    first, second, _ = told["steps"]
    assert first["reads"] == [{"name": "features.doubles", "version": 1, "as_of": "2017-10-29"}]
    assert (second["run"]["job"], second["run"]["set"], second["note"]) == ("multiply", {"times": 3}, "")


def test_what_is_wrong_in_the_question_is_said_with_what_there_is(ran: Runner) -> None:
    for asked, error, said in (
        ({"numbr": "2"}, SettingsError, r"features\.doubles has no column 'numbr'\. Did you mean 'number'\?"),
        ({"number": "two"}, SettingsError, r"features\.doubles: number=two is no long"),
        ({"number": "7", "as_of": "2017-10-29"}, JobError, r"holds no row where number = 7 and as_of = 2017-10-29"),
    ):
        with pytest.raises(error, match=said):
            explain(ran, JOBS, DOUBLES, asked, 3)


def test_a_value_alone_is_of_the_one_column_of_a_key() -> None:
    assert as_asked(DOUBLES, ["2"]) == {"number": "2"}
    assert as_asked(DOUBLES, ["number=2", "as_of=2017-10-29"]) == {"number": "2", "as_of": "2017-10-29"}
    with pytest.raises(SettingsError, match=r"write COLUMN=VALUE; the key of ops\.x is a, b"):
        two = {"a": required("string", "a"), "b": required("string", "b")}
        as_asked(Table("ops.x", "One row per a and b.", ("a", "b"), two), ["2"])


def test_more_rows_than_are_shown_are_counted(ran: Runner) -> None:
    reason = explain(ran, JOBS, DOUBLES, {"as_of": str(DAY)}, 1)
    assert (reason.matched, reason.rows.count()) == (2, 1)
    seen = StringIO()
    as_tree(reason, 1, Console(file=seen, width=200, color_system=None))
    assert "2 rows match: name more of as_of, number to see one alone." in seen.getvalue()


def test_admitted_rows_are_led_back_to_their_files_and_bronze_to_those_of_its_batches(lake: Lake) -> None:
    """Item a came in two files; the file that was rejected and the one that landed later brought nothing."""
    rows = [("1", "a", 101, "file:///d/1.csv"), ("2", "a", 201, "file:///d/2.csv"), ("3", "b", 201, "file:///d/2.csv")]
    stored = local_frame(lake.spark, rows, "line_id string, item_id string, _batch long, _file string")
    lake.replace(admitted(LINES), stored.selectExpr("*", "TIMESTAMP'2017-10-29' AS _ingested_at"))
    found = held(lake, LINES, Place("silver.lines", 1), {"item_id": "a"}, DAY)
    assert found.files == ("file:///d/1.csv (1 rows)", "file:///d/2.csv (1 rows)")
    assert found.rows == 2

    lake.replace(BRONZE, local_frame(lake.spark, [(101,), (201,)], "_batch long"))
    landed = [("1.csv", 101, "landed"), ("2.csv", 201, "landed"), ("3.csv", 301, "landed"), ("4.csv", None, "rejected")]
    files = local_frame(lake.spark, landed, "path string, batch long, status string")
    more = ("'lines' AS kind", "1L AS size", "TIMESTAMP'2017-10-29' AS modified_at", "CAST(NULL AS string) AS content")
    none = ("CAST(NULL AS string) AS reason", "CAST(NULL AS array<string>) AS added_columns")
    lake.replace(FILES, files.selectExpr("*", *more, *none))
    assert held(lake, BRONZE, Place("bronze.lines", 1), {}, DAY).files == ("1.csv (batch 101)", "2.csv (batch 201)")


def test_drivers_are_told_where_a_forecast_lies_on_the_way(ran: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the nearest horizon, in their order; not for what no forecast stands behind."""
    schema = {
        "as_of": required("date", "day"),
        "number": required("long", "number"),
        "horizon": required("int", "weeks"),
        "rank": required("int", "rank"),
        "sentence": optional("string", "words"),
    }
    said = Table("gold.said", "Words. One row per as_of, number, horizon and rank.", tuple(schema)[:4], schema, slice="as_of")
    rows = [(DAY, 2, 1, 2, "second"), (DAY, 2, 1, 1, "first"), (DAY, 2, 2, 1, "later"), (DAY, 1, 1, 1, "another's")]
    ran.lake.replace(said, local_frame(ran.lake.spark, rows, said.struct))
    for explained, drivers in (("features.doubles", ["first", "second"]), ("gold.other", [])):
        declared = {"FOLLOWED": ("number",), "EXPLAINED": {explained: said}}
        monkeypatch.setattr(why, "declared", lambda what, declared=declared: declared[what])
        reason = explain(ran, JOBS, DOUBLES, {"number": "2"}, 3)
        assert reason.drivers == drivers
        assert ("  - first" in tree(reason)) == bool(drivers)
