"""How well chances tell defaults from the rest, by hand."""

import numpy as np
import pytest
from scipy.special import expit, logit

from shelfwise.measures.scored import calibration, judged, separation, shrinkage


def told(*rows):
    return [np.array(column, dtype=float) for column in zip(*rows, strict=True)]


def test_auc_counts_pairs_and_ties_a_half():
    """Defaults at .2 and .4; others at .1, .2 and .3. Of six pairs .2 wins one and ties one, .4 wins three: 4.5 / 6. Up to .1 are a
    third of the others and no default, up to .2 two thirds and a half, up to .3 all and a half: KS 1 / 2."""
    auc, gap = separation(*told((0.1, 1, 0), (0.2, 2, 1), (0.3, 1, 0), (0.4, 1, 1)))
    assert auc == pytest.approx(4.5 / 6)
    assert gap == pytest.approx(0.5)


def test_equal_scores_in_several_rows_are_one():
    one, two = told((0.1, 4, 1), (0.2, 3, 2)), told((0.1, 2, 1), (0.1, 2, 0), (0.2, 3, 2))
    assert separation(*one) == pytest.approx(separation(*two))


def test_two_normal_laws_have_the_auc_of_their_distance():
    """Scores N(0, 1) of others and N(1, 1) of defaults: AUC = Phi(1 / sqrt 2) = .7602, KS = 2 Phi(1 / 2) - 1 = .3829."""
    grid = np.linspace(-5, 6, 4_001)
    others, bad = np.exp(-(grid**2) / 2), np.exp(-((grid - 1) ** 2) / 2)
    auc, gap = separation(grid, others + bad, bad)
    assert (auc, gap) == (pytest.approx(0.7602, abs=1e-4), pytest.approx(0.3829, abs=1e-4))


def test_calibration_by_two_groups():
    """Told 20 and 80 %, came 30 and 70 %: logit .7 / logit .8 = .6112; level 0."""
    intercept, slope = calibration(*told((logit(0.2), 1000, 300), (logit(0.8), 1000, 700)))
    assert slope == pytest.approx(np.log(7 / 3) / np.log(4))
    assert intercept == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(("level", "steep"), [(0.0, 1.0), (-2.0, 0.5), (1.5, 2.0)])
def test_a_law_that_is_known_is_found(level, steep):
    found = np.linspace(-7, 1, 40)
    bad = 1e6 * expit(level + steep * found)
    assert calibration(found, np.full(40, 1e6), bad) == (pytest.approx(level), pytest.approx(steep))


def test_one_chance_for_all_has_a_slope_of_one():
    """Told 2 %, came 5 of 100: intercept logit .05 - logit .02."""
    verdict = judged(*told((logit(0.02), 60, 3), (logit(0.02), 40, 2)))
    assert (verdict.auc, verdict.ks, verdict.slope) == (0.5, 0, 1)
    assert verdict.intercept == pytest.approx(logit(0.05) - logit(0.02))
    assert verdict.brier == pytest.approx(0.05 * 0.98**2 + 0.95 * 0.02**2)
    assert (verdict.observations, verdict.defaults, verdict.mean_chance) == (100, 5, pytest.approx(0.02))


def test_order_of_rows_does_not_matter():
    rows = told((-3.0, 50, 1), (-1.0, 30, 6), (-2.0, 20, 2))
    turned = [column[[2, 0, 1]] for column in rows]
    assert judged(*rows) == judged(*turned)


def test_a_fit_is_drawn_together_as_far_as_it_flatters_itself():
    """20 and 80 of 100 each, as fitted: log-likelihood 200 (.2 ln .2 + .8 ln .8) = -100.08, alone 200 ln .5 = -138.63: X2 = 77.10.
    Of 7 free numbers (77.10 - 7) / 77.10; level 0. Of 78 nothing is left, and one chance for all keeps the defaults: 100 of 200."""
    rows = told((logit(0.2), 100, 20), (logit(0.8), 100, 80))
    ratio = 2 * 200 * (0.2 * np.log(0.2) + 0.8 * np.log(0.8) - np.log(0.5))
    assert ratio == pytest.approx(77.10, abs=0.01)
    assert shrinkage(*rows, 7) == (pytest.approx((ratio - 7) / ratio), pytest.approx(0, abs=1e-9))
    assert shrinkage(*rows, 78) == (0, pytest.approx(0, abs=1e-9))


def test_what_is_drawn_together_keeps_the_number_of_defaults():
    rows = told((-4.0, 1000, 20), (-2.5, 400, 33), (-1.0, 100, 25))
    factor, level = shrinkage(*rows, 3)
    assert 0 < factor < 1
    assert (rows[1] * expit(level + factor * rows[0])).sum() == pytest.approx(78)
