"""Items by their words: tokens, weights and bands by hand; customers are means of what they took."""

import math

import numpy as np
import pytest
from pyspark.sql import functions as F

from shelfwise.core.frames import local_frame
from shelfwise.recommend.models.content import ContentParams, content, item_vectors, words
from shelfwise.recommend.vectors import Vectors, scores
from tests.recommend.builders import USUAL_ITEM

DESCRIBED = (
    "item_index int, department string, category string, subcategory string, maker_id string, description string,"
    " package_size string, unit_price double"
)
NOTHING = ContentParams(department=0, category=0, subcategory=0, maker=0, price=0, package_size=0, words=0)


def described(spark, *rows):
    """Items 0, 1, …: usual ones of a shop, but for what the row names."""
    names = [part.split()[0] for part in DESCRIBED.split(", ")]
    filled = [USUAL_ITEM | {"item_index": number} | row for number, row in enumerate(rows)]
    return local_frame(spark, [tuple(row.get(name) for name in names) for row in filled], DESCRIBED)


def cosines(spark, vectors, *pairs):
    asked = local_frame(spark, list(pairs), "customer_index int, item_index int")
    return {(row[0], row[1]): row["score"] for row in scores(vectors, asked).collect()}


def only(**weights):
    return NOTHING.model_copy(update=weights)


@pytest.fixture(scope="module")
def three(spark):
    """Two soups of two makers, and a bread of the first one's."""
    return described(spark, {}, {"maker_id": "m2"}, {"category": "BREAD", "subcategory": "LOAF"}).cache()


SOUPS = only(department=1.0, category=1.0, subcategory=2.0, maker=1.0)


def by_hand():
    """Of 3 items 2 are soups, log 4/3 = .288, twice that for the shelf; 2 of m1; one bread, one of m2: log 4/2 = .693; all of one
    department: 0. Vectors: (soup, shelf, m1), (soup, shelf, m2), (bread, shelf, m1)."""
    two, one = math.log(4 / 3), math.log(2)
    raw = np.array([[two, 2 * two, two, 0, 0, 0], [two, 2 * two, 0, one, 0, 0], [0, 0, two, 0, one, 2 * one]])
    return raw / np.linalg.norm(raw, axis=1, keepdims=True)


def test_rare_facts_weigh_more_and_what_all_share_nothing(spark, three):
    """The soups' cosine is 5 * .288^2 / (.705 * .946) = .621, of the first and the bread .288^2 / (.705 * 1.576) = .074."""
    items = item_vectors(three, SOUPS)
    truth = by_hand() @ by_hand().T
    found = cosines(spark, Vectors(items, items), *[(one, other) for one in range(3) for other in range(3)])
    assert found == pytest.approx({(one, other): truth[one, other] for one in range(3) for other in range(3)}, abs=1e-6)
    assert found[0, 1] == pytest.approx(0.621, abs=1e-3)
    assert all(list(row["indices"]) == sorted(row["indices"]) for row in items.collect())


def test_a_customer_is_the_weighed_mean_of_what_was_taken_and_scores_what_nobody_took(spark, three):
    """Item 0 once, item 2 with strength 3: (cosine to 0 + 3 * cosine to 2) / 4, also for item 1, which nobody took."""
    taken = local_frame(spark, [(7, 0, 1.0), (7, 2, 3.0)], "customer_index int, item_index int, strength float")
    truth = (by_hand()[0] + 3 * by_hand()[2]) / 4 @ by_hand().T
    found = cosines(spark, content(taken, three, SOUPS), (7, 0), (7, 1), (7, 2))
    assert found == pytest.approx({(7, item): truth[item] for item in range(3)}, abs=1e-6)


def test_a_customer_keeps_the_weightiest_tokens(spark, three):
    """Took the bread: its shelf, 2 * .693 of 1.576, is left of bread, shelf and maker."""
    taken = local_frame(spark, [(7, 2, 1.0)], "customer_index int, item_index int, strength float")
    (row,) = content(taken, three, SOUPS.model_copy(update={"tokens": 1})).customers.collect()
    assert list(row["values"]) == pytest.approx([by_hand()[2, 5]])


def test_vectors_do_not_hang_on_how_rows_lie(spark, three):
    taken = local_frame(
        spark, [(c, i, 0.1 + c + i) for c in range(3) for i in range(3)], "customer_index int, item_index int, strength float"
    )
    one, other = [content(taken.repartition(n), three.repartition(n), SOUPS) for n in (1, 3)]
    for some, same in ((one.customers, other.customers), (one.items, other.items)):
        assert sorted(map(tuple, some.collect())) == sorted(map(tuple, same.collect()))


def test_prices_lie_in_bands_of_the_category(spark):
    """Soups at 1, 2, 2, 9 and one unpriced; one bread at 100. Middles of places: .125, .5, .5, .875; the bread .5. In four bands:
    0, 2, 2, 3, none; 2."""
    soups = [{"unit_price": price} for price in (1.0, 2.0, 2.0, 9.0, None)]
    items = item_vectors(described(spark, *soups, {"category": "BREAD", "unit_price": 100.0}), only(price=1.0)).collect()
    band = {row["id"]: row["indices"][0] for row in items}
    assert set(band) == {0, 1, 2, 3, 5}
    assert band[1] == band[2] == band[5]
    assert len({band[0], band[1], band[3]}) == 3


def test_what_is_not_known_makes_nothing_alike(spark):
    """Unknown makers and empty sizes are no tokens; a size is the same in any case, and a shelf is not another category's."""
    rows = [{"maker_id": "UNKNOWN", "package_size": " "}] * 2 + [{"package_size": "16 OZ"}, {"package_size": "16 oz "}]
    rows += [{"category": "PETS"}, {"subcategory": "UNKNOWN"}]
    items = item_vectors(described(spark, *rows), only(maker=1.0, package_size=1.0))
    assert {row["id"] for row in items.collect()} == {2, 3, 4, 5}
    assert cosines(spark, Vectors(items, items), (2, 3))[2, 3] == pytest.approx(1.0)
    shelves = {row["id"]: list(row["indices"]) for row in item_vectors(described(spark, *rows), only(subcategory=1.0)).collect()}
    assert shelves[0] == shelves[3] != shelves[4]
    assert 5 not in shelves


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Tomato-SOUP, 500ML", {"tomato", "soup", "500", "ml"}),
        ("soup soup", {"soup"}),
        ("Crème brûlée", {"crème", "brûlée"}),
        ("牛肉面", {"牛肉", "肉面"}),
        ("茶 tea2包", {"茶", "tea", "2", "包"}),
        ("お茶です", {"お茶", "茶で", "です"}),
        (None, set()),
    ],
)
def test_words_of_a_text(spark, text, said):
    (row,) = local_frame(spark, [(text,)], "text string").select(words(F.col("text")).alias("words")).collect()
    assert sorted(row["words"]) == sorted(said)


def test_words_alone_find_what_is_alike(spark):
    """牛肉面 shares 肉面 with 猪肉面 and nothing with 绿茶."""
    texts = ["牛肉面", "猪肉面", "绿茶", "红茶"]
    items = item_vectors(described(spark, *({"description": text} for text in texts)), only(words=1.0))
    found = cosines(spark, Vectors(items, items), (0, 1), (0, 2))
    assert found[0, 1] > 0.1
    assert found[0, 2] == 0


def test_a_token_that_too_many_items_have_is_left_out(spark, three):
    """Maker m1 makes two of three: at half of all items allowed only m2 is a word; item 0 and the bread have none left."""
    makers = only(maker=1.0)
    assert {row["id"] for row in item_vectors(three, makers).collect()} == {0, 1, 2}
    assert {row["id"] for row in item_vectors(three, makers.model_copy(update={"common": 0.5})).collect()} == {1}
