"""Orders that a buyer can read, check and release twice without ordering twice."""

import re
from datetime import date
from decimal import Decimal

import pytest

from shelfwise.contracts.gold.inventory import PURCHASE_ORDERS
from shelfwise.core.conform import conform
from shelfwise.inventory.joint.blocks import OrderParams
from shelfwise.inventory.orders import draft_orders
from tests.inventory.builders import AS_OF, assumptions, by_item, forecast, items, launches, supply
from tests.inventory.conftest import FORECASTS, POSITIONS, described

REASON = re.compile(
    r"Expect (?P<expected>[\d.]+) units over the next (?P<weeks>\d+) weeks?"
    r" \(lead (?P<lead>\d+) \+ review (?P<review>\d+)(?:, of which forecasts see 13)?\);"
    r" (?P<level>\d+) suffice in (?P<ratio>\d+) % of cases; (?P<on_hand>\d+) on hand and (?P<on_order>\d+) on order"
    r" leave a risk of (?P<now>.+?) % of running out,"
    r" so (?P<units>\d+) units \((?P<cases>\d+) cases? of (?P<pack>\d+)\) bring it to (?P<then>.+?) %;"
    r" (?P<assumed>.+) are assumed\."
)


def drafted_from(spark, plan, listed, as_of=AS_OF, **params):
    return draft_orders(
        plan,
        forecast(spark, *FORECASTS),
        listed,
        supply(spark),
        launches(spark),
        assumptions(spark),
        params=OrderParams(**params),
        as_of=as_of,
    )


@pytest.fixture(scope="module")
def drafts(spark, plan):
    listed = items(spark, *[described(item) for item in POSITIONS if item != "unlisted"], {"item_id": "x"})
    return conform(drafted_from(spark, plan, listed), PURCHASE_ORDERS)


@pytest.fixture(scope="module")
def drafted(drafts):
    return by_item(drafts)


def test_only_what_is_ordered_is_drafted(drafted, plan):
    assert set(drafted) == {row["item_id"] for row in plan.where("order_units > 0").collect()}
    assert {"fresh", "waiting", "slow", "sold out", "far"} == set(drafted)


def test_an_order_of_fresh_goods(drafted):
    """One crate of 10 at 1.30, a week from now."""
    row = drafted["fresh"]
    assert (row["units"], row["cases"], row["cost"]) == (10, 1, Decimal("13.00"))
    assert (row["supplier_id"], row["description"], row["needed_by"]) == ("m1", "fresh soup", date(2017, 11, 5))


def test_the_reason_in_full(drafted):
    assert drafted["fresh"]["reason"] == (
        "Expect 14 units over the next 2 weeks (lead 1 + review 1); 19 suffice in 85 % of cases; 5 on hand and 6 on order leave"
        " a risk of 71 % of running out, so 10 units (1 case of 10) bring it to 6 %;"
        " stock, lead time, cost, review period, holding cost, case size and smallest order are assumed."
    )
    assert drafted["slow"]["reason"] == (
        "Expect 1.7 units over the next 3 weeks (lead 2 + review 1); 6 suffice in 99 % of cases; 1 on hand and 0 on order leave"
        " a risk of 44 % of running out, so 6 units (2 cases of 3) bring it to under 1 %;"
        " stock, lead time, cost, review period, holding cost, case size and smallest order are assumed."
    )


def test_the_reason_says_what_stopped_it(spark, plan):
    """A cent less than all orders cost: the case that brings least for its money is not bought."""
    listed = items(spark, {"item_id": "x"})
    whole = by_item(drafted_from(spark, plan, listed))
    budget = float(sum(row["cost"] for row in whole.values())) - 0.01
    cut_short = by_item(drafted_from(spark, plan, listed, budget=budget))
    assert sum(row["cost"] for row in cut_short.values()) <= budget
    (stopped,) = [row for row in cut_short.values() if row["units"] < row["planned_units"]]
    assert stopped["binding"] == "budget"
    assert f"bring it to {{}}, where the budget stops short of {stopped['planned_units']};" in re.sub(
        r"to [^,;]* %", "to {}", stopped["reason"]
    )


def test_the_reason_says_how_far_forecasts_see(drafted):
    assert "over the next 13 weeks (lead 12 + review 4, of which forecasts see 13)" in drafted["far"]["reason"]


def test_the_reasons_numbers_are_the_plans(drafted, plan):
    planned = by_item(plan)
    for item, order in drafted.items():
        said, row = REASON.fullmatch(order["reason"]), planned[item]
        assert said, order["reason"]
        exact = ("lead", "review", "level", "on_hand", "on_order", "units", "pack")
        columns = ("lead_weeks", "review_weeks", "order_up_to", "on_hand", "on_order", "order_units", "case_pack")
        assert [int(said[name]) for name in exact] == [row[column] for column in columns]
        assert int(said["cases"]) == order["cases"] == order["units"] / row["case_pack"]
        assert float(said["expected"]) == pytest.approx(row["expected_demand"], abs=0.5 if row["expected_demand"] >= 10 else 0.05)
        assert int(said["ratio"]) == pytest.approx(100 * row["critical_ratio"], abs=0.5)
        for words, share in ((said["now"], row["p_stock_out_now"]), (said["then"], row["p_stock_out"])):
            bound = {"under 1": share < 0.01, "over 99": share > 0.99}
            assert bound[words] if words in bound else float(words) == pytest.approx(100 * share, abs=0.5 + 1e-9)


def test_what_is_assumed_is_named_in_words(drafted):
    """The shop counted `far`: its stock is no assumption."""
    said = REASON.fullmatch(drafted["far"]["reason"])["assumed"]
    assert said == "lead time, cost, review period, holding cost, case size and smallest order"


def test_the_same_day_and_item_always_give_the_same_id(spark, plan, drafted):
    """'PO-' and 12 hexadecimal digits; another day gives another id."""
    listed = items(spark, {"item_id": "x"})
    again = by_item(drafted_from(spark, plan.orderBy("category", "item_id"), listed))
    later = by_item(drafted_from(spark, plan, listed, as_of=date(2017, 10, 30)))
    ids = {item: row["order_id"] for item, row in drafted.items()}
    assert {item: row["order_id"] for item, row in again.items()} == ids
    assert all(re.fullmatch(r"PO-[0-9a-f]{12}", order_id) for order_id in ids.values())
    assert len(set(ids.values()) | {row["order_id"] for row in later.values()}) == 2 * len(ids)


def test_an_item_without_a_description_is_called_by_its_id(spark, plan):
    drafted = by_item(drafted_from(spark, plan, items(spark, {"item_id": "fresh", "description": None})))
    assert drafted["fresh"]["description"] == "TINNED"
    assert drafted["slow"]["description"] == "slow"


def test_every_draft_keeps_the_contract(drafts):
    kept = " AND ".join(f"({rule})" for rule in PURCHASE_ORDERS.rules().values())
    assert drafts.where(f"NOT ({kept})").count() == 0
