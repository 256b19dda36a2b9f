"""Up to which level to order at each stage of a chain that ends at the customer, where demand is normal?

Costs and echelons as in `serial`. Slopes g_j of C_j are carried from stage to stage instead of costs:

    g_j(y) = h_j + E[min(g_(j-1)(y - D_j), 0)],  g_j(S_j) = 0,
    C_j(S_j) = h_j (S_j - E[D_j]) + C_(j-1)(S_(j-1)) - integral of g_(j-1)(x) P(D_j >= S_j - x) over x <= S_(j-1)

Far below its level a slope is -(b + h_(j+1) + … + h_N); from there to the level it is smooth, so Gauss-Legendre's rule on panels
as wide as two standard deviations integrates it to some twelve digits, without a grid of levels.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, sqrt

import numpy as np
from scipy import optimize, special

from shelfwise.measures.policies.laws import Floats
from shelfwise.measures.policies.serial import Levels, bounding_ratios, refuse_odd

NODES, WEIGHTS = np.polynomial.legendre.leggauss(12)
FAR = 8.5  # standard deviations, beyond which less than 1e-17 is left
MOST_PANELS = 400


@dataclass(frozen=True)
class NormalChain:
    """By stage, from the customer up: `holding` h_j, and `leads` in periods, whose demands are normal and independent."""

    holding: Sequence[float]
    leads: Sequence[float]
    shortage: float
    mean: float
    sd: float

    def __post_init__(self) -> None:
        refuse_odd(self.holding, self.leads, self.shortage)
        if not (self.sd > 0 and min(self.leads) > 0):
            raise ValueError("sd and lead times must be above zero: a stage without a lead time needs no stock.")

    def cost(self, units: Sequence[float]) -> float:
        """Of a period where stages order up to these levels of their echelons."""
        if len(units) != len(self.holding):
            raise ValueError("Each stage needs a level.")
        return _from_the_customer_up(self, units).cost


def normal_serial(chain: NormalChain) -> Levels:
    """The levels that cost least."""
    return _from_the_customer_up(chain, None)


def normal_newsvendor_bounds(chain: NormalChain) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """No best level is below the first or above the second (Shang & Song 2003)."""
    leads = np.cumsum(chain.leads)
    low, high = special.ndtri(np.array(bounding_ratios(chain.holding, chain.shortage)).T)
    middle, spread = chain.mean * leads, chain.sd * np.sqrt(leads)
    return tuple((middle + low * spread).tolist()), tuple((middle + high * spread).tolist())


@dataclass(frozen=True)
class _Lower:
    """min(g_j, 0) or, where levels are given, g_j cut off at its level: -steep below `low`, at `x` these `slopes` times weights."""

    cost: float
    steep: float
    low: float
    x: Floats
    slopes: Floats


@dataclass(frozen=True)
class _Stage:
    """C_j and g_j by what is below: D_j has this mean and standard deviation."""

    lower: _Lower
    holding: float
    mean: float
    sd: float

    def slope(self, y: Floats) -> Floats:
        z = (y[:, None] - self.lower.x - self.mean) / self.sd
        density = np.exp(-z * z / 2) / (sqrt(2 * np.pi) * self.sd)
        line = self.lower.steep * special.ndtr((self.mean - y + self.lower.low) / self.sd)
        return np.asarray(self.holding - line + density @ self.lower.slopes)

    def cost(self, y: float) -> float:
        reached = special.ndtr((self.lower.x - y + self.mean) / self.sd) @ self.lower.slopes
        z = (y - self.lower.low - self.mean) / self.sd
        short = self.sd * (np.exp(-z * z / 2) / sqrt(2 * np.pi) - z * special.ndtr(-z))
        return float(self.holding * (y - self.mean) + self.lower.cost + self.lower.steep * short - reached)


def _from_the_customer_up(chain: NormalChain, given: Sequence[float] | None) -> Levels:
    lower = _Lower(0.0, chain.shortage + sum(chain.holding), 0.0, np.zeros(0), np.zeros(0))
    bounds, narrowest, units = normal_newsvendor_bounds(chain), chain.sd * sqrt(min(chain.leads)), []
    for j, (holding, lead) in enumerate(zip(chain.holding, chain.leads, strict=True)):
        stage = _Stage(lower, holding, chain.mean * lead, chain.sd * sqrt(lead))
        units.append(_root(stage, bounds[0][j], bounds[1][j]) if given is None else given[j])
        passed = sum(chain.leads[: j + 1])
        lower = _cut_off(stage, chain.mean * passed - FAR * chain.sd * sqrt(passed), units[-1], narrowest)
    return Levels(tuple(units), lower.cost)


def _root(stage: _Stage, below: float, above: float) -> float:
    """Where the slope is zero; rounding may have moved a bound that is the level itself."""
    room = 1e-6 * stage.sd
    return float(optimize.brentq(lambda y: stage.slope(np.array([y]))[0], below - room, above + room, xtol=1e-12, rtol=1e-14))


def _cut_off(stage: _Stage, low: float, level: float, narrowest: float) -> _Lower:
    """c_j for the next stage: smooth on panels no wider than two of the narrowest standard deviations."""
    low = min(low, level)
    panels = max(ceil((level - low) / (2 * narrowest)), 1)
    if panels > MOST_PANELS:
        raise ValueError("Lead times differ too much: count the shortest into the stage above it.")
    edges = np.linspace(low, level, panels + 1)
    half = (level - low) / (2 * panels)
    x = ((edges[:-1] + half)[:, None] + half * NODES).ravel()
    slopes = stage.slope(x) * np.tile(half * WEIGHTS, panels)
    return _Lower(stage.cost(level), stage.lower.steep - stage.holding, low, x, slopes)
