"""The evidence that may be read after every week: against integrals, and in its promise of few false alarms."""

import numpy as np
import pandas as pd
import pytest
from scipy import integrate, stats

from shelfwise.introductions.cohorts import CohortParams, evidence_of
from shelfwise.measures.evidence import week_scatter
from shelfwise.measures.sequential import above, below

WEEKS, SERIES = 13, 4000
ALPHA = 0.1
SLACK = 3 * (ALPHA * (1 - ALPHA) / SERIES) ** 0.5  # three standard errors of a rate of ALPHA


def of(*values: float) -> np.ndarray:
    return np.array(values, dtype=float)


def integral(sold: float, planned: float, shape: float, level: float, begin: float, end: float) -> float:
    """Of (t / level)^y exp(-(t - level) M) over the prior from `begin` to `end`, over the prior's mass there."""
    prior = stats.gamma(shape, scale=1 / shape)

    def weighed(t: float) -> float:
        return float(np.exp(sold * np.log(t / level) - (t - level) * planned) * prior.pdf(t))

    found, _ = integrate.quad(weighed, begin, end, epsabs=0, epsrel=1e-11, limit=500)
    return found / (prior.cdf(end) - prior.cdf(begin))


CASES = [(0, 8, 2.0, 0.5), (3, 10, 2.0, 0.5), (12, 10, 5.0, 1.25), (30, 10, 1.0, 1.25), (7.5, 4.2, 30.0, 0.8), (1, 0.3, 1.5, 2.0)]


@pytest.mark.parametrize(("sold", "planned", "shape", "level"), CASES)
def test_evidence_is_the_integral_over_levels_on_the_other_side(sold, planned, shape, level):
    low = integral(sold, planned, shape, level, 1e-300, level)
    high = integral(sold, planned, shape, level, level, level + 40)
    assert below(of(sold), of(planned), shape, level)[0] == pytest.approx(low, rel=1e-8)
    assert above(of(sold), of(planned), shape, level)[0] == pytest.approx(high, rel=1e-8)


def test_nothing_sold_in_a_week_by_hand():
    """r = 1, b = 1, y = 0, M = 1: below, the integral of exp(1 - 2t) from 0 to 1 is e (1 - e^-2) / 2 = 1.1752, its prior 1 - e^-1:

    1.8592. Above, e e^-2 / 2 = .18394 over e^-1: .5.
    """
    assert below(of(0), of(1), 1.0, 1.0)[0] == pytest.approx(1.1752011936 / 0.6321205588)
    assert above(of(0), of(1), 1.0, 1.0)[0] == pytest.approx(0.5)


def test_before_the_first_week_evidence_is_one_either_way():
    assert below(of(0, 0), of(0, 0), of(1, 9), 0.5).tolist() == pytest.approx([1, 1])
    assert above(of(0, 0), of(0, 0), of(1, 9), 1.25).tolist() == pytest.approx([1, 1])


def test_weeks_that_scatter_twice_as_much_count_half():
    assert below(of(6), of(20), 2.0, 0.5, 2.0).tolist() == below(of(3), of(10), 2.0, 0.5).tolist()
    assert above(of(60), of(20), 2.0, 1.25, of(2)).tolist() == above(of(30), of(10), 2.0, 1.25).tolist()


def test_less_sold_speaks_for_less_and_more_sold_for_more():
    sold = np.arange(40.0)
    planned = np.full(40, 20.0)
    assert (np.diff(below(sold, planned, 2.0, 0.5)) < 0).all()
    assert (np.diff(above(sold, planned, 2.0, 1.25)) > 0).all()


def test_overwhelming_evidence_stays_a_number():
    """Nothing of 10,000, and 50,000 of 10: both beyond any bound, neither infinite."""
    assert np.isfinite(below(of(0), of(10_000), 1.0, 0.5)).all()
    assert np.isfinite(above(of(50_000), of(10), 1.0, 1.25)).all()


@pytest.mark.parametrize("shape", [0.02, 1.0, 50.0, 1000.0])
@pytest.mark.parametrize("level", [0.1, 0.2, 0.5])
def test_what_sells_as_planned_is_never_stopped_however_sure_the_plan(shape, level):
    """10 of 10. With shape 1000 the prior has next to no mass below .2, e^-809: less than a float holds, yet it is no evidence."""
    assert below(of(10), of(10), shape, level)[0] < 10


@pytest.mark.parametrize("shape", [0.02, 1.0, 50.0, 1000.0])
@pytest.mark.parametrize("level", [1.25, 2.0, 3.0, 4.0])
def test_what_sells_as_planned_is_never_scaled_up_however_sure_the_plan(shape, level):
    """As above: with shape 1000 the prior's mass beyond 3 is e^-901."""
    assert above(of(10), of(10), shape, level)[0] < 10


def alarms(test, level: float, tested: float, plan: float, shape: float, scatter: float = 0.0) -> float:
    """Share of series of weeks, negative binomial of dispersion `scatter`, that pass 1 / ALPHA at any week."""
    draws = np.random.default_rng(7)
    noise = draws.gamma(1 / scatter, scatter, (SERIES, WEEKS)) if scatter else 1.0
    sold = draws.poisson(level * plan * noise * np.ones((SERIES, WEEKS))).cumsum(axis=1).astype(float)
    planned = np.broadcast_to(plan * np.arange(1.0, WEEKS + 1), sold.shape)
    evidence = test(sold, planned, shape, tested, 1 + scatter * plan)
    return float((evidence >= 1 / ALPHA).any(axis=1).mean())


@pytest.mark.parametrize("shape", [0.5, 2.0, 10.0])
@pytest.mark.parametrize("plan", [1.0, 10.0])
def test_reading_every_week_gives_no_more_false_alarms_than_alpha(plan, shape):
    """At the level itself, where a test is hardest put to it, with weeks that are Poisson."""
    assert alarms(below, 0.5, 0.5, plan, shape) + alarms(above, 1.25, 1.25, plan, shape) > 0
    assert alarms(below, 0.5, 0.5, plan, shape) <= ALPHA + SLACK
    assert alarms(above, 1.25, 1.25, plan, shape) <= ALPHA + SLACK


@pytest.mark.parametrize("level", [0.7, 1.0, 1.5])
def test_levels_beyond_the_one_tested_give_fewer_false_alarms(level):
    """A stop is tested at .5, a scale-up at 1.25: levels above, and those as far below it."""
    assert alarms(below, level, 0.5, 10.0, 2.0) <= alarms(below, 0.5, 0.5, 10.0, 2.0) <= ALPHA + SLACK
    assert alarms(above, 1.25 * 0.5 / level, 1.25, 10.0, 2.0) <= alarms(above, 1.25, 1.25, 10.0, 2.0) <= ALPHA + SLACK


@pytest.mark.parametrize("scatter", [0.2, 0.5, 1.0])
@pytest.mark.parametrize("plan", [1.0, 10.0])
def test_weeks_that_scatter_give_no_more_false_alarms_once_that_is_told(plan, scatter):
    """Quasi-Poisson is no supermartingale under the negative binomial: rates found are 0 to .02 below, .03 to .07 above."""
    assert alarms(below, 0.5, 0.5, plan, 1.0, scatter) <= ALPHA + SLACK
    assert alarms(above, 1.25, 1.25, plan, 1.0, scatter) <= ALPHA + SLACK


def cohorts(plan: np.ndarray, level: float, scatter: float, shape: float = 1.0) -> tuple[float, float]:
    """Shares of series of that plan and level that introductions.cohorts would at any week stop, and scale up."""
    draws = np.random.default_rng(7)
    sold = draws.poisson(level * plan * draws.gamma(1 / scatter, scatter, (SERIES, WEEKS))).cumsum(axis=1).ravel()
    rows = pd.DataFrame(
        {"cum_units": sold, "cum_planned": np.tile(plan.cumsum(), SERIES), "level_shape": shape, "scatter": scatter}
    )
    rows["cum_squares"] = np.tile((plan**2).cumsum(), SERIES)
    told = evidence_of(rows, CohortParams(stop_level=0.5, scale_level=1.25, alpha=ALPHA))
    passed = [told[name].to_numpy().reshape(SERIES, WEEKS) >= 1 / ALPHA for name in ("against_stop", "against_plan")]
    return float(passed[0].any(axis=1).mean()), float(passed[1].any(axis=1).mean())


def test_a_cohorts_weeks_count_by_how_much_they_scatter():
    """5, 5, 5 and 5 planned, scatter .2: sum of m^2 / sum of m = 5, so 1 + .2 x 5 = 2 times Poisson's: 12 of 20 count as 6 of 10.

    r = 2: level (2 + 6) / (2 + 10) = 2/3. At half of the plan it is 1.5 times, at 1.25 of it 2.25 times.
    """
    row = {"cum_units": 12.0, "cum_planned": 20.0, "cum_squares": 100.0, "level_shape": 2.0, "scatter": 0.2}
    told = evidence_of(pd.DataFrame([row]), CohortParams(stop_level=0.5, scale_level=1.25)).iloc[0]
    assert told["level"] == pytest.approx(2 / 3)
    assert told["against_stop"] == pytest.approx(below(of(8), of(20 / 1.5), 2.0, 0.5)[0])
    assert told["against_plan"] == pytest.approx(above(of(12 / 2.25), of(20 / 2.25), 2.0, 1.25)[0])


@pytest.mark.parametrize("scatter", [0.3, 1.0])
def test_cohorts_of_an_even_plan_and_of_one_with_a_promotion_keep_to_alpha(scatter):
    """A week of five times the others scatters more than the mean week, and so does a season of five times in the last five."""
    even, week = np.full(WEEKS, 5.0), np.arange(WEEKS)
    for plan in (even, np.where(week == 6, 25.0, 5.0), np.where(week >= 8, 25.0, 5.0)):
        assert cohorts(plan, 0.5, scatter)[0] <= ALPHA + SLACK
        assert cohorts(plan, 1.25, scatter)[1] <= ALPHA + SLACK


def test_cohorts_far_off_the_plan_are_told():
    even = np.full(WEEKS, 10.0)
    assert cohorts(even, 0.05, 0.2)[0] > 0.95
    assert cohorts(even, 4.0, 0.2)[1] > 0.95


def test_an_item_that_sells_a_fifth_of_the_level_is_found():
    """.1 of the plan against .5 at 10 a week: 13 units in 13 weeks where 65 would do; and 3 times the plan against 1.25."""
    assert alarms(below, 0.1, 0.5, 10.0, 2.0) > 0.99
    assert alarms(above, 3.0, 1.25, 10.0, 2.0) > 0.99


def launches(shape: float, scatter: float, items: int = 40_000) -> tuple[np.ndarray, np.ndarray]:
    """Weeks of items whose level is Gamma(shape, shape), each week moved by its own gamma of variance `scatter`."""
    draws = np.random.default_rng(7)
    expected = draws.uniform(0.5, 8, (items, WEEKS))
    level = draws.gamma(shape, 1 / shape, (items, 1))
    week = draws.gamma(1 / scatter, scatter, expected.shape) if scatter else np.ones_like(expected)
    return draws.poisson(expected * level * week).astype(float), expected


def test_scatter_of_weeks_by_hand():
    """Two items of two weeks, means 1. Units (2, 1), (0, 2): y (y - 1) are 2, 0, 0, 2 over 4 squares, 1; products of different
    weeks (9 - 5) + (4 - 4) = 4 over 4, 1: ratio 1, no scatter. (3, 2), (0, 0): 8 / 4 = 2 over (25 - 13) / 4 = 3: below 1, none.

    (5, 1), (0, 2): 22 / 4 = 5.5 over (36 - 26) / 4 = 2.5: 2.2, so 1.2.
    """
    mean = np.ones((2, 2))
    assert week_scatter(mean + np.array([[1, 0], [-1, 1]]), mean) == 0
    assert week_scatter(mean + np.array([[2, 1], [-1, -1]]), mean) == 0
    assert week_scatter(mean + np.array([[4, 0], [-1, 1]]), mean) == pytest.approx(1.2)


@pytest.mark.parametrize("shape", [0.5, 2.0, 20.0])
def test_poisson_weeks_do_not_scatter_whatever_the_levels(shape):
    assert week_scatter(*launches(shape, 0.0)) == pytest.approx(0, abs=0.02)


def test_a_planted_scatter_of_weeks_is_recovered():
    """Levels of a variance of .02, so that their part does not show."""
    assert week_scatter(*launches(50.0, 0.3)) == pytest.approx(0.3, rel=0.08)


@pytest.mark.parametrize("shape", [1.0, 2.0])
def test_a_planted_scatter_is_recovered_beside_levels_that_differ_much(shape):
    """Given the level, as introductions.scenarios draws it, a week is negative binomial of dispersion .3, however levels vary."""
    assert week_scatter(*launches(shape, 0.3)) == pytest.approx(0.3, rel=0.1)


def test_without_weeks_or_units_there_is_no_scatter():
    assert week_scatter(np.zeros((0, WEEKS)), np.zeros((0, WEEKS))) == 0
    assert week_scatter(np.ones((3, WEEKS)), np.zeros((3, WEEKS))) == 0
    assert week_scatter(np.ones((3, 1)), np.ones((3, 1))) == 0
