"""What a candidate finds on its shelf, and which of the measured effects it goes by."""

from decimal import Decimal

import pytest

from shelfwise.contracts.gold.demand import DEMAND_FORECAST
from shelfwise.contracts.gold.inventory import INVENTORY_PLAN
from shelfwise.contracts.newcomers import LAUNCH_EFFECTS
from shelfwise.introductions.beside import NAMED, UNTOLD, shelves, with_effects
from tests.introductions.builders import by, foreseen_of, items_of, rows_of

PRICES = {"i1": (4, 2), "i2": (8, 4), "i3": (6, 1), "i4": (5, 5)}


def shelf_of(spark, units, prices=PRICES, horizons=(12, 13)):
    """One shelf; of each horizon but the last a tenth of the units."""
    forecast = [
        {"item_id": item, "horizon": horizon, "cum_mean": float(sold) * (1 if horizon == horizons[-1] else 0.1)}
        for item, sold in units.items()
        for horizon in horizons
    ]
    plan = [{"item_id": name, "unit_price": Decimal(price), "unit_cost": Decimal(cost)} for name, (price, cost) in prices.items()]
    names = items_of(spark, *[{"item_id": name} for name in units])
    (found,) = shelves(rows_of(spark, INVENTORY_PLAN, *plan), rows_of(spark, DEMAND_FORECAST, *forecast), names, weeks=13).collect()
    return found


def test_a_shelf_by_hand(spark):
    """60 units of margin 2 and 20 of margin 4: 200 / 80 = 2.5. Prices 4 and 8: quartiles 5 and 7. i4 sells nothing."""
    found = shelf_of(spark, {"i1": 60, "i2": 20, "i4": 0})
    assert (found["shelf"], found["beside"], found["beside_margin"]) == ("SOUP / CANS", 80, 2.5)
    assert found["quartiles"] == [5, 7]
    assert [(mate["item_id"], mate["units"], mate["price"]) for mate in found["mates"]] == [("i1", 60, 4), ("i2", 20, 8)]


def test_of_a_long_shelf_the_twenty_largest_are_named(spark):
    """Items of 1, 2, … 22 units, 253 in all: the two smallest are not named, and count."""
    units = {f"i{n:02d}": n for n in range(1, NAMED + 3)}
    found = shelf_of(spark, units, dict.fromkeys(units, (4, 2)), horizons=(13,))
    assert [mate["item_id"] for mate in found["mates"]] == [f"i{n:02d}" for n in range(NAMED + 2, 2, -1)]
    assert (found["beside"], found["beside_margin"]) == (253, 2)


def test_the_effect_of_the_narrowest_scope_counts(spark):
    """Crowding is known of soup, the halo of the dairy; of both for all; customers won for all alone; of switches nothing."""
    told = [
        *(("crowding", "*", 0.4), ("crowding", "category:SOUP", 0.7), ("crowding", "category:TEA", 0.9)),
        *(("halo", "*", 0.1), ("halo", "department:DAIRY", 0.2), ("won", "*", 0.03)),
    ]
    effects = rows_of(spark, LAUNCH_EFFECTS, *[{"effect": effect, "scope": scope, "value": value} for effect, scope, value in told])
    candidates = foreseen_of(spark, {"item_id": "soup"}, {"item_id": "milk", "department": "DAIRY", "category": "MILK"})
    found = by(with_effects(candidates, effects), "item_id")
    assert {name: found["soup"][name] for name in UNTOLD} == UNTOLD | {"crowding": 0.7, "halo": 0.1, "won": 0.03}
    assert {name: found["milk"][name] for name in UNTOLD} == UNTOLD | {"crowding": 0.4, "halo": 0.2, "won": 0.03}


def test_of_a_shop_without_launches_the_usual_is_taken(spark):
    (found,) = with_effects(foreseen_of(spark, {"item_id": "soup"}), rows_of(spark, LAUNCH_EFFECTS)).collect()
    assert {name: found[name] for name in UNTOLD} == pytest.approx(UNTOLD)
