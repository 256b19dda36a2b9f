"""Up to which level to order, where an order costs nothing to place?

Up to the demand that is not exceeded with probability shortage / (shortage + holding), the newsvendor's ratio; demand is that
of the lead time and one review period more (Zipkin, ch. 6; Snyder & Shen, *Fundamentals of Supply Chain Theory*, ch. 4). Unmet
demand waits.
"""

from dataclasses import dataclass
from math import erfc, exp, pi, sqrt

import numpy as np
from scipy import special

from shelfwise.measures.policies.laws import Floats, Ints, Law, left_over, mean, short


@dataclass(frozen=True)
class Level:
    """Order up to `units`; `cost` a period of what is left over and what is short."""

    units: float
    cost: float


def period_cost(law: Law, levels: Ints, holding: float, shortage: float) -> Floats:
    """holding E[(y - D)+] + shortage E[(D - y)+] at each level y."""
    return holding * left_over(law, levels) + shortage * short(law, levels)


def base_stock(law: Law, holding: float, shortage: float) -> Level:
    """The smallest y with P(D <= y) >= shortage / (shortage + holding)."""
    ratio = critical_ratio(holding, shortage)
    reached = np.cumsum(law)
    # sums of probabilities end a hair below what they stand for
    units = int(np.searchsorted(reached, ratio - 1e-12))
    left = float(reached[:units].sum())
    return Level(units, holding * left + shortage * (mean(law) - units + left))


def normal_base_stock(mean: float, sd: float, holding: float, shortage: float, periods: int = 1) -> Level:
    """Demand of a period is normal; `periods` are the lead time and the review period."""
    level = periods * mean + sd * periods**0.5 * float(special.ndtri(critical_ratio(holding, shortage)))
    return Level(level, normal_period_cost(level, periods * mean, sd * periods**0.5, holding, shortage))


def normal_period_cost(level: float, mean: float, sd: float, holding: float, shortage: float) -> float:
    """holding (y - mean) + (holding + shortage) E[(D - y)+] with E[(D - y)+] = sd (pdf(z) - z (1 - cdf(z)))."""
    z = (level - mean) / sd
    return holding * (level - mean) + (holding + shortage) * sd * (density(z) - z * beyond(z))


def density(z: float) -> float:
    return exp(-z * z / 2) / sqrt(2 * pi)


def beyond(z: float) -> float:
    """1 - cdf(z), to all digits far out too."""
    return erfc(z / sqrt(2)) / 2


def critical_ratio(holding: float, shortage: float) -> float:
    if not (holding > 0 and shortage > 0):
        raise ValueError("holding and shortage must be above zero.")
    return shortage / (shortage + holding)
