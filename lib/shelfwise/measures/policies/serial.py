"""Up to which level to order at each stage of a chain that ends at the customer, where demand is in whole units?

Stage 1 serves the customers, stage j + 1 serves stage j, the last one orders from somebody who never runs out. D_j is demand
over stage j's lead time, h_j what a unit costs a period at stage j beyond what it costs at stage j + 1, b what a unit costs that
is owed. Stage j's echelon is what it holds and what is below it, on the way or there, less what is owed.

    C_j(y) = E[h_j (y - D_j) + c_(j-1)(y - D_j)],  c_j(x) = C_j(min(x, S_j)),  c_0(x) = (b + h_1 + … + h_N) max(-x, 0)

S_j makes C_j least, and C_N(S_N) is the cost a period (Clark & Scarf, *Optimal policies for a multi-echelon inventory problem*,
Management Science 6(4), 1960; Chen & Zheng, *Lower bounds for multi-echelon stochastic inventory systems*, Management Science
40(11), 1994). No grid is cut off: below zero each c_j is a line, from S_j on it is level.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise

import numpy as np

from shelfwise.measures.policies.laws import Floats, Law, mean, short


@dataclass(frozen=True)
class Levels:
    """By stage, from the customer up: order up to `units` in the echelon; `cost` a period, goods under way included."""

    units: tuple[float, ...]
    cost: float


@dataclass(frozen=True)
class Chain:
    """By stage, from the customer up: `holding` h_j, and `leads`, the law of D_j."""

    holding: Sequence[float]
    leads: Sequence[Law]
    shortage: float

    def __post_init__(self) -> None:
        refuse_odd(self.holding, self.leads, self.shortage)

    def cost(self, units: Sequence[int]) -> float:
        """Of a period where stages order up to these levels of their echelons."""
        if len(units) != len(self.holding) or min(units) < 0:
            raise ValueError("Each stage needs a level, of 0 or more.")
        return _from_the_customer_up(self, units).cost


def serial(chain: Chain) -> Levels:
    """The levels that cost least, of equal ones the lowest."""
    return _from_the_customer_up(chain, None)


def newsvendor_bounds(chain: Chain) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """No best level is below the first or above the second: Shang & Song, *Newsvendor bounds and heuristic for optimal policies in
    serial supply chains*, Management Science 49(5), 2003."""
    below, above = [], []
    for j, (low, high) in enumerate(bounding_ratios(chain.holding, chain.shortage), start=1):
        reached = np.cumsum(reduce(np.convolve, chain.leads[:j]))
        # sums of probabilities end a hair below what they stand for
        below.append(int(np.searchsorted(reached, low - 1e-12)))
        above.append(int(np.searchsorted(reached, high - 1e-12)))
    return tuple(below), tuple(above)


def bounding_ratios(holding: Sequence[float], shortage: float) -> list[tuple[float, float]]:
    """(b + h_(j+1) + … + h_N) over b + h_1 + … + h_N and over b + h_j + … + h_N: of demand over the lead times of stages 1 to j."""
    above = [shortage + sum(holding[j:]) for j in range(len(holding) + 1)]
    return [(after / above[0], after / at) for at, after in pairwise(above)]


def refuse_odd(holding: Sequence[float], leads: Sequence[object], shortage: float) -> None:
    if len(holding) == 0 or len(holding) != len(leads):
        raise ValueError("Each stage needs a holding cost and a lead time.")
    if not (min(holding) > 0 and shortage > 0):
        raise ValueError("holding and shortage must be above zero: a stage that adds no cost belongs to the one above it.")


def _from_the_customer_up(chain: Chain, given: Sequence[int] | None) -> Levels:
    lower, steep, units = np.zeros(1), chain.shortage + sum(chain.holding), []
    for j, (holding, law) in enumerate(zip(chain.holding, chain.leads, strict=True)):
        top = max(len(lower) - 1 + len(law), 0 if given is None else given[j])
        costs = _stage(lower, steep, law, holding, top)
        # of levels that cost the same, rounding must not choose
        best = int(np.argmax(costs <= costs.min() * (1 + 1e-12)))
        units.append(best if given is None else given[j])
        lower, steep = costs[: units[-1] + 1], steep - holding
    return Levels(tuple(units), float(lower[-1]))


def _stage(lower: Floats, steep: float, law: Law, holding: float, top: int) -> Floats:
    """C_j(y) for y = 0, …, top from c_(j-1): `lower` at 0, 1, … and level beyond, `steep` the slope of its line below zero."""
    levels = np.arange(top + 1)
    reached = np.concatenate([lower, np.full(top + 1 - len(lower), lower[-1])])
    owed = 1 - np.cumsum(np.concatenate([law, np.zeros(max(top + 1 - len(law), 0))]))[: top + 1]
    expected = np.convolve(law, reached)[: top + 1] + lower[0] * owed + steep * short(law, levels)
    return np.asarray(holding * (levels - mean(law)) + expected)
