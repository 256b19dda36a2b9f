"""Held-out weeks: who is judged, on what, and by which figures."""

from datetime import date, timedelta
from math import log2

import pytest

from shelfwise.contracts.features import PROMOTION_WEEK
from shelfwise.contracts.gold.recommend import RECOMMENDER_ACCURACY
from shelfwise.core.errors import JobError
from shelfwise.core.frames import local_frame
from shelfwise.features.interactions import InteractionParams, customer_item_pairs
from shelfwise.recommend.als import AlsParams
from shelfwise.recommend.evaluate import HoldoutParams, bought_after, judge, recommender_accuracy, sold_items
from shelfwise.recommend.ranker.lessons import recommender_lessons
from shelfwise.recommend.ranker.model import ranked
from shelfwise.recommend.ranker.rows import FEATURES
from shelfwise.recommend.train import plain_share, train_ranker, train_recommender
from tests.recommend.builders import events, items, pairs, rows_of, sales
from tests.recommend.conftest import AS_OF, FACTORS, LESSONS, RANKER, two_kinds

SMALL = HoldoutParams(**FACTORS.model_dump(), ranker=RANKER)
EARLY, LATE = date(2017, 9, 1), date(2017, 10, 20)


@pytest.fixture(scope="module")
def judged(spark, shop):
    """Four days before the end each customer bought one item of the own kind for the first time, and two again."""
    new = [
        {"customer_id": f"c{n:02}", "item_id": f"i{n % 2 * 12 + (n // 2 + 8) % 12:02}", "sold_on": AS_OF - timedelta(days=4)}
        for n in range(16)
    ]
    bought = sales(spark, *two_kinds(), *new)
    numbered = customer_item_pairs(bought, shop.events, params=InteractionParams(), as_of=AS_OF)
    lessons = recommender_lessons(bought, shop.items, numbered, shop.promotions, shop.events, params=LESSONS, as_of=AS_OF).cache()
    accuracy = recommender_accuracy(bought, shop.items, numbered, lessons, params=SMALL, as_of=AS_OF).cache()
    return {(row["model"], row["target"]): row for row in accuracy.collect()}, (numbered, lessons), accuracy


def test_every_model_is_judged_on_the_targets_it_can_serve(judged):
    found, *_ = judged
    both = {(model, target) for model in ("als", "popularity", "ranker") for target in ("new", "all")}
    assert set(found) == both | {("own_most_bought", "all"), ("lists", "all")}
    assert {name for (name, _), row in found.items() if row["calibration"] is not None} == {"ranker", "lists"}
    assert {(row["customers"], row["split_on"]) for row in found.values()} == {(16, AS_OF - timedelta(days=28))}


def test_als_beats_popularity_where_customers_are_of_two_kinds(judged):
    """Four items of the own kind are new to each customer; popularity cannot tell them from the other kind's twelve."""
    found, *_ = judged
    assert found["als", "new"]["ndcg_10"] > found["popularity", "new"]["ndcg_10"]
    assert found["als", "new"]["recall_10"] == 1.0


def test_training_registers_popularity_relative_to_als_and_factors_of_every_customer(judged, shop):
    found, (numbered, _), accuracy = judged
    fitted = train_recommender(numbered, shop.items, accuracy, params=FACTORS)  # who only looked has no factors
    popularity, als = found["popularity", "new"]["ndcg_10"], found["als", "new"]["ndcg_10"]
    assert fitted.metric == pytest.approx(popularity / (popularity + als))
    assert fitted.metric < 0.5
    factors = fitted.model.stages[-1]
    assert (factors.userFactors.count(), factors.itemFactors.count()) == (16, 24)


def test_only_customers_of_before_are_judged_and_new_means_not_bought_before(spark):
    """b bought only afterwards; a bought i1 again and i2 anew."""
    before = pairs(spark, (1, 1, 2, EARLY))
    after = sales(
        spark,
        {"customer_id": "c1", "item_id": "i1", "sold_on": LATE},
        {"customer_id": "c1", "item_id": "i2", "sold_on": LATE},
        {"customer_id": "b", "item_id": "i2", "sold_on": LATE},
    )
    (row,) = bought_after(after, before).collect()
    assert (row["customer_index"], sorted(row["all_items"]), row["new_items"]) == (1, ["i1", "i2"], ["i2"])


def test_figures_are_means_over_customers_and_a_customer_without_a_list_scores_zero(spark):
    """Customer 1 is shown i2 (a hit) and i3; customer 2 nothing: nDCG (1 + 0) / 2, precision (1/10 + 0) / 2.

    i2 was bought by one of four customers (2 bits), i3 by two (1 bit): novelty 1.5; two of three items are shown.
    """
    before = pairs(spark, (1, 1, 1, EARLY), (2, 2, 1, EARLY), (3, 3, 1, EARLY), (4, 3, 1, EARLY))
    bought = local_frame(
        spark, [(1, ["i2"], ["i2"]), (2, ["i1"], ["i1"])], "customer_index int, all_items array<string>, new_items array<string>"
    )
    lists = local_frame(spark, [(1, 2, 1), (1, 3, 2)], "customer_index int, item_index int, place int")
    (row,) = judge({("als", "new"): lists}, bought, sold_items(before)).collect()
    assert (row["customers"], row["ndcg_10"], row["map_10"], row["recall_10"]) == (2, 0.5, 0.5, 0.5)
    assert row["precision_10"] == pytest.approx(0.05)
    assert row["novelty"] == pytest.approx((-log2(1 / 4) - log2(2 / 4)) / 2)
    assert row["coverage"] == pytest.approx(2 / 3)


def test_a_history_shorter_than_the_holdout_gives_no_figures_but_a_model(spark):
    """One sale, on the last day: nothing to judge by, so neither model is known to be better; customer and item get factors."""
    bought = sales(spark, {"customer_id": "a", "item_id": "i", "sold_on": AS_OF})
    described = items(spark, {"item_id": "i"})
    numbered = customer_item_pairs(bought, events(spark), params=InteractionParams(buckets=4), as_of=AS_OF)
    plans = rows_of(spark, PROMOTION_WEEK, [])
    lessons = recommender_lessons(bought, described, numbered, plans, events(spark), params=LESSONS, as_of=AS_OF)
    accuracy = recommender_accuracy(bought, described, numbered, lessons, params=SMALL, as_of=AS_OF)
    assert (lessons.collect(), accuracy.collect()) == ([], [])
    fitted = train_recommender(numbered, described, accuracy, params=AlsParams(rank=2))
    assert (fitted.metric, fitted.model.stages[-1].itemFactors.count()) == (0.5, 1)
    untaught = train_ranker(lessons, accuracy, params=RANKER)
    assert untaught.metric == 0.5
    row = ranked(untaught.model, known_pair(spark, baskets=3.0, trips=5.0, buyers=1000.0)).first()
    assert row["probability"] == pytest.approx((3 + 0.5) / 6)


def known_pair(spark, **said):
    values = dict.fromkeys(FEATURES, 0.0) | said
    schema = ", ".join(f"{name} float" for name in values)
    return local_frame(spark, [(1, 1, True, *values.values())], f"customer_index int, item_index int, own boolean, {schema}")


def test_a_ranker_of_lessons_is_judged_against_own_most_bought(judged):
    """own / (own + ranker) of nDCG@10 on all items."""
    found, (_, lessons), accuracy = judged
    fitted = train_ranker(lessons, accuracy, params=RANKER)
    own, ranker = found["own_most_bought", "all"]["ndcg_10"], found["ranker", "all"]["ndcg_10"]
    assert fitted.metric == pytest.approx(own / (own + ranker))
    assert fitted.metrics["calibration"] == found["ranker", "all"]["calibration"]


def test_lessons_without_the_held_out_day_are_refused(judged, shop):
    """Lessons of 28 days, a holdout of 14: nothing was known at the end of the day asked for."""
    _, (numbered, lessons), _ = judged
    other = SMALL.model_copy(update={"holdout_days": 14})
    with pytest.raises(JobError, match=r"build_lessons\.days and evaluate_recommender\.holdout_days"):
        recommender_accuracy(shop.sales, shop.items, numbered, lessons, params=other, as_of=AS_OF)


def test_the_metric_is_below_one_half_where_als_is_better():
    """.02 of .02 + .06 is a quarter."""
    assert plain_share(0.02, 0.06) == pytest.approx(0.25)
    assert plain_share(0.02, 0.0) == 1.0


def test_the_frame_has_the_contract_s_columns(spark, judged):
    found, *_ = judged
    assert list(found["als", "all"].asDict()) == RECOMMENDER_ACCURACY.columns
