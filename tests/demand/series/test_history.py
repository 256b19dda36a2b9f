"""What is a panel, and what is told of what is none."""

from datetime import date

import pytest
from pyspark.sql import functions as F

from shelfwise.core.errors import SourceError
from shelfwise.core.frames import local_frame
from shelfwise.core.own_panel import Frequency, period
from shelfwise.demand.series.history import Shape, date_of, options, read_history, read_outside

MONTHLY = Shape(Frequency.M, horizon=2, season=1, origins=1, step=2)
GOOD = [("a", f"2020-{month:02d}-01", month) for month in range(1, 9)]


@pytest.fixture
def file_of(tmp_path):
    def make(rows, header="unique_id,ds,y", name="history.csv"):
        path = tmp_path / name
        path.write_text("\n".join([header, *[",".join(map(str, row)) for row in rows]]) + "\n")
        return str(path)

    return make


def test_a_panel_is_read_whatever_else_it_holds(spark, file_of):
    path = file_of([(*row, "x") for row in GOOD], header="unique_id,ds,y,colour")
    history = read_history(spark, path, MONTHLY)
    assert history.columns == ["unique_id", "ds", "y", "period"]
    first = history.orderBy("ds").first()
    assert (first["ds"], first["y"], first["period"]) == (date(2020, 1, 1), 1.0, 2020 * 12)


def test_parquet_is_read_too(spark, tmp_path):
    path = str(tmp_path / "history.parquet")
    local_frame(spark, GOOD, "unique_id string, ds string, y int").write.parquet(path)
    assert read_history(spark, path, MONTHLY).count() == 8


@pytest.mark.parametrize(
    ("rows", "header", "said"),
    [
        (GOOD, "item,date,units", r"column unique_id and ds and y is missing; it has item, date, units\. Rename them"),
        ([*GOOD, ("a", "2020-08-31", 9)], None, r"each series has one row per month .*1 are wrong: a at 2020-08-01: 2 rows"),
        (
            [*GOOD[:3], *GOOD[5:]],
            None,
            r"with 0 where nothing sold\. 1 are wrong: a before 2020-06-01: months missing: 2",
        ),
        ([*GOOD, ("a", "2020-09-01", "many")], None, r"y must be a number in every row\. 1 are wrong: a at 2020-09-01: many"),
        ([*GOOD, ("a", "2020-09-01", "inf")], None, r"y must be a number in every row\. 1 are wrong: a at 2020-09-01: inf"),
        ([], None, r"there is no row below the header"),
        ([*GOOD, ("a", "2020-09-01", "")], None, r"y must be a number in every row\. 1 are wrong: a at 2020-09-01: nothing"),
        ([*GOOD, ("a", "soon", 1)], None, r"ds must be a date \(YYYY-MM-DD\) in every row\. 1 are wrong: a at soon: soon"),
        ([*GOOD, ("", "2020-09-01", 1)], None, r"unique_id must be a name in every row\. 1 are wrong: nothing at 2020-09-01"),
        (
            [*GOOD, ("b", "2020-01-01", 1)],
            None,
            r"needs 7 months \(2 held out .*drop the short ones.*1 are wrong: b has 1",
        ),
    ],
    ids=["columns", "duplicate", "gap", "text", "infinite", "empty", "missing", "date", "nameless", "short"],
)
def test_what_is_no_panel_is_told_with_the_row_and_the_remedy(spark, file_of, rows, header, said):
    path = file_of(rows, header or "unique_id,ds,y")
    with pytest.raises(SourceError, match=said) as refused:
        read_history(spark, path, MONTHLY)
    assert path in str(refused.value)


def test_a_file_that_is_not_there_or_broken_is_named(spark, tmp_path):
    with pytest.raises(SourceError, match=r"nowhere\.csv: there is no such file"):
        read_history(spark, str(tmp_path / "nowhere.csv"), MONTHLY)
    broken = tmp_path / "broken.parquet"
    broken.write_text("not that")
    with pytest.raises(SourceError, match=r"broken\.parquet can't be read"):
        read_history(spark, str(broken), MONTHLY)


def test_only_a_few_of_many_wrong_rows_are_shown(spark, file_of):
    rows = [(f"s{n}", "2020-01-01", "x") for n in range(9)]
    with pytest.raises(SourceError, match=r"9 are wrong: s0 at 2020-01-01: x; s1 [^;]*; s2 at 2020-01-01: x\.$"):
        read_history(spark, file_of(rows), MONTHLY)


def test_outside_series_must_reach_as_far_as_the_forecast(spark, file_of):
    """History to August, two months ahead: October is the last that is needed."""
    history = read_history(spark, file_of(GOOD), MONTHLY)
    prices = [("a", f"2020-{month:02d}-01", 2 * month) for month in range(1, 11)]
    outside, names = read_outside(spark, file_of(prices, "unique_id,ds,price", "prices.csv"), history, MONTHLY)
    assert (names, outside.count()) == (["price"], 10)
    with pytest.raises(SourceError, match=r"every month of the history and of the 2 after it; .* 1 are wrong: a lacks 1"):
        read_outside(spark, file_of(prices[:9], "unique_id,ds,price", "short.csv"), history, MONTHLY)
    with pytest.raises(SourceError, match=r"column 'Period': an outside series needs another name than y or period"):
        read_outside(spark, file_of(prices, "unique_id,ds,Period", "period.csv"), history, MONTHLY)
    dotted, _ = read_outside(spark, file_of(prices, "unique_id,ds,avg. price", "dotted.csv"), history, MONTHLY)
    assert dotted.columns == ["unique_id", "period", "avg. price"]
    with pytest.raises(SourceError, match="no column beside unique_id and ds"):
        read_outside(spark, file_of([row[:2] for row in prices], "unique_id,ds", "none.csv"), history, MONTHLY)


@pytest.mark.parametrize(
    ("frequency", "last", "steps", "then"),
    [
        ("D", date(2020, 2, 28), 2, date(2020, 3, 1)),
        ("W", date(2020, 2, 24), 1, date(2020, 3, 2)),
        ("M", date(2020, 1, 31), 1, date(2020, 2, 29)),
        ("M", date(2020, 2, 29), 1, date(2020, 3, 31)),
        ("M", date(2020, 1, 15), 1, date(2020, 2, 15)),
        ("Q", date(2020, 1, 1), 2, date(2020, 7, 1)),
        ("Y", date(2020, 2, 29), 1, date(2021, 2, 28)),
    ],
)
def test_steps_ahead_have_dates_and_numbers_that_follow(spark, frequency, last, steps, then):
    rows = local_frame(spark, [(last,)], "ds date")
    ahead = rows.select(
        "ds", period(Frequency(frequency)).alias("p"), date_of(F.col("ds"), F.lit(steps), Frequency(frequency)).alias("t")
    )
    found = ahead.withColumn("ds", F.col("t")).withColumn("q", period(Frequency(frequency))).first()
    assert (found["t"], found["q"] - found["p"]) == (then, steps)


def test_a_season_and_a_step_that_are_not_given_are_the_usual():
    assert options(Frequency.Q, {"horizon": 8, "season": None, "origins": 3, "step": None}) == Shape(Frequency.Q, 8, 4, 3, 8)
    overlapping = options(Frequency.W, {"horizon": 8, "season": 1, "origins": 2, "step": 3})
    assert (overlapping.held_out, overlapping.apart) == (11, 1)
    assert options(Frequency.W, {"horizon": 8, "season": 1, "origins": 2, "step": 8}).apart == 2
