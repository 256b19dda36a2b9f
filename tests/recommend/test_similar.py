"""What is shown beside an item: what the same customers bought, then what is described alike; new items get lists as well."""

import math
from datetime import timedelta

import pytest

from shelfwise.contracts import features
from shelfwise.contracts.gold.recommend import SIMILAR_ITEMS
from shelfwise.recommend.models.content import ContentParams
from shelfwise.recommend.similar import SimilarParams, find_similar_items
from tests.recommend.builders import items, pairs, rows_of
from tests.recommend.conftest import AS_OF, kind_of

BREAD = {"category": "BREAD", "subcategory": "LOAF", "maker_id": "m2"}
GOODS = {
    "i1": {"description": "tomato soup"},
    "i2": {"description": "bean soup"},
    "i3": BREAD | {"description": "white bread"},
    "i4": {"description": "old soup"},
    "i5": {"description": "new soup", "maker_id": "m3"},
    "i6": {"sold_by": "measure"},
    "i7": BREAD | {"description": "rye bread"},
    "i8": {"department": "TOYS", "category": "DOLLS", "subcategory": "UNKNOWN", "maker_id": "UNKNOWN", "description": "white doll"},
    "i9": {"category": "WINE", "subcategory": "UNKNOWN", "maker_id": "UNKNOWN"},
}
BUYERS = {1: (1, 2, 3, 4), 2: (1, 2, 3), 3: (2, 3, 4), 4: (1,), 6: (1, 2, 3, 4), 7: (4,), 8: (9,), 9: (1, 2, 5, 6, 7, 8)}
PARAMS = SimilarParams(min_buyers=3, least_together=0.1, content=ContentParams(), gone=True)


def found(spark, interactions, goods, params):
    profiles = rows_of(spark, features.ITEM_PROFILE, [{"item_id": "i1", "unit_price": 2.0}])
    frame = find_similar_items(interactions, goods, profiles, params=params, as_of=AS_OF)
    lists = {}
    for row in frame.orderBy("item_id", "rank").collect():
        lists.setdefault(row["item_id"], []).append(row)
    return lists


@pytest.fixture(scope="module")
def small(spark):
    """i4 was bought 100 days ago, i5 never, i6 is petrol, i8 shares a word with i3, i9 two of six customers with i2."""
    age = {4: 100}
    bought = pairs(spark, *[(c, i, 1, AS_OF - timedelta(days=age.get(i, 3))) for i, them in BUYERS.items() for c in them])
    return bought, items(spark, *({"item_id": id} | row for id, row in GOODS.items()))


@pytest.fixture(scope="module")
def shown(spark, small):
    return found(spark, *small, PARAMS)


def listed(rows):
    return [(row["similar_item_id"], row["basis"]) for row in rows]


def test_what_the_same_customers_bought_comes_first_and_words_fill_up(shown):
    """i3 shares customers with i1 and i2; i7, one buyer, is known by its description alone, and is the most alike by that."""
    assert listed(shown["i3"]) == [("i1", "bought_together"), ("i2", "bought_together"), ("i7", "content")]
    assert shown["i3"][2]["similarity"] > shown["i3"][0]["similarity"]
    assert listed(shown["i1"]) == [("i2", "bought_together"), ("i3", "bought_together")]


def test_the_shrunken_cosine_of_customers_by_hand(shown):
    """i3 and i1: 3 in common of 3 and 4: 3/sqrt(12) * 3/13 = .200; i3 and i2: 2 of 3 and 3: 2/3 * 2/12 = .111.

    i9 and i2: 2 of 6 and 3: 2/sqrt(18) * 2/12 = .079, too little."""
    first, second, alike = shown["i3"]
    assert first["similarity"] == pytest.approx(9 / 13 / math.sqrt(12), abs=1e-6)
    assert second["similarity"] == pytest.approx(1 / 9, abs=1e-6)
    assert [row["common_customers"] for row in (first, second, alike)] == [3, 2, 0]


def test_new_and_gone_items_get_lists_and_are_shown_nowhere(shown):
    """i5 never sold, i4 has one buyer; petrol has no list. White doll and white bread: a cosine of some .06, not alike."""
    assert set(shown) == {"i1", "i2", "i3", "i4", "i5", "i7"}
    for item in ("i4", "i5"):
        assert [basis for _, basis in listed(shown[item])][:2] == ["content", "content"]
        assert {id for id, _ in listed(shown[item])[:2]} == {"i1", "i2"}
    assert {id for rows in shown.values() for id, _ in listed(rows)} == {"i1", "i2", "i3", "i7"}


def test_what_is_gone_has_no_list_unless_asked_for(spark, small, shown):
    """i4 sold 100 days ago, and no more: all other lists stay as they are."""
    usual = found(spark, *small, PARAMS.model_copy(update={"gone": False}))
    assert {id: listed(rows) for id, rows in usual.items()} == {id: listed(rows) for id, rows in shown.items() if id != "i4"}


def test_reasons_name_facts(shown):
    assert shown["i3"][0]["reason"] == "tomato soup: 3 customers bought both"
    assert shown["i3"][2]["reason"] == "rye bread: the same shelf and maker"
    assert {row["reason"] for row in shown["i5"][:2]} == {"tomato soup: the same shelf", "bean soup: the same shelf"}


def test_rows_keep_the_contract_whatever_the_order_of_reading(spark, small, shown):
    again = found(spark, small[0].repartition(3), small[1].repartition(2), PARAMS)
    assert again == shown
    frame = rows_of(spark, SIMILAR_ITEMS, [row.asDict() for rows in shown.values() for row in rows])
    assert frame.where(" OR ".join(f"NOT ({rule})" for rule in SIMILAR_ITEMS.rules().values())).isEmpty()


def test_a_list_has_ten_items_of_the_own_kind_each_once(spark, shop):
    """Cooks buy 12 items, bakers 12 others: of 11 other ones ten are listed."""
    lists = found(spark, shop.interactions, shop.items, SimilarParams(min_buyers=1, min_common=1, least_together=0.0))
    assert len(lists) == 24
    for item, rows in lists.items():
        assert [row["rank"] for row in rows] == list(range(1, 11))
        others = {row["similar_item_id"] for row in rows}
        assert len(others) == 10
        assert item not in others
        assert {kind_of(other) for other in others} == {kind_of(item)}
        assert [row["similarity"] for row in rows] == sorted((row["similarity"] for row in rows), reverse=True)
