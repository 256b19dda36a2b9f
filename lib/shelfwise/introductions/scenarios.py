"""How many units would a candidate sell in each of many futures that all candidates share?

Scenario s moves all demand by the market's shock, a department's by its own, and a candidate's by its rivals' prices and by how far
its level was misjudged: levels have the law that earlier launches have taught (measures.levels), and units of a span of weeks are
then negative binomial. Shocks are lognormal of mean 1. The order comes late by whole weeks, drawn from the supplier's lead times,
which cuts as many weeks off the end. Market and departments are drawn by name and scenario, a candidate by its id, so that a
scenario is the same future for all of them, on any number of workers (common random numbers: Glasserman & Yao 1992, *Management
Science* 38).
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

from shelfwise.core.job import Params
from shelfwise.measures.evidence import Floats
from shelfwise.measures.levels import GRID
from shelfwise.measures.streams import word


class ScenarioParams(Params):
    scenarios: int = 400
    seed: int = 7
    market_sd: float = 0.10  # log demand of the whole shop over a quarter; the error of its total in the backtest is of that size
    department_sd: float = 0.15
    price_war: float = 0.08  # probability that rivals cut a candidate's price for good
    war_depth: float = 0.20  # by so much
    rival_sd: float = 0.05  # log rivals' price otherwise
    rival_elasticity: float = 0.30  # d log demand / d log rivals' price
    max_delay: int = 4  # weeks


@dataclass(frozen=True)
class Demand:
    """Of one candidate: units wanted until the stop rule is read, and from then to the end of the 13 weeks, by scenario."""

    early: Floats
    late: Floats
    delay: Floats  # weeks by which the opening order is late
    shop: Floats  # what moves the items beside it: the market's and the department's shock


def shocks(params: ScenarioParams, department: str) -> Floats:
    """Of the market and the department together, by scenario; mean about 1."""
    return _lognormal(params, "market", params.market_sd) * _lognormal(params, f"department {department}", params.department_sd)


def demand(
    params: ScenarioParams,
    item_id: str,
    department: str,
    *,
    early: Floats,
    late: Floats,
    law: Floats,
    scatter: float,
    late_weeks: Floats,
) -> Demand:
    """`early` and `late`: expected units by week; `law` of levels on GRID; `late_weeks`: P(so many weeks late), from 0."""
    draws = _generator(params, f"item {item_id}")
    count = params.scenarios
    level = draws.choice(GRID, count, p=law / law.sum())
    rival = np.exp(params.rival_elasticity * _rival_log_price(params, draws))
    shop = shocks(params, department)
    moved = level * shop * rival
    chances = _at_most(np.asarray(late_weeks, dtype=float), params.max_delay)
    delay = draws.choice(len(chances), count, p=chances / chances.sum())
    whole = _units(draws, moved, early, scatter), _units(draws, moved, late, scatter)
    lost_early = np.maximum(np.arange(len(chances)) - len(late), 0)
    kept = [
        np.rint(units * _kept(span, lost)[delay])
        for units, span, lost in zip(whole, (early, late), (lost_early, np.arange(len(chances))), strict=True)
    ]
    return Demand(kept[0], kept[1], delay.astype(float), shop)


def _at_most(chances: Floats, most: int) -> Floats:
    """What is later than `most` weeks counts as so late."""
    found = chances[: most + 1].copy()
    found[-1] += chances[most + 1 :].sum()
    return found


def _kept(weekly: Floats, lost: Floats) -> Floats:
    """Share of the span's units that is left without its last `lost` weeks."""
    so_far = np.r_[0.0, np.cumsum(weekly)]
    share: Floats = so_far[np.maximum(len(weekly) - lost.astype(int), 0)] / max(so_far[-1], 1e-12)
    return share


def _units(draws: np.random.Generator, moved: Floats, weekly: Floats, scatter: float) -> Floats:
    """The sum of weeks that each are negative binomial of dispersion `scatter`: one of the same mean and variance."""
    mean = float(weekly.sum())
    if mean <= 0:
        return np.zeros_like(moved)
    dispersion = scatter * float((weekly**2).sum()) / mean**2
    own = draws.gamma(1 / dispersion, dispersion, len(moved)) if dispersion > 0 else 1.0
    units: Floats = draws.poisson(mean * moved * own).astype(float)
    return units


def _rival_log_price(params: ScenarioParams, draws: np.random.Generator) -> Floats:
    war = draws.uniform(size=params.scenarios) < params.price_war
    calm = params.rival_sd * draws.standard_normal(params.scenarios)
    moved: Floats = calm + np.where(war, np.log(1 - params.war_depth), 0.0)
    return moved


@cache
def _lognormal(params: ScenarioParams, name: str, sd: float) -> Floats:
    found: Floats = np.exp(sd * _generator(params, name).standard_normal(params.scenarios) - sd**2 / 2)
    return found


def _generator(params: ScenarioParams, name: str) -> np.random.Generator:
    """Counter-based and keyed by name: the same numbers wherever they are drawn (Salmon et al. 2011, *SC11*)."""
    return np.random.Generator(np.random.Philox(key=np.array([params.seed, word(name)], dtype=np.uint64)))
