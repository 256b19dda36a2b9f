"""Lists within stock: by hand, against linear programs, and whatever the order of rows."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from pyspark.sql import functions as F
from scipy import sparse
from scipy.optimize import linprog

from shelfwise.core.frames import local_frame
from shelfwise.recommend.fulfil.places import StockParams, placed
from shelfwise.recommend.fulfil.prices import Prices, prices
from shelfwise.recommend.fulfil.stock import totals, within_stock

CANDIDATES = "customer_index int, item_index int, worth double, uptake double"
CAPACITY = "item_index int, units double"
APART = 1_000  # numbers of one instance's customers and items begin at a multiple of it
LENGTH = 4
PARAMS = StockParams(length=LENGTH, iterations=25)


@dataclass(frozen=True)
class Instance:
    """A shop of its own; several side by side cost Spark no more than one."""

    candidates: pd.DataFrame
    capacity: dict[int, float]


def drawn(seed, *, limited=0.5, tight=(0.4, 0.9), served=False):
    """100 customers, 12 items, 8 candidates each; `limited` of the items have a share within `tight` of what lists ask for.

    `served`: worth is the uptake itself, else an item's buyers take .5 to 2 units each.
    """
    draw = np.random.default_rng(seed)
    customer = np.repeat(np.arange(100), 8)
    item = np.concatenate([draw.choice(12, 8, replace=False) for _ in range(100)])
    worth = draw.beta(1.5, 6, len(item)) * draw.uniform(0.5, 1.5, 12)[item]
    uptake = worth if served else worth * draw.uniform(0.5, 2.0, 12)[item]
    rows = pd.DataFrame({"customer_index": customer, "item_index": item, "worth": worth, "uptake": uptake})
    asked = best(rows).groupby("item_index")["uptake"].sum()
    chosen = draw.choice(12, round(12 * limited), replace=False)
    return Instance(rows, {int(i): float(asked.get(i, 0.0) * draw.uniform(*tight)) for i in chosen})


def halved(given):
    return Instance(given.candidates, {item: units / 2 for item, units in given.capacity.items()})


def best(rows):
    return rows.sort_values(["worth", "item_index"], ascending=[False, True]).groupby("customer_index").head(LENGTH)


SHOPS = {
    "some": drawn(1),
    "most": drawn(2, limited=0.8),
    "all": drawn(3, limited=1.0, tight=(0.3, 0.5)),
    "served": drawn(4, served=True),
    "served, halved": halved(drawn(4, served=True)),
    "none": drawn(5, limited=0.0),
    "enough": drawn(6, limited=1.0, tight=(1.2, 2.0)),
    "nothing left": Instance(drawn(7).candidates, {0: 0.0, 1: -3.0}),
}


def frames(spark, shops):
    rows = [given.candidates.assign(**{k: given.candidates[k] + APART * n for k in NUMBERS}) for n, given in enumerate(shops)]
    limits = [(item + APART * n, units) for n, given in enumerate(shops) for item, units in given.capacity.items()]
    return local_frame(spark, pd.concat(rows).to_dict("records"), CANDIDATES), local_frame(spark, limits, CAPACITY)


NUMBERS = ("customer_index", "item_index")


@pytest.fixture(scope="module")
def found(spark):
    """By shop: lists and items; and the bound of all."""
    made = within_stock(*frames(spark, list(SHOPS.values())), PARAMS)
    lists, items = made.lists.toPandas(), made.items.toPandas()
    by_shop = {
        name: (
            lists[lists["item_index"] // APART == n].assign(**{k: lists[k] % APART for k in NUMBERS}),
            items[items["item_index"] // APART == n].assign(item_index=items["item_index"] % APART).set_index("item_index"),
        )
        for n, name in enumerate(SHOPS)
    }
    return by_shop | {"bound": made.bound}


def exact(given):
    """What lists are worth at most if places could be shared: the linear program over all candidates, by HiGHS."""
    rows = given.candidates.reset_index(drop=True)
    one = np.ones(len(rows))
    places = sparse.csr_array((one, (rows["customer_index"], rows.index)))
    limits = list(given.capacity)
    units = [(rows["uptake"] * (rows["item_index"] == item)).to_numpy() for item in limits]
    matrix = sparse.vstack([places, sparse.csr_array(np.array(units).reshape(-1, len(rows)))])
    most = np.concatenate([np.full(places.shape[0], LENGTH), np.array([max(given.capacity[item], 0.0) for item in limits])])
    return -linprog(-rows["worth"], A_ub=matrix, b_ub=most, bounds=(0, 1), method="highs").fun


def test_scarce_items_go_where_they_are_worth_most_and_others_fill_the_gaps(spark):
    """Item 1 has 2 units for three who would take one each: 3 gets item 2, of which half a unit is taken. Worth 2.4 becomes 1.8."""
    rows = [(c, 1, worth, 1.0) for c, worth in ((1, 0.9), (2, 0.8), (3, 0.7))] + [(c, 2, 0.1, 0.5) for c in (1, 2, 3)]
    capacity = local_frame(spark, [(1, 2.0), (9, 5.0)], CAPACITY)
    made = within_stock(local_frame(spark, rows, CANDIDATES), capacity, StockParams(length=1))
    assert {(r["customer_index"], r["item_index"], r["place"]) for r in made.lists.collect()} == {(1, 1, 1), (2, 1, 1), (3, 2, 1)}
    # three customers for two units are within one customer of a fit: no price is asked
    assert made.iterations == 1
    assert made.bound == pytest.approx(2.4)
    items = {row["item_index"]: row.asDict() for row in made.items.collect()}
    assert items == {
        1: {
            "item_index": 1,
            "capacity": 2.0,
            "price": 0.0,
            "uptake_before": 3.0,
            "uptake_after": 2.0,
            "worth_before": pytest.approx(2.4),
            "worth_after": pytest.approx(1.7),
        },
        2: {
            "item_index": 2,
            "capacity": None,
            "price": 0.0,
            "uptake_before": 0.0,
            "uptake_after": 0.5,
            "worth_before": 0.0,
            "worth_after": pytest.approx(0.1),
        },
    }
    summed = totals(made.items).collect()[0].asDict()
    assert summed == pytest.approx(
        {"served_before": 2.0, "served_after": 2.5, "worth_before": 2.4, "worth_after": 1.8, "worth_lost": 0.25}
    )


def test_a_price_rises_in_growing_steps_until_few_enough_take_the_item(spark):
    """Worth .9, .8, .7, .6 (.75 a unit), the other item .1. Steps .075, .09, .108, .1296, .15552: at .55812 the last one leaves.

    Three are within one customer of the 2 units. The bound is lowest there: .9 + .8 + .7 - 3 x .55812 + .1 + 2 x .55812 = 1.94188.
    """
    rows = [(c, 1, worth, 1.0) for c, worth in ((1, 0.9), (2, 0.8), (3, 0.7), (4, 0.6))] + [(c, 2, 0.1, 0.5) for c in (1, 2, 3, 4)]
    candidates = local_frame(spark, rows, CANDIDATES).withColumn("places", F.lit(1))
    made = prices(candidates, local_frame(spark, [(1, 2.0)], CAPACITY), StockParams(first_step=0.1))
    assert {row["item_index"]: row["price"] for row in made.items.collect()} == {1: pytest.approx(0.55812), 2: 0.0}
    assert made.iterations == 6
    assert made.bound == pytest.approx(1.94188)


def test_the_price_comes_before_the_queue_and_who_is_turned_away_gets_something_else(spark):
    """One round, which is the last. Items 1 and 2: 2 is turned away from item 1, 1 gets both and keeps the better one.

    Item 3 costs .8 a unit: 4 would pay 1.2 x .8 = .96 for .95 and leaves the 1.25 units to 3, who would not be first in a queue.
    """
    rows = [(1, 1, 0.9, 1.0), (2, 1, 0.8, 1.0), (1, 2, 0.1, 1.0), (2, 2, 0.1, 1.0), (3, 3, 0.9, 1.0), (4, 3, 0.95, 1.2)]
    items = local_frame(spark, [(1, 1.0, 0.0), (2, None, 0.0), (3, 1.25, 0.8)], "item_index int, capacity double, price double")
    candidates = local_frame(spark, rows, CANDIDATES).withColumn("places", F.lit(1))
    lists = placed(candidates, Prices(items, 0.0, 1), StockParams(rounds=1))
    assert {(row["customer_index"], row["item_index"]) for row in lists.collect()} == {(1, 1), (2, 2), (3, 3)}


@pytest.mark.parametrize("name", SHOPS)
def test_no_item_is_asked_for_more_than_there_is(found, name):
    lists, items = found[name]
    asked = lists.groupby("item_index")["uptake"].sum().reindex(items.index, fill_value=0.0)
    assert asked.to_numpy() == pytest.approx(items["uptake_after"].to_numpy(), abs=1e-6)
    assert (asked <= items["capacity"].clip(lower=0.0).fillna(np.inf) * 1.01 + 1e-9).all()


@pytest.mark.parametrize("name", SHOPS)
def test_no_list_is_shorter_than_it_has_to_be(found, name):
    """Whoever has a free place has no other candidate that still fits."""
    lists, items = found[name]
    assert (lists.sort_values("place").groupby("customer_index")["worth"].diff().dropna() <= 0).all()
    sizes = SHOPS[name].candidates["customer_index"].map(lists.groupby("customer_index").size()).fillna(0)
    assert sizes.max() == LENGTH
    rest = SHOPS[name].candidates[sizes < LENGTH].merge(lists[[*NUMBERS, "place"]], how="left", on=list(NUMBERS))
    rest = rest[rest["place"].isna()]
    free = (items["capacity"].clip(lower=0.0) * 1.01 - items["uptake_after"]).fillna(np.inf)
    assert (rest["uptake"] > rest["item_index"].map(free) - 1e-6).all()


@pytest.mark.parametrize("name", ["some", "most", "all", "served", "served, halved", "nothing left"])
def test_lists_are_worth_nearly_what_the_linear_program_says(found, name):
    assert found[name][0]["worth"].sum() >= 0.97 * exact(SHOPS[name])


def test_no_lists_can_be_worth_more_than_the_bound(found):
    """And by duality the best prices would reach the linear program's worth, of all shops together."""
    most = sum(exact(given) for given in SHOPS.values())
    assert most * (1 - 1e-6) <= found["bound"] <= 1.01 * most


@pytest.mark.parametrize("name", ["none", "enough"])
def test_where_there_is_enough_everybody_gets_the_best_and_nothing_has_a_price(found, name):
    lists, items = found[name]
    wanted = set(best(SHOPS[name].candidates)[list(NUMBERS)].itertuples(index=False, name=None))
    assert set(lists[list(NUMBERS)].itertuples(index=False, name=None)) == wanted
    assert (items["price"] == 0).all()


@pytest.mark.parametrize("name", ["some", "most", "all", "served"])
def test_only_what_is_sold_out_has_a_price(found, name):
    items = found[name][1]
    priced = items[items["price"] > 0]
    assert (priced["uptake_after"] >= 0.9 * priced["capacity"]).all()
    assert len(priced) > 0.5 * len(SHOPS[name].capacity)
    assert (items.loc[items["capacity"].isna(), "price"] == 0).all()


def test_half_the_stock_never_serves_more(found):
    whole, half = (found[name][1].sort_index() for name in ("served", "served, halved"))
    served = [np.minimum(items["uptake_after"], items["capacity"].fillna(np.inf)).sum() for items in (whole, half)]
    assert served[1] < served[0]
    assert (half["price"] >= whole["price"]).mean() > 0.8


def test_lists_are_the_same_however_their_rows_come(spark):
    """Bit for bit, prices too."""
    candidates, capacity = frames(spark, [SHOPS["most"]])
    few = StockParams(length=LENGTH, iterations=3, rounds=2)
    one, other = (within_stock(rows, capacity, few) for rows in (candidates, candidates.orderBy("worth").repartition(5)))
    for this, that in ((one.lists, other.lists), (one.items, other.items)):
        assert sorted(map(tuple, this.collect()), key=str) == sorted(map(tuple, that.collect()), key=str)
