"""Orders for what can still be met: by hand, and beside the least cost that there is."""

from itertools import pairwise

import numpy as np
import pytest
from scipy import stats

from shelfwise.measures.policies import lost_sales as exact
from shelfwise.measures.policies.laws import normed
from shelfwise.measures.stocking.account import replayed
from shelfwise.measures.stocking.costs import costs
from shelfwise.measures.stocking.levels import newsvendor_empirical, newsvendor_negative_binomial, newsvendor_poisson
from shelfwise.measures.stocking.met import met_empirical, met_negative_binomial, met_poisson
from shelfwise.measures.stocking.terms import Terms

PAIRS = [
    (met_empirical, newsvendor_empirical),
    (met_poisson, newsvendor_poisson),
    (met_negative_binomial, newsvendor_negative_binomial),
]
ONE_WEEK, TWO_WEEKS = (0.0, 1.0), (0.0, 0.0, 1.0)


def terms(lead, ratio=0.9, **more):
    return Terms(lead, 1, 1.0, ratio / (1 - ratio), **more)


def at(*position):
    return np.array(position, dtype=float)


def test_runs_of_the_past_by_hand():
    """2, 4, 6 with a lead time of one: runs of 6 and 10, which end with 4 and 6.

    With 1 in position 5 and 7 could be met, with 20 all. The ratio .5 takes the first, .9 the second.
    """
    past = np.array([[2.0, 4.0, 6.0]])
    for ratio, orders in ((0.5, [4, 4, 1]), (0.9, [6, 6, 5])):
        decided = met_empirical(past, terms(ONE_WEEK, ratio))
        assert [decided.units(at(position))[0] for position in (0, 1, 5)] == orders
        assert decided.units(at(20)) == 0


@pytest.mark.parametrize(("met", "all_of_it"), PAIRS)
def test_with_plenty_in_position_or_where_demand_waits_all_demand_counts(met, all_of_it):
    past = np.array([[3.0, 0.0, 5.0, 1.0, 4.0, 2.0, 6.0, 3.0]] * 3)
    lost, waits = terms(TWO_WEEKS, 0.8), terms(TWO_WEEKS, 0.8, backorders=True)
    level = all_of_it(past, lost).up_to[0]
    assert (met(past, lost).units(level + at(0, 1, 9)) == 0).all()
    assert met(past, waits).units(at(0, 3, level)).tolist() == [level, level - 3, 0]
    orders = met(past, lost).units(at(0, 3, level - 1))
    assert (orders <= level - at(0, 3, level - 1)).all()
    assert orders[0] < level


@pytest.mark.parametrize("met", [met for met, _ in PAIRS])
def test_no_demand_needs_no_order(met):
    assert met(np.zeros((2, 6)), terms(TWO_WEEKS)).units(at(0, 1)).tolist() == [0, 0]


@pytest.mark.parametrize("met", [met for met, _ in PAIRS])
def test_a_dearer_shortage_or_a_longer_lead_time_never_orders_less(met):
    past = np.random.default_rng(5).negative_binomial(2, 0.3, (40, 26)).astype(float)
    position = np.arange(40.0) % 25
    by_ratio = [met(past, terms(TWO_WEEKS, ratio)).units(position) for ratio in (0.5, 0.7, 0.9, 0.98)]
    assert all((low <= high).all() for low, high in pairwise(by_ratio))
    short, long = (met(past, terms(lead, 0.9)).units(position) for lead in (ONE_WEEK, TWO_WEEKS))
    # in all: of one past a longer run can hold less in its upper tail
    assert short.sum() < long.sum()


@pytest.mark.parametrize(("mean", "shortage", "bound"), [(2.0, 0.6, 1.05), (2.0, 1.0, 1.07), (1.0, 4.0, 1.02), (0.5, 1.0, 1.02)])
def test_the_cost_is_near_the_least_there_is(mean, shortage, bound):
    """Against the optimum of backward induction: what a period more costs, once it no longer changes. Poisson demand, two weeks."""
    known, most, items, weeks = Terms(TWO_WEEKS, 1, 0.2, shortage), 14, 400, 160
    law = normed(stats.poisson(mean).pmf(np.arange(12)))
    plan = exact.lost_sales([law] * 80, np.array(TWO_WEEKS), exact.Terms(0, 0, known.holding, shortage), most)
    least = plan.cost[0][0, 0, 0] - plan.cost[1][0, 0, 0]
    demand = stats.poisson(mean).rvs((items, weeks), random_state=9).astype(float)

    def cost(policy):
        account = replayed(demand, np.full((items, weeks), 2), lambda _, t: policy(np.full((items, 4), mean), t), known, 20)
        return (costs(account, known, 20, np.full(items, weeks)).cost / (weeks - 22)).mean()

    met, level = cost(met_poisson), cost(newsvendor_poisson)
    assert 0.99 * least < met < bound * least
    assert level > 1.01 * met
