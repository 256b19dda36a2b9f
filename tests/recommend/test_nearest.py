"""The best items per customer from factors, across blocks."""

from datetime import date

import numpy as np
import pytest

from shelfwise.recommend import nearest
from shelfwise.recommend.candidates import live_items, most_bought
from shelfwise.recommend.nearest import best_items, popularity_factors
from tests.recommend.builders import factors, pairs

DAY = date(2017, 10, 1)


def lists(frame):
    found = {}
    for row in sorted(frame.collect(), key=lambda row: (row["customer_index"], row["place"])):
        found.setdefault(row["customer_index"], []).append(row["item_index"])
    return found


def test_items_are_ranked_by_the_product_of_factors_and_bought_ones_left_out(spark):
    """Customer 1 = (1, 0): scores 3, 2, 0; item 10 was bought, so 20 then 30. Customer 2 = (0, 1): 0, 1, 5: 30 then 20."""
    people = factors(spark, {1: [1.0, 0.0], 2: [0.0, 1.0]})
    goods = factors(spark, {10: [3.0, 0.0], 20: [2.0, 1.0], 30: [0.0, 5.0]})
    found = best_items(people, goods, pairs(spark, (1, 10, 1, DAY)), 2)
    assert lists(found) == {1: [20, 30], 2: [30, 20]}
    assert {row["item_index"]: row["score"] for row in found.collect() if row["customer_index"] == 2} == {30: 5.0, 20: 1.0}


def test_ties_go_to_the_smaller_number(spark):
    """All four items score 1: of three places, numbers 5, 6, 7."""
    goods = factors(spark, {8: [1.0], 6: [1.0], 7: [1.0], 5: [1.0]})
    assert lists(best_items(factors(spark, {1: [1.0]}), goods, pairs(spark, (1, 99, 1, DAY)), 3)) == {1: [5, 6, 7]}


def test_a_customer_who_bought_everything_gets_nothing(spark):
    goods = factors(spark, {5: [1.0]})
    assert lists(best_items(factors(spark, {1: [1.0], 2: [1.0]}), goods, pairs(spark, (1, 5, 1, DAY)), 3)) == {2: [5]}


def test_many_small_blocks_give_what_one_big_product_gives(spark, monkeypatch):
    """11 customers x 23 items in blocks of 4 and 5, 40 pairs bought; NumPy's own ranking of the whole matrix is the truth."""
    monkeypatch.setattr(nearest, "CUSTOMERS_PER_BLOCK", 4)
    monkeypatch.setattr(nearest, "ITEMS_PER_BLOCK", 5)
    draw = np.random.default_rng(7)
    people, goods = draw.normal(size=(11, 3)).astype(np.float32), draw.normal(size=(23, 3)).astype(np.float32)
    bought = {(int(c), int(i)) for c, i in zip(draw.integers(0, 11, 40), draw.integers(0, 23, 40), strict=True)}
    scores = people @ goods.T
    for customer, item in bought:
        scores[customer, item] = -np.inf
    truth = {customer: np.argsort(-scores[customer])[:6].tolist() for customer in range(11)}
    found = best_items(
        factors(spark, dict(enumerate(people.tolist()))),
        factors(spark, dict(enumerate(goods.tolist()))),
        pairs(spark, *((customer, item, 1, DAY) for customer, item in sorted(bought))),
        6,
    )
    assert lists(found) == truth


def test_popularity_counts_customers_of_live_items(spark):
    """Item 1: three buyers, item 2: two, item 3: four buyers, the last of them in July: gone."""
    july = date(2017, 7, 1)
    bought = pairs(
        spark,
        *((customer, 1, 1, DAY) for customer in (1, 2, 3)),
        *((customer, 2, 9, DAY) for customer in (4, 5)),
        *((customer, 3, 1, july) for customer in (1, 2, 3, 4)),
    )
    live = live_items(bought, as_of=date(2017, 10, 29), live_days=56)
    assert {row["item_index"]: row["buyers"] for row in live.collect()} == {1: 3, 2: 2}
    found = lists(best_items(*popularity_factors(bought, live), bought, 10))
    assert found == {1: [2], 2: [2], 3: [2], 4: [1], 5: [1]}


def test_an_item_is_live_for_so_many_days_and_no_longer(spark):
    """With 28 days up to 29 October, 2 October is the first day that counts."""
    bought = pairs(spark, (1, 1, 1, date(2017, 10, 1)), (1, 2, 1, date(2017, 10, 2)))
    assert [row["item_index"] for row in live_items(bought, as_of=date(2017, 10, 29), live_days=28).collect()] == [2]


def test_most_bought_are_those_in_most_baskets_then_the_latest(spark):
    """Item 3 in 5 baskets; 1 and 2 in 2, 2 later; 4 is no longer live."""
    bought = pairs(spark, (1, 1, 2, DAY), (1, 2, 2, date(2017, 10, 2)), (1, 3, 5, DAY), (1, 4, 9, DAY))
    live = live_items(bought, as_of=DAY, live_days=56).where("item_index <> 4")
    own = most_bought(bought, live, 3)
    assert lists(own) == {1: [3, 2, 1]}
    assert [row["score"] for row in own.orderBy("place").collect()] == pytest.approx([5, 2, 2])
