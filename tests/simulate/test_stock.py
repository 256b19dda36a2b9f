"""A shelf by hand: two items, each the other's substitute; who gets what, what is ordered, what breaks."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelfwise.simulate import stock
from shelfwise.simulate.catalogue import categories, items
from shelfwise.simulate.shopping import WANT_COLUMNS
from shelfwise.simulate.spec import Spec
from shelfwise.simulate.stock import MOVE_COLUMNS, ORDER_COLUMNS, run_shelf
from shelfwise.simulate.suppliers import Suppliers, suppliers

TOY = Spec(days=42, customers=50, items=30, suppliers=2, locations=2)
A, B = 8, 9  # the two items of their group, so each other's substitute


@pytest.fixture
def toy(monkeypatch):
    """Sets the toy's laws: cases of 4, no damage, deliveries whole, on the next morning, orders on day 0, 7, 14 ..."""

    def make(substitution: float = 0.0, launch_b: int = 0, **laws: np.ndarray) -> None:
        count, kinds = TOY.items, categories(TOY)
        all_items = replace(
            items(TOY), pack=np.full(count, 4), minimum=np.full(count, 4), launch=np.where(np.arange(count) == B, launch_b, 0)
        )
        exact = {
            "mean_days": np.ones(2),
            "late": np.zeros(2),
            "short": np.zeros(2),
            "defects": np.zeros(2),
            "review_day": np.zeros(2, dtype=int),
        }
        monkeypatch.setattr(stock, "DAMAGED", 0.0)
        monkeypatch.setattr(stock, "items", lambda spec: all_items)
        monkeypatch.setattr(
            stock, "categories", lambda spec: replace(kinds, substitution=np.full_like(kinds.substitution, substitution))
        )
        monkeypatch.setattr(stock, "suppliers", lambda spec: Suppliers(**(exact | laws)))

    return make


def wanted(*rows: tuple[int, int, int]) -> pd.DataFrame:
    """From (item, day, second), each by a customer of their own."""
    table = [(0, day, second, customer, item, 0) for customer, (item, day, second) in enumerate(rows)]
    return pd.DataFrame(table, columns=list(WANT_COLUMNS), dtype=np.int64)


def run_toy(wants: pd.DataFrame, expected: float = 0.0) -> dict[str, pd.DataFrame]:
    return run_shelf(TOY, 0, np.array([A, B]), np.full(2, expected), wants)


def of_item(rows: pd.DataFrame, item: int = A) -> pd.DataFrame:
    return rows[rows["item"] == item].reset_index(drop=True)


def test_the_toy_is_a_pair():
    assert (items(TOY).group == items(TOY).group[A]).nonzero()[0].tolist() == [A, B]
    assert items(TOY).substitute[[A, B]].tolist() == [B, A]


def test_first_come_is_first_served(toy):
    """Four on the shelf: the five wants by time get 1, 1, 1, 1, 0, in whatever order the rows lie; equal seconds go by customer."""
    toy()
    rows = wanted((A, 0, 500), (A, 0, 100), (A, 0, 300), (A, 0, 500), (A, 0, 200))
    taken = run_toy(rows)["wants"].set_index("customer")["taken"]
    assert taken.to_dict() == {1: A, 4: A, 2: A, 0: A, 3: -1}


def test_of_one_visit_the_lower_number_is_served_first(toy):
    toy()
    rows = wanted(*[(A, 0, 100)] * 5).assign(customer=7, number=[3, 1, 0, 10_001, 2])
    taken = run_toy(rows)["wants"].set_index("number")["taken"]
    assert taken.to_dict() == {0: A, 1: A, 2: A, 3: A, 10_001: -1}


def test_what_is_missing_is_replaced_where_the_customer_would(toy):
    """Five want A, of which there are four; the fifth takes one of B's four, or nothing where nobody substitutes."""
    rows = wanted(*[(A, 0, second) for second in range(5)])
    toy(substitution=1.0)
    assert run_toy(rows)["wants"]["taken"].tolist() == [A, A, A, A, B]
    toy(substitution=0.0)
    assert run_toy(rows)["wants"]["taken"].tolist() == [A, A, A, A, -1]


@pytest.mark.parametrize(("one", "other"), [(A, B), (B, A)])
def test_a_substitute_goes_first_to_those_who_want_it_itself(toy, one, other):
    """The fifth who wants one comes at 4, the other's own four later: they get it, and the fifth nothing. Of three one is left."""
    toy(substitution=1.0)
    early = [(one, 0, second) for second in range(5)]
    full = run_toy(wanted(*early, *[(other, 0, 1000 + k) for k in range(4)]))["wants"]
    assert full["taken"].tolist() == [one] * 4 + [-1] + [other] * 4
    left = run_toy(wanted(*early, *[(other, 0, 1000 + k) for k in range(3)]))["wants"]
    assert left["taken"].tolist() == [one] * 4 + [other] * 4


def test_a_substitute_is_asked_for_once(toy):
    """A has four and B none before its launch: nobody is served who comes fifth, and no one twice."""
    toy(substitution=1.0, launch_b=14)
    assert run_toy(wanted(*[(A, 0, second) for second in range(6)]))["wants"]["taken"].tolist() == [A] * 4 + [-1] * 2


def test_substitutes_are_served_by_time_too(toy):
    """Six want A: the fifth and sixth turn to B, of which a wanted one is left, and the earlier gets it."""
    toy(substitution=1.0)
    rows = wanted(*[(A, 0, second) for second in range(6)], *[(B, 0, 2)] * 3)
    taken = run_toy(rows)["wants"].set_index("customer")["taken"]
    assert taken[[4, 5]].tolist() == [B, -1]


def test_a_first_delivery_covers_what_is_expected(toy):
    """.5 a day, a lead time of 1 and a review of 7 days: mean 4, level ceil(4 + 1.2 * 2) = 7, two cases of 4.

    Ordered the usual lead time ahead, for a launch on day 14: on day 13. With nothing expected it is the smallest order, 4.
    """
    toy(launch_b=14)
    orders = run_toy(wanted(), expected=0.5)["orders"]
    assert orders[list(ORDER_COLUMNS)].values.tolist() == [[0, A, -1, 0, 0, 8, 8, 0], [0, B, 13, 14, 14, 8, 8, 0]]
    assert run_toy(wanted(), expected=0.0)["orders"]["units"].tolist() == [4, 4]


def test_orders_fill_up_to_the_level_in_whole_cases(toy):
    """8 on day 0, level 7. One sold: 7, nothing lacks. On day 7 three more: 4 left, 3 lack, one case, there on day 8."""
    toy()
    run = run_toy(wanted((A, 0, 1), (A, 3, 1), (A, 7, 1), (A, 7, 2)), expected=0.5)
    assert of_item(run["orders"])["ordered"].tolist() == [-1, 7]
    assert of_item(run["orders"]).loc[1, list(ORDER_COLUMNS[3:])].tolist() == [8, 8, 4, 4, 0]
    moves = of_item(run["moves"])[list(MOVE_COLUMNS[2:])].values.tolist()
    #                day opening received sold damaged closing on order
    assert moves == [[0, 0, 8, 1, 0, 7, 0], [3, 7, 0, 1, 0, 6, 0], [7, 6, 0, 2, 0, 4, 4], [8, 4, 4, 0, 0, 8, 0]]


def test_what_is_on_order_is_not_ordered_again(toy):
    """Lead time 10: mean .5 * 17 = 8.5, level ceil(8.5 + 1.2 * 2.915) = 12, three cases at first.

    Five sold on day 0: 7 left, 5 lack, two cases, due on day 10. On day 7 one sold: 6 and 8 on their way are enough.
    """
    toy(mean_days=np.full(2, 10.0))
    run = run_toy(wanted(*[(A, 0, k) for k in range(5)], (A, 7, 1)), expected=0.5)
    orders, moves = of_item(run["orders"]), of_item(run["moves"]).set_index("day")
    assert orders["units"].tolist()[:2] == [12, 8]
    assert orders["promised"].tolist()[:2] == [0, 10]
    assert orders.loc[1, "arrived"] > 7
    assert moves.loc[7, ["closing", "on_order"]].tolist() == [6, 8]
    assert orders["ordered"].tolist()[:2] == [-10, 0]
    assert 7 not in orders["ordered"].tolist()


def test_known_demand_is_the_mean_of_the_last_28_days_once_there_are_so_many(toy):
    """5 on day 0, then 1 a day. Until day 21 the level is that expected, 7; on day 28 days 1 to 28 sold 28: mean 1,

    level ceil(8 + 1.2 * 2.83) = 12. With day 0 too it would be 33 / 28 * 8 = 9.4, level 14."""
    toy()
    run = run_toy(wanted(*[(A, 0, k) for k in range(5)], *[(A, day, 1) for day in range(1, 42)]), expected=0.5)
    moves, orders = of_item(run["moves"]).set_index("day"), of_item(run["orders"]).set_index("ordered")
    assert (run["wants"]["taken"] == A).all()
    for day, level in ((0, 7), (7, 7), (14, 7), (21, 7), (28, 12), (35, 12)):
        ordered = orders["units"].get(day, 0)
        assert moves.loc[day, "on_order"] == ordered
        lacks = level - moves.loc[day, "closing"]
        assert ordered == (4 * -(-lacks // 4) if lacks > 0 else 0), day


def test_on_the_evening_of_its_28th_day_an_item_has_a_mean_of_28_days(toy):
    """Orders on day 6, 13, 20, 27. Then 5 of day 0 and 1 a day since: 32 / 28 * 8 = 9.1, level ceil(9.14 + 1.2 * 3.02) = 13."""
    toy(review_day=np.full(2, 6))
    run = run_toy(wanted(*[(A, 0, k) for k in range(5)], *[(A, day, 1) for day in range(1, 42)]), expected=2.0)
    moves, orders = of_item(run["moves"]).set_index("day"), of_item(run["orders"]).set_index("ordered")
    assert (run["wants"]["taken"] == A).all()
    level = {20: 21, 27: 13}  # expected were 2 a day: ceil(16 + 1.2 * 4) = 21
    for day, up_to in level.items():
        lacks = up_to - moves.loc[day, "closing"]
        assert orders["units"].get(day, 0) == (4 * -(-lacks // 4) if lacks > 0 else 0), day


def test_a_newcomer_is_ordered_by_what_was_expected_for_its_first_four_weeks(toy):
    """B comes on day 14 with 8 and sells 2: the level 7 of the expected .5 a day asks for 1, so a case. Its sales say less."""
    toy(launch_b=14)
    orders = of_item(run_toy(wanted((B, 14, 1), (B, 14, 2)), expected=0.5)["orders"], B)
    assert orders[["ordered", "units"]].values.tolist() == [[13, 8], [14, 4]]


def test_an_order_is_at_least_the_minimum_and_never_a_broken_case(toy, monkeypatch):
    """3 lack, the minimum is 9, cases hold 4: 12."""
    toy()
    all_items = replace(stock.items(TOY), minimum=np.full(TOY.items, 9))
    monkeypatch.setattr(stock, "items", lambda spec: all_items)
    run = run_toy(wanted(*[(A, 0, k) for k in range(8)]), expected=0.5)
    assert of_item(run["orders"])["units"].tolist() == [12, 12]


def test_short_and_defective_units_never_reach_the_shelf(toy):
    """All units short: nothing comes and nothing is on order; all defective: they come, and can't be sold."""
    rows = wanted(*[(A, 0, k) for k in range(8)])
    toy(short=np.ones(2))
    run = run_toy(rows, expected=0.5)
    assert of_item(run["orders"]).loc[1, ["units", "delivered", "defective"]].tolist() == [8, 0, 0]
    assert not of_item(run["moves"])["on_order"].any()
    toy(defects=np.ones(2))
    run = run_toy(rows, expected=0.5)
    assert of_item(run["orders"]).loc[1, ["units", "delivered", "defective"]].tolist() == [8, 8, 8]
    assert of_item(run["moves"])["received"].sum() == 8


def test_a_shelf_that_nobody_visits_is_stocked_all_the_same(toy):
    toy()
    run = run_toy(wanted(), expected=0.5)
    assert run["wants"].empty
    assert run["moves"]["closing"].tolist() == [8, 8]


def test_a_broken_unit_leaves_the_shelf(toy, monkeypatch):
    """Sure to break one a day: after 4 days the four are gone, and an empty shelf breaks nothing."""
    toy()
    monkeypatch.setattr(stock, "DAMAGED", 1.0)
    monkeypatch.setattr(stock, "suppliers", lambda spec: replace(suppliers(spec), review_day=np.full(2, 6)))
    moves = of_item(run_toy(wanted())["moves"])
    assert moves["damaged"].tolist()[:4] == [1, 1, 1, 1]
    assert moves["closing"].tolist()[:4] == [3, 2, 1, 0]
    assert moves["day"].tolist()[:4] == [0, 1, 2, 3]
    assert 4 not in moves["day"].tolist()


@given(st.lists(st.integers(0, 5), max_size=100))
def test_turns_count_those_who_asked_before(asked):
    turns = stock.in_turn(np.array(asked, dtype=np.int64))
    assert turns.tolist() == [asked[:place].count(item) for place, item in enumerate(asked)]
