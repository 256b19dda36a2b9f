"""When to order and how much at a time, where an order costs something? By what past periods say of demand.

* `eoq`: as many at a time as Harris's formula says, at least a review's demand, from the normal level at which the chance to run
  short is Q h / (Q h + demand p): with a review's demand at a time the newsvendor's (Hadley & Whitin, *Analysis of Inventory
  Systems*, ch. 4);
* `r_q`, `s_s`: the best (r, Q) and (s, S) of `measures.policies` for negative binomial demand by moments.

The last two search: they take means and variances of three digits, so that items alike are searched for once, and count demand of
more than MOST_COUNTED units in larger ones.
"""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from scipy import stats

from shelfwise.measures.policies.laws import Floats, Law
from shelfwise.measures.policies.min_max import Review, min_max
from shelfwise.measures.policies.reorder import best_reorder
from shelfwise.measures.stocking.known import count_law, cover_moments, moments
from shelfwise.measures.stocking.terms import Rule, Terms

MOST_COUNTED = 100  # units of the demand to cover, or of half an economic order: a hundredth is finer than what is known of it
LEAST = 1e-9
NOTHING = (-1.0, 0.0, 1.0)  # at, up to, lot: no order unless something is owed


def eoq(past: Floats, terms: Terms) -> Rule:
    mean, variance = moments(past)
    cover, spread = cover_moments(mean, variance, terms)
    lot = np.maximum(np.maximum(economic(mean, terms), mean * terms.review), LEAST)
    enough = np.clip(terms.missed * mean / (terms.missed * mean + terms.holding * lot), LEAST, 1 - LEAST)
    at = np.ceil(np.maximum(cover + stats.norm.ppf(enough) * np.sqrt(spread), 0) - 0.5) - 1
    return _in_lots(at, np.maximum(np.rint(lot), 1))


def economic(mean: Floats, terms: Terms) -> Floats:
    """sqrt(2 fixed demand / holding), elementwise."""
    return np.asarray(np.sqrt(2 * terms.fixed * mean / terms.holding))


def r_q(past: Floats, terms: Terms) -> Rule:
    at, _, lot = _each(past, terms, _best_reorder)
    return _in_lots(at, lot)


def s_s(past: Floats, terms: Terms) -> Rule:
    return Rule(*_each(past, terms, _best_min_max))


def _in_lots(at: Floats, lot: Floats) -> Rule:
    return Rule(at, at + 1, lot)


def _each(past: Floats, terms: Terms, search: Callable[[float, float, Terms], tuple[float, float, float]]) -> Floats:
    """at, up to and lot: a row each, an entry per item."""
    known = zip(*moments(past), strict=True)
    found = [search(float(f"{mean:.3g}"), float(f"{variance:.3g}"), terms) if mean > 0 else NOTHING for mean, variance in known]
    return np.array(found, dtype=np.float64).T


@lru_cache(maxsize=1 << 16)
def _best_reorder(mean: float, variance: float, terms: Terms) -> tuple[float, float, float]:
    unit = _unit(mean, terms)
    rate = mean * terms.review / unit
    best = best_reorder(_cover(mean, variance, terms, unit), rate, terms.fixed / unit, terms.held, terms.missed)
    at = unit * (best.at + 1) - 1
    return at, at + 1, unit * best.quantity


@lru_cache(maxsize=1 << 16)
def _best_min_max(mean: float, variance: float, terms: Terms) -> tuple[float, float, float]:
    unit = _unit(mean, terms)
    demand = count_law(mean * terms.review, variance * terms.review, unit)
    best = min_max(Review(demand, _cover(mean, variance, terms, unit), terms.fixed / unit, terms.held, terms.missed))
    return unit * (best.at + 1) - 1, unit * best.up_to, 1.0


def _unit(mean: float, terms: Terms) -> float:
    periods = sum(share * count for share, count in terms.covers)
    most = max(mean * periods, float(economic(np.array([mean]), terms)[0]) / 2)
    return float(max(np.ceil(most / MOST_COUNTED), 1))


def _cover(mean: float, variance: float, terms: Terms, unit: float) -> Law:
    """Of the demand over lead time + review period: a mixture by the lead time."""
    parts = [(share, count_law(mean * count, variance * count, unit)) for share, count in terms.covers]
    law = np.zeros(max(len(part) for _, part in parts))
    for share, part in parts:
        law[: len(part)] += share * part
    return law
