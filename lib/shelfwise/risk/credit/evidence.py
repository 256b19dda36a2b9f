"""For and against a default: what does each bin of a feature say?

Bins of about equal numbers are merged until the rate of defaults rises (or falls) with the feature: pool adjacent violators (Ayer
et al. 1955; Barlow et al. 1972), then those of fewer than five defaults into the neighbour of the nearer rate. Of n others and b
defaults in a bin, N and B in all, the weight of evidence is ln((n / N) / (b / B)) and the feature's information value is the sum
of (n / N - b / B) woe (Siddiqi 2006, *Credit Risk Scorecards*, ch. 6). Each merged bin has half a default more and as many others
as come with one, which says nothing and draws small bins towards it: where that turns the order of two, they are one. What is not
known has a bin of its own, out of the order.

A feature counts where its information value is .02 at least (Siddiqi) and beyond what chance gives: it is about chi-square (bins
- 1) x (1 / B + 1 / N) where there is nothing to know (Yurdakul & Naranjo 2020, *Journal of Risk Model Validation* 14).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]

HALF = 0.5  # defaults that a bin begins with
LEAST_VALUE = 0.02  # information value: below it a feature is unpredictive
LEAST_CHANCE = 0.05  # that as much comes of nothing
LEAST_DEFAULTS = 5.0  # in a bin


@dataclass(frozen=True)
class Bins:
    """Of one feature. Place 0: not known; k: from cuts[k - 2] (without it) to cuts[k - 1], open at both ends."""

    cuts: tuple[float, ...]
    observations: Floats
    defaults: Floats
    woe: Floats
    value: float  # information value
    counts: bool  # does it say more than chance gives?


def evidence(cuts: Floats, observations: Floats, defaults: Floats, direction: int) -> Bins:
    """`observations` and `defaults`: at place 0 of what is not known, then of the len(cuts) + 1 bins by ascending values.

    `direction`: 1 where larger values are riskier, -1 where smaller ones are, 0 where the data may say.
    """
    both = [_evidence(cuts, observations, defaults, sign) for sign in ((direction,) if direction else (1, -1))]
    return max(both, key=lambda bins: bins.value)


def _evidence(cuts: Floats, observations: Floats, defaults: Floats, direction: int) -> Bins:
    odds = max(observations.sum() - defaults.sum(), HALF) / max(defaults.sum(), HALF)
    known = defaults[1:], observations[1:]
    groups = ordered(fewer(pooled(*known, direction), *known), *known, odds, direction)
    starts = np.concatenate([[0], 1 + np.array([group[0] for group in groups], dtype=np.int64)])
    all, gone = (np.add.reduceat(of, starts) for of in (observations, defaults))
    bad, other = gone + HALF, all - gone + HALF * odds
    share, other_share = bad / bad.sum(), other / other.sum()
    woe = np.log(other_share / share)
    value = float(((other_share - share) * woe).sum())
    kept = tuple(float(cuts[group[0] - 1]) for group in groups[1:])
    counts = tells(value, int((all > 0).sum()), float(defaults.sum()), float(observations.sum()))
    return Bins(kept, all, gone, woe, value, counts)


def pooled(bad: Floats, all: Floats, direction: int) -> list[list[int]]:
    """Places of neighbouring bins, together where the rate bad / all did not move in the direction, or one of them is empty."""
    groups: list[list[int]] = []
    for place in range(len(bad)):
        groups.append([place])
        while len(groups) > 1 and not direction * (_rate(groups[-1], bad, all) - _rate(groups[-2], bad, all)) > 0:
            groups[-2:] = [groups[-2] + groups[-1]]
    return groups


def fewer(groups: list[list[int]], bad: Floats, all: Floats) -> list[list[int]]:
    """Those of fewer than LEAST_DEFAULTS join the neighbour of the nearer rate: the order stays."""
    groups = list(groups)
    while len(groups) > 1:
        sums = [float(bad[group].sum()) for group in groups]
        place = int(np.argmin(sums))
        if sums[place] >= LEAST_DEFAULTS:
            break
        beside = [other for other in (place - 1, place + 1) if 0 <= other < len(groups)]
        rate = _rate(groups[place], bad, all)
        near = min(beside, key=lambda other: abs(_rate(groups[other], bad, all) - rate))
        low = min(place, near)
        groups[low : low + 2] = [groups[low] + groups[low + 1]]
    return groups


def ordered(groups: list[list[int]], bad: Floats, all: Floats, odds: float, direction: int) -> list[list[int]]:
    """Half a default can turn the order of a small group and a large one whose rates are near: then they are one."""
    groups, place = list(groups), 1
    while place < len(groups):
        low, high = (_rate(group, bad, all, HALF, odds) for group in groups[place - 1 : place + 1])
        if direction * (high - low) > 0:
            place += 1
        else:
            groups[place - 1 : place + 1] = [groups[place - 1] + groups[place]]
            place = max(place - 1, 1)
    return groups


def tells(value: float, bins: int, defaults: float, observations: float) -> bool:
    if bins < 2 or not 0 < defaults < observations:
        return False
    by_chance = stats.chi2.ppf(1 - LEAST_CHANCE, bins - 1) * (1 / defaults + 1 / (observations - defaults))
    return bool(value >= LEAST_VALUE and value > by_chance)


def points(woe: Floats, coefficient: float, share_of_intercept: float, *, half_odds: float) -> NDArray[np.int64]:
    """Whole points of a feature's bins: PDO / ln 2 x -(coefficient woe + its share of the intercept), Siddiqi's scaling."""
    found: NDArray[np.int64] = np.rint(-half_odds / np.log(2) * (coefficient * woe + share_of_intercept)).astype(np.int64)
    return found


def _rate(group: list[int], bad: Floats, all: Floats, more: float = 0.0, odds: float = 0.0) -> float:
    """With so many `more` defaults, and the others that come with them; not a number where nobody is."""
    whole = float(all[group].sum()) + more * (1 + odds)
    return (float(bad[group].sum()) + more) / whole if whole else float("nan")
