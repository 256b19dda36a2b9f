"""Distributions of counts: negative binomial, randomised PIT, recalibrated quantiles.

Negative binomial by mean m and dispersion d: variance = m + d m^2 (Hilbe 2011, Negative Binomial Regression, NB2); d -> 0 is
Poisson. Randomised PIT of a count (Czado, Gneiting & Held 2009): u = F(y-1) + v (F(y) - F(y-1)), uniform where F is right.
Recalibration (Kuleshov, Fenner & Ermon 2018): where the PITs of earlier forecasts have CDF G, the p quantile is F^-1(G^-1(p)).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

Floats = NDArray[np.float64]

# below this the negative binomial is numerically a Poisson
LEAST_DISPERSION = 1e-4
LEAST_MEAN = 1e-9
COUNTED_UP = 24
# the PIT's CDF is kept at 0, 1/200, …, 1: fine enough for the 1 % and 99 % quantiles
PIT_STEPS = 200
PIT_EDGES: Floats = np.linspace(0, 1, PIT_STEPS + 1)  # and the CDF of PITs that need no mending


def cdf(counts: Floats, mean: Floats, dispersion: Floats) -> Floats:
    """P(Y <= count); 0 below zero. All arrays of one shape, counts in units."""
    m, size = _parameters(mean, dispersion)
    below, p = np.floor(counts), size / (size + m)
    # most items sell nothing in most weeks: P(Y = 0) has a closed form
    probability: Floats = np.where(below < 0, 0.0, p**size)
    positive = below > 0
    probability[positive] = special.betainc(size[positive], below[positive] + 1, p[positive])
    return probability


def quantile(levels: Floats, mean: Floats, dispersion: Floats) -> Floats:
    """Smallest counts whose cdf reaches the levels in [0, 1): both of shape rows x levels.

    Counted up from zero by P(k + 1) = P(k) (k + size) / (k + 1) m / (size + m), since most items sell a few a week: several
    times faster than a search for each level. What lies beyond COUNTED_UP is searched.
    """
    m, size = _parameters(mean, dispersion)
    p = size / (size + m)
    found = np.zeros(levels.shape)
    mass = p**size
    open, reached = np.arange(len(levels)), mass.copy()
    for count in range(COUNTED_UP):
        above = reached[:, None] < levels[open]
        found[open] += above
        still = above.any(axis=1)
        open = open[still]
        mass = mass[still] * (1 - p[open]) * (count + size[open]) / (count + 1)
        reached = reached[still] + mass
    row, level = np.nonzero(found == COUNTED_UP)
    found[row, level] = stats.nbinom.ppf(levels[row, level], size[row], p[row])
    return found


def randomised_pit(counts: Floats, mean: Floats, dispersion: Floats, uniform: Floats) -> Floats:
    """`uniform` in [0, 1) says where between F(y-1) and F(y) the value falls."""
    upper = cdf(counts, mean, dispersion)
    lower = cdf(counts - 1, mean, dispersion)
    return lower + uniform * (upper - lower)


def pit_bins(pits: Floats) -> NDArray[np.intp]:
    """Which of PIT_STEPS equal bins each falls into, from 0."""
    return np.clip((pits * PIT_STEPS).astype(np.intp), 0, PIT_STEPS - 1)


def pit_histogram(pits: Floats) -> Floats:
    """Of one row of PITs."""
    return np.bincount(pit_bins(pits), minlength=PIT_STEPS).astype(float)


def pit_cdf(histogram: Floats) -> Floats:
    """From counts of PITs in PIT_STEPS equal bins (last axis) to their empirical CDF at the PIT_STEPS + 1 bin edges.

    One pseudo-count per 10 bins keeps the CDF strictly increasing, so that it can be inverted.
    """
    smoothed = np.asarray(histogram, dtype=float) + 0.1
    total = np.cumsum(smoothed, axis=-1)
    start = np.zeros((*total.shape[:-1], 1))
    return np.concatenate([start, total / total[..., -1:]], axis=-1)


def recalibrated_level(level: float, pit: Floats) -> Floats:
    """G^-1(level) for each row of `pit` (shape rows x PIT_STEPS + 1): the level to ask the negative binomial for."""
    # right edge of the first bin whose CDF reaches the level
    right = np.clip((pit < level).sum(axis=1), 1, PIT_STEPS)
    rows = np.arange(len(pit))
    low, high = pit[rows, right - 1], pit[rows, right]
    inside = (level - low) / (high - low)
    level_asked: Floats = np.minimum(PIT_EDGES[right - 1] + inside / PIT_STEPS, 1 - 1e-9)
    return level_asked


def recalibrated_pit(pit_values: Floats, pit: Floats) -> Floats:
    """G(u): uniform where the recalibration holds; `pit` of shape rows x PIT_STEPS + 1."""
    place = np.clip(pit_values, 0, 1) * PIT_STEPS
    left = np.minimum(place.astype(int), PIT_STEPS - 1)
    rows = np.arange(len(pit))
    mended: Floats = pit[rows, left] + (place - left) * (pit[rows, left + 1] - pit[rows, left])
    return mended


def pinball(actual: Floats, quantiles: Floats, levels: Sequence[float]) -> Floats:
    """Mean over the levels of the pinball loss (Koenker & Bassett 1978), per row; quantiles of shape rows x levels."""
    over = actual[:, None] - quantiles
    p = np.asarray(levels)
    loss: Floats = np.maximum(p * over, (p - 1) * over).mean(axis=1)
    return loss


def _parameters(mean: Floats, dispersion: Floats) -> tuple[Floats, Floats]:
    m = np.maximum(mean, LEAST_MEAN)
    return m, 1 / np.maximum(dispersion, LEAST_DISPERSION) * np.ones_like(m)
