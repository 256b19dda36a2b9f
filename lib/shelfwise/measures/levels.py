"""How far are launches off what was foreseen? The law of levels, without taking a shape for it.

Item i sells y_i where S_i was foreseen: y_i is Poisson(level_i S_i), and levels have the law g on a grid. g is the one under which
what was seen is likeliest (nonparametric maximum likelihood: Kiefer & Wolfowitz 1956, *Annals of Mathematical Statistics* 27;
Koenker & Mizera 2014, *JASA* 109), by EM from a smooth start. Few launches must not decide alone: the start counts as LEAN of
them. After y of M planned units the law is proportional to g(l) exp(-l M) l^y, its mean what is expected of the plan's rest.
"""

from collections.abc import Sequence

import numpy as np

from shelfwise.measures import counts
from shelfwise.measures.evidence import Floats

GRID: Floats = np.logspace(-2.5, 1.75, 35)  # levels from .003 to 56 times what was foreseen
ROUNDS = 60
LEAN = 20.0  # launches
SMOOTH_SD = 1.5  # of the log level in a law that nothing is known of
MOST_ASKED = 0.9995
LEAST_SHARE = 1e-6  # of a law: levels that are less likely are left out of quantiles


def smooth_law(sd: float = SMOOTH_SD) -> Floats:
    """Lognormal of mean 1 on the grid."""
    law = np.exp(-((np.log(GRID) + sd**2 / 2) ** 2) / (2 * sd**2))
    law = law / law.sum()
    return tilted(law)


def tilted(law: Floats) -> Floats:
    """The law of the nearest mean to 1 that is law x level^t: what is foreseen is right on the average."""
    low, high = -3.0, 3.0
    for _ in range(60):
        middle = (low + high) / 2
        moved = law * GRID**middle
        low, high = (middle, high) if (moved @ GRID) / moved.sum() < 1 else (low, middle)
    moved = law * GRID ** ((low + high) / 2)
    found: Floats = moved / moved.sum()
    return found


def learn_law(sold: Floats, foreseen: Floats, start: Floats) -> Floats:
    """g on GRID, from one row per launch."""
    if not len(sold):
        return start
    likely = _likelihoods(sold, foreseen)
    law = start.copy()
    for _ in range(ROUNDS):
        owed = likely * law
        law = ((owed / owed.sum(axis=1, keepdims=True)).sum(axis=0) + LEAN * start) / (len(sold) + LEAN)
    return law


def expected_level(law: Floats, sold: Floats, planned: float) -> Floats:
    """Mean level after `sold` units (an array) of `planned`."""
    owed = _likelihoods(sold, np.full(len(sold), planned)) * law
    whole = owed.sum(axis=1)
    # more than any level of the law can have sold: the highest of them
    found: Floats = np.where(whole > 0, owed @ GRID / np.maximum(whole, 1e-300), GRID[law > 0].max())
    return found


def after(laws: Floats, sold: Floats, planned: Floats) -> Floats:
    """Each row's law after `sold` units of `planned`; a law that does not hold that possible stays."""
    owed = _likelihoods(sold, planned) * laws
    whole = owed.sum(axis=1, keepdims=True)
    found: Floats = np.where(whole > 0, owed / np.maximum(whole, 1e-300), laws)
    return found


def units_cdf(units: Floats, foreseen: Floats, laws: Floats, dispersion: Floats) -> Floats:
    """P(no more than `units` sell), rows x any number of units; each row has its `foreseen`, its law on GRID, its dispersion.

    Given the level, units are negative binomial (measures.counts) of mean level x foreseen.
    """
    found, likely = np.zeros(units.shape), np.where(laws > LEAST_SHARE, laws, 0.0)
    likely = likely / likely.sum(axis=1, keepdims=True)
    spread = np.broadcast_to(dispersion[:, None], units.shape)
    for place in np.flatnonzero(likely.any(axis=0)):
        mean = np.broadcast_to((foreseen * GRID[place])[:, None], units.shape)
        found += likely[:, place, None] * counts.cdf(units, mean, spread)
    return found


def units_quantiles(asked: Sequence[float], foreseen: Floats, laws: Floats, dispersion: Floats, least: Floats) -> Floats:
    """Smallest whole units, not below `least`, whose units_cdf reaches each of `asked` (.9995 for more), rows x asked."""
    if not np.isfinite(foreseen).all():
        raise ValueError("units that are foreseen have to be finite numbers")
    wanted, below = np.minimum(asked, MOST_ASKED), least - 1.0
    most = np.maximum(least.max(axis=1, initial=0.0), 1.0)
    while (short := units_cdf(most[:, None], foreseen, laws, dispersion)[:, 0] < wanted.max()).any():
        most = np.where(short, 2 * most, most)
    enough = np.repeat(most[:, None], len(wanted), axis=1)
    while (open_rows := np.flatnonzero((enough - below > 1).any(axis=1))).size:
        low, high = below[open_rows], enough[open_rows]
        middle, still = np.floor((low + high) / 2), high - low > 1
        reached = units_cdf(middle, foreseen[open_rows], laws[open_rows], dispersion[open_rows]) >= wanted
        below[open_rows], enough[open_rows] = np.where(still & ~reached, middle, low), np.where(still & reached, middle, high)
    return enough


def _likelihoods(sold: Floats, foreseen: Floats) -> Floats:
    """Rows x GRID, each row's largest being 1."""
    mean = np.maximum(foreseen, 1e-9)[:, None] * GRID[None, :]
    logs = sold[:, None] * np.log(mean) - mean
    found: Floats = np.exp(logs - logs.max(axis=1, keepdims=True))
    return found
