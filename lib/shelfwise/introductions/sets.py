"""Which candidates together, where money, room, places and the shop's nerve are limited and newcomers crowd one another?

Greedy with lazy evaluation (Minoux 1978): the next one is that of the highest gain per share of the limits used, and a gain that
fell out of date is worked out again only when it comes on top; once by density and once by gain, once as if risk did not count,
the best of them, and then exchanges for as long as they help. Gains mostly fall as a set grows; two newcomers of small margins
that displace the same items can be worth more together than apart, which only exchanges find. Exact on small sets:
introductions.exact.
"""

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from shelfwise.introductions.chosen import TOLERANCE, Chosen, Ints, Limits, Pool, bounds, of
from shelfwise.measures.evidence import Floats

LEAST = 1e-6  # share of the limits
SMALL = 60  # candidates, up to which more is tried: a small set has few ways to fill up its limits


@dataclass(frozen=True)
class Effort:
    starts: int  # sets begun with one candidate: few large ones are not found by density (Sviridenko 2004, *OR Letters* 32)
    improved: int  # of the best sets, how many are bettered by exchanges
    tried: int  # members, and others, in an exchange
    rounds: int  # exchanges


LITTLE, MUCH = Effort(0, 1, 8, 5), Effort(12, 4, 40, 20)


def choose(pool: Pool, limits: Limits) -> Chosen:
    """The best set found that keeps to the limits; `members` in the order in which they came.

    A new supplier's opening orders must reach its minimum together, or none of them is placed and the rest is chosen anew.
    """
    allowed = np.arange(len(pool))
    while True:
        found = _filled_up(_best(pool, limits, allowed), allowed)
        small = _small_suppliers(found)
        if not len(small):
            return found
        allowed = allowed[~(np.isin(pool.supplier[allowed], small) & pool.is_new_supplier[allowed])]


def _best(pool: Pool, limits: Limits, allowed: Ints) -> Chosen:
    effort = MUCH if len(pool) <= SMALL else LITTLE
    begun = [(by, first) for by in ("density", "gain") for first in (None, *_by_mean(pool, allowed)[: effort.starts])]
    found = [_greedy(pool, limits, allowed, by, first) for by, first in begun]
    # what a few risk evens out over many: the first of them does not look worth it to whoever minds risk
    fearless = limits.model_copy(update={"aversion": 0.0})
    found += [_best_part(pool, limits, _greedy(pool, fearless, allowed, by, None).members) for by in ("density", "gain")]
    sets = sorted(found, key=lambda one: -one.worth)
    best = max((_improved(found, allowed, effort) for found in _different(sets)[: effort.improved]), key=lambda found: found.worth)
    _fill(best, allowed)
    return best


def _best_part(pool: Pool, limits: Limits, order: Sequence[int]) -> Chosen:
    """Of the sets of the first one, two, … of them the best."""
    found, worths = Chosen(pool, limits), [0.0]
    for one in order:
        found.add(one)
        worths.append(found.worth)
    return of(pool, limits, order[: int(np.argmax(worths))])


def _by_mean(pool: Pool, allowed: Ints) -> list[int]:
    """Those that earn anything alone, the most first. By the mean: a hedge is worth more to a set than alone."""
    mean = pool.outcome.mean(axis=1)
    return [one for one in allowed[np.argsort(-mean[allowed], kind="stable")].tolist() if mean[one] > 0]


def _different(sets: list[Chosen]) -> list[Chosen]:
    return list({frozenset(found.members): found for found in reversed(sets)}.values())[::-1]


def _greedy(pool: Pool, limits: Limits, allowed: Ints, by: str, first: int | None) -> Chosen:
    found, size = Chosen(pool, limits), _sizes(pool, limits) if by == "density" else np.ones(len(pool))
    if first is not None and found.binds(first) is None:
        found.add(first)
    changes = 0
    queue = [(-gain / size[one], one, changes) for one in allowed.tolist() if (gain := found.gain(one)) > TOLERANCE]
    heapq.heapify(queue)
    while queue:
        _, one, known = heapq.heappop(queue)
        old = found.replaced(one)
        if one == old or found.binds(one) is not None:
            continue
        if known == changes:
            found.add(one)
            changes += 1
            continue
        gain = found.gain(one)
        if gain > TOLERANCE:
            more = size[one] - (size[old] if old is not None and by == "density" else 0.0)
            heapq.heappush(queue, (-gain / max(more, LEAST), one, changes))
    return found


def _sizes(pool: Pool, limits: Limits) -> Floats:
    """The share of the limits that each uses up; a little for what uses none."""
    most = bounds(limits)
    finite = np.isfinite(most) & (most > 0)
    shares = (pool.uses[:, finite] / most[finite]).sum(axis=1)
    sizes: Floats = np.maximum(shares, LEAST)
    return sizes


def _improved(found: Chosen, allowed: Ints, effort: Effort) -> Chosen:
    """Exchanges of one member for others, the most promising ones, while one of them helps."""
    for _ in range(effort.rounds):
        better = next(
            (
                new
                for new in _exchanged(found, allowed, effort.tried)
                if new.worth > found.worth + 1e-7 * max(abs(found.worth), 1.0)
            ),
            None,
        )
        if better is None:
            return found
        found = better
    return found


def _exchanged(found: Chosen, allowed: Ints, tried: int) -> Iterator[Chosen]:
    pool = found.pool
    sizes, mean = _sizes(pool, found.limits), pool.outcome.mean(axis=1)
    outside = [one for one in _by_mean(pool, allowed) if one not in found.members][:tried]
    weakest = sorted(found.members, key=lambda one: mean[one] / sizes[one])[:tried]
    for out in weakest:
        rest = found.without(out)
        for entering in outside:
            if rest.binds(entering) is None:
                new = rest.copy()
                new.add(entering)
                _fill(new, [out, *outside])
                yield new


def _fill(found: Chosen, outside: Iterable[int]) -> None:
    for one in outside:
        if one not in found.members and found.binds(one) is None and found.gain(one) > TOLERANCE:
            found.add(one)


def _filled_up(found: Chosen, allowed: Ints) -> Chosen:
    """With more of the new suppliers whose orders are below the minimum, where that makes the set worth more than without them."""
    pool, filled = found.pool, found
    for supplier in _small_suppliers(found):
        trial = filled.copy()
        others = [one for one in allowed.tolist() if pool.supplier[one] == supplier and one not in trial.members]
        while supplier in _small_suppliers(trial) and (possible := [one for one in others if trial.binds(one) is None]):
            more = max(possible, key=trial.gain)
            trial.add(more)
            others.remove(more)
        without = of(pool, found.limits, [one for one in filled.members if pool.supplier[one] != supplier])
        if supplier not in _small_suppliers(trial) and trial.worth > without.worth:
            filled = trial
    return filled


def _small_suppliers(found: Chosen) -> Ints:
    """New suppliers of whom something is chosen, and too little."""
    members = np.array([one for one in found.members if found.pool.is_new_supplier[one]], dtype=np.int64)
    suppliers, place = np.unique(found.pool.supplier[members], return_inverse=True)
    cost = np.bincount(place, weights=found.pool.uses[members, 0], minlength=len(suppliers))
    small: Ints = suppliers[cost < found.limits.supplier_minimum - TOLERANCE]
    return small
