"""Each model against its formula, worked by hand or by NumPy on the whole matrix."""

import numpy as np
import pytest

from shelfwise.core.frames import local_frame
from shelfwise.recommend.models.ease import EaseParams, ease
from shelfwise.recommend.models.every import MODELS
from shelfwise.recommend.models.factors import FactorParams, nonnegative_factors
from shelfwise.recommend.models.neighbours import NeighbourParams, customer_neighbours, item_neighbours
from shelfwise.recommend.models.popular import PopularParams, popular
from shelfwise.recommend.models.recurrent import LstmParams
from shelfwise.recommend.models.sequences import SequenceParams, item_sequences
from shelfwise.recommend.models.svd import SvdParams, svd
from shelfwise.recommend.models.taken import known_well
from shelfwise.recommend.vectors import best, scores

TAKEN = "customer_index int, item_index int, strength float, at double"


def taken(spark, *rows):
    """customer, item, strength (1) and time (0)."""
    return local_frame(spark, [tuple([*row, 1.0, 0.0][:2]) + (tuple(row[2:]) + (1.0, 0.0)[len(row) - 2 :]) for row in rows], TAKEN)


@pytest.fixture(scope="module")
def matrix():
    """18 customers x 13 items, a third taken, with strengths; nobody is without an item."""
    draw = np.random.default_rng(5)
    given = (draw.uniform(size=(18, 13)) < 0.35) * draw.uniform(0.5, 2, size=(18, 13))
    given[np.arange(18), np.arange(18) % 13] = 1.0
    return given


@pytest.fixture(scope="module")
def known(spark, matrix):
    return taken(spark, *[(int(c), int(i), float(matrix[c, i]), float(i)) for c, i in zip(*np.nonzero(matrix), strict=True)])


def whole(spark, vectors, shape):
    """All scores, as a matrix."""
    asked = local_frame(spark, [(c, i) for c in range(shape[0]) for i in range(shape[1])], "customer_index int, item_index int")
    found = np.zeros(shape)
    for row in scores(vectors, asked).collect():
        found[row["customer_index"], row["item_index"]] = row["score"]
    return found


def test_ease_is_the_ridge_regression_of_each_item_on_all_others(spark, matrix, known):
    """Column by column: argmin |x_j - X b|^2 + 3 |b|^2 with b_j = 0, solved without the closed form that the model uses."""
    weights = np.zeros((13, 13))
    for j in range(13):
        others = [i for i in range(13) if i != j]
        some = matrix[:, others]
        weights[others, j] = np.linalg.solve(some.T @ some + 3 * np.eye(12), some.T @ matrix[:, j])
    found = whole(spark, ease(known, EaseParams(penalty=3.0)), matrix.shape)
    assert found == pytest.approx(matrix @ weights, abs=1e-4)


def test_ease_keeps_only_the_largest_weights_and_the_items_most_known(spark, matrix, known):
    items = ease(known, EaseParams(penalty=3.0, weights=4, most_items=6)).items.collect()
    sizes = (matrix > 0).sum(axis=0)
    most = sorted(sorted(range(13), key=lambda i: (-sizes[i], i))[:6])
    assert sorted(row["id"] for row in items) == most
    assert {len(row["indices"]) for row in items} == {4}
    assert {row["item_index"] for row in known_well(known, 6).collect()} == set(most)


def test_svd_is_the_nearest_matrix_of_its_rank(spark, matrix, known):
    left, size, right = np.linalg.svd(matrix, full_matrices=False)
    found = whole(spark, svd(known, SvdParams(rank=3)), matrix.shape)
    assert found == pytest.approx((left[:, :3] * size[:3]) @ right[:3], abs=1e-4)


def alike(flat, nearest, shrinkage, power):
    """Likenesses of the columns, each with its nearest only."""
    common, sizes = flat.T @ flat, flat.sum(axis=0)
    found = common**2 / (common + shrinkage) / np.outer(sizes, sizes) ** power
    np.fill_diagonal(found, 0)
    for j in range(len(found)):
        found[np.argsort(-found[:, j], kind="stable")[nearest:], j] = 0
    return found


def test_item_neighbours_add_up_the_likenesses_of_what_was_taken(spark, matrix, known):
    params = NeighbourParams(nearest=4, shrinkage=2.0, power=0.4)
    found = whole(spark, item_neighbours(known, params), matrix.shape)
    assert found == pytest.approx(matrix @ alike(1.0 * (matrix > 0), 4, 2.0, 0.4), abs=1e-5)


def test_customer_neighbours_add_up_what_those_alike_took(spark, matrix, known):
    params = NeighbourParams(nearest=5, shrinkage=2.0, power=0.5)
    found = whole(spark, customer_neighbours(known, params), matrix.shape)
    assert found == pytest.approx(alike(1.0 * (matrix > 0).T, 5, 2.0, 0.5).T @ matrix, abs=1e-5)


def test_the_cosine_of_two_items_by_hand(spark):
    """Items 1 and 2: customers {1, 2, 3} and {2, 3}; 2 in common, 2 / sqrt(3 * 2) = .8165. Customer 1 took item 1 only."""
    known = taken(spark, (1, 1), (2, 1), (3, 1), (2, 2), (3, 2))
    (row,) = best(item_neighbours(known, NeighbourParams(shrinkage=0.0)), known, 5).collect()
    assert (row["customer_index"], row["item_index"]) == (1, 2)
    assert row["score"] == pytest.approx(0.8165, abs=1e-4)


def test_popularity_with_a_half_life_counts_what_is_taken_of_late(spark):
    """Item 1: three takes, 20 days old, half-life 10: 3/4. Item 2: one today. Plainly item 1 leads, of late item 2."""
    known = taken(spark, (1, 1, 1.0, 80.0), (2, 1, 1.0, 80.0), (3, 1, 1.0, 80.0), (4, 2, 1.0, 100.0))
    for half_life, wanted in ((None, {1: 3.0, 2: 1.0}), (10.0, {1: 0.75, 2: 1.0})):
        items = popular(known, PopularParams(half_life=half_life)).items.collect()
        assert {row["id"]: row["values"][0] for row in items} == pytest.approx(wanted)


LSTM = LstmParams(rank=8, length=8, negatives=16, batch=8, step=0.02)


def two_kinds(spark):
    """24 customers take 8 of 12 items of their own kind, one after another."""
    rows = [(c, c % 2 * 12 + (c // 2 + n) % 12, 1.0, float(n)) for c in range(24) for n in range(8)]
    return taken(spark, *rows)


@pytest.mark.parametrize("name", [name for name in MODELS if name != "popularity"])
def test_every_model_tells_two_kinds_of_customers_apart(spark, name):
    """Four items of the own kind are new to each, and come before all of the other kind's."""
    known = two_kinds(spark)
    small = {"svd": SvdParams(rank=4), "item2vec": SequenceParams(rank=8, iterations=30), "lstm": LSTM}
    vectors = MODELS[name].fit(known, small.get(name, MODELS[name].params))
    found = best(vectors, known, 4).collect()
    own = [row["item_index"] // 12 == row["customer_index"] % 2 for row in found]
    assert len(found) >= 24 * 3
    assert all(own)


def test_nonnegative_factors_are_that(spark, known):
    vectors = nonnegative_factors(known, FactorParams(rank=4))
    for frame in (vectors.customers, vectors.items):
        assert all(value >= 0 for row in frame.collect() for value in row["values"])


def test_item_vectors_have_length_one_and_equal_seeds_give_equal_ones(spark):
    known = two_kinds(spark)
    one, other = [
        {row["id"]: list(row["values"]) for row in item_sequences(frame, SequenceParams(rank=4)).items.collect()}
        for frame in (known, known.repartition(5))
    ]
    assert one == other
    assert [np.linalg.norm(values) for values in one.values()] == pytest.approx([1.0] * 24)
