"""Files into bronze: each once, broken ones by name, and the others go on."""

from dataclasses import replace
from pathlib import Path

import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from shelfwise.contracts.bronze import STOCK
from shelfwise.core.admission import FILES
from shelfwise.core.errors import ContractError, SourceError
from shelfwise.core.lake import Lake
from shelfwise.core.landing import land_new_files, listing_version, rejected_files
from shelfwise.core.shop import KINDS
from tests.conftest import settings_under
from tests.ingest.builders import Kiosk, kiosk, seen, write, write_parquet, write_truncated_gzip

FIRST = 100 + KINDS.index("stock") + 1  # the first batch of this kind
SECOND = FIRST + 100


@pytest.fixture
def lake(spark: SparkSession, tmp_path: Path) -> Lake:
    return Lake(spark, settings_under(tmp_path))


@pytest.fixture(scope="module")
def mixed(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> tuple[Lake, Kiosk]:
    """One delivery with every kind of CSV file, landed."""
    root = tmp_path_factory.mktemp("mixed")
    folder = root / "in"
    write(folder / "good.csv", "item,units", "a,1", '"b, ""x""","2"')
    write(folder / "other_order.csv", "units,item", "4,c")
    write(folder / "extra.csv", "item,units,unit price", "d,5,0.99")
    write(folder / "header_only.csv", "item,units")
    write(folder / "few_and_many.csv", "item,units", "e", "f,6,7", "g,8")
    write(folder / "latin1.csv", "item,units", "caf\u00e9,9", encoding="latin-1")
    write(folder / "missing.csv", "item,price", "x,1")
    write(folder / "renamed.csv", "item,Unit_s", "x,1")
    write(folder / "twice.csv", "item,units,units", "x,1,2")
    (folder / "empty.csv").write_bytes(b"")
    write_truncated_gzip(folder / "broken.csv.gz", "item,units", *[f"item {n * 7919 % 10007},{n}" for n in range(20000)])
    (folder / "no_gzip.csv.gz").write_bytes(b"item,units\n")
    lake, shop = Lake(spark, settings_under(root)), kiosk(folder)
    land_new_files(lake, shop, "stock", STOCK)
    return lake, shop


def test_rows_meet_by_column_name_and_quotes_are_read(mixed: tuple[Lake, Kiosk]) -> None:
    """good 2 rows, other_order 1, extra 1, few_and_many 3, latin1 1: 8 rows, all in the first batch."""
    rows = {row["item"]: row["units"] for row in mixed[0].read(STOCK).where(F.col("_batch") == FIRST).collect()}
    assert rows == {"a": "1", 'b, "x"': "2", "c": "4", "d": "5", "e": None, "f": "6", "g": "8", "caf\ufffd": "9"}


def test_a_line_with_too_few_or_too_many_fields_keeps_its_text(mixed: tuple[Lake, Kiosk]) -> None:
    broken = mixed[0].read(STOCK).where("_corrupt_record IS NOT NULL").select("_corrupt_record").collect()
    assert {row[0] for row in broken} == {"e", "f,6,7"}


def test_an_added_column_is_kept_and_reported(mixed: tuple[Lake, Kiosk]) -> None:
    lake, _ = mixed
    kept = lake.read(STOCK).select("unit price").where("`unit price` IS NOT NULL").collect()
    added = lake.read(FILES).where("size(added_columns) > 0").select("path", "added_columns").collect()
    assert [row[0] for row in kept] == ["0.99"]
    assert [(Path(row["path"]).name, row["added_columns"]) for row in added] == [("extra.csv", ["unit price"])]


@pytest.mark.parametrize(
    ("file", "says"),
    [
        ("missing.csv", "lacks the column 'units'"),
        ("renamed.csv", "Was it renamed to 'Unit_s'?"),
        ("twice.csv", "'units' is empty, reserved or there twice"),
        ("empty.csv", "is empty (0 bytes)"),
        ("broken.csv.gz", "breaks off or is damaged"),
        ("no_gzip.csv.gz", "can't be read as csv"),
    ],
)
def test_a_file_that_cannot_be_read_is_rejected_by_name(mixed: tuple[Lake, Kiosk], file: str, says: str) -> None:
    status, reason = seen(mixed[0])[file]
    assert status == "rejected"
    assert file in reason and says in reason


def test_a_file_of_a_header_alone_is_landed_with_no_rows(mixed: tuple[Lake, Kiosk]) -> None:
    assert seen(mixed[0])["header_only.csv"] == ("landed", "")


def test_rejected_files_are_named_as_long_as_they_lie_there_unchanged(mixed: tuple[Lake, Kiosk]) -> None:
    named = {Path(path).name for path, _ in rejected_files(*mixed, ["stock"])}
    assert named == {"missing.csv", "renamed.csv", "twice.csv", "empty.csv", "broken.csv.gz", "no_gzip.csv.gz"}
    assert rejected_files(*mixed, ["sales"]) == [], "another kind's landing has not refused them"


def test_every_row_knows_its_file_its_batch_and_when_it_came(mixed: tuple[Lake, Kiosk]) -> None:
    lake, _ = mixed
    assert lake.read(STOCK).where("_file IS NULL OR _batch IS NULL OR _ingested_at IS NULL").isEmpty()
    paths = {row["path"] for row in lake.read(FILES).collect()}
    assert {row["_file"] for row in lake.read(STOCK).select("_file").distinct().collect()} <= paths


def test_the_second_landing_reads_only_new_and_mended_files(lake: Lake, tmp_path: Path) -> None:
    """First a.csv (1 row) and a broken b.csv; then b.csv is mended (2 rows) and c.csv comes (1 row)."""
    shop = kiosk(tmp_path / "in")
    write(tmp_path / "in" / "a.csv", "item,units", "a,1")
    write(tmp_path / "in" / "b.csv", "item,price", "b,1")
    assert land_new_files(lake, shop, "stock", STOCK).rows == 1
    before = listing_version(lake.spark, shop, "stock")
    write(tmp_path / "in" / "b.csv", "item,units", "b,2", "bb,3")
    write(tmp_path / "in" / "c.csv", "item,units", "c,4")
    assert listing_version(lake.spark, shop, "stock") != before
    assert land_new_files(lake, shop, "stock", STOCK).rows == 3
    assert land_new_files(lake, shop, "stock", STOCK).rows == 0
    rows = sorted((row["item"], row["_batch"]) for row in lake.read(STOCK).collect())
    assert rows == [("a", FIRST), ("b", SECOND), ("bb", SECOND), ("c", SECOND)]
    assert rejected_files(lake, shop, ["stock"]) == []


def test_a_shipped_file_is_known_by_what_it_holds(lake: Lake, tmp_path: Path) -> None:
    """Installed again it lies elsewhere and is younger, and is no new file; with another row it is."""

    def landed(folder: str, *rows: str) -> int | None:
        write(tmp_path / folder / "a.csv", "item,units", *rows)
        shop = kiosk(tmp_path / folder)
        shipped = Kiosk({kind: replace(files, shipped=True) for kind, files in shop.files.items()})
        versions.append(listing_version(lake.spark, shipped, "stock"))
        return land_new_files(lake, shipped, "stock", STOCK).rows

    versions: list[str] = []
    assert landed("in", "a,1") == 1
    assert landed("elsewhere", "a,1") == 0
    assert landed("elsewhere", "a,1", "b,2") == 2
    assert versions[0] == versions[1] != versions[2]


def test_a_lake_of_an_older_contract_is_refused_by_name(lake: Lake, tmp_path: Path) -> None:
    shop = kiosk(tmp_path / "in")
    write(tmp_path / "in" / "a.csv", "item,units", "a,1")
    land_new_files(lake, shop, "stock", STOCK)
    lake.read(FILES).drop("content").write.format("delta").save(f"{tmp_path}/older")
    (tmp_path / "newer").mkdir()
    Path(lake.path(FILES)).rename(tmp_path / "newer" / "files")
    (tmp_path / "older").rename(lake.path(FILES))
    later = Lake(lake.spark, settings_under(tmp_path))
    with pytest.raises(ContractError, match=r"bronze\.files is stored with other columns .*content.*move .* away"):
        land_new_files(later, shop, "stock", STOCK)


def test_a_landing_killed_before_its_files_were_noted_repeats_its_batch(lake: Lake, tmp_path: Path) -> None:
    """Bronze holds the first batch of a killed landing; meanwhile b.csv came: the repetition brings a and b, each once."""
    shop = kiosk(tmp_path / "in")
    write(tmp_path / "in" / "a.csv", "item,units", "a,1")
    land_new_files(lake, shop, "stock", STOCK)
    lake.replace(FILES, lake.read(FILES).limit(0))
    write(tmp_path / "in" / "b.csv", "item,units", "b,2")
    land_new_files(lake, shop, "stock", STOCK)
    assert sorted((row["item"], row["_batch"]) for row in lake.read(STOCK).collect()) == [("a", FIRST), ("b", FIRST)]


def test_parquet_files_are_judged_by_their_schema(lake: Lake, tmp_path: Path) -> None:
    """good.parquet has 2 rows; of the others one is truncated, one lacks a column, one has text for units."""
    folder = tmp_path / "in"
    folder.mkdir()
    write_parquet(lake.spark, folder / "good.parquet", "VALUES ('a', 1L), ('b', 2L) AS t(item, units)")
    write_parquet(lake.spark, folder / "lacks.parquet", "VALUES ('a') AS t(item)")
    write_parquet(lake.spark, folder / "retyped.parquet", "VALUES ('a', 'one') AS t(item, units)")
    whole = (folder / "good.parquet").read_bytes()
    (folder / "cut.parquet").write_bytes(whole[: len(whole) // 2])
    assert land_new_files(lake, kiosk(folder, "parquet", "bigint"), "stock", STOCK).rows == 2
    found = seen(lake)
    assert found["good.parquet"] == ("landed", "")
    assert "can't be read as parquet" in found["cut.parquet"][1]
    assert "lacks the column 'units'" in found["lacks.parquet"][1]
    assert "'units' is retyped: string where bigint is expected" in found["retyped.parquet"][1]


def test_json_lines_are_read_as_text_and_a_broken_line_is_kept(lake: Lake, tmp_path: Path) -> None:
    write(tmp_path / "in" / "a.json", '{"item": "a", "units": 1}', '{"item": "b", "units"', '{"units": 2, "item": "c"}')
    land_new_files(lake, kiosk(tmp_path / "in", "json"), "stock", STOCK)
    rows = {(row["item"], row["units"], row["_corrupt_record"]) for row in lake.read(STOCK).collect()}
    assert {("a", "1", None), ("c", "2", None)} < rows
    assert [corrupt for _, _, corrupt in rows if corrupt] == ['{"item": "b", "units"']


def test_where_all_files_are_rejected_bronze_has_the_columns_and_no_row(lake: Lake, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.csv").write_bytes(b"")
    shop = kiosk(tmp_path / "in")
    assert land_new_files(lake, shop, "stock", STOCK).rows == 0
    assert lake.read(STOCK).select("item", "units").isEmpty()
    assert len(rejected_files(lake, shop, ["stock"])) == 1


def test_a_delta_table_is_one_file_that_is_new_with_each_version(lake: Lake, tmp_path: Path) -> None:
    """Version 0 has 1 row, version 1 has 2: the first landing reads 1, the second 2, the third none."""
    shop = kiosk(tmp_path / "in", "delta", "bigint", pattern="table")
    for units in (1, 2):
        frame = lake.spark.range(units, units + 1).selectExpr("'a' AS item", "id AS units")
        frame.write.format("delta").mode("append").save(str(tmp_path / "in" / "table"))
        assert land_new_files(lake, shop, "stock", STOCK).rows == units
    assert land_new_files(lake, shop, "stock", STOCK).rows == 0


def test_a_path_that_is_not_there_is_an_error_that_names_it_and_the_setting(lake: Lake, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"There is no .*/nowhere: correct the setting sources\.kiosk\.path"):
        land_new_files(lake, kiosk(tmp_path / "nowhere"), "stock", STOCK)


def test_an_empty_folder_is_an_error_that_names_it_and_the_setting(lake: Lake, tmp_path: Path) -> None:
    (tmp_path / "bare").mkdir()
    with pytest.raises(SourceError, match=r"/bare holds no file \*\.csv\*: .* sources\.kiosk\.path"):
        land_new_files(lake, kiosk(tmp_path / "bare"), "stock", STOCK)


def test_a_kind_that_the_shop_does_not_deliver_lands_nothing(lake: Lake) -> None:
    assert land_new_files(lake, Kiosk({}), "stock", STOCK).rows == 0
    assert listing_version(lake.spark, Kiosk({}), "stock") == ""
    assert not lake.exists(STOCK)
