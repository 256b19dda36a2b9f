"""Totals of launches: their spread is what earlier ones taught, whatever shape that has."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from shelfwise.contracts.gold.demand import LEVELS
from shelfwise.demand.launches.beliefs import UNTAUGHT, Launches
from shelfwise.demand.launches.laws import AS_IT_IS, Known, taught, total_pits, totals
from shelfwise.measures.levels import GRID


def launched(seed: int, items: int = 4000, scatter: float = 0.5) -> Launches:
    """Nine of ten launches sell a fifth of what all sources foresaw, one 8.2 times as much; weeks scatter beside that."""
    rng = np.random.default_rng(seed)
    mean = np.exp(rng.normal(1, 0.6, items))[:, None] * 0.9 ** np.arange(8)
    level = np.where(rng.uniform(size=items) < 0.1, 8.2, 0.2)[:, None]
    actual = rng.poisson(mean * level * rng.gamma(1 / scatter, scatter, mean.shape)).astype(float)
    return Launches(np.stack([mean] * 3), actual)


@pytest.fixture(scope="module")
def known():
    return taught(launched(1))


def quantiles(mean, known, seen=0):
    return totals(mean, seen, known)[:, :, 1:]


def test_intervals_of_totals_hold_what_they_say_on_launches_that_taught_nothing(known):
    """Two levels, which no gamma law has: of the units up to each week 80 and 90 %, within two points."""
    pits = total_pits(known, launched(2))
    for week in range(8):
        for share in (0.8, 0.9):
            assert (abs(pits[:, week] - 0.5) <= share / 2).mean() == pytest.approx(share, abs=0.025), (week, share)


def first_sales(seed: int) -> Launches:
    """Launches that begin with a first sale: no first week sells nothing."""
    drawn = launched(seed)
    first = np.maximum(drawn.actual[:, :1], 1.0)
    return Launches(drawn.sources, np.concatenate([first, drawn.actual[:, 1:]], axis=1))


def test_what_the_laws_get_wrong_is_mended_week_by_week():
    """Where a launch begins with a first sale, 80 % intervals of the laws alone would hold far more of first weeks."""
    taught_so, others = taught(first_sales(7)), first_sales(8)
    alone = total_pits(replace(taught_so, pits=AS_IT_IS), others)
    assert (abs(alone[:, 0] - 0.5) <= 0.4).mean() > 0.88
    mended = total_pits(taught_so, others)
    for week in (0, 3, 7):
        assert (abs(mended[:, week] - 0.5) <= 0.4).mean() == pytest.approx(0.8, abs=0.025)
    some, fewer = (
        (quantiles(others.sources[0], known)[:, 0, LEVELS.index(0.05)] >= 1).mean()
        for known in (taught_so, replace(taught_so, pits=AS_IT_IS))
    )
    assert some > 0.2 > 0.05 > fewer


def test_quantiles_are_those_that_the_totals_reach(known):
    other = launched(3)
    total, grid = np.cumsum(other.actual, axis=1), quantiles(other.sources[0], known)
    for level in (0.5, 0.9, 0.95):
        reached = grid[:, :, LEVELS.index(level)]
        assert (total < reached).mean() < level + 0.02
        assert (total <= reached).mean() > level - 0.02


def test_totals_never_fall_from_week_to_week_nor_cross(known):
    grid = quantiles(launched(4, items=200).sources[0], known)
    assert (np.diff(grid, axis=1) >= 0).all()
    assert (np.diff(grid, axis=2) >= 0).all()


ONE = int(np.argmin(abs(GRID - 1)))


def certain(scatter):
    """Nothing but level one."""
    law = np.zeros(len(GRID))
    law[ONE] = 1.0
    return Known(UNTAUGHT, np.array([]), law[None, :], scatter, AS_IT_IS)


def test_the_scatter_of_weeks_evens_out_in_their_total():
    """Weeks of 30, 10 and six of none; dispersion .5: of all eight .5 (900 + 100) / 1600 = .3125, which the law holds.

    The first week has .5, and so .1875 beyond that; the second and all later ones none: Poisson, but no less than the first.
    """
    mean = np.array([[30.0, 10.0, *[0.0] * 6]])
    (grid,) = quantiles(mean, certain(0.5))
    first, size = 30 * GRID[ONE], 1 / 0.1875
    assert grid[0].tolist() == stats.nbinom.ppf(LEVELS, size, size / (size + first)).tolist()
    assert grid[1].tolist() == grid[7].tolist()
    assert grid[1] == pytest.approx(np.maximum(grid[0], stats.poisson.ppf(LEVELS, 40 * GRID[ONE])), abs=1)


def test_scatter_is_not_counted_twice():
    """Launches of one level whose weeks scatter much: the law learnt from totals holds it, and 80 % of totals lie in 80 %."""
    rng = np.random.default_rng(5)
    mean = np.full((6000, 8), 4.0)

    def drawn():
        return Launches(np.stack([mean] * 3), rng.poisson(mean * rng.gamma(0.5, 2.0, mean.shape)).astype(float))

    pits = total_pits(taught(drawn()), drawn())
    for share in (0.8, 0.9):
        assert (abs(pits[:, 7] - 0.5) <= share / 2).mean() == pytest.approx(share, abs=0.02)


def test_means_are_the_sums_of_the_weeks_on_the_eve_and_fall_with_weeks_that_sold_nothing(known):
    """The laws' mean is 1. After four weeks without a sale the likelier level is a fifth: what is left falls well below."""
    mean = np.full((1, 13), 6.0)
    on_the_eve, later = (totals(mean, seen, known)[0, :, 0] for seen in (0, 4))
    assert on_the_eve.tolist() == pytest.approx(list(np.cumsum(mean[0])), rel=0.01)
    assert later[:4].tolist() == [0.0] * 4
    assert 0 < later[-1] < 0.5 * (on_the_eve[-1] - on_the_eve[3])


def test_small_and_large_launches_have_laws_of_their_own():
    """Small ones sell just what was foreseen, large ones a fifth or 4.2 times as much, by their first eight weeks alone."""
    rng = np.random.default_rng(6)
    mean = np.repeat(np.where(np.arange(4000) % 2, 20.0, 1.0)[:, None], 8, axis=1)
    level = np.where(mean[:, :1] > 1, np.where(rng.uniform(size=(4000, 1)) < 0.2, 4.2, 0.2), 1.0)
    known = taught(Launches(np.stack([mean] * 3), rng.poisson(mean * level).astype(float)))
    small, large = quantiles(np.array([[1.1] * 8 + [90.0] * 5, [21.0] * 13]), known)
    median, high = LEVELS.index(0.50), LEVELS.index(0.95)
    assert small[7, high] < 2 * 9 < 2 * 8 * 21 < large[7, high]
    assert large[7, median] < 0.4 * 8 * 21
    assert small[7, median] == pytest.approx(9, abs=2)


def test_few_launches_mend_little():
    """Sixty of the kind whose first weeks always sell: their PITs count beside a hundred that need no mending."""
    few, many = (taught(Launches(one.sources[:, :n], one.actual[:n])) for one, n in ((first_sales(7), 60), (first_sales(7), 4000)))
    moved = [np.abs(known.pits[0] - AS_IT_IS[0]).max() for known in (few, many)]
    assert 0.1 < moved[0] < 0.6 * moved[1]


def test_what_is_said_after_weeks_without_a_sale_is_not_mended():
    taught_so = taught(first_sales(7))
    mean = np.full((3, 13), 4.0)
    plain = replace(taught_so, pits=AS_IT_IS)
    assert totals(mean, 3, taught_so).tolist() == totals(mean, 3, plain).tolist()
    assert totals(mean, 0, taught_so).tolist() != totals(mean, 0, plain).tolist()


def test_no_items_have_no_totals(known):
    assert totals(np.zeros((0, 13)), 0, known).shape == (0, 13, 1 + len(LEVELS))
