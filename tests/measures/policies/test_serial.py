"""Shang & Song's table, by hand, by every level and every demand, and by goods that are moved from stage to stage."""

from itertools import accumulate, pairwise, product
from math import ceil, floor

import numpy as np
import pytest

from shelfwise.measures.policies.base_stock import base_stock
from shelfwise.measures.policies.laws import mean, normed, of_periods, poisson
from shelfwise.measures.policies.serial import Chain, newsvendor_bounds, serial

COIN = normed([1, 1])
ALIKE, DEAR_IN_THE_MIDDLE = [0.25] * 4, [0.25, 2.5, 2.5, 0.25]
QUARTERS = [poisson(16 / 4)] * 4


@pytest.mark.parametrize(
    ("holding", "shortage", "levels", "cost", "averaged", "their_cost"),
    [
        (ALIKE, 9, (8, 13, 18, 22), 12.688, (8, 13, 18, 22), 12.688),
        (DEAR_IN_THE_MIDDLE, 9, (9, 10, 13, 19), 53.008, (9, 10, 14, 20), 53.258),
        (ALIKE, 99, (11, 17, 22, 27), 16.206, (11, 17, 22, 27), 16.206),
        (DEAR_IN_THE_MIDDLE, 99, (11, 14, 18, 26), 74.564, (11, 14, 19, 26), 74.747),
    ],
    ids=["row 1", "row 9", "row 17", "row 25"],
)
def test_best_levels_and_averaged_bounds_of_shang_and_song(holding, shortage, levels, cost, averaged, their_cost):
    """Their table 1: 16 a period, four lead times of a quarter; means of bounds are rounded down if b is 9, up if it is 99."""
    chain = Chain(holding, QUARTERS, shortage)
    best = serial(chain)
    assert (best.units, best.cost) == (levels, pytest.approx(cost, abs=5.1e-4))
    rounded = floor if shortage == 9 else ceil
    means = tuple(rounded((low + high) / 2) for low, high in zip(*newsvendor_bounds(chain), strict=True))
    assert (means, chain.cost(means)) == (averaged, pytest.approx(their_cost, abs=5.1e-4))


def test_problem_6_2b_of_snyder_and_shen():
    chain = Chain([2, 2, 1, 1, 1], [poisson(64 / 2)] * 5, 24)
    assert serial(chain).units == (41, 74, 109, 142, 174)
    assert np.mean(newsvendor_bounds(chain), axis=0).tolist() == [41, 74.5, 110, 143, 175.5]


def test_two_stages_and_a_coin_by_hand():
    """0 or 1 over each lead time, h 1 and 1, b 5. C_1(-1) = 9, C_1(0) = (0 + 6) / 2 = 3, C_1(1) = 1/2, its least; C_2(1) =
    (1 + 1/2 + 0 + 3) / 2 = 2.25, C_2(2) = (2 + 1/2 + 1 + 1/2) / 2 = 2, C_2(3) = 3."""
    chain = Chain([1, 1], [COIN, COIN], 5)
    assert (serial(chain).units, serial(chain).cost) == ((1, 2), pytest.approx(2))
    assert chain.cost([1, 1]) == pytest.approx(2.25)
    assert chain.cost([1, 3]) == pytest.approx(3)


def test_of_levels_that_cost_the_same_the_lower_is_taken():
    """As above with b 4: C_1(0) = 2.5; C_2(1) = (1.5 + 2.5) / 2 = 2 = C_2(2)."""
    assert serial(Chain([1, 1], [COIN, COIN], 4)).units == (1, 1)


def test_one_stage_is_the_newsvendor():
    level = base_stock(poisson(6), 1, 4)
    best = serial(Chain([1], [poisson(6)], 4))
    assert (best.units, best.cost) == ((level.units,), pytest.approx(level.cost))


def test_a_stage_that_is_supplied_at_once_holds_nothing():
    """Two stages of 1 and 1 are then one of 2, but for what is under way between them: 1 x 3 units."""
    two, one = serial(Chain([1, 1], [poisson(3), np.ones(1)], 9)), serial(Chain([2], [poisson(3)], 9))
    assert two.units[0] >= two.units[1] == one.units[0]
    assert two.cost == pytest.approx(one.cost + 3)


def walked(chain, levels):
    """The cost by each demand of each lead time: stage j gets what it wants or what is in the echelon above."""
    total = 0.0
    for demands in product(*(range(len(law)) for law in chain.leads)):
        chance = np.prod([law[units] for law, units in zip(chain.leads, demands, strict=True)])
        echelon, cost = np.inf, 0.0
        for j in reversed(range(len(levels))):
            echelon = min(levels[j], echelon) - demands[j]
            cost += chain.holding[j] * echelon
        total += chance * (cost + (chain.shortage + sum(chain.holding)) * max(-echelon, 0))
    return total


def drawn(rng, stages, most):
    laws = [normed(rng.integers(0, 5, rng.integers(1, most)) + 0.1) for _ in range(stages)]
    return Chain(rng.uniform(0.1, 3, stages).tolist(), laws, float(rng.uniform(0.5, 20)))


def test_no_levels_cost_less_for_any_small_laws():
    rng = np.random.default_rng(17)
    for _ in range(25):
        chain = drawn(rng, 2, 5)
        best = serial(chain)
        grid = {levels: walked(chain, levels) for levels in product(range(5), range(9))}
        assert best.cost == pytest.approx(walked(chain, best.units)) == pytest.approx(min(grid.values()))
        assert [chain.cost(levels) for levels in grid] == pytest.approx(list(grid.values()))


def test_three_stages_cost_what_each_demand_costs_whatever_the_levels():
    rng = np.random.default_rng(18)
    for _ in range(20):
        chain, levels = drawn(rng, 3, 4), rng.integers(0, 8, 3).tolist()
        assert chain.cost(levels) == pytest.approx(walked(chain, levels))
        assert serial(chain).cost <= chain.cost(levels) + 1e-9


def test_best_levels_lie_within_their_bounds():
    rng = np.random.default_rng(19)
    for _ in range(100):
        chain = drawn(rng, int(rng.integers(1, 6)), 9)
        low, high = newsvendor_bounds(chain)
        assert all(a <= units <= b for a, units, b in zip(low, serial(chain).units, high, strict=True))


def test_dearer_shortage_and_longer_lead_times_cost_more():
    costs = [serial(Chain([1, 1], [poisson(2), poisson(3)], shortage)) for shortage in (2, 9, 50)]
    assert all(a.cost < b.cost and a.units[1] <= b.units[1] for a, b in pairwise(costs))
    longer = [serial(Chain([1, 1], [poisson(2), of_periods(poisson(3), periods)], 9)).cost for periods in (0, 1, 2, 4)]
    assert longer == sorted(set(longer))


def test_goods_moved_from_stage_to_stage_cost_what_was_foreseen():
    """40,000 periods: goods arrive, stages order, costs are counted, customers come. At stage j and from there on a unit costs
    h_j + … + h_N."""
    periods, law = [1, 2, 1], poisson(1.5)
    chain = Chain([2, 1, 0.5], [of_periods(law, lead) for lead in periods], 8)
    best = serial(chain)
    rng = np.random.default_rng(42)
    wanted = rng.choice(len(law), 40_000, p=law)
    paid = moved(chain, periods, [int(units) for units in best.units], wanted)
    batches = np.array(paid).reshape(200, -1).mean(axis=1)
    assert abs(batches.mean() - best.cost) < 4 * batches.std() / 200**0.5
    assert mean(law) == pytest.approx(1.5)


def moved(chain, periods, levels, wanted):
    local = list(accumulate(reversed(chain.holding)))[::-1]  # what a unit costs at each stage
    held = [levels[0], *(b - a for a, b in pairwise(levels))]
    coming = [[0] * lead for lead in periods]  # by stage, the next to arrive first
    owed, paid = 0, []
    for units in wanted:
        for j, way in enumerate(coming):
            held[j] += way.pop(0)
        served = min(owed, held[0])
        owed, held[0] = owed - served, held[0] - served
        for j in range(len(levels)):
            echelon = sum(held[: j + 1]) + sum(sum(way) for way in coming[: j + 1]) - owed
            order = max(levels[j] - echelon, 0)
            sent = order if j == len(levels) - 1 else min(order, held[j + 1])
            if j < len(levels) - 1:
                held[j + 1] -= sent
            coming[j].append(sent)
        under_way = sum(cost * sum(way) for cost, way in zip(local[1:], coming[:-1], strict=True))
        paid.append(sum(cost * stock for cost, stock in zip(local, held, strict=True)) + under_way + chain.shortage * owed)
        sold = min(units, held[0])
        owed, held[0] = owed + units - sold, held[0] - sold
    return paid


@pytest.mark.parametrize(
    ("holding", "leads", "shortage", "said"),
    [
        ([], [], 1, "Each stage needs a holding cost"),
        ([1, 1], [COIN], 1, "Each stage needs a holding cost"),
        ([1, 0], [COIN, COIN], 1, "above zero"),
        ([1, 1], [COIN, COIN], 0, "above zero"),
    ],
)
def test_odd_chains_are_refused(holding, leads, shortage, said):
    with pytest.raises(ValueError, match=said):
        Chain(holding, leads, shortage)


@pytest.mark.parametrize("units", [[1], [1, -1]])
def test_each_stage_needs_a_level(units):
    with pytest.raises(ValueError, match="Each stage needs a level"):
        Chain([1, 1], [COIN, COIN], 5).cost(units)
