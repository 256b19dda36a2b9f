"""How much to order in each period where unmet demand is lost and nobody knows when an order will come?

Backward induction over periods. State: what is on hand, and what was ordered 1, …, M periods ago and has not come. An order of
age i comes in this period with probability P(L = i) / P(L >= i), before demand; orders may overtake one another. (Lost sales:
Karlin & Scarf 1958; Zipkin, *Old and new methods for lost-sales inventory systems*, Operations Research 56(5), 2008; here the
lead time is random and the horizon ends.) States: (most + 1)^(M + 1), so for small numbers: long lead times want larger units
or longer periods.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from shelfwise.measures.policies.laws import Floats, Ints, Law


@dataclass(frozen=True)
class Terms:
    """Costs: an order, a unit ordered, a unit on hand at a period's end, a unit of demand lost; `salvage` is what a unit on hand
    or under way is worth at the end."""

    fixed: float
    unit: float
    holding: float
    lost: float
    salvage: float = 0.0
    discount: float = 1.0


@dataclass(frozen=True)
class Plan:
    """By period; arrays by on hand, and ordered 1, …, M periods ago: the cost to go and the order that makes it least."""

    cost: tuple[Floats, ...]
    order: tuple[Ints, ...]


def lost_sales(demands: Sequence[Law], lead: Law, terms: Terms, most: int) -> Plan:
    """`demands`: a law for each period; `lead[i]` = P(L = i); stock and orders together are never more than `most`."""
    ages = len(np.trim_zeros(lead, "b")) - 1
    hazards = [float(lead[age] / lead[age:].sum()) for age in range(ages + 1)]
    grid = np.indices((most + 1,) * (ages + 1))
    value = np.where(grid.sum(axis=0) <= most, -terms.salvage * grid.sum(axis=0), np.inf)
    costs, orders = [], []
    for law in reversed(demands):
        after = _after_demand(value, law, terms)
        offers = np.stack(
            [_ordered(after, grid, x, hazards, most) + terms.unit * x + terms.fixed * (x > 0) for x in range(most + 1)]
        )
        value = offers.min(axis=0)
        costs.append(value)
        orders.append(np.where(np.isfinite(value), offers.argmin(axis=0), 0))
    return Plan(tuple(reversed(costs)), tuple(reversed(orders)))


def _after_demand(later: Floats, law: Law, terms: Terms) -> Floats:
    """Cost once this period's goods have come, by on hand and what is still under way, whose ages are already those of the next."""
    levels = np.arange(len(later))
    total = np.zeros_like(later)
    for units, share in enumerate(law):
        left, lost = np.maximum(levels - units, 0), np.maximum(units - levels, 0)
        now = (terms.holding * left + terms.lost * lost).reshape(-1, *[1] * (later.ndim - 1))
        total += share * (now + terms.discount * later[left]) if share > 0 else 0.0
    return total


def _ordered(after: Floats, grid: Ints, x: int, hazards: Sequence[float], most: int) -> Floats:
    """Expected cost of ordering x now, over which of the orders come; the oldest surely does."""
    on_hand, pending = grid[0], [np.full_like(grid[0], x), *grid[1:]]
    allowed = grid.sum(axis=0) + x <= most
    total = np.zeros(allowed.shape)
    for come in product((False, True), repeat=len(pending) - 1):
        arrives = [*come, True]
        chance = float(np.prod([h if yes else 1 - h for h, yes in zip(hazards, arrives, strict=True)]))
        if chance > 0:
            stock = on_hand + sum(units for units, yes in zip(pending, arrives, strict=True) if yes)
            waiting = [np.where(allowed, 0 * units if yes else units, 0) for units, yes in zip(pending[:-1], arrives, strict=False)]
            total += chance * after[(np.where(allowed, stock, 0), *waiting)]
    return np.where(allowed, total, np.inf)
