"""Levels above the items: each supplier lies within the category that most of its orders are of."""

import numpy as np
import pandas as pd
import pytest

from shelfwise.inventory.lead_laws import moments, supplier_laws, told
from shelfwise.measures.lead_time import EARLIEST

AGREED = -EARLIEST


def orders(*rows):
    """Supplier, category, days against the agreed one, arrived, how many."""
    frame = pd.DataFrame(rows, columns=["supplier_id", "category", "place", "arrived", "orders"])
    return frame.assign(place=frame["place"] + AGREED)


def hazards(laws):
    return {name: hazard[AGREED : AGREED + 2].tolist() for name, hazard in zip(laws["supplier_id"], laws["hazard"], strict=True)}


def test_suppliers_are_shrunk_towards_their_category_and_that_towards_all():
    """On day 0 came 3 of 4 of s, 1 of 4 of t (both of a), 2 of 4 of u (b); the others on day 1, which is certain.

    All: 6/12. Categories a 4/8 and b 2/4 agree: excess -1/4 * (1/3 + 2/3), so the parent counts for 999 and both stay at 1/2.
    Suppliers: excess of s and t (1/4 - 1/8) each, of u nothing; room 3/8 each: rho = 1/3, the category counts for 2 orders.
    s (3 + 1) / (4 + 2), t (1 + 1) / 6, u (2 + 1) / 6.
    """
    laws = supplier_laws(
        orders(
            *(("s", "a", 0, True, 2), ("s", "b", 0, True, 1), ("s", "a", 1, True, 1)),
            *(("t", "a", 0, True, 1), ("t", "a", 1, True, 3)),
            *(("u", "b", 0, True, 2), ("u", "b", 1, True, 2)),
        )
    )
    assert hazards(laws) == {"s": pytest.approx([4 / 6, 1]), "t": pytest.approx([2 / 6, 1]), "u": pytest.approx([3 / 6, 1])}


def test_of_as_many_orders_the_last_category_by_name_is_the_main_one():
    """Whatever order the rows come in."""
    rows = [("s", "a", 0, True, 2), ("s", "b", 1, True, 2), ("t", "b", 0, True, 3), ("t", "b", 2, True, 1), ("u", "a", 2, False, 4)]
    first, second = (hazards(supplier_laws(orders(*some))) for some in (rows, rows[::-1]))
    assert first == second


def test_an_item_is_shrunk_by_the_weight_that_sums_give():
    """1 of 2 came on day 0, of its supplier's 3 of 4: excess 1/8 - 3/16 / 2 = 1/32, room 3/32; rho = 1/3, so the supplier's 3/4

    count for two orders: (1 + 1.5) / (2 + 2) = 5/8. The other 3/8 come a day later. Without a supplier's law the assumed days hold.
    """
    (law,) = supplier_laws(orders(("s", "a", 0, True, 3), ("s", "a", 1, True, 1))).itertuples()
    item = {"supplier_id": "s", "item_id": "i", "assumed_days": 7, "came": law.came, "waited": law.waited, "hazard": law.hazard}
    own = {"place": np.array([AGREED, AGREED + 1]), "arrived": np.array([True, True]), "orders": np.array([1, 1])}
    (sums,) = moments(pd.DataFrame([item | own])).itertuples()
    assert (sums.excess, sums.room) == pytest.approx((1 / 32, 3 / 32))
    new = dict.fromkeys(("came", "waited", "hazard", *own)) | {"supplier_id": "v", "item_id": "j", "assumed_days": 3}
    weighed = pd.DataFrame([item | own, new]).assign(excess=sums.excess, room=sums.room)
    known, assumed = told(weighed).itertuples()
    assert (known.mean_days, known.late_share) == pytest.approx((7 + 3 / 8, 3 / 8))
    assert (known.days_q50, known.days_q75, assumed.days_q05, assumed.days_q99) == (7, 8, 3, 3)
