"""How well do chances of a default tell defaults from the rest, and are they right?

AUC: P(a default has the higher chance than another), ties a half: Mann & Whitney (1947); Hanley & McNeil (1982, *Radiology* 143).
KS: the largest gap between the shares of defaults and of others up to a chance. Brier: mean squared error (Brier 1950).
Calibration: logit P(default) = intercept + slope x logit(chance), by maximum likelihood (Cox 1958, *Biometrika* 45); 0 and 1 are
right.

A regression fits its own rows too well. With X2 its likelihood ratio against one chance for all and k free numbers, its logits are
to be drawn together by (X2 - k) / X2 (van Houwelingen & le Cessie 1990, *Statistics in Medicine* 9; Copas 1983).

Rows are counts: all observations of one chance together.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import expit

Floats = NDArray[np.float64]

STEPS, ENOUGH = 50, 1e-10  # Newton's: it takes six or so
WIDEST = 50.0  # on the logit's scale: beyond it chances are 0 and 1
LONGEST = 4.0  # on the logit's scale: from far off the first step would overshoot


@dataclass(frozen=True)
class Verdict:
    observations: int
    defaults: int
    auc: float
    ks: float
    brier: float
    slope: float
    intercept: float
    mean_chance: float


def judged(logits: Floats, observations: Floats, defaults: Floats) -> Verdict:
    """Of at least one default and one other; two different logits at least, or the slope is 1."""
    order = np.argsort(logits, kind="stable")
    logit, count, bad = logits[order], observations[order], defaults[order]
    chance = expit(logit)
    error = (bad * (1 - chance) ** 2 + (count - bad) * chance**2).sum() / count.sum()
    intercept, slope = calibration(logit, count, bad)
    mean = float((count * chance).sum() / count.sum())
    return Verdict(int(count.sum()), int(bad.sum()), *separation(logit, count, bad), float(error), slope, intercept, mean)


def separation(ordered: Floats, observations: Floats, defaults: Floats) -> tuple[float, float]:
    """AUC and KS, of scores in ascending order; equal ones may come in several rows."""
    _, place = np.unique(ordered, return_inverse=True)
    bad, other = (np.bincount(place, of) for of in (defaults, observations - defaults))
    others_below = np.cumsum(other) - other
    auc = (bad * (others_below + other / 2)).sum() / (bad.sum() * other.sum())
    gap = np.abs(np.cumsum(other) / other.sum() - np.cumsum(bad) / bad.sum()).max()
    return float(auc), float(gap)


def calibration(logits: Floats, observations: Floats, defaults: Floats) -> tuple[float, float]:
    """Intercept and slope; of one logit alone the slope is 1."""
    rows = np.column_stack([np.ones_like(logits), logits])
    found = np.array([0.0, 1.0])
    if np.ptp(logits) < ENOUGH:
        share = defaults.sum() / observations.sum()
        return float(np.log(share / (1 - share)) - logits[0]), 1.0
    for _ in range(STEPS):
        chance = expit(rows @ found)
        curvature = rows.T @ (rows * (observations * chance * (1 - chance))[:, None])
        step = np.linalg.solve(curvature, rows.T @ (defaults - observations * chance))
        found = found + step * min(1.0, LONGEST / max(float(np.abs(step).max()), ENOUGH))
        if np.abs(step).max() < ENOUGH:
            break
    return float(found[0]), float(found[1])


def shrinkage(logits: Floats, observations: Floats, defaults: Floats, free: int) -> tuple[float, float]:
    """Factor (0 to 1) of the logits that were fitted to these rows, and the level beside it that keeps the number of defaults."""
    share = defaults.sum() / observations.sum()
    alone = observations.sum() * (share * np.log(share) + (1 - share) * np.log1p(-share))
    found = (defaults * -np.log1p(np.exp(-logits)) + (observations - defaults) * -np.log1p(np.exp(logits))).sum()
    ratio = 2 * float(found - alone)
    factor = float(np.clip((ratio - free) / ratio, 0.0, 1.0)) if ratio > 0 else 0.0

    def beyond(level: float) -> float:
        return float((observations * expit(level + factor * logits)).sum() - defaults.sum())

    return factor, float(brentq(beyond, -WIDEST, WIDEST))
