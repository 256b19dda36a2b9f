"""In which periods to order, and how much, where demand of each period is known?

An order costs `fixed`, what is on hand at a period's end `holding` a unit; demand is met in its period, and all goods arrive at
once. Without limits each order covers whole periods (Wagner & Whitin, *Dynamic version of the economic lot size model*,
Management Science 5(1), 1958). With a most for each period's order: value(t, stock) = min over 0 <= x <= most of cost + value(t
+ 1, stock + x - demand).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from shelfwise.measures.policies.laws import Floats, Ints


@dataclass(frozen=True)
class Lots:
    """Units to order in each period, and what that costs in all."""

    units: tuple[float, ...]
    cost: float


@dataclass(frozen=True)
class Costs:
    """Of each period: of an order, of a unit, and of a unit that is left at its end."""

    fixed: Sequence[float]
    unit: Sequence[float]
    holding: Sequence[float]

    @classmethod
    def steady(cls, periods: int, fixed: float, holding: float, unit: float = 0.0) -> "Costs":
        return cls([fixed] * periods, [unit] * periods, [holding] * periods)


def wagner_whitin(demand: Sequence[float], costs: Costs) -> Lots:
    """The cheapest plan without limits; of equal ones the one whose first orders cover least."""
    _refuse_odd(demand, costs)
    periods = len(demand)
    to_go, covered = [0.0] * (periods + 1), [0] * periods
    for t in reversed(range(periods)):
        held, lot, carried, choices = 0.0, 0.0, 0.0, []
        for end in range(t, periods):
            held += demand[end] * carried
            carried += costs.holding[end]
            lot += demand[end]
            ordered = costs.fixed[t] + costs.unit[t] * lot + held if lot > 0 else 0.0
            choices.append(ordered + to_go[end + 1])
        to_go[t] = min(choices)
        covered[t] = t + 1 + choices.index(to_go[t])
    units, t = [0.0] * periods, 0
    while t < periods:
        units[t], t = float(sum(demand[t : covered[t]])), covered[t]
    return Lots(tuple(units), to_go[0])


def capacitated(demand: Sequence[int], most: Sequence[int], costs: Costs, stock: int = 0) -> Lots:
    """The cheapest plan in whole units where period t's order is at most `most[t]`; a ValueError where demand can't be met."""
    _refuse_odd(demand, costs)
    ends = np.cumsum(demand[::-1])[::-1]  # never hold more than all demand to come
    value, orders = np.zeros(1), []
    for t in reversed(range(len(demand))):
        value, ordered = _period(value, int(ends[t]), demand[t], most[t], costs.fixed[t], costs.unit[t], costs.holding[t])
        orders.append(ordered)
    start = min(stock, len(value) - 1)
    if not np.isfinite(value[start]):
        raise ValueError("Demand can't be met in time: larger orders, more stock at the start, or less demand is needed.")
    units, held = [], start
    for t, ordered in enumerate(reversed(orders)):
        units.append(float(ordered[held]))
        held += int(ordered[held]) - demand[t]
    return Lots(tuple(units), float(value[start]))


def _period(later: Floats, top: int, demand: int, most: int, fixed: float, unit: float, holding: float) -> tuple[Floats, Ints]:
    """Value and order by stock at the period's start, 0 to `top`."""
    stock = np.arange(top + 1)
    best, ordered = np.full(top + 1, np.inf), np.zeros(top + 1, dtype=np.int64)
    for x in range(min(most, top) + 1):
        left = stock + x - demand
        fits = (left >= 0) & (left < len(later))
        cost = np.full(top + 1, np.inf)
        cost[fits] = (fixed if x else 0.0) + unit * x + holding * left[fits] + later[left[fits]]
        better = cost < best
        best[better], ordered[better] = cost[better], x
    return best, ordered


def _refuse_odd(demand: Sequence[float], costs: Costs) -> None:
    if any(len(given) != len(demand) for given in (costs.fixed, costs.unit, costs.holding)):
        raise ValueError("Costs are needed for each period of demand.")
    if any(value < 0 for given in (demand, costs.fixed, costs.unit, costs.holding) for value in given):
        raise ValueError("Demand and costs can't be below zero.")
