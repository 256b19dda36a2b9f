"""How well will demand be served by a level, or by an (s, S) policy, where unmet demand waits and stock is reviewed each period?

A position of y after a review decides the period that begins L periods later: at its end nobody waits with P(D(L+1) <= y), and of
its demand E[(D(L+1) - y)+] - E[(D(L) - y)+] is not served at once, D(n) that of n periods (Silver, Pyke & Thomas, *Inventory and
Production Management in Supply Chains*, ch. 7; Zipkin, ch. 6). Under (s, S) the position is S - j in the share m(j) / M(S - s) of
periods, m and M as in `min_max`.
"""

from dataclasses import dataclass

import numpy as np

from shelfwise.measures.policies.laws import Floats, Ints, Law, mean, of_periods, short
from shelfwise.measures.policies.min_max import MinMax, Review


@dataclass(frozen=True)
class Service:
    """`fill_rate`: demand served at once; `cycle_service`: periods at whose end nobody waits."""

    fill_rate: float
    cycle_service: float


def of_level(demand: Law, lead: int, level: int) -> Service:
    return _of(demand, lead, np.array([level]), np.ones(1))


def of_min_max(review: Review, lead: int, policy: MinMax) -> Service:
    visits = review.visits(policy.up_to - policy.at)
    return _of(review.demand, lead, policy.up_to - np.arange(len(visits)), visits / visits.sum())


def _of(demand: Law, lead: int, positions: Ints, shares: Floats) -> Service:
    before, after = of_periods(demand, lead), of_periods(demand, lead + 1)
    missed = shares @ (short(after, positions) - short(before, positions))
    up_to = np.cumsum(after)[np.minimum(positions, len(after) - 1)]
    enough = shares @ np.where(positions < 0, 0.0, up_to)
    return Service(1 - float(missed) / mean(demand), float(enough))
