"""Does a VaR that was foretold day by day hold what it promises?

Kupiec (1995, *Journal of Derivatives* 3): are there as many days beyond it as there should be? With x of n days beyond a VaR at
level 1 - p, LR = -2 ln[(1 - p)^(n - x) p^x / ((1 - x/n)^(n - x) (x/n)^x)]. Christoffersen (1998, *International Economic Review*
39): do they come one by one? With n_ij days in state j after one in state i and pi_i = n_i1 / (n_i0 + n_i1), LR = -2 ln[L(pi) /
L(pi_0, pi_1)]; both questions at once by the sum of the two. On 250 days hardly any LR is near its chi-squared limit (2.5 days
are expected beyond a 99 % VaR), so that p-values come from as many drawn series of independent days, ties broken at random (Dufour
2006, *Journal of Econometrics* 133; for these tests Christoffersen & Pelletier 2004, *Journal of Financial Econometrics* 2): exact
whatever n and p.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import xlogy

Floats = NDArray[np.float64]
Hits = NDArray[np.bool_]

DRAWN = 999  # series: p-values are multiples of 1 / 1000


@dataclass(frozen=True)
class Verdict:
    """p-values: small ones speak against the VaR."""

    frequency: float  # Kupiec
    independence: float  # Christoffersen
    both: float


def frequency_ratio(hits: Hits, share: float) -> Floats:
    """Kupiec's LR of each row; `hits`: series x days beyond the VaR, which are to be `share` of all."""
    days, beyond = hits.shape[-1], hits.sum(axis=-1)
    found = beyond / days
    ratio: Floats = 2 * (_likelihood(days - beyond, beyond, found) - _likelihood(days - beyond, beyond, share))
    return ratio


def independence_ratio(hits: Hits) -> Floats:
    """Christoffersen's LR of each row; 0 where no day, or every one, is beyond the VaR."""
    before, after = hits[..., :-1], hits[..., 1:]
    quiet, first = (~before & ~after).sum(axis=-1), (~before & after).sum(axis=-1)
    over, again = (before & ~after).sum(axis=-1), (before & after).sum(axis=-1)
    alike = _likelihood(quiet + over, first + again, _share(first + again, quiet + over))
    apart = _likelihood(quiet, first, _share(first, quiet)) + _likelihood(over, again, _share(again, over))
    ratio: Floats = 2 * (apart - alike)
    return ratio


def judged(hits: Hits, level: float, *, seed: int) -> Verdict:
    """Of one series of days: true where the loss was beyond the VaR at `level`."""
    draws = np.random.Generator(np.random.Philox(seed))
    drawn = draws.uniform(size=(DRAWN, len(hits))) < 1 - level
    ties = draws.uniform(size=(3, DRAWN + 1))
    together = np.vstack([hits, drawn])
    frequency, independence = frequency_ratio(together, 1 - level), independence_ratio(together)
    p_values = [_rank(ratio, tie) for ratio, tie in zip((frequency, independence, frequency + independence), ties, strict=True)]
    return Verdict(*p_values)


def _rank(ratios: Floats, ties: Floats) -> float:
    """Share of series whose ratio is no smaller than the first one's, itself included."""
    told = np.round(ratios, 9)  # sums of logarithms that should be equal differ in their last digits
    above = (told > told[0]) | ((told == told[0]) & (ties >= ties[0]))
    return float(above.mean())


def _share(beyond: NDArray[np.int64], within: NDArray[np.int64]) -> Floats:
    shares: Floats = beyond / np.maximum(beyond + within, 1)
    return shares


def _likelihood(within: NDArray[np.int64], beyond: NDArray[np.int64], share: Floats | float) -> Floats:
    """ln of (1 - share)^within share^beyond, with 0^0 = 1."""
    logarithm: Floats = xlogy(within, 1 - np.asarray(share)) + xlogy(beyond, share)
    return logarithm
