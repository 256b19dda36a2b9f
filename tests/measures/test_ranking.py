"""Ranked lists against what was relevant, worked by hand."""

from math import log2

import pytest
from pyspark.sql import functions as F

from shelfwise.core.frames import local_frame
from shelfwise.measures.ranking import average_precision, ndcg, novelty, precision, recall

LISTS = "ranked array<string>, relevant array<string>"


def of(spark, measure, ranked, relevant, k):
    frame = local_frame(spark, [(ranked, relevant)], LISTS)
    return frame.select(measure(F.col("ranked"), F.col("relevant"), k).alias("value")).first()["value"]


def test_ndcg_discounts_hits_by_the_logarithm_of_their_place(spark):
    """Hits at places 1 and 3: 1/log2(2) + 1/log2(4) = 1.5; best, three hits: 1 + 1/log2(3) + .5 = 2.1309; 1.5/2.1309 = .7039."""
    found = of(spark, ndcg, ["a", "x", "b"], ["a", "b", "c"], 10)
    assert found == pytest.approx(1.5 / (1.5 + 1 / log2(3)))
    assert found == pytest.approx(0.7039, abs=1e-4)


def test_the_best_possible_list_is_no_longer_than_k(spark):
    """Two places, both hits, of four relevant: nothing better was possible."""
    assert of(spark, ndcg, ["a", "b"], ["a", "b", "c", "d"], 2) == pytest.approx(1.0)


def test_places_after_k_do_not_count(spark):
    """The hit is at place 3, k is 2."""
    for measure in (ndcg, average_precision, precision, recall):
        assert of(spark, measure, ["x", "y", "a"], ["a"], 2) == 0.0


def test_average_precision_is_the_mean_precision_at_the_hits(spark):
    """Hits at places 1 and 3: precisions 1/1 and 2/3; three relevant: (1 + 2/3) / 3 = .5556."""
    assert of(spark, average_precision, ["a", "x", "b"], ["a", "b", "c"], 10) == pytest.approx(5 / 9)


def test_average_precision_of_a_full_hit_list_is_one(spark):
    """(1/1 + 2/2) / min(2, 3)."""
    assert of(spark, average_precision, ["a", "b"], ["a", "b", "c"], 2) == pytest.approx(1.0)


def test_precision_divides_by_k_even_when_the_list_is_shorter(spark):
    """Two hits of ten places."""
    assert of(spark, precision, ["a", "x", "b"], ["a", "b", "c"], 10) == pytest.approx(0.2)


def test_recall_divides_by_what_was_relevant(spark):
    """Two of three."""
    assert of(spark, recall, ["a", "x", "b"], ["a", "b", "c"], 10) == pytest.approx(2 / 3)


def test_an_empty_list_scores_zero(spark):
    for measure in (ndcg, average_precision, precision, recall):
        assert of(spark, measure, [], ["a"], 10) == 0.0


def test_where_nothing_is_relevant_quality_is_unknown(spark):
    for measure in (ndcg, average_precision, recall):
        assert of(spark, measure, ["a"], [], 10) is None


def test_novelty_is_one_bit_for_an_item_that_half_bought_and_none_for_one_that_all_did(spark):
    """-log2(2/4) = 1; -log2(4/4) = 0; -log2(1/4) = 2."""
    frame = local_frame(spark, [(2, 4), (4, 4), (1, 4)], "buyers long, customers long")
    assert [row[0] for row in frame.select(novelty(F.col("buyers"), F.col("customers"))).collect()] == [1.0, 0.0, 2.0]
