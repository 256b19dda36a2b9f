"""Products of vectors, across blocks, dense and sparse."""

from datetime import date
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyspark.sql import functions as F

from shelfwise.core.frames import local_frame
from shelfwise.recommend import vectors
from shelfwise.recommend.candidates import live_items, most_bought, popularity
from shelfwise.recommend.vectors import Vectors, best, gathered, of_factors, products, scores
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
    found = best(of_factors(people, goods), pairs(spark, (1, 10, 1, DAY)), 2)
    assert lists(found) == {1: [20, 30], 2: [30, 20]}
    assert {row["item_index"]: row["score"] for row in found.collect() if row["customer_index"] == 2} == {30: 5.0, 20: 1.0}


def test_ties_go_to_the_smaller_number(spark):
    """All four items score 1: of three places, numbers 5, 6, 7."""
    goods = factors(spark, {8: [1.0], 6: [1.0], 7: [1.0], 5: [1.0]})
    assert lists(best(of_factors(factors(spark, {1: [1.0]}), goods), pairs(spark, (1, 99, 1, DAY)), 3)) == {1: [5, 6, 7]}


def test_a_customer_who_bought_everything_gets_nothing(spark):
    goods = factors(spark, {5: [1.0]})
    assert lists(best(of_factors(factors(spark, {1: [1.0], 2: [1.0]}), goods), pairs(spark, (1, 5, 1, DAY)), 3)) == {2: [5]}


def test_many_small_blocks_give_what_one_big_product_gives(spark, monkeypatch):
    """11 customers x 23 items in blocks of 4 and 5, 40 pairs bought; NumPy's own ranking of the whole matrix is the truth."""
    monkeypatch.setattr(vectors, "DENSE", (4, 5))
    draw = np.random.default_rng(7)
    people, goods = draw.normal(size=(11, 3)).astype(np.float32), draw.normal(size=(23, 3)).astype(np.float32)
    bought = {(int(c), int(i)) for c, i in zip(draw.integers(0, 11, 40), draw.integers(0, 23, 40), strict=True)}
    scores = people @ goods.T
    for customer, item in bought:
        scores[customer, item] = -np.inf
    truth = {customer: np.argsort(-scores[customer])[:6].tolist() for customer in range(11)}
    found = best(
        of_factors(factors(spark, dict(enumerate(people.tolist()))), factors(spark, dict(enumerate(goods.tolist())))),
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
    found = lists(best(popularity(bought, live), bought, 10))
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


@pytest.fixture(scope="module")
def sparse(spark):
    """9 customers x 14 inner things and 14 x 17 items, three of ten filled, some below 0, ids and indices with gaps."""
    draw = np.random.default_rng(11)
    left, right = [draw.normal(size=shape) * (draw.uniform(size=shape) < 0.3) for shape in ((9, 14), (14, 17))]
    left[4], right[:, 6] = 0, 0
    rows = [(3 * int(c), 5 * int(i), float(left[c, i])) for c, i in zip(*np.nonzero(left), strict=True)]
    columns = [(2 * int(j), 5 * int(i), float(right[i, j])) for i, j in zip(*np.nonzero(right), strict=True)]
    # an index that no item has, and one that no customer has
    customers = local_frame(spark, [*rows, (0, 999, 50.0)], "id int, index int, value double")
    items = local_frame(spark, [*columns, (0, 998, 50.0)], "id int, index int, value double")
    return Vectors(*[gathered(entries, "id", "index", "value") for entries in (customers, items)]), left @ right


def test_sparse_vectors_have_the_products_of_their_matrices(sparse, monkeypatch):
    """In blocks of 5 ids x 7 ids: six cells and more."""
    monkeypatch.setattr(vectors, "SPARSE", (5, 7))
    given, truth = sparse
    found = {(row["customer_index"] // 3, row["item_index"] // 2): row["score"] for row in products(given).collect()}
    assert found == {(c, j): pytest.approx(truth[c, j], abs=1e-5) for c, j in zip(*np.nonzero(truth), strict=True)}


def test_best_of_sparse_vectors_are_those_of_the_whole_matrix_and_zeros_are_no_offer(spark, sparse, monkeypatch):
    monkeypatch.setattr(vectors, "SPARSE", (5, 7))
    given, truth = sparse
    seen = local_frame(spark, [(0, 2 * int(np.argmax(truth[0]))), (24, 32)], "customer_index int, item_index int")
    hidden = truth.copy()
    hidden[0, np.argmax(truth[0])] = hidden[8, 16] = 0
    wanted = {3 * c: [2 * int(j) for j in np.argsort(-hidden[c]) if hidden[c, j] != 0][:4] for c in range(9) if hidden[c].any()}
    assert lists(best(given, seen, 4)) == wanted


def test_scores_are_given_for_the_pairs_that_are_asked_for(spark, sparse):
    """Customer 12 and item 12 have no vector at all; customer 3 and item 4 have."""
    given, truth = sparse
    asked = local_frame(spark, [(3, 4), (12, 4), (3, 12), (6, 8)], "customer_index int, item_index int")
    found = {(row["customer_index"], row["item_index"]): row["score"] for row in scores(given, asked).collect()}
    assert found == {(3, 4): pytest.approx(truth[1, 2], abs=1e-5), (6, 8): pytest.approx(truth[2, 4], abs=1e-5)}


def test_scores_of_factors_are_their_products(spark):
    """(1, 2) and (3, 4): 3 + 8 = 11."""
    given = of_factors(factors(spark, {1: [1.0, 2.0]}), factors(spark, {7: [3.0, 4.0], 8: [9.0, 9.0]}))
    asked = local_frame(spark, [(1, 7)], "customer_index int, item_index int")
    assert [row["score"] for row in scores(given, asked).collect()] == [11.0]


def test_a_product_may_be_rescaled_by_sizes_before_the_best_are_taken(spark):
    """Products 6 and 4, item sizes 3 and 1: 2 and 4."""
    goods = factors(spark, {5: [6.0], 6: [4.0]}).withColumn("size", F.when(F.col("id") == 5, 3.0).otherwise(1.0).cast("float"))
    people = factors(spark, {1: [1.0]}).withColumn("size", F.lit(1.0).cast("float"))
    empty = F.lit(None).cast("array<int>").alias("indices")
    sized = [frame.select("id", empty, F.col("features").alias("values"), "size") for frame in (people, goods)]
    found = best(Vectors(*sized, dense=True), None, 2, rescale=lambda scored, left, right: scored / left[:, None] / right[None, :])
    assert [(row["item_index"], row["score"]) for row in found.orderBy("place").collect()] == [(6, 4.0), (5, 2.0)]


@pytest.mark.parametrize("filled", [0.02, 0.5])
def test_an_empty_and_a_crowded_matrix_are_multiplied_alike(filled):
    """6 x 300 and 300 x 8: below a tenth the product is made without filling the zeros in."""
    draw = np.random.default_rng(9)
    left, right = [draw.normal(size=(rows, 300)) * (draw.uniform(size=(rows, 300)) < filled) for rows in (6, 8)]
    sides = {"customer": left, "item": right}
    cell = {f"{side}_lengths": (matrix != 0).sum(axis=1) for side, matrix in sides.items()}
    cell |= {f"{side}_indices": np.nonzero(matrix)[1] for side, matrix in sides.items()}
    cell |= {f"{side}_values": matrix[np.nonzero(matrix)] for side, matrix in sides.items()}
    assert vectors.product(SimpleNamespace(**cell)) == pytest.approx(left @ right.T, abs=1e-4)


@given(st.integers(1, 900), st.integers(1, 12), st.integers(0, 2**32 - 1), st.booleans())
@settings(max_examples=60, deadline=None)
def test_all_that_may_be_among_the_best_is_looked_at(columns, k, seed, tied):
    """Four rows, half of whose scores are hidden, the last one's all: found is what is at least the row's k-th best, and more."""
    k, draw = min(k, columns), np.random.default_rng(seed)
    scored = (draw.integers(0, 5, (4, columns)) if tied else draw.normal(size=(4, columns))).astype(np.float32)
    scored[draw.uniform(size=scored.shape) < 0.5] = scored[3] = -np.inf
    row, column = vectors.likeliest(scored, k)
    assert (np.diff(row) >= 0).all()
    assert np.isfinite(scored[row, column]).all()
    least = np.sort(scored, axis=1)[:, -k]
    needed = {(int(r), int(c)) for r, c in zip(*np.nonzero((scored >= least[:, None]) & np.isfinite(scored)), strict=True)}
    assert needed <= set(zip(row.tolist(), column.tolist(), strict=True))


def test_little_else_is_looked_at():
    """Of 5,000 scores in 156 groups the best ten lie in ten different groups, or nearly so: of the rest one or two are as high."""
    scored = np.random.default_rng(3).normal(size=(200, 5_000)).astype(np.float32)
    row, _ = vectors.likeliest(scored, 10)
    assert np.bincount(row).min() >= 10
    assert len(row) < 200 * 12
