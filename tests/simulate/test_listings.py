"""The shop's own lists: prices told when they begin to hold, plans of the right weeks, words that tell of the item."""

import numpy as np
import pytest

from shelfwise.simulate import listings
from shelfwise.simulate.catalogue import items
from shelfwise.simulate.plans import plans
from shelfwise.simulate.spec import Spec

SPEC = Spec(days=87, customers=1, items=400, suppliers=40, locations=3)
IDS = np.arange(SPEC.items)


@pytest.fixture(scope="module")
def rows():
    return listings.plan_rows(SPEC, IDS)


def test_a_price_is_told_at_the_launch_and_at_each_change(rows):
    """An item launched in week 5 has its first price row then, whether or not its price was another in week 4."""
    launch = items(SPEC).launch[rows["item"]]
    told = rows["price_changed"]
    assert told[rows["start_day"] == launch].all()
    assert (launch[rows["start_day"] == launch] > 0).any()
    before = plans(SPEC).list_price[rows["item"], np.maximum(rows["week"] - 1, 0)]
    later = rows["week"] > 0
    assert ((rows["list_price"] != before) | (rows["start_day"] == launch))[later].equals(told[later])


def test_a_plan_is_of_its_week_and_the_last_one_ends_with_the_shop(rows):
    """87 days: week 12 has days 84 to 86."""
    assert len(rows) == 400 * 13
    assert (rows["start_day"] == 7 * rows["week"]).all()
    assert sorted(set(rows["end_day"] - rows["start_day"])) == [2, 6]
    assert rows["end_day"].max() == 86
    assert (rows["price"] == plans(SPEC).price[rows["item"], rows["week"]]).all()
    assert (rows["promoted"] == (rows["promotion"] != "")).all()


def test_rivals_prices_go_by_the_items_first(rows):
    """To the cent; depths of discounts to a thousandth."""
    expected = items(SPEC).price[rows["item"]] * np.exp(plans(SPEC).rivals[rows["item"], rows["week"]])
    assert (rows["rival_price"] - expected).abs().max() < 0.00501
    assert (rows["price_cut"] - plans(SPEC).depth[rows["item"], rows["week"]]).abs().max() <= 0.000501


def test_the_first_suppliers_items_are_the_shops_own():
    described = listings.item_rows(SPEC, IDS)
    assert described.groupby("supplier")["private_label"].all().to_dict() == {n: n == 0 for n in sorted(set(described["supplier"]))}
    assert described["private_label"].sum() == (items(SPEC).supplier == 0).sum() > 0


def test_rows_of_some_items_are_those_of_all(rows):
    few = np.array([17, 3])
    for make in (listings.plan_rows, listings.item_rows):
        together, apart = make(SPEC, IDS), make(SPEC, few)
        for item in few:
            one, other = (frame[frame["item"] == item].reset_index(drop=True) for frame in (together, apart))
            assert one.equals(other)


def test_four_items_in_five_name_the_style_of_those_who_like_them():
    """And of the others one in eight by chance: .8 + .2 / 8 = .825."""
    described = listings.item_rows(SPEC, IDS)
    told = np.array(listings.STYLES)[items(SPEC).main_taste] == described["style"]
    assert told.mean() == pytest.approx(0.825, abs=4 * np.sqrt(0.825 * 0.175 / SPEC.items))
    assert all(row.style in row.description and row.package_size in row.description for row in described.itertuples())


def test_the_web_warehouse_is_where_parcels_leave_from():
    places = listings.location_rows(SPEC)
    assert places["kind"].tolist() == ["store", "store", "web"]
    assert places.loc[2, ["latitude", "longitude"]].tolist() == [38.1744, -85.7360]
