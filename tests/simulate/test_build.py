"""A planted shop in a folder: whole or not there, the same on any cluster, and what it delivers fits together."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pyspark.sql import SparkSession

from shelfwise.core.arrivals import arrivals
from shelfwise.core.cli import APP, WRONG, call
from shelfwise.core.errors import LeaseError, SettingsError, SourceError
from shelfwise.core.shop import FileSet
from shelfwise.simulate.build import build
from shelfwise.simulate.folder import Folder
from shelfwise.simulate.spec import Spec

MICRO = Spec(days=56, customers=600, items=40, suppliers=4, locations=3, seed=11)
# what both a truth and the shop's own files may say: ids, days, and what a customer list or a till knows
KNOWN = {
    *("item_id", "customer_id", "supplier_id", "location_id", "kind", "party", "number", "experiment", "channel", "day", "second"),
    *("launch_on", "segment", "joined_on", "left_on", "bought_on", "end_on", "department"),
}


def laid(spark: SparkSession, folder: Path, spec: Spec = MICRO) -> Path:
    build(spark, spec, Folder(spark, str(folder)), lambda _: None)
    return folder


@pytest.fixture(scope="module")
def shop(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return laid(spark, tmp_path_factory.mktemp("planted") / "shop")


@pytest.fixture
def read(spark: SparkSession, shop: Path) -> Iterator[object]:
    yield lambda name: spark.read.parquet(str(shop / name))


def tables(folder: Path) -> list[str]:
    return sorted(str(path.parent.relative_to(folder)) for path in folder.rglob("_SUCCESS"))


def test_the_same_seed_gives_the_same_rows_however_the_work_is_cut(spark: SparkSession, shop: Path, tmp_path: Path) -> None:
    """Five shuffle partitions instead of two, and every table is compared both ways."""
    before = spark.conf.get("spark.sql.shuffle.partitions")
    spark.conf.set("spark.sql.shuffle.partitions", "5")
    try:
        other = laid(spark, tmp_path / "other")
    finally:
        spark.conf.set("spark.sql.shuffle.partitions", before)
    assert tables(other) == tables(shop)
    for name in tables(shop):
        one, two = (spark.read.parquet(str(folder / name)) for folder in (shop, other))
        assert one.exceptAll(two).count() == two.exceptAll(one).count() == 0, name
        assert one.count() > 0, f"{name} is empty: nothing is compared"


def test_every_item_and_day_of_the_stock_ledger_reconciles(read) -> None:
    """opening + received - sold - damaged = closing; and between two rows of an item nothing has changed."""
    ledger = read("stock").toPandas().sort_values(["location_id", "item_id", "day"])
    assert (ledger["opening"] + ledger["received"] - ledger["sold"] - ledger["damaged"] == ledger["on_hand"]).all()
    before = ledger.groupby(["location_id", "item_id"])["on_hand"].shift()
    assert (before.isna() | (before == ledger["opening"])).all()
    assert ledger.loc[before.isna(), "opening"].eq(0).all()
    assert ledger[["on_hand", "on_order", "sold"]].min().min() >= 0


def test_what_the_ledger_sold_is_what_the_tills_sold(read) -> None:
    keys = ["location_id", "item_id", "day"]
    ledger = read("stock").where("sold > 0").select(*keys, "sold").toPandas().set_index(keys)["sold"]
    lines = read("sales").where("quantity > 0").selectExpr("location_id", "item_id", "to_date(sold_at) AS day", "quantity")
    tills = lines.toPandas().groupby(keys)["quantity"].sum()
    pd.testing.assert_series_equal(ledger.sort_index(), tills.sort_index(), check_names=False, check_dtype=False)


def test_what_the_ledger_received_is_what_suppliers_delivered(read) -> None:
    keys = ["location_id", "item_id", "day"]
    ledger = read("stock").where("received > 0").select(*keys, "received").toPandas().set_index(keys)["received"]
    receipts = read("receipts").where("units_received > 0").withColumnRenamed("received_on", "day").toPandas()
    pd.testing.assert_series_equal(
        ledger.sort_index(), receipts.groupby(keys)["units_received"].sum().sort_index(), check_names=False, check_dtype=False
    )


def test_returns_give_back_what_was_paid_some_days_later(read) -> None:
    lines = read("sales").toPandas()
    back, kept = lines[lines["quantity"] < 0], lines[lines["quantity"] > 0]
    assert 0.005 < len(back) / len(kept) < 0.03
    paid = kept.rename(columns={"quantity": "bought", "revenue": "paid", "sold_at": "when"})
    pairs = back.merge(
        paid[["customer_id", "item_id", "location_id", "bought", "paid", "when"]], on=["customer_id", "item_id", "location_id"]
    )
    days = (pairs["sold_at"] - pairs["when"]).dt.days
    match = pairs[days.between(3, 20) & (pairs["bought"] == -pairs["quantity"]) & (pairs["paid"] == -pairs["revenue"])]
    assert set(match["line_id"]) == set(back["line_id"])


def test_a_wanted_item_is_viewed_then_carted_then_bought(read) -> None:
    """Of each line that the web sold to who wanted it; substitutes are taken without a look."""
    lines = read("sales").where("quantity > 0 AND location_id = 'L00002'").select("customer_id", "item_id", "sold_at").toPandas()
    wants = read("truth/wants").where("item_id = taken_id AND location_id = 'L00002' AND number < 10000").toPandas()
    keys = ["customer_id", "item_id", "day"]
    events = read("events").toPandas()
    events["day"], lines["day"] = events["happened_at"].dt.date, lines["sold_at"].dt.date
    seen = events.groupby([*keys, "kind"])["happened_at"].min().unstack().reset_index()
    both = wants[keys].drop_duplicates().merge(lines, on=keys).merge(seen, on=keys, how="left")
    assert len(both) > 50
    assert ((both["view"] < both["cart"]) & (both["cart"] < both["sold_at"])).all()


def test_no_file_of_the_shop_tells_a_latent_truth(spark: SparkSession, shop: Path) -> None:
    """No column of a truth is in any other file, but for ids, days and what shops know."""
    columns = {name: set(spark.read.parquet(str(shop / name)).columns) for name in tables(shop)}
    truths = [name for name in columns if name.startswith("truth/") and name != "truth/constants"]  # rows of names and values
    latent = set().union(*(columns[name] for name in truths)) - KNOWN
    assert latent > {
        "affinity",
        "tastes",
        "true_on_time",
        "sentiment",
        "annual_pd",
        "if_listed",
        "taken_id",
        "main_taste",
        "weekly_hazard",
    }
    for name, told in columns.items():
        assert name.startswith("truth/") or latent.isdisjoint(told), f"{name}: {sorted(latent & told)}"


def test_a_page_is_shown_before_it_is_clicked_in_the_same_session(read) -> None:
    """Each click is a view of its session, five seconds after the page came up for each position, and the purchase comes later."""
    clicked = read("impressions").where("clicked").select("session_id", "customer_id", "item_id", "position", "shown_at").toPandas()
    views = read("events").where("kind = 'view'").toPandas()
    both = clicked.merge(views, on=["session_id", "customer_id", "item_id"])
    seconds = (both["happened_at"] - both["shown_at"]).dt.total_seconds()
    assert len(clicked) > 50
    assert set(both[seconds == 5 * both["position"]]["session_id"]) == set(clicked["session_id"])
    assert views.groupby("session_id")["customer_id"].nunique().max() == 1


def test_a_parcel_that_has_not_come_by_the_last_day_has_not_come(read) -> None:
    arrived = read("deliveries").select("delivered_at", "shipped_at").toPandas()
    assert 0 < arrived["delivered_at"].isna().mean() < 0.2
    assert (arrived["delivered_at"].dropna() < pd.Timestamp(MICRO.start) + pd.Timedelta(days=MICRO.days)).all()


def test_numbers_of_tills_and_pages_tell_nobodys_id(read) -> None:
    """The digits of a customer's id stand in none of the shop's own numbers."""
    lines = read("sales").select("customer_id", "basket_id").distinct()
    assert lines.where("basket_id LIKE concat('%', substring(customer_id, 4), '%')").count() < 5
    assert lines.groupBy("basket_id").count().where("count > 1").count() == 0


def test_what_the_shop_lists_says_nothing_of_items_that_it_never_lists(read) -> None:
    listed, candidates = (read(name).select("item_id") for name in ("items", "candidates"))
    assert listed.intersect(candidates).count() == 0
    for name in ("sales", "events", "stock", "promotions", "prices", "rival_prices", "terms"):
        assert read(name).join(candidates, "item_id", "left_semi").count() == 0, name
    assert read("truth/demand").join(candidates, "item_id", "left_semi").where("if_listed > 0 AND wanted = 0").count() > 0


def test_the_true_mean_is_what_is_wanted_on_the_average(read) -> None:
    """Summed over items and weeks the wants lie within five standard errors of their mean (counts of one visit come together)."""
    mean, wants = read("truth/demand").groupBy().sum("wanted").first()[0], read("truth/wants").count()
    assert abs(wants - mean) < 5 * np.sqrt(12 * mean)


def test_a_want_that_found_nothing_took_nothing(read) -> None:
    """What was taken is what the tills sold; the others are lost, and no till knows of them."""
    wants = read("truth/wants")
    sold = read("sales").where("quantity > 0").groupBy().sum("quantity").first()[0]
    lost = wants.where("taken_id IS NULL").count()
    assert lost > 0
    assert wants.count() - lost == sold


def test_a_folder_in_use_is_left_alone(spark: SparkSession, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(SettingsError, match=r"--out .*the folder is in use"):
        laid(spark, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_shop_that_is_there_is_not_laid_over(spark: SparkSession, shop: Path) -> None:
    with pytest.raises(SettingsError, match="there is a planted shop already"):
        laid(spark, shop)


def test_a_shop_that_is_being_laid_is_left_alone(spark: SparkSession, tmp_path: Path) -> None:
    """A second run neither waits nor deletes: what the first one has written so far is still there."""
    folder = Folder(spark, str(tmp_path / "shop"))
    with folder.claimed(MICRO):
        (tmp_path / "shop" / "sales").mkdir()
        with pytest.raises(LeaseError, match="shop is being written by another process"):
            laid(spark, tmp_path / "shop")
        there = {path.name for path in (tmp_path / "shop").iterdir() if not path.name.endswith(".crc")}
        assert there == {"_unfinished.json", "_leases", "sales"}


@pytest.mark.parametrize(
    ("out", "said"), [("nowhere://bucket/shop", "No FileSystem for scheme"), ("a:b", "a:b"), ("/proc/shop", "/proc/shop")]
)
def test_a_folder_that_cannot_be_written_is_told_in_a_line(
    spark: SparkSession, capsys: pytest.CaptureFixture[str], out: str, said: str
) -> None:
    assert call(APP, ["simulate", "--preset", "tiny", "--out", out]) == WRONG
    told = " ".join(capsys.readouterr().err.split())
    assert told.startswith(f"shelfwise: --out {out}: ")
    assert said in told
    assert told.endswith("Name a folder that can be written.")


def test_an_unfinished_shop_is_begun_anew_and_another_seed_gives_another_one(
    spark: SparkSession, shop: Path, read, tmp_path: Path
) -> None:
    """A run that was killed leaves its mark and half of its tables; what it left does not stay."""
    (tmp_path / "sales").mkdir()
    (tmp_path / "sales" / "part-0.parquet").write_text("half")
    (tmp_path / "_unfinished.json").write_text("{}")
    again = laid(spark, tmp_path, replace(MICRO, seed=12, customers=100))
    assert tables(again) == tables(shop)
    assert not (again / "_unfinished.json").exists()
    assert not (again / "_work").exists()
    assert not (again / "_leases").exists()
    assert json.loads((again / "shop.json").read_text())["customers"] == 100
    sold = read("sales").select("item_id", "sold_at", "quantity")
    assert sold.intersect(spark.read.parquet(str(again / "sales")).select("item_id", "sold_at", "quantity")).count() < 5


def test_weights_of_the_page_belong_to_no_location(read) -> None:
    """V beside W: as many rows as a location has, one per day and taste."""
    weights = read("truth/weights")
    by_location = {row["location_id"]: row["count"] for row in weights.groupBy("location_id").count().collect()}
    assert by_location[None] == by_location["L00000"] > 0


def test_no_job_can_read_the_truth(spark: SparkSession, shop: Path) -> None:
    with pytest.raises(SourceError, match="is the truth of a planted shop"):
        arrivals(spark, FileSet(f"{shop}/truth/items", "*.parquet", "parquet", {}, "sources.files.path"))
    assert arrivals(spark, FileSet(f"{shop}/items", "*.parquet", "parquet", {}, "sources.files.path"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--items", "0"], "--items 0: give a number from"),
        (["--days", "-1"], "--days -1: give a number from"),
        (["--preset", "tinny"], "Did you mean 'tiny'?"),
    ],
)
def test_bad_sizes_get_a_clear_word(words: list[str], said: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert call(APP, ["simulate", "--out", str(tmp_path / "shop"), *words]) == WRONG
    assert said in capsys.readouterr().err
    assert not (tmp_path / "shop").exists()
