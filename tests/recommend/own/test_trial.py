"""What models are shown: never what they are asked about; what the folds, the lists and the search make of ratings."""

import dataclasses

import numpy as np
import pytest
from pyspark.sql import functions as F

from shelfwise.core.errors import JobError
from shelfwise.core.frames import local_frame
from shelfwise.recommend.models import explicit
from shelfwise.recommend.models.every import MODELS
from shelfwise.recommend.models.factors import FactorParams
from shelfwise.recommend.own import trial, tuning
from shelfwise.recommend.own.ratings import Split
from shelfwise.recommend.own.trial import LESSONS, Asked, folds, rated, taken, tried

RATINGS = "user_id string, item_id string, rating double, timestamp double, customer_index int, item_index int"
PAIR = ["customer_index", "item_index"]
FEW = FactorParams(rank=4, iterations=2)  # the factors themselves are not what is asked here


def ratings(spark, *rows):
    """customer, item, rating, second."""
    return local_frame(spark, [(f"u{c}", f"i{i}", float(r), float(t), c, i) for c, i, r, t in rows], RATINGS)


@pytest.fixture(scope="module")
def known(spark):
    """20 customers x 15 items, half rated 1 to 5, one after another."""
    draw = np.random.default_rng(12)
    pairs = [(c, i) for c in range(20) for i in range(15) if draw.uniform() < 0.5]
    return ratings(spark, *[(c, i, int(draw.integers(1, 6)), t) for t, (c, i) in enumerate(pairs)]).cache()


def pairs_of(frame):
    return {(row["customer_index"], row["item_index"]) for row in frame.select(*PAIR).collect()}


def asked(split=Split.random, least=None, k=3):
    return Asked(k, least, split, 42)


def test_folds_of_a_random_split_part_the_ratings(known):
    made = folds(known, asked())
    held = [pairs_of(unseen) for _, unseen in made]
    assert sum(map(len, held)) == len(set().union(*held)) == known.count()
    for learnt, unseen in made:
        assert not pairs_of(learnt) & pairs_of(unseen)
        assert len(pairs_of(learnt)) + len(pairs_of(unseen)) == known.count()
    sizes = [len(part) for part in held]
    assert min(sizes) > known.count() / 8


def test_a_fold_in_time_asks_about_what_came_last(known):
    ((learnt, unseen),) = folds(known, asked(Split.time))
    last, first = [frame.agg({"timestamp": how}).first()[0] for frame, how in ((learnt, "max"), (unseen, "min"))]
    assert last < first
    assert learnt.count() == pytest.approx(0.75 * known.count(), abs=2)


def test_what_is_taken_are_relevant_ratings_over_their_mean(spark):
    """4 and 2, mean 3; 0 and -1 are none. From 4 on: one, of strength 1."""
    some = ratings(spark, (1, 1, 4, 7), (1, 2, 2, 8), (2, 1, 0, 9), (2, 2, -1, 9))
    rows = {(row["customer_index"], row["item_index"]): (row["strength"], row["at"]) for row in taken(some, None).collect()}
    assert rows == {(1, 1): (pytest.approx(4 / 3), 7.0), (1, 2): (pytest.approx(2 / 3), 8.0)}
    assert [row["strength"] for row in taken(some, 4.0).collect()] == [1.0]


@pytest.fixture
def watched(monkeypatch):
    """MODELS whose EASE notes what it is shown."""
    shown = []

    def fit(frame, params):
        shown.append(pairs_of(frame))
        return MODELS["ease"].fit(frame, params)

    watching = dict(MODELS) | {"ease": dataclasses.replace(MODELS["ease"], fit=fit)}
    for module in (trial, tuning):
        monkeypatch.setattr(module, "MODELS", watching)
    return shown


@pytest.mark.parametrize("split", list(Split))
def test_the_hybrid_learns_from_models_that_have_not_seen_what_they_are_asked(known, watched, split):
    tried(known, known.select("customer_index"), ["ease", "hybrid"], {}, asked(split), lambda _: None)
    whole, *lessons = watched
    assert whole == pairs_of(known)
    made = folds(known, asked(split))[:LESSONS]
    assert lessons == [pairs_of(learnt) for learnt, _ in made]
    assert all(not lesson & pairs_of(unseen) for lesson, (_, unseen) in zip(lessons, made, strict=True))


def test_a_search_sees_a_part_only_and_finds_the_setting_that_is_best(known, watched, monkeypatch):
    """The measure is planted: the closer the penalty is to 1,000, the better."""
    said, penalties = [], []

    def measure(lists, held, learnt, k):
        nearness = -abs(np.log(penalties[-1] / 1_000))
        return local_frame(lists.sparkSession, [(float(nearness),)], "ndcg double")

    made = trial._fitted
    monkeypatch.setattr(
        trial,
        "_fitted",
        lambda name, frame, settings, of: penalties.append(settings[name].penalty) or made(name, frame, settings, of),
    )
    monkeypatch.setattr(tuning, "ranking_figures", measure)
    found = tuning.tuned(known, ["popularity", "ease"], asked(), 4, said.append)
    assert set(found) == {"ease"}
    assert found["ease"].penalty == min(penalties, key=lambda penalty: abs(np.log(penalty / 1_000)))
    assert penalties[0] == MODELS["ease"].params.penalty
    learnt, _ = folds(known, asked())[0]
    assert watched == [pairs_of(learnt)] * 4
    assert said == [f"ease: penalty {found['ease'].penalty:.3g}"]


def test_the_blend_is_taught_ratings_that_its_parts_had_not_seen(known, monkeypatch):
    calls = []
    real = explicit.foretold

    def watched(learnt, held, params):
        calls.append((pairs_of(learnt), pairs_of(held)))
        return real(learnt, held, params)

    monkeypatch.setattr(explicit, "foretold", watched)
    some = known.where("item_index < 2")
    found = rated(known.where("item_index >= 2"), some, asked(), explicit.RatingParams(factors=FEW))
    assert {
        row["model"]: row["n"] for row in found.groupBy("model").agg({"rating": "count"}).toDF("model", "n").collect()
    } == dict.fromkeys([*explicit.PARTS, explicit.BLEND], some.count())
    low, high = found.agg({"score": "min"}).first()[0], found.agg({"score": "max"}).first()[0]
    assert 1 <= low <= high <= 5
    for learnt, held in calls:
        assert not learnt & held
    assert calls[1] == (pairs_of(known.where("item_index >= 2")), pairs_of(some))


def test_lists_are_full_and_newcomers_are_shown_what_is_popular(spark):
    """Item 1 has three takers, item 2 two, item 3 one. Customer 9 is new; customer 1 has taken 1 and 2."""
    some = ratings(spark, (1, 1, 5, 0), (2, 1, 5, 0), (3, 1, 5, 0), (1, 2, 5, 0), (2, 2, 5, 0), (4, 3, 5, 0))
    everybody = local_frame(spark, [(c,) for c in (1, 2, 3, 4, 9)], "customer_index int")
    done = tried(some, everybody, ["popularity", "item_knn"], {}, asked(k=2), lambda _: None)
    lists = {}
    for row in done.lists.orderBy("place").collect():
        lists.setdefault((row["model"], row["customer_index"]), []).append(row["item_index"])
    for model in ("popularity", "item_knn"):
        assert lists[model, 9] == [1, 2]
        assert lists[model, 1] == [3]
        assert lists[model, 4] == [1, 2]


def test_the_hybrid_leaves_out_what_is_worse_than_popularity(known, monkeypatch):
    """A model that loves what nobody takes: popularity turned round."""

    def unloved(frame, params):
        vectors = MODELS["popularity"].fit(frame, MODELS["popularity"].params)
        turned = vectors.items.withColumn("values", F.transform("values", lambda value: -value))
        return dataclasses.replace(vectors, items=turned)

    loved = known.where("item_index < 5").unionByName(known.where("item_index >= 5 AND customer_index < 6"))
    monkeypatch.setattr(trial, "MODELS", dict(MODELS) | {"svd": dataclasses.replace(MODELS["svd"], fit=unloved)})
    said = []
    tried(loved, loved.select("customer_index").distinct(), ["popularity", "svd", "hybrid"], {}, asked(), said.append)
    assert said == ["hybrid leaves out svd: worse than popularity on ratings held back."]


def test_a_model_that_cannot_be_fitted_is_left_out_with_its_reason(spark):
    """Word2Vec wants an item that two customers took."""
    some = ratings(spark, (1, 1, 5, 0), (2, 2, 5, 1), (3, 3, 5, 2))
    said = []
    done = tried(some, some.select("customer_index"), ["popularity", "item2vec"], {}, asked(), said.append)
    assert {row["model"] for row in done.lists.select("model").distinct().collect()} == {"popularity"}
    assert len(said) == 1
    assert said[0].startswith("item2vec is left out: ")
    with pytest.raises(JobError, match="no model could be fitted"):
        tried(some, some.select("customer_index"), ["item2vec"], {}, asked(), said.append)


def test_ratings_in_another_order_give_the_same_lists(known, monkeypatch):
    monkeypatch.setattr(trial, "LESSONS", 1)
    names, settings = ["als", "ease", "svd", "hybrid"], {"als": FEW}
    one, other = [
        sorted(tried(frame, frame.select("customer_index").distinct(), names, settings, asked(), lambda _: None).lists.collect())
        for frame in (known, known.repartition(5, "item_index"))
    ]
    assert one == other
