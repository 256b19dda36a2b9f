"""The best set there is, for small pools: a mixed-integer linear program, solved by HiGHS.

Newcomers share a shelf by a curved law, so that what a shelf brings is not a sum over its newcomers. But it depends on them alone:
a binary variable for each way to take none or one of the plans of each of its candidates makes it linear, and the limits are
linear in them anyway.
CVaR by Rockafellar & Uryasev (2000), *Journal of Risk* 2: it is the largest over v of v - mean of max(v - total, 0) / worst.
"""

from collections.abc import Iterator
from itertools import chain, product
from math import prod

import numpy as np
from scipy import optimize, sparse

from shelfwise.introductions.chosen import LIMITS, Chosen, Limits, Pool, bounds, of
from shelfwise.introductions.money import worst_count
from shelfwise.measures.evidence import Floats

MOST_PATTERNS = 4096


def best(pool: Pool, limits: Limits, *, seconds: float = 60.0) -> Chosen:
    """The set of the highest worth within budget, space, places and risk; a supplier's minimum is not known to it.

    Raises ValueError where the shelves' subsets are more than 4,096 in all.
    """
    if not len(pool):
        return of(pool, limits, ())
    shelves = {int(shelf): _by_candidate(pool, shelf) for shelf in np.unique(pool.shelf)}
    if (count := sum(prod(len(plans) + 1 for plans in candidates) for candidates in shelves.values())) > MOST_PATTERNS:
        raise ValueError(f"{count:,} subsets of shelves: more than {MOST_PATTERNS:,}; choose greedily instead.")
    patterns = [(shelf, members) for shelf, candidates in shelves.items() for members in _subsets(candidates)]
    totals = np.array([of(pool, limits, members).total for _, members in patterns])
    solution = optimize.milp(
        -_objective(totals, limits),
        constraints=_constraints(patterns, pool, limits, totals),
        integrality=np.r_[np.ones(len(patterns)), np.zeros(1 + totals.shape[1])],
        bounds=_bounds(len(patterns), totals.shape[1]),
        options={"time_limit": seconds, "mip_rel_gap": 1e-6},
    )
    if solution.x is None:
        raise ValueError(f"HiGHS found no set: {solution.message}")
    taken = np.flatnonzero(solution.x[: len(patterns)] > 0.5)
    return of(pool, limits, [int(one) for pattern in taken for one in patterns[pattern][1]])


def _by_candidate(pool: Pool, shelf: int) -> list[list[int]]:
    """Plans of each of the shelf's candidates."""
    there = pool.shelf == shelf
    return [np.flatnonzero(there & (pool.candidate == one)).tolist() for one in np.unique(pool.candidate[there])]


def _subsets(candidates: list[list[int]]) -> Iterator[tuple[int, ...]]:
    """Of each candidate no plan or one of them."""
    for some in product(*[[(), *[(plan,) for plan in plans]] for plans in candidates]):
        yield tuple(chain.from_iterable(some))


def _objective(totals: Floats, limits: Limits) -> Floats:
    """Of patterns, v, and the shortfall below v in each scenario."""
    count = totals.shape[1]
    shortfall = np.full(count, -limits.aversion / worst_count(count, limits.worst))
    objective: Floats = np.r_[(1 - limits.aversion) * totals.mean(axis=1), limits.aversion, shortfall]
    return objective


def _constraints(
    patterns: list[tuple[int, tuple[int, ...]]], pool: Pool, limits: Limits, totals: Floats
) -> list[optimize.LinearConstraint]:
    count, width = totals.shape[1], len(patterns) + 1 + totals.shape[1]
    shelves = np.array([shelf for shelf, _ in patterns])
    one_each = np.zeros((len(np.unique(shelves)), width))
    for row, shelf in enumerate(np.unique(shelves)):
        one_each[row, : len(patterns)] = shelves == shelf
    uses = np.zeros((len(LIMITS), width))
    uses[:, : len(patterns)] = np.array([pool.uses[list(members)].sum(axis=0) for _, members in patterns]).T
    most = bounds(limits)
    # shortfall_s >= v - total_s
    short = sparse.csr_array(np.hstack([totals.T, -np.ones((count, 1)), np.eye(count)]))
    rows = [
        optimize.LinearConstraint(one_each, 1, 1),
        optimize.LinearConstraint(uses, -np.inf, most),
        optimize.LinearConstraint(short, 0, np.inf),
    ]
    if limits.most_risk is not None:
        risk = np.r_[np.zeros(len(patterns)), 1.0, np.full(count, -1 / worst_count(count, limits.worst))]
        rows.append(optimize.LinearConstraint(risk, -limits.most_risk, np.inf))
    return rows


def _bounds(patterns: int, scenarios: int) -> optimize.Bounds:
    low = np.r_[np.zeros(patterns), -np.inf, np.zeros(scenarios)]
    return optimize.Bounds(low, np.r_[np.ones(patterns), np.inf, np.full(scenarios, np.inf)])
