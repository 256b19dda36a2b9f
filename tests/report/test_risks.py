"""What could be lost, as the page tells of it."""

import pytest

from shelfwise.contracts.gold.risk import KINDS
from shelfwise.report.charts import chart_html
from shelfwise.report.risk_charts import supplier_map
from shelfwise.report.risks import NAMES, risks

TABLES = ("risk_portfolio", "risk_items", "risk_suppliers", "risk_stress", "risk_concentration", "credit_risk")


@pytest.fixture(scope="module")
def found(tables):
    return risks(*(tables[name] for name in TABLES))


def test_the_finding_names_the_loss_and_what_most_of_it_is(found):
    """80 of a planned 400."""
    assert found.finding() == (
        "One quarter in twenty loses 80 or more against the plan, 20 % of what that earns; most of it by less wanted than foreseen"
    )
    assert found.stress_finding() == "The dearest of the named troubles would cost 90: 30 % less is wanted"


def test_what_weighs_most_comes_first(found):
    assert [row["name"] for row in found.kinds] == ["demand", "outage", "late"]
    assert [row["item_id"] for row in found.items] == ["soap", "nameless"]
    assert [row["supplier_id"] for row in found.suppliers] == ["s1", "s2"]
    assert [(row["stress"], row["kind"]) for row in found.stresses] == [("demand_down", "*"), ("price_war", "*")]
    assert [row["by"] for row in found.concentration] == ["item", "department"]


def test_a_supplier_whose_stock_nobody_wants_is_on_no_map(found):
    chart = chart_html(supplier_map(found.suppliers), "map")
    assert '"s1"' in chart
    assert '"s2"' not in chart


def test_who_owes_most_to_lose_comes_first_and_all_is_summed(found):
    """30.00 of 1,000 and 20.00 of 100; who owes nothing, and a supplier, is not there."""
    assert [row["party_id"] for row in found.customers] == ["anna", "ben"]
    assert found.owed_finding() == "2 customers on invoice owe 1,100; 50 of it is expected to be lost within a year"


def test_every_kind_has_a_name():
    assert set(NAMES) == set(KINDS)


def test_nothing_measured_is_a_finding_too(empty_tables):
    none = risks(*(empty_tables[name] for name in TABLES))
    assert none.finding() == "What could be lost has not been measured yet"
    assert none.stress_finding() == "No named trouble has been tried yet"
    assert none.owed_finding() == "No customer on invoice owes anything, as far as is known"
