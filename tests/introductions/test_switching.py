"""Which switches are seen, and which shares alone would give, by hand."""

import math

import pytest

from shelfwise.introductions.switching import switching
from tests.introductions.builders import bought_of, by, plan_of

# bands of e^.5: 1 and 1.2 are in [1, 1.65), 2 in [1.65, 2.72)
SHELF = {"i1": ("m1", 1.0), "i2": ("m1", 2.0), "i3": ("m2", 1.2)}
IN_TURN = {"ann": ("i1", "i2", "i3"), "bob": ("i1", "i1", "i2"), "cem": ("i3", "i1")}


def bought(spark, in_turn=IN_TURN, **given):
    lines = [
        {"customer_id": who, "item_id": item, "week_number": week, "maker_id": SHELF[item][0], "price": SHELF[item][1]} | given
        for who, items in in_turn.items()
        for week, item in enumerate(items)
    ]
    return bought_of(spark, *lines)


@pytest.fixture(scope="module")
def found(spark):
    return by(switching(bought(spark)), "effect", "scope")


def test_switches_seen_and_foreseen_by_hand(found):
    """Of 8 purchases i1 has 4, i2 and i3 2 each: shares .5, .25, .25; maker m1 .75, the cheap band .75.

    Four switches: i1 > i2 twice (same maker), i2 > i3 (neither), i3 > i1 (near in price). Same maker, by shares: from i1 .25 / .5
    = 1/2, twice, from i2 .5 / .75 = 2/3, from i3 0: 5/3; seen 2: 1.2. Error sqrt(3) / (5/3), squared 1.08: .25 / 1.33 of .2 beyond
    1. Near in price: 1/2 twice, 0 from i2, 2/3 from i3: 5/3; seen 1: .6. Error squared 2 x .36 = .72: .25 / .97 of .4 below 1."""
    assert set(found) == {(effect, scope) for effect in ("same_maker", "near_price") for scope in ("*", "department:GROCERY")}
    maker, price = found["same_maker", "*"], found["near_price", "*"]
    assert (maker["measured"], price["measured"]) == (pytest.approx(1.2), pytest.approx(0.6))
    assert (maker["error"], price["error"]) == (pytest.approx(math.sqrt(1.08)), pytest.approx(math.sqrt(0.72)))
    assert maker["value"] == pytest.approx(1 + 0.2 * 0.25 / 1.33)
    assert price["value"] == pytest.approx(1 - 0.4 * 0.25 / 0.97)
    assert maker["cases"] == price["cases"] == 4


def test_a_department_leans_on_the_shop(found):
    """The same switches once more: .25 / 1.33 of 1.2, the rest of the shop's value."""
    shop, department = found["same_maker", "*"]["value"], found["same_maker", "department:GROCERY"]["value"]
    assert department == pytest.approx(1.2 * 0.25 / 1.33 + shop * 1.08 / 1.33)


def test_neither_another_shelf_nor_the_same_item_again_is_a_switch(spark):
    """ann buys i1, i3 of another shelf, and i1 again; bob i2 alone."""
    here = bought(spark, {"ann": ("i1", "i1"), "bob": ("i2",)})
    assert switching(here.unionByName(bought(spark, {"ann": ("i3",)}, shelf="other"))).isEmpty()


def test_what_lies_in_one_basket_is_no_switch(spark):
    """ann came once, and took two kinds: neither was bought there before the other."""
    once = {"customer_id": "ann", "basket_id": "b", "week_number": 0}
    lines = [once | {"item_id": "i1"}, once | {"item_id": "i2"}, {"customer_id": "bob", "item_id": "i3", "week_number": 0}]
    assert switching(bought_of(spark, *lines)).isEmpty()


def test_the_plan_has_no_python_and_no_cross_product(spark):
    plan = plan_of(switching(bought(spark)))
    assert "Python" not in plan
    assert "CartesianProduct" not in plan
