"""What becomes of each row offered: accepted, quarantined or duplicate; and the counts reconcile."""

from datetime import datetime
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyspark.sql import DataFrame, SparkSession

from shelfwise.core.admission import FILES, LEDGER, classify, judge, without_earlier
from shelfwise.core.frames import local_frame
from shelfwise.core.gate import admit, admit_pending
from shelfwise.core.lake import Lake, Written
from shelfwise.core.table import Table, admitted, optional, quarantine_of, required

SHELVES = Table(
    name="silver.shelves",
    doc="Shelves. One row per shelf.",
    key=("shelf",),
    schema={
        "shelf": required("string", "id"),
        "units": optional("long", "units"),
        "labels": required("map<string,string>", "labels"),
    },
    checks={"units_are_not_negative": "units >= 0"},
)
OFFERED = (
    "shelf string, units long, labels map<string,string>, "
    "_batch long, _file string, _ingested_at timestamp, raw string, broken array<string>"
)


class Row(NamedTuple):
    """A row as an adapter offers it."""

    shelf: str | None
    units: int | None
    batch: int = 101
    file: str = "a.csv"
    broken: tuple[str, ...] = ()


def offered(spark: SparkSession, *rows: Row) -> DataFrame:
    at = datetime(2017, 10, 29, 12)
    return local_frame(spark, [(r.shelf, r.units, {}, r.batch, r.file, at, str(r), list(r.broken)) for r in rows], OFFERED)


def fates(spark: SparkSession, *rows: Row, last_wins: bool = False) -> list[tuple[str | None, int | None, str]]:
    """Shelf, units and fate of each row."""
    classified = classify(judge(offered(spark, *rows), SHELVES), SHELVES, last_wins=last_wins)
    found = classified.select("shelf", "units", "fate").collect()
    return sorted((tuple(row) for row in found), key=str)


def test_of_two_good_rows_with_one_key_the_first_file_wins(spark: SparkSession) -> None:
    rows = (Row("s", 2, file="b.csv"), Row("s", 1, file="a.csv"), Row("t", 3))
    assert fates(spark, *rows) == [("s", 1, "accepted"), ("s", 2, "duplicate"), ("t", 3, "accepted")]


def test_where_the_last_wins_the_last_file_does(spark: SparkSession) -> None:
    rows = (Row("s", 2, file="b.csv"), Row("s", 1, file="a.csv"))
    assert fates(spark, *rows, last_wins=True) == [("s", 1, "duplicate"), ("s", 2, "accepted")]


def test_a_broken_row_neither_enters_nor_keeps_a_good_one_of_its_key_out(spark: SparkSession) -> None:
    """The first row of s breaks units >= 0; the second is good and alone among the good."""
    rows = (Row("s", -1, file="a.csv"), Row("s", 4, file="b.csv"))
    assert fates(spark, *rows) == [("s", -1, "quarantined"), ("s", 4, "accepted")]


def test_a_missing_key_a_null_verdict_and_an_adapters_complaint_are_all_broken_rules(spark: SparkSession) -> None:
    """units >= 0 is neither true nor false for no units: a rule that can't be answered is broken."""
    rows = (Row(None, 1), Row("s", None), Row("t", 1, broken=("units_are_no_number",)))
    found = judge(offered(spark, *rows), SHELVES).select("shelf", "broken").collect()
    assert {row["shelf"]: row["broken"] for row in found} == {
        None: ["shelf_is_missing"],
        "s": ["units_are_not_negative"],
        "t": ["units_are_no_number"],
    }


def test_a_key_of_an_earlier_batch_makes_a_duplicate_and_one_of_the_same_batch_does_not(spark: SparkSession) -> None:
    """s came with batch 101; t is there from an interrupted run of this very batch, so it counts as new."""
    now = classify(judge(offered(spark, Row("s", 1, 201), Row("t", 1, 201), Row("u", 1, 201)), SHELVES), SHELVES, last_wins=False)
    stored = local_frame(spark, [("s", 101), ("t", 201)], "shelf string, _batch long")
    fresh = without_earlier(now, SHELVES, stored).select("shelf", "fate").collect()
    assert {row["shelf"]: row["fate"] for row in fresh} == {"s": "duplicate", "t": "accepted", "u": "accepted"}


def test_rows_with_equal_files_are_told_apart_by_content_not_by_order(spark: SparkSession) -> None:
    one, other = Row("s", 1), Row("s", 2)
    assert fates(spark, one, other) == fates(spark, other, one)


rows_drawn = st.lists(
    st.builds(
        Row,
        shelf=st.sampled_from(["s", "t", "u", None]),
        units=st.sampled_from([-1, 0, 1, None]),
        batch=st.just(101),
        file=st.sampled_from(["a.csv", "b.csv"]),
        broken=st.sampled_from([(), (), ("unreadable",)]),
    ),
    max_size=12,
)


@given(rows_drawn, st.booleans())
@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_row_has_one_fate_and_each_key_with_a_good_row_is_accepted_once(
    spark: SparkSession, rows: list[Row], last_wins: bool
) -> None:
    """Good: a shelf, units of 0 or more, no complaint. Of these one per shelf is accepted, the rest are duplicates."""
    good = [row for row in rows if row.shelf and row.units in (0, 1) and not row.broken]
    found = [fate for _, _, fate in fates(spark, *rows, last_wins=last_wins)]
    assert len(found) == len(rows)
    assert found.count("accepted") == len({row.shelf for row in good})
    assert found.count("duplicate") == len(good) - len({row.shelf for row in good})
    assert found.count("quarantined") == len(rows) - len(good)


def give(lake: Lake, batch: int, *rows: Row, last_wins: bool = False) -> Written:
    offer = offered(lake.spark, *[row._replace(batch=batch) for row in rows])
    return admit(lake, SHELVES, batch, offer, last_wins=last_wins)


def stored(lake: Lake) -> list[tuple[str, int, int]]:
    rows = lake.read(admitted(SHELVES)).select("shelf", "units", "_batch").collect()
    return sorted(tuple(row) for row in rows)


def ledger(lake: Lake) -> list[tuple[int, int, int, int, int]]:
    rows = lake.read(LEDGER).select("batch", "read", "accepted", "quarantined", "duplicates").collect()
    return sorted(tuple(row) for row in rows)


@pytest.fixture
def lake_with_files(lake: Lake) -> Lake:
    lake.create(FILES)
    return lake


def test_batches_are_admitted_counted_and_can_be_repeated_without_a_change(lake_with_files: Lake) -> None:
    """Batch 101: s, t good, one of no units bad. Batch 201: s came before, u is new, u again. Then 201 once more."""
    lake = lake_with_files
    assert give(lake, 101, Row("s", 1), Row("t", 2), Row("x", None)).rows == 2
    for _ in range(2):
        assert give(lake, 201, Row("s", 9), Row("u", 3), Row("u", 4, file="b.csv")).rows == 1
        assert stored(lake) == [("s", 1, 101), ("t", 2, 101), ("u", 3, 201)]
        assert ledger(lake) == [(101, 3, 2, 1, 0), (201, 3, 1, 0, 2)]
    refused = lake.read(quarantine_of(SHELVES)).select("_batch", "rules", "raw").collect()
    assert [(row["_batch"], row["rules"]) for row in refused] == [(101, ["units_are_not_negative"])]


def test_where_the_last_wins_a_later_batch_updates_and_the_counts_reconcile(lake_with_files: Lake) -> None:
    """Batch 201 changes s from 1 to 9 and brings u; t stays."""
    lake = lake_with_files
    give(lake, 101, Row("s", 1), Row("t", 2), last_wins=True)
    for _ in range(2):
        assert give(lake, 201, Row("s", 9), Row("u", 3), Row("v", -1), last_wins=True).rows == 2
        assert [(shelf, units) for shelf, units, _ in stored(lake)] == [("s", 9), ("t", 2), ("u", 3)]
        assert ledger(lake) == [(101, 2, 2, 0, 0), (201, 3, 2, 1, 0)]


BATCHES = {101: (Row("s", 1), Row("t", 2), Row("x", None)), 201: (Row("s", 9), Row("u", 3), Row("u", 3))}


def landed(lake: Lake) -> None:
    at = datetime(2017, 10, 29)
    rows = [("shelves", f"{batch}.csv", 1, at, None, batch, "landed", None, []) for batch in BATCHES]
    lake.replace(FILES, local_frame(lake.spark, rows, FILES.struct))


def admit_all(lake: Lake, units: int, *, last_wins: bool, again: bool = False) -> int:
    """Every row's units times `units`, as a mapping that has changed would have it."""

    def offer(kind: str, batch: int) -> DataFrame:
        assert kind == "shelves"
        rows = [row._replace(batch=batch, units=row.units and row.units * units) for row in BATCHES[batch]]
        return offered(lake.spark, *rows)

    return admit_pending(lake, SHELVES, ["shelves"], offer, last_wins=last_wins, again=again).rows


def test_admitted_again_every_batch_has_todays_rows_and_the_counts_stay(lake: Lake) -> None:
    """101: s, t good, x bad. 201: s came before, u once. With units times 10 the same rows, ten times as many."""
    landed(lake)
    assert admit_all(lake, 1, last_wins=False) == 3
    counted = ledger(lake)
    assert counted == [(101, 3, 2, 1, 0), (201, 3, 1, 0, 2)]
    assert admit_all(lake, 10, last_wins=False) == 0  # nothing is pending
    assert admit_all(lake, 10, last_wins=False, again=True) == 3
    assert stored(lake) == [("s", 10, 101), ("t", 20, 101), ("u", 30, 201)]
    assert ledger(lake) == counted
    admit_all(lake, -1, last_wins=False, again=True)
    assert stored(lake) == []
    assert ledger(lake) == [(101, 3, 0, 3, 0), (201, 3, 0, 3, 0)]
    assert sorted(row["_batch"] for row in lake.read(quarantine_of(SHELVES)).collect()) == [101] * 3 + [201] * 3


def test_admitted_again_where_the_last_wins_all_batches_come_at_once(lake: Lake) -> None:
    """s is 9 of the second batch both times, and one version is enough; what no batch offers any more is gone."""
    landed(lake)
    assert admit_all(lake, 1, last_wins=True) == 4
    counted = ledger(lake)
    assert counted == [(101, 3, 2, 1, 0), (201, 3, 2, 0, 1)]
    before = lake.version(admitted(SHELVES))
    assert before is not None and admit_all(lake, 10, last_wins=True, again=True) == 3
    assert lake.version(admitted(SHELVES)) == before + 1
    assert [(shelf, units) for shelf, units, _ in stored(lake)] == [("s", 90), ("t", 20), ("u", 30)]
    assert ledger(lake) == counted
    admit_all(lake, -1, last_wins=True, again=True)
    assert stored(lake) == []
