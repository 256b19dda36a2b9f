"""Figures of lists and ratings: by hand, and against scikit-learn's."""

import numpy as np
import pytest
from sklearn.metrics import mean_absolute_error, ndcg_score, roc_auc_score, root_mean_squared_error

from shelfwise.core.frames import local_frame
from shelfwise.recommend.own.figures import auc, ranking_figures, rating_figures

PAIRS = "customer_index int, item_index int"
LISTS = "model string, customer_index int, item_index int, place int"


def test_figures_are_means_over_all_who_took_something_and_who_has_no_list_counts_zero(spark):
    """k = 2. Customer 1 took 5 and 6, shown 5, 9: precision 1/2, recall 1/2, hit, AP 1/2, nDCG 1 / (1 + 1/log2(3)) = .6131.
    Customer 2 took 7 and has no list. Customer 3 took nothing. Means of two: halves of it. 5 and 9 of four items are shown;
    5 is known by 2 of 4 customers (1 bit), 9 by 1 (2 bits): 1.5."""
    lists = local_frame(spark, [("m", 1, 5, 1), ("m", 1, 9, 2), ("m", 1, 6, 3), ("m", 3, 9, 1)], LISTS)
    held = local_frame(spark, [(1, 5), (1, 6), (2, 7)], PAIRS)
    known = local_frame(spark, [(1, 9), (2, 5), (3, 5), (4, 6), (3, 7)], PAIRS)
    row = ranking_figures(lists, held, known, 2).first()
    assert row["customers"] == 2
    assert row["ndcg"] == pytest.approx(0.6131 / 2, abs=1e-4)
    found = {name: row[name] for name in ("map", "precision", "recall", "hit_rate", "coverage", "novelty")}
    assert found == pytest.approx(
        {"map": 0.25, "precision": 0.25, "recall": 0.25, "hit_rate": 0.5, "coverage": 0.5, "novelty": 1.5}
    )


@pytest.fixture(scope="module")
def drawn():
    """30 customers x 25 items: scores without ties, and what was relevant."""
    draw = np.random.default_rng(8)
    return draw.permuted(np.tile(np.arange(25.0), (30, 1)), axis=1), (draw.uniform(size=(30, 25)) < 0.2).astype(int)


def test_ndcg_is_that_of_scikit_learn(spark, drawn):
    scored, relevant = drawn
    order = np.argsort(-scored, axis=1)
    lists = local_frame(spark, [("m", c, int(i), p + 1) for c in range(30) for p, i in enumerate(order[c, :10])], LISTS)
    held = local_frame(spark, [(int(c), int(i)) for c, i in zip(*np.nonzero(relevant), strict=True)], PAIRS)
    some = relevant.any(axis=1)
    found = ranking_figures(lists, held, held, 10).first()["ndcg"]
    assert found == pytest.approx(ndcg_score(relevant[some], scored[some], k=10), abs=1e-9)


def test_auc_is_that_of_scikit_learn_ties_and_all(spark, drawn):
    scored, relevant = drawn
    rows = [("a", float(s), bool(r)) for s, r in zip(scored.ravel(), relevant.ravel(), strict=True)]
    rows += [("b", float(s + 9 * r), bool(r)) for s, r in zip(scored.ravel(), relevant.ravel(), strict=True)]
    scores = local_frame(spark, rows, "model string, score double, relevant boolean")
    found = {row["model"]: row["auc"] for row in auc(scores).collect()}
    assert found["a"] == pytest.approx(roc_auc_score(relevant.ravel(), scored.ravel()), abs=1e-9)
    assert found["b"] == pytest.approx(roc_auc_score(relevant.ravel(), (scored + 9 * relevant).ravel()), abs=1e-9)


def test_where_all_is_relevant_there_is_no_auc(spark):
    rows = local_frame(spark, [("a", 1.0, True), ("a", 2.0, True)], "model string, score double, relevant boolean")
    assert auc(rows).first()["auc"] is None


def test_errors_of_ratings_are_those_of_scikit_learn(spark):
    draw = np.random.default_rng(1)
    truth, told = draw.integers(1, 6, 200).astype(float), draw.uniform(1, 5, 200)
    rows = [("m", *map(float, row)) for row in zip(truth, told, strict=True)]
    row = rating_figures(local_frame(spark, rows, "model string, rating double, score double")).first()
    assert row["rmse"] == pytest.approx(root_mean_squared_error(truth, told), abs=1e-9)
    assert row["mae"] == pytest.approx(mean_absolute_error(truth, told), abs=1e-9)
