"""New brands and categories, as the page tells of them."""

import pytest

from shelfwise.report.brought import Brought, brought


@pytest.fixture(scope="module")
def found(tables):
    return brought(tables["groups"])


def test_new_brands_and_categories_are_counted(found):
    """Of two new brands one comes in, and the one category; the brand that the shop sells already is no news."""
    assert (found.asked, found.chosen) == ({"brand": 2, "category": 1}, {"brand": 1, "category": 1})
    assert found.finding() == "1 of 2 brands and 1 of 1 category of which the shop has no established item would come in"


def test_those_that_come_in_are_told_by_profit_with_their_first_items(found):
    assert [(row["kind"], row["name"], row["profit"]) for row in found.top] == [("category", "TOFU", 7.0), ("brand", "m8", 5.0)]
    assert found.top[0]["first"] == ["SOAP, 4 OZ", "nameless"]


def test_nothing_new_is_a_finding_too(empty_tables):
    none = brought(empty_tables["groups"])
    assert (none.finding(), none.top) == ("No new brand or category is proposed", [])
    assert Brought({"category": 3}, {}, []).finding() == "0 of 3 categories of which the shop has no established item would come in"
