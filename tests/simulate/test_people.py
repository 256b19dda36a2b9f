"""Customers: segments in their shares, tastes that add up, visits that stay probabilities, and leaving as the hazard says."""

from dataclasses import fields, replace

import numpy as np
import pytest
from scipy import stats

from shelfwise.simulate import people as who
from shelfwise.simulate.catalogue import NEVER, TASTES
from shelfwise.simulate.effects import HOLIDAY_TRAFFIC, WEEKDAYS, traffic
from shelfwise.simulate.people import People, people
from shelfwise.simulate.plans import RESPONSE
from shelfwise.simulate.spec import Spec

SPEC = Spec(days=364, customers=40_000, items=120, suppliers=12, locations=6)
IDS = np.arange(SPEC.customers)


@pytest.fixture(scope="module")
def all_of_them() -> People:
    return people(SPEC, IDS)


def test_segments_have_their_shares(all_of_them):
    assert sum(who.SEGMENT_SHARES) == pytest.approx(1.0)
    for segment, share in enumerate(who.SEGMENT_SHARES):
        error = np.sqrt(share * (1 - share) / len(IDS))
        assert (all_of_them.segment == segment).mean() == pytest.approx(share, abs=4 * error)


def test_tastes_add_up_to_one_and_none_is_preferred_by_all(all_of_them):
    """Eight gamma numbers of shape a over their sum (Dirichlet): means 1/8, variances 1/8 * 7/8 / (8 a + 1)."""
    tastes, count = all_of_them.tastes, len(IDS)
    variance = 1 / 8 * 7 / 8 / (8 * who.TASTE_SHAPE + 1)
    assert tastes.shape == (count, TASTES)
    assert tastes.min() >= 0
    assert tastes.sum(axis=1) == pytest.approx(np.ones(count))
    assert tastes.mean(axis=0) == pytest.approx(np.full(TASTES, 1 / 8), abs=4 * np.sqrt(variance / count))
    assert tastes.var(axis=0) == pytest.approx(np.full(TASTES, variance), rel=0.04)


def test_a_visit_has_at_most_probability_one_on_the_busiest_day(all_of_them):
    """.45 a day on a Saturday before a holiday with all advertising at its most: .45 * 1.25 * 1.3 * 1.28 = .936."""
    busiest = WEEKDAYS.max() * HOLIDAY_TRAFFIC * (1 + RESPONSE.sum())
    assert traffic(SPEC).max() < busiest
    assert all_of_them.rate.max() == who.LARGEST_VISIT_RATE
    assert who.LARGEST_VISIT_RATE * busiest <= 1
    assert all_of_them.rate.min() > 0


def test_visits_and_baskets_vary_around_their_segments(all_of_them):
    """A lognormal of mean 1 has its median at exp(-sd^2 / 2): half of the customers lie below. Caps touch only the upper half."""
    for segment, (visits, basket) in enumerate(zip(who.VISITS, who.BASKETS, strict=True)):
        of = all_of_them.segment == segment
        for value, mean, spread in ((all_of_them.rate, visits, who.VISIT_SPREAD), (all_of_them.basket, basket, who.BASKET_SPREAD)):
            z = np.log(value[of] / mean) / spread + spread / 2
            for least in (-1.0, 0.0):
                p = stats.norm.cdf(least)
                assert (z < least).mean() == pytest.approx(p, abs=4 * np.sqrt(p * (1 - p) / of.sum()))


def test_a_mean_basket_is_the_segments(all_of_them):
    """Sd of a lognormal of mean 1 and log sd s: sqrt(exp(s^2) - 1)."""
    ratio = all_of_them.basket / who.BASKETS[all_of_them.segment]
    error = np.sqrt(np.expm1(who.BASKET_SPREAD**2) / len(IDS))
    assert ratio.mean() == pytest.approx(1.0, abs=4 * error)


def test_who_comes_often_does_not_therefore_buy_much(all_of_them):
    for segment in range(len(who.SEGMENTS)):
        of = all_of_them.segment == segment
        alike = np.corrcoef(np.log(all_of_them.rate[of]), np.log(all_of_them.basket[of]))[0, 1]
        assert abs(alike) < 4 / np.sqrt(of.sum())


def test_the_share_of_web_visits_is_the_segments(all_of_them):
    assert (all_of_them.web == who.WEB_SHARES[all_of_them.segment]).all()


def test_homes_are_stores_alike_and_never_the_web(all_of_them):
    counts = np.bincount(all_of_them.home, minlength=SPEC.locations)
    assert counts[SPEC.web] == 0
    assert stats.chisquare(counts[: SPEC.web]).pvalue > 1e-4


def test_most_are_members_from_the_start_and_the_others_join_evenly(all_of_them):
    """Of those that join later one in 364 does so on day 0."""
    later = all_of_them.joined[all_of_them.joined > 0]
    share = who.JOIN_LATER * 363 / 364
    assert len(later) / len(IDS) == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / len(IDS)))
    assert later.max() == 363
    assert stats.kstest((later - 0.5) / 363, "uniform").pvalue > 1e-4


def test_the_share_that_stays_falls_geometrically(all_of_them):
    """Of those there from day 0, (1 - hazard)^n are members on the day after n weeks: .002 and 26 weeks leave .949."""
    for segment, hazard in enumerate(who.HAZARDS):
        left = all_of_them.left[(all_of_them.segment == segment) & (all_of_them.joined == 0)]
        for weeks in (1, 26, 51):
            p = (1 - hazard) ** weeks
            assert (left > 7 * weeks).mean() == pytest.approx(p, abs=4 * np.sqrt(p * (1 - p) / len(left)))


def test_hazards_are_recovered_from_leavers_and_weeks_at_risk(all_of_them):
    """Leavings over weeks in which one could leave, late joiners too; its standard error is about a root of leavings."""
    weeks_there = (np.minimum(all_of_them.left, SPEC.days - 1) - all_of_them.joined) // 7
    for segment, hazard in enumerate(who.HAZARDS):
        of = all_of_them.segment == segment
        leavings = (all_of_them.left[of] != NEVER).sum()
        assert leavings / weeks_there[of].sum() == pytest.approx(hazard, abs=4 * np.sqrt(leavings) / weeks_there[of].sum())


def test_who_leaves_does_so_whole_weeks_after_joining_and_within_the_shops_days(all_of_them):
    gone = all_of_them.left != NEVER
    stay = (all_of_them.left - all_of_them.joined)[gone]
    assert (stay % 7 == 0).all()
    assert stay.min() == 7
    assert all_of_them.left[gone].max() < SPEC.days


def test_any_split_and_order_of_the_customers_gives_the_same_ones(all_of_them):
    shuffled = np.random.default_rng(1).permutation(IDS[:2000])
    parts = [people(SPEC, part) for part in (shuffled[:700], shuffled[700:701], shuffled[701:], shuffled[:0])]
    for field in fields(People):
        together = np.concatenate([getattr(part, field.name) for part in parts])
        assert np.array_equal(together, getattr(all_of_them, field.name)[shuffled])


def test_another_seed_gives_other_customers(all_of_them):
    others = people(replace(SPEC, seed=8), IDS)
    for field in fields(People):
        if field.name != "ids":
            assert not np.array_equal(getattr(others, field.name), getattr(all_of_them, field.name))
