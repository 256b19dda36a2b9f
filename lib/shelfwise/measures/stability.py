"""Has a population moved? PSI = sum over bins of (p - q) ln(p / q), p and q its shares then and now (Siddiqi 2006, ch. 8).

Half a row more in each bin keeps the logarithm finite where one of the two is empty; bins that both leave empty count for nothing.
Bins are the tenths of what was there then. Equal populations of n and m items have a PSI of about (bins - 1) (1/n + 1/m).
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def stability_parts(then: Floats, now: Floats) -> Floats:
    """What each bin adds to the index, from the rows in it."""
    met = (then + now) > 0
    p, q = (np.where(met, rows + 0.5, 0.0) for rows in (then, now))
    p, q = p / p.sum(), q / q.sum()
    return np.where(met, (p - q) * np.log(np.where(met, p, 1.0) / np.where(met, q, 1.0)), 0.0)


def stability_index(then: Floats, now: Floats) -> float:
    return float(stability_parts(then, now).sum())


def bin_of(values: Floats, edges: Floats, *, unknown: float) -> NDArray[np.intp]:
    """0 up to the first edge, 1 above it and up to the second, …; the last one for what is not known."""
    place = np.searchsorted(edges, values, side="left")
    return np.where(np.isnan(values) | (values == unknown), len(edges) + 1, place)
