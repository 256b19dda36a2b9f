"""How old is what is on hand, by hand."""

from datetime import timedelta

import pytest

from shelfwise.inventory.ageing import stock_ages
from tests.inventory.builders import AS_OF, positions, receipts


def received(spark, *lines):
    """Item, days ago, units."""
    rows = [
        {
            "receipt_id": f"r{n}",
            "item_id": item,
            "ordered_on": AS_OF - timedelta(days=days),
            "received_on": AS_OF - timedelta(days=days),
            "units_ordered": units,
            "units_received": units,
        }
        for n, (item, days, units) in enumerate(lines)
    ]
    return receipts(spark, *rows)


def test_what_is_left_is_what_came_last(spark):
    """Of 10 on hand 4 came yesterday, 5 a week ago and 1 of 20 a hundred days ago: (4 + 35 + 100) / 10."""
    came = received(spark, ("a", 100, 20), ("a", 1, 4), ("a", 7, 5), ("b", 3, 9), ("c", 2, 5), ("d", 2, 0))
    stock = positions(spark, ("a", 10, 0, False), ("b", 9, 0, False), ("c", 0, 9, False), ("d", 3, 0, False), ("e", 3, 0, False))
    ages = {row["item_id"]: row["age_days"] for row in stock_ages(stock, came, AS_OF).collect()}
    assert ages == {"a": pytest.approx(13.9), "b": 3}


def test_stock_of_before_the_first_receipt_is_not_guessed_at(spark):
    """Two of five on hand came four days ago; of the others nothing is known."""
    ages = stock_ages(positions(spark, ("a", 5, 0, False)), received(spark, ("a", 4, 2)), AS_OF)
    assert [row["age_days"] for row in ages.collect()] == [4]
