"""Up to which level to order, where an order costs nothing to place?

Up to the demand that is not exceeded with probability shortage / (shortage + holding), the newsvendor's ratio; demand is that
of the lead time and one review period more (Zipkin, ch. 6; Snyder & Shen, *Fundamentals of Supply Chain Theory*, ch. 4). Unmet
demand waits.
"""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from shelfwise.measures.policies.laws import Floats, Ints, Law, left_over, short


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
    # sums of probabilities end a hair below what they stand for
    units = int(np.searchsorted(np.cumsum(law), ratio - 1e-12))
    return Level(units, float(period_cost(law, np.array([units]), holding, shortage)[0]))


def normal_base_stock(mean: float, sd: float, holding: float, shortage: float, periods: int = 1) -> Level:
    """Demand of a period is normal; `periods` are the lead time and the review period."""
    level = periods * mean + sd * periods**0.5 * float(stats.norm.ppf(critical_ratio(holding, shortage)))
    return Level(level, normal_period_cost(level, periods * mean, sd * periods**0.5, holding, shortage))


def normal_period_cost(level: float, mean: float, sd: float, holding: float, shortage: float) -> float:
    """holding (y - mean) + (holding + shortage) E[(D - y)+] with E[(D - y)+] = sd (pdf(z) - z (1 - cdf(z)))."""
    z = (level - mean) / sd
    return float(holding * (level - mean) + (holding + shortage) * sd * (stats.norm.pdf(z) - z * stats.norm.sf(z)))


def critical_ratio(holding: float, shortage: float) -> float:
    if not (holding > 0 and shortage > 0):
        raise ValueError("holding and shortage must be above zero.")
    return shortage / (shortage + holding)
