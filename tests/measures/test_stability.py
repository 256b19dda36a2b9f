"""The population stability index, by hand."""

import numpy as np
import pytest

from shelfwise.measures.stability import bin_of, stability_index, stability_parts

UNKNOWN = -1.0


def counts(*rows):
    return np.array(rows, dtype=float)


def test_the_same_shares_have_an_index_of_zero_whatever_their_size():
    """Half a row more in each bin moves unequal sizes a little."""
    assert stability_index(counts(10, 30, 60), counts(10, 30, 60)) == 0
    assert stability_index(counts(1000, 3000, 6000), counts(2000, 6000, 12000)) == pytest.approx(0, abs=1e-7)


def test_a_shift_worked_by_hand():
    """With half a row more, from 10 and 30 of 40 to 30 and 10: (.25 - .75) ln(.25 / .75) + (.75 - .25) ln 3 = ln 3."""
    parts = stability_parts(counts(9.5, 29.5), counts(29.5, 9.5))
    assert parts == pytest.approx([0.5 * np.log(3), 0.5 * np.log(3)])
    assert stability_index(counts(9.5, 29.5), counts(29.5, 9.5)) == pytest.approx(np.log(3))


def test_then_and_now_change_places():
    assert stability_index(counts(5, 1, 4), counts(2, 6, 2)) == pytest.approx(stability_index(counts(2, 6, 2), counts(5, 1, 4)))


def test_an_empty_bin_is_finite_and_one_that_both_leave_empty_counts_for_nothing():
    """.5 of 10 against 5.5 of 10: (.05 - .55) ln(.05 / .55), twice with the signs changed."""
    both = stability_parts(counts(0, 9, 0), counts(5, 4, 0))
    assert both[0] == pytest.approx(0.5 * np.log(11))
    assert both[2] == 0
    assert stability_index(counts(0, 9, 0), counts(5, 4, 0)) == pytest.approx(stability_index(counts(0, 9), counts(5, 4)))


def test_a_value_on_an_edge_lies_below_it_and_what_is_not_known_has_a_bin_of_its_own():
    values = np.array([0.5, 1.0, 1.5, 2.0, 2.5, UNKNOWN, np.nan])
    assert bin_of(values, np.array([1.0, 2.0]), unknown=UNKNOWN).tolist() == [0, 0, 1, 1, 2, 3, 3]


def test_without_an_edge_there_are_the_known_and_the_unknown():
    assert bin_of(np.array([3.0, UNKNOWN]), np.array([]), unknown=UNKNOWN).tolist() == [0, 1]
