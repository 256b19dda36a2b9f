"""95 % intervals of one parameter of a planted shop, by the textbook's estimator for it."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import optimize, stats

from shelfwise.measures.streams import Floats, Ints
from shelfwise.simulate import truths
from shelfwise.simulate.spec import Spec

Bounds = tuple[float, float]
Z = float(stats.norm.ppf(0.975))
STEP = 1e-3  # of a numerical second derivative


class Interval(NamedTuple):
    """Of one parameter in one shop."""

    mechanism: str
    truth: float
    low: float
    high: float

    @property
    def holds(self) -> bool:
        return self.low <= self.truth <= self.high


def constants(spec: Spec) -> "pd.Series[float]":
    """The truth's numbers of the whole shop, by name."""
    return truths.constant_truth(spec).set_index("name")["value"]


def about(middle: float, error: float) -> Bounds:
    return float(middle - Z * error), float(middle + Z * error)


def share(seen: int, of: int) -> Bounds:
    """Of yes and no, exact (Clopper & Pearson)."""
    bounds = stats.binomtest(int(seen), int(of)).proportion_ci(0.95, method="exact")
    return float(bounds.low), float(bounds.high)


def rare(seen: int, exposure: float) -> Bounds:
    """Of a rate whose count is Poisson, exact (Garwood)."""
    low = stats.chi2.ppf(0.025, 2 * seen) / 2 if seen else 0.0
    return float(low / exposure), float(stats.chi2.ppf(0.975, 2 * seen + 2) / 2 / exposure)


def mean(sample: Floats) -> Bounds:
    """Student's."""
    half = stats.t.ppf(0.975, len(sample) - 1) * np.std(sample, ddof=1) / np.sqrt(len(sample))
    return float(np.mean(sample) - half), float(np.mean(sample) + half)


def spread(normal: Floats) -> Bounds:
    """Of the standard deviation of a normal sample (chi-square)."""
    n, total = len(normal) - 1, float(((normal - np.mean(normal)) ** 2).sum())
    return float(np.sqrt(total / stats.chi2.ppf(0.975, n))), float(np.sqrt(total / stats.chi2.ppf(0.025, n)))


def quantile(sample: Floats, level: float) -> Bounds:
    """Between two order statistics, whatever the law."""
    low, high = stats.binom.ppf((0.025, 0.975), len(sample), level).astype(int)
    ordered = np.sort(sample)
    return float(ordered[max(low - 1, 0)]), float(ordered[min(high, len(ordered) - 1)])


def likely(grid: Floats, fit: Floats) -> Bounds:
    """Those of the grid that the (profile) log likelihood does not refuse (Wilks)."""
    within = grid[2 * (fit.max() - fit) <= stats.chi2.ppf(0.95, 1)]
    return float(within[0]), float(within[-1])


def most_likely(loss: Callable[[Floats], float], start: Floats) -> list[Bounds]:
    """Of each parameter, `loss` being minus the log likelihood: normal, by its curvature where it is least."""
    exactly = {"xatol": 1e-7, "fatol": 1e-7, "maxiter": 4000}
    best = np.atleast_1d(optimize.minimize(loss, start, method="Nelder-Mead", options=exactly).x)
    steps = np.diag(STEP * np.maximum(np.abs(best), 0.1))
    curvature = np.array([[_second(loss, best, one, other) for other in steps] for one in steps])
    return [about(middle, error) for middle, error in zip(best, np.sqrt(np.diag(np.linalg.inv(curvature))), strict=True)]


def _second(loss: Callable[[Floats], float], at: Floats, one: Floats, other: Floats) -> float:
    corners = loss(at + one + other) - loss(at + one - other) - loss(at - one + other) + loss(at - one - other)
    return corners / (4 * np.abs(one).max() * np.abs(other).max())


def linear(y: Floats, base: Floats, x: Floats, variance: Floats) -> Bounds:
    """Of b in E y = base + b x, by weighted least squares under known variances."""
    weight = x / variance
    return about(float((weight * (y - base)).sum() / (weight * x).sum()), 1 / np.sqrt(float((weight * x).sum())))


def logistic(design: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Maximum likelihood by Newton's steps: estimates and their covariance."""
    b = np.zeros(design.shape[1])
    for _ in range(30):
        p = 1 / (1 + np.exp(-design @ b))
        information = (design * (p * (1 - p))[:, None]).T @ design
        b = b + np.linalg.solve(information, design.T @ (y - p))
    return b, np.asarray(np.linalg.inv(information))


def clustered_logistic(design: Floats, y: Floats, cluster: Ints) -> tuple[Floats, Floats]:
    """The same, with a covariance that lets the rows of a cluster go together (Liang & Zeger 1986)."""
    b, inverse = logistic(design, y)
    scores = np.zeros((int(cluster.max()) + 1, design.shape[1]))
    np.add.at(scores, cluster, design * (y - 1 / (1 + np.exp(-design @ b)))[:, None])
    return b, np.asarray(inverse @ (scores.T @ scores) @ inverse)
