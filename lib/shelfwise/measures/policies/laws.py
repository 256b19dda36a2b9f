"""How likely is each number of units, in a period and over several?

A law is the array P(D = 0), P(D = 1), …, of independent periods; sums of periods are convolutions (Zipkin, *Foundations of
Inventory Management*, ch. 6 and appendix C).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Law = NDArray[np.float64]

TAIL = 1e-15  # what a Poisson law leaves out above its last number


def poisson(mean: float) -> Law:
    """Of a Poisson variable, up to the number above which less than TAIL is left."""
    # Bernstein's inequality: TAIL is passed before mean + t where t^2 / (2 mean + 2 t / 3) is 35
    units = np.arange(int(mean + 25 + 8.4 * mean**0.5) + 1)
    some = units[: int(np.argmax(special.pdtrc(units, mean) < TAIL)) + 2]
    law = np.exp(special.xlogy(some, mean) - mean - special.gammaln(some + 1))
    return np.asarray(law / law.sum())


def empirical(units: Sequence[int]) -> Law:
    """Each period that was seen counts alike."""
    return normed(np.bincount(np.asarray(units, dtype=np.int64)))


def normed(weights: Sequence[float] | Floats | Ints) -> Law:
    """Weights of 0, 1, 2, … units as probabilities; a ValueError where they are no law."""
    law = np.asarray(weights, dtype=np.float64)
    if law.ndim != 1 or not np.isfinite(law).all() or (law < 0).any() or not law.sum() > 0:
        raise ValueError("A demand law needs weights of 0, 1, 2, … units: finite, none below zero, one above.")
    return np.asarray(law / law.sum())


def of_periods(law: Law, periods: int) -> Law:
    """Of the sum of so many independent periods; of none, surely nothing."""
    total, square = np.ones(1), law
    while periods:
        total = np.convolve(total, square) if periods % 2 else total
        periods //= 2
        square = np.convolve(square, square) if periods else square
    return total


def of_random_periods(law: Law, periods: Law) -> Law:
    """Of the sum of a number of periods that is itself random: the demand over a random lead time."""
    parts = [share * of_periods(law, count) for count, share in enumerate(periods) if share > 0]
    total = np.zeros(max(map(len, parts)))
    for part in parts:
        total[: len(part)] += part
    return total


def mean(law: Law) -> float:
    return float(np.arange(len(law)) @ law)


def left_over(law: Law, levels: Ints) -> Floats:
    """E[(y - D)+] at each level: the sum of P(D <= k) for k below y."""
    sums = np.concatenate([[0.0], np.cumsum(np.cumsum(law))])
    within = np.clip(levels, 0, len(law))
    return np.asarray(sums[within] + np.maximum(levels - len(law), 0), dtype=np.float64)


def short(law: Law, levels: Ints) -> Floats:
    """E[(D - y)+] at each level, which may be negative: a backlog."""
    return np.asarray(mean(law) - levels + left_over(law, levels), dtype=np.float64)
