"""How much is lost in the worst futures, how sure is that, and who makes it so?

VaR at level p is estimated by Harrell & Davis (1982, *Biometrika* 69): the sum of w_j L_(j) over losses in ascending order, w_j =
I_{j/n}(a, b) - I_{(j-1)/n}(a, b), a = (n + 1) p, b = (n + 1) (1 - p), I the regularised incomplete beta function. CVaR (expected
shortfall) is the mean of the worst (1 - p) n losses, the last of them by the part of it that belongs to these (Rockafellar &
Uryasev 2002, *Journal of Banking & Finance* 26). Both are weighted sums over scenarios. With the weights that the total's order
gives, what the parts lose adds up to the total's VaR and CVaR: Euler contributions (Tasche 1999), E[L_i | L = VaR] and
E[L_i | L >= VaR].

Standard errors: of VaR by Maritz & Jarrett (1978, *JASA* 73), the spread of the order statistic under the same w; of CVaR by
Manistre & Hancock (2005, *North American Actuarial Journal* 9), sqrt((var(L | L in the tail) + p (CVaR - VaR)^2) / (n (1 - p))).
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc

Floats = NDArray[np.float64]

LEVELS = (0.95, 0.99)


@dataclass(frozen=True)
class Tail:
    """Of loss distributions, each in its own unit."""

    value_at_risk: Floats
    value_at_risk_error: Floats  # standard error
    shortfall: Floats
    shortfall_error: Floats


def tail(losses: Floats, level: float) -> Tail:
    """Of equally likely losses, in any order along the last axis."""
    return tail_of_ordered(np.sort(np.asarray(losses, dtype=np.float64), axis=-1), level)


def tail_of_ordered(ordered: Floats, level: float) -> Tail:
    """The same of losses in ascending order."""
    count = ordered.shape[-1]
    at, beyond = quantile_weights(count, level), worst_weights(count, level)
    var, cvar = ordered @ at, ordered @ beyond
    spread = np.maximum(ordered**2 @ at - var**2, 0.0)
    within = np.maximum(ordered**2 @ beyond - cvar**2, 0.0)
    error = ((within + level * (cvar - var) ** 2) / (count * (1 - level))) ** 0.5
    return Tail(var, spread**0.5, cvar, error)


@cache
def quantile_weights(count: int, level: float) -> Floats:
    """Of losses in ascending order, for VaR; they sum to 1."""
    _check(count, level)
    ends = np.arange(count + 1) / count
    weights: Floats = np.diff(betainc((count + 1) * level, (count + 1) * (1 - level), ends))
    return weights


@cache
def worst_weights(count: int, level: float) -> Floats:
    """Of losses in ascending order, for CVaR; they sum to 1."""
    _check(count, level)
    worst = count * (1 - level)
    from_the_top = np.clip(worst - np.arange(count), 0.0, 1.0)
    weights: Floats = from_the_top[::-1] / worst
    return weights


def by_scenario(weights: Floats, total: Floats) -> Floats:
    """The weights of ordered losses at their scenarios' places; of equal losses the later scenario counts as the larger one."""
    placed = np.empty_like(weights)
    placed[np.argsort(total, kind="stable")] = weights
    return placed


def _check(count: int, level: float) -> None:
    if not 0 < level < 1:
        raise ValueError(f"a level lies between 0 and 1, not {level}")
    if count * (1 - level) < 1:
        raise ValueError(
            f"{count} scenarios hold less than one beyond the {level:.1%} level: draw at least {round(1 / (1 - level))}"
        )
