"""Plans: promotions known ahead, prices in small steps, rivals, and advertising whose effect fades; all as often as promised."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from shelfwise.simulate import plans as planned
from shelfwise.simulate.catalogue import items
from shelfwise.simulate.plans import DISCOUNT, GIFT, NONE, THRESHOLD, Plans, plans
from shelfwise.simulate.spec import Spec

SPEC = Spec(days=2184, customers=1, items=1000, suppliers=50, locations=2)
WEEKS, MONTHS = 312, 78
YEAR = replace(SPEC, days=364)


@pytest.fixture(scope="module")
def plan() -> Plans:
    return plans(SPEC)


def test_item_weeks_are_promoted_with_the_share_that_is_said(plan):
    share = planned.PROMOTED
    assert (plan.kind != NONE).mean() == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / plan.kind.size))


def test_a_promotion_is_known_four_to_seven_weeks_ahead(plan):
    """28 days, and none to three weeks more, equally often; a week without promotion has no such day."""
    on = plan.kind != NONE
    notice = (np.arange(WEEKS) * 7 - plan.known)[on]
    days, counts = np.unique(notice, return_counts=True)
    assert days.tolist() == [28, 35, 42, 49]
    assert stats.chisquare(counts).pvalue > 1e-4
    assert (plan.known[~on] == 0).all()


def test_kinds_of_promotion_have_their_shares(plan):
    counts = np.bincount(plan.kind[plan.kind != NONE], minlength=4)[1:]
    assert stats.chisquare(counts, np.array([0.6, 0.25, 0.15]) * counts.sum()).pvalue > 1e-4
    assert planned.KINDS[DISCOUNT] == "discount"
    assert planned.KINDS[THRESHOLD] == "threshold"
    assert planned.KINDS[GIFT] == "gift"


def test_a_threshold_is_half_as_deep_and_a_gift_no_cut(plan):
    depths, counts = np.unique(plan.depth[plan.kind == DISCOUNT], return_counts=True)
    assert depths.tolist() == planned.DEPTHS.tolist()
    assert stats.chisquare(counts).pvalue > 1e-4
    assert np.unique(plan.depth[plan.kind == THRESHOLD]).tolist() == pytest.approx([depth / 2 for depth in depths])
    assert not plan.depth[(plan.kind == GIFT) | (plan.kind == NONE)].any()


def test_displays_and_mailers_go_with_promotions_only(plan):
    on = plan.kind != NONE
    assert not (plan.display | plan.mailer)[~on].any()
    assert plan.display[on].mean() == pytest.approx(0.4, abs=4 * np.sqrt(0.24 / on.sum()))
    assert plan.mailer[on].mean() == pytest.approx(0.5, abs=4 * np.sqrt(0.25 / on.sum()))
    both = (plan.display & plan.mailer)[on].mean()
    assert both == pytest.approx(0.2, abs=4 * np.sqrt(0.16 / on.sum()))


def test_a_customer_pays_the_list_price_less_the_cut_to_the_cent(plan):
    assert np.abs(plan.price - plan.list_price * (1 - plan.depth)).max() < 0.00501
    assert (plan.price[plan.depth == 0] == plan.list_price[plan.depth == 0]).all()
    assert np.round(plan.price * 100) == pytest.approx(plan.price * 100)


def test_list_prices_begin_at_the_items_and_change_now_and_then(plan):
    """1.5 / 52 of later item-weeks; steps average 2 % with a spread of 5 %; a few vanish in rounding, or at the bounds."""
    assert (plan.list_price[:, 0] == items(SPEC).price).all()
    steps = np.diff(np.log(plan.list_price), axis=1)
    share = 1.5 / 52
    assert (steps != 0).mean() == pytest.approx(share, abs=4 * np.sqrt(share / steps.size) + 0.002)
    moved = steps[steps != 0]
    assert moved.mean() == pytest.approx(0.02, abs=4 * 0.05 / np.sqrt(len(moved)))
    assert moved.std() == pytest.approx(0.05, rel=0.15)


def test_list_prices_stay_between_a_third_less_and_four_fifths_more(plan):
    """exp(-.4) = .67 and exp(.6) = 1.82 times the first, of items dear enough that a cent is little; the upper bound is reached."""
    dear = items(SPEC).price > 3
    drifted = (plan.list_price / items(SPEC).price[:, None])[dear]
    assert drifted.max() == pytest.approx(np.exp(0.6), abs=0.005)
    assert drifted.min() > np.exp(-0.4) - 0.005


def test_rivals_keep_a_price_for_four_weeks_but_for_cuts_of_a_fifth(plan):
    """Cut in 8 weeks of a hundred: within a month a week's log price differs from the highest by 0 or log .8."""
    months = plan.rivals.reshape(1000, MONTHS, 4)
    below = months - months.max(axis=2, keepdims=True)
    assert np.isclose(below, 0).sum() + np.isclose(below, np.log(0.8)).sum() == below.size
    cut = np.isclose(below, np.log(0.8)).mean()
    assert cut == pytest.approx(0.08 - 0.08**4, abs=4 * np.sqrt(0.08 / below.size))
    usual = months.max(axis=2)
    assert usual[usual > -0.15].std() == pytest.approx(0.04, rel=0.05)


def test_advertising_is_silent_by_whole_weeks_and_else_random_around_its_level():
    """A quarter of weeks; lognormal of mean 1 and log sd .6: standard error of a mean sqrt(e^.36 - 1) / sqrt(days)."""
    long = replace(SPEC, days=36_400)
    money = planned.spend(long)
    for channel, level in enumerate(planned.HALF_SPEND):
        weeks = money[channel].reshape(5200, 7)
        silent = (weeks == 0).all(axis=1)
        assert silent.mean() == pytest.approx(0.25, abs=4 * np.sqrt(0.25 * 0.75 / 5200))
        spent = weeks[~silent]
        assert (spent > 0).all()
        assert spent.mean() == pytest.approx(level, rel=4 * np.sqrt(np.expm1(0.36) / spent.size))


def test_an_effect_of_advertising_fades_by_what_carries_over(monkeypatch):
    """Search, 800 on day 0 alone: stock 800, 160, 32; lift .1 * 800 / 1600 = .05, .1 * 160 / 960 = .01667, .1 * 32 / 832 = .003846.

    Television, 2,500 every day: stock 2,500, then 2,500 + .7 * 2,500 = 4,250; lift .06, then .12 * 4,250 / 6,750 = .07556.
    """
    money = np.zeros((3, 364))
    money[0, 0], money[2] = 800.0, 2500.0
    monkeypatch.setattr(planned, "spend", lambda spec: money)
    lift = planned.response.__wrapped__(YEAR)
    assert lift[0, :3] == pytest.approx([0.05, 0.0166667, 0.00384615], abs=1e-6)
    assert not lift[1].any()
    assert lift[2, :2] == pytest.approx([0.06, 0.0755556], abs=1e-6)
    assert lift[2, -1] == pytest.approx(0.12 * (2500 / 0.3) / (2500 / 0.3 + 2500))
