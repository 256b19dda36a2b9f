"""Distributions of counts against hand-worked values, scipy and simulation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from shelfwise.measures import counts


def of(*values: float) -> counts.Floats:
    return np.array(values, dtype=float)


def test_with_dispersion_one_the_distribution_is_geometric():
    """m = 1, d = 1: size 1, p = 1/2, so P(Y <= 0) = 1/2, P(Y <= 1) = 3/4, P(Y <= 2) = 7/8; below zero nothing."""
    assert counts.cdf(of(-1, 0, 1, 2), of(1, 1, 1, 1), of(1, 1, 1, 1)) == pytest.approx([0, 0.5, 0.75, 0.875])


def test_without_dispersion_the_distribution_is_poisson():
    """m = 2: P(Y <= 1) = 3 e^-2 = .4060; the floor on the dispersion (1e-4) moves it by less than 1e-4."""
    assert counts.cdf(of(1), of(2), of(0))[0] == pytest.approx(3 * np.exp(-2), abs=1e-4)


def test_a_fraction_of_a_unit_counts_as_the_units_below_it():
    assert counts.cdf(of(1.9), of(1), of(1))[0] == pytest.approx(0.75)


def test_a_quantile_is_the_smallest_count_that_reaches_its_level():
    """Geometric with p = 1/2: .5 is reached at 0, .51 needs 1, .75 is reached at 1, .9 needs 3 (15/16)."""
    asked = of(0.5, 0.51, 0.75, 0.9)
    assert counts.quantile(asked[None, :] - 1e-9, np.ones(1), np.ones(1)).tolist() == [[0, 1, 1, 3]]


def test_an_item_that_never_sells_has_quantiles_of_zero():
    assert counts.quantile(of(0.01, 0.5, 0.99)[None, :], np.zeros(1), np.ones(1)).tolist() == [[0, 0, 0]]


def test_the_mean_and_the_dispersion_are_those_of_the_distribution():
    """Sum of 1 - F over all counts is the mean, 3; of (2k + 1)(1 - F) the second moment: 3 + .5 * 9 + 9 = 16.5."""
    k = np.arange(2000, dtype=float)
    tail = 1 - counts.cdf(k, np.full(2000, 3.0), np.full(2000, 0.5))
    assert tail.sum() == pytest.approx(3)
    assert ((2 * k + 1) * tail).sum() == pytest.approx(16.5)


def test_one_row_may_have_levels_on_both_sides_of_what_is_counted_up():
    """Mean 30, dispersion .5 (size 2): scipy's quantiles at 10, 50, 99 %; the second row needs no search."""
    levels, mean, dispersion = np.tile([0.1, 0.5, 0.99], (2, 1)), of(30, 0.5), of(0.5, 0.5)
    wanted = [stats.nbinom.ppf(levels[0], 2, 2 / (2 + m)) for m in mean]
    assert wanted[0][0] < counts.COUNTED_UP < wanted[0][2]
    assert counts.quantile(levels, mean, dispersion).tolist() == [list(row) for row in wanted]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.floats(0.01, 200), st.floats(0.001, 5), st.floats(0.01, 0.99)), min_size=1, max_size=50))
def test_quantiles_invert_the_cdf(cases):
    mean, dispersion, level = (np.array(column) for column in zip(*cases, strict=True))
    found = counts.quantile(level[:, None], mean, dispersion)[:, 0]
    assert np.all(counts.cdf(found, mean, dispersion) >= level - 1e-9)
    assert np.all(counts.cdf(found - 1, mean, dispersion) <= level + 1e-9)
    size = 1 / np.maximum(dispersion, counts.LEAST_DISPERSION)
    assert found == pytest.approx(stats.nbinom.ppf(level, size, size / (size + mean)))


def test_the_randomised_pit_falls_between_the_cdf_before_and_at_the_count():
    """Geometric: y = 1 lies between F(0) = .5 and F(1) = .75; a quarter of the way is .5625; y = 0 starts at 0."""
    pit = counts.randomised_pit(of(1, 1, 0), of(1, 1, 1), of(1, 1, 1), of(0.25, 0.0, 0.5))
    assert pit == pytest.approx([0.5625, 0.5, 0.25])


def test_the_randomised_pit_of_a_right_forecast_is_uniform():
    """20,000 draws: each tenth holds 2,000 with a standard deviation of 42; five of them are allowed."""
    rng = np.random.default_rng(7)
    mean, dispersion = rng.uniform(0.1, 8, 20_000), np.full(20_000, 0.7)
    drawn = rng.negative_binomial(1 / 0.7, 1 / (1 + 0.7 * mean)).astype(float)
    pit = counts.randomised_pit(drawn, mean, dispersion, rng.uniform(size=20_000))
    assert np.abs(np.histogram(pit, 10, (0, 1))[0] - 2000).max() < 5 * 42


def test_the_pit_cdf_starts_at_zero_ends_at_one_and_counts_its_bins():
    """200 bins, 100 PITs in the first and 300 in the last: with .1 added per bin the first edge is at 100.1 / 420."""
    histogram = np.zeros(counts.PIT_STEPS)
    histogram[0], histogram[-1] = 100, 300
    edges = counts.pit_cdf(histogram)
    assert len(edges) == counts.PIT_STEPS + 1
    assert edges[[0, 1, -1]] == pytest.approx([0, 100.1 / 420, 1])
    assert np.all(np.diff(edges) > 0)


UNIFORM = np.linspace(0, 1, counts.PIT_STEPS + 1)[None, :]
SQUARE = UNIFORM**2


def test_where_the_forecast_was_right_a_level_is_asked_as_it_is():
    assert [counts.recalibrated_level(p, UNIFORM)[0] for p in (0.01, 0.5, 0.99)] == pytest.approx([0.01, 0.5, 0.99])


def test_where_pits_ran_high_a_higher_level_is_asked():
    """CDF of the PITs u^2: half of them lie below sqrt(.5) = .7071, so the median is asked at that level."""
    assert counts.recalibrated_level(0.5, SQUARE)[0] == pytest.approx(np.sqrt(0.5), abs=1e-4)
    assert counts.recalibrated_pit(of(np.sqrt(0.5)), SQUARE)[0] == pytest.approx(0.5, abs=1e-4)


def test_level_and_pit_undo_each_other_in_every_row():
    curves = np.vstack([UNIFORM, SQUARE, np.sqrt(UNIFORM)])
    for level in (0.013, 0.25, 0.5, 0.777, 0.99):
        asked = counts.recalibrated_level(level, curves)
        assert counts.recalibrated_pit(asked, curves) == pytest.approx([level] * 3)


def test_the_ends_of_the_pit_stay_the_ends():
    assert counts.recalibrated_pit(of(0.0, 1.0), np.vstack([SQUARE, SQUARE])) == pytest.approx([0, 1])
    assert counts.recalibrated_level(1.0, UNIFORM)[0] < 1


def test_pinball_weighs_what_was_short_by_the_level_and_what_was_over_by_the_rest():
    """y = 10; the 10 % quantile 4 is 6 short: .6; the 90 % quantile 14 is 4 over: .4; mean .5."""
    assert counts.pinball(of(10), np.array([[4.0, 14.0]]), (0.1, 0.9))[0] == pytest.approx(0.5)
