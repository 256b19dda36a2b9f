"""Ratings foretold: biases by hand, residuals of neighbours by NumPy, a blend that knows whom to believe."""

import numpy as np
import pytest

from shelfwise.core.frames import local_frame
from shelfwise.recommend.models.explicit import (
    BIASES,
    BLEND,
    CUSTOMERS,
    FACTORS,
    ITEMS,
    PARTS,
    RatingParams,
    blended,
    foretold,
    learnt,
)
from shelfwise.recommend.models.factors import FactorParams

RATINGS = "customer_index int, item_index int, rating double"
SMALL = FactorParams(rank=2, regularisation=0.1, iterations=3)


def test_biases_are_shrunken_means_of_what_is_left(spark):
    """Mean 3. One sweep, shrinkage 1. Item 1: (1 + 2) / 3 = 1; item 2: -3 / 2 = -1.5. Customer 1: (1 - 1 - 3 + 1.5) / 3 = -.5;
    customer 2: (2 - 1) / 2 = .5. Customer 2 is asked about item 2: 3 + .5 - 1.5 = 2; a stranger about item 1: 3 + 1 = 4."""
    known = local_frame(spark, [(1, 1, 4.0), (2, 1, 5.0), (1, 2, 0.0)], RATINGS)
    params = RatingParams(shrinkage=1.0, sweeps=1, factors=SMALL)
    asked = local_frame(spark, [(2, 2), (9, 1)], "customer_index int, item_index int")
    found = {row["customer_index"]: row[BIASES] for row in foretold(known, asked, params).collect()}
    assert found == pytest.approx({2: 2.0, 9: 4.0})


@pytest.fixture(scope="module")
def planted(spark):
    """40 customers x 30 items, a bias each and one taste; half is known."""
    draw = np.random.default_rng(3)
    truth = 3 + draw.normal(0, 0.5, (40, 1)) + draw.normal(0, 0.5, 30) + np.outer(draw.normal(size=40), draw.normal(size=30))
    rated = truth + draw.normal(0, 0.2, truth.shape)
    known = draw.uniform(size=truth.shape) < 0.5
    frames = [
        local_frame(spark, [(int(c), int(i), float(rated[c, i])) for c, i in zip(*np.nonzero(mask), strict=True)], RATINGS)
        for mask in (known, ~known)
    ]
    return *frames, np.where(known, rated, np.nan)


def test_neighbours_say_the_mean_residual_of_what_is_alike(spark, planted):
    known, unseen, rated = planted
    params = RatingParams(factors=SMALL, nearest=1_000)
    residual = np.zeros(rated.shape)
    for row in learnt(known, params).residuals.collect():
        residual[row["customer_index"], row["item_index"]] = row["strength"]
    flat = 1.0 * ~np.isnan(rated)

    def neighbours(left, mask, sharpness):
        length = np.linalg.norm(left, axis=0)
        alike = np.maximum(left.T @ left / np.outer(length, length), 0) ** sharpness
        np.fill_diagonal(alike, 0)
        return left @ alike / (mask @ alike + params.doubt)

    truth = {
        ITEMS: neighbours(residual, flat, params.item_sharpness),
        CUSTOMERS: neighbours(residual.T, flat.T, params.customer_sharpness).T,
    }
    for row in foretold(known, unseen, params).collect():
        for name, added in truth.items():
            assert row[name] - row[BIASES] == pytest.approx(added[row["customer_index"], row["item_index"]], abs=1e-4)


def test_a_planted_taste_is_found_and_the_blend_is_no_worse_than_its_best_part(spark, planted):
    """Noise .2: biases alone miss the taste (some .9), factors find it."""
    known, unseen, _ = planted
    params = RatingParams(factors=FactorParams(rank=4, regularisation=0.02, iterations=10))
    told = foretold(known, unseen, params)
    lessons, judged = told.where("customer_index % 2 = 0"), told.where("customer_index % 2 = 1")
    rows = blended(lessons, judged).collect()
    error = {name: np.sqrt(np.mean([(row[name] - row["rating"]) ** 2 for row in rows])) for name in (*PARTS, BLEND)}
    assert error[FACTORS] < 0.5 * error[BIASES]
    assert error[ITEMS] < error[BIASES]
    assert error[BLEND] < 1.02 * min(error[name] for name in PARTS)
