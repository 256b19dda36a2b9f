"""Gamma-Poisson evidence worked by hand."""

import numpy as np
import pytest

from shelfwise.measures.evidence import dispersion, evidence_weight, excess, moment_shape, multiplier


def of(*values: float) -> np.ndarray:
    return np.array(values)


def test_a_curve_moves_by_what_sold_beside_what_was_expected():
    """r = 2, 6 sold where 3 were expected: (2 + 6) / (2 + 3) = 1.6; nothing sold: 2 / 5; nothing known: 2 / 2."""
    assert multiplier(of(6, 0, 0), of(3, 3, 0), of(2, 2, 2)).tolist() == [1.6, 0.4, 1.0]


def test_twice_the_early_sales_move_the_multiplier_as_the_formula_says():
    """(r + 2y) / (r + M) = 2 (r + y) / (r + M) - r / (r + M), whatever r, y and M."""
    rng = np.random.default_rng(7)
    sold, expected, shape = rng.uniform(0, 20, 50), rng.uniform(0, 20, 50), rng.uniform(0.1, 5, 50)
    once, twice = multiplier(sold, expected, shape), multiplier(2 * sold, expected, shape)
    np.testing.assert_allclose(twice, 2 * once - shape / (shape + expected))


def test_the_multiplier_is_the_prior_and_the_evidence_weighed():
    """w = 3 / 5: (1 - w) 1 + w 6/3 = .4 + 1.2 = 1.6."""
    share = evidence_weight(of(3), of(2))
    assert share.tolist() == [0.6]
    assert ((1 - share) + share * 6 / 3).tolist() == pytest.approx(multiplier(of(6), of(3), of(2)).tolist())


def test_the_more_has_sold_the_less_a_week_spreads():
    """1 / (2 + 0) + .1 = .6; 1 / (2 + 6) + .1 = .225."""
    assert dispersion(of(0, 6), of(2, 2), 0.1).tolist() == [0.6, 0.225]


def test_excess_is_what_squared_errors_have_beyond_a_poissons():
    """(5 - 2)^2 - 2 = 7, of 2: 3.5; a mean of next to nothing tells nothing."""
    assert excess(of(5, 5), of(2, 0.001)).tolist() == [3.5, 0.0]


def test_a_planted_shape_is_recovered_by_moments():
    """lambda ~ Gamma(2, 2), totals Poisson around means of 1 to 40."""
    rng = np.random.default_rng(7)
    expected = rng.uniform(1, 40, 20_000)
    totals = rng.poisson(rng.gamma(2, 1 / 2, 20_000) * expected).astype(float)
    assert moment_shape(totals, expected) == pytest.approx(2, rel=0.05)


def test_few_units_lean_on_what_all_say():
    """An excess of 3.5 over 2 units; leaning on 6 of shape 4 (inverse .25): (3.5 + 1.5) / 8; r = 1.6."""
    assert moment_shape(of(5), of(2), lean=6, towards=4) == pytest.approx(1.6)
    assert moment_shape(of(), of(), lean=6, towards=4) == pytest.approx(4)
    assert moment_shape(of(), of(), towards=4) == pytest.approx(4)


def test_next_to_nothing_expected_says_nothing_and_no_units_say_a_shape_of_one():
    """As above, 3.5 over 2 units: r = 1 / 1.75; what expected .001 adds neither excess nor units. .5 units count as others do:

    ((2 - .5)^2 - .5) / .5 = 3.5 over .5 is 7: r = 1/7.
    """
    assert moment_shape(of(5, 7), of(2, 0.001)) == pytest.approx(1 / 1.75)
    assert moment_shape(of(2), of(0.5)) == pytest.approx(1 / 7)
    assert moment_shape(of(), of()) == 1
    assert moment_shape(of(300), of(1)) == pytest.approx(1 / 50)


def test_sales_that_scatter_less_than_a_poisson_are_taken_for_certain():
    assert moment_shape(of(2, 2), of(2, 2)) == pytest.approx(1000)
