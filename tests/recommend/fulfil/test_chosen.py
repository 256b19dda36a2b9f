"""Which candidates make a list: halves, what fills them, and what there is to sell."""

from datetime import date
from decimal import Decimal

import pytest

from shelfwise.contracts.gold.inventory import INVENTORY_PLAN
from shelfwise.core.frames import local_frame
from shelfwise.recommend.fulfil.chosen import ChoiceParams, chosen
from shelfwise.recommend.fulfil.diverse import DiverseParams
from shelfwise.recommend.fulfil.sellable import sellable
from tests.recommend.builders import pairs, rows_of

PLAIN = ChoiceParams(length=3, own_items=2, diverse=DiverseParams(strength=0.0))


@pytest.fixture(scope="module")
def items(spark):
    """Items 1 to 9; 5 and 6 lie on the same shelf and are of the same maker."""
    rows = [(n, f"shelf {min(n, 5) if n < 7 else n}", f"category {n}", f"maker {min(n, 5) if n < 7 else n}") for n in range(1, 10)]
    return local_frame(spark, rows, "item_index int, shelf string, category string, maker_id string")


def ranked(spark, *rows):
    """customer, item, own, probability; places by probability."""
    ordered = sorted(rows, key=lambda row: (row[0], -row[3], row[1]))
    placed = [(*row, sum(other[0] == row[0] for other in ordered[: n + 1])) for n, row in enumerate(ordered)]
    return local_frame(spark, placed, "customer_index int, item_index int, own boolean, probability double, place int")


def stock(spark, **units):
    """Items i1 … i9 with these units; a basket holds 2 of each; a unit brings 1.50."""
    rows = [(int(name[1:]), float(there) if there is not None else None, 1.5, 2.0) for name, there in units.items()]
    return local_frame(spark, rows, "item_index int, units double, unit_margin double, units_per_basket double")


def lists(found):
    shown = {}
    for row in found.orderBy("customer_index", "rank").collect():
        shown.setdefault(row["customer_index"], []).append(row["item_index"])
    return shown


def test_own_items_have_their_places_first_and_either_part_fills_the_other(spark, items):
    """Three places, two of them own. 1: own 1, 2, then new 4. 2: one own, so two new. 3: no new, so three own."""
    rows = [(1, 1, True, 0.5), (1, 2, True, 0.4), (1, 3, True, 0.3), (1, 4, False, 0.9), (1, 7, False, 0.8)]
    rows += [(2, 1, True, 0.5), (2, 4, False, 0.2), (2, 7, False, 0.1), (2, 8, False, 0.05)]
    rows += [(3, 1, True, 0.5), (3, 2, True, 0.4), (3, 3, True, 0.3), (3, 8, True, 0.2)]
    found = chosen(ranked(spark, *rows), items, stock(spark), PLAIN)
    assert lists(found) == {1: [1, 2, 4], 2: [1, 4, 7], 3: [1, 2, 3]}


def test_what_is_not_there_is_not_shown_and_what_is_scarce_goes_to_whom_it_is_worth_most(spark, items):
    """Item 1 is out of stock; of item 2 one unit is left, which .5 x 2 units to customer 2 takes: customer 1 (.4) gets item 3."""
    rows = [(1, 1, True, 0.9), (1, 2, True, 0.4), (1, 3, True, 0.3), (2, 2, True, 0.5), (2, 3, True, 0.2)]
    one = PLAIN.model_copy(update={"length": 1, "own_items": 1})
    found = chosen(ranked(spark, *rows), items, stock(spark, i1=0, i2=1, i3=None), one)
    assert lists(found) == {1: [3], 2: [2]}
    assert {(row["item_index"], row["expected_units"]) for row in found.collect()} == {(3, 0.6), (2, 1.0)}


def test_new_items_vary(spark, items):
    """6 is like 5 in shelf and maker (.5 + .2): worth .3 of its .5 at full strength, so 7 (.2) comes first, 8 (.1) last."""
    rows = [(1, 5, False, 0.6), (1, 6, False, 0.5), (1, 7, False, 0.2), (1, 8, False, 0.1)]
    varied = PLAIN.model_copy(update={"own_items": 0, "diverse": DiverseParams(strength=1.0)})
    assert lists(chosen(ranked(spark, *rows), items, stock(spark), varied)) == {1: [5, 7, 6]}
    assert lists(chosen(ranked(spark, *rows), items, stock(spark), PLAIN)) == {1: [5, 6, 7]}


def test_sellable_units_are_those_there_coming_and_ordered_now(spark):
    """3 + 4 + 12 units; 5.00 less 3.50 a unit; bought in 1 + 3 baskets of one unit each. Item 8 has no plan, so no limit."""
    day = date(2017, 10, 29)
    bought = pairs(spark, (1, 7, 1, day), (2, 7, 3, day), (1, 8, 2, day))
    said = {"item_id": "i7", "on_hand": 3, "on_order": 4, "order_units": 12, "unit_price": Decimal(5), "unit_cost": Decimal("3.5")}
    found = {row["item_index"]: row for row in sellable(rows_of(spark, INVENTORY_PLAN, [said]), bought).collect()}
    assert (found[7]["units"], found[7]["unit_margin"], found[8]["units"]) == (19.0, 1.5, None)
    assert found[7]["units_per_basket"] == found[8]["units_per_basket"] == 1.0
