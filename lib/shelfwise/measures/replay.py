"""What stock would the shop hold today, had it followed the order-up-to policy all along?

Per item and week: opening + received - sold = closing, sold = min(demand, opening + received); demand that finds no stock is
lost. At each review the level is a quantile of the demand over lead time + review period that can still be met
(measures.met_demand), from the last 13 weeks only: negative binomial by moments, weeks independent (Silver, Pyke & Thomas, ch. 7;
Axsäter, *Inventory Control*, ch. 5).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import nbinom

from shelfwise.measures.met_demand import both_exceed, dependence
from shelfwise.measures.newsvendor import ARRAYS, smallest, whole_cases

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MEMORY_WEEKS = 13  # a quarter: long enough to see a slow item sell, short enough to follow a season
# without a sale that count before an item's first one: with them the replay of completejourney's half year is 13 % cheaper
UNSOLD_WEEKS = 4
# a sample's variance can fall below its mean, where a negative binomial does not exist: nearly a Poisson then
LEAST_DISPERSION = 1.01


@dataclass(frozen=True)
class Policy:
    """One entry per item. Order every `review` weeks; goods arrive `lead` weeks later, in whole cases of `pack`."""

    lead: Ints
    review: Ints
    ratio: Floats
    pack: Ints
    minimum: Ints
    least_sold_share: float = 0.5


Lacks = Callable[[Floats, Floats, Floats, Policy], Floats]  # weekly mean, variance and position to the units that are lacking


@dataclass(frozen=True)
class Replayed:
    """Units by item and week. `received` at the week's start, `ordered` and `on_order` at its end."""

    opening: Floats
    received: Floats
    sold: Floats
    closing: Floats
    ordered: Floats
    on_order: Floats


def replay(units: Floats, born: Ints, policy: Policy, lacks: Lacks | None = None) -> Replayed:
    """`units[i, t]` is what item i was asked for in week t, nothing before week `born[i]`; all items end in the same week.

    The shop is taken to have launched an item with what it then sold in its first lead time + review period, in whole cases.
    No order is placed at the last week's end: that is the decision that the plan takes. `lacks`: what is lacking at a review,
    `lacking` unless another rule is tried.
    """
    items, weeks = units.shape
    every = np.arange(items)
    out = Replayed(*(np.zeros((items, weeks)) for _ in range(6)))
    arriving = np.zeros((items, weeks + int(policy.lead.max(initial=0)) + 1))
    np.add.at(arriving, (every, born), launch_stock(units, born, policy))
    on_hand = np.zeros(items)
    on_order = np.zeros(items)
    for t in range(weeks):
        out.opening[:, t] = on_hand
        out.received[:, t] = arriving[:, t]
        out.sold[:, t] = np.minimum(units[:, t], on_hand + arriving[:, t])
        on_hand = on_hand + arriving[:, t] - out.sold[:, t]
        on_order = on_order - np.where(born == t, 0, arriving[:, t])
        out.closing[:, t] = on_hand
        order = wanted(units, t, born, on_hand + on_order, policy, lacks)
        out.ordered[:, t] = np.where(_reviewed(t, weeks, born, policy), order, 0)
        arriving[every, t + 1 + policy.lead] += out.ordered[:, t]
        on_order = on_order + out.ordered[:, t]
        out.on_order[:, t] = on_order
    return out


def launch_stock(units: Floats, born: Ints, policy: Policy) -> Floats:
    """Sales of the first lead time + review period (of the weeks there are), in whole cases and at least the smallest order."""
    week = np.arange(units.shape[1])
    first = (week >= born[:, None]) & (week < (born + policy.lead + policy.review)[:, None])
    cases: Floats = whole_cases((units * first).sum(axis=1), policy.pack, policy.minimum)
    return cases


def wanted(units: Floats, t: int, born: Ints, position: Floats, policy: Policy, lacks: Lacks | None = None) -> Floats:
    """Units to order at the end of week t; only weeks up to t are looked at.

    Nothing where 13 weeks at the last 13 weeks' pace would sell less than `least_sold_share` of the order.
    """
    mean, variance = recent_demand(units, t, born)
    order = whole_cases((lacks or lacking)(mean, variance, position, policy), policy.pack, policy.minimum)
    placed: Floats = np.where(mean * MEMORY_WEEKS >= policy.least_sold_share * order, order, 0)
    return placed


def recent_demand(units: Floats, t: int, born: Ints) -> tuple[Floats, Floats]:
    """Mean and variance of the weekly units in the 13 weeks that end with week t, or in those since UNSOLD_WEEKS before birth.

    An item is born with its first sale: counted from it, one that sells once a year would sell once a week at first.
    """
    recent = units[:, max(0, t + 1 - MEMORY_WEEKS) : t + 1]
    count = np.clip(t + 1 - born + UNSOLD_WEEKS, 1, MEMORY_WEEKS)
    mean = recent.sum(axis=1) / count
    # weeks before birth hold zeros: they add nothing to the sum of squares
    spread = np.square(recent).sum(axis=1) - count * np.square(mean)
    return mean, np.maximum(spread, 0) / np.maximum(count - 1, 1)


def lacking(mean: Floats, variance: Floats, position: Floats, policy: Policy) -> Floats:
    """The smallest order that meets, with the critical ratio's probability, what can still be met; 0 without demand.

    Weekly demand is negative binomial: n = mean^2 / (variance - mean), p = mean / variance; n grows with the weeks.
    """
    lacks, (n, p) = np.zeros(mean.shape), weekly_law(mean, variance)
    short = (mean > 0) & (nbinom.sf(position, n * (policy.lead + policy.review), p) > 1 - policy.ratio)
    some = np.flatnonzero(short)
    n, p, there, ratio = (values[some] for values in (n, p, position, policy.ratio))
    lead, review = policy.lead[some], policy.review[some]
    v = n * (1 - p) / p**2
    together = dependence(v * (lead + review), v * lead, v * review, ARRAYS)

    def suffices(units: Floats) -> NDArray[np.bool_]:
        whole, after = nbinom.sf(there + units, n * (lead + review), p), nbinom.sf(units, n * review, p)
        enough: NDArray[np.bool_] = both_exceed(whole, after, together, ARRAYS) <= 1 - ratio
        return enough

    most = nbinom.ppf(ratio, n * (lead + review), p) - there  # what suffices of all demand suffices of what can be met
    lacks[some] = smallest(most, suffices)
    return lacks


def weekly_law(mean: Floats, variance: Floats) -> tuple[Floats, Floats]:
    """n and p of the negative binomial; of no demand those of some."""
    m = np.where(mean > 0, mean, 1.0)
    v = np.maximum(variance, LEAST_DISPERSION * m)
    return m * m / (v - m), m / v


def fill_rate(units: Floats, sold: Floats, weeks: int = MEMORY_WEEKS) -> Floats:
    """Share of the last weeks' demand that was served; NaN where nobody asked."""
    with np.errstate(invalid="ignore"):
        rate: Floats = sold[:, -weeks:].sum(axis=1) / units[:, -weeks:].sum(axis=1)
    return rate


def _reviewed(t: int, weeks: int, born: Ints, policy: Policy) -> NDArray[np.bool_]:
    """Reviews are counted back from the last week, so that the plan's own decision is one."""
    due: NDArray[np.bool_] = ((weeks - 1 - t) % policy.review == 0) & (t >= born) & (t < weeks - 1)
    return due
