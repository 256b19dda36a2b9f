"""What do newcomers to a shelf sell, and what do they take from the others on it?

A shelf is a nest of McFadden's nested logit: an item's sales are proportional to its attraction within the shelf, and the shelf's
grow with the sum of attractions as its power 1 - c. With E units sold by the items there and newcomers' attractions a_j in the same
units, phi = 1 + sum a_j / E: an item there keeps the share phi^-c of its sales, and newcomer j sells a_j phi^-c. Crowding c is 1
less the nest's dissimilarity: at 0 newcomers take nothing from the others, at 1 all that they sell. McFadden (1978), "Modelling the
choice of residential location"; Berry (1994), *RAND Journal of Economics* 25.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

STEPS = 6  # to the last bits, for attractions of .001 to 100,000 times a shelf's
LEAST_BESIDE = 0.01  # units: what a shelf without any item is taken to sell, so that attractions have a unit
MOST_CROWDING = 0.95  # at 1 a newcomer to an empty shelf has no attraction


def attraction(alone: Floats, beside: Floats, crowding: Floats | float) -> Floats:
    """a of a newcomer that alone would sell `alone` units, elementwise: a = alone (1 + a / E)^c."""
    found: Floats = np.array(alone, dtype=float)
    base = np.maximum(beside, LEAST_BESIDE)
    share = np.minimum(crowding, MOST_CROWDING)
    # log a - c log(1 + a / E) = log alone, by Newton's steps in log a: the slope is between 1 - c and 1
    wanted = np.log(np.maximum(found, 1e-300))
    log_a = wanted.copy()
    for _ in range(STEPS):
        relative = np.exp(np.minimum(log_a, 690.0)) / base
        slope = 1 - share * relative / (1 + relative)
        log_a = log_a - (log_a - share * np.log1p(relative) - wanted) / slope
    return np.where(found > 0, np.exp(log_a), 0.0)


def kept_share(joined: Floats, beside: Floats, crowding: Floats | float) -> Floats:
    """phi^-c: the share of its sales alone that everything on the shelf keeps when attractions of `joined` in all come."""
    share: Floats = (1 + joined / np.maximum(beside, LEAST_BESIDE)) ** -np.minimum(crowding, MOST_CROWDING)
    return share


def taken(sold: Floats, beside: Floats, crowding: Floats | float) -> Floats:
    """Units that the items there lose to one newcomer that sells `sold`, elementwise."""
    joined = attraction(sold, beside, crowding)
    lost: Floats = np.asarray(beside, dtype=float) * (1 - kept_share(joined, beside, crowding))
    return lost
