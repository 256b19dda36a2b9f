"""A user's own files by a YAML mapping: what it says is done, and what is wrong in it is named."""

import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from jobs import ingest_items, ingest_locations, ingest_sales_lines, land_items, land_sales
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from shelfwise.contracts.bronze import SALES
from shelfwise.contracts.silver import ITEMS, LOCATIONS, SALES_LINES
from shelfwise.core.admission import judge
from shelfwise.core.errors import SettingsError
from shelfwise.core.pseudonyms import pseudonym
from shelfwise.core.settings import conf_folder
from shelfwise.sources import files
from shelfwise.sources.mapping import KNOWN, Place, mapped
from tests.ingest.builders import Intake, intake, own_files, write
from tests.sources.builders import bronze

EXAMPLE = conf_folder() / "files-example.yaml"
TILL = "Receipt;Line;Customer;SKU;Store;Sold At;Amount;Gross;Rebate"


@pytest.fixture(scope="module")
def own(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Intake:
    """Three lines and an item list, read by the example mapping that users copy."""
    root = tmp_path_factory.mktemp("own")
    write(
        root / "in" / "sales" / "june.csv",
        TILL,
        "r1;1;anna;milk;north;2024-06-01 00:30:00;2;3.00;0.50",
        "r1;2;anna;eggs;north;2024-06-01 00:30:00;-1;-2.00;0",
        "r2;1;;milk;south;2024-06-01 10:00:00;one;1.50;0",
    )
    milk = {
        "sku": "milk",
        "department": "DAIRY",
        "category": "MILK",
        "group": "FRESH",
        "brand": "Our own",
        "name": "Milk",
        "unit": "l",
    }
    write(root / "in" / "items.json", json.dumps(milk))
    mapping = yaml.safe_load(EXAMPLE.read_text())
    del mapping["kinds"]["promotions"]
    shop = own_files(spark, root, mapping)
    shop.run(land_sales.JOB, land_items.JOB, ingest_sales_lines.JOB, ingest_items.JOB, ingest_locations.JOB)
    return shop


def test_sales_lines_are_read_as_the_mapping_says(own: Intake) -> None:
    """3.00 - 0.50 = 2.50 received. Half past midnight in Berlin's summer is 22:30 UTC the day before; the day is Berlin's."""
    rows = {row["line_id"]: row for row in own.rows(SALES_LINES).collect()}
    assert set(rows) == {"r1-1", "r1-2"}
    sale = rows["r1-1"]
    assert (sale["quantity"], sale["revenue"], sale["discount"], sale["kind"]) == (2, Decimal("2.50"), Decimal("0.50"), "sale")
    assert (sale["sold_at"], sale["sold_on"]) == (datetime(2024, 5, 31, 22, 30), date(2024, 6, 1))
    assert rows["r1-2"]["kind"] == "return"
    assert len(sale["customer_id"]) == 64


def test_a_mapping_that_is_corrected_is_applied_to_what_had_been_admitted(spark: SparkSession, tmp_path: Path) -> None:
    """The rebate was not yet taken off: 3.00, then 2.50. Nothing is admitted twice as it was, nor lands twice."""
    write(tmp_path / "in" / "sales" / "june.csv", TILL, "r1;1;anna;milk;north;2024-06-01 00:30:00;2;3.00;0.50")
    mapping = tmp_path / "mapping.yaml"
    told = yaml.safe_load(EXAMPLE.read_text())
    told["kinds"] = {"sales": told["kinds"]["sales"]}

    def run(revenue: str) -> tuple[list[str], list[Decimal]]:
        told["kinds"]["sales"]["columns"]["revenue"] = revenue
        mapping.write_text(yaml.safe_dump(told))
        shop = intake(spark, tmp_path, "files", f"sources.files.path={tmp_path / 'in'}", f"sources.files.mapping={mapping}")
        states = [report.state for report in shop.run(land_sales.JOB, ingest_sales_lines.JOB)]
        assert shop.lake.read(SALES).count() == 1
        return states, [row["revenue"] for row in shop.rows(SALES_LINES).collect()]

    assert run("Gross") == (["ran", "ran"], [Decimal("3.00")])
    assert run("Gross") == (["skipped", "skipped"], [Decimal("3.00")])
    assert run("`Gross` - `Rebate`")[1] == [Decimal("2.50")]


def test_text_in_a_number_goes_to_quarantine(own: Intake) -> None:
    (refused,) = own.refused(SALES_LINES)
    assert "Amount_is_no_number" in refused[1]
    assert own.ledger(SALES_LINES) == [(101, 3, 2, 1, 0)]


def test_items_come_from_the_list_and_sold_ones_that_it_lacks_are_unknown(own: Intake) -> None:
    rows = {row["item_id"]: (row["department"], row["private_label"], row["sold_by"]) for row in own.rows(ITEMS).collect()}
    assert rows == {"milk": ("DAIRY", True, "measure"), "eggs": ("UNKNOWN", None, "unknown")}


def test_places_without_a_list_come_from_sales(own: Intake) -> None:
    rows = {row["location_id"]: (row["kind"], row["country"]) for row in own.rows(LOCATIONS).collect()}
    assert rows == {"north": ("store", "DE"), "south": ("store", "DE")}


def test_parquet_values_keep_their_types_and_what_is_not_mapped_has_a_stated_value(spark: SparkSession) -> None:
    """Without line_id equal rows have one id; without discount it is 0; without a place it is 'main'."""
    columns = {"basket_id": "`b`", "item_id": "`i`", "sold_at": "`t`", "quantity": "`q`", "revenue": "`q` * 2"}
    raw = bronze(spark, "b long, i string, t timestamp, q int", *[(1, "x", datetime(2024, 1, 1, 10), 3)] * 2)
    rows = mapped(
        {"sales": raw}, columns=columns, numbers=(), place=Place("sales", "UTC", "UTC", "DE", "build/k", "m.yaml")
    ).collect()
    assert len({row["line_id"] for row in rows}) == 1
    assert (rows[0]["revenue"], rows[0]["discount"], rows[0]["location_id"], rows[0]["broken"]) == (6, 0, "main", [])


# of each kind that the example only names: a row as its text stands in a file, and what spoils it
TOLD = {
    "customers": ({"customer_id": "anna", "attributes": "map('age', '30-39')"}, {}, set()),
    "locations": ({"location_id": "north", "kind": "store"}, {"location_id": None}, {"location_id_is_missing"}),
    "campaigns": (
        {"campaign_id": "c1", "starts_on": "2024-06-03", "ends_on": "2024-06-09", "customers": "120", "known_at": "2024-05-01"},
        {"ends_on": "2999-12-31", "customers": "many"},
        {"ends_on_is_plausible", "customers_is_no_long"},
    ),
    "prices": ({"item_id": "milk", "starts_on": "2024-06-03", "price": "1.29"}, {"price": "0"}, {"price_is_positive"}),
    "stock": (
        {"item_id": "milk", "counted_on": "2024-06-03", "on_hand": "12", "on_order": "24"},
        {"counted_on": "1900-06-03", "on_hand": "a dozen"},
        {"counted_on_is_plausible", "on_hand_is_no_long", "on_hand_is_missing", "stock_is_not_negative"},
    ),
    "receipts": (
        {
            "receipt_id": "r1",
            "item_id": "milk",
            "maker_id": "dairy",
            "ordered_on": "2024-06-03",
            "received_on": "2024-06-07",
            "units_ordered": "24",
            "units_received": "23",
            "unit_cost": "0.80",
        },
        {"received_on": "soon"},
        {"received_on_is_no_date", "received_on_is_missing", "received_after_order", "received_on_is_plausible"},
    ),
    "purchase_orders": (
        {"order_id": "o1", "item_id": "milk", "maker_id": "dairy", "ordered_on": "2024-06-03", "units_ordered": "24"},
        {"units_ordered": "-1"},
        {"units_are_not_negative"},
    ),
    "events": (
        {"event_id": "e1", "item_id": "milk", "kind": "view", "happened_at": "2024-06-03 10:00:00", "dwell_seconds": "4.5"},
        {"kind": "dreamt of", "happened_at": "2999-06-03 10:00:00"},
        {"kind_is_known", "happened_at_is_plausible"},
    ),
    "parties": (
        {"kind": "supplier", "party_id": "dairy", "years_known": "3.5", "past_due_share": "0.1", "employees": "12"},
        {"kind": "bank", "past_due_share": "1.1", "employees": "-1"},
        {"kind_is_known", "shares_are_shares", "nothing_is_negative"},
    ),
    "invoices": (
        {
            "kind": "supplier",
            "party_id": "dairy",
            "number": "7",
            "issued_on": "2024-06-03",
            "due_on": "2024-07-03",
            "amount": "12.50",
            "paid_on": "2024-07-10",
        },
        {"due_on": "2024-06-02", "amount": "0", "paid_on": "never"},
        {"due_after_issue", "amount_is_positive", "paid_on_is_no_date"},
    ),
    "deliveries": (
        {
            "delivery_id": "p1",
            "order_id": "r1",
            "seller_id": "farm",
            "carrier": "post",
            "ordered_on": "2024-06-03",
            "promised_on": "2024-06-07",
            "delivered_at": "2024-06-07 18:30:00",
            "revenue": "12.50",
        },
        {"ordered_on": "2024-06-09", "revenue": "-1"},
        {"promised_after_order", "delivered_after_order", "nothing_is_negative"},
    ),
    "reviews": (
        {"review_id": "v1", "order_id": "r1", "item_id": "milk", "customer_id": "anna", "rating": "4", "written_on": "2024-06-10"},
        {"rating": "great", "written_on": "2999-06-10"},
        {"rating_is_no_int", "rating_is_missing", "rating_is_a_star", "written_on_is_plausible"},
    ),
    "terms": (
        {"item_id": "milk", "supplier_id": "dairy", "unit_cost": "0.80", "case_pack": "12", "lead_time_days": "4"},
        {"case_pack": "box"},
        {"case_pack_is_no_int"},
    ),
}


@pytest.mark.parametrize("kind", TOLD)
def test_every_kind_is_read_from_text_and_what_spoils_a_row_is_named(spark: SparkSession, kind: str, tmp_path: Path) -> None:
    good, spoilt, rules = TOLD[kind]
    raw = bronze(spark, ", ".join(f"{name} string" for name in good), tuple(good.values()), tuple((good | spoilt).values()))
    columns = {name: "map('age', '30-39')" if name == "attributes" else f"`{name}`" for name in good}
    place = Place(kind, "UTC", "UTC", "DE", str(tmp_path / "key"), "m.yaml")
    table = KNOWN[kind].contract
    told = mapped({kind: raw}, columns=columns, numbers=(), place=place)
    if "known_at_assumed" in table.columns:
        told = told.withColumn("known_at_assumed", F.lit(False))  # as the ingest job does, which knows the notice
    first, second = judge(told, table).collect()
    assert first["broken"] == []
    assert set(second["broken"]) == rules
    for name, text in good.items():
        if name not in ("customer_id", "attributes"):
            assert str(first[name]).startswith(text), name


def test_a_party_on_invoice_is_hidden_unless_it_is_a_supplier(spark: SparkSession, tmp_path: Path) -> None:
    """A customer's pseudonym is that of sales; what is neither, and goes to quarantine, is hidden too."""
    key = str(tmp_path / "key")
    rows = bronze(spark, "kind string, who string", ("supplier", "dairy"), ("customer", "anna"), ("Customer", "anna"))
    place = Place("parties", "UTC", "UTC", "DE", key, "m.yaml")
    told = mapped({"parties": rows}, columns={"kind": "`kind`", "party_id": "`who`"}, numbers=(), place=place).collect()
    (hidden,) = spark.range(1).select(pseudonym(F.lit("anna"), key)).first()  # type: ignore[misc]
    assert [row["party_id"] for row in told] == ["dairy", hidden, hidden]
    assert {row["known_at"] for row in told} == {date(1990, 1, 1)}  # the mapping says no day: of old


def test_a_customers_invoice_number_is_hidden_too(spark: SparkSession, tmp_path: Path) -> None:
    """'anna-1' beside anna's pseudonym would say who that is; a supplier's stays, and one that is missing stays missing."""
    key = str(tmp_path / "key")
    rows = bronze(spark, "kind string, who string", ("supplier", "dairy-1"), ("customer", "anna-1"), ("customer", None))
    columns = {"kind": "`kind`", "party_id": "`who`", "number": "`who`", "issued_on": "'2024-06-03'", "due_on": "'2024-07-03'"}
    place = Place("invoices", "UTC", "UTC", "DE", key, "m.yaml")
    told = mapped({"invoices": rows}, columns=columns | {"amount": "1"}, numbers=(), place=place).collect()
    (hidden,) = spark.range(1).select(pseudonym(F.lit("anna-1"), key)).first()  # type: ignore[misc]
    assert [row["number"] for row in told] == ["dairy-1", hidden, None]


SMALLEST = {
    "zone": "UTC",
    "country": "DE",
    "kinds": {"sales": {"pattern": "*.csv", "columns": {n: n for n in ("basket_id", "item_id", "sold_at", "quantity", "revenue")}}},
}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"kinds": {}}, "kinds.sales is missing"),
        ({"kinds": SMALLEST["kinds"] | {"sails": {"pattern": "*", "columns": {}}}}, "unknown kind 'sails'. Did you mean 'sales'"),  # type: ignore[operator]
        ({"kinds": {"sales": {"pattern": "*", "columns": {"basket": "b"}}}}, "unknown column 'basket'. Did you mean 'basket_id'"),
        ({"kinds": {"sales": {"pattern": "*", "columns": {"basket_id": "b"}}}}, "must say what 'item_id' is"),
        ({"kinds": {"sales": {"pattern": "*", "format": "xls", "columns": {}}}}, "kinds.sales.format"),
        ({"kinds": {"candidates": {"pattern": "*", "columns": {"item_id": "i", "category": "c"}}}}, "must say what 'known_at' is"),
        ({"zones": "UTC"}, "zones"),
    ],
)
def test_what_is_wrong_in_a_mapping_is_named(tmp_path: Path, change: dict[str, object], says: str) -> None:
    file = tmp_path / "mapping.yaml"
    file.write_text(yaml.safe_dump(SMALLEST | change))
    with pytest.raises(SettingsError) as told:
        files.open_shop({"path": "/in", "mapping": str(file)}, key_file="build/k")
    assert says in str(told.value) and str(file) in str(told.value)


def test_an_expression_that_makes_no_sense_is_named(spark: SparkSession) -> None:
    columns = {"basket_id": "`b`", "item_id": "`i`", "sold_at": "`t`", "quantity": "`q`", "revenue": "`q` * `price`"}
    raw = bronze(spark, "b long, i string, t timestamp, q int", (1, "x", datetime(2024, 1, 1, 10), 3))
    with pytest.raises(SettingsError, match=r"m\.yaml: kinds\.sales\.columns\.revenue = .*price"):
        mapped({"sales": raw}, columns=columns, numbers=(), place=Place("sales", "UTC", "UTC", "DE", "build/k", "m.yaml"))


def test_columns_in_backticks_and_plain_names_must_be_in_every_file() -> None:
    sales = files.open_shop({"path": "/in", "mapping": str(EXAMPLE)}, key_file="build/k").files["sales"]
    assert set(sales.columns) == {"Receipt", "Line", "Customer", "SKU", "Store", "Sold At", "Amount", "Gross", "Rebate"}
    assert (sales.folder, sales.pattern, sales.options["sep"]) == ("/in/sales", "*.csv", ";")
