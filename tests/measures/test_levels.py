"""The law of levels of launches, on planted laws and by hand."""

import numpy as np
import pytest
from scipy import stats

from shelfwise.measures.levels import GRID, after, expected_level, learn_law, smooth_law, tilted, units_cdf, units_quantiles


def test_the_smooth_law_is_a_law_of_mean_one():
    law = smooth_law()
    assert law.sum() == pytest.approx(1) and law @ GRID == pytest.approx(1) and (law >= 0).all()


def test_the_smooth_law_is_lognormal_with_its_spread():
    """On even steps d of the log level a normal's log falls by d^2 / sd^2 more with each; drawing its mean to 1 moves none."""
    step = np.log(GRID[1] / GRID[0])
    for sd in (0.5, 1.5):
        assert np.diff(np.log(smooth_law(sd)), 2) == pytest.approx(np.full(len(GRID) - 2, -((step / sd) ** 2)))


def test_a_tilted_law_has_mean_one_and_keeps_what_it_knows_to_be_impossible():
    law = tilted(np.where((GRID > 0.1) & (GRID < 3), 1.0, 0.0))
    assert law @ GRID == pytest.approx(1) and law[GRID > 3].sum() == 0


def test_two_planted_levels_are_told_apart():
    """Half of 4,000 launches sell a tenth of the 50 foreseen, half 1.9 times as much: next to nothing is believed between them."""
    draws = np.random.default_rng(7)
    level = np.where(np.arange(4000) % 2, 0.1, 1.9)
    law = learn_law(draws.poisson(50 * level).astype(float), np.full(4000, 50.0), smooth_law())
    assert law[GRID < 0.25].sum() == pytest.approx(0.5, abs=0.02)
    assert law[(GRID > 1.2) & (GRID < 3)].sum() == pytest.approx(0.5, abs=0.02)
    assert law[(GRID > 0.3) & (GRID < 1.1)].sum() < 0.01


def test_a_learnt_law_foretells_what_sells_better_than_a_gamma_of_the_same_variance():
    """Nine of ten launches sell a fifth of what was foreseen, one 8.2 times as much: the mean is 1. Judged on other launches."""
    draws = np.random.default_rng(7)
    level = np.where(draws.uniform(size=6000) < 0.1, 8.2, 0.2)
    foreseen = draws.uniform(1, 20, 6000)
    sold = draws.poisson(foreseen * level).astype(float)
    law = learn_law(sold[:3000], foreseen[:3000], smooth_law())
    later, known = sold[3000:], foreseen[3000:]
    told = np.log((law * stats.poisson.pmf(later[:, None], known[:, None] * GRID)).sum(axis=1)).sum()
    shape = 1 / level.var()
    gamma = stats.nbinom.logpmf(later, shape, shape / (shape + known)).sum()
    assert told > gamma + 100


def test_few_launches_lean_on_what_was_believed():
    """No launch at all: the start itself. Five launches count against the 20 of the start: a fifth of the law is theirs."""
    start = smooth_law()
    assert learn_law(np.array([]), np.array([]), start).tolist() == start.tolist()
    five = learn_law(np.full(5, 200.0), np.full(5, 10.0), start)
    assert five.sum() == pytest.approx(1) and (five > 0).all()
    assert 0.15 < five[GRID > 10].sum() < 0.25


def test_the_expected_level_moves_from_the_laws_mean_to_what_sold():
    """Two levels, 1/2 and 2 as likely: after 0 of 4 planned the odds are e^-2 to e^-8; after 8 of 4, (1/2)^8 e^-2 to 2^8 e^-8."""
    low, high = int(np.argmin(abs(GRID - 0.5))), int(np.argmin(abs(GRID - 2)))
    law = np.zeros(len(GRID))
    law[[low, high]] = 0.5
    found = expected_level(law, np.array([0.0, 8.0]), 4.0)
    for sold, level in zip((0, 8), found, strict=True):
        odds = np.array([GRID[k] ** sold * np.exp(-4 * GRID[k]) for k in (low, high)])
        assert level == pytest.approx(odds @ GRID[[low, high]] / odds.sum())
    assert found[0] < law @ GRID < found[1]


def test_more_sold_never_lowers_the_expected_level():
    law = smooth_law()
    levels = expected_level(law, np.arange(60.0), 5.0)
    assert (np.diff(levels) >= 0).all()


def test_what_sells_more_than_any_level_can_is_at_the_highest_of_them():
    """A law of the lowest level alone, .003 of a tenth of a unit planned: 4,000 units sold are beyond it."""
    law = np.zeros(len(GRID))
    law[0] = 1.0
    assert expected_level(law, np.array([4000.0]), 0.1).tolist() == [GRID[0]]


def two_levels(low=0.5, high=2.0):
    places = [int(np.argmin(abs(GRID - level))) for level in (low, high)]
    law = np.zeros(len(GRID))
    law[places] = 0.5
    return law, GRID[places]


def test_units_are_mixed_over_the_levels():
    """Half of each: P(none of 3 foreseen) = (exp(-3 a) + exp(-3 b)) / 2 without scatter; and of a half no unit is sold."""
    law, levels = two_levels()
    found = units_cdf(np.array([[-1.0, 0.0, 2.0]]), np.array([3.0]), law[None, :], np.array([0.0]))
    by_hand = [stats.poisson.cdf(k, 3 * levels).mean() for k in (-1, 0, 2)]
    assert found[0] == pytest.approx(by_hand, abs=1e-3)


NO_LEAST = np.zeros((4, 4))


def test_quantiles_are_the_smallest_units_that_reach_them():
    """Rows of other size, scatter and law, 0 foreseen among them: one unit less does not reach the level."""
    laws = np.stack([two_levels()[0], smooth_law(), two_levels(0.1, 9.0)[0], smooth_law()])
    foreseen, scatter, asked = np.array([0.3, 40.0, 2000.0, 0.0]), np.array([0.0, 0.7, 0.05, 1.0]), (0.01, 0.5, 0.9, 0.99)
    found = units_quantiles(asked, foreseen, laws, scatter, NO_LEAST)
    assert (units_cdf(found, foreseen, laws, scatter) >= np.array(asked)).all()
    assert (units_cdf(found - 1, foreseen, laws, scatter) < np.array(asked)).all()
    assert found[3].tolist() == [0.0] * 4
    # what is known to be reached is where the search begins, and what it never falls below
    below, above = np.maximum(found - 3, 0.0), found + 3
    assert units_quantiles(asked, foreseen, laws, scatter, below).tolist() == found.tolist()
    assert units_quantiles(asked, foreseen, laws, scatter, above).tolist() == above.tolist()


def test_a_row_is_answered_alike_in_any_company():
    """A level of one in ten million counts for nobody, whoever stands beside it."""
    rare = two_levels()[0]
    rare[-1] = 1e-7
    laws = np.stack([rare, smooth_law()])
    both = units_cdf(np.array([[3.0], [3.0]]), np.array([2.0, 2.0]), laws, np.array([0.2, 0.2]))
    alone = units_cdf(np.array([[3.0]]), np.array([2.0]), laws[:1], np.array([0.2]))
    assert both[0, 0] == alone[0, 0]


def test_what_is_foreseen_must_be_a_number():
    with pytest.raises(ValueError, match="finite"):
        units_quantiles((0.5,), np.array([np.inf]), smooth_law()[None, :], np.array([0.1]), np.zeros((1, 1)))


def test_a_law_moves_with_what_was_sold():
    """Two levels a, b as likely: after none of 4 planned by e^-4a to e^-4b; after none of none as before."""
    law, levels = two_levels()
    moved, same = after(np.stack([law, law]), np.zeros(2), np.array([4.0, 0.0]))
    odds = np.exp(-4 * levels)
    assert moved[moved > 0].tolist() == pytest.approx(list(odds / odds.sum()))
    assert same == pytest.approx(law)
