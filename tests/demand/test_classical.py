"""The classical family: worked cases, what falls back, and what scales."""

import time
from contextlib import suppress

import numpy as np
import pytest

from shelfwise.demand import classical
from shelfwise.demand.classical import ARIMA_110, FAMILY, LOCAL, MEDIAN, Outside, forecasts

# 2019-01-01 to 2019-01-15
PUBLISHED = np.array([50, 60, 70, 80, 90, 100, 90, 80, 70, 60, 50, 40, 30, 20, 10], dtype=float)


def of(name: str, values: np.ndarray, horizon: int = 3, season: int = 1, budget: float = 60.0) -> classical.Forecast:
    return forecasts(values, horizon=horizon, season=season, models=[name], budget=budget)[name]


def test_an_arima_110_of_fifteen_days_by_hand():
    """Changes: +10 five times, then -10 nine times. phi by least squares: of 13 pairs 12 agree and one doesn't,

    sum d_t d_{t-1} = 100 (12 - 1), sum d_{t-1}^2 = 100 * 13: phi = 11/13. The exact likelihood has its maximum there too, since all
    changes are of one size. Forecasts: 10 + phi (-10) = 1.538, then + phi^2 (-10) = -5.621, + phi^3 (-10) = -11.680.
    Lifted by 100, so that nothing is cut off at zero.
    """
    phi = 11 / 13
    steps = -10 * phi ** np.arange(1, 4)
    made = of(ARIMA_110, PUBLISHED + 100)
    assert made.mean == pytest.approx(110 + np.cumsum(steps), abs=1e-4)
    assert made.mean - 100 == pytest.approx([1.538, -5.621, -11.680], abs=1e-3)
    assert not made.fell_back


def test_units_are_not_forecast_below_zero():
    assert of(ARIMA_110, PUBLISHED).mean == pytest.approx([1.5385, 0.0, 0.0], abs=1e-3)


def test_a_series_that_falls_below_zero_may_be_forecast_there():
    assert of(ARIMA_110, PUBLISHED - 20).mean.max() < 0


@pytest.mark.parametrize("name", [name for name in LOCAL if name != "croston_sba"])
def test_what_never_changes_goes_on(name):
    assert of(name, np.full(30, 4.0), season=4).mean == pytest.approx([4.0] * 3, rel=1e-3)


def test_croston_takes_half_its_smoothing_off():
    """Four units each period: 4 / 1, times 1 - .1 / 2 (Syntetos & Boylan)."""
    assert of("croston_sba", np.full(30, 4.0)).mean == pytest.approx([3.8] * 3)


def test_tsb_lets_a_dying_item_fade():
    """Probability .2 + .8 p when it sells, .8 p when it doesn't: after ten empty periods .8^10 = .107 of what it was."""
    alive = of("tsb", np.array([5.0] * 20)).mean[0]
    assert of("tsb", np.array([5.0] * 20 + [0.0] * 10)).mean[0] == pytest.approx(alive * 0.8**10, rel=1e-6)


def test_the_median_is_of_the_five():
    values = np.random.default_rng(1).poisson(3, 60).astype(float)
    made = forecasts(values, horizon=4, season=1, models=[*FAMILY, MEDIAN], budget=60)
    assert made[MEDIAN].mean == pytest.approx(np.median([made[name].mean for name in FAMILY], axis=0))
    alone = forecasts(values, horizon=4, season=1, models=[MEDIAN], budget=60)
    assert list(alone) == [MEDIAN]
    assert alone[MEDIAN].mean == pytest.approx(made[MEDIAN].mean)


def test_a_model_over_its_budget_leaves_the_series_to_naive(monkeypatch):
    """It sleeps for a minute and swallows the first alarm, as libraries do."""

    class Slow:
        def forecast(self, **_):
            with suppress(TimeoutError):
                time.sleep(60)
            time.sleep(60)

    monkeypatch.setattr(classical, "_model", lambda name, season: Slow())
    began = time.monotonic()
    made = of("theta", PUBLISHED, budget=0.05)
    assert time.monotonic() - began < 30
    assert (made.fell_back, list(made.mean)) == (True, [10.0] * 3)


def test_what_a_model_can_not_serve_falls_back_and_says_so():
    negative = PUBLISHED - 60
    assert of("tsb", negative).fell_back
    assert list(of("croston_sba", negative).mean) == [-50.0] * 3


@pytest.mark.parametrize("name", ["theta", "auto_ets", "croston_sba", "tsb", "naive2", "window_average", ARIMA_110])
def test_twice_the_demand_is_twice_the_forecast(name):
    values = np.random.default_rng(2).poisson(20, 48) * np.resize([1.0, 2.0, 1.0, 1.0], 48) + 1
    once, twice = (of(name, values * factor, season=4).mean for factor in (1.0, 2.0))
    assert twice == pytest.approx(2 * once, rel=1e-3)


def test_an_outside_series_that_explains_everything_is_used():
    """y = 10 + 5 x, x known ahead."""
    x = np.random.default_rng(3).uniform(0, 4, 43)[:, None]
    y = 10 + 5 * x[:40, 0]
    outside = Outside(x[:40], x[40:])
    made = forecasts(y, horizon=3, season=1, models=["auto_arima"], budget=60, outside=outside)["auto_arima"]
    assert made.mean == pytest.approx(10 + 5 * x[40:, 0], rel=0.02)
