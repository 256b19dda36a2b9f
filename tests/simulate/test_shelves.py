"""Whole shelves: books that balance, orders and receipts that belong together, and who got what of a real shop's wants."""

import numpy as np
import pandas as pd
import pytest

from shelfwise.simulate.catalogue import NEVER, categories, items
from shelfwise.simulate.means import as_array, expected_daily, weights
from shelfwise.simulate.shopping import WANT_COLUMNS, shop
from shelfwise.simulate.spec import Spec
from shelfwise.simulate.stock import run_shelf
from shelfwise.simulate.suppliers import suppliers

SPEC = Spec(days=119, customers=400, items=240, suppliers=12, locations=3)
IDS = np.arange(SPEC.items)
SHELF = ["location", "item"]


@pytest.fixture(scope="module")
def wants() -> pd.DataFrame:
    return shop(SPEC, np.arange(SPEC.customers))[0]


def run_at(location: int, wants: pd.DataFrame, ids: np.ndarray = IDS) -> dict[str, pd.DataFrame]:
    """At the mean demand that the shop would count on; the same for any wants."""
    weighed = weights(SPEC, np.arange(SPEC.customers))
    expected = expected_daily(SPEC, as_array(weighed[weighed["location"] == location], SPEC.days).mean(axis=0))[ids]
    here = wants[(wants["location"] == location) & wants["item"].isin(ids)]
    return run_shelf(SPEC, location, ids, expected, here)


@pytest.fixture(scope="module")
def runs(wants) -> list[dict[str, pd.DataFrame]]:
    return [run_at(location, wants) for location in range(SPEC.locations)]


@pytest.fixture(scope="module")
def run(runs) -> dict[str, pd.DataFrame]:
    """All locations together."""
    return {part: pd.concat([one[part] for one in runs], ignore_index=True) for part in ("wants", "moves", "orders")}


def by_day(moves: pd.DataFrame) -> pd.DataFrame:
    return moves.sort_values([*SHELF, "day"], ignore_index=True)


def regular(orders: pd.DataFrame) -> pd.DataFrame:
    """Without each item's first."""
    return orders[orders["arrived"] != items(SPEC).launch[orders["item"]]]


def test_what_goes_in_comes_out_or_stays(run):
    moves = run["moves"]
    assert (moves["closing"] == moves["opening"] + moves["received"] - moves["sold"] - moves["damaged"]).all()
    assert not moves.duplicated([*SHELF, "day"]).any()
    assert (moves[["received", "sold", "damaged"]].sum() > 0).all()


def test_nothing_is_ever_negative(run):
    assert (run["moves"] >= 0).all(axis=None)
    assert (run["orders"][["units", "delivered", "defective"]] >= 0).all(axis=None)


def test_a_shelf_opens_with_what_it_closed_with(run):
    """Between two rows nothing has changed; the first row opens empty."""
    moves = by_day(run["moves"])
    closed = moves.groupby(SHELF)["closing"].shift(fill_value=0)
    assert (moves["opening"] == closed).all()


def test_what_is_sold_was_taken_by_someone(run):
    taken = run["wants"][run["wants"]["taken"] >= 0].groupby(["location", "taken", "day"]).size()
    sold = run["moves"][run["moves"]["sold"] > 0].set_index([*SHELF, "day"])["sold"]
    assert sold.sort_index().to_dict() == taken.to_dict()


def test_what_is_received_was_delivered_without_defects_on_that_day(run):
    orders = run["orders"][run["orders"]["arrived"] < SPEC.days]
    good = (orders["delivered"] - orders["defective"]).groupby([orders["location"], orders["item"], orders["arrived"]]).sum()
    received = run["moves"][run["moves"]["received"] > 0].set_index([*SHELF, "day"])["received"]
    assert received.sort_index().to_dict() == good[good > 0].to_dict()
    assert (orders["defective"] > 0).any()
    assert (orders["delivered"] < orders["units"]).any()


def test_what_is_on_order_is_what_was_ordered_and_has_not_come(run):
    """Good units of regular orders up to the day, less those that have arrived by it; an item's first order never counts."""
    orders, moves = regular(run["orders"]), run["moves"]
    good = orders.assign(good=orders["delivered"] - orders["defective"])
    table = [
        good.pivot_table(index=SHELF, columns=when, values="good", aggfunc="sum", fill_value=0) for when in ("ordered", "arrived")
    ]
    shelves = pd.MultiIndex.from_frame(moves[SHELF].drop_duplicates())
    ordered, arrived = (one.reindex(index=shelves, columns=range(SPEC.days), fill_value=0).cumsum(axis=1) for one in table)
    place = shelves.get_indexer(pd.MultiIndex.from_frame(moves[SHELF]))
    assert (moves["on_order"] == (ordered - arrived).to_numpy()[place, moves["day"]]).all()


def test_orders_are_whole_cases_and_at_least_the_minimum(run):
    each, orders = items(SPEC), run["orders"]
    assert (orders["units"] % each.pack[orders["item"]] == 0).all()
    assert (orders["units"] >= each.minimum[orders["item"]]).all()
    assert (orders["units"] > each.minimum[orders["item"]]).any()


def test_deliveries_are_within_the_order_and_later_than_it(run):
    orders = run["orders"]
    assert (orders["delivered"] <= orders["units"]).all()
    assert (orders["defective"] <= orders["delivered"]).all()
    assert (orders["arrived"] > orders["ordered"]).all()
    usual = suppliers(SPEC).usual_days[items(SPEC).supplier[orders["item"]]]
    assert (orders["promised"] == orders["ordered"] + usual).all()


def test_orders_go_out_on_the_suppliers_weekday_once_the_item_is_on_sale(run):
    orders = regular(run["orders"])
    assert (orders["ordered"] % 7 == suppliers(SPEC).review_day[items(SPEC).supplier[orders["item"]]]).all()
    assert (orders["ordered"] >= items(SPEC).launch[orders["item"]]).all()
    assert not orders.duplicated([*SHELF, "ordered"]).any()


def test_every_item_that_is_ever_listed_has_one_perfect_first_delivery_and_candidates_none(run):
    first = run["orders"].drop(regular(run["orders"]).index)
    launch = items(SPEC).launch
    assert first["item"].value_counts().to_dict() == dict.fromkeys(np.flatnonzero(launch < SPEC.days).tolist(), SPEC.locations)
    assert (first["delivered"] == first["units"]).all()
    assert not first["defective"].any()
    usual = suppliers(SPEC).usual_days[items(SPEC).supplier[first["item"]]]
    assert (first["ordered"] == launch[first["item"]] - usual).all()
    assert (launch == NEVER).any()
    assert (run["moves"]["day"] >= launch[run["moves"]["item"]]).all()


def test_an_order_fills_the_level_that_known_demand_asks_for(run):
    """Every regular order of an item older than 28 days: its level from the sales in the moves, less closing and earlier orders."""
    moves = run["moves"].set_index([*SHELF, "day"])
    sold = moves["sold"].unstack(fill_value=0).reindex(columns=range(SPEC.days), fill_value=0)
    orders = regular(run["orders"])
    orders = orders[orders["ordered"] - items(SPEC).launch[orders["item"]] >= 28]
    for order in orders.sample(300, random_state=1).itertuples():
        mean = sold.loc[(order.location, order.item), order.ordered - 27 : order.ordered].sum() / 28
        review = mean * (suppliers(SPEC).usual_days[items(SPEC).supplier[order.item]] + 7)
        after = moves.loc[(order.location, order.item, order.ordered)]
        lacking = (
            np.ceil(review + 1.2 * np.sqrt(review)) - after["closing"] - (after["on_order"] - order.delivered + order.defective)
        )
        pack, minimum = items(SPEC).pack[order.item], items(SPEC).minimum[order.item]
        assert lacking > 0
        assert order.units == -(-max(lacking, minimum) // pack) * pack


@pytest.fixture(scope="module")
def books(run) -> pd.DataFrame:
    """Every shelf and day, also those on which nothing changed: what it had in the morning, and sold to those who wanted it."""
    moves, days = run["moves"], range(SPEC.days)
    closing = moves.pivot(index=SHELF, columns="day", values="closing").reindex(columns=days).ffill(axis=1).fillna(0)
    received = moves.pivot(index=SHELF, columns="day", values="received").reindex(columns=days).fillna(0)
    had = closing.shift(axis=1, fill_value=0) + received
    own = run["wants"][lambda rows: rows["taken"] == rows["item"]].groupby([*SHELF, "day"]).size()
    table = had.stack().to_frame("had").join(moves.set_index([*SHELF, "day"])["sold"]).join(own.rename("own"))
    return table.fillna(0)


def missed(run: dict[str, pd.DataFrame], books: pd.DataFrame) -> pd.DataFrame:
    """Wants not met with the item itself, beside the books of the item and of its substitute (`other`)."""
    wants = run["wants"][lambda rows: rows["taken"] != rows["item"]]
    wants = wants.assign(other=items(SPEC).substitute[wants["item"]])
    wants = wants.join(books, on=[*SHELF, "day"])
    return wants.join(books.add_prefix("other_").rename_axis(["location", "other", "day"]), on=["location", "other", "day"])


def test_what_is_lost_was_not_there(run, books):
    """Where a want of an item was not met with it, all that was there that day has been sold."""
    rows = missed(run, books)
    assert len(rows) > 500
    assert (rows["sold"] == rows["had"]).all()


def test_only_the_substitute_stands_in(run):
    wants = run["wants"]
    stood_in = wants[(wants["taken"] >= 0) & (wants["taken"] != wants["item"])]
    assert len(stood_in) > 100
    assert (stood_in["taken"] == items(SPEC).substitute[stood_in["item"]]).all()


def test_customers_take_a_substitute_that_is_there_with_the_known_probability(run, books):
    """Only where its own demand left at least one for everybody who missed the item: then each decides alone."""
    rows = missed(run, books)[lambda rows: rows["other"] != rows["item"]]
    aimed = rows.groupby(["location", "other", "day"])["number"].transform("size")
    free = rows[aimed <= rows["other_had"] - rows["other_own"]]
    p = categories(SPEC).substitution[items(SPEC).category[free["item"]]]
    assert len(free) > 300
    assert (free["taken"] >= 0).sum() == pytest.approx(p.sum(), abs=4 * np.sqrt((p * (1 - p)).sum()))


def test_nobody_is_served_after_someone_who_was_not(run):
    """Within an item and day, in order of time: own demand is met until it is not."""
    ordered = run["wants"].sort_values(["location", "item", "day", "second", "customer", "number"])
    met = ordered["taken"] == ordered["item"]
    before = met.groupby([ordered["location"], ordered["item"], ordered["day"]]).shift(fill_value=True)
    assert not (met & ~before).any()


def test_units_break_with_the_known_probability_per_unit_and_day(run):
    """.0005 times the units there in the evening, summed over all item-days, against the units broken."""
    moves = run["moves"].assign(evening=run["moves"]["closing"] + run["moves"]["damaged"])
    held = moves.pivot(index=SHELF, columns="day", values="closing").reindex(columns=range(SPEC.days)).ffill(axis=1)
    evening = moves.pivot(index=SHELF, columns="day", values="evening").reindex(columns=range(SPEC.days))
    expected = 0.0005 * evening.fillna(held).sum().sum()
    assert moves["damaged"].max() == 1
    assert moves["damaged"].sum() == pytest.approx(expected, abs=4 * np.sqrt(expected))


def test_the_order_of_rows_does_not_matter(runs, wants):
    shuffled = run_at(1, wants.sample(frac=1, random_state=3))
    for part, rows in shuffled.items():
        pd.testing.assert_frame_equal(rows, runs[1][part])


def test_categories_may_be_run_apart(runs, wants):
    """A worker has some categories of a location: the rows are those of all together."""
    parts = [run_at(1, wants, np.flatnonzero(items(SPEC).category % 2 == half)) for half in (0, 1)]
    for part, key in (("wants", ["customer", "day", "number"]), ("moves", ["item", "day"]), ("orders", ["item", "ordered"])):
        apart = pd.concat([one[part] for one in parts]).sort_values(key, ignore_index=True)
        pd.testing.assert_frame_equal(apart, runs[1][part].sort_values(key, ignore_index=True))


def test_wants_come_back_as_they_were_with_what_they_took(run, wants):
    key = ["customer", "day", "number"]
    back = run["wants"].sort_values(key, ignore_index=True)
    pd.testing.assert_frame_equal(back[list(WANT_COLUMNS)], wants.sort_values(key, ignore_index=True))
    assert list(back) == [*WANT_COLUMNS, "taken"]


def test_twice_the_demand_needs_more_orders_and_loses_more(runs, wants):
    doubled = run_at(1, pd.concat([wants, wants.assign(number=wants["number"] + 5_000)]))
    assert doubled["orders"]["units"].sum() > 1.3 * runs[1]["orders"]["units"].sum()
    lost, before = ((one["wants"]["taken"] < 0).mean() for one in (doubled, runs[1]))
    assert lost > before > 0
