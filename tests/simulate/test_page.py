"""The web shop's page: slots with their propensity, clicks, carts and purchases as the laws of the page say."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from shelfwise.simulate import means, shopping
from shelfwise.simulate.catalogue import items
from shelfwise.simulate.effects import traffic
from shelfwise.simulate.people import WEB_SHARES
from shelfwise.simulate.shopping import FROM_SLOT
from tests.simulate.conftest import IDS, SPEC, WHO, within


def test_each_web_visit_sees_one_page_of_ten_slots(slots, wants):
    """Visits to the web by segment: sum of rate * traffic * share, each a yes or no."""
    pages = slots.groupby(["customer", "day"])["position"].agg(["min", "max", "size"])
    assert (pages.to_numpy() == [1, 10, 10]).all()
    seen_by = WHO.segment[pages.index.get_level_values("customer")]
    days = np.arange(SPEC.days)
    chance = WHO.member(days) * WHO.rate[:, None] * traffic(SPEC)
    for segment, share in enumerate(WEB_SHARES):
        p = chance[WHO.segment == segment] * share
        assert within((seen_by == segment).sum(), p.sum(), (p * (1 - p)).sum())
    on_web = wants.loc[wants["location"] == SPEC.web, ["customer", "day", "second"]].drop_duplicates()
    assert len(on_web.merge(slots[["customer", "day", "second"]].drop_duplicates())) == len(on_web)
    in_store = wants.loc[wants["location"] != SPEC.web, ["customer", "day"]].drop_duplicates()
    assert in_store.merge(slots, on=["customer", "day"]).empty


def test_slots_show_items_with_their_propensity(slots):
    """Each week's propensities add up to 1; items are shown as often as those say, over all weeks."""
    shown, week = slots["item"].to_numpy(), slots["day"].to_numpy() // 7
    exposure = shopping.exposure(SPEC)
    assert exposure.sum(axis=0) == pytest.approx(np.ones(SPEC.weeks))
    assert (slots["propensity"] == exposure[shown, week]).all()
    assert (items(SPEC).launch[shown] <= slots["day"]).all()
    expected = exposure[:, week].sum(axis=1)
    listed = expected > 5
    counts = np.bincount(shown, minlength=SPEC.items)[listed]
    assert stats.chisquare(counts, expected[listed] * counts.sum() / expected[listed].sum()).pvalue > 1e-4


def test_the_popular_are_shown_as_the_root_of_their_share():
    """Four times as popular, twice as often."""
    each, shown = items(SPEC), shopping.exposure(SPEC)[:, 0]
    first, other = np.flatnonzero(each.launch == 0)[:2]
    assert shown[first] / shown[other] == pytest.approx(np.sqrt(each.popularity[first] / each.popularity[other]))
    assert not shown[each.launch > 0].any()


def test_a_click_needs_a_look_appeal_and_taste():
    """At the third of ten positions a look has 3^-.7 = .4635; taste .25 for the item's own: .4 + 1.2 * .25 = .7."""
    who = replace(WHO, tastes=np.full_like(WHO.tastes, 0.25))
    found = shopping.click_probability(SPEC, who, np.array([5]), np.array([17]), np.array([2]))
    assert found == pytest.approx(0.4635 * shopping.appeal(SPEC)[17] * 0.7, rel=1e-4)
    first = shopping.click_probability(SPEC, who, np.array([5]), np.array([17]), np.array([0]))
    assert first == pytest.approx(shopping.appeal(SPEC)[17] * 0.7)


def test_a_click_asks_for_the_customers_own_taste():
    taste = items(SPEC).main_taste[17]
    found = shopping.click_probability(SPEC, WHO, IDS, np.full(1500, 17), np.zeros(1500, dtype=int))
    assert found == pytest.approx(shopping.appeal(SPEC)[17] * (0.4 + 1.2 * WHO.tastes[:, taste]))


def test_appeal_and_the_steps_to_a_purchase_stay_within_their_bounds():
    for chance, low, high in (
        (shopping.appeal(SPEC), 0.02, 0.15),
        (shopping.cart_probability(SPEC), 0.15, 0.5),
        (shopping.buy_probability(SPEC), 0.3, 0.7),
    ):
        assert chance.shape == (SPEC.items,)
        assert low < chance.min() < low + 0.1 * (high - low)
        assert high - 0.1 * (high - low) < chance.max() < high
    drawn = [shopping.appeal(SPEC), shopping.cart_probability(SPEC), shopping.buy_probability(SPEC)]
    assert np.abs(np.corrcoef(drawn) - np.eye(3)).max() < 4 / np.sqrt(SPEC.items)


def test_positions_are_clicked_as_often_as_their_probability(slots):
    """Position by position, then by tenths of the probability."""
    p = shopping.click_probability(
        SPEC, WHO, slots["customer"].to_numpy(), slots["item"].to_numpy(), slots["position"].to_numpy() - 1
    )
    clicked = slots["clicked"].to_numpy()
    groups = [np.flatnonzero(slots["position"] == one) for one in range(1, 11)] + np.array_split(np.argsort(p), 10)
    for group in groups:
        assert within(clicked[group].sum(), p[group].sum(), (p * (1 - p))[group].sum())


@pytest.mark.parametrize(
    ("before", "after", "law"), [("clicked", "carted", shopping.cart_probability), ("carted", "bought", shopping.buy_probability)]
)
def test_each_step_to_a_purchase_follows_the_one_before_with_the_items_probability(slots, before, after, law):
    reached = slots[slots[before]]
    p = law(SPEC)[reached["item"]]
    assert not slots.loc[~slots[before], after].any()
    for half in np.array_split(np.argsort(p), 2):
        assert within(reached[after].to_numpy()[half].sum(), p[half].sum(), (p * (1 - p))[half].sum())


def test_what_is_bought_from_a_slot_is_a_want_of_its_own(slots, wants):
    """Of number 10,000 + position, at the web, at the second of the visit."""
    bought, came = slots[slots["bought"]], wants[wants["number"] >= FROM_SLOT]
    expected = bought.assign(number=10_000 + bought["position"], location=SPEC.web)[list(wants)]
    pd.testing.assert_frame_equal(
        *(rows.sort_values(["customer", "day", "number"], ignore_index=True) for rows in (expected, came))
    )
    assert len(came) > 100


def test_units_from_slots_are_as_many_as_the_truth_says(wants):
    """V alone, without W. Few per visit, so nearly Poisson; two purchases of one page add a hundredth to the variance at most."""
    weighed = means.weights(SPEC, IDS)
    page = means.as_array(weighed[weighed["location"] == means.PAGE], SPEC.days)
    truth = means.wanted(SPEC, np.zeros_like(page), page, np.arange(SPEC.items))["wanted"].sum()
    assert within((wants["number"] >= FROM_SLOT).sum(), truth, 1.1 * truth)


def test_time_on_an_item_is_lognormal_around_twenty_seconds(slots):
    z = np.log(slots["dwell"] / 20) / 0.8
    assert abs(z.mean()) < 4 / np.sqrt(len(z)) + 0.002
    assert z.std() == pytest.approx(1, abs=4 / np.sqrt(2 * len(z)) + 0.002)
