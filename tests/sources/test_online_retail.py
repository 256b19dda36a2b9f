"""Online Retail's lines: sales, returns, charges and stock corrections, worked by hand."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from pyspark.sql import Row, SparkSession

from shelfwise.core.errors import SettingsError
from shelfwise.sources import online_retail as shop
from tests.sources.builders import bronze

SCHEMA = ", ".join(f"{name} string" for name in (*shop.COLUMNS, "_corrupt_record"))


def line(
    invoice: str = "536365",
    code: str = "85123A",
    text: str | None = "T-LIGHT HOLDER",
    quantity: str = "6",
    at: str = "2010-12-01 08:26:00",
    price: str = "2.55",
    customer: str | None = "17850.0",
    country: str = "United Kingdom",
) -> tuple[str | None, ...]:
    return (invoice, code, text, quantity, at, price, customer, country, None)


@pytest.fixture
def key(tmp_path: Path) -> str:
    return str(tmp_path / "key")


def conform(spark: SparkSession, key: str, *lines: tuple[str | None, ...]) -> list[Row]:
    """The lines as they are offered, in the order given (invoice numbers ascend)."""
    return shop.sales_lines({"sales": bronze(spark, SCHEMA, *lines)}, key_file=key).orderBy("basket_id").collect()


def test_a_line_is_sold_on_londons_day_and_brings_quantity_times_price(spark: SparkSession, key: str) -> None:
    """6 x 2.55 = 15.30. On 1 June London is an hour ahead of UTC: half past midnight there is 23:30 UTC the day before."""
    (row,) = conform(spark, key, line(at="2011-06-01 00:30:00"))
    assert (row["quantity"], row["revenue"], row["kind"]) == (6, Decimal("15.30"), "sale")
    assert (row["sold_on"], row["sold_at"]) == (date(2011, 6, 1), datetime(2011, 5, 31, 23, 30))
    assert row["broken"] == []


def test_kinds_of_lines(spark: SparkSession, key: str) -> None:
    rows = conform(
        spark,
        key,
        line("1"),
        line("2", code="POST", price="18.00", quantity="1"),
        line("3", code="m", price="1.00", quantity="-1"),
        line("4", code="DCGSSBOY"),
        line("5", code="gift_0001_20"),
        line("C6", quantity="-2"),
        line("C7", code="D", quantity="-1", price="27.50"),
        line("C8", code="BANK CHARGES", quantity="-1"),
    )
    assert [row["kind"] for row in rows] == ["sale", "charge", "charge", "sale", "charge", "return", "charge", "charge"]
    assert [row["broken"] for row in rows] == [[]] * 8
    assert [rows[5]["revenue"], rows[6]["revenue"]] == [Decimal("-5.10"), Decimal("-27.50")]


def test_stock_corrections_are_no_sales(spark: SparkSession, key: str) -> None:
    """Negative without C; price 0 without a customer. A gift to a customer is a sale of 0."""
    rows = conform(
        spark,
        key,
        line("1", text="damaged", quantity="-10", price="0.0", customer=None),
        line("2", text="found", quantity="10", price="0.0", customer=None),
        line("3", quantity="1", price="0.0"),
    )
    assert [row["broken"] for row in rows] == [["stock_correction"], ["stock_correction"], []]
    assert rows[2]["revenue"] == 0


def test_a_missing_customer_stays_missing_and_both_ways_of_writing_an_id_are_one(spark: SparkSession, key: str) -> None:
    rows = conform(spark, key, line("1", customer=None), line("2", customer="17850.0"), line("3", customer="17850"))
    assert rows[0]["customer_id"] is None
    assert rows[1]["customer_id"] == rows[2]["customer_id"] != "17850"


def test_equal_lines_have_one_id_and_lines_that_differ_have_two(spark: SparkSession, key: str) -> None:
    rows = conform(spark, key, line(), line(), line(quantity="7"))
    assert len({row["line_id"] for row in rows}) == 2


def test_codes_that_differ_in_case_are_one_item_with_its_latest_description(spark: SparkSession) -> None:
    """The stock correction 'damaged' came last, yet is no description; POST is no item."""
    sold = bronze(
        spark,
        SCHEMA,
        line(text="OLD NAME"),
        line(code="85123a", text="NEW NAME", at="2010-12-02 08:26:00"),
        line(text="damaged", at="2010-12-03 08:26:00", quantity="-1", price="0"),
        line(code="POST", text="POSTAGE"),
    )
    rows = shop.items({"sales": sold}).collect()
    assert [(row["item_id"], row["description"], row["department"], row["sold_by"]) for row in rows] == [
        ("85123A", "NEW NAME", "UNKNOWN", "each")
    ]


def test_places_are_web_sites_by_country(spark: SparkSession) -> None:
    sold = bronze(spark, SCHEMA, line(), line(country="EIRE"), line(country="Unspecified"))
    rows = {row["location_id"]: (row["kind"], row["country"]) for row in shop.locations({"sales": sold}).collect()}
    assert rows == {"web-GB": ("web", "GB"), "web-IE": ("web", "IE"), "web-elsewhere": ("web", "GB")}


def test_customers_have_their_latest_country(spark: SparkSession, key: str) -> None:
    sold = bronze(spark, SCHEMA, line(), line(country="France", at="2011-01-01 00:00:00"), line(customer=None))
    assert [row["attributes"] for row in shop.customers({"sales": sold}, key_file=key).collect()] == [{"country": "France"}]


def test_a_shop_without_a_folder_says_which_setting_is_missing() -> None:
    with pytest.raises(SettingsError, match=r"sources\.online_retail\.path is not set"):
        shop.open_shop({"path": None}, key_file="build/k")
