"""What is decided of each candidate, and the reason that is given."""

from datetime import date
from decimal import Decimal

import pytest

from shelfwise.contracts.gold.introductions import CANDIDATE_WORTH, INTRODUCTIONS, LINES
from shelfwise.contracts.gold.inventory import INVENTORY_PLAN
from shelfwise.contracts.silver import CANDIDATES
from shelfwise.core.conform import empty
from shelfwise.introductions.choice import IntroductionParams, choose_introductions
from tests.introductions.builders import AS_OF, candidate, items_of, kept_rows, rows_of, worth_of

PARAMS = IntroductionParams(budget=100.0)


def decided(spark, *candidates, params=PARAMS, proposed=(), listed=()):
    """By item; supplier `known` delivers already."""
    worth = worth_of(spark, *candidates) if candidates else empty(spark, CANDIDATE_WORTH)
    told = rows_of(spark, CANDIDATES, *[{"item_id": name, "description": text} for name, text in proposed])
    plan = rows_of(spark, INVENTORY_PLAN, {"supplier_id": "known"})
    items = items_of(spark, *[{"item_id": name, "description": text} for name, text in listed])
    frame = choose_introductions(worth, items, told, plan, params=params, as_of=AS_OF)
    return {row["item_id"]: row for row in kept_rows(frame, INTRODUCTIONS)}


def steady(item, profit, cost, **given):
    """As profitable in each of four scenarios, for so much money."""
    return candidate(item, [float(profit)] * 4, opening_cost=Decimal(cost), **given)


def test_what_the_budget_cannot_pay_waits_and_says_so(spark):
    """Of 100: soup for 100 brings 50, tea for 60 brings 30: soup. Both would be 160. Loss brings nothing, for next to nothing."""
    shelf = {"cannibalised_items": [{"item_id": "old", "units": 1.5}, {"item_id": "older", "units": 0.5}]}
    found = decided(
        spark,
        steady("soup", 50, 100, launch=date(2017, 11, 13), **shelf),
        steady("tea", 30, 60),
        steady("loss", -2, 1),
        proposed=[("soup", "hot")],
        listed=[("tea", "dry")],
    )
    assert {name: (row["decision"], row["binding"], row["rank"], round(row["gain"], 6)) for name, row in found.items()} == {
        "soup": ("list", None, 1, 50.0),
        "tea": ("wait", "budget", None, 30.0),
        "loss": ("drop", None, None, -2.0),
    }
    assert {name: row["opening_units"] for name, row in found.items()} == {"soup": 10, "tea": 0, "loss": 0}
    assert {name: row["opening_cost"] for name, row in found.items()} == {"soup": 100, "tea": 0, "loss": 0}
    assert {name: row["launch_week"] for name, row in found.items()} == {"soup": date(2017, 11, 13), "tea": None, "loss": None}
    assert {name: row["description"] for name, row in found.items()} == {"soup": "hot", "tea": "dry", "loss": None}
    money = "expected profit of 13 weeks {0:.2f} ({0:.2f} to {0:.2f}), P(failure) {1} %"
    assert {name: row["reason"] for name, row in found.items()} == {
        "soup": f"List: {money.format(50, 0)}; sells 10.0 units, of which items beside it lose 2.0;"
        " order 10 units for 100.00; stop after week 4 if fewer than 3 units have sold",
        "tea": f"Wait: it would add 30.00, but the budget is used up; {money.format(30, 0)}",
        "loss": f"Drop: {money.format(-2, 100)}; sells 10.0 units, of which items beside it lose 0.0",
    }


def test_without_a_budget_nothing_is_listed(spark):
    found = decided(spark, steady("soup", 50, 100), steady("tea", 30, 60), params=IntroductionParams(budget=0.0))
    assert {(row["decision"], row["binding"], row["exposure_share"]) for row in found.values()} == {("wait", "budget", 0.0)}


def test_places_of_recommendations_are_dealt_out_by_units_and_to_tests_twice(spark):
    """Of .12: soup 10 units, tea 5 x 2 of a test, and bread is not chosen: half each. None of them has stop units."""
    tested = {"plan": "test", "units": 5.0, "stop_units": None}
    found = decided(
        spark,
        steady("soup", 50, 40, stop_units=None),
        steady("tea", 30, 60, **tested),
        steady("bread", -1, 1),
        params=IntroductionParams(budget=100.0, exposure=0.12),
    )
    assert {name: row["exposure_share"] for name, row in found.items()} == pytest.approx({"soup": 0.06, "tea": 0.06, "bread": 0})
    assert [found[name]["rank"] for name in ("soup", "tea")] == [1, 2]
    assert found["tea"]["decision"] == "test"
    assert found["tea"]["reason"].startswith("Test: expected profit of 13 weeks 30.00")
    assert found["tea"]["reason"].endswith("order 10 units for 60.00")


def test_advertising_may_cost_the_quantile_of_the_profit(spark):
    """Of 10, 20, … 100: 40 spent leave three of ten in the red, more would leave four. Who is not chosen gets nothing."""
    found = decided(
        spark,
        candidate("soup", [100.0, 10, 90, 20, 80, 30, 70, 40, 60, 50]),
        candidate("tea", [-1.0] * 10),
        params=IntroductionParams(most_failure=0.3),
    )
    assert {name: row["advertising_cap"] for name, row in found.items()} == {"soup": 40.0, "tea": 0.0}


def test_who_may_not_fail_at_all_may_spend_the_least_profit(spark):
    found = decided(spark, candidate("soup", [40.0, 10.0, 20.0, 30.0]), params=IntroductionParams(most_failure=0.0))
    assert found["soup"]["advertising_cap"] == 10.0


def test_what_did_not_come_to_the_shortlist_waits_for_it(spark):
    found = decided(spark, steady("soup", 50, 40), steady("tea", 30, 40), params=IntroductionParams(budget=100.0, shortlist=1))
    assert (found["tea"]["decision"], found["tea"]["binding"], found["tea"]["gain"]) == ("wait", "shortlist", 30.0)
    assert "it would add 30.00, but as many others are worth more" in found["tea"]["reason"]


def test_the_second_on_a_shelf_is_dropped_for_the_first(spark):
    """No room for two at crowding .95: each wants 100 units of an empty shelf, at 2 apiece; 150 go on soup's place, 151 on stew's.

    100 alone have an attraction a of a = 100 (1 + a / .01)^.95; twice that are phi^.05 = 2^.05 = 1.0353 as many units, so that
    stew adds 7.05 of margin, less 151."""
    crowded = {"demand": [100.0] * 4, "shelf": "SOUP / CANS", "crowding": 0.95, "beside": 0.0}
    found = decided(spark, steady("soup", 50, 40, **crowded), steady("stew", 49, 40, **crowded))
    assert {name: row["decision"] for name, row in found.items()} == {"soup": "list", "stew": "drop"}
    assert found["stew"]["gain"] == pytest.approx(200 * (2**0.05 - 1) - 151, abs=1e-3)
    assert "Drop: weighed for risk, beside what is chosen, it would add -143.95" in found["stew"]["reason"]


def test_a_reason_does_not_blame_a_shelf_on_which_nothing_was_chosen(spark):
    """-90, 31, 31, 31: .75 on the average, .8 x .75 - .2 x 90 = -17.4 for who minds risk. It is the risk that speaks against it."""
    found = decided(spark, candidate("soup", [-90.0, 31, 31, 31]))["soup"]
    assert (found["decision"], found["gain"]) == ("drop", pytest.approx(-17.4))
    assert "shelf" not in found["reason"]


def test_a_new_suppliers_minimum_is_a_limit_that_is_named(spark):
    """Soup's supplier is new, and 100 is less than the 500 that a first order must reach: it would pay, and waits."""
    found = decided(
        spark, steady("soup", 50, 100, supplier_id="new"), params=IntroductionParams(budget=1000.0, supplier_minimum=500.0)
    )
    assert (found["soup"]["gain"], found["soup"]["decision"]) == (50.0, "wait")
    assert found["soup"]["binding"] is not None


def test_money_that_a_new_suppliers_minimum_leaves_is_spent_on_others(spark):
    """Of 100: soup for 100 would bring 50, and its new supplier takes no order below 500. Then tea for 60 brings 30."""
    params = IntroductionParams(budget=100.0, supplier_minimum=500.0)
    found = decided(spark, steady("soup", 50, 100, supplier_id="new"), steady("tea", 30, 60), params=params)
    assert found["tea"]["decision"] == "list"


def test_without_candidates_there_is_nothing_to_decide(spark):
    assert decided(spark) == {}


def smaller(**given):
    """A plan of 4 units for 20, which earns 30 of the 50, and is stopped after week 2."""
    told = {"opening_units": 4, "opening_cost": Decimal(20), "stop_week": 2, "stop_units": 1, "units": 6.0, "p_failure": 0.25}
    lines = dict.fromkeys(LINES, 0.0) | {"margin": 31.0, "listing": 1.0}
    money = {"profit": 30.0, "profit_q05": -10.0, "profit_q95": 40.0, "cvar": -10.0, "point_profit": 30.0}
    drawn = {"demand": [6.0] * 4, "outcome": [-10.0, 40.0, 45.0, 45.0]}
    rest = {"plan": "test", "cannibalised_items": [{"item_id": "old", "units": 0.5}], "newly_served": 1.0, "payback_week": 3}
    return told | lines | money | drawn | rest | {"units_q10": 5.0, "units_q90": 7.0, "p_stop": 0.25, "tastes": []} | given


def test_a_short_budget_orders_less_and_says_what_more_would_earn(spark):
    """Soup for 100 earns 50, for 20 earns 30; tea for 60 earns 30. Of 100: 30 + 30. All that is told is of the smaller order."""
    params = IntroductionParams(budget=100.0, aversion=0.0)
    found = decided(spark, steady("soup", 50, 100, smaller=[smaller()]), steady("tea", 30, 60), params=params)
    soup = found["soup"]
    assert {name: row["decision"] for name, row in found.items()} == {"soup": "test", "tea": "list"}
    assert (soup["opening_units"], soup["opening_cost"], soup["binding"], round(soup["gain"], 6)) == (4, 20, "budget", 30)
    assert (soup["units"], soup["profit"], soup["p_failure"], soup["payback_week"]) == (6, 30, 0.25, 3)
    assert (soup["stop_week"], soup["stop_units"], soup["cannibalised_items"][0]["units"]) == (2, 1, 0.5)
    assert soup["advertising_cap"] == 45.0  # of its own outcomes the third of four
    assert soup["reason"] == (
        "Test: expected profit of 13 weeks 30.00 (-10.00 to 40.00), P(failure) 25 %; sells 6.0 units, of which items beside it lose"
        " 0.5; order 4 units for 20.00; 10 units would earn 50.00 alone, but the budget is used up; stop after week 2 if fewer than"
        " 1 units have sold"
    )


def test_with_money_enough_the_best_order_is_placed(spark):
    found = decided(
        spark, steady("soup", 50, 100, smaller=[smaller()]), steady("tea", 30, 60), params=IntroductionParams(budget=160.0)
    )
    assert (found["soup"]["opening_units"], found["soup"]["decision"], found["soup"]["binding"]) == (10, "list", None)
    assert "alone, but" not in found["soup"]["reason"]


def test_whoever_minds_risk_orders_less_though_there_is_money(spark):
    """100 or nothing for sure halves: 50 on the average, and half of the worst, 0. The smaller order earns 40 at any rate."""
    bold = candidate("soup", [0.0, 0.0, 100.0, 100.0], smaller=[smaller(outcome=[40.0] * 4, profit=40.0)])
    found = decided(spark, bold, params=IntroductionParams(budget=1000.0, aversion=0.5))["soup"]
    assert (found["opening_units"], found["binding"], found["gain"]) == (4, None, pytest.approx(40))
    assert "10 units would earn 50.00 alone, but add no more beside the others" in found["reason"]


def test_what_waits_is_told_by_its_best_order(spark):
    """Neither order can be paid: the larger one would add more."""
    found = decided(spark, steady("soup", 50, 100, smaller=[smaller()]), params=IntroductionParams(budget=10.0))["soup"]
    assert (found["decision"], found["binding"], found["gain"], found["profit"]) == ("wait", "budget", 50.0, 50.0)
