"""How far are launches off what was foreseen? The law of levels, without taking a shape for it.

Item i sells y_i where S_i was foreseen: y_i is Poisson(level_i S_i), and levels have the law g on a grid. g is the one under which
what was seen is likeliest (nonparametric maximum likelihood: Kiefer & Wolfowitz 1956, *Annals of Mathematical Statistics* 27;
Koenker & Mizera 2014, *JASA* 109), by EM from a smooth start. Few launches must not decide alone: the start counts as LEAN of
them. After y of M planned units the law is proportional to g(l) exp(-l M) l^y, its mean what is expected of the plan's rest.
"""

import numpy as np

from shelfwise.measures.evidence import Floats

GRID: Floats = np.logspace(-2.5, 1.75, 35)  # levels from .003 to 56 times what was foreseen
ROUNDS = 60
LEAN = 20.0  # launches
SMOOTH_SD = 1.5  # of the log level in a law that nothing is known of


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


def _likelihoods(sold: Floats, foreseen: Floats) -> Floats:
    """Rows x GRID, each row's largest being 1."""
    mean = np.maximum(foreseen, 1e-9)[:, None] * GRID[None, :]
    logs = sold[:, None] * np.log(mean) - mean
    found: Floats = np.exp(logs - logs.max(axis=1, keepdims=True))
    return found
