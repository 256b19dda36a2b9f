"""Expected demand: weights that add up exactly, the equation by hand for one item-week, and what candidates would sell."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shelfwise.simulate import effects, means, shopping
from shelfwise.simulate.catalogue import NEVER, TASTES, categories, items
from shelfwise.simulate.effects import as_if_listed, multipliers, traffic
from shelfwise.simulate.experiments import EXPERIMENTS, days_of, treated
from shelfwise.simulate.means import PAGE, as_array, expected_daily, weights
from shelfwise.simulate.people import WEIGHT_UNIT, people
from shelfwise.simulate.spec import Spec

SPEC = Spec(days=87, customers=300, items=240, suppliers=12, locations=4)  # the last week has three days
CUSTOMERS, ITEMS = np.arange(SPEC.customers), np.arange(SPEC.items)
KEY = ["location", "day", "taste"]


@pytest.fixture(scope="module")
def weighed() -> pd.DataFrame:
    return weights(SPEC, CUSTOMERS)


@pytest.fixture(scope="module")
def whole(weighed) -> np.ndarray:
    chain = weighed[weighed["location"] != PAGE].groupby(["day", "taste"], as_index=False)["weight"].sum()
    return as_array(chain, SPEC.days)


@pytest.fixture(scope="module")
def page(weighed) -> np.ndarray:
    return as_array(weighed[weighed["location"] == PAGE], SPEC.days)


def added_up(*parts: pd.DataFrame) -> dict[tuple[int, int, int], int]:
    sums = pd.concat(parts).groupby(KEY)["weight"].sum()
    return sums[sums > 0].to_dict()


def by_week(truth: pd.DataFrame, column: str) -> np.ndarray:
    """Items x weeks."""
    return truth.pivot(index="item", columns="week", values=column).to_numpy()


# weights


def test_weights_are_whole_numbers_one_per_location_day_and_taste(weighed):
    assert weighed["weight"].dtype == np.int64
    assert (weighed["weight"] >= 0).all()
    assert not weighed.duplicated(KEY).any()
    assert weighed.groupby("location").size().to_dict() == dict.fromkeys((PAGE, 0, 1, 2, SPEC.web), SPEC.days * TASTES)


@settings(max_examples=10, deadline=None)
@given(st.lists(st.integers(1, SPEC.customers - 1), min_size=1, max_size=4, unique=True))
def test_weights_add_up_to_the_same_over_any_split_of_customers(cuts):
    """To the unit, so that no order of adding shows."""
    shuffled = np.random.default_rng(len(cuts)).permutation(CUSTOMERS)
    parts = [weights(SPEC, part) for part in np.split(shuffled, sorted(cuts))]
    assert added_up(*parts) == added_up(weights(SPEC, CUSTOMERS))


def test_a_customers_weights_are_what_they_want_per_unit_of_traffic():
    """Rate * basket * taste, split between home and web by the share of web visits; the page sees rate * web share * taste.

    In the first experiment's days a treated customer wants 1.08 times as much, and sees no more pages.
    """
    who = people(SPEC, CUSTOMERS)
    first, _ = days_of(SPEC, EXPERIMENTS[0])
    here = np.flatnonzero((treated(SPEC, EXPERIMENTS[0], CUSTOMERS) == 1) & (who.joined == 0) & (who.left == NEVER))[:5]
    for one in here:
        found = weights(SPEC, np.array([one])).set_index(KEY)["weight"].sort_index() * WEIGHT_UNIT
        units = who.rate[one] * who.basket[one] * who.tastes[one]
        web = who.web[one]
        for day, more in ((0, 1.0), (first, 1.08)):
            assert found[who.home[one], day].to_numpy() == pytest.approx(units * (1 - web) * more, abs=1e-9)
            assert found[SPEC.web, day].to_numpy() == pytest.approx(units * web * more, abs=1e-9)
            assert found[PAGE, day].to_numpy() == pytest.approx(who.rate[one] * web * who.tastes[one], abs=1e-9)


def test_only_members_weigh():
    who = people(SPEC, CUSTOMERS)
    late = int(np.flatnonzero(who.joined > 0)[0])
    gone = int(np.flatnonzero(who.left != NEVER)[0])
    for one in (late, gone):
        days = weights(SPEC, np.array([one])).groupby("day")["weight"].sum()
        assert ((days > 0) == ((days.index >= who.joined[one]) & (days.index < who.left[one]))).all()


def test_rows_become_an_array_of_days_and_tastes():
    """Two rows: 3e9 and 5e8 billionths; what has no row is 0."""
    rows = pd.DataFrame({"location": 1, "day": [2, 0], "taste": [7, 1], "weight": [3_000_000_000, 500_000_000]})
    expected = np.zeros((4, 8))
    expected[2, 7], expected[0, 1] = 3.0, 0.5
    assert as_array(rows, 4) == pytest.approx(expected)


def test_the_shop_counts_on_mean_traffic_and_everything_listed():
    """Weights 2 for the first taste and 1 for the last."""
    mean = np.array([2.0, 0, 0, 0, 0, 0, 0, 1.0])
    affinity = items(SPEC).affinity
    assert expected_daily(SPEC, mean) == pytest.approx(traffic(SPEC).mean() * (2 * affinity[0] + affinity[7]))


# what is wanted


def test_one_row_per_item_and_week(whole, page):
    truth = means.wanted(SPEC, whole, page, np.array([5, 3]))
    assert truth[["item", "week"]].values.tolist() == [[item, week] for item in (5, 3) for week in range(13)]


def test_items_may_be_asked_for_apart(whole, page):
    together = means.wanted(SPEC, whole, page, ITEMS)
    parts = pd.concat([means.wanted(SPEC, whole, page, part) for part in (ITEMS[100:], ITEMS[:100])])
    columns = ["wanted", "if_listed"]
    apart = parts.sort_values(["item", "week"], ignore_index=True)
    assert apart[columns].to_numpy() == pytest.approx(together[columns].to_numpy(), rel=1e-12)


def test_an_item_week_is_the_sum_over_days_and_tastes(whole, page):
    """Shelf: traffic * sum of weights * affinities, times g. Page: looks of sum j^-.7, shown, liked, carted, bought."""
    item, each = int(np.flatnonzero(items(SPEC).launch == 0)[4]), items(SPEC)
    looks = sum(place**-0.7 for place in range(1, 11))
    chances = shopping.appeal(SPEC)[item] * shopping.cart_probability(SPEC)[item] * shopping.buy_probability(SPEC)[item]
    truth = means.wanted(SPEC, whole, page, np.array([item])).set_index("week")["wanted"]
    for week, days in ((2, range(14, 21)), (12, range(84, 87))):
        shelf = sum(traffic(SPEC)[day] * (whole[day] @ each.affinity[:, item]) for day in days) * multipliers(SPEC)[item, week]
        liking = sum(traffic(SPEC)[day] * (0.4 * page[day].sum() + 1.2 * page[day, each.main_taste[item]]) for day in days)
        slots = looks * shopping.exposure(SPEC)[item, week] * chances * liking
        assert truth[week] == pytest.approx(shelf + slots)
        assert 0 < slots < shelf


def test_twice_the_customers_want_twice_as_much_at_the_shelf(whole, page):
    none = np.zeros_like(page)
    once, twice = (means.wanted(SPEC, factor * whole, none, ITEMS) for factor in (1, 2))
    assert twice["wanted"].to_numpy() == pytest.approx(2 * once["wanted"].to_numpy())
    assert twice["if_listed"].to_numpy() == pytest.approx(2 * once["if_listed"].to_numpy())


def test_shelf_and_page_add_up_and_the_page_is_none_of_if_listed(whole, page):
    none = np.zeros_like(page)
    both, shelf, slots = (means.wanted(SPEC, *one, ITEMS) for one in ((whole, page), (whole, none), (none, page)))
    assert both["wanted"].to_numpy() == pytest.approx((shelf["wanted"] + slots["wanted"]).to_numpy())
    assert (both["if_listed"] == shelf["if_listed"]).all()
    assert not slots["if_listed"].any()
    assert slots["wanted"].sum() > 0


def test_if_listed_is_the_shelfs_part_of_what_is_on_sale(whole, page):
    truth = means.wanted(SPEC, whole, np.zeros_like(page), ITEMS)
    on_sale = items(SPEC).launch[truth["item"]] <= truth["week"] * 7
    assert truth.loc[on_sale, "if_listed"].to_numpy() == pytest.approx(truth.loc[on_sale, "wanted"].to_numpy())
    assert 0 < on_sale.mean() < 1


def test_a_candidate_is_not_wanted_but_would_be(whole, page):
    truth = means.wanted(SPEC, whole, page, np.flatnonzero(items(SPEC).launch == NEVER))
    assert len(truth) > 0
    assert (truth["wanted"] == 0).all()
    assert (truth["if_listed"] > 0).all()


def test_listing_a_candidate_brings_what_was_foretold_and_costs_its_mates(whole, page, monkeypatch):
    """The same shop with one candidate on sale from the first day, as something established: `wanted` is the former `if_listed`.

    Its mates lose by the ratio of attractions to the power of crowding; items of other groups keep what they had.
    """
    none, each = np.zeros_like(page), items(SPEC)
    listed_mates = np.bincount(each.group, weights=each.launch == 0)[each.group] > 0
    item = int(np.flatnonzero((each.launch == NEVER) & listed_mates)[0])
    before = means.wanted(SPEC, whole, none, ITEMS)
    launch = each.launch.copy()
    launch[item] = 0
    monkeypatch.setattr(effects, "items", lambda spec: replace(each, launch=launch))
    monkeypatch.setattr(means, "multipliers", lambda spec: effects.on_sale(spec) * as_if_listed(spec) * effects.crowded(spec))
    after = means.wanted(SPEC, whole, none, ITEMS)
    now, then = by_week(after, "wanted"), by_week(before, "wanted")
    assert now[item] == pytest.approx(by_week(before, "if_listed")[item])
    there = (each.group == each.group[item]) & (each.launch == 0)
    mate, power = int(np.flatnonzero(there)[0]), categories(SPEC).crowding[each.category[item]]
    ratio = (each.popularity[there].sum() + each.popularity[item]) / each.popularity[there].sum()
    assert now[mate, 0] / then[mate, 0] == pytest.approx(ratio**-power)
    others = each.group != each.group[item]
    assert now[others] == pytest.approx(then[others])


def test_an_item_before_its_launch_would_sell_without_the_curious(whole, page):
    """if_listed / (weights * affinity) is as_if_listed times crowding with it: no buzz before the launch, buzz from then on."""
    each = items(SPEC)
    item = int(np.flatnonzero((each.launch > 7) & (each.launch < NEVER))[0])
    launch = each.launch[item] // 7
    found = by_week(means.wanted(SPEC, whole, np.zeros_like(page), np.array([item])), "if_listed")[0]
    base = np.array(
        [(whole * traffic(SPEC)[:, None])[7 * week : 7 * week + 7].sum(axis=0) @ each.affinity[:, item] for week in range(13)]
    )
    mates = each.group == each.group[item]
    share = [each.popularity[mates & ((each.launch <= 7 * week) | np.isin(ITEMS, item))].sum() for week in range(13)]
    crowding = (np.array(share) / each.popularity[mates].sum()) ** -categories(SPEC).crowding[each.category[item]]
    assert found == pytest.approx(base * as_if_listed(SPEC)[item] * crowding)
    buzz = effects.launch_effect(SPEC)[item]
    assert not buzz[:launch].any()
    assert buzz[launch] == pytest.approx(0.8)
