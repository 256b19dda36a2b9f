"""What launches of late have taught, by hand."""

import pytest

from shelfwise.contracts.gold.introductions import INTRODUCTION_COHORTS
from shelfwise.introductions.feedback import with_feedback
from tests.introductions.builders import foreseen_of, rows_of


def learnt(spark, *weeks):
    """By category, from (item, category, week, planned so far, sold so far)."""
    names = ("item_id", "category", "launch_week", "cum_planned", "cum_units")
    cohorts = rows_of(spark, INTRODUCTION_COHORTS, *[dict(zip(names, week, strict=True)) for week in weeks])
    asked = foreseen_of(spark, *[{"item_id": name, "category": name} for name in ("SOUP", "TEA", "MILK")])
    return {row["category"]: row["learnt"] for row in with_feedback(asked, cohorts).collect()}


def test_categories_lean_on_the_shop_and_the_shop_on_its_plans(spark):
    """Soup sold 200 of 100 planned, tea 50 of 100: the shop (200 + 250) / (200 + 200) = 1.125.

    Soup (200 x 1.125 + 200) / 300 = 17/12, tea (225 + 50) / 300 = 11/12, and milk, of which nothing was launched, as the shop. The
    sum of soup is of its last week, and of two items."""
    soup = [("s1", "SOUP", 1, 10.0, 30.0), ("s1", "SOUP", 2, 60.0, 150.0), ("s2", "SOUP", 1, 40.0, 50.0)]
    found = learnt(spark, *soup, ("t1", "TEA", 1, 100.0, 50.0))
    assert found == pytest.approx({"SOUP": 17 / 12, "TEA": 11 / 12, "MILK": 1.125})


def test_no_more_than_twice_and_no_less_than_half_is_learnt(spark):
    """Soup 9,000 of 1,000, tea none of 1,000: the shop 9,200 / 2,200 = 4.18, soup 9,836 / 1,200 = 8.2, tea 836 / 1,200 = .70."""
    found = learnt(spark, ("s1", "SOUP", 1, 1000.0, 9000.0), ("t1", "TEA", 1, 1000.0, 0.0))
    assert found == pytest.approx({"SOUP": 2, "TEA": 0.69697, "MILK": 2}, abs=1e-5)
    assert learnt(spark, ("s1", "SOUP", 1, 1000.0, 0.0))["SOUP"] == 0.5


def test_where_nothing_was_launched_nothing_is_learnt(spark):
    assert set(learnt(spark).values()) == {1.0}
