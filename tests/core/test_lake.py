"""The only writer: contracts are kept, slices replaced as a whole, repeats change nothing."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from shelfwise.core.conform import conform, empty, known_by
from shelfwise.core.errors import ContractError, JobError
from shelfwise.core.frames import local_frame
from shelfwise.core.lake import Lake
from shelfwise.core.settings import Settings
from shelfwise.core.table import Table, optional, required
from tests.conftest import settings_under

MONDAY, TUESDAY = date(2017, 10, 23), date(2017, 10, 24)

STOCK = Table(
    name="gold.stock",
    doc="Stock. One row per as_of and item.",
    key=("as_of", "item_id"),
    schema={
        "as_of": required("date", "day"),
        "item_id": required("string", "item"),
        "units": required("long", "units"),
        "tags": optional("map<string,string>", "labels"),
    },
    checks={"units_are_not_negative": "units >= 0"},
    slice="as_of",
)


def stock(spark: SparkSession, *rows: tuple[date, str | None, int], tags: dict[str, str] | None = None) -> DataFrame:
    return local_frame(spark, [(*row, tags) for row in rows], "as_of date, item_id string, units int, tags map<string,string>")


def units(lake: Lake, as_of: date | None = None) -> list[tuple[date, str, int]]:
    rows = lake.read(STOCK, as_of).collect()
    return sorted((row["as_of"], row["item_id"], row["units"]) for row in rows)


def test_a_created_table_has_the_contracts_columns_comments_and_constraints(spark: SparkSession, lake: Lake) -> None:
    """Comments with quotes and backslashes survive."""
    odd = replace(STOCK, schema=STOCK.schema | {"note": optional("string", "a buyer's \\ 'note'")})
    lake.create(odd)
    assert lake.read(odd).schema == odd.struct
    properties = spark.sql(f"SHOW TBLPROPERTIES delta.`{lake.path(odd)}`").collect()
    assert ("delta.constraints.units_are_not_negative", "units >= 0") in [tuple(row) for row in properties]


def test_a_table_that_does_not_exist_is_named_with_the_remedy(lake: Lake) -> None:
    with pytest.raises(JobError, match=r"gold\.stock does not exist yet: run the job that writes it"):
        lake.read(STOCK)
    assert lake.version(STOCK) is None


def test_a_stored_table_that_differs_from_its_contract_is_refused_by_column_or_check(lake: Lake) -> None:
    lake.create(STOCK)
    wider = replace(STOCK, schema=STOCK.schema | {"cases": required("int", "cases")})
    retyped = replace(STOCK, schema=STOCK.schema | {"units": required("int", "units")})
    narrower = replace(STOCK, schema={name: column for name, column in STOCK.schema.items() if name != "tags"})
    checked = replace(STOCK, checks={"units_are_not_negative": "units > -1"})
    for other, name in ((wider, "cases"), (retyped, "units"), (narrower, "tags"), (checked, "units_are_not_negative")):
        with pytest.raises(ContractError, match=rf"gold\.stock is stored with other .*\({name}\).*migrate"):
            lake.create(other)
    lake.create(STOCK)


def test_a_derived_table_gets_the_optional_columns_of_a_newer_contract(
    spark: SparkSession, lake: Lake, own_settings: Settings
) -> None:
    """In the middle of the contract. Earlier days say nothing in it, also before anybody has written; no earlier row is lost."""
    lake.replace_slice(STOCK, stock(spark, (MONDAY, "a", 1)), MONDAY)
    first, *others = STOCK.schema.items()
    wider = replace(STOCK, schema=dict([first, ("shelf", optional("string", "where it's kept")), *others]))
    newer = Lake(spark, own_settings)
    newer.create(wider)
    assert [tuple(row) for row in newer.read(wider, MONDAY).select(*wider.columns).collect()] == [(MONDAY, None, "a", 1, None)]
    assert "shelf" not in lake.read(STOCK).columns  # nobody has written by it
    told = stock(spark, (TUESDAY, "b", 2)).selectExpr("*", "'top' AS shelf")
    newer.replace_slice(wider, told, TUESDAY)
    newer.merge(
        wider, told.withColumn("shelf", F.lit("low")).unionByName(stock(spark, (MONDAY, "c", 3)).selectExpr("*", "'x' AS shelf"))
    )
    found = {row["item_id"]: (row["units"], row["shelf"]) for row in newer.read(wider).collect()}
    assert found == {"a": (1, None), "b": (2, "low"), "c": (3, "x")}
    assert newer.read(wider).schema["shelf"].metadata == {"comment": "where it's kept"}
    assert newer.read(wider, version=1).where("shelf IS NULL").count() == 1


def test_a_column_that_must_be_there_or_that_is_admitted_is_not_made_up(
    spark: SparkSession, lake: Lake, own_settings: Settings
) -> None:
    """What is refused is not changed either, though a column beside it could have been added."""
    lake.create(STOCK)
    both = STOCK.schema | {"shelf": required("string", "where"), "note": optional("string", "what else")}
    with pytest.raises(ContractError, match=r"gold\.stock is stored with other columns .*\(shelf\)"):
        Lake(spark, own_settings).append(replace(STOCK, schema=both), stock(spark))
    assert lake.read(STOCK).columns == STOCK.columns
    silver = replace(STOCK, name="silver.stock")
    lake.create(silver)
    with pytest.raises(ContractError, match=r"silver\.stock is stored with other columns .*\(shelf\)"):
        lake.create(replace(silver, schema=STOCK.schema | {"shelf": optional("string", "where")}))


def test_replacing_a_slice_leaves_the_others_and_can_be_repeated(spark: SparkSession, lake: Lake) -> None:
    """Tuesday is written twice, last with one item: Monday's two rows stay as they were."""
    lake.replace_slice(STOCK, stock(spark, (MONDAY, "a", 1), (MONDAY, "b", 2)), MONDAY)
    lake.replace_slice(STOCK, stock(spark, (TUESDAY, "a", 3), (TUESDAY, "b", 4)), TUESDAY)
    for _ in range(2):
        written = lake.replace_slice(STOCK, stock(spark, (TUESDAY, "b", 5)), TUESDAY)
        assert written.rows == 1
        assert units(lake) == [(MONDAY, "a", 1), (MONDAY, "b", 2), (TUESDAY, "b", 5)]
    assert units(lake, TUESDAY) == [(TUESDAY, "b", 5)]


def test_a_row_of_another_slice_is_refused_and_nothing_is_written(spark: SparkSession, lake: Lake) -> None:
    lake.replace_slice(STOCK, stock(spark, (MONDAY, "a", 1)), MONDAY)
    with pytest.raises(ContractError, match=r"gold\.stock: .*nothing was written.*as_of = DATE '2017-10-23'"):
        lake.replace_slice(STOCK, stock(spark, (MONDAY, "a", 2), (TUESDAY, "a", 2)), MONDAY)
    assert units(lake) == [(MONDAY, "a", 1)]


def test_a_new_table_refuses_such_a_row_too(spark: SparkSession, lake: Lake) -> None:
    """Where there is nothing to replace rows are appended, and Delta does not look at their slice."""
    with pytest.raises(ContractError, match=r"gold\.stock: nothing was written: a row lies outside .*: as_of = DATE'2017-10-23'"):
        lake.replace_slice(STOCK, stock(spark, (MONDAY, "a", 2), (TUESDAY, "a", 2)), MONDAY)
    assert units(lake) == []


def test_rows_that_replace_nothing_are_appended_where_a_lease_keeps_others_out(lake: Lake, catalog_lake: Lake) -> None:
    """An append takes less than half of the time. Without a lease Delta itself must see that two writers meet."""
    for place, modes in ((lake, ["Overwrite", "Append", "Append"]), (catalog_lake, ["Overwrite", "Overwrite", "Append"])):
        place.replace_slice(STOCK, stock(place.spark, (MONDAY, "a", 1)), MONDAY)
        place.replace_slice(STOCK, stock(place.spark, (TUESDAY, "a", 2)), TUESDAY)
        place.replace_slice(STOCK, stock(place.spark, (TUESDAY, "a", 3)), TUESDAY)
        assert units(place) == [(MONDAY, "a", 1), (TUESDAY, "a", 3)]
        writes = place.history(STOCK).where("operation = 'WRITE'").select("operationParameters.mode").collect()
        assert [row["mode"] for row in writes] == modes


def test_jobs_side_by_side_write_one_table_in_turn(spark: SparkSession, lake: Lake) -> None:
    """Four write the same new key, which comes once; four replace a slice each, and each is told its own rows."""
    with ThreadPoolExecutor(4) as jobs:
        same = [jobs.submit(lake.merge, STOCK, stock(spark, (MONDAY, "a", 1))) for _ in range(4)]
        assert sorted(written.result().rows for written in same) == [0, 0, 0, 1]
        days = [TUESDAY + timedelta(days=i) for i in range(4)]
        frames = [stock(spark, *((day, f"i{k}", i) for k in range(i + 1))) for i, day in enumerate(days)]
        slices = [jobs.submit(lake.replace_slice, STOCK, frame, day) for frame, day in zip(frames, days, strict=True)]
        assert [written.result().rows for written in slices] == [1, 2, 3, 4]
    assert len(units(lake)) == 1 + 1 + 2 + 3 + 4


def test_a_merge_updates_inserts_and_leaves_the_rest(spark: SparkSession, lake: Lake) -> None:
    """a stays, b becomes 3, c is new."""
    lake.merge(STOCK, stock(spark, (MONDAY, "a", 1), (MONDAY, "b", 2)))
    lake.merge(STOCK, stock(spark, (MONDAY, "b", 3), (MONDAY, "c", 4)))
    assert units(lake) == [(MONDAY, "a", 1), (MONDAY, "b", 3), (MONDAY, "c", 4)]


def test_a_merge_of_equal_rows_adds_no_version(spark: SparkSession, lake: Lake) -> None:
    """Maps are compared as sets of entries: their order is none."""
    lake.merge(STOCK, stock(spark, (MONDAY, "a", 1), tags={"x": "1", "y": "2"}))
    before = lake.version(STOCK)
    assert lake.merge(STOCK, stock(spark, (MONDAY, "a", 1), tags={"y": "2", "x": "1"})).rows == 0
    assert lake.version(STOCK) == before
    assert lake.merge(STOCK, stock(spark, (MONDAY, "a", 1), tags={"y": "2", "x": "3"})).rows == 1
    assert lake.version(STOCK) != before


@pytest.mark.parametrize("way", ["replace", "merge", "append"])
def test_a_row_that_breaks_a_check_is_refused_by_the_checks_name_and_nothing_is_written(
    way: str, spark: SparkSession, lake: Lake
) -> None:
    lake.replace(STOCK, stock(spark, (MONDAY, "a", 1)))
    with pytest.raises(ContractError, match=r"nothing was written: .*units_are_not_negative"):
        getattr(lake, way)(STOCK, stock(spark, (MONDAY, "b", 2), (MONDAY, "c", -1)))
    assert units(lake) == [(MONDAY, "a", 1)]


def test_a_missing_required_value_is_refused_by_its_column(spark: SparkSession, lake: Lake) -> None:
    with pytest.raises(ContractError, match="NOT NULL constraint violated for column: item_id"):
        lake.append(STOCK, stock(spark, (MONDAY, None, 1)))
    assert units(lake) == []


def test_a_missing_and_an_extra_column_are_named(spark: SparkSession) -> None:
    frame = local_frame(spark, [("a", 1)], "item_id string, unit int")
    with pytest.raises(ContractError, match=r"gold\.stock: the job's frame lacks \['as_of', 'units', 'tags'\] and adds \['unit'\]"):
        conform(frame, STOCK)


def test_a_frame_is_brought_into_the_contracts_order_and_types(spark: SparkSession) -> None:
    ddl = "tags map<string,string>, units int, item_id string, as_of string"
    frame = local_frame(spark, [(None, 7, "a", "2017-10-23")], ddl)
    conformed = conform(frame, STOCK)
    assert conformed.collect() == [(MONDAY, "a", 7, None)]
    assert [column.dataType for column in conformed.schema] == [column.dataType for column in STOCK.struct]


def test_an_earlier_version_can_be_read(spark: SparkSession, lake: Lake) -> None:
    first = lake.replace(STOCK, stock(spark, (MONDAY, "a", 1)))
    lake.replace(STOCK, stock(spark, (MONDAY, "a", 2)))
    assert [row["units"] for row in lake.read(STOCK, version=first.version).collect()] == [1]


def test_facts_after_as_of_are_not_seen_even_at_the_next_midnight(spark: SparkSession) -> None:
    """A sale at 23:59 of the day counts, one at 00:00 of the next does not."""
    schema = {"id": required("int", "id"), "at": required("timestamp", "UTC")}
    sales = Table("silver.x", "Sales. One row per id.", ("id",), schema, happened="at")
    rows = [(1, datetime(2017, 10, 23, 23, 59)), (2, datetime(2017, 10, 24, 0, 0))]
    frame = local_frame(spark, rows, "id int, at timestamp")
    assert [row["id"] for row in known_by(frame, sales, MONDAY).collect()] == [1]


def test_plans_known_after_as_of_are_not_seen_and_later_days_of_known_plans_are(spark: SparkSession) -> None:
    """Plan 1 is for next month and known on Monday: seen. Plan 2 becomes known on Tuesday: not."""
    schema = {"id": required("int", "id"), "starts_on": required("date", "first day"), "known_at": required("date", "known")}
    plans = Table("silver.y", "Plans. One row per id.", ("id",), schema, known="known_at")
    rows = [(1, date(2017, 11, 20), MONDAY), (2, MONDAY, TUESDAY)]
    frame = local_frame(spark, rows, "id int, starts_on date, known_at date")
    assert [row["id"] for row in known_by(frame, plans, MONDAY).collect()] == [1]


def test_an_empty_frame_has_the_contracts_schema(spark: SparkSession) -> None:
    assert empty(spark, STOCK).schema == STOCK.struct


def test_landing_keeps_columns_that_came_later(spark: SparkSession, lake: Lake) -> None:
    """Batch 1 has no colour; batch 2 has: the first batch's colour reads as null."""
    schema = {"_batch": required("long", "batch")}
    raw = Table("bronze.raw", "Rows. One row per row.", (), schema, slice="_batch", personal=True, open=True)
    lake.land(raw, local_frame(spark, [(1, "a")], "_batch long, `item code` string"), 1)
    lake.land(raw, local_frame(spark, [(2, "b", "red")], "_batch long, `item code` string, colour string"), 2)
    rows = lake.read(raw).select("_batch", "item code", "colour").orderBy("_batch").collect()
    assert [tuple(row) for row in rows] == [(1, "a", None), (2, "b", "red")]


def test_personal_tables_lie_under_a_root_of_their_own(lake: Lake, tmp_path: Path) -> None:
    personal = replace(STOCK, personal=True)
    assert lake.path(personal) == f"{tmp_path}/personal/gold/stock"
    assert lake.path(STOCK) == f"{tmp_path}/lake/gold/stock"


@pytest.fixture
def catalog_lake(spark: SparkSession, tmp_path: Path) -> Iterator[Lake]:
    """Spark's own catalog, in memory; its schema lies in the test's folder."""
    spark.sql(f"CREATE SCHEMA IF NOT EXISTS gold LOCATION '{tmp_path}/warehouse'")
    yield Lake(spark, settings_under(tmp_path, "lake.catalog=spark_catalog"))
    spark.sql("DROP SCHEMA gold CASCADE")


def test_in_a_catalog_tables_are_created_written_and_read_by_name(spark: SparkSession, catalog_lake: Lake, tmp_path: Path) -> None:
    """The same calls as under a root; nothing lies under the root."""
    catalog_lake.replace_slice(STOCK, stock(spark, (MONDAY, "a", 1)), MONDAY)
    catalog_lake.merge(STOCK, stock(spark, (TUESDAY, "a", 2)))
    assert units(catalog_lake) == [(MONDAY, "a", 1), (TUESDAY, "a", 2)]
    assert spark.table("spark_catalog.gold.stock").count() == 2
    assert not (tmp_path / "lake").exists()
    with pytest.raises(ContractError, match="units_are_not_negative"):
        catalog_lake.append(STOCK, stock(spark, (MONDAY, "b", -1)))
    with pytest.raises(ContractError, match="stored with other"):
        catalog_lake.create(replace(STOCK, checks={}))


def test_each_write_carries_its_lease(spark: SparkSession, lake: Lake) -> None:
    lake.replace(STOCK, stock(spark, (MONDAY, "a", 1)))
    lake.replace(STOCK, stock(spark, (MONDAY, "a", 2)))
    metadata = [row["userMetadata"] for row in lake.history(STOCK).orderBy("version").collect()]
    assert metadata[-2:] == ["lease 1", "lease 2"]
