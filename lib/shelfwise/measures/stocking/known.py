"""What do past periods say of the demand until the next order can arrive?

Of periods that are independent with mean m and variance v, and a lead time of mean L and variance w, demand over lead time + review
period R has the mean m (L + R) and the variance v (L + R) + m^2 w (Silver, Pyke & Thomas, ch. 7). Samples of it need no such law:
a quantile is the smallest value at which their weights reach a share.
"""

from collections.abc import Callable, Sequence

import numpy as np
from scipy import stats

from shelfwise.measures.newsvendor import smallest
from shelfwise.measures.policies.laws import Floats, Law, normed
from shelfwise.measures.stocking.terms import Terms

# sums of probabilities end a hair below what they stand for
HAIR = 1e-12
LEAST_MEAN = 1e-12
LEAST_TAIL = 1e-9  # what a law leaves out above its last number
LEAST_EXCESS = 1.001  # of variance over mean: below it a negative binomial is a Poisson


def moments(past: Floats) -> tuple[Floats, Floats]:
    """Mean and variance of each item's periods, from sums of whole numbers: equal bits whatever stands beside it."""
    periods, total = past.shape[1], past.sum(axis=1)
    return total / periods, np.maximum(np.square(past).sum(axis=1) - total**2 / periods, 0) / (periods - 1)


def excess_of(mean: Floats, variance: Floats) -> Floats:
    """Dispersion d of v = m + d m^2; of n independent periods' sum it is d / n. A variance below the mean counts as a Poisson's."""
    return np.asarray(np.maximum(variance - mean, 0) / np.maximum(mean, LEAST_MEAN) ** 2)


def cover_moments(mean: Floats, variance: Floats, terms: Terms) -> tuple[Floats, Floats]:
    """Of the demand over lead time + review period."""
    periods = sum(share * count for share, count in terms.covers)
    spread = sum(share * (count - periods) ** 2 for share, count in terms.covers)
    return mean * periods, variance * periods + mean**2 * spread


def rolling_sums(past: Floats, periods: int) -> Floats:
    """Of each run of so many periods, the latest last."""
    totals = np.cumsum(np.concatenate([np.zeros((len(past), 1)), past], axis=1), axis=1)
    sums: Floats = totals[:, periods:] - totals[:, :-periods]
    return sums


def sample_quantile(samples: Sequence[tuple[float, Floats]], ratio: float) -> Floats:
    """`samples`: (weight of all together, items x values); the smallest value that the share `ratio` does not exceed."""
    values = np.concatenate([drawn for _, drawn in samples], axis=1)
    weights = np.concatenate([np.full(drawn.shape, weight / drawn.shape[1]) for weight, drawn in samples], axis=1)
    order = np.argsort(values, axis=1, kind="stable")
    reached = np.cumsum(np.take_along_axis(weights, order, axis=1), axis=1) >= ratio - HAIR
    first = np.where(reached.any(axis=1), reached.argmax(axis=1), values.shape[1] - 1)
    return np.asarray(np.take_along_axis(values, np.take_along_axis(order, first[:, None], axis=1), axis=1)[:, 0])


def count_quantile(up_to: Callable[[Floats], Floats], highest: Floats, ratio: float) -> Floats:
    """The smallest whole number k from 0 to `highest` with P(D <= k) = up_to(k) >= ratio; `highest` where none has."""
    return np.asarray(smallest(highest, lambda units: up_to(units) >= ratio - HAIR))


def count_law(mean: float, variance: float, unit: float) -> Law:
    """Of demand counted in `unit`s: negative binomial by moments, Poisson where the variance is no larger than the mean.

    In larger units than one: the gamma law of the same moments, each value shared by the two counts around it, so that the mean
    stays: P(k) = (2 E[X; ku] - E[X; (k-1)u] - E[X; (k+1)u]) / u with E[X; d] = E[min(X, d)] (Klugman, Panjer & Willmot, *Loss
    Models*, on local moment matching).
    """
    if unit > 1:
        return _shared(mean, max(variance, mean), unit)
    excess = variance / mean
    law = stats.poisson(mean) if excess < LEAST_EXCESS else stats.nbinom(mean / (excess - 1), 1 / excess)
    return normed(law.pmf(np.arange(law.isf(LEAST_TAIL) + 2)))


def _shared(mean: float, variance: float, unit: float) -> Law:
    shape, scale = mean**2 / variance, variance / mean
    ends = unit * np.arange(np.ceil(stats.gamma.isf(LEAST_TAIL, shape, scale=scale) / unit) + 3)
    limited = mean * stats.gamma.cdf(ends, shape + 1, scale=scale) + ends * stats.gamma.sf(ends, shape, scale=scale)
    inner = (2 * limited[1:-1] - limited[:-2] - limited[2:]) / unit
    return normed(np.maximum(np.concatenate([[1 - limited[1] / unit], inner]), 0))
