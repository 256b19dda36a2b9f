"""Losses in the tail: by hand, beside laws whose VaR and CVaR are known, and added up from parts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from shelfwise.measures.tail import LEVELS, by_scenario, quantile_weights, tail, worst_weights

DRAWN = 100_000


def test_weights_by_hand():
    """Three losses at the median: a = b = 2, I_x = 3x^2 - 2x^3, so 7/27, 13/27, 7/27; the worst 1.5 of them: 0, 1/2, 1."""
    assert quantile_weights(3, 0.5) == pytest.approx([7 / 27, 13 / 27, 7 / 27])
    assert worst_weights(3, 0.5) == pytest.approx([0, 1 / 3, 2 / 3])
    assert worst_weights(4, 0.5) == pytest.approx([0, 0, 0.5, 0.5])


def test_figures_and_errors_by_hand():
    """Losses 0, 3, 9: VaR (39 + 63) / 27; its error from (117 + 567) / 27 less that squared. CVaR 3/3 + 18/3 = 7; within the tail
    9/3 + 162/3 - 49 = 8, so the error is the root of (8 + .5 x (7 - VaR)^2) / 1.5."""
    found = tail(np.array([9.0, 0.0, 3.0]), 0.5)
    var = 102 / 27
    assert found.value_at_risk == pytest.approx(var)
    assert found.value_at_risk_error == pytest.approx((684 / 27 - var**2) ** 0.5)
    assert found.shortfall == pytest.approx(7)
    assert found.shortfall_error == pytest.approx(((8 + 0.5 * (7 - var) ** 2) / 1.5) ** 0.5)


def of_normal(draws, level):
    """CVaR = phi(z) / (1 - p)."""
    return draws.standard_normal(DRAWN), stats.norm.ppf(level), stats.norm.pdf(stats.norm.ppf(level)) / (1 - level)


def of_student(draws, level):
    """CVaR = f(t) / (1 - p) x (nu + t^2) / (nu - 1), five degrees of freedom (McNeil, Frey & Embrechts, example 2.15)."""
    t = stats.t.ppf(level, 5)
    return draws.standard_t(5, DRAWN), t, stats.t.pdf(t, 5) / (1 - level) * (5 + t**2) / 4


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("law", [of_normal, of_student])
def test_known_laws_within_their_errors(law, level):
    losses, var, cvar = law(np.random.default_rng(3), level)
    found = tail(losses, level)
    assert abs(found.value_at_risk - var) < 3 * found.value_at_risk_error
    assert abs(found.shortfall - cvar) < 3 * found.shortfall_error
    assert max(found.value_at_risk_error, found.shortfall_error) < 0.1


def test_errors_say_how_far_estimates_scatter():
    """500 samples of 1,000: what was told as the error is, on the average, the spread that is seen, within a tenth or two."""
    draws = np.random.default_rng(5)
    found = [tail(draws.standard_normal(1_000), 0.95) for _ in range(500)]
    for value, error in (("value_at_risk", "value_at_risk_error"), ("shortfall", "shortfall_error")):
        seen = np.std([getattr(one, value) for one in found])
        assert np.mean([getattr(one, error) for one in found]) == pytest.approx(seen, rel=0.2)


parts = arrays(np.float64, st.tuples(st.integers(1, 5), st.integers(20, 60)), elements=st.integers(-1000, 1000).map(float))


@given(parts, st.floats(0.5, 0.95))
def test_parts_add_up_to_the_whole(losses, level):
    total = losses.sum(axis=0)
    whole = tail(total, level)
    for weights, figure in ((quantile_weights, whole.value_at_risk), (worst_weights, whole.shortfall)):
        shares = losses @ by_scenario(weights(len(total), level), total)
        assert shares.sum() == pytest.approx(figure, rel=1e-9, abs=1e-9)


@given(parts, st.floats(0.5, 0.95))
def test_no_part_loses_more_in_the_total_s_worst_futures_than_in_its_own(losses, level):
    """Together is never worse than apart (subadditivity of CVaR), part by part."""
    total = losses.sum(axis=0)
    shares = losses @ by_scenario(worst_weights(len(total), level), total)
    alone = [tail(one, level).shortfall for one in losses]
    assert (shares <= np.array(alone) + 1e-6).all()


@given(parts, st.floats(0.5, 0.95), st.floats(0.1, 10), st.floats(-100, 100))
def test_twice_the_money_is_twice_the_risk_and_a_sure_loss_adds_itself(losses, level, factor, sure):
    plain, moved = tail(losses[0], level), tail(factor * losses[0] + sure, level)
    for figure in ("value_at_risk", "shortfall"):
        assert getattr(moved, figure) == pytest.approx(factor * getattr(plain, figure) + sure, rel=1e-9, abs=1e-6)
    assert moved.shortfall_error == pytest.approx(factor * plain.shortfall_error, rel=1e-6, abs=1e-3)


@pytest.mark.parametrize(("count", "level"), [(10, 0.95), (1000, 1.0), (1000, 0.0)])
def test_too_few_scenarios_and_no_levels_are_refused(count, level):
    with pytest.raises(ValueError, match="level"):
        tail(np.zeros(count), level)
