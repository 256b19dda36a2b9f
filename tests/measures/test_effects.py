"""Effects of groups: by hand, and drawn towards none by as much as they should be."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelfwise.measures.effects import group_effects


def effects(*groups: list[float]) -> np.ndarray:
    """Of lists of y, a cell each."""
    members = [np.array(group, dtype=float) for group in groups]
    count, total, squares = (np.array([float(f(of)) for of in members]) for f in (len, np.sum, lambda of: (of**2).sum()))
    return group_effects(count, total, squares, np.arange(len(groups)))


def test_two_groups_alike_in_size_by_hand():
    """Means 1 and 5, s = (4 + 52 - 52) / 2 = 2, t = ((52 - 36) / 1 - 2) / 2 = 7: 2 either way x 7 / (7 + 2 / 2)."""
    assert effects([0, 2], [4, 6]).tolist() == pytest.approx([-1.75, 1.75])


def test_groups_of_one_and_three_by_hand():
    """Means 5 and 1 around 2; s = (30 - 28) / 2 = 1, n0 = (4 - 10 / 4) / 1 = 1.5, t = ((28 - 16) - 1) / 1.5 = 22 / 3."""
    t = 22 / 3
    assert effects([5], [0, 1, 2]).tolist() == pytest.approx([3 * t / (t + 1), -t / (t + 1 / 3)])


def test_cells_of_one_group_share_its_effect():
    """The first case, its second group told in two cells."""
    found = group_effects(np.array([2.0, 1.0, 1.0]), np.array([2.0, 4.0, 6.0]), np.array([4.0, 16.0, 36.0]), np.array([0, 1, 1]))
    assert found.tolist() == pytest.approx([-1.75, 1.75, 1.75])


def test_groups_that_differ_by_no_more_than_chance_have_no_effect():
    assert effects([0, 10], [1, 9.5], [-1, 11]).tolist() == [0, 0, 0]


@pytest.mark.parametrize("groups", [([3.0],), ([1.0, 2.0, 3.0],), ([1.0], [2.0])])
def test_one_group_or_one_member_each_tells_no_effect_apart(groups):
    """Of [1], [2] nobody knows whether it is the group or the member."""
    assert effects(*groups).tolist() == [0.0] * len(groups)


@given(st.lists(st.lists(st.floats(-5, 5), min_size=1, max_size=6), min_size=1, max_size=6), st.floats(-10, 10))
def test_an_effect_is_the_means_deviation_drawn_towards_none_wherever_zero_lies(groups, moved):
    found = effects(*groups)
    mean = np.mean(np.concatenate(groups))
    deviations = np.array([np.mean(group) - mean for group in groups])
    assert (np.abs(found) <= np.abs(deviations) + 1e-6).all()
    assert (found * deviations >= -1e-6).all()
    if np.var(np.concatenate(groups)) > 1e-3:
        again = effects(*[[y + moved for y in group] for group in groups])
        np.testing.assert_allclose(again, found, atol=1e-4)


def test_planted_effects_are_recovered_better_than_by_the_groups_means():
    """300 groups of 2 to 10, effects of sd .5 and own deviations of sd 1.8: less squared error, by about what theory says."""
    draws = np.random.default_rng(7)
    size, true = draws.integers(2, 11, 300), 0.5 * draws.standard_normal(300)
    groups = [(effect + 1.8 * draws.standard_normal(n)).tolist() for effect, n in zip(true, size, strict=True)]
    found, means = effects(*groups), np.array([np.mean(group) for group in groups])
    ideal = 0.25 / (0.25 + 1.8**2 / size) * means
    error, plain, best = (float(((one - true) ** 2).mean()) for one in (found, means, ideal))
    assert error < 0.6 * plain
    assert error < 1.2 * best
