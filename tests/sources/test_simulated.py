"""A planted shop's files as silver: items that it could list, worked by hand."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from shelfwise.contracts.credit import INVOICES, PARTIES
from shelfwise.contracts.service import DELIVERIES, REVIEWS
from shelfwise.contracts.silver import CANDIDATES
from shelfwise.core.admission import judge
from shelfwise.core.pseudonyms import pseudonym
from shelfwise.simulate.spec import PRESETS
from shelfwise.sources import simulated as shop
from tests.sources.builders import bronze

SCHEMA = ", ".join(f"{name} {type}" for name, type in shop.COLUMNS["candidates"].items()) + ", style string"
HAM = {"item_id": "I000012", "department": "FRESH", "category": "FRESH 0000", "subcategory": "HAM 00001", "brand": "B00003"}
HAM |= {"description": "Brand 3 organic ham, standard", "package_size": "standard", "private_label": False, "style": "organic"}
HAM |= {"supplier_id": "S00001", "unit_cost": Decimal("1.99"), "case_pack": 12, "minimum_units": 24, "lead_time_days": 15}
HAM |= {"review_days": 7, "shelf_life_days": 720, "list_price": Decimal("2.89")}


def proposed(**changes: object) -> tuple[object, ...]:
    return tuple((HAM | changes)[name.split()[0]] for name in SCHEMA.split(", "))


def test_a_candidate_has_its_words_its_price_and_its_terms(spark: SparkSession) -> None:
    """All that the file says but the style; it can be ordered at once and was known when the shop opened."""
    judged = judge(shop.candidates({"candidates": bronze(spark, SCHEMA, proposed())}), CANDIDATES)
    (row,) = judged.select(*CANDIDATES.columns, "broken").collect()
    same = {name: value for name, value in HAM.items() if name not in ("brand", "style")}
    assert row.asDict() == same | {"maker_id": "B00003", "available_on": None, "known_at": date(2023, 1, 2), "broken": []}


def test_a_bad_candidate_breaks_a_rule_by_name(spark: SparkSession) -> None:
    """A cost of 0 is a gift, and good; -0.01 is none."""
    changes = {"unit_cost": Decimal("-0.01")}, {"item_id": None}, {"list_price": Decimal(0)}, {"unit_cost": Decimal(0)}
    raw = bronze(spark, SCHEMA, *[proposed(description=str(n), **change) for n, change in enumerate(changes)])
    judged = judge(shop.candidates({"candidates": raw}), CANDIDATES).orderBy("description")
    broken = [row["broken"] for row in judged.collect()]
    assert broken == [["cost_is_not_negative"], ["item_id_is_missing"], ["price_is_positive"], []]


def columns_of(kind: str) -> str:
    return ", ".join(f"{name} {type}" for name, type in shop.COLUMNS[kind].items())


def told_of(file: str, **values: object) -> tuple[object, ...]:
    return tuple(values.get(name) for name in shop.COLUMNS[file])


def test_parties_have_the_codes_that_terms_and_sales_have(spark: SparkSession, tmp_path: Path) -> None:
    """Supplier 7 is S00007 of the terms of supply; business 120 the customer C0000120, as a pseudonym."""
    key = str(tmp_path / "key")
    known = {"years_known": 6.5, "monthly_turnover": 12000.0, "past_due_share": 0.1, "employees": 25}
    rows = [told_of("parties", kind=kind, party=party, **known) for kind, party in (("supplier", 7), ("business", 120))]
    judged = judge(shop.parties({"parties": bronze(spark, columns_of("parties"), *rows)}, key_file=key), PARTIES).collect()
    (hidden,) = spark.range(1).select(pseudonym(F.lit("C0000120"), key)).first()  # type: ignore[misc]
    assert [(row["kind"], row["party_id"], row["employees"]) for row in judged] == [
        ("supplier", "S00007", 25),
        ("customer", hidden, 25),
    ]
    assert [row["broken"] for row in judged] == [[], []]
    assert {row["known_at"] for row in judged} == {shop.FIRST_DAY}


def test_a_customers_invoice_has_a_pseudonym_for_its_number_too(spark: SparkSession, tmp_path: Path) -> None:
    key = str(tmp_path / "key")
    usual = {"number": 31, "amount": Decimal("10.50"), "issued_on": date(2023, 1, 3), "due_on": date(2023, 2, 2)}
    rows = [told_of("invoices", kind=kind, party=120, **usual) for kind in ("supplier", "business")]
    judged = judge(shop.invoices({"invoices": bronze(spark, columns_of("invoices"), *rows)}, key_file=key), INVOICES).collect()
    (hidden,) = spark.range(1).select(pseudonym(F.lit("31"), key)).first()  # type: ignore[misc]
    assert [(row["number"], row["broken"]) for row in judged] == [("31", []), (hidden, [])]


def test_an_invoice_says_what_came_of_it_and_a_bad_one_breaks_a_rule_by_name(spark: SparkSession, tmp_path: Path) -> None:
    usual = {"kind": "supplier", "party": 7, "amount": Decimal("10.50"), "issued_on": date(2023, 1, 3), "due_on": date(2023, 2, 2)}
    settled = {"recovered": Decimal(4), "recovered_on": date(2023, 6, 1)}
    changes = (
        {"paid_on": date(2023, 2, 9)},
        settled,
        settled | {"paid_on": date(2023, 2, 9)},
        {"due_on": None},
        {"recovered": Decimal(4)},
    )
    rows = [told_of("invoices", **(usual | {"number": place} | one)) for place, one in enumerate(changes)]
    raw = bronze(spark, columns_of("invoices"), *rows)
    judged = judge(shop.invoices({"invoices": raw}, key_file=str(tmp_path / "key")), INVOICES).orderBy("number").collect()
    assert (judged[0]["party_id"], judged[0]["number"], judged[0]["paid_on"]) == ("S00007", "0", date(2023, 2, 9))
    due = ["due_on_is_missing", "due_on_is_plausible", "due_after_issue"]
    assert [row["broken"] for row in judged] == [[], [], ["paid_or_given_up"], due, ["recovery_is_whole"]]


@pytest.mark.parametrize("preset", PRESETS)
def test_candidates_and_parties_are_known_from_the_first_day_that_every_shop_has(preset: str) -> None:
    assert PRESETS[preset].start == shop.FIRST_DAY


def test_a_parcel_and_a_review_are_of_the_days_basket(spark: SparkSession, tmp_path: Path) -> None:
    """Two lines of 5.00 and 2.50, promised for the 4th and there at one o'clock that night; what was sent back counts not."""
    key, day = str(tmp_path / "key"), date(2023, 1, 2)
    sold = "customer_id string, basket_id string, item_id string, sold_at timestamp, quantity int, revenue decimal(14,2)"
    noon = datetime(2023, 1, 2, 12)
    lines = [("C1", "K1", "I1", noon, 2, Decimal("5.00")), ("C1", "K1", "I2", noon, 1, Decimal("2.50"))]
    lines += [("C1", "R1", "I9", noon, -1, Decimal("-4.00")), ("C2", "K2", "I1", noon, 1, Decimal("2.50"))]
    raw = {"sales": bronze(spark, sold, *lines)}
    sent = "customer_id string, day date, carrier string, cost decimal(14,2), shipped_at timestamp, promised_at timestamp,"
    moments = (datetime(2023, 1, 3), datetime(2023, 1, 4, 23, 59, 59), datetime(2023, 1, 5, 1))
    raw["deliveries"] = bronze(spark, f"{sent} delivered_at timestamp", ("C1", day, "Union Post", Decimal("6.89"), *moments))
    said = "customer_id string, item_id string, bought_on date, day date, rating long, title string, text string"
    raw["reviews"] = bronze(spark, said, ("C1", "I2", day, date(2023, 1, 9), 2, "Late", "Ask Ann about it"))
    (parcel,) = judge(shop.deliveries(raw, key_file=key), DELIVERIES).collect()
    (review,) = judge(shop.reviews(raw, key_file=key), REVIEWS).collect()
    assert parcel["broken"] == review["broken"] == []
    assert (parcel["delivery_id"], parcel["order_id"], parcel["carrier"], parcel["seller_id"]) == ("K1", "K1", "Union Post", None)
    assert (parcel["items"], parcel["revenue"], parcel["freight"]) == (3, Decimal("7.50"), Decimal("6.89"))
    assert (parcel["ordered_on"], parcel["promised_on"], parcel["delivered_on"]) == (day, date(2023, 1, 4), date(2023, 1, 5))
    assert (review["review_id"], review["order_id"], review["rating"]) == ("K1-I2", "K1", 2)
    assert review["customer_id"] == parcel["customer_id"] != "C1"
    assert "Ann" not in str([review[name] for name in REVIEWS.columns])
