"""Each school's level by hand."""

import numpy as np
import pytest
from scipy import stats

from shelfwise.measures.policies.laws import mean as law_mean
from shelfwise.measures.policies.min_max import Review, min_max
from shelfwise.measures.policies.reorder import best_reorder
from shelfwise.measures.stocking.every import CLASSIC, NAMES, POLICIES, TUNED, decisions
from shelfwise.measures.stocking.known import count_law, cover_moments, moments
from shelfwise.measures.stocking.levels import (
    base_stock,
    mean_z,
    newsvendor_empirical,
    newsvendor_negative_binomial,
    newsvendor_poisson,
    normal_levels,
    smoothed,
    with_z,
)
from shelfwise.measures.stocking.lots import eoq, r_q, s_s
from shelfwise.measures.stocking.terms import Terms, order_up_to


def terms(ratio=0.9, lead=(0.0, 1.0), review=1, fixed=0.0, **more):
    """Holding 1 and the shortage that makes the ratio."""
    return Terms(tuple(lead), review, 1.0, ratio / (1 - ratio) * review, fixed, **more)


def row(*units):
    return np.array([units], dtype=float)


ONE_PERIOD = (1.0,)


def test_a_unit_too_many_is_held_for_a_review():
    """Held 2 * .2, missed 1: 1 / 1.4. Where demand waits for both: 2 / 2.4."""
    assert Terms((1.0,), 2, 0.2, 1.0).ratio == pytest.approx(1 / 1.4)
    assert Terms((1.0,), 2, 0.2, 1.0, backorders=True).ratio == pytest.approx(2 / 2.4)


def test_moments_by_hand():
    """2, 4, 6: mean 4, variance 4. Lead 0 or 2 by halves, review 1: 2 periods, variance 1: 8; 4 * 2 + 16 * 1 = 24."""
    mean, variance = moments(row(2, 4, 6))
    assert (mean[0], variance[0]) == (4, 4)
    assert [value[0] for value in cover_moments(mean, variance, terms(lead=(0.5, 0.0, 0.5)))] == [8, 24]


def test_mean_and_z_by_hand():
    """Two periods: 8 + 1 * sqrt(8) = 10.83 at z = 1, so 11; 8 at a ratio of one half."""
    assert normal_levels(row(2, 4, 6), terms(), 1.0)[0] == pytest.approx(8 + 8**0.5)
    assert mean_z(row(2, 4, 6), terms(stats.norm.cdf(1))).up_to == 11
    assert with_z(1.0)(row(2, 4, 6), terms(0.5)).up_to == 11
    assert mean_z(row(2, 4, 6), terms(0.5)).up_to == 8


def test_levels_are_the_nearest_whole_number():
    rule = order_up_to(np.array([3.4, 3.5, 3.6]))
    assert rule.up_to.tolist() == rule.at.tolist() == [3, 3, 4]


@pytest.mark.parametrize(("ratio", "level"), [(0.88, 11), (0.9, 12), (0.936, 12), (0.937, 13)])
def test_poisson_by_hand(ratio, level):
    """Mean 8: P(D <= 11) = .8881, P(D <= 12) = .9362."""
    assert newsvendor_poisson(row(2, 4, 6), terms(ratio)).up_to == level


@pytest.mark.parametrize(("ratio", "level"), [(0.45, 0), (0.7, 1), (0.87, 2), (0.9, 3), (0.95, 4)])
def test_negative_binomial_by_hand(ratio, level):
    """0, 0, 1, 3: mean 1, variance (1 + 1 + 0 + 4) / 3 = 2, the geometric: .5, .75, .875, .9375, .96875."""
    assert newsvendor_negative_binomial(row(0, 0, 1, 3), terms(ratio, ONE_PERIOD)).up_to == level


def test_laws_of_a_random_lead_time_are_mixed():
    """1 or 3 periods of a Poisson of 2, by halves: (P2(k) + P6(k)) / 2: at 6 .8009, at 7 .8714, at 8 .9235."""
    past = row(1, 2, 3, 2)
    k = np.arange(12)
    mixed = (stats.poisson.cdf(k, 2) + stats.poisson.cdf(k, 6)) / 2
    assert mixed[6:9] == pytest.approx([0.8009, 0.8714, 0.9235], abs=1e-3)
    for ratio, level in ((0.79, 6), (0.81, 7), (0.9, 8)):
        assert newsvendor_poisson(past, terms(ratio, (0.5, 0.0, 0.5))).up_to == level
        # its variance of 2/3 is below the mean: nearly a Poisson too
        assert newsvendor_negative_binomial(past, terms(ratio, (0.5, 0.0, 0.5))).up_to == level


@pytest.mark.parametrize(("ratio", "level"), [(0.3, 3), (0.5, 5), (0.66, 5), (0.7, 7)])
def test_sums_that_were_seen(ratio, level):
    """1, 2, 3, 4: pairs 3, 5, 7, a third each."""
    assert newsvendor_empirical(row(1, 2, 3, 4), terms(ratio)).up_to == level


@pytest.mark.parametrize(("ratio", "level"), [(0.24, 2), (0.5, 3), (0.6, 4), (0.8, 5), (0.9, 7)])
def test_sums_of_a_random_lead_time_are_weighed(ratio, level):
    """1, 2, 3, 4 an eighth each, 3, 5, 7 a sixth each: .125, .25, .542, .667, .833, 1 at 1, 2, 3, 4, 5, 7."""
    assert newsvendor_empirical(row(1, 2, 3, 4), terms(ratio, (0.5, 0.5))).up_to == level


@pytest.mark.parametrize(("ratio", "level"), [(0.2, 0), (0.7, 1), (0.8, 2)])
def test_independent_periods_like_those_seen(ratio, level):
    """0 or 1: of two periods 1/4, 1/2, 1/4."""
    assert base_stock(row(0, 1), terms(ratio)).up_to == level


def test_large_numbers_are_counted_in_larger_units():
    """0 or 4,000 a period, two of them: in units of 4 it is still 0, 4,000 or 8,000."""
    assert base_stock(row(0, 4000), terms(0.7)).up_to == 4000


def test_smoothing_by_hand():
    """One period: 4, 4, 4, then 4 + .1 * 10 = 5; missed 0, 0 and 10: a third is above 5, at 15."""
    assert smoothed(row(4, 4, 4, 14), terms(0.9, ONE_PERIOD)).up_to == 15
    assert smoothed(row(4, 4, 4, 14), terms(0.6, ONE_PERIOD)).up_to == 5


def test_smoothing_of_two_periods_by_hand():
    """The mean of 2 and 4 is 3; then 3 + .1 * 3 = 3.3, 3.27, 3.243. The next two were 9 - 2 * 3 = 3 and 6 - 2 * 3.3 = -.6 off.

    Twice the last is 6.486: with 3 more 9.486, so 9; with .6 less 5.886, so 6.
    """
    assert smoothed(row(2, 4, 6, 3, 3), terms(0.4)).up_to == 6
    assert smoothed(row(2, 4, 6, 3, 3), terms(0.9)).up_to == 9


def test_lots_by_hand():
    """sqrt(2 * 8 * 4 / 1) = 8 at a time; P(short) = 8 / (8 + 4 p), p = 2: a half, so from the mean of two periods: at 7."""
    rule = eoq(row(2, 4, 6), Terms((0.0, 1.0), 1, 1.0, 2.0, 8.0))
    assert (rule.at[0], rule.up_to[0], rule.lot[0]) == (7, 8, 8)


def test_lots_that_cost_nothing_are_a_reviews_demand():
    """So the chance to run short is that of `mean_z`."""
    rule, level = eoq(row(2, 4, 6), terms(0.8, review=2)), mean_z(row(2, 4, 6), terms(0.8, review=2))
    assert (rule.lot[0], rule.up_to[0]) == (8, level.up_to[0])


def test_exact_policies_without_an_order_cost_are_the_newsvendor():
    past = np.random.default_rng(3).negative_binomial(2, 0.3, (20, 30)).astype(float)
    for lead in ((0.0, 1.0), (0.2, 0.5, 0.3)):
        made = terms(0.85, lead)
        level = newsvendor_negative_binomial(past, made).up_to
        assert np.abs(s_s(past, made).up_to - level).max() <= 1
        assert (s_s(past, made).up_to == s_s(past, made).at + 1).all()
        assert (r_q(past, made).up_to == s_s(past, made).up_to).all() and (r_q(past, made).lot == 1).all()


def test_an_order_cost_makes_orders_larger():
    past = np.random.default_rng(3).poisson(5, (3, 30)).astype(float)
    rules = [s_s(past, terms(fixed=fixed)) for fixed in (0.0, 20.0)]
    assert (rules[1].up_to - rules[1].at > rules[0].up_to - rules[0].at).all()
    assert (r_q(past, terms(fixed=20.0)).lot > 5).all()


def test_counting_in_larger_units_changes_little():
    """A hundred times the demand and the order cost: (s, S) are a hundred times as large but for what a gamma law rounds."""
    small, large = np.array([[20.0, 30, 40, 30, 30, 30]]), np.array([[2000.0, 3000, 4000, 3000, 3000, 3000]])
    a, b = s_s(small, terms(fixed=4.0)), s_s(large, terms(fixed=400.0))
    assert b.up_to[0] == pytest.approx(100 * a.up_to[0], rel=0.04)
    assert b.at[0] == pytest.approx(100 * a.at[0], rel=0.04)


def test_thousands_are_searched_for_in_larger_units():
    """Mean 3,000, variance 400,000; three periods to cover are 100 units of 90. At `at` units or fewer: up to 90 at + 89."""
    past, made = row(2000, 3000, 4000, 3000, 3000, 3000), terms(review=2, fixed=40_000.0)
    demand, cover = count_law(6e3, 8e5, 90), count_law(9e3, 1.2e6, 90)
    best = min_max(Review(demand, cover, 40_000 / 90, made.held, made.missed))
    assert (s_s(past, made).at[0], s_s(past, made).up_to[0]) == (90 * best.at + 89, 90 * best.up_to)
    lots = best_reorder(cover, 6000 / 90, 40_000 / 90, made.held, made.missed)
    assert (r_q(past, made).at[0], r_q(past, made).lot[0]) == (90 * lots.at + 89, 90 * lots.quantity)


def test_larger_units_keep_the_mean():
    """33 a period in units of 7."""
    assert 7 * law_mean(count_law(33.0, 60.0, 7.0)) == pytest.approx(33.0, rel=1e-6)
    assert 50 * law_mean(count_law(3.0, 6.0, 50.0)) == pytest.approx(3.0, rel=1e-6)


@pytest.mark.parametrize("name", sorted(POLICIES))
@pytest.mark.parametrize("fixed", [0.0, 5.0])
def test_what_never_sold_is_never_ordered(name, fixed):
    assert (POLICIES[name](np.zeros((2, 8)), terms(fixed=fixed)).units(np.array([0.0, 1.0])) == 0).all()


def test_classic_policies_are_policies():
    assert set(CLASSIC) <= set(NAMES)


def test_tuned_policies_are_made_of_their_setting():
    """z = 0 is the mean, 8; of pairs of 2, 4, 6, which are 6 and 10, the quantile at .3 and .6."""
    made = decisions(["mean_z", *TUNED], {"tuned_z": 0.0, "tuned_quantile": 0.6})
    assert list(made) == ["mean_z", "tuned_z", "tuned_quantile"]
    assert (made["tuned_z"](row(2, 4, 6), terms()).up_to, made["tuned_quantile"](row(2, 4, 6), terms()).up_to) == (8, 10)
    assert decisions(["tuned_quantile"], {"tuned_quantile": 0.3})["tuned_quantile"](row(2, 4, 6), terms()).up_to == 6
