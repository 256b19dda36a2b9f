"""How much to order for what can still be met (measures.met_demand)?

Where who finds an empty shelf does not wait, an order has to make up for no demand that is lost before it comes. Where unmet demand
waits, all of it is to be met: then these are the levels of the same laws.

* `met_empirical`: by the past's own runs of periods, each with its end, so that what goes together stays so;
* `met_poisson`, `met_negative_binomial`: by that law of independent periods, by moments.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from shelfwise.measures import counts
from shelfwise.measures.met_demand import both_exceed, dependence
from shelfwise.measures.newsvendor import ARRAYS, smallest
from shelfwise.measures.policies.laws import Floats
from shelfwise.measures.stocking.known import HAIR, excess_of, moments, rolling_sums, sample_quantile
from shelfwise.measures.stocking.levels import newsvendor_empirical, newsvendor_negative_binomial, newsvendor_poisson
from shelfwise.measures.stocking.terms import Order, Rule, Terms


@dataclass(frozen=True)
class Lacking:
    """Order what is lacking; it depends on the position by more than a level."""

    units: Callable[[Floats], Floats]


def met_empirical(past: Floats, terms: Terms) -> Order:
    if terms.backorders:
        return newsvendor_empirical(past, terms)
    ends = rolling_sums(past, terms.review)
    runs = [(share, rolling_sums(past, periods), ends[:, periods - terms.review :]) for share, periods in terms.covers]

    def units(position: Floats) -> Floats:
        met = [(share, np.minimum(whole, position[:, None] + end)) for share, whole, end in runs]
        return np.maximum(np.ceil(sample_quantile(met, terms.ratio) - position - 0.5), 0)

    return Lacking(units)


def met_poisson(past: Floats, terms: Terms) -> Order:
    level, mean = newsvendor_poisson(past, terms), past.mean(axis=1)
    return level if terms.backorders else _by_law(mean, mean, np.zeros(len(mean)), level, terms)


def met_negative_binomial(past: Floats, terms: Terms) -> Order:
    level, (mean, variance) = newsvendor_negative_binomial(past, terms), moments(past)
    return level if terms.backorders else _by_law(mean, np.maximum(variance, mean), excess_of(mean, variance), level, terms)


def _by_law(mean: Floats, variance: Floats, excess: Floats, level: Rule, terms: Terms) -> Order:
    """What suffices of all demand suffices of what can be met: the `level` is a bound."""

    def exceeded(units: Floats, periods: int) -> Floats:
        return 1 - counts.cdf(units, mean * periods, excess / periods)

    def exceeding(position: Floats, units: Floats) -> Floats:
        after, parts = exceeded(units, terms.review), []
        for share, periods in terms.covers:
            spreads = (variance * periods, variance * (periods - terms.review), variance * terms.review)
            whole = exceeded(position + units, periods)
            parts.append(share * both_exceed(whole, after, dependence(*spreads, ARRAYS), ARRAYS))
        return np.asarray(sum(parts))

    def units(position: Floats) -> Floats:
        most = np.maximum(level.up_to - position, 0)
        return np.asarray(smallest(most, lambda order: exceeding(position, order) <= 1 - terms.ratio + HAIR))

    return Lacking(units)
