"""What would have sold from a shelf that is never empty?

A day that ends with an empty shelf cuts demand off: of N ~ Poisson(rate) no more is known than N >= s, what was sold. Then

    E[N | N >= s] = rate P(N >= s - 1) / P(N >= s)                  (s = 0, an empty shelf all day: the rate itself)

and the rate is the fixed point of counting each such day by that expectation, every other day by its sales: EM (Dempster, Laird &
Rubin 1977; of sales cut off by stock: Conrad 1976, *Operational Research Quarterly* 27). Weeks fade by half in HALF_LIFE_WEEKS, and
a week's rate rests on that week and earlier ones only. Shelves of one item that are seldom open lean on its other shelves.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

HALF_LIFE_WEEKS = 8.0
# a shelf's own days count beside so many days at the mean rate of the item's shelves
PRIOR_DAYS = 3.0
MOST_ROUNDS = 60
CLOSE_ENOUGH = 1e-7  # units a day


def expected_demand(rate: Floats, least: Floats) -> Floats:
    """E[N | N >= least] of N ~ Poisson(rate), elementwise; `least` in whole units."""
    # P(N >= s) is the regularised incomplete gamma function of (s, rate), and 1 for s <= 0
    above, from_one_less = (np.where(s > 0, special.gammainc(np.maximum(s, 1), rate), 1.0) for s in (least, least - 1))
    # so far in the tail that the probabilities vanish, the next unit is the only other chance: P(s + 1) / P(s) = rate / (s + 1)
    tail = least + rate / (least + 1)
    expected: Floats = np.where(above > 1e-280, rate * from_one_less / np.maximum(above, 1e-280), tail)
    return expected


def daily_rates(sold: Floats, cut: Bools, listed: Bools, item: Ints) -> Floats:
    """Units a day on each shelf as known at each week's end: shelves x weeks.

    `sold`, `cut` (the day ended with an empty shelf) and `listed` are shelves x weeks x 7; `item` numbers the shelf's item from 0.
    """
    shelves, weeks, _ = sold.shape
    kept = 0.5 ** (1 / HALF_LIFE_WEEKS)
    units, days, rate = np.zeros(shelves), np.zeros(shelves), np.zeros(shelves)
    rates = np.zeros((shelves, weeks))
    for week in range(weeks):
        censored = cut[:, week] & listed[:, week]
        open_units = np.where(listed[:, week] & ~censored, sold[:, week], 0.0).sum(axis=1)
        units, days = kept * units + open_units, kept * days + listed[:, week].sum(axis=1)
        shelf, day = np.nonzero(censored)
        rate, more = _settled(rate, units, days, shelf, sold[shelf, week, day], item)
        units = units + more
        rates[:, week] = rate
    return rates


def _settled(rate: Floats, units: Floats, days: Floats, shelf: Ints, least: Floats, item: Ints) -> tuple[Floats, Floats]:
    """The rates at which expectation and estimate agree, and what the week's censored days then count."""
    more = np.zeros_like(rate)
    for _ in range(MOST_ROUNDS):
        before = rate
        rate = _leaning(units + more, days, item)
        more = np.bincount(shelf, weights=expected_demand(rate[shelf], least), minlength=len(rate)).astype(np.float64)
        if np.abs(rate - before).max(initial=0.0) < CLOSE_ENOUGH:
            break
    return rate, more


def _leaning(units: Floats, days: Floats, item: Ints) -> Floats:
    together = np.bincount(item, weights=units) / np.maximum(np.bincount(item, weights=days), 1e-12)
    leaning: Floats = (units + PRIOR_DAYS * together[item]) / (days + PRIOR_DAYS)
    return leaning
