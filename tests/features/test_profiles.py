"""Lives of items and customers, worked by hand."""

from datetime import date

import pytest

from shelfwise.features.interactions import InteractionParams, customer_item_pairs
from shelfwise.features.profiles import customer_profiles, item_profiles
from tests.recommend.builders import events, items, sales

AS_OF = date(2017, 6, 30)
JANUARY, MAY, JUNE = date(2017, 1, 2), date(2017, 5, 29), date(2017, 6, 5)


def profiles_of_items(bought, *looked):
    pairs = customer_item_pairs(bought, events(bought.sparkSession, *looked), params=InteractionParams(), as_of=AS_OF)
    return {row["item_id"]: row for row in item_profiles(bought, pairs, as_of=AS_OF).collect()}


def test_repeat_share_counts_customers_with_two_baskets_or_more(spark):
    """a bought in two baskets, b and d in one each: 1/3 of 3. The unknown customer's is a fifth; who only looked is no buyer."""
    bought = sales(
        spark,
        {"customer_id": "a", "item_id": "i", "sold_on": MAY},
        {"customer_id": "a", "item_id": "i", "sold_on": JUNE},
        {"customer_id": "b", "item_id": "i", "sold_on": JUNE},
        {"customer_id": "d", "item_id": "i", "sold_on": JUNE},
        {"customer_id": None, "item_id": "i", "sold_on": JUNE},
    )
    item = profiles_of_items(bought, {"customer_id": "e", "item_id": "i", "happened_on": JUNE})["i"]
    assert (item["baskets"], item["customers"], item["selling_weeks"]) == (5, 3, 2)
    assert item["repeat_share"] == pytest.approx(1 / 3)
    assert (item["first_sold_on"], item["last_sold_on"]) == (MAY, JUNE)


def test_an_item_that_only_strangers_bought_has_no_customers(spark):
    item = profiles_of_items(sales(spark, {"customer_id": None, "item_id": "i", "sold_on": MAY}))["i"]
    assert (item["customers"], item["repeat_share"]) == (0, 0.0)


def test_the_price_is_before_discounts_and_of_the_last_thirteen_weeks(spark):
    """January's 1.00 is too old; May: 2 units for 5.00 after 1.00 off = 3.00 each."""
    bought = sales(
        spark,
        {"customer_id": "a", "item_id": "i", "sold_on": JANUARY, "revenue": 1},
        {"customer_id": "a", "item_id": "i", "sold_on": MAY, "quantity": 2, "revenue": 5, "discount": 1},
        {"customer_id": "a", "item_id": "old", "sold_on": JANUARY, "quantity": 4, "revenue": 2},
    )
    found = profiles_of_items(bought)
    assert found["i"]["unit_price"] == pytest.approx(3.0)
    # nothing in the last weeks: the price ever, 2.00 / 4
    assert found["old"]["unit_price"] == pytest.approx(0.5)


def test_a_customer_has_recency_frequency_and_spend(spark):
    """Days 2 Jan, 29 May, 5 Jun: 154 days in two steps = 77; 30.00 spent, 10.00 off: a quarter; most of it on TEA (20.00)."""
    bought = sales(
        spark,
        {"customer_id": "a", "item_id": "soup", "sold_on": JANUARY, "revenue": 6},
        {"customer_id": "a", "item_id": "soup", "sold_on": MAY, "revenue": 4, "discount": 4, "coupon_discount": 1},
        {"customer_id": "a", "item_id": "tea", "sold_on": JUNE, "revenue": 20, "discount": 5},
        {"customer_id": "a", "item_id": "tea", "sold_on": JUNE, "kind": "return", "quantity": -1, "revenue": -20},
        {"customer_id": None, "item_id": "tea", "sold_on": JUNE},
    )
    described = items(spark, {"item_id": "soup", "category": "SOUP"}, {"item_id": "tea", "category": "TEA"})
    (customer,) = customer_profiles(bought, described, as_of=AS_OF).collect()
    assert (customer["baskets"], customer["items"], customer["revenue"]) == (3, 2, 30.0)
    assert customer["days_between_baskets"] == pytest.approx(77.0)
    assert customer["discount_share"] == pytest.approx(0.25)
    assert customer["favourite_category"] == "TEA"


def test_one_day_has_no_days_between_and_an_undescribed_item_no_category(spark):
    bought = sales(spark, {"customer_id": "a", "item_id": "nameless", "sold_on": MAY, "revenue": 0})
    (customer,) = customer_profiles(bought, items(spark, {"item_id": "other"}), as_of=AS_OF).collect()
    assert (customer["days_between_baskets"], customer["favourite_category"], customer["discount_share"]) == (None, None, 0.0)


def test_petrol_is_nobodys_favourite(spark):
    bought = sales(
        spark,
        {"customer_id": "a", "item_id": "petrol", "sold_on": MAY, "revenue": 60},
        {"customer_id": "a", "item_id": "soup", "sold_on": MAY, "revenue": 2},
    )
    described = items(
        spark, {"item_id": "petrol", "category": "FUEL", "sold_by": "measure"}, {"item_id": "soup", "category": "SOUP"}
    )
    (customer,) = customer_profiles(bought, described, as_of=AS_OF).collect()
    assert (customer["favourite_category"], customer["revenue"]) == ("SOUP", 62.0)
