"""How far should an item's own first sales move what was expected of it?

Gamma-Poisson: sales of week k are Poisson(lambda m_k), m_k what was expected (the prior mean), lambda ~ Gamma(r, r) of mean 1.
After y units in weeks of prior sum M, lambda ~ Gamma(r + y, r + M): the curve is multiplied by (r + y) / (r + M), which is (1 -
w) + w y / M with w = M / (r + M), the share of evidence (Gelman et al., *Bayesian Data Analysis*, ch. 2). The next week is then
negative binomial of dispersion 1 / (r + y); what weeks scatter beyond that (promotions, chance customers) is added to it. 1 / r
by moments: sum(((T - S)^2 - S) / S) / sum(S), T what items sold in all and S what was expected, rows weighed by 1 / S.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LEAST_MEAN = 0.01  # a mean below it says nothing of the spread
LEAST_DISPERSION, MOST_DISPERSION = 1e-3, 50.0


def multiplier(sold: Floats, expected: Floats, shape: Floats) -> Floats:
    """(r + y) / (r + M), elementwise."""
    moved: Floats = (shape + sold) / (shape + expected)
    return moved


def evidence_weight(expected: Floats, shape: Floats) -> Floats:
    """M / (r + M): the share of the multiplier that rests on own sales, elementwise."""
    share: Floats = expected / (shape + expected)
    return share


def dispersion(sold: Floats, shape: Floats, scatter: Floats | float) -> Floats:
    """Of a coming week, given `sold` units so far; elementwise."""
    spread: Floats = np.maximum(1 / (shape + sold) + scatter, LEAST_DISPERSION)
    return spread


def excess(actual: Floats, expected: Floats) -> Floats:
    """((y - m)^2 - m) / m, elementwise: its sum over that of m is a dispersion by moments."""
    beyond: Floats = np.where(expected > LEAST_MEAN, ((actual - expected) ** 2 - expected) / np.maximum(expected, LEAST_MEAN), 0.0)
    return beyond


def moment_shape(actual: Floats, expected: Floats, *, lean: float = 0.0, towards: float = 1.0) -> float:
    """r by moments; as if `lean` more units had been expected, whose r is `towards`."""
    units = np.where(expected > LEAST_MEAN, expected, 0.0).sum() + lean
    inverse = (excess(actual, expected).sum() + lean / towards) / units if units > 0 else 1 / towards
    return float(1 / np.clip(inverse, LEAST_DISPERSION, MOST_DISPERSION))


def week_scatter(actual: Floats, expected: Floats) -> float:
    """Dispersion of an item's weeks given its level; items x weeks.

    With levels L and weeks of dispersion s, E y (y - 1) = m^2 E L^2 (1 + s) for a week with itself, E y_k y_l = m_k m_l E L^2 for
    two weeks: the ratio of both, each summed over what was expected, is 1 + s whatever the levels are.
    """
    squares, products = (expected**2).sum(), (expected.sum(axis=1) ** 2).sum() - (expected**2).sum()
    together = (actual.sum(axis=1) ** 2).sum() - (actual**2).sum()
    if squares <= 0 or products <= 0 or together <= 0:
        return 0.0
    ratio = ((actual * (actual - 1)).sum() / squares) / (together / products)
    return float(np.clip(ratio - 1, 0.0, MOST_DISPERSION))
