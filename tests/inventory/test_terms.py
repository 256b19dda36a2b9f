"""What is assumed, and what the shop's own receipts say instead."""

from datetime import date
from decimal import Decimal

import pytest
from pyspark.errors import PySparkException

from shelfwise.inventory.terms import buying_terms
from shelfwise.measures.assumed import NAMES, assume
from tests.inventory.builders import AS_OF, assumptions, by_item, items, lead_times, profiles, receipts, supply

DAY = date(2017, 9, 1)


def on(day):
    return DAY.replace(day=day)


def test_the_narrowest_assumption_wins(spark):
    """Packs of 2 for all, 3 for the department, 4 for the category, 5 for the maker, 7 for the item itself."""
    scopes = [("department:D", 3), ("category:C", 4), ("maker:M", 5), ("item:i", 7)]
    listed = items(
        spark,
        {"item_id": "i", "department": "D", "category": "C", "maker_id": "M"},
        {"item_id": "of the maker", "department": "D", "category": "C", "maker_id": "M"},
        {"item_id": "of the category", "department": "D", "category": "C"},
        {"item_id": "of the department", "department": "D"},
        {"item_id": "any"},
    )
    resolved = by_item(assume(listed, assumptions(spark, *[(scope, "case_pack", value) for scope, value in scopes])))
    packs = {item: row["case_pack"] for item, row in resolved.items()}
    assert packs == {"i": 7, "of the maker": 5, "of the category": 4, "of the department": 3, "any": 6}
    assert resolved["i"]["review_days"] == 7, "a scope that says nothing of a name leaves it to the wider ones"
    assert assume(listed, assumptions(spark)).columns == [*listed.columns, *NAMES]


def test_a_scope_of_another_kind_does_not_fit(spark):
    listed = items(spark, {"item_id": "i", "department": "X", "category": "Y"})
    resolved = by_item(assume(listed, assumptions(spark, ("category:X", "case_pack", 9), ("item:Y", "case_pack", 9))))
    assert resolved["i"]["case_pack"] == 6


def test_a_name_without_a_row_for_all_is_named(spark):
    lacking = assumptions(spark).where("name <> 'review_days'")
    with pytest.raises(PySparkException, match=r"no row of scope '\*' for review_days"):
        assume(items(spark, {"item_id": "i"}), lacking).collect()


@pytest.fixture(scope="module")
def terms(spark):
    listed = items(
        spark,
        {"item_id": "assumed"},
        {"item_id": "received", "maker_id": "m2"},
        {"item_id": "of the same maker", "maker_id": "m2"},
        {"item_id": "unpriced"},
        {"item_id": "loose", "category": "LOOSE"},
        {"item_id": "fresh", "department": "PRODUCE"},
        {"item_id": "agreed"},
        {"item_id": "agreed and received", "maker_id": "m2"},
    )
    priced = ("assumed", "received", "of the same maker", "unlisted", "loose", "agreed", "agreed and received")
    sold = profiles(
        spark, *[(name, 4.0, AS_OF) for name in priced], ("unpriced", None, AS_OF), ("fresh", 2.0, AS_OF),
    )  # fmt: skip
    delivered = receipts(
        spark,
        {"item_id": "received", "maker_id": "m2", "ordered_on": on(1), "received_on": on(4), "unit_cost": Decimal("9.00")},
        {"item_id": "received", "maker_id": "m2", "ordered_on": on(1), "received_on": on(9), "unit_cost": Decimal("2.00")},
        {"item_id": "received", "maker_id": "m2", "ordered_on": on(4), "received_on": on(9), "unit_cost": Decimal("3.00"),
         "units_received": 30},
        {"item_id": "other", "maker_id": "m2", "ordered_on": on(1), "received_on": on(25), "unit_cost": None},
    )  # fmt: skip
    law = {"days_q05": 3, "days_q95": 9, "week_shares": [0.0, 0.6, 0.4]}
    known = lead_times(
        spark,
        {"supplier_id": "m2", "item_id": "received", "days_q50": 5} | law,
        {"supplier_id": "m2", "item_id": "*", "days_q50": 8, "receipts": 40} | law,
        {"supplier_id": "s9", "item_id": "agreed", "days_q50": 30, "basis": "terms"},
        {"supplier_id": "s8", "item_id": "agreed and received", "days_q50": 8} | law,
    )
    rows = (
        ("category:LOOSE", "case_pack", 0), ("category:LOOSE", "minimum_units", -1), ("category:LOOSE", "review_days", 0),
        ("category:LOOSE", "lead_time_days", 15), ("department:PRODUCE", "unit_cost_share", 0.65),
        ("department:PRODUCE", "holding_cost_share_per_year", 5),
    )  # fmt: skip
    agreement = {"supplier_id": "s9", "unit_cost": Decimal("2.50"), "case_pack": 8, "minimum_units": 16, "lead_time_days": 22}
    agreed = supply(
        spark,
        {"item_id": "agreed", "review_days": 14} | agreement,
        {"item_id": "agreed and received"} | agreement | {"supplier_id": "s8"},
        {"item_id": "received", "supplier_id": None},
    )
    demanded = sold.select("item_id")
    return by_item(buying_terms(demanded, listed, sold, delivered, known, agreed, assumptions(spark, *rows)))


def test_without_receipts_all_terms_are_assumed(terms):
    """14 days are 2 weeks; .7 of 4.00 is 2.80; margin 1.20, holding 2.80 * .25 / 52 = .013462: 1.2 / 1.213462 = .988906."""
    row = terms["assumed"]
    assert (row["lead_weeks"], row["review_weeks"], row["case_pack"], row["minimum_units"]) == (2, 1, 6, 6)
    assert (row["unit_cost"], row["unit_price"]) == (Decimal("2.80"), Decimal("4.00"))
    assert row["critical_ratio"] == pytest.approx(0.988906, abs=1e-6)
    assert row["assumed"] == ["lead_time_days", "unit_cost", "review_days", "holding_cost", "case_pack", "minimum_units"]


def test_receipts_come_before_assumptions(terms):
    """A median of 5 days is one week. Last receipts: 10 at 2.00 and 30 at 3.00, so 2.75."""
    row = terms["received"]
    assert row["lead_weeks"] == 1
    assert (row["days_q05"], row["days_q95"], row["week_shares"]) == (3, 9, [0.0, 0.6, 0.4])
    assert (row["receipts"], row["supplier_receipts"]) == (8, 40)
    assert row["unit_cost"] == Decimal("2.75")
    assert row["assumed"] == ["review_days", "holding_cost", "case_pack", "minimum_units"]


def test_an_item_never_received_has_its_suppliers_lead_time(terms):
    """That of the supplier's other items: a median of 8 days makes two weeks; no receipt is its own; its cost is assumed."""
    row = terms["of the same maker"]
    assert row["lead_weeks"] == 2
    assert (row["receipts"], row["supplier_receipts"]) == (0, 40)
    assert row["unit_cost"] == Decimal("2.80")
    assert row["assumed"][0] == "unit_cost"


def test_what_was_agreed_comes_before_assumptions(terms):
    """22 days are 4 weeks, 14 days between orders 2; only the cost of holding is left to assume. Nothing tells how it spreads."""
    row = terms["agreed"]
    assert (row["week_shares"], row["days_q05"], row["receipts"]) == (None, None, None)
    assert (row["lead_weeks"], row["review_weeks"], row["case_pack"], row["minimum_units"]) == (4, 2, 8, 16)
    assert (row["unit_cost"], row["supplier_id"]) == (Decimal("2.50"), "s9")
    assert row["assumed"] == ["holding_cost"]


def test_what_was_measured_comes_before_what_was_agreed(terms):
    """A median of 8 days against 22 agreed; no cost was ever received, so the agreed one holds; no review was agreed."""
    row = terms["agreed and received"]
    assert (row["lead_weeks"], row["unit_cost"]) == (2, Decimal("2.50"))
    assert row["assumed"] == ["review_days", "holding_cost"]


def test_without_a_named_supplier_the_maker_is_it(terms):
    assert (terms["received"]["supplier_id"], terms["assumed"]["supplier_id"]) == ("m2", "m1")


def test_an_item_that_the_shop_does_not_list_is_kept(terms):
    assert [terms["unlisted"][name] for name in ("maker_id", "department", "category")] == ["UNKNOWN"] * 3


def test_an_unknown_price_earns_no_more_than_the_lowest_ratio(terms):
    assert terms["unpriced"]["unit_price"] == 0
    assert terms["unpriced"]["critical_ratio"] == 0.5
    assert "unit_price" in terms["unpriced"]["assumed"]


def test_weeks_and_cases_are_whole_and_at_least_one(terms):
    """15 days are three weeks; no review period is one week; a pack of 0 is 1, a smallest order below 0 none."""
    row = terms["loose"]
    assert (row["lead_weeks"], row["review_weeks"], row["case_pack"], row["minimum_units"]) == (3, 1, 1, 0)


def test_what_spoils_has_a_lower_ratio(terms):
    """2.00 less 1.30 is .70; 1.30 * 5 / 52 = .125: .70 / .825."""
    assert terms["fresh"]["critical_ratio"] == pytest.approx(0.70 / 0.825)
