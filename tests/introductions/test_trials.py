"""What newcomers brought beyond their own sales, by hand."""

import math

import pytest

from shelfwise.introductions.trials import halo, won
from tests.introductions.builders import bought_of, by, plan_of

TRIED = 20  # week of all trials


def elsewhere(who, before, after):
    """Bread, known to them since long: 8 weeks before the trial and 8 weeks after it."""
    return [
        {"customer_id": who, "item_id": "bread", "shelf": "bread", "week_number": TRIED + away, "revenue": float(money)}
        for away, money in ((-8, before), (8, after))
    ]


def tried(who, item, **given):
    return {"customer_id": who, "item_id": item, "shelf": item, "week_number": TRIED, "revenue": 4.0} | given


def shop(*lines):
    """Known until week 28, the last in which a trial of week 20 has 8 weeks behind it."""
    return [*lines, {"customer_id": "zoe", "item_id": "bread", "shelf": "bread", "week_number": 0}]


NEW = {"is_newcomer": True}
BUYERS = [
    *(tried("ann", "new", **NEW), *elsewhere("ann", 10, 13)),
    # bought again, on its own shelf: of its own sales, not of the others'
    *(tried("ann", "new", week_number=22, revenue=2.0, **NEW), tried("bob", "new", **NEW), *elsewhere("bob", 10, 15)),
    *(tried("cem", "old"), *elsewhere("cem", 10, 11), tried("dan", "old"), *elsewhere("dan", 10, 13)),
]


def test_the_halo_by_hand(spark):
    """Elsewhere ann spends 3 more and bob 5, mean 4, variance 2; cem 1 and dan 3, who tried something old: mean 2, variance 2.

    2 newcomers' buyers x (4 - 2) = 4, over the 4 + 2 + 4 that they spent on it: .4. Variance of all: squares
    2 + 2 and the gap's own 2^2 / (1/2 + 1/2) = 4, over 2 + 2 - 1: 8/3. Noise 2^2 8/3 (1/2 + 1/2) = 32/3: error sqrt(32/3) / 10, its
    square .32/3. The shop goes by w = .01 / (.01 + .32/3) = 3/35 of .4, the department by w of .4 and the rest of that.
    """
    found = by(halo(bought_of(spark, *shop(*BUYERS)), seed=7), "scope")
    assert set(found) == {"*", "department:GROCERY"}
    whole = found["*"]
    assert (whole["measured"], whole["error"]) == (pytest.approx(0.4), pytest.approx(math.sqrt(0.32 / 3)))
    assert (whole["value"], whole["cases"]) == (pytest.approx(0.4 * 3 / 35), 2)
    assert found["department:GROCERY"]["value"] == pytest.approx(0.4 * 3 / 35 * (1 + 32 / 35))


def test_a_newcomer_drives_nobody_off_other_shelves(spark):
    """Nothing after where 10 was before: measured below none, gone by as none. In DAIRY nobody tries something old: no row."""
    lost = [tried(who, "new", **NEW) for who in ("ann", "bob")] + [line for who in ("ann", "bob") for line in elsewhere(who, 10, 0)]
    held = [*(tried("cem", "old"), *elsewhere("cem", 10, 10)), *(tried("dan", "old"), *elsewhere("dan", 10, 10))]
    alone = tried("ann", "milk", department="DAIRY", **NEW)
    found = by(halo(bought_of(spark, *shop(*lost, *held, alone)), seed=7), "scope")
    assert set(found) == {"*", "department:GROCERY"}
    assert (found["*"]["value"], found["department:GROCERY"]["value"]) == (0.0, 0.0)
    assert found["*"]["measured"] < 0


def test_one_buyer_does_not_settle_the_halo(spark):
    """ann spends 8 more elsewhere, for 4 on the newcomer: 2 measured. cem and dan spend as much as before.

    That they agree says nothing of how ann might have differed by chance: a buyer's error is not 0, and 2 is not believed."""
    lines = [*(tried("ann", "new", **NEW), *elsewhere("ann", 10, 18)), *(tried("cem", "old"), *elsewhere("cem", 10, 10))]
    found = by(halo(bought_of(spark, *shop(*lines, tried("dan", "old"), *elsewhere("dan", 10, 10))), seed=7), "scope")
    assert found["*"]["measured"] == pytest.approx(2)
    assert found["*"]["error"] > 0
    assert found["*"]["value"] < 1


def test_customers_won_by_hand(spark):
    """Week 20 has four baskets, three of them with a newcomer: two of customers never seen, and one of ann, who came in week 0.

    By share 3/4 of the two first baskets would hold one, and both do: .5 more, over 3 + 1 + 2 = 6 units. Error sqrt(2 + 1) / 6,
    squared 1/12."""
    old = [{"customer_id": who, "item_id": "bread", "week_number": week} for who, week in (("ann", 0), ("bob", 0), ("bob", TRIED))]
    new = [
        {"customer_id": who, "item_id": "new", "week_number": TRIED, "units": units, "is_newcomer": True}
        for who, units in (("cem", 3.0), ("dan", 1.0), ("ann", 2.0))
    ]
    (found,) = won(bought_of(spark, *old, *new)).collect()
    assert (found["effect"], found["scope"], found["cases"]) == ("won", "*", 2)
    assert (found["measured"], found["error"]) == (pytest.approx(0.5 / 6), pytest.approx(math.sqrt(3) / 6))
    assert found["value"] == pytest.approx(0.0004 / (0.0004 + 1 / 12) * 0.5 / 6)


def test_who_came_in_the_first_weeks_of_the_data_was_not_won(spark):
    """Week 12 is still among the 13 in which nobody is known yet; and nothing new sold after it."""
    early = {"customer_id": "ann", "item_id": "new", "week_number": 12, "is_newcomer": True}
    assert won(bought_of(spark, early, {"customer_id": "bob", "item_id": "bread", "week_number": 20})).isEmpty()


@pytest.mark.parametrize("effect", [lambda bought: halo(bought, seed=7), won])
def test_the_plan_has_no_python_and_no_cross_product(spark, effect):
    plan = plan_of(effect(bought_of(spark, *shop(*BUYERS))))
    assert "Python" not in plan
    assert "CartesianProduct" not in plan
