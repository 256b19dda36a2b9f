"""Snyder & Shen's example, Shang & Song's bounds, and the same chains with demand cut into small units."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from shelfwise.measures.policies.base_stock import normal_base_stock
from shelfwise.measures.policies.serial import Chain, serial
from shelfwise.measures.policies.serial_normal import NormalChain, normal_newsvendor_bounds, normal_serial

EXAMPLE = NormalChain([3, 2, 2], [1, 1, 2], 37.12, mean=5, sd=1)
PROBLEM_1 = NormalChain([1, 1], [1, 1], 15, mean=100, sd=15)
PROBLEM_2A = NormalChain([2, 2, 1, 1, 1], [0.5] * 5, 24, mean=64, sd=8)


def test_example_6_1_of_snyder_and_shen():
    """Levels 6.49, 12.02 and 22.71; 47.65 a period there is of a grid, 47.66 without one."""
    best = normal_serial(EXAMPLE)
    assert best.units == pytest.approx((6.49, 12.02, 22.71), abs=5.1e-3)
    assert best.cost == pytest.approx(47.65, rel=3e-4)
    assert EXAMPLE.cost(best.units) == pytest.approx(best.cost, rel=1e-12)


@pytest.mark.parametrize(
    ("chain", "levels"),
    [
        (EXAMPLE, (6.490880975286938, 12.027434723327854, 22.634032391786285)),
        (PROBLEM_1, (123.4708970704270, 228.8600539144440)),
        (PROBLEM_2A, (40.5867040168793, 74.4580698705858, 109.5962562657559, 142.8985667640439, 175.8329858066735)),
    ],
    ids=["example 6.1", "problem 6.1", "problem 6.2a"],
)
def test_averaged_bounds_of_snyder_and_shen(chain, levels):
    assert np.mean(normal_newsvendor_bounds(chain), axis=0) == pytest.approx(levels)


def in_units_of(step, chain):
    """Demand to the nearest step, so that the chain of whole units stands in for the normal one."""

    def law(lead):
        middle, spread = chain.mean * lead, chain.sd * lead**0.5
        edges = (np.arange(int((middle + 9 * spread) / step) + 2) + 0.5) * step
        return np.diff(stats.norm.cdf(np.concatenate([[-np.inf], edges]), middle, spread))

    return Chain([step * cost for cost in chain.holding], [law(lead) for lead in chain.leads], step * chain.shortage)


@pytest.mark.parametrize(
    "chain",
    [EXAMPLE, NormalChain([0.3, 2, 0.5, 1], [2, 0.25, 3, 1], 4, mean=20, sd=1.2), NormalChain([1, 4], [4, 1], 1.5, mean=5, sd=1)],
)
def test_small_units_lead_to_the_same_levels_and_costs(chain):
    best, near = normal_serial(chain), serial(in_units_of(0.01, chain))
    assert np.array(near.units) * 0.01 == pytest.approx(best.units, abs=0.02)
    assert near.cost == pytest.approx(best.cost, rel=1e-5)
    low = [level - 1 for level in best.units]
    assert in_units_of(0.01, chain).cost([round(level / 0.01) for level in low]) == pytest.approx(chain.cost(low), rel=2e-3)


def test_one_stage_is_the_newsvendor():
    level = normal_base_stock(50, 8, 0.18, 0.7)
    best = normal_serial(NormalChain([0.18], [1], 0.7, mean=50, sd=8))
    assert (best.units[0], best.cost) == pytest.approx((level.units, level.cost))


def test_no_levels_nearby_cost_less_and_the_best_lie_within_their_bounds():
    rng = np.random.default_rng(23)
    for _ in range(20):
        stages = int(rng.integers(1, 5))
        chain = NormalChain(rng.uniform(0.1, 3, stages).tolist(), rng.uniform(0.2, 3, stages).tolist(), rng.uniform(1, 40), 10, 2)
        best, (low, high) = normal_serial(chain), normal_newsvendor_bounds(chain)
        assert all(a - 1e-9 <= level <= b + 1e-9 for a, level, b in zip(low, best.units, high, strict=True))
        for moved in rng.uniform(-0.5, 0.5, (10, stages)):
            assert chain.cost(np.array(best.units) + moved) >= best.cost


def test_more_demand_that_is_as_sure_is_only_more_under_way():
    """7 a period instead of 5: levels rise by 2 x 1, 2 x 2 and 2 x 4; 2 x 2 for goods to stage 1 at h_2 and 2 x 2 to stages 1 and
    2 at h_3 = 2, so 2 (2 x 1 + 2 x 2) = 12."""
    few, many = normal_serial(EXAMPLE), normal_serial(replace(EXAMPLE, mean=7))
    assert np.subtract(many.units, few.units) == pytest.approx([2, 4, 8])
    assert many.cost - few.cost == pytest.approx(12)


def test_levels_so_low_that_all_is_owed_cost_a_line():
    """Far below, a unit more of every level saves b a period."""
    low, higher = EXAMPLE.cost([-100, -100, -100]), EXAMPLE.cost([-99, -99, -99])
    assert low - higher == pytest.approx(37.12)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"sd": 0}, "above zero"),
        ({"leads": [1, 0, 2]}, "above zero"),
        ({"leads": [1, 2]}, "Each stage needs a holding cost"),
        ({"leads": [1e-5, 1, 2]}, "differ too much"),
    ],
)
def test_odd_chains_are_refused(wrong, said):
    with pytest.raises(ValueError, match=said):
        normal_serial(replace(EXAMPLE, **wrong))


def test_each_stage_needs_a_level():
    with pytest.raises(ValueError, match="Each stage needs a level"):
        EXAMPLE.cost([6, 12])
