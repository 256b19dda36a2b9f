"""By hand, by the newsvendor where there is one, by every branch of chance, and by drawing lead times and demand."""

from functools import cache

import numpy as np
import pytest

from shelfwise.measures.policies.base_stock import base_stock
from shelfwise.measures.policies.laws import normed, poisson
from shelfwise.measures.policies.lost_sales import Terms, lost_sales

PLAIN = Terms(fixed=0, unit=0, holding=1, lost=9)
NOW, NEXT = np.array([1.0]), np.array([0.0, 1.0])


def test_one_period_and_goods_at_once_are_the_newsvendor():
    plan = lost_sales([poisson(3)], NOW, PLAIN, most=12)
    level = base_stock(poisson(3), 1, 9)
    assert plan.order[0][0] == level.units == 5
    assert plan.cost[0][0] == pytest.approx(level.cost)
    assert plan.order[0][2] == 3


def test_what_would_come_after_the_end_is_not_ordered_unless_it_keeps_its_worth():
    one = lost_sales([normed([0, 1])], NEXT, PLAIN, most=4)
    assert one.order[0][1, 0] == 0
    kept = lost_sales([normed([0, 1])], NEXT, Terms(0, 2, 1, 9, salvage=3), most=4)
    assert kept.order[0][1, 0] == 3


def test_an_order_is_placed_a_lead_time_ahead():
    """1 a period for 3 periods, 1 on hand: 1 ordered now and 1 next period come in time; nothing is held, nothing lost."""
    plan = lost_sales([normed([0, 1])] * 3, NEXT, Terms(0, 0, 1, 9), most=4)
    assert (plan.order[0][1, 0], plan.order[1][0, 1], plan.cost[0][1, 0]) == (1, 1, 0)


def test_a_dear_order_covers_more_periods():
    """Orders cost 3, holding 1: two units at once hold one for a period (1) and save an order (3)."""
    cheap, dear = (lost_sales([normed([0, 1])] * 3, NEXT, Terms(fixed, 0, 1, 9), most=4) for fixed in (0.5, 3))
    assert (cheap.order[0][1, 0], dear.order[0][1, 0]) == (1, 2)
    assert dear.cost[0][1, 0] == pytest.approx(3 + 1)


def every_branch(demands, lead, terms, most, start):
    """Least expected cost by walking each decision, arrival and demand; an order is (age, units)."""

    @cache
    def to_go(t, stock, orders):
        if t == len(demands):
            return -terms.salvage * (stock + sum(units for _, units in orders))
        room = most - stock - sum(units for _, units in orders)
        return min(
            terms.fixed * (x > 0) + terms.unit * x + arriving(t, stock, (*orders, (0, x)) if x else orders, ())
            for x in range(room + 1)
        )

    def arriving(t, stock, waiting, late):
        if not waiting:
            return selling(t, stock, tuple((age + 1, units) for age, units in late))
        (age, units), rest = waiting[0], waiting[1:]
        chance = lead[age] / sum(lead[age:])
        come = arriving(t, stock + units, rest, late) if chance > 0 else 0.0
        stay = arriving(t, stock, rest, (*late, (age, units))) if chance < 1 else 0.0
        return chance * come + (1 - chance) * stay

    def selling(t, stock, orders):
        return sum(
            share
            * (
                terms.holding * max(stock - units, 0)
                + terms.lost * max(units - stock, 0)
                + terms.discount * to_go(t + 1, max(stock - units, 0), orders)
            )
            for units, share in enumerate(demands[t])
        )

    return to_go(0, start, ())


@pytest.mark.parametrize("seed", range(12))
def test_no_branch_of_chance_is_missed(seed):
    rng = np.random.default_rng(seed)
    lead = normed(rng.integers(0, 4, 3) + np.array([0, 0, 1]))
    demands = [normed(rng.integers(0, 4, 3) + 0.1) for _ in range(3)]
    terms = Terms(rng.uniform(0, 2), rng.uniform(0, 1), rng.uniform(0.1, 2), rng.uniform(2, 9), rng.uniform(0, 0.5), 0.95)
    plan = lost_sales(demands, lead, terms, most=4)
    for start in range(5):
        assert plan.cost[0][start, 0, 0] == pytest.approx(every_branch(demands, lead.tolist(), terms, 4, start))


def test_drawn_lead_times_and_demand_cost_what_was_foreseen():
    """20,000 runs of 6 periods; each order's lead time is drawn when it is placed."""
    lead, demand, terms = normed([1, 2, 3]), poisson(1.5), Terms(1, 0.5, 0.3, 6, 0.2)
    plan = lost_sales([demand] * 6, lead, terms, most=8)
    rng = np.random.default_rng(42)
    runs, start = 20_000, 2
    stock, total = np.full(runs, start), np.zeros(runs)
    due = np.zeros((runs, 6 + 3), dtype=int)
    placed = np.zeros((runs, 6 + 3), dtype=int)  # by period of placing, until they come
    comes = np.zeros((runs, 6 + 3), dtype=int)
    every = np.arange(runs)
    for t in range(6):
        seen = [np.where(comes[:, t - age] >= t, placed[:, t - age], 0) if t >= age else np.zeros(runs, int) for age in (1, 2)]
        order = plan.order[t][stock, seen[0], seen[1]]
        placed[:, t], comes[:, t] = order, t + rng.choice(3, runs, p=lead)
        due[every, comes[:, t]] += order
        total += terms.fixed * (order > 0) + terms.unit * order
        stock = stock + due[:, t]
        asked = rng.choice(len(demand), runs, p=demand)
        total += terms.holding * np.maximum(stock - asked, 0) + terms.lost * np.maximum(asked - stock, 0)
        stock = np.maximum(stock - asked, 0)
    total -= terms.salvage * (stock + due[:, 6:].sum(axis=1))
    assert abs(total.mean() - plan.cost[0][start, 0, 0]) < 4 * total.std() / runs**0.5


def test_a_later_or_a_less_sure_delivery_costs_more():
    demands = [poisson(1.5)] * 6
    sure, late, unsure = (lost_sales(demands, normed(lead), PLAIN, most=7) for lead in ([0, 1, 0], [0, 0, 1], [1, 0, 1]))
    assert sure.cost[0][2, 0] < late.cost[0][2, 0, 0]
    assert sure.cost[0][2, 0] < unsure.cost[0][2, 0, 0]
