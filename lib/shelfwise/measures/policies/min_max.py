"""Below which stock to order, and up to which, where each order costs something?

At a review, order up to S if the position is at s or below. With G(y) the expected cost of a period that begins at y, m(j) the
expected number of reviews at which demand since the last order sums to j, and M(j) = m(0) + … + m(j - 1), a policy costs

    c(s, S) = (fixed + sum of m(j) G(S - j) for j < S - s) / M(S - s)

a review. The best pair is found by Zheng & Federgruen, *Finding optimal (s, S) policies is about as simple as evaluating a
single policy*, Operations Research 39(4), 1991: exact, for any law of whole units.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from shelfwise.measures.policies.base_stock import base_stock, period_cost
from shelfwise.measures.policies.laws import Floats, Law

MOST_UNITS = 100_000


@dataclass(frozen=True)
class MinMax:
    """Order up to `up_to` where the position is `at` or below; `cost` a review."""

    at: int
    up_to: int
    cost: float


@dataclass(frozen=True)
class Review:
    """`demand` of one review period; `cover` of the lead time and a review period, which decides what a position costs."""

    demand: Law
    cover: Law
    fixed: float
    holding: float
    shortage: float

    def __post_init__(self) -> None:
        if self.fixed < 0 or self.demand[0] >= 1:
            raise ValueError("An order costs nothing or more, and something must be sold at times.")

    def costs(self, first: int, last: int) -> Floats:
        """G(y) for y = first, …, last."""
        return period_cost(self.cover, np.arange(first, last + 1), self.holding, self.shortage)

    @cached_property
    def _known(self) -> dict[str, Floats]:
        return {"visits": np.array([1 / (1 - self.demand[0])])}

    def visits(self, count: int) -> Floats:
        """m(0), …, m(count - 1): the renewal density of demand; what was computed is kept."""
        known = self._known["visits"]
        if len(known) < count:
            grown = np.concatenate([known, np.zeros(max(count, 2 * len(known)) - len(known))])
            for j in range(len(known), len(grown)):
                steps = self.demand[1 : j + 1]
                grown[j] = steps @ grown[j - len(steps) : j][::-1] / (1 - self.demand[0])
            self._known["visits"] = known = grown
        return known[:count]

    def cost(self, at: int, up_to: int) -> float:
        """c(s, S): a review's share of the orders' cost and of what is held and short."""
        visits = self.visits(up_to - at)
        return float((self.fixed + visits @ self.costs(at + 1, up_to)[::-1]) / visits.sum())


def min_max(review: Review) -> MinMax:
    """The pair that costs least in the long run; of equal ones the first that the search meets."""
    start = int(base_stock(review.cover, review.holding, review.shortage).units)
    at, up_to = start - 1, start
    while review.cost(at, up_to) > review.costs(at, at)[0]:
        at -= 1
        if start - at > MOST_UNITS:
            raise ValueError(f"Orders of more than {MOST_UNITS} units would pay: count in larger units.")
    best = review.cost(at, up_to)
    larger = up_to + 1
    while review.costs(larger, larger)[0] <= best:
        if review.cost(at, larger) < best:
            up_to = larger
            while review.cost(at, up_to) <= review.costs(at + 1, at + 1)[0]:
                at += 1
            best = review.cost(at, up_to)
        larger += 1
    return MinMax(at, up_to, best)
