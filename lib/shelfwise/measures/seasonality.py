"""Is a series seasonal, and what does last season's shape say of the next? The M4 competition's test and its benchmark Naive2.

Seasonal at 90 %: |r_m| > 1.645 sqrt((1 + 2 (r_1^2 + ... + r_{m-1}^2)) / n), r_k the autocorrelations, m the season's length
(Bartlett 1946). Factors are those of the classical multiplicative decomposition: each phase's mean of y / centred moving average,
scaled to mean 1. Naive2 carries on the last value without its season (Makridakis, Spiliotis & Assimakopoulos 2020, *Int. J.
Forecasting* 36).
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

CRITICAL = 1.645  # of the normal distribution, 90 % two-sided
LEAST_SEASONS = 3


def is_seasonal(values: Floats, season: int) -> bool:
    """Only series of three seasons or more, above zero throughout (factors of zeros divide nothing), can be."""
    if season < 2 or len(values) < LEAST_SEASONS * season or values.min() <= 0 or values.max() == values.min():
        return False
    r = autocorrelations(values, season)
    limit = CRITICAL * np.sqrt((1 + 2 * np.sum(r[:-1] ** 2)) / len(values))
    return bool(abs(r[-1]) > limit)


def autocorrelations(values: Floats, lags: int) -> Floats:
    """r_1 to r_lags, each over the whole series' variance."""
    centred = values - values.mean()
    products = [np.sum(centred[k:] * centred[:-k]) for k in range(1, lags + 1)]
    r: Floats = np.array(products) / np.sum(centred * centred)
    return r


def seasonal_factors(values: Floats, season: int) -> Floats:
    """One factor per value; `values` holds two seasons or more."""
    weights = np.full(season, 1 / season) if season % 2 else np.concatenate([[0.5], np.ones(season - 1), [0.5]]) / season
    half = len(weights) // 2
    ratio = np.full(len(values), np.nan)
    ratio[half : len(values) - half] = values[half : len(values) - half] / np.convolve(values, weights, mode="valid")
    figure = np.array([np.nanmean(ratio[phase::season]) for phase in range(season)])
    return np.resize(figure / figure.mean(), len(values))


def naive2(values: Floats, horizon: int, season: int) -> Floats:
    """The last value without its season, with that of each step ahead; a series that is not seasonal stays at its last value."""
    if not is_seasonal(values, season):
        return np.full(horizon, values[-1])
    factors = seasonal_factors(values, season)
    ahead: Floats = values[-1] / factors[-1] * np.resize(factors[-season:], horizon)
    return ahead


def last_season(values: Floats, horizon: int, season: int) -> Floats:
    """Seasonal naive: each step is the same phase of the last season; with less than one season, the last value."""
    return np.resize(values[-season:], horizon) if len(values) >= season else np.full(horizon, values[-1])
