"""Up to which level to order, by what past periods say? One function per school; each sees past demand and the terms, nothing else.

* `mean_z`: m (L + R) + z sd, z the normal quantile of the critical ratio (the textbook's safety stock); `with_z` for any other z;
* `newsvendor_poisson`, `newsvendor_negative_binomial`: the ratio's quantile of that law, by moments, of the periods to cover;
* `newsvendor_empirical`: that of the past's own rolling sums, in which weeks that go together stay so; `with_ratio` for any other;
* `base_stock`: that of independent periods which are each like one of the past: the convolution of the empirical law;
* `smoothed`: exponential smoothing of the mean (Brown 1959), and the quantile of what earlier forecasts of as many periods missed.
"""

from functools import partial

import numpy as np
from scipy import special, stats

from shelfwise.measures import counts
from shelfwise.measures.policies import base_stock as exact
from shelfwise.measures.policies.laws import Floats, empirical, of_random_periods
from shelfwise.measures.stocking.known import (
    LEAST_MEAN,
    count_quantile,
    cover_moments,
    excess_of,
    moments,
    rolling_sums,
    sample_quantile,
)
from shelfwise.measures.stocking.terms import Decide, Rule, Terms, order_up_to

ALPHA = 0.1  # of the smoothing: half of what a mean knows is from the last seven periods
MOST_COUNTED = 1_000  # units of the mean that a convolution counts one by one: a thousandth is finer than any forecast


def mean_z(past: Floats, terms: Terms) -> Rule:
    return order_up_to(normal_levels(past, terms, float(stats.norm.ppf(terms.ratio))))


def with_z(z: float) -> Decide:
    """`mean_z` with a z of its own."""
    return partial(_with_z, z=z)


def normal_levels(past: Floats, terms: Terms, z: float) -> Floats:
    mean, variance = cover_moments(*moments(past), terms)
    levels: Floats = np.maximum(mean + z * np.sqrt(variance), 0)
    return levels


def newsvendor_poisson(past: Floats, terms: Terms) -> Rule:
    mean = past.mean(axis=1)

    def up_to(units: Floats) -> Floats:
        parts = [share * special.pdtr(np.maximum(units, 0), mean * periods) for share, periods in terms.covers]
        return np.where(units < 0, 0.0, sum(parts))

    highest = stats.poisson.ppf(terms.ratio, np.maximum(mean, LEAST_MEAN) * terms.covers[-1][1])
    return order_up_to(count_quantile(up_to, highest, terms.ratio))


def newsvendor_negative_binomial(past: Floats, terms: Terms) -> Rule:
    mean, variance = moments(past)
    excess = excess_of(mean, variance)

    def up_to(units: Floats) -> Floats:
        parts = [share * counts.cdf(units, mean * periods, excess / periods) for share, periods in terms.covers]
        return np.asarray(sum(parts), dtype=np.float64)

    longest = terms.covers[-1][1]
    highest = counts.quantile(np.full((len(mean), 1), terms.ratio), mean * longest, excess / longest)[:, 0]
    return order_up_to(count_quantile(up_to, highest, terms.ratio))


def newsvendor_empirical(past: Floats, terms: Terms) -> Rule:
    return _with_ratio(past, terms, terms.ratio)


def with_ratio(ratio: float) -> Decide:
    """`newsvendor_empirical` with a ratio of its own."""
    return partial(_with_ratio, ratio=ratio)


def base_stock(past: Floats, terms: Terms) -> Rule:
    mean, _ = cover_moments(*moments(past), terms)
    sizes = np.maximum(np.ceil(mean / MOST_COUNTED), 1)
    weights = np.zeros(terms.covers[-1][1] + 1)
    for share, periods in terms.covers:
        weights[periods] = share
    levels = [
        size * exact.base_stock(of_random_periods(empirical(np.rint(row / size)), weights), terms.held, terms.missed).units
        for row, size in zip(past, sizes, strict=True)
    ]
    return order_up_to(np.array(levels, dtype=np.float64))


def smoothed(past: Floats, terms: Terms) -> Rule:
    means = smoothed_means(past, terms.covers[-1][1])
    samples = [(share, periods * means[:, -1:] + _missed(past, means, periods)) for share, periods in terms.covers]
    return order_up_to(np.maximum(sample_quantile(samples, terms.ratio), 0))


def smoothed_means(past: Floats, first: int) -> Floats:
    """As known at the end of each period from the `first` on, which starts as the plain mean of so many."""
    mean = past[:, :first].mean(axis=1)
    means = [mean]
    for t in range(first, past.shape[1]):
        mean = mean + ALPHA * (past[:, t] - mean)
        means.append(mean)
    return np.stack(means, axis=1)


def _missed(past: Floats, means: Floats, periods: int) -> Floats:
    """Demand of the next `periods` less what was forecast of it, wherever both are past."""
    sums = rolling_sums(past, periods)[:, past.shape[1] - means.shape[1] + 1 :]
    errors: Floats = sums - periods * means[:, : sums.shape[1]]
    return errors


def _with_ratio(past: Floats, terms: Terms, ratio: float) -> Rule:
    return order_up_to(sample_quantile([(share, rolling_sums(past, periods)) for share, periods in terms.covers], ratio))


def _with_z(past: Floats, terms: Terms, z: float) -> Rule:
    return order_up_to(normal_levels(past, terms, z))
