"""Pools of candidates by hand and drawn, and what a set has to keep to."""

import numpy as np

from shelfwise.introductions.money import cvar
from shelfwise.introductions.sets import Chosen, Limits, Pool

FREE = Limits(budget=None, space=None, places=None, aversion=0.0)


def alone(
    outcome: list, cost: list, supplier: list | None = None, new: tuple[int, ...] = (), candidate: list[int] | None = None
) -> Pool:
    """Candidates each of a shelf of its own that no one else sells on: what they bring adds up. Two units cost 1.

    `candidate`: whose plan each is; without it each is one of its own.
    """
    count = len(outcome)
    suppliers = np.array(supplier or range(count), dtype=np.int64)
    by_scenario = np.array(outcome, dtype=float).reshape(count, -1 if count else 1)
    return Pool(
        outcome=by_scenario,
        demand=np.ones_like(by_scenario),
        margin=np.ones(count),
        candidate=np.arange(count) if candidate is None else np.array(candidate, dtype=np.int64),
        shelf=np.arange(count) if candidate is None else np.array(candidate, dtype=np.int64),
        uses=np.column_stack([np.array(cost, dtype=float), 2 * np.array(cost, dtype=float), np.ones(count)]),
        supplier=suppliers,
        is_new_supplier=np.isin(suppliers, new),
        beside=np.zeros(count),
        beside_margin=np.zeros(count),
        crowding=np.zeros(count),
    )


def pool(seed: int, count: int, scenarios: int = 40, shelves: int = 4, new: tuple[int, ...] = ()) -> Pool:
    """Units, margins and costs of small shops, drawn: some candidates lose, some crowd their shelf much. One plan each."""
    draws = np.random.default_rng(seed)
    level, shop = draws.gamma(2, 0.5, (count, scenarios)), np.exp(0.2 * draws.standard_normal(scenarios) - 0.02)
    demand = draws.poisson(draws.gamma(2, 10, (count, 1)) * level * shop).astype(float)
    margin, cost = draws.uniform(0.3, 3, count), draws.uniform(5, 60, count)
    supplier = draws.integers(0, 3, count)
    return Pool(
        outcome=demand * margin[:, None] * draws.uniform(0.5, 1, (count, 1)) - draws.uniform(1, 12, (count, 1)),
        demand=demand,
        margin=margin,
        candidate=np.arange(count),
        shelf=draws.integers(0, shelves, count),
        uses=np.column_stack([cost, np.ceil(cost / 2), np.ones(count)]),
        supplier=supplier,
        is_new_supplier=np.isin(supplier, new),
        beside=draws.uniform(10, 150, shelves),
        beside_margin=draws.uniform(0.5, 2, shelves),
        crowding=draws.uniform(0, 0.9, shelves),
    )


def with_smaller(some: Pool, share: float = 0.5, left: float = 0.7) -> Pool:
    """Each plan of `some` and a smaller order, of `share` of its money and units, which sells and earns `left` of what it does."""
    twice = {
        name: np.concatenate([getattr(some, name)] * 2) for name in ("margin", "candidate", "shelf", "supplier", "is_new_supplier")
    }
    smaller = some.uses * np.array([share, share, 1.0])
    both = {"uses": np.concatenate([some.uses, smaller])}
    both |= {name: np.concatenate([getattr(some, name), left * getattr(some, name)]) for name in ("outcome", "demand")}
    return Pool(**twice, **both, beside=some.beside, beside_margin=some.beside_margin, crowding=some.crowding)


def limits(seed: int, aversion: float, **given) -> Limits:
    draws = np.random.default_rng(1000 + seed)
    return Limits(
        budget=float(draws.uniform(40, 200)),
        space=float(draws.uniform(30, 100)) if seed % 2 else None,
        places=int(draws.integers(2, 7)),
        aversion=aversion,
        most_risk=float(draws.uniform(5, 40)) if seed % 3 == 0 else None,
        **given,
    )


def kept(chosen: Chosen) -> bool:
    """By sums of its own, not the module's."""
    members, bounds = chosen.members, (chosen.limits.budget, chosen.limits.space, chosen.limits.places)
    within = all(bound is None or chosen.pool.uses[members, k].sum() <= bound + 1e-6 for k, bound in enumerate(bounds))
    risk, worst = chosen.limits.most_risk, chosen.limits.worst
    return within and len(set(members)) == len(members) and (risk is None or -cvar(chosen.total, worst) <= risk + 1e-6)
