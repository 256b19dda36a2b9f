import pytest

from shelfwise.report.decisions import orders, shoppers, shoppers_finding
from tests.report.shop import CUSTOMER


@pytest.fixture(scope="module")
def found(tables):
    return orders(tables["orders"], tables["plan"])


def test_orders_come_by_cost_with_their_totals(found):
    assert [row["order_id"] for row in found.top] == ["PO-1", "PO-2"]
    assert found.totals == {"orders": 2, "units": 18, "cost": 40.0, "suppliers": 2}
    assert found.finding() == "2 order lines at 2 suppliers, 40 in all"
    assert found.suppliers_finding() == "2 suppliers: 100 % of the money"


def test_each_assumption_is_counted_over_the_order_lines(found):
    """Both lines assume the case, one the cost."""
    assert found.resting == {"case_pack": 2, "unit_cost": 1}


def test_items_on_sale_are_counted_by_status(found):
    assert found.statuses == {"at_risk": 1, "ok": 1}


def test_no_orders_is_a_finding_too(empty_tables):
    found = orders(empty_tables["orders"], empty_tables["plan"])
    assert found.finding() == "Nothing needs ordering"
    assert found.top == found.suppliers == []


def test_shoppers_are_customers_with_their_lists_in_rank_order(tables):
    """'*' is nobody in particular; bb22 has no list."""
    (shopper,) = shoppers(tables["recommendations"], tables["items"], tables["shoppers"])
    assert shopper.customer_id == CUSTOMER
    assert [offer["item_id"] for offer in shopper.offers] == ["cola", "soap"]
    assert [offer["reason"] for offer in shopper.offers] == ["Bought before.", "Most like cola."]
    assert shopper.known["favourite_category"] == "DRINKS"
    assert shoppers_finding([shopper]) == "1 of the 2 items shown to these customers would be new to them"
    assert shoppers_finding([]) == "No recommendations yet"
