"""Reviews: how many, how kind, and that a reader finds in the text what the truth columns say."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from shelfwise.simulate import reviews as written
from shelfwise.simulate.catalogue import items
from shelfwise.simulate.plans import shelf_lives
from shelfwise.simulate.spec import Spec

SPEC = Spec(days=364, customers=3000, items=400, suppliers=40, locations=4)


@pytest.fixture(scope="module")
def lines() -> pd.DataFrame:
    """Forty purchases per customer, of forty items on forty days."""
    customer, number = np.divmod(np.arange(40 * SPEC.customers), 40)
    return pd.DataFrame({"customer": customer, "item": (customer * 31 + number * 7) % SPEC.items, "day": number * 9 + customer % 9})


@pytest.fixture(scope="module")
def rows(lines: pd.DataFrame) -> pd.DataFrame:
    return written.reviews(SPEC, lines)


def sort(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.sort_values(["customer", "item", "bought_day"]).reset_index(drop=True)


def test_any_split_and_order_of_the_lines_gives_the_same_reviews(lines, rows):
    shuffled = lines.sample(frac=1, random_state=1)
    parts = pd.concat([written.reviews(SPEC, part) for part in (shuffled[:50_000], shuffled[50_000:50_001], shuffled[50_001:])])
    pd.testing.assert_frame_equal(sort(parts), sort(rows))


def test_no_lines_give_no_reviews(lines, rows):
    nothing = written.reviews(SPEC, lines[:0])
    assert nothing.empty
    assert list(nothing) == list(rows)


def test_each_review_is_of_a_purchase_after_its_day_and_by_the_last_day(lines, rows):
    bought = rows[["customer", "item", "bought_day"]].rename(columns={"bought_day": "day"})
    assert len(bought.merge(lines, how="inner")) == len(rows)
    assert not bought.duplicated().any()
    assert (rows["day"] > rows["bought_day"]).all()
    assert rows["day"].max() <= SPEC.days - 1


def test_six_purchases_in_a_hundred_are_reviewed_in_time(lines, rows):
    """P = .06 * (1 - e^(-days left / 6)): with one day left .06 * .1535 = .0092, with none nothing."""
    chance = written.reviewed_probability(SPEC, lines["day"].to_numpy())
    assert len(rows) == pytest.approx(chance.sum(), abs=4 * np.sqrt((chance * (1 - chance)).sum()))
    assert written.reviewed_probability(SPEC, np.array([0, 362, 363])) == pytest.approx([0.06, 0.00921, 0.0], abs=1e-5)
    late = lines.loc[lines["day"] >= SPEC.days - 6, "day"].to_numpy()
    expected = written.reviewed_probability(SPEC, late).sum()
    assert (rows["bought_day"] >= SPEC.days - 6).sum() == pytest.approx(expected, abs=4 * np.sqrt(expected))


def test_three_customers_in_ten_write_chinese_and_always_do(rows):
    share = written.writes_chinese(SPEC, np.arange(SPEC.customers)).mean()
    assert share == pytest.approx(0.3, abs=4 * np.sqrt(0.21 / SPEC.customers))
    assert (rows.groupby("customer")["language"].nunique() == 1).all()
    assert ((rows["language"] == "zh") == written.writes_chinese(SPEC, rows["customer"].to_numpy())).all()


def test_probabilities_of_sentiments_are_logistic_steps():
    """Quality 0: logistic(-1.6) = .168 bad, logistic(-.5) - .168 = .3775 - .168 = .2096 middling. At quality -1.6 half are bad."""
    found = written.sentiment_probabilities(np.array([0.0, -1.6]))
    assert found[0] == pytest.approx([0.1680, 0.2095, 0.6225], abs=1e-4)
    assert found[1, 0] == pytest.approx(0.5)
    assert found.sum(axis=1) == pytest.approx([1, 1])


def test_leniency_averages_out_to_a_flatter_logistic():
    """Mean over customers of logistic(x / .85 + leniency) = logistic(x); the law is symmetric about 0."""
    level = (np.arange(200_000) + 0.5) / 200_000
    kind = written.leniency(level)
    assert kind == pytest.approx(-kind[::-1], abs=1e-6)
    for x in (-1.6, 0.3, 2.0):
        assert expit(x / written.PHI + kind).mean() == pytest.approx(expit(x), abs=1e-5)


def test_sentiments_come_as_often_as_their_probabilities():
    """By thirds of quality, one review per customer so that leniency makes no two alike; within 4 standard errors."""
    customer = np.arange(200_000)
    lines = pd.DataFrame({"customer": customer, "item": customer % SPEC.items, "day": 0})
    rows = written.reviews(SPEC, lines)
    chance = written.sentiment_probabilities(items(SPEC).quality[rows["item"].to_numpy()])
    for third in np.array_split(np.argsort(chance[:, 2]), 3):
        for k, sentiment in enumerate((-1, 0, 1)):
            p = chance[third, k]
            error = np.sqrt((p * (1 - p)).sum()) / len(third)
            assert (rows["sentiment"].to_numpy()[third] == sentiment).mean() == pytest.approx(p.mean(), abs=4 * error)


def test_a_lenient_customer_is_lenient_in_all_reviews(rows):
    """Independent reviews would have residuals whose products average 0; those of one customer are alike."""
    good = (rows["sentiment"] == 1).to_numpy() - written.sentiment_probabilities(items(SPEC).quality[rows["item"].to_numpy()])[:, 2]
    of = rows["customer"].to_numpy()
    pairs = good[:-1][of[:-1] == of[1:]] * good[1:][of[:-1] == of[1:]]
    assert pairs.mean() > 4 * pairs.std() / np.sqrt(len(pairs))


def test_ratings_agree_with_sentiment(rows):
    stars = rows.groupby("sentiment")["rating"].agg(["min", "max"])
    assert stars.to_numpy().tolist() == [[1, 2], [3, 3], [4, 5]]
    good = rows.loc[rows["sentiment"] == 1, "rating"]
    assert (good == 5).mean() == pytest.approx(0.6, abs=4 * np.sqrt(0.24 / len(good)))


def test_only_what_spoils_is_judged_for_freshness(rows):
    """Of what spoils a quarter of the reviews speak of freshness."""
    spoils = shelf_lives(SPEC)[rows["item"].to_numpy()] <= 28
    fresh = (rows["aspect"] == "freshness").to_numpy()
    assert not fresh[~spoils].any()
    assert fresh[spoils].mean() == pytest.approx(0.25, abs=4 * np.sqrt(0.25 * 0.75 / spoils.sum()))


def test_no_phrase_stands_for_two_meanings():
    phrases = written.PHRASES.ravel().tolist()
    assert len(phrases) == len(set(phrases)) == 2 * 5 * 3 * 6
    assert all(phrase.strip() for phrase in phrases)


def test_the_text_carries_aspect_and_sentiment_and_nothing_that_contradicts_them(rows):
    """Exactly the phrases of one cell, one of the closers of its sentiment or none, in the review's own language."""
    for language, k in (("en", 0), ("zh", 1)):
        for (aspect, sentiment), cell in rows[rows["language"] == language].groupby(["aspect", "sentiment"]):
            phrases = written.PHRASES[k, written.ASPECTS.index(aspect), sentiment + 1]
            closers = tuple(written.CLOSER[k, sentiment + 1])
            assert cell["text"].map(lambda text, phrases=phrases: sum(one in text for one in phrases) == 1).all()
            assert cell["text"].str.endswith((*closers[:3], *phrases)).all()
            assert set(cell["title"]) <= set(written.TITLE[k, sentiment + 1])


def test_each_language_has_its_own_script(rows):
    chinese = rows["text"].str.contains(r"[\u4e00-\u9fff]")
    assert (chinese == (rows["language"] == "zh")).all()
    assert not rows.loc[chinese, "text"].str.contains("[A-Za-z,.]").any()


def test_texts_vary(rows):
    assert rows["text"].nunique() > 2500
