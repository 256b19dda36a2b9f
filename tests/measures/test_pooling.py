"""A pool of sources: by hand, planted weights recovered, and what is believed where little is known."""

import numpy as np
import pytest

from shelfwise.measures.pooling import LEAST_LEVEL, Pool, learn_pool

BELIEVED = np.array([0.1, 0.2, 0.7])


def planted(launches: int, weights: list[float], seed: int = 7) -> tuple[np.ndarray, np.ndarray]:
    """Levels of three sources that differ, and gamma-Poisson sales of shape 1 around their pool."""
    draws = np.random.default_rng(seed)
    levels = np.exp(1.0 + draws.standard_normal((len(weights), launches)))
    mean = Pool(np.array(weights), 0.5).units(levels)
    return levels, draws.poisson(mean * draws.gamma(1.0, 1.0, launches)).astype(float)


def test_a_pool_by_hand():
    """e^.5 x 4^.5 x 9^.5 = 1.6487 x 6; a source that says nothing counts as LEAST_LEVEL."""
    pool = Pool(np.array([0.5, 0.5]), 0.5)
    assert pool.units(np.array([[4.0, 0.0], [9.0, 1.0]])) == pytest.approx([np.exp(0.5) * 6, np.exp(0.5) * LEAST_LEVEL**0.5])


def test_planted_weights_are_recovered_from_many_launches():
    found = learn_pool(*planted(20_000, [0.8, 0.2, 0.0]), BELIEVED)
    assert found.weights == pytest.approx([0.8, 0.2, 0.0], abs=0.05)
    assert found.constant == pytest.approx(0.5, abs=0.1)


def test_without_launches_that_is_believed_which_was():
    none = learn_pool(np.empty((3, 0)), np.array([]), BELIEVED)
    assert none.weights == pytest.approx(BELIEVED) and none.constant == pytest.approx(0)


def test_a_few_launches_move_belief_a_little():
    """Of twenty: each weight between what was believed and what they say."""
    weights = learn_pool(*planted(20, [0.8, 0.2, 0.0]), BELIEVED).weights
    assert 0.1 < weights[0] < 0.7 and 0.1 < weights[2] < 0.7


def test_one_launch_that_sells_a_thousandfold_does_not_decide():
    """Under squares it would be all that counts; here it moves what others are said to sell by less than two fifths."""
    levels, sold = planted(157, [0.0, 0.0, 1.0])
    usual = learn_pool(levels, sold, BELIEVED).units(levels)
    struck = sold.copy()
    struck[0] = 1000 * usual[0]
    moved = np.log(learn_pool(levels, struck, BELIEVED).units(levels)[1:] / usual[1:])
    assert np.abs(moved).mean() < np.log(1.4)


def test_no_source_counts_against_itself():
    """Planted: the more the second says the less is sold."""
    assert learn_pool(*planted(20_000, [1.0, -0.5, 0.0]), BELIEVED).weights[1] == 0


def test_the_order_of_launches_and_how_often_it_is_asked_move_nothing():
    levels, sold = planted(500, [0.3, 0.3, 0.3])
    once, again = (learn_pool(levels[:, o], sold[o], BELIEVED) for o in (np.arange(500), np.arange(500)[::-1]))
    assert once.weights == pytest.approx(again.weights, abs=1e-4)
    assert learn_pool(levels, sold, BELIEVED).weights.tolist() == once.weights.tolist()


def test_the_slope_that_is_climbed_is_that_of_the_loss():
    """Another start of the search, by belief moved a little, ends at nearly the same place: no slope is wrong."""
    levels, sold = planted(4000, [0.5, 0.2, 0.2])
    one, two = (learn_pool(levels, sold, believed).weights for believed in (BELIEVED, BELIEVED + 0.05))
    assert one == pytest.approx(two, abs=0.03)
