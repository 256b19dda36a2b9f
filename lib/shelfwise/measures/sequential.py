"""Does an item sell less than it must, or more than was planned? A test that may be read after every week.

Sales after n weeks are y, quasi-Poisson with mean level x plan M. Against the level b speaks the likelihood of levels on the other
side of it, weighed by the prior Gamma(r, r) there, over that of b:
    E = integral of (t / b)^y exp(-(t - b) M) dGamma(t) over t < b (or t > b) / mass of Gamma(r, r) there.
Where the level is b or beyond it (on the side that is defended), E is a nonnegative supermartingale from 1, so that it passes
1 / alpha with probability alpha at most in however many weeks (Ville's inequality). Robbins (1970), *Annals of Mathematical
Statistics* 41; Howard et al. (2021), *Annals of Statistics* 49. Weeks that scatter `scatter` times as much as Poisson count that
much less.
"""

import numpy as np
from scipy import special

from shelfwise.measures.evidence import Floats


def below(sold: Floats, planned: Floats, shape: Floats | float, level: float, scatter: Floats | float = 1.0) -> Floats:
    """Evidence that the level is below `level`, elementwise."""
    return _evidence(sold / scatter, planned / scatter, shape, level, special.gammainc)


def above(sold: Floats, planned: Floats, shape: Floats | float, level: float, scatter: Floats | float = 1.0) -> Floats:
    """Evidence that the level is above `level`, elementwise."""
    return _evidence(sold / scatter, planned / scatter, shape, level, special.gammaincc)


def _evidence(sold: Floats, planned: Floats, shape: Floats | float, level: float, mass: np.ufunc) -> Floats:
    known, weight = shape + sold, shape + planned
    odds = level * planned - sold * np.log(level) + shape * np.log(shape) - special.gammaln(shape)
    odds = odds + special.gammaln(known) - known * np.log(weight)
    prior = mass(shape, np.asarray(shape) * level)
    with np.errstate(divide="ignore", invalid="ignore"):
        odds = odds + np.log(mass(known, weight * level)) - np.log(prior)
    # a prior that knows of no such level has nothing to say against the other
    found: Floats = np.where(prior > 0, np.exp(np.minimum(odds, 300.0)), 1.0)
    return found
