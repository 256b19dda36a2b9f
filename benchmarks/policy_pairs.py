"""Our policies of one shelf and stockpyl's, side by side: for each a function that takes the same case and returns the same."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass
from typing import Any

import numpy as np
import policy_cases as cases

from shelfwise.measures.policies import economic_order, lot_sizing, min_max, reorder
from shelfwise.measures.policies.base_stock import base_stock, normal_base_stock, normal_period_cost
from shelfwise.measures.policies.laws import left_over, normed, of_periods, poisson, short

try:
    from stockpyl import eoq, helpers, loss_functions, newsvendor, rq, ss, wagner_whitin
except ImportError as missing:
    sys.exit(f"policies.py: {missing.name} is missing, which only this benchmark needs: run 'make rivals' first.")

Numbers = Sequence[float]


@dataclass(frozen=True)
class Pair:
    """`goal` None: stockpyl approximates, and we may not cost more. Not `judged`: its own grid; not `timed`: a finer one."""

    name: str
    drawn: Callable[[cases.Random], tuple[Any, ...]]
    ours: Callable[..., Numbers]
    theirs: Callable[..., Numbers]
    count: int = 200
    goal: float | None = 1e-6
    judged: bool = True
    timed: bool = True


def _lead(rate: float, sd: float, fixed: float, holding: float, shortage: float, lead: float) -> reorder.NormalLead:
    return reorder.NormalLead(rate, rate * lead, sd * lead**0.5, fixed, holding, shortage)


def _quantity(rate: float, fixed: float, holding: float) -> float:
    return float((2 * fixed * rate / holding) ** 0.5)


def zheng_and_federgruen() -> list[tuple[float, float]]:
    """Our cost and stockpyl's in each of their 24 cases: orders cost 64, holding 1, shortage 9."""
    means = [*range(10, 80, 5), 21, 22, 23, 24, 51, 52, 59, 61, 63, 64]
    ours = [min_max.min_max(min_max.Review(poisson(mean), poisson(mean), 64, 1, 9)).cost for mean in means]
    return list(zip(ours, [ss.s_s_discrete_exact(1, 9, 64, True, mean)[2] for mean in means], strict=True))


PAIRS = [
    Pair(
        "economic_order",
        cases.drawn_rates,
        lambda rate, fixed, holding, _: [economic_order.economic_order(rate, fixed, holding).cost],
        lambda rate, fixed, holding, _: [eoq.economic_order_quantity(fixed, holding, rate)[1]],
    ),
    Pair(
        "with_backorders",
        cases.drawn_rates,
        lambda *case: [economic_order.with_backorders(*case).cost],
        lambda rate, fixed, holding, waiting: [eoq.economic_order_quantity_with_backorders(fixed, holding, waiting, rate)[2]],
    ),
    Pair(
        "with_discount",
        cases.drawn_offers,
        lambda *case: [economic_order.with_discount(*case).cost],
        lambda rate, fixed, interest, least, prices: [
            eoq.economic_order_quantity_with_all_units_discounts(fixed, interest, rate, least, prices)[2]
        ],
    ),
    Pair(
        "with_incremental_discount",
        cases.drawn_offers,
        lambda *case: [economic_order.with_incremental_discount(*case).cost],
        lambda rate, fixed, interest, least, prices: [
            eoq.economic_order_quantity_with_incremental_discounts(fixed, interest, rate, least, prices)[2]
        ],
    ),
    Pair(
        "normal_base_stock",
        cases.drawn_normal,
        lambda *case: astuple(normal_base_stock(*case)),
        lambda mean, sd, holding, shortage, periods: newsvendor.newsvendor_normal(holding, shortage, mean, sd, periods - 1),
    ),
    Pair(
        "normal_period_cost",
        cases.drawn_normal,
        lambda mean, sd, holding, shortage, periods: [normal_period_cost(mean + sd, mean, sd, holding, shortage)],
        lambda mean, sd, holding, shortage, periods: [newsvendor.newsvendor_normal_cost(mean + sd, holding, shortage, mean, sd)],
    ),
    Pair(
        "base_stock, Poisson",
        cases.drawn_poisson,
        lambda mean, holding, shortage: astuple(base_stock(poisson(mean), holding, shortage)),
        lambda mean, holding, shortage: newsvendor.newsvendor_poisson(holding, shortage, mean),
    ),
    Pair(
        "base_stock, any law",
        cases.drawn_law,
        lambda weights, holding, shortage: [base_stock(normed(weights), holding, shortage).cost],
        lambda weights, holding, shortage: [newsvendor.newsvendor_discrete(holding, shortage, None, dict(enumerate(weights)))[1]],
    ),
    Pair(
        "short and left_over, Poisson",
        cases.drawn_poisson,
        lambda mean, *_: [float(f(poisson(mean), np.array([int(mean) + 2]))[0]) for f in (short, left_over)],
        lambda mean, *_: loss_functions.poisson_loss(int(mean) + 2, mean),
    ),
    Pair(
        "short and left_over, any law",
        cases.drawn_law,
        lambda weights, *_: [float(f(normed(weights), np.array([len(weights) // 2]))[0]) for f in (short, left_over)],
        lambda weights, *_: loss_functions.discrete_loss(len(weights) // 2, None, dict(enumerate(weights))),
    ),
    Pair(
        "of_periods",
        cases.drawn_law,
        lambda weights, *_: [float(short(of_periods(normed(weights), 4), np.array([2 * len(weights)]))[0])],
        lambda weights, *_: loss_functions.discrete_loss(
            2 * len(weights), helpers.sum_of_discretes_distribution(4, 0, len(weights) - 1, weights)
        )[:1],
        count=20,
    ),
    Pair(
        "NormalLead.cost",
        cases.drawn_lead,
        lambda *case: [_lead(*case).cost(case[0] * case[5], _quantity(case[0], case[2], case[3]))],
        lambda rate, sd, fixed, holding, shortage, lead: [
            rq.r_q_cost(rate * lead, _quantity(rate, fixed, holding), holding, shortage, fixed, rate, sd, lead)
        ],
        count=50,
    ),
    Pair(
        "best_normal_point",
        cases.drawn_lead,
        lambda *case: [reorder.best_normal_point(_lead(*case), _quantity(case[0], case[2], case[3]))],
        lambda rate, sd, fixed, holding, shortage, lead: [
            rq.r_q_optimal_r_for_q(_quantity(rate, fixed, holding), holding, shortage, rate, sd, lead, tol=1e-9)
        ],
        count=50,
    ),
    Pair(
        "best_normal_reorder",
        cases.drawn_lead,
        lambda *case: [reorder.best_normal_reorder(_lead(*case)).cost],
        lambda *case: [_lead(*case).cost(*rq.r_q_loss_function_approximation(case[3], case[4], case[2], *case[:2], case[5]))],
        count=50,
        goal=None,
    ),
    Pair(
        "reorder_cost",
        cases.drawn_small_lead,
        lambda rate, fixed, holding, shortage, lead: [
            reorder.reorder_cost(poisson(rate * lead), rate, fixed, holding, shortage, int(rate * lead), 8)
        ],
        lambda rate, fixed, holding, shortage, lead: [
            rq.r_q_cost_poisson(int(rate * lead), 8, holding, shortage, fixed, rate, lead)
        ],
    ),
    Pair(
        "best_reorder",
        cases.drawn_small_lead,
        lambda rate, *case: [reorder.best_reorder(poisson(rate * case[3]), rate, *case[:3]).cost],
        lambda rate, fixed, holding, shortage, lead: [rq.r_q_poisson_exact(holding, shortage, fixed, rate, lead)[2]],
        count=50,
    ),
    Pair(
        "Review.cost",
        cases.drawn_fixed,
        lambda mean, *case: [min_max.Review(poisson(mean), poisson(mean), *case).cost(int(mean), int(mean) + 20)],
        lambda mean, fixed, holding, shortage: [
            ss.s_s_cost_discrete(int(mean), int(mean) + 20, holding, shortage, fixed, True, mean)
        ],
        count=50,
    ),
    Pair(
        "min_max",
        cases.drawn_fixed,
        lambda mean, *case: [min_max.min_max(min_max.Review(poisson(mean), poisson(mean), *case)).cost],
        lambda mean, fixed, holding, shortage: [ss.s_s_discrete_exact(holding, shortage, fixed, True, mean)[2]],
        count=25,
    ),
    Pair(
        "wagner_whitin",
        cases.drawn_periods,
        lambda demand, fixed, holding: [
            lot_sizing.wagner_whitin(demand, lot_sizing.Costs(fixed, [0.0] * len(demand), holding)).cost
        ],
        lambda demand, fixed, holding: [wagner_whitin.wagner_whitin(len(demand), holding, fixed, demand)[1]],
    ),
]
