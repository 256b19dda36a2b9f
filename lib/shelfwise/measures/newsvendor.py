"""How much stock is worth having when demand is known only as a few of its quantiles?

Order up to the demand that is not exceeded with probability margin / (margin + cost of holding a unit): the newsvendor's
critical ratio (Silver, Pyke & Thomas, *Inventory and Production Management in Supply Chains*, ch. 9; Zipkin, *Foundations
of Inventory Management*, ch. 6). Demand's quantile function is the straight line through its known quantiles, so that
distribution, expected left-over and quantile are sums over the line's segments.

Demand is a count and the line is not: P(D <= k) is read at k + 1/2, the usual continuity correction.

Each formula stands here once, for numpy arrays and for Spark columns alike; `Arithmetic` holds the operations that differ.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

Number = Any  # a float, a numpy array or a Spark column: whatever has + - * / and comparisons
Demand = Any  # segments (p, q, a, b): between probabilities p and q demand rises from a to b units


@dataclass(frozen=True)
class Arithmetic:
    """The operations in which numpy and Spark differ.

    `total` sums a function of (p, q, a, b) over demand's segments; `smallest` is the smallest whole number above -1 and not above
    the given one that is enough, where all larger ones are, too; `each` makes a segment of each, by (p, q, a, b) and its place from
    0; `through` is the line through P(D <= units) at the ends of all segments of some demands, which are told to a millionth; `let`
    hands values on that are used more than once.
    """

    least: Callable[[Number, Number], Number]
    greatest: Callable[[Number, Number], Number]
    where: Callable[[Number, Number, Number], Number]
    ceil: Callable[[Number], Number]
    total: Callable[[Demand, Callable[[Number, Number, Number, Number], Number]], Number]
    smallest: Callable[[Number, Callable[[Number], Number]], Number]
    each: Callable[[Demand, Callable[[Number, Number, Number, Number, Number], tuple[Number, ...]]], Demand]
    through: Callable[[Sequence[Demand], Callable[[Number], Number]], Demand]
    let: Callable[[Sequence[Number | Demand], Callable[..., Demand]], Demand]


def smallest(most: Number, enough: Callable[[Number], Number]) -> Number:
    """Elementwise the smallest whole number from 0 to `most` that is enough, where larger ones are too; `most` where none is."""
    below, above = 0 * most - 1, most
    while np.any(above - below > 1):
        middle = np.floor((below + above) / 2)
        fits = (middle >= 0) & enough(middle)
        below, above = np.where(fits, below, middle), np.where(fits, middle, above)
    return above


DECIMALS = 6


def _through(demands: Sequence[Demand], up_to: Callable[[Number], Number]) -> Demand:
    ends = [end for demand in demands for end in (demand[0][2], *(b for _, _, _, b in demand))]
    points = [(up_to(units), np.round(units, DECIMALS)) for units in np.sort(np.stack(np.broadcast_arrays(*ends)), axis=0)]
    return [(p, q, a, b) for (p, a), (q, b) in pairwise(points)]


ARRAYS = Arithmetic(
    np.minimum,
    np.maximum,
    np.where,
    np.ceil,
    lambda demand, part: sum(part(*segment) for segment in demand),
    smallest,
    lambda demand, part: [part(p, q, a, b, place) for place, (p, q, a, b) in enumerate(demand)],
    _through,
    lambda values, use: use(*values),
)


def demand_line(levels: Sequence[float], quantiles: Sequence[Number]) -> list[tuple[float, float, Number, Number]]:
    """Segments from no units at probability 0 through the quantiles at ascending levels; above the last one straight on.

    The upper end is where this can mislead: demand above it counts as impossible. No order rests on it, since no critical
    ratio lies above the last level.
    """
    (p, q), (a, b) = levels[-2:], quantiles[-2:]
    highest = b + (b - a) * ((1 - q) / (q - p))
    knots = list(zip((0.0, *levels, 1.0), (0 * b, *quantiles, highest), strict=True))
    return [(p, q, a, b) for (p, a), (q, b) in pairwise(knots)]


def demand_quantile(demand: Demand, probability: Number, m: Arithmetic = ARRAYS) -> Number:
    """Units that demand does not exceed with this probability."""

    def share(p: Number, q: Number) -> Number:
        # where nothing lies between the ends, all of it is below what is asked for, or none
        return m.where(q > p, _clip((probability - p) / _width(p, q, m), 0.0, 1.0, m), m.where(probability > p, 1.0, 0.0))

    return m.total(demand, lambda p, q, a, b: (b - a) * share(p, q))


def probability_up_to(demand: Demand, units: Number, m: Arithmetic = ARRAYS) -> Number:
    """P(D <= units) of the line; where a quantile is repeated, all of that probability lies at the one value."""
    return m.total(demand, lambda p, q, a, b: (q - p) * _share_below(units, a, b, m))


def stock_out_probability(demand: Demand, position: Number, m: Arithmetic = ARRAYS) -> Number:
    """P(D > position) of a count: read half a unit above the position."""
    return m.greatest(1.0 - probability_up_to(demand, position + 0.5, m), 0 * position)  # the shares may sum to a hair above 1


def expected_demand(demand: Demand, m: Arithmetic = ARRAYS) -> Number:
    """E[D], units."""
    return m.total(demand, lambda p, q, a, b: (q - p) * (a + b) / 2)


def expected_left_over(demand: Demand, position: Number, m: Arithmetic = ARRAYS) -> Number:
    """E[(position - D)+], units.

    On a segment demand is uniform between a and b: (c - a)^2 / 2(b - a) + (position - b)+ with c = position clipped to it.
    """
    return m.total(demand, lambda p, q, a, b: (q - p) * _left_over_of_segment(position, a, b, m))


def worst_left_over(demand: Demand, position: Number, low: Number, share: float, m: Arithmetic = ARRAYS) -> Number:
    """E[(position - D)+ | D among its lowest `share`], units: what is left where demand disappoints; of 1, expected_left_over.

    `low`: what demand does not exceed with probability `share`. Where it is a whole number above that, what lies below it beyond
    the share is taken to lie at it (Rockafellar & Uryasev 2000, Journal of Risk 2).
    """

    def below(p: Number, q: Number, a: Number, b: Number) -> Number:
        inside = _share_below(low, a, b, m)
        return (q - p) * inside * _left_over_of_segment(position, a, a + (b - a) * inside, m)

    beyond = m.greatest(probability_up_to(demand, low, m) - share, 0 * low)
    return (m.total(demand, below) - beyond * m.greatest(position - low, 0 * low)) / share


def low_demand(demand: Demand, share: float, single: Number, m: Arithmetic = ARRAYS) -> Number:
    """What demand does not exceed with probability `share`; of a mixture (not `single`) the whole number above."""
    # a sum of parts can end a hair below the value at which all the probability lies
    return m.where(single, demand_quantile(demand, share, m) + 1e-9, _smallest_that_suffices(demand, share, 0.0, m))


def critical_ratio(price: Number, cost: Number, holding: Number, lowest: float, highest: float, m: Arithmetic = ARRAYS) -> Number:
    """margin / (margin + holding), clipped; `holding` is what one unit costs to hold for one review period.

    A price at or below cost gives `lowest`.
    """
    margin = m.greatest(price - cost, 0 * price)
    both = m.where(margin + holding > 0, margin + holding, 0 * price + 1)  # a free item that costs nothing to hold earns nothing
    return _clip(margin / both, lowest, highest, m)


def order_up_to(demand: Demand, ratio: Number, m: Arithmetic = ARRAYS) -> Number:
    """The smallest count of units whose probability to suffice reaches the critical ratio: min k >= 0 with P(D <= k) >= ratio."""
    return m.ceil(m.greatest(demand_quantile(demand, ratio, m) - 0.5, 0 * ratio))


def mixed(demands: Sequence[tuple[Number, list[tuple[Number, Number, Number, Number]]]]) -> Demand:
    """Demand that is each of `demands` with its share: P(D <= y) = sum of share * P(D_i <= y).

    Over a random lead time: one share for each number of weeks. Its segments overlap, so `demand_quantile` does not fit; sums do.
    """
    return [(share * p, share * q, a, b) for share, demand in demands for p, q, a, b in demand]


def order_up_to_mixed(demand: Demand, ratio: Number, m: Arithmetic = ARRAYS) -> Number:
    """`order_up_to` of demand whose segments overlap, by halving."""
    return _smallest_that_suffices(demand, ratio, 0.5, m)


def whole_cases(deficit: Number, pack: Number, minimum: Number, m: Arithmetic = ARRAYS) -> Number:
    """The deficit rounded up to whole cases and to the smallest order; nothing where nothing is lacking."""
    wanted = m.ceil(m.greatest(deficit, minimum) / pack) * pack
    return m.where(deficit > 0, wanted, 0 * wanted)


def fewer_cases(cases: Number, pack: Number, minimum: Number, m: Arithmetic = ARRAYS) -> Number:
    """One case less; nothing where that would fall below the smallest order."""
    less = cases - pack
    return m.where(less >= m.greatest(minimum, 0 * less), less, 0 * less)


def pays(demand: Demand, without: Number, units: Number, ratio: Number, m: Arithmetic = ARRAYS) -> Number:
    """Whether `units` more than `without` earn more, on the average of them, than they cost.

    Expected cost as a function of stock y is (up to a factor) ratio * E[(D - y)+] + (1 - ratio) * E[(y - D)+], which changes by
    (rise of E[(y - D)+]) - ratio * units: the units pay where the share of them expected to be left over is below the ratio.
    """
    left = expected_left_over(demand, without + units, m) - expected_left_over(demand, without, m)
    return left < ratio * units


def _smallest_that_suffices(demand: Demand, probability: Number, read_above: float, m: Arithmetic) -> Number:
    """The smallest whole k with P(D <= k + `read_above`) >= probability, whether or not segments overlap."""
    most = m.ceil(m.total(demand, lambda p, q, a, b: b))  # no less than the largest demand
    return m.smallest(most, lambda units: probability_up_to(demand, units + read_above, m) >= probability)


def _share_below(units: Number, a: Number, b: Number, m: Arithmetic) -> Number:
    slope = _clip((units - a) / _width(a, b, m), 0.0, 1.0, m)
    return m.where(b > a, slope, m.where(units >= a, 0 * a + 1, 0 * a))


def _left_over_of_segment(position: Number, a: Number, b: Number, m: Arithmetic) -> Number:
    inside = _clip(position - a, 0 * a, b - a, m)
    above = m.greatest(position - b, 0 * a)
    return inside * inside / (_width(a, b, m) * 2) + above


def _width(a: Number, b: Number, m: Arithmetic) -> Number:
    """b - a, or 1 where the segment has none: a divisor that is never zero."""
    return m.where(b > a, b - a, 0 * a + 1)


def _clip(value: Number, low: Number, high: Number, m: Arithmetic) -> Number:
    return m.least(m.greatest(value, low), high)
