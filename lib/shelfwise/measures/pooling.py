"""How much will sell, where several sources say a level each? A pool of their logs, leaning on what is believed of them beforehand.

    log m = c + sum_s w_s log(level_s),    y ~ negative binomial of mean m and shape r

(logarithmic pools: Genest & Zidek 1986, *Statistical Science* 1), fitted by the penalised likelihood of what sold: w normal around
what is believed, c around 0, log r around SHAPE. A weighted mean of levels, fitted by squares, is decided by the few launches that
sell a hundred times as much as most. Here factors stay factors, and what sells more than MOST_TIMES what was believed counts as so
much: of a hundred lognormal launches one can outweigh all others even in a likelihood. With thousands of launches the data decide;
with a hundred and some what is believed does.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

Floats = NDArray[np.float64]

LEAST_LEVEL = 0.02  # units: a source that says less says nothing of how much less
WEIGHT_SD, CONSTANT_SD = 0.2, 0.3
SHAPE, SHAPE_SD = -0.5, 1.5  # of log r
MOST_TIMES, MOST_LOG = 20.0, 12.0


@dataclass(frozen=True)
class Pool:
    weights: Floats  # one per source
    constant: float

    def units(self, levels: Floats) -> Floats:
        """`levels`: sources x items."""
        logs = self.constant + self.weights @ np.log(np.maximum(levels, LEAST_LEVEL))
        pooled: Floats = np.exp(np.clip(logs, -MOST_LOG, MOST_LOG))
        return pooled


def learn_pool(levels: Floats, sold: Floats, believed: Floats) -> Pool:
    """`levels`: sources x items, `sold`: units of each over the same weeks, `believed`: a weight per source. None is negative."""
    logs, start = np.log(np.maximum(levels, LEAST_LEVEL)), np.concatenate([believed, [0.0, SHAPE]])
    sold = np.minimum(sold, MOST_TIMES * np.maximum(Pool(believed, 0.0).units(levels), 1.0))
    centre, spread = start, np.concatenate([np.full(len(believed), WEIGHT_SD), [CONSTANT_SD, SHAPE_SD]])

    def loss(asked: Floats) -> tuple[float, Floats]:
        mean = np.exp(np.clip(asked[-2] + asked[:-2] @ logs, -MOST_LOG, MOST_LOG))
        shape, off = float(np.exp(asked[-1])), (asked - centre) / spread
        likely = (
            special.gammaln(sold + shape) - special.gammaln(shape) - (sold + shape) * np.log(shape + mean)
            + shape * np.log(shape) + sold * np.log(mean)
        )  # fmt: skip
        by_log = (sold - mean) * shape / (shape + mean)
        by_shape = special.digamma(sold + shape) - special.digamma(shape) + np.log(shape / (shape + mean)) + 1
        by_shape = shape * (by_shape - (sold + shape) / (shape + mean))
        slope = np.concatenate([logs @ by_log, [by_log.sum(), by_shape.sum()]])
        return float(-likely.sum() + (off**2).sum() / 2), off / spread - slope

    bounds = [(0.0, None)] * len(believed) + [(None, None), (-4.0, 4.0)]
    found = optimize.minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds)
    return Pool(found.x[:-2], float(found.x[-2]))
