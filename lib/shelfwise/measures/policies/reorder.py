"""At which position to order, and how much each time, where stock is watched all the time?

With G(y) the cost of a position y (stock and orders, less what is owed) one lead time later, a policy (r, Q) costs

    c(r, Q) = (fixed * rate + sum of G(y) for y = r + 1, …, r + Q) / Q

a year, the sum an integral where demand is normal. Whole units: Federgruen & Zheng, *An efficient algorithm for computing an
optimal (r, Q) policy in continuous review stochastic inventory systems*, Operations Research 40(4), 1992. Normal demand: Zheng,
*On properties of stochastic inventory systems*, Management Science 38(1), 1992: at the best r of any Q, G(r) = G(r + Q); at the
best Q that is the cost.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import optimize

from shelfwise.measures.policies.base_stock import (
    base_stock,
    beyond,
    density,
    normal_base_stock,
    normal_period_cost,
    period_cost,
)
from shelfwise.measures.policies.laws import Law

MOST_UNITS = 100_000


@dataclass(frozen=True)
class Reorder:
    """When the position falls to `at`, order `quantity`; `cost` a year."""

    at: float
    quantity: float
    cost: float


@dataclass(frozen=True)
class NormalLead:
    """Demand over the lead time has this mean and standard deviation; that of a year is `rate`."""

    rate: float
    mean: float
    sd: float
    fixed: float
    holding: float
    shortage: float

    def position_cost(self, y: float) -> float:
        return normal_period_cost(y, self.mean, self.sd, self.holding, self.shortage)

    def cost(self, at: float, quantity: float) -> float:
        """c(r, Q); the integral of E[(D - y)+] is half the fall of E[((D - y)+)^2]."""
        held = self.holding * quantity * (at + quantity / 2 - self.mean)
        owed = (self.holding + self.shortage) * (self._half_square_short(at) - self._half_square_short(at + quantity))
        return (self.fixed * self.rate + held + owed) / quantity

    def _half_square_short(self, y: float) -> float:
        z = (y - self.mean) / self.sd
        return self.sd**2 / 2 * ((z * z + 1) * beyond(z) - z * density(z))


def reorder_cost(lead: Law, rate: float, fixed: float, holding: float, shortage: float, at: int, quantity: int) -> float:
    """c(r, Q) where demand over the lead time has the law `lead`."""
    positions = np.arange(at + 1, at + quantity + 1)
    return float((fixed * rate + period_cost(lead, positions, holding, shortage).sum()) / quantity)


def best_reorder(lead: Law, rate: float, fixed: float, holding: float, shortage: float) -> Reorder:
    """Takes positions in, the cheapest first, as long as each costs less than the policy does."""
    cheapest, width = int(base_stock(lead, holding, shortage).units), 16
    while width <= MOST_UNITS:
        positions = np.arange(cheapest - width, cheapest + width + 1)
        costs = period_cost(lead, positions, holding, shortage)
        order = np.argsort(costs, kind="stable")
        shares = (fixed * rate + np.cumsum(costs[order])) / np.arange(1, len(order) + 1)
        dearer = costs[order[1:]] >= shares[:-1]
        quantity = int(np.argmax(dearer)) + 1
        if dearer.any() and min(costs[0], costs[-1]) >= shares[quantity - 1]:
            return Reorder(int(positions[order[:quantity]].min()) - 1, quantity, float(shares[quantity - 1]))
        width *= 2
    raise ValueError(f"Orders of some {MOST_UNITS} units would pay: count in larger units.")


def best_normal_reorder(lead: NormalLead) -> Reorder:
    """Both conditions by bracketing: each has one root."""
    if not (lead.fixed > 0 and lead.sd > 0):
        raise ValueError("fixed and sd must be above zero: without them order up to a base stock.")
    quantity = _root(lambda q: lead.cost(best_normal_point(lead, q), q) - lead.position_cost(best_normal_point(lead, q)), lead.sd)
    at = best_normal_point(lead, quantity)
    return Reorder(at, quantity, lead.cost(at, quantity))


def best_normal_point(lead: NormalLead, quantity: float) -> float:
    """The r at which the position costs as much just before an order as just after it."""
    least = normal_base_stock(lead.mean, lead.sd, lead.holding, lead.shortage).units

    def gap(at: float) -> float:
        return lead.position_cost(at) - lead.position_cost(at + quantity)

    return float(optimize.brentq(gap, least - quantity, least, xtol=1e-11, rtol=1e-14))


def _root(falling: Callable[[float], float], scale: float) -> float:
    low, high = scale, scale
    while falling(low) < 0:
        low /= 2
    while falling(high) > 0:
        high *= 2
    return low if low == high else float(optimize.brentq(falling, low, high, xtol=1e-10, rtol=1e-14))
