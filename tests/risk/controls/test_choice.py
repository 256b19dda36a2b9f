"""Which controls are chosen: small sets by hand, and by trying all of them."""

from itertools import product

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from shelfwise.risk.controls.choice import chosen


def options(*rows):
    return pd.DataFrame(rows, columns=["group", "net", "net_cost"])


def test_with_money_enough_each_group_has_its_best():
    rows = options(("a", 3.0, 9.0), ("a", 4.0, 90.0), ("b", 1.0, 1.0))
    assert chosen(rows, 100.0).tolist() == [False, True, True]
    assert chosen(rows.iloc[:0], 100.0).tolist() == []


def test_the_best_ratio_first_is_not_the_best_set():
    """Of 10: a brings 7 for 6, b and c 5 each for 5. By net per money a comes first, and leaves room for nothing."""
    rows = options(("a", 7.0, 6.0), ("b", 5.0, 5.0), ("c", 5.0, 5.0))
    assert chosen(rows, 10.0).tolist() == [False, True, True]
    assert chosen(rows, 6.0).tolist() == [True, False, False]


def test_what_pays_for_itself_needs_no_budget():
    assert chosen(options(("a", 7.0, -6.0), ("b", 5.0, 5.0)), 0.0).tolist() == [True, False]


ROWS = st.lists(
    st.tuples(st.sampled_from("abc"), st.integers(1, 50).map(float), st.integers(-5, 20).map(float)), min_size=1, max_size=7
)


@given(ROWS, st.integers(0, 40).map(float))
def test_no_other_set_within_the_budget_brings_more(rows, budget):
    frame = options(*rows)
    net, spent = frame["net"].to_numpy(), np.maximum(frame["net_cost"].to_numpy(), 0)
    taken = chosen(frame, budget)

    def allowed(mask):
        return spent[mask].sum() <= budget + 1e-6 and not frame.loc[mask, "group"].duplicated().any()

    masks = [np.array(bits, dtype=bool) for bits in product([False, True], repeat=len(frame))]
    assert allowed(taken)
    assert net[taken].sum() >= max(net[mask].sum() for mask in masks if allowed(mask)) - 1e-6
