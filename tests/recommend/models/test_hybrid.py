"""The mixture: standard scores by hand, weights that find the model which knows."""

import numpy as np
import pytest

from shelfwise.core.frames import local_frame
from shelfwise.recommend.models.hybrid import HybridParams, mixed, offers, weights
from shelfwise.recommend.vectors import of_factors
from tests.recommend.builders import factors

TAKEN = "customer_index int, item_index int, strength float, at double"


def test_all_models_score_what_any_of_them_offers_as_standard_scores(spark):
    """Two models, one place each. A says 3, 1, 0 of items 1, 2, 3 and offers 1; B says 0, 1, 5 and offers 3. Both have two offers:
    standard scores are +1 and -1. Item 1 has one customer, item 3 none."""
    person = factors(spark, {1: [1.0]})
    models = {
        "a": of_factors(person, factors(spark, {1: [3.0], 2: [1.0], 3: [0.5]})),
        "b": of_factors(person, factors(spark, {1: [0.5], 2: [1.0], 3: [5.0]})),
    }
    taken = local_frame(spark, [(1, 9, 1.0, 0.0), (2, 1, 1.0, 0.0)], TAKEN)
    rows = offers(models, taken, taken.select("customer_index", "item_index"), HybridParams(offered=1)).collect()
    assert {row["item_index"]: (row["a"], row["b"]) for row in rows} == {1: (1.0, -1.0), 3: (-1.0, 1.0)}
    assert {row["item_index"]: row["item_size"] for row in rows} == {1: pytest.approx(np.log(2)), 3: 0.0}


def test_weights_go_to_the_model_that_knows(spark):
    draw = np.random.default_rng(2)
    wise, noise = draw.normal(size=(2, 3_000))
    hits = (draw.uniform(size=3_000) < 1 / (1 + np.exp(2 - 1.5 * wise))).astype(float)
    drawn = enumerate(zip(wise, noise, hits, strict=True))
    rows = [(c, 0, float(w), float(n), 1.0, 1.0, float(h)) for c, (w, n, h) in drawn]
    lessons = local_frame(
        spark,
        rows,
        "customer_index int, item_index int, wise double, noise double, customer_size double, item_size double, relevant double",
    )
    found = weights(lessons, ["wise", "noise"], HybridParams())
    assert found["wise"] == pytest.approx(1.5, abs=0.15)
    assert found["noise"] == pytest.approx(0.0, abs=0.15)


def test_where_nothing_is_relevant_all_models_count_alike(spark):
    lessons = local_frame(
        spark,
        [(1, 2, 1.0, 0.0, 1.0, 1.0, 0.0)],
        "customer_index int, item_index int, a double, b double, customer_size double, item_size double, relevant double",
    )
    assert weights(lessons, ["a", "b"], HybridParams()) == {"a": 1.0, "b": 1.0}


def test_the_list_follows_the_weighed_sum(spark):
    """2 a - b: 2, 1, 3."""
    offered = local_frame(
        spark, [(1, 5, 1.0, 0.0), (1, 6, 1.0, 1.0), (1, 7, 2.0, 1.0)], "customer_index int, item_index int, a double, b double"
    )
    rows = mixed(offered, {"a": 2.0, "b": -1.0}).orderBy("place").collect()
    assert [(row["item_index"], row["score"]) for row in rows] == [(7, 3.0), (5, 2.0), (6, 1.0)]
