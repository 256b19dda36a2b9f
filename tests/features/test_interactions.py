"""Who bought what, and the numbers that stand for ids."""

from datetime import date

from shelfwise.features.interactions import InteractionParams, customer_item_pairs
from shelfwise.measures.pairs import number_ids
from tests.recommend.builders import sales

AS_OF = date(2017, 3, 31)
MONDAY, TUESDAY = date(2017, 3, 6), date(2017, 3, 7)


def test_baskets_are_counted_once_and_units_added(spark):
    """Monday's basket holds the item on two lines (1 + 2 units), Tuesday's on one (4): 2 baskets, 7 units."""
    bought = sales(
        spark,
        {"customer_id": "c", "item_id": "i", "sold_on": MONDAY, "quantity": 1},
        {"customer_id": "c", "item_id": "i", "sold_on": MONDAY, "quantity": 2},
        {"customer_id": "c", "item_id": "i", "sold_on": TUESDAY, "quantity": 4},
    )
    (pair,) = customer_item_pairs(bought, params=InteractionParams(), as_of=AS_OF).collect()
    assert (pair["baskets"], pair["units"], pair["first_bought_on"], pair["last_bought_on"]) == (2, 7.0, MONDAY, TUESDAY)
    assert pair["as_of"] == AS_OF


def test_returns_charges_and_unknown_customers_are_no_interest(spark):
    bought = sales(
        spark,
        {"customer_id": "c", "item_id": "kept", "sold_on": MONDAY},
        {"customer_id": "c", "item_id": "returned", "sold_on": MONDAY, "kind": "return", "quantity": -1},
        {"customer_id": "c", "item_id": "postage", "sold_on": MONDAY, "kind": "charge"},
        {"customer_id": None, "item_id": "kept", "sold_on": MONDAY},
    )
    pairs = customer_item_pairs(bought, params=InteractionParams(), as_of=AS_OF).collect()
    assert [(pair["customer_id"], pair["item_id"]) for pair in pairs] == [("c", "kept")]


def test_numbers_are_unique_whatever_the_number_of_buckets(spark):
    """500 ids; in one bucket the numbers are 0 to 499 without a gap."""
    ids = spark.range(500).selectExpr("concat('id', id) AS id")
    for buckets in (1, 7, 64):
        numbers = [row["n"] for row in number_ids(ids, "id", "n", buckets).collect()]
        assert len(set(numbers)) == 500
        assert min(numbers) >= 0
    assert sorted(row["n"] for row in number_ids(ids, "id", "n", 1).collect()) == list(range(500))


def test_numbers_do_not_depend_on_the_order_of_reading(spark):
    ids = spark.range(300).selectExpr("concat('id', id) AS id")
    shuffled = ids.repartition(5).sortWithinPartitions("id", ascending=False)
    assert set(number_ids(ids, "id", "n", 8).collect()) == set(number_ids(shuffled, "id", "n", 8).collect())


def test_no_row_passes_through_python(spark):
    bought = sales(spark, {"customer_id": "c", "item_id": "i", "sold_on": MONDAY})
    plan = customer_item_pairs(bought, params=InteractionParams(), as_of=AS_OF)._jdf.queryExecution().executedPlan().toString()
    assert "Python" not in plan
