"""Brands and categories of the candidates that were chosen, by hand."""

from datetime import date
from decimal import Decimal

import pytest

from shelfwise.contracts.gold.brands import INTRODUCTION_GROUPS
from shelfwise.contracts.gold.introductions import INTRODUCTIONS
from shelfwise.introductions.groups import group_introductions
from tests.introductions.builders import AS_OF, candidate, kept_rows, plan_of, rows_of, worth_of
from tests.introductions.test_choice import smaller

FIRST, LATER = date(2017, 11, 13), date(2017, 11, 20)
# item, brand, category, which of both the shop sells, decision, rank, gain, what holds it back, units to order, first week
DECIDED = [
    ("soup", "m1", "SOUP", "category", "list", 1, 15.0, None, 10, LATER),
    ("tea", "m1", "TEA", "neither", "test", 2, 5.0, None, 4, FIRST),
    ("more tea", "m2", "TEA", "maker", "wait", None, 3.0, "budget", 0, None),
    ("most tea", "m2", "TEA", "maker", "wait", None, 4.0, "places", 0, None),
    ("some tea", "m2", "TEA", "maker", "wait", None, 2.0, "budget", 0, None),
    ("least tea", "m2", "TEA", "maker", "wait", None, 1.0, "budget", 0, None),
    ("stale", "m3", "SOUP", "maker and category", "drop", None, -2.0, None, 0, None),
    ("staler", "m3", "SOUP", "maker and category", "drop", None, -6.0, None, 0, None),
]


@pytest.fixture(scope="module")
def frames(spark):
    rows = [
        {"item_id": item, "maker_id": brand, "category": category, "department": "GROCERY", "known": known, "decision": decision}
        | {"rank": rank, "gain": gain, "binding": binding, "opening_units": units, "opening_cost": Decimal(5 * units)}
        | {"launch_week": week, "units": 7.0, "description": f"{item.upper()}, green"}
        for item, brand, category, known, decision, rank, gain, binding, units, week in DECIDED
    ]
    worth = [candidate(row["item_id"], [1.0] * 4) for row in rows[2:]]
    worth.append(candidate("soup", [10.0, -20.0, 30.0, 40.0]))
    # its smaller order was taken
    worth.append(candidate("tea", [900.0] * 4, smaller=[smaller(outcome=[-5.0, 5.0, 5.0, -5.0])]))
    return rows_of(spark, INTRODUCTIONS, *rows), worth_of(spark, *worth)


@pytest.fixture(scope="module")
def grouped(frames):
    rows = kept_rows(group_introductions(*frames, as_of=AS_OF), INTRODUCTION_GROUPS)
    return {(row["kind"], row["name"]): row for row in rows}


def told(row, *names):
    return tuple(row[name] for name in names)


COUNTS = ("decision", "candidates", "listed", "tested", "waiting", "dropped")


def test_each_brand_and_category_has_the_best_of_its_candidates_decisions(grouped):
    assert {key: told(row, *COUNTS) for key, row in grouped.items()} == {
        ("brand", "m1"): ("list", 2, 1, 1, 0, 0),
        ("brand", "m2"): ("wait", 4, 0, 0, 4, 0),
        ("brand", "m3"): ("drop", 2, 0, 0, 0, 2),
        ("category", "SOUP"): ("list", 3, 1, 0, 0, 2),
        ("category", "TEA"): ("test", 5, 0, 1, 4, 0),
    }


def test_new_is_what_the_shop_sells_nothing_of(grouped):
    assert {name for (_, name), row in grouped.items() if row["is_new"]} == {"m1", "TEA"}
    assert told(grouped["category", "TEA"], "department") == ("GROCERY",)
    assert told(grouped["brand", "m1"], "department") == (None,)


def test_profits_of_the_chosen_are_added_up_by_scenario(grouped):
    """m1: 10 - 5, -20 + 5, 30 + 5, 40 - 5: 5, -15, 35, 35: mean 15; the 5 % quantile lies .15 of the way from -15 to 5."""
    row = grouped["brand", "m1"]
    figures = told(row, "profit", "profit_q05", "profit_q95", "cvar", "p_failure", "units", "best_gain")
    assert figures == pytest.approx((15.0, -12.0, 35.0, -15.0, 0.25, 14.0, 0.0))
    assert told(row, "opening_units", "opening_cost", "launch_week") == (14, Decimal(70), FIRST)
    assert [one["item_id"] for one in row["first_items"]] == ["soup", "tea"]
    tea = grouped["category", "TEA"]
    assert told(tea, "profit", "p_failure", "units", "best_gain") == (0.0, 0.5, 7.0, 4.0)
    # what waits does not come in; where nothing is chosen, those that would add most are named
    assert [tuple(one) for one in tea["first_items"]] == [("tea", "TEA, green")]
    assert [one["item_id"] for one in grouped["brand", "m2"]["first_items"]] == ["most tea", "more tea", "some tea"]


def test_where_nothing_is_chosen_there_is_no_profit_and_no_failure(grouped):
    row = grouped["brand", "m3"]
    assert told(row, "profit", "profit_q05", "profit_q95", "cvar", "units", "p_failure", "launch_week") == (
        0,
        0,
        0,
        0,
        0,
        None,
        None,
    )


def test_the_reasons_in_full(grouped):
    reasons = {name: row["reason"] for (_, name), row in grouped.items()}
    assert reasons["m1"] == (
        "List: 2 of 2 candidates, 1 as a test, first soup, tea; opening orders of 70.00; expected profit of 13 weeks, before what"
        " newcomers take from one another, 15.00 (-12.00 to 35.00), P(failure) 25 %"
    )
    assert reasons["TEA"].startswith("Test: 1 of 5 candidates, 1 as a test, first tea; opening orders of 20.00;")
    assert reasons["m2"] == "Wait: 4 of 4 candidates would pay; most tea would add 4.00, but all places are taken"
    assert reasons["m3"] == "Drop: none of 2 candidates would add anything; the nearest, stale, -2.00"


def test_the_worst_are_a_twentieth_of_the_scenarios(spark):
    """Of -1, 0, 1 ... 38 the worst two: -.5; one of forty is a loss. One item in all, of a brand that the shop sells."""
    known = {"item_id": "rice", "maker_id": "m4", "category": "RICE", "known": "maker and category", "decision": "list", "rank": 1}
    decided = rows_of(spark, INTRODUCTIONS, known | {"opening_units": 10, "opening_cost": Decimal(50)})
    worth = worth_of(spark, candidate("rice", [float(k) for k in range(-1, 39)]))
    rows = kept_rows(group_introductions(decided, worth, as_of=AS_OF), INTRODUCTION_GROUPS)
    assert [told(row, "cvar", "p_failure", "is_new") for row in rows] == [(-0.5, 0.025, False)] * 2
    assert rows[0]["reason"].startswith("List: 1 of 1 candidate, 0 as a test, first rice;")


def test_the_plan_has_no_python_and_no_cross_product(frames):
    plan = plan_of(group_introductions(*frames, as_of=AS_OF))
    assert "Python" not in plan and "CartesianProduct" not in plan
