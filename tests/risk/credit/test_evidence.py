"""Weights of evidence, monotone bins and points, by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shelfwise.risk.credit import evidence as module
from shelfwise.risk.credit.evidence import evidence, fewer, ordered, pooled, tells
from shelfwise.risk.credit.evidence import points as points_of


def numbers(*given):
    return np.array(given, dtype=float)


def test_neighbours_against_the_order_are_pooled():
    """Rates 10, 30, 20, 40 %: the second and the third become 25 %. Falling: 40 % must not come last, so all are one."""
    bad, all = numbers(10, 30, 20, 40), numbers(100, 100, 100, 100)
    assert pooled(bad, all, 1) == [[0], [1, 2], [3]]
    assert pooled(bad, all, -1) == [[0, 1, 2, 3]]


def test_pooling_goes_back_as_far_as_it_must():
    """10, 20, 30, 5 %: 30 and 5 make 17.5, below 20: with it 18.33, above 10. Equal rates are one bin."""
    assert pooled(numbers(10, 20, 30, 5), numbers(100, 100, 100, 100), 1) == [[0], [1, 2, 3]]
    assert pooled(numbers(10, 10), numbers(100, 100), 1) == [[0, 1]]


def test_a_bin_with_hardly_a_default_joins_the_nearer_rate():
    """Rates 1, 3 and 20 %, the second with three defaults: 3 is nearer to 1."""
    assert fewer([[0], [1], [2]], numbers(10, 3, 20), numbers(1000, 100, 100)) == [[0, 1], [2]]


def test_defaults_that_nobody_saw_fill_no_bin():
    """20 bins of 100, no default in ten and 2 in each of the other ten: rates 0 and 2 %, but no default is fewer than five. With
    one in every other of the first ten, 5 in all, there are two bins."""
    all, some = numbers(0, *[100] * 20), numbers(0, *[0] * 10, *[2] * 10)
    one = evidence(np.arange(19.0), all, some, 1)
    assert (one.cuts, one.defaults.tolist()) == ((), [0, 20])
    two = evidence(np.arange(19.0), all, some + numbers(0, *[1, 0] * 5, *[0] * 10), 1)
    assert (two.cuts, two.defaults.tolist()) == ((9,), [0, 5, 20])


def test_an_empty_bin_joins_the_one_beside_it():
    """Nobody in the first, the third and the last: no rate is known of them."""
    assert pooled(numbers(0, 1, 0, 5, 0), numbers(0, 100, 0, 100, 0), 1) == [[0, 1, 2], [3, 4]]
    assert pooled(numbers(0, 0), numbers(0, 0), 1) == [[0, 1]]


def test_half_a_default_turns_no_order():
    """5 of 50 and 1,010 of 10,000, 10 and 10.1 %: with half a default and a half of another (odds of 1 to 1) 5.5 of 51, 10.8 %, and
    1,010.5 of 10,001, 10.1 %. They are one; 20 % after them stays apart."""
    bad, all = numbers(5, 1010, 200), numbers(50, 10_000, 1000)
    assert pooled(bad, all, 1) == [[0], [1], [2]]
    assert ordered([[0], [1], [2]], bad, all, 1.0, 1) == [[0, 1], [2]]


def test_woe_and_information_value_by_hand(monkeypatch):
    """90 others and 10 defaults up to the cut, 60 and 40 above it; nothing added. Of 150 others .6 and .4, of 50 defaults .2 and
    .8: woe ln(.6 / .2) = 1.0986 and ln(.4 / .8) = -.6931; IV .4 x 1.0986 + .4 x .6931 = .7167."""
    monkeypatch.setattr(module, "HALF", 0.0)
    with np.errstate(invalid="ignore"):  # nobody's value is missing
        found = module._evidence(numbers(7), numbers(0, 100, 100), numbers(0, 10, 40), 1)
    assert found.woe[1:] == pytest.approx([np.log(3), -np.log(2)])
    parts = [(0.6 - 0.2) * np.log(3), (0.4 - 0.8) * -np.log(2)]
    assert sum(parts) == pytest.approx(0.7167, abs=1e-4)
    assert found.cuts == (7,)


def test_each_bin_begins_with_half_a_default():
    """The same with 3 others for a default: 1.5 and .5 more in each of three bins. Others 1.5, 91.5, 61.5 of 154.5, defaults .5,
    10.5, 40.5 of 51.5. Of what is not known nobody is: ln((1.5 / 154.5) / (.5 / 51.5)) = 0."""
    found = evidence(numbers(7), numbers(0, 100, 100), numbers(0, 10, 40), 1)
    woe = [0, np.log((91.5 / 154.5) / (10.5 / 51.5)), np.log((61.5 / 154.5) / (40.5 / 51.5))]
    assert found.woe == pytest.approx(woe, abs=1e-12)
    shares = numbers(91.5, 61.5) / 154.5 - numbers(10.5, 40.5) / 51.5
    assert found.value == pytest.approx((shares * woe[1:]).sum())
    assert found.counts
    assert (found.observations.tolist(), found.defaults.tolist()) == ([0, 100, 100], [0, 10, 40])


def test_where_the_way_is_open_the_data_say_it():
    all, bad = numbers(0, 100, 100, 100), numbers(0, 30, 20, 10)
    falling = evidence(numbers(1, 2), all, bad, 0)
    assert (np.diff(falling.woe[1:]) > 0).all()
    assert falling.cuts == (1, 2)
    assert evidence(numbers(1, 2), all, bad, 1).cuts == ()


def test_nothing_to_know_counts_nothing():
    """Of 1,000 observations and 20 defaults in two bins, chance gives an IV of 3.84 (1 / 20 + 1 / 980) = .196 in one of twenty."""
    assert not tells(0.19, 2, 20.0, 1000.0)
    assert tells(0.2, 2, 20.0, 1000.0)
    # of many the least that is of use decides: .02
    assert not tells(0.019, 2, 2e4, 1e6)
    assert tells(0.021, 2, 2e4, 1e6)
    assert not tells(9.0, 1, 20.0, 1000.0)


def test_points_by_hand():
    """20 points halve the odds: a coefficient of -1 on a woe of ln 2 is worth 20, on -ln 2 as much against it. A share of the
    intercept of -ln 8 is worth 60 in every bin."""
    woe = np.log([1.0, 2.0, 0.5])
    assert points_of(woe, -1.0, 0.0, half_odds=20.0).tolist() == [0, 20, -20]
    assert points_of(woe, -1.0, -np.log(8), half_odds=20.0).tolist() == [60, 80, 40]
    assert points_of(woe, 0.0, 0.0, half_odds=20.0).tolist() == [0, 0, 0]


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 400)), min_size=3, max_size=21), st.sampled_from([-1, 1]))
def test_bins_are_in_order_whatever_comes(rows, direction):
    """Weights of evidence fall where larger values are riskier; nobody is lost; information is never below zero."""
    bad = numbers(*[one for one, _ in rows])
    all = bad + numbers(*[other for _, other in rows])
    found = evidence(np.arange(len(rows) - 2, dtype=float), all, bad, direction)
    assert (direction * np.diff(found.woe[1:]) <= 1e-12).all()
    assert len(found.cuts) == len(found.woe) - 2
    assert len(found.cuts) == 0 or (found.defaults[1:] >= 5).all()
    assert (found.observations.sum(), found.defaults.sum()) == (all.sum(), bad.sum())
    assert found.value >= 0
    assert np.isfinite(found.woe).all()
