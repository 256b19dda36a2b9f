"""Days beyond a VaR: likelihood ratios by hand, and how often right and wrong forecasts are refused."""

import numpy as np
import pytest
from scipy import stats

from shelfwise.measures.exceedances import frequency_ratio, independence_ratio, judged


def days(text: str) -> np.ndarray:
    return np.array([[day == "x" for day in text]])


def test_kupiec_by_hand():
    """2 of 10 days where 1 was due: 2 x (8 ln .8 + 2 ln .2 - 8 ln .9 - 2 ln .1) = 2 x (8 ln 8/9 + 2 ln 2) = .888."""
    assert frequency_ratio(days("..x....x.."), 0.1) == pytest.approx([2 * (8 * np.log(8 / 9) + 2 * np.log(2))])
    assert frequency_ratio(days("..x......."), 0.1) == pytest.approx([0])
    assert frequency_ratio(days(".........."), 0.1) == pytest.approx([-20 * np.log(0.9)])


def test_kupiec_as_published():
    """255 days, 5 %: fewer than 7 or more than 20 beyond it are refused at 5 % (Kupiec 1995, table 3: N = 6 < x < 21)."""
    counts = [6, 7, 20, 21]
    hits = np.arange(255)[None, :] < np.array(counts)[:, None]
    assert (frequency_ratio(hits, 0.05) > stats.chi2.ppf(0.95, 1)).tolist() == [True, False, False, True]


def test_christoffersen_by_hand():
    """xx..xx..: pairs xx 2, x. 2, .x 1, .. 2; 2 x (2 ln 1/2 + 2 ln 1/2 + ln 1/3 + 2 ln 2/3 - 3 ln 3/7 - 4 ln 4/7)."""
    apart = 4 * np.log(1 / 2) + np.log(1 / 3) + 2 * np.log(2 / 3)
    alike = 3 * np.log(3 / 7) + 4 * np.log(4 / 7)
    assert independence_ratio(days("xx..xx..")) == pytest.approx([2 * (apart - alike)])
    assert independence_ratio(days("........")) == pytest.approx([0])
    assert independence_ratio(days("xxxx")) == pytest.approx([0])


def refused(series: int, level: float, spread: float) -> dict[str, float]:
    """Share of series of 250 independent normal days whose VaR, of `spread` the right one's width, is refused at 5 %."""
    losses = np.random.default_rng(11).standard_normal((series, 250))
    verdicts = [judged(hits, level, seed=seed) for seed, hits in enumerate(losses > spread * stats.norm.ppf(level))]
    return {name: np.mean([getattr(one, name) <= 0.05 for one in verdicts]) for name in ("frequency", "independence", "both")}


@pytest.mark.parametrize("level", [0.95, 0.99])
def test_a_right_forecast_is_refused_as_often_as_is_said(level):
    """5 % of 1,000: their own error is .7 points."""
    assert refused(1_000, level, 1.0) == pytest.approx(dict.fromkeys(("frequency", "independence", "both"), 0.05), abs=0.02)


@pytest.mark.parametrize("level", [0.95, 0.99])
def test_half_the_volatility_is_refused_nearly_always(level):
    shares = refused(200, level, 0.5)
    assert min(shares["frequency"], shares["both"]) >= 0.9


def test_days_that_come_together_are_refused():
    """Thirteen days in a row are as many as 5 % of 250, and no accident."""
    verdict = judged(np.arange(250) < 13, 0.95, seed=1)
    assert verdict.frequency > 0.05
    assert verdict.independence == pytest.approx(0.001)
    assert verdict.both == pytest.approx(0.001)
