"""Popularity in segments, by hand."""

import pytest

from shelfwise.core.frames import local_frame
from shelfwise.recommend.models.segments import SegmentParams, numbered_segments, popular_in_segments
from shelfwise.recommend.vectors import best, scores

TAKEN = "customer_index int, item_index int, strength float, at double"
CUSTOMERS = "customer_index int, attributes map<string,string>"
SHOP = [(1, {"a": "x"}), (2, {"a": "x"}), (3, {"a": "y", "b": "p"}), (4, {"a": "x"}), (5, {}), (6, {"a": "z"})]


def scored(spark, vectors, customers):
    asked = local_frame(spark, [(c, i) for c in customers for i in (1, 2)], "customer_index int, item_index int")
    return {(row[0], row[1]): row["score"] for row in scores(vectors, asked).collect()}


def test_a_segments_share_counts_as_far_as_it_has_customers(spark):
    """1 and 2 (a = x) took item 1, 3 (a = y, b = p) item 2; doubt 2. The shop: 2/3 and 1/3.

    4 (x): 2 customers, half trusted: (1 + 2/3) / 2 and 1/6. 3: a segment of one customer, trusted by 1/3: 2/3 * 2/3 and
    1/3 + 2/3 * 1/3. 5 has no attributes, nobody of the segment of 6 took anything: the shop's.
    """
    taken = local_frame(spark, [(1, 1, 1.0, 0.0), (2, 1, 1.0, 0.0), (3, 2, 1.0, 0.0)], TAKEN)
    vectors = popular_in_segments(taken, local_frame(spark, SHOP, CUSTOMERS), SegmentParams(doubt=2.0))
    shop = (2 / 3, 1 / 3)
    truth = {3: (4 / 9, 5 / 9), 4: (5 / 6, 1 / 6), 5: shop, 6: shop}
    wanted = {(c, item): share for c, shares in truth.items() for item, share in zip((1, 2), shares, strict=True)}
    assert scored(spark, vectors, truth) == pytest.approx(wanted, abs=1e-6)
    (first,) = best(vectors, None, 1).where("customer_index = 3").collect()
    assert first["item_index"] == 2


def test_purchases_fade_in_segments_too(spark):
    """Half-life 10: item 1 was taken 10 days before item 2. Nobody doubts: x's shares are 1/2 * 1/2 and 1/2."""
    taken = local_frame(spark, [(1, 1, 1.0, 80.0), (2, 2, 1.0, 90.0)], TAKEN)
    vectors = popular_in_segments(taken, local_frame(spark, SHOP[:2], CUSTOMERS), SegmentParams(doubt=0.0, half_life=10.0))
    assert scored(spark, vectors, [1]) == pytest.approx({(1, 1): 0.25, (1, 2): 0.5}, abs=1e-6)


def test_a_customers_weights_add_up_to_one(spark):
    taken = local_frame(spark, [(1, 1, 1.0, 0.0), (3, 2, 1.0, 0.0)], TAKEN)
    rows = popular_in_segments(taken, local_frame(spark, SHOP, CUSTOMERS), SegmentParams(doubt=3.0)).customers.collect()
    assert {row["id"] for row in rows} == {1, 2, 3, 4, 5, 6}
    assert [sum(row["values"]) for row in rows] == pytest.approx([1.0] * 6)


def test_a_segment_is_all_that_is_known_of_a_customer(spark):
    """The order of a map does not matter; numbers start at 1."""
    customers = local_frame(spark, [(1, {"b": "p", "a": "x"}), (2, {"a": "x", "b": "p"}), (3, {"a": "x"}), (4, {})], CUSTOMERS)
    rows = numbered_segments(customers, 4).collect()
    assert {row["customer_index"]: row["segment"] for row in rows} == {1: "a = x; b = p", 2: "a = x; b = p", 3: "a = x"}
    assert len({row["segment_index"] for row in rows}) == 2
    assert min(row["segment_index"] for row in rows) >= 1
