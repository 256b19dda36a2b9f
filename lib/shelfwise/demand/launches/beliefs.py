"""How much is each source worth, how far does an item's own evidence count, and how wide has the forecast to be?

All of it learnt from launches of the backtest. Shares of the sources: those whose mixture would have had the least squared error,
each row divided by its mean (measures.mixing). The mixture is the prior mean curve m_k; after y units in n weeks of prior
sum M it is multiplied by (r + y) / (r + M), r by moments for each SIZE of prior (measures.evidence). A week's units are then
negative binomial of dispersion 1/(r + y) plus what weeks scatter beyond that, by moments for each number of known weeks and SIZE,
and what that shape gets wrong is mended by the distribution of the randomised PITs (measures.counts).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from shelfwise.contracts.gold.demand import LEVELS
from shelfwise.contracts.gold.launches import JUDGED_WEEKS
from shelfwise.demand.launches.sources import SOURCES
from shelfwise.measures import counts, evidence
from shelfwise.measures.mixing import weights

Floats = evidence.Floats

KNOWN_WEEKS = (0, 1, 2, 4)
SIZES = (0.5, 2.0)  # expected units a week: where one shape, or spread, ends and the next begins
LEAN_UNITS = 200.0  # a size of few expected units leans on all of them
LEAST_MEAN = 0.1
LEAST_ROWS = 300
SEED = 7


@dataclass(frozen=True)
class Launches:
    """Items x weeks since launch: what each source said, and what was wanted."""

    sources: Floats  # sources x items x weeks
    actual: Floats


@dataclass(frozen=True)
class Spread:
    """After so many known weeks, by size of what is expected of a week: one row per size."""

    scatter: Floats
    pit: Floats  # sizes x edges


@dataclass(frozen=True)
class Beliefs:
    shares: Floats
    shapes: Floats  # one per size of prior
    spreads: Mapping[int, Spread]

    def prior(self, sources: Floats) -> Floats:
        """Mean curves, items x weeks."""
        mixed: Floats = np.tensordot(self.shares, sources, axes=1)
        return mixed

    def shape(self, prior: Floats) -> Floats:
        """r of each item: by what is expected of its first eight weeks."""
        found: Floats = self.shapes[np.digitize(prior[:, :JUDGED_WEEKS].mean(axis=1), SIZES)]
        return found

    def spread(self, known_weeks: int) -> Spread:
        """That of the most weeks not above `known_weeks`."""
        return self.spreads[max(n for n in self.spreads if n <= known_weeks)]

    def quantiles(self, mean: Floats, sold: Floats, shape: Floats, known_weeks: int) -> Floats:
        """Rows x LEVELS, whole units; `mean`, `sold` so far and `shape` per row."""
        spread, size = self.spread(known_weeks), np.digitize(mean, SIZES)
        asked = np.column_stack([counts.recalibrated_level(level, spread.pit) for level in LEVELS])[size]
        return counts.quantile(asked, mean, evidence.dispersion(sold, shape, spread.scatter[size]))


def by_item(rows: pd.DataFrame) -> Launches:
    """From rows of the backtest of one hold-out; each item has all eight weeks."""
    wide = {name: rows.pivot(index="item_id", columns="launch_week", values=name).to_numpy(float) for name in ("actual", *SOURCES)}
    return Launches(np.stack([wide[name] for name in SOURCES]), wide["actual"])


def learn(known: Launches) -> Beliefs:
    shares = _shares(known)
    prior = np.tensordot(shares, known.sources, axes=1)
    shapes = _shapes(known.actual, prior)
    first = Beliefs(shares, shapes, {})
    return Beliefs(shares, shapes, {n: _spread(first, known, n) for n in KNOWN_WEEKS})


def expected(beliefs: Beliefs, launched: Launches, known_weeks: int) -> tuple[Floats, Floats, Floats]:
    """Means of the weeks after the known ones (items x weeks), units sold in those, and the shape, per item."""
    prior = beliefs.prior(launched.sources)
    shape = beliefs.shape(prior)
    sold, foreseen = launched.actual[:, :known_weeks].sum(axis=1), prior[:, :known_weeks].sum(axis=1)
    moved = evidence.multiplier(sold, foreseen, shape)
    return prior[:, known_weeks:] * moved[:, None], sold, shape


def mended_pits(beliefs: Beliefs, launched: Launches, known_weeks: int) -> Floats:
    """Randomised PITs of the weeks after the known ones, items x weeks: uniform where the beliefs hold."""
    mean, sold, shape = expected(beliefs, launched, known_weeks)
    spread, size = beliefs.spread(known_weeks), np.digitize(mean, SIZES).ravel()
    raw = _pits(
        launched.actual[:, known_weeks:],
        mean,
        evidence.dispersion(sold[:, None], shape[:, None], spread.scatter[size].reshape(mean.shape)),
    )
    return counts.recalibrated_pit(raw.ravel(), spread.pit[size]).reshape(mean.shape)


def _pits(actual: Floats, mean: Floats, dispersion: Floats) -> Floats:
    uniform = np.random.default_rng(SEED).uniform(size=mean.size)
    spread = np.broadcast_to(dispersion, mean.shape).ravel()
    return counts.randomised_pit(actual.round().ravel(), mean.ravel(), spread, uniform).reshape(mean.shape)


def _shares(known: Launches) -> Floats:
    size = np.sqrt(np.maximum(known.sources.mean(axis=0), LEAST_MEAN))
    errors = ((known.sources - known.actual) / size).reshape(len(known.sources), -1)
    return weights(errors @ errors.T)


def _shapes(actual: Floats, prior: Floats) -> Floats:
    total, foreseen = actual.sum(axis=1), prior.sum(axis=1)
    pooled = evidence.moment_shape(total, foreseen)
    size = np.digitize(prior.mean(axis=1), SIZES)
    groups = [size == k for k in range(len(SIZES) + 1)]
    of_size = [evidence.moment_shape(total[of], foreseen[of], lean=LEAN_UNITS, towards=pooled) for of in groups]
    return np.array(of_size)


def _spread(beliefs: Beliefs, known: Launches, known_weeks: int) -> Spread:
    mean, sold, shape = expected(beliefs, known, known_weeks)
    size, sizes = np.digitize(mean, SIZES), range(len(SIZES) + 1)
    # a size that few weeks had is taken with all others
    groups = [size == k if (size == k).sum() >= LEAST_ROWS else np.full(size.shape, True) for k in sizes]
    actual, own = known.actual[:, known_weeks:], evidence.dispersion(sold, shape, 0.0)[:, None]
    beyond = evidence.excess(actual, mean) - mean * own
    scatter = np.array([max(beyond[of].sum() / max(mean[of].sum(), evidence.LEAST_MEAN), 0.0) for of in groups])
    found = [_pits(actual, mean, own + scatter[k])[groups[k]] for k in sizes]
    return Spread(scatter, counts.pit_cdf(np.stack([counts.pit_histogram(of_size) for of_size in found])))


# where no launch has been judged yet: all sources alike, and wide intervals
UNTAUGHT = Beliefs(
    shares=np.full(len(SOURCES), 1 / len(SOURCES)),
    shapes=np.ones(len(SIZES) + 1),
    spreads={0: Spread(np.ones(len(SIZES) + 1), np.tile(counts.PIT_EDGES, (len(SIZES) + 1, 1)))},
)
