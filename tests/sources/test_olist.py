"""Olist's nine files become silver: worked by hand on six orders, and counted on the sample where it is."""

import json
import os
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
from jobs import (
    ingest_customers,
    ingest_deliveries,
    ingest_items,
    ingest_locations,
    ingest_reviews,
    ingest_sales_lines,
    ingest_supplier_terms,
    land_categories,
    land_customers,
    land_deliveries,
    land_items,
    land_reviews,
    land_sales,
)
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from shelfwise.contracts.service import DELIVERIES, REVIEWS
from shelfwise.contracts.silver import CUSTOMERS, ITEMS, LOCATIONS, SALES_LINES, SUPPLIER_TERMS
from shelfwise.core.errors import SettingsError
from shelfwise.core.table import Table
from shelfwise.sources import olist as shop
from tests.ingest.builders import Intake, intake, seen, write
from tests.sources.olist_folder import FILES, laid

SAMPLE = Path(__file__).resolve().parents[3] / "shared" / "data" / "olist"
LANDING = (land_sales, land_items, land_customers, land_deliveries, land_reviews, land_categories)
ADMITTING = (ingest_sales_lines, ingest_items, ingest_customers, ingest_locations, ingest_supplier_terms, ingest_deliveries)
JOBS = [module.JOB for module in (*LANDING, *ADMITTING, ingest_reviews)]


@pytest.fixture(scope="module")
def small(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Intake:
    root = tmp_path_factory.mktemp("olist")
    came = intake(spark, root, "olist", f"sources.olist.path={laid(root / 'in')}")
    came.run(*JOBS)
    return came


def test_a_line_is_one_unit_sold_on_sao_paulos_day(small: Intake) -> None:
    """23:30 on 1 June, three hours behind UTC: 02:30 on the 2nd. The price without the freight."""
    lines = {row["line_id"]: row for row in small.rows(SALES_LINES).collect()}
    assert set(lines) == {"o1-1", "o2-1", "o2-2", "o2-3", "o2-4"}
    line = lines["o1-1"]
    assert (line["sold_on"], line["sold_at"]) == (date(2018, 6, 1), datetime(2018, 6, 2, 2, 30))
    assert (line["quantity"], line["revenue"], line["kind"], line["location_id"]) == (1, Decimal("100.00"), "sale", "web-BR")
    assert line["customer_id"] == lines["o2-1"]["customer_id"] != "anna"


def total(ledger: list[tuple[int, ...]]) -> tuple[int, ...]:
    """Read, accepted, quarantined, duplicates of all landings: which of two kinds came last is a matter of seconds."""
    return tuple(map(sum, zip(*(counts[1:] for counts in ledger), strict=True)))


def test_lines_that_are_no_sales_are_not_offered_and_counts_reconcile(small: Intake) -> None:
    """Eight lines: five sold; one at a price that is no number, refused; those of a cancelled order and of none are no bad rows."""
    ((raw, rules),) = small.refused(SALES_LINES)
    assert json.loads(raw)["order_id"] == "o5"
    assert rules == {"price_is_no_number", "revenue_is_missing", "revenue_is_plausible"}
    assert total(small.ledger(SALES_LINES)) == (6, 5, 1, 0)


ORDERS, LINES = "olist_orders_dataset", "olist_order_items_dataset"


def landed_in_two(spark: SparkSession, root: Path, name: str, *first: str) -> tuple[Intake, Path]:
    """All files, of one only the lines of these orders; and where the rest of it will lie."""
    folder, (head, *lines) = laid(root / "in"), FILES[name]
    early = [line for line in lines if line.startswith(first)]
    write(folder / f"{name}.csv", head, *early)
    came = intake(spark, root, "olist", f"sources.olist.path={folder}")
    came.run(*JOBS)
    return came, write(root / "late", head, *[line for line in lines if line not in early])


def ids(came: Intake, table: Table) -> set[str]:
    rows = [row[table.key[0]] for row in came.rows(table).collect()]
    assert len(rows) == len(set(rows))
    return set(rows)


def test_a_line_that_lands_before_its_order_waits_for_it(spark: SparkSession, tmp_path: Path) -> None:
    """First o1 and o3: one line is sold, a price that is no number is refused at once. Then the other orders: four more lines.
    Lines that come again are duplicates, also of those that entered with a later landing of orders."""
    came, late = landed_in_two(spark, tmp_path, ORDERS, "o1", "o3")
    assert (ids(came, SALES_LINES), total(came.ledger(SALES_LINES))) == ({"o1-1"}, (2, 1, 1, 0))
    assert (ids(came, DELIVERIES), total(came.ledger(DELIVERIES))) == ({"o1-s1", "o3-s1"}, (2, 2, 0, 0))
    late.rename(tmp_path / "in" / f"{ORDERS}.csv.2")
    came.run(*JOBS)
    every = {"o1-1", "o2-1", "o2-2", "o2-3", "o2-4"}
    assert (ids(came, SALES_LINES), total(came.ledger(SALES_LINES))) == (every, (6, 5, 1, 0))
    assert ids(came, DELIVERIES) == {"o1-s1", "o2-s1", "o2-s2", "o3-s1", "o4", "o5-s1"}
    assert total(came.ledger(DELIVERIES)) == (7, 6, 1, 0)
    os.utime(tmp_path / "in" / f"{LINES}.csv", (2_000_000_000, 2_000_000_000))
    came.run(*JOBS)
    assert (ids(came, SALES_LINES), total(came.ledger(SALES_LINES))) == (every, (12, 5, 2, 5))


def test_an_order_that_lands_before_its_lines_waits_for_them(spark: SparkSession, tmp_path: Path) -> None:
    """First o1's line: o2 and o5 are no parcels yet, o3 and o4 are given up, o6 has no day. Then the others' lines: five are read,
    one at a price that is no number; four parcels, of whom o3 had been put down without a seller."""
    came, late = landed_in_two(spark, tmp_path, LINES, "o1")
    assert (ids(came, DELIVERIES), total(came.ledger(DELIVERIES))) == ({"o1-s1", "o3", "o4"}, (4, 3, 1, 0))
    assert (ids(came, SALES_LINES), total(came.ledger(SALES_LINES))) == ({"o1-1"}, (1, 1, 0, 0))
    late.rename(tmp_path / "in" / f"{LINES}.csv.2")
    came.run(*JOBS)
    assert ids(came, DELIVERIES) == {"o1-s1", "o3", "o4", "o2-s1", "o2-s2", "o3-s1", "o5-s1"}
    assert total(came.ledger(DELIVERIES)) == (8, 7, 1, 0)
    assert ids(came, SALES_LINES) == {"o1-1", "o2-1", "o2-2", "o2-3", "o2-4"}
    assert total(came.ledger(SALES_LINES)) == (6, 5, 1, 0)
    part = came.rows(DELIVERIES).where("delivery_id = 'o2-s2'").collect()[0]
    assert (part["seller_id"], part["items"], part["revenue"]) == ("s2", 3, Decimal("130.00"))


def test_items_have_the_english_category_and_the_seller_of_most_lines(small: Intake) -> None:
    """p1: two lines of s1, one of an order that nobody knows, and one of s2. p2: two of each, the first by id. p9 is on no list."""
    rows = {row["item_id"]: row for row in small.rows(ITEMS).collect()}
    assert {name: (row["category"], row["maker_id"]) for name, row in rows.items()} == {
        "p1": ("toys", "s1"),
        "p2": ("pc_gamer", "s1"),
        "p3": ("UNKNOWN", "UNKNOWN"),
        "p9": ("UNKNOWN", "s1"),
    }
    assert (rows["p1"]["department"], rows["p1"]["description"], rows["p2"]["description"]) == ("toys", "toys, 650 g", "pc gamer")
    terms = {row["item_id"]: (row["supplier_id"], row["unit_cost"]) for row in small.rows(SUPPLIER_TERMS).collect()}
    assert terms == {"p1": ("s1", None), "p2": ("s1", None)}


def test_a_person_is_one_customer_whatever_the_order(small: Intake) -> None:
    assert [row["attributes"] for row in small.rows(CUSTOMERS).collect()] == [{"state": "SP"}] * 2
    assert [tuple(row)[:3] for row in small.rows(LOCATIONS).collect()] == [("web-BR", "web", "BR")]


def test_a_parcel_is_what_one_seller_sends_of_an_order(small: Intake) -> None:
    """o2: s2 sends 90 + 20 + 20, s1 the other 30. Nobody is known to send o4; o6 has no day and is refused."""
    rows = {row["delivery_id"]: row for row in small.rows(DELIVERIES).collect()}
    assert set(rows) == {"o1-s1", "o2-s1", "o2-s2", "o3-s1", "o4", "o5-s1"}
    part = rows["o2-s2"]
    assert (part["items"], part["revenue"], part["freight"]) == (3, Decimal("130.00"), Decimal("20.00"))
    assert (part["promised_on"], part["delivered_on"]) == (date(2018, 6, 8), date(2018, 6, 8))
    assert (rows["o1-s1"]["ordered_on"], rows["o1-s1"]["delivered_at"]) == (date(2018, 6, 1), datetime(2018, 6, 10, 12))
    assert [rows[name]["cancelled"] for name in ("o1-s1", "o3-s1", "o4", "o5-s1")] == [False, True, True, False]
    assert (rows["o4"]["seller_id"], rows["o4"]["items"], rows["o5-s1"]["delivered_on"]) == (None, 0, None)
    (refused,) = small.refused(DELIVERIES)
    assert {"order_purchase_timestamp_is_no_time", "ordered_on_is_missing"} <= refused[1]


def test_reviews_come_without_their_words(small: Intake) -> None:
    """Of one id for two orders; answered on the evening of the 12th. A text of two lines is one review; six stars are none."""
    rows = {row["review_id"]: row for row in small.rows(REVIEWS).collect()}
    assert {name: (row["rating"], row["written_on"], row["item_id"]) for name, row in rows.items()} == {
        "r1-o1": (1, date(2018, 6, 12), "p1"),
        "r1-o2": (5, date(2018, 6, 13), None),
    }
    assert [rules for _, rules in small.refused(REVIEWS)] == [{"rating_is_a_star"}]
    held = "".join(json.dumps(row.asDict(), default=str) for row in rows.values())
    assert "tarde" not in held and "lento" not in held


def test_a_file_without_a_column_is_named(spark: SparkSession, tmp_path: Path) -> None:
    folder = laid(tmp_path / "in")
    write(folder / "olist_products_dataset.csv", "product_id,category_name", "p1,brinquedos")
    came = intake(spark, tmp_path, "olist", f"sources.olist.path={folder}")
    came.run(land_items.JOB)
    status, reason = seen(came.lake)["olist_products_dataset.csv"]
    assert status == "rejected"
    assert "lacks the column 'product_category_name'. Was it renamed to 'category_name'?" in reason


def test_a_folder_without_a_file_says_which(spark: SparkSession, tmp_path: Path) -> None:
    folder = laid(tmp_path / "in")
    (folder / "olist_orders_dataset.csv").unlink()
    came = intake(spark, tmp_path, "olist", f"sources.olist.path={folder}")
    (report,) = came.runner.run([land_deliveries.JOB], force=False, tell=lambda job, state: None)
    assert "holds no file olist_orders_dataset.csv*" in report.note and "sources.olist.path" in report.note
    nowhere = intake(spark, tmp_path, "olist", f"sources.olist.path={tmp_path}/nowhere")
    (report,) = nowhere.runner.run([land_sales.JOB], force=False, tell=lambda job, state: None)
    assert "There is no" in report.note and "sources.olist.path" in report.note


def test_a_shop_without_a_folder_says_which_setting_is_missing() -> None:
    with pytest.raises(SettingsError, match=r"sources\.olist\.path is not set"):
        shop.open_shop({"path": None}, key_file="build/k")
    with pytest.raises(SettingsError, match=r"unknown option 'folder'"):
        shop.open_shop({"folder": "x"}, key_file="build/k")


def test_every_file_that_is_read_is_one_of_the_nine() -> None:
    files = shop.open_shop({"path": "/in"}, key_file="build/k").files
    assert {one.pattern.removesuffix(".csv*") for one in files.values()} == set(FILES)


@pytest.mark.skipif(not SAMPLE.is_dir(), reason="no ../shared/data/olist here")
def test_the_sample_is_read_to_the_last_row(spark: SparkSession, tmp_path: Path) -> None:
    """Counted by pandas: lines of orders that were not given up; orders x sellers, and one each given up without lines; reviews."""
    came = intake(spark, tmp_path, "olist", f"sources.olist.path={SAMPLE}")
    came.run(*JOBS)
    lines, orders, reviews = (
        pd.read_csv(SAMPLE / f"olist_{name}_dataset.csv") for name in ("order_items", "orders", "order_reviews")
    )
    both = lines.merge(orders, on="order_id")
    sold = both[~both["order_status"].isin(["canceled", "unavailable"])]
    counted = came.rows(SALES_LINES).agg(F.count("*"), F.sum("revenue")).first()
    assert (counted[0], counted[1]) == (len(sold), Decimal(str(round(sold["price"].sum(), 2))))
    assert total(came.ledger(SALES_LINES)) == (len(sold), len(sold), 0, 0)
    alone = ~orders["order_id"].isin(lines["order_id"]) & orders["order_status"].isin(["canceled", "unavailable"])
    parts = len(lines.drop_duplicates(["order_id", "seller_id"])) + alone.sum()
    assert total(came.ledger(DELIVERIES)) == (parts, parts, 0, 0)
    assert [row[1:] for row in came.ledger(REVIEWS)] == [(len(reviews), len(reviews), 0, 0)]
    stars = {row["rating"]: row["n"] for row in came.rows(REVIEWS).groupBy("rating").agg(F.count("*").alias("n")).collect()}
    assert stars == reviews["review_score"].value_counts().to_dict()
