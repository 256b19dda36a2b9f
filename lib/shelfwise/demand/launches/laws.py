"""How far off what was foreseen may a launch's total be, as long as nothing of it has sold?

Items have levels, each a factor of all its weeks, whose law earlier launches teach (measures.levels); weeks scatter around them
(measures.evidence.week_scatter), independently: the dispersion that this leaves in a total is that of a week times
sum(m_k^2) / sum(m_k)^2, m_k what is foreseen of week k. Laws are learnt from totals of eight weeks and hold the scatter of those;
what fewer weeks scatter beyond it is added. Weeks that went by without a sale speak for the lower levels. What these laws get
wrong, as where a launch begins with a first sale, so that no first week sells nothing, is mended week by week by the randomised
PITs of the launches that taught them (measures.counts); not so what is said after weeks without a sale, of which they tell nothing.
"""

from dataclasses import dataclass, replace

import numpy as np

from shelfwise.contracts.gold.demand import LEVELS
from shelfwise.contracts.gold.launches import JUDGED_WEEKS
from shelfwise.demand.launches.beliefs import SEED, UNTAUGHT, Beliefs, Floats, Launches, learn
from shelfwise.measures import counts, evidence, levels

EDGES = (0.2, 0.4, 0.6, 0.8)  # quantiles of what was foreseen
LEAN = 100.0  # launches: with fewer, the last of 100 quantiles held .97 where nothing had to be mended
AS_IT_IS = np.tile(counts.PIT_EDGES, (JUDGED_WEEKS, 1))


@dataclass(frozen=True)
class Known:
    """What the backtest teaches of what has never sold."""

    beliefs: Beliefs
    edges: Floats  # units of eight weeks where one law of levels ends and the next begins
    laws: Floats  # one row per law, on levels.GRID
    scatter: float
    pits: Floats  # one row per week of a total, its last one for later weeks too: the CDF of what totals' PITs were

    def of(self, mean: Floats) -> Floats:
        """The law of each item on levels.GRID; `mean`: items x weeks."""
        found: Floats = self.laws[np.digitize(mean[:, :JUDGED_WEEKS].sum(axis=1), self.edges)]
        return found


def taught(launched: Launches | None) -> Known:
    """Laws of levels by size of what was foreseen, each leaning on that of all; a smooth one where there are too few launches.

    On completejourney's 8,594 launches, each origin by what the others taught, totals of eight weeks had a log likelihood of
    -15,338 under these laws, -15,837 under one law for all and -26,037 under gamma laws by the beliefs' shapes.
    """
    if launched is None:
        return Known(UNTAUGHT, np.array([]), levels.smooth_law()[None, :], 0.0, AS_IT_IS)
    beliefs = learn(launched)
    prior = beliefs.prior(launched.sources)
    sold, expected = launched.actual.sum(axis=1), prior.sum(axis=1)
    whole, edges = levels.learn_law(sold, expected, levels.smooth_law()), np.quantile(expected, EDGES)
    of = np.digitize(expected, edges)
    laws = [levels.tilted(levels.learn_law(sold[of == k], expected[of == k], whole)) for k in range(len(edges) + 1)]
    raw = Known(beliefs, edges, np.stack(laws), evidence.week_scatter(launched.actual, prior), AS_IT_IS)
    return replace(raw, pits=_pits_of(total_pits(raw, launched)))


def totals(mean: Floats, seen: int, known: Known) -> Floats:
    """Items x weeks x (mean, LEVELS): units after the first `seen` weeks, which sold none, up to each week; these never fall.

    `mean`: items x weeks, before anything was seen.
    """
    coming = np.where(np.arange(mean.shape[1]) >= seen, mean, 0.0)
    laws = levels.after(known.of(mean), np.zeros(len(mean)), mean[:, :seen].sum(axis=1))
    foreseen, noise = np.cumsum(coming, axis=1), _noise(coming, mean, known.scatter)
    found = np.zeros((*mean.shape, 1 + len(LEVELS)))
    found[:, :, 0] = foreseen * (laws @ levels.GRID)[:, None]
    so_far = np.zeros((len(mean), len(LEVELS)))
    for k in range(seen, mean.shape[1]):
        # PITs were those of the eve
        pit = (AS_IT_IS if seen else known.pits)[min(k, JUDGED_WEEKS - 1)][None, :]
        asked = [counts.recalibrated_level(level, pit).item() for level in LEVELS]
        so_far = levels.units_quantiles(asked, foreseen[:, k], laws, noise[:, k], so_far)
        found[:, k, 1:] = so_far
    return found


def total_pits(known: Known, launched: Launches) -> Floats:
    """Randomised PITs of the units up to each week, items x weeks, on the eve: uniform where the laws, once mended, hold."""
    mean, actual = known.beliefs.prior(launched.sources), np.cumsum(launched.actual.round(), axis=1)
    laws, foreseen, noise = known.of(mean), np.cumsum(mean, axis=1), _noise(mean, mean, known.scatter)
    chance = np.random.default_rng(SEED).uniform(size=mean.shape)

    def reached(k: int, units: Floats) -> Floats:
        return levels.units_cdf(units[:, None], foreseen[:, k], laws, noise[:, k])[:, 0]

    ends = [(reached(k, actual[:, k] - 1), reached(k, actual[:, k])) for k in range(mean.shape[1])]
    raw = [low + chance[:, k] * (high - low) for k, (low, high) in enumerate(ends)]
    return np.stack([counts.recalibrated_pit(one, np.tile(known.pits[k], (len(one), 1))) for k, one in enumerate(raw)], axis=1)


def _pits_of(raw: Floats) -> Floats:
    histograms = np.stack([counts.pit_histogram(week) for week in raw.T])
    return counts.pit_cdf(histograms + LEAN / counts.PIT_STEPS)


def _noise(coming: Floats, mean: Floats, scatter: float) -> Floats:
    """Dispersion of totals of the `coming` weeks beyond that of a launch's first eight, given the level; items x weeks."""

    def left(weeks: Floats) -> Floats:
        squares, total = np.cumsum(weeks**2, axis=1), np.cumsum(weeks, axis=1)
        spread: Floats = scatter * squares / np.maximum(total, evidence.LEAST_MEAN) ** 2
        return spread

    found: Floats = np.maximum(left(coming) - left(mean[:, :JUDGED_WEEKS])[:, -1:], 0.0)
    return found
