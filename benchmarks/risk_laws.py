"""Laws whose VaR and CVaR are known: draws of a shape, and both figures at a level."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]
Law = Callable[[np.random.Generator, tuple[int, int], float], tuple[Floats, float, float]]

MEAN, SEVERITY, MOST = 3.0, np.array([0.4, 0.3, 0.2, 0.1]), 60


def panjer(mean: float, severity: Floats, most: int) -> Floats:
    """P(sum = 0, 1, … most) of a Poisson number of losses of 1, 2, …: Panjer (1981), *ASTIN Bulletin* 12."""
    found = np.zeros(most + 1)
    found[0] = np.exp(-mean)
    for total in range(1, most + 1):
        each = np.arange(1, min(total, len(severity)) + 1)
        found[total] = mean / total * (each * severity[each - 1] * found[total - each]).sum()
    return found


def normal(draws: np.random.Generator, shape: tuple[int, int], level: float) -> tuple[Floats, float, float]:
    """CVaR = phi(z) / (1 - p)."""
    z = float(stats.norm.ppf(level))
    return draws.standard_normal(shape), z, float(stats.norm.pdf(z)) / (1 - level)


def student(draws: np.random.Generator, shape: tuple[int, int], level: float) -> tuple[Floats, float, float]:
    """CVaR = f(t) / (1 - p) x (nu + t^2) / (nu - 1), five degrees of freedom (McNeil, Frey & Embrechts, example 2.15)."""
    t = float(stats.t.ppf(level, 5))
    return draws.standard_t(5, shape), t, float(stats.t.pdf(t, 5)) / (1 - level) * (5 + t**2) / 4


def compound_poisson(draws: np.random.Generator, shape: tuple[int, int], level: float) -> tuple[Floats, float, float]:
    """Three losses on the average, of 1 to 4 with chances .4, .3, .2, .1; their sum is spread evenly over the unit below it."""
    numbers = draws.poisson(MEAN, shape).ravel()
    each = draws.choice(len(SEVERITY), numbers.sum(), p=SEVERITY) + 1
    sums = np.bincount(np.repeat(np.arange(numbers.size), numbers), each, numbers.size).reshape(shape)
    chances = panjer(MEAN, SEVERITY, MOST)
    up_to = np.cumsum(chances)
    at = int(np.searchsorted(up_to, level))
    var = at - (up_to[at] - level) / chances[at]
    beyond = np.arange(at + 1, MOST + 1)
    partly = (up_to[at] - level) * (at + var) / 2
    cvar = ((chances[beyond] * (beyond - 0.5)).sum() + partly) / (1 - level)
    return sums - draws.uniform(size=shape), float(var), float(cvar)


LAWS: dict[str, Law] = {"normal": normal, "Student t, 5": student, "compound Poisson": compound_poisson}
