"""Sets of newcomers: by hand, and within their limits."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shelfwise.introductions import exact
from shelfwise.introductions.money import mean_and_worst
from shelfwise.introductions.sets import Chosen, Limits, Pool, choose, of
from tests.introductions.pools import FREE, alone, kept, limits, pool, with_smaller


def test_two_small_ones_beat_the_large_one_that_is_worth_most():
    """10 for 60, 9 for 50 and 8 for 50, of 100: the last two are 17; with 110 the first two are 19, with 60 the first."""
    three = alone([10, 9, 8], [60, 50, 50])
    found = {budget: choose(three, FREE.model_copy(update={"budget": budget})) for budget in (60.0, 100.0, 110.0)}
    assert {budget: sorted(one.members) for budget, one in found.items()} == {60: [0], 100: [1, 2], 110: [0, 1]}
    assert [one.worth for one in found.values()] == [10, 17, 19]


def test_a_large_one_beats_what_is_worth_more_for_its_money():
    """2 for 1 and 100 for 100, of 100: by worth for money the small one comes first, and leaves no room for the other."""
    assert choose(alone([2, 100], [1, 100]), FREE.model_copy(update={"budget": 100.0})).members == [1]


def test_without_limits_all_that_pay_are_chosen_and_none_that_lose():
    assert sorted(choose(alone([3, -1, 2, 0], [5, 5, 5, 5]), FREE).members) == [0, 2]


@pytest.mark.parametrize("limit", ["budget", "space", "places"])
def test_nothing_to_spend_chooses_nothing(limit):
    found = choose(alone([3, 1], [5, 5]), FREE.model_copy(update={limit: 0}))
    assert found.members == [] and found.worth == 0


def test_no_candidates_make_an_empty_set():
    assert choose(alone([], []), Limits()).members == []


def test_the_limit_that_binds_is_named():
    """10 money, 20 units and 1 place each; alone it loses 7 in the worst of two scenarios. The first limit that binds is named."""
    one, two = alone([[9, -7], [9, -7]], [10, 10]), FREE.model_copy(update={"worst": 0.5})
    bound = {"budget": 9.0, "space": 19.0, "places": 0, "most_risk": 6.0}
    names = [Chosen(one, two.model_copy(update={limit: value})).binds(0) for limit, value in bound.items()]
    assert names == ["budget", "space", "places", "risk"]
    just = {"budget": 10.0, "space": 20.0, "places": 1, "most_risk": 7.0}
    assert [Chosen(one, two.model_copy(update={limit: value})).binds(0) for limit, value in just.items()] == [None] * 4
    first = of(one, two.model_copy(update=just), [0])
    assert first.binds(1) == "budget" and first.used.tolist() == [10, 20, 1]


def twins(margin: float = 1.0, other: float = -5.0) -> Pool:
    """Two on a shelf of 100 units of margin 2, c = .5, which alone sell 150 and take 50: attraction 300."""
    return Pool(
        outcome=np.full((2, 1), 150 * margin - 50 * 2 + other),
        demand=np.full((2, 1), 150.0),
        margin=np.full(2, margin),
        candidate=np.arange(2),
        shelf=np.zeros(2, dtype=np.int64),
        uses=np.ones((2, 3)),
        supplier=np.zeros(2, dtype=np.int64),
        is_new_supplier=np.zeros(2, dtype=bool),
        beside=np.array([100.0]),
        beside_margin=np.array([2.0]),
        crowding=np.array([0.5]),
    )


def test_two_newcomers_to_a_shelf_by_hand():
    """Alone 150 - 100 - 5 = 45. Together phi = 1 + 600 / 100, all keep 7^-.5 = .378 of 200 + 600: 302.37 - 200 - 10 = 92.37.

    That is more than 2 x 45: the second takes from the first, of margin 1, what the first took from the others, of margin 2.
    """
    one, both = of(twins(), FREE, [0]), of(twins(), FREE, [0, 1])
    assert one.total.tolist() == pytest.approx([45])
    assert both.total.tolist() == pytest.approx([800 / 7**0.5 - 210])
    assert one.gain(1) == pytest.approx(both.worth - one.worth)
    assert both.without(0).total.tolist() == pytest.approx([45])


def test_newcomers_that_pay_only_together_may_come_together():
    """As above, with 51 of other costs: -1 alone, 302.37 - 200 - 102 = .37 together."""
    pair = twins(other=-51.0)
    assert of(pair, FREE, [0, 1]).worth == pytest.approx(800 / 7**0.5 - 302)
    assert exact.best(pair, FREE).worth == pytest.approx(800 / 7**0.5 - 302)


@settings(deadline=None)
@given(st.floats(0, 5), st.floats(1, 5), st.floats(0, 0.9), st.floats(1, 200), st.floats(1, 200), st.floats(-20, 20))
def test_a_clone_of_a_chosen_one_adds_less_than_it_is_worth_alone(beside_margin, richer, crowding, beside, units, other):
    """Where a newcomer earns no less a unit than the shelf: the shelf's money is concave in what comes."""
    clone = Pool(
        outcome=np.full((2, 1), other + units),
        demand=np.full((2, 1), units),
        margin=np.full(2, beside_margin * richer),
        candidate=np.arange(2),
        shelf=np.zeros(2, dtype=np.int64),
        uses=np.ones((2, 3)),
        supplier=np.zeros(2, dtype=np.int64),
        is_new_supplier=np.zeros(2, dtype=bool),
        beside=np.array([beside]),
        beside_margin=np.array([beside_margin]),
        crowding=np.array([crowding]),
    )
    assert of(clone, FREE, [0]).gain(1) <= other + units + 1e-6


def test_a_clone_on_a_shelf_that_is_crowded_adds_much_less():
    """Margin 2 like the shelf's: alone 2 x (400^.5 x 100^.5 - 100) = 200; together 2 x (700^.5 x 100^.5 - 100) = 329.15."""
    both = of(twins(margin=2.0, other=0.0), FREE, [0, 1])
    assert both.total.tolist() == pytest.approx([2 * (70_000**0.5 - 100)])


@pytest.mark.parametrize("seed", range(5))
def test_alone_a_candidate_brings_its_outcome_and_the_order_does_not_count(seed):
    some = pool(seed, 8)
    for one in range(8):
        np.testing.assert_allclose(of(some, FREE, [one]).total, some.outcome[one], atol=1e-9)
    forth, back = of(some, FREE, range(8)), of(some, FREE, reversed(range(8)))
    np.testing.assert_allclose(forth.total, back.total, atol=1e-9)
    assert forth.worth == pytest.approx(mean_and_worst(forth.total, FREE.aversion, FREE.worst))
    np.testing.assert_allclose(forth.without(3).total, of(some, FREE, [0, 1, 2, 4, 5, 6, 7]).total, atol=1e-9)


def test_whoever_minds_risk_leaves_a_gamble():
    """20 or -10, mean 5: with aversion .5, .5 x 5 - .5 x 10 < 0; a steady 3 is chosen by both."""
    two, brave = alone([[20, -10], [3, 3]], [1, 1]), FREE.model_copy(update={"worst": 0.5})
    assert sorted(choose(two, brave).members) == [0, 1]
    assert choose(two, brave.model_copy(update={"aversion": 0.5})).members == [1]


def test_two_gambles_that_hedge_each_other_are_chosen_by_whoever_minds_risk():
    """12 or -8 and -8 or 12: each alone is .5 x 2 - .5 x 8 = -3, both together 4 for sure."""
    hedges = alone([[12, -8], [-8, 12]], [1, 1])
    assert sorted(choose(hedges, FREE.model_copy(update={"worst": 0.5, "aversion": 0.5})).members) == [0, 1]


def test_the_cap_on_risk_holds():
    """20 or -10: with at most 5 lost in the worst half it stays out; beside a steady 6 it loses 4 only."""
    capped = FREE.model_copy(update={"worst": 0.5, "most_risk": 5.0})
    assert choose(alone([[20, -10]], [1]), capped).members == []
    assert sorted(choose(alone([[20, -10], [6, 6]], [1, 1]), capped).members) == [0, 1]


def two_of_two_orders() -> Pool:
    """Each earns 10 for 60, or 7 for 30; of the first of them plans 0 and 1, of the second 2 and 3."""
    return alone([10, 7, 10, 7], [60, 30, 60, 30], candidate=[0, 0, 1, 1])


def test_a_short_budget_buys_smaller_orders_of_both():
    """Of 60: 7 + 7 and not 10 alone; of 90: 10 + 7; of 120: 10 + 10; of 30: 7; of 29 nothing."""
    bought = {60.0: (14, 60), 90.0: (17, 90), 120.0: (20, 120), 30.0: (7, 30), 29.0: (0, 0)}
    found = {budget: choose(two_of_two_orders(), FREE.model_copy(update={"budget": budget})) for budget in bought}
    assert {budget: (one.worth, one.used[0]) for budget, one in found.items()} == bought


def test_another_plan_of_a_candidate_takes_the_place_of_the_one_that_is_in():
    found = of(two_of_two_orders(), FREE, [1, 3])
    assert (found.replaced(0), found.replaced(1), found.replaced(2)) == (1, 1, 3)
    assert found.gain(0) == pytest.approx(3) and found.gain(1) == pytest.approx(0)
    found.add(0)
    assert (found.members, found.used.tolist(), found.worth) == ([0, 3], [90, 180, 2], 17)
    within = FREE.model_copy(update={"budget": 90.0})
    assert [of(two_of_two_orders(), within, [0, 3]).binds(one) for one in range(4)] == [None, None, "budget", None]
    assert found.without(0).members == [3] and found.copy().replaced(1) == 0


@pytest.mark.parametrize("seed", range(5))
def test_a_set_with_a_plan_replaced_is_the_set_that_had_it_from_the_start(seed):
    """Shelves that are shared: the money of the shelf forgets the plan that left."""
    some = with_smaller(pool(seed, 6))
    found, expected = of(some, FREE, [6, 7, 8, 3, 4, 1, 0]), of(some, FREE, [0, 1, 8, 3, 4])
    assert found.members == expected.members
    np.testing.assert_allclose(found.total, expected.total, atol=1e-9)
    np.testing.assert_allclose(found.used, expected.used)
    assert found.with_one(9).tolist() == pytest.approx(of(some, FREE, [0, 1, 8, 9, 4]).total.tolist())


def test_smaller_orders_never_make_a_set_worth_less():
    """They only add to what can be chosen; where they earn next to nothing, nothing changes."""
    for seed in range(10):
        plain, bounds = pool(seed, 10), limits(seed, 0.2)
        assert choose(with_smaller(plain), bounds).worth >= choose(plain, bounds).worth - 1e-6
        useless = choose(with_smaller(plain, share=1.0, left=0.01), bounds)
        assert useless.worth == pytest.approx(choose(plain, bounds).worth, rel=1e-3)


SUPPLIERS = FREE.model_copy(update={"supplier_minimum": 50.0})


def test_a_new_suppliers_order_is_filled_up_to_its_minimum():
    """30 of 50 ordered: the other one costs 3 of the 10 that the first brings, and comes too; were it to cost 12, neither comes."""
    for losing, members in ((-3, [0, 1, 2]), (-12, [0])):
        three = alone([5, 10, losing], [20, 30, 30], supplier=[0, 1, 1], new=(1,))
        assert sorted(choose(three, SUPPLIERS).members) == members


def test_an_order_that_cannot_reach_the_minimum_is_dropped():
    """Two of 30 would, but the budget is 70 with 20 spent, and so it stays at 30; a known supplier has no minimum."""
    for new, members in (((1,), [0]), ((), [0, 1])):
        three = alone([50, 10, -3], [20, 30, 30], supplier=[0, 1, 1], new=new)
        assert sorted(choose(three, SUPPLIERS.model_copy(update={"budget": 70.0})).members) == members
    assert choose(alone([10], [49], supplier=[1], new=(1,)), SUPPLIERS).members == []
    assert choose(alone([10], [50], supplier=[1], new=(1,)), SUPPLIERS).members == [0]


def test_of_several_that_would_fill_it_up_the_best_does():
    three = alone([10, -4, -2], [30, 30, 30], supplier=[1, 1, 1], new=(1,))
    assert sorted(choose(three, SUPPLIERS).members) == [0, 2]


def test_the_cap_on_risk_holds_after_a_supplier_is_dropped():
    """20 or -10 is allowed only beside 8 or -2, whose supplier's minimum is out of reach: neither may stay."""
    pair = alone([[-10, 30], [8, -2]], [10, 10], supplier=[0, 1], new=(1,))
    found = choose(pair, SUPPLIERS.model_copy(update={"worst": 0.5, "most_risk": 5.0}))
    assert kept(found)


def test_what_a_dropped_supplier_leaves_is_spent_on_others():
    """10 for 50 comes first, but is short of a minimum of 60; the budget of 60 then buys the 8 for 50."""
    pair = alone([10, 8], [50, 50], supplier=[1, 0], new=(1,))
    assert choose(pair, SUPPLIERS.model_copy(update={"supplier_minimum": 60.0, "budget": 60.0})).members == [1]


@settings(deadline=None, max_examples=40)
@given(
    st.integers(0, 10_000),
    st.integers(1, 14),
    st.sampled_from([0.0, 0.2, 0.9]),
    st.one_of(st.none(), st.floats(0, 150)),
    st.one_of(st.none(), st.floats(0, 100)),
    st.one_of(st.none(), st.integers(0, 8)),
    st.one_of(st.none(), st.floats(0, 40)),
)
def test_limits_are_kept_and_the_set_is_worth_no_less_than_none(seed, count, aversion, budget, space, places, risk):
    bounds = Limits(budget=budget, space=space, places=places, aversion=aversion, most_risk=risk)
    found = choose(with_smaller(pool(seed, count)), bounds)
    assert kept(found)
    assert found.worth >= -1e-9
    assert len({int(found.pool.candidate[one]) for one in found.members}) == len(found.members)
    np.testing.assert_allclose(found.total, of(found.pool, bounds, found.members).total, atol=1e-6)


@pytest.mark.parametrize("seed", range(10))
def test_every_new_supplier_in_a_set_reaches_the_minimum(seed):
    found = choose(pool(seed, 12, new=(1, 2)), limits(2 * seed + 1, 0.2, supplier_minimum=40.0))
    cost, theirs = found.pool.uses[found.members, 0], found.pool.supplier[found.members]
    assert all(cost[theirs == one].sum() >= 40 for one in set(theirs) & {1, 2})
    assert kept(found)


@pytest.mark.parametrize("seed", range(10))
def test_a_smaller_budget_is_never_worth_more(seed):
    worths = [
        choose(pool(seed, 12), Limits(budget=budget, aversion=0.2)).worth for budget in (0.0, 30.0, 60.0, 100.0, 160.0, 240.0)
    ]
    assert all(less <= more + 1e-6 for less, more in pairwise(worths))


def test_of_a_hundred_alike_in_cost_the_best_ten_are_chosen():
    worth = np.random.default_rng(7).uniform(-5, 20, 100)
    hundred = alone(worth.tolist(), [3.0] * 100)
    assert sorted(choose(hundred, FREE.model_copy(update={"places": 10})).members) == sorted(np.argsort(-worth)[:10].tolist())
