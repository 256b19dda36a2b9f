"""The best set there is: against every subset, and what is chosen against it."""

from itertools import combinations

import pytest

from shelfwise.introductions import exact
from shelfwise.introductions.sets import Limits, Pool, choose, of
from tests.introductions.pools import FREE, alone, kept, limits, pool, with_smaller


def shares(seeds: range, aversion: float) -> list[float]:
    """Worth of what is found over that of the best set, of pools of 10; asserts that both keep to the limits."""
    found = []
    for seed in seeds:
        some, bounds = pool(seed, 10), limits(seed, aversion)
        chosen, best = choose(some, bounds), exact.best(some, bounds)
        assert kept(chosen) and kept(best)
        found.append(chosen.worth / best.worth if best.worth > 1e-6 else 1.0)
    return found


@pytest.mark.parametrize("aversion", [0.0, 0.2, 0.5, 0.9])
def test_what_is_found_is_worth_almost_what_the_best_set_is(aversion):
    """No less than .99 of it, in 25 pools of each aversion; never more, but for the solver's own tolerance."""
    begin = int(10 * aversion)
    found = shares(range(begin, begin + 100, 4), aversion)
    assert min(found) >= 0.99
    assert max(found) <= 1 + 1e-4


@pytest.mark.parametrize("aversion", [0.0, 0.2, 0.5])
def test_with_smaller_orders_too_what_is_found_is_worth_almost_what_the_best_set_is(aversion):
    found = []
    for seed in range(20):
        some, bounds = with_smaller(pool(seed, 8)), limits(seed, aversion)
        chosen, best = choose(some, bounds), exact.best(some, bounds)
        assert kept(chosen) and kept(best)
        found.append(chosen.worth / best.worth if best.worth > 1e-6 else 1.0)
    assert min(found) >= 0.99
    assert max(found) <= 1 + 1e-4


def test_the_best_set_holds_one_plan_of_a_candidate():
    """Both of its plans would earn 17; of 60 the best are 7 + 7 of two candidates."""
    some = alone([10, 7, 10, 7], [60, 30, 60, 30], candidate=[0, 0, 1, 1])
    for budget, worth in ((60.0, 14), (90.0, 17), (500.0, 20)):
        assert exact.best(some, FREE.model_copy(update={"budget": budget})).worth == pytest.approx(worth)


def test_hedges_are_found_beside_a_steady_one():
    """Of 2 places: 12 or -8 and -8 or 12 are worth -3 each to whoever minds risk by half, together 4; a steady 3 comes first."""
    three, bounds = (
        alone([[12, -8], [-8, 12], [3, 3]], [1, 1, 1]),
        FREE.model_copy(update={"worst": 0.5, "aversion": 0.5, "places": 2}),
    )
    assert exact.best(three, bounds).worth == pytest.approx(4)
    assert choose(three, bounds).worth == pytest.approx(4)


def of_all(some: Pool, bounds: Limits) -> float:
    """The highest worth of any subset that keeps to the limits."""
    subsets = [of(some, bounds, members) for count in range(len(some) + 1) for members in combinations(range(len(some)), count)]
    return max(one.worth for one in subsets if kept(one))


@pytest.mark.parametrize("seed", range(20))
def test_the_best_set_is_the_best_of_all_subsets(seed):
    """5 to 8 candidates, aversions of 0 to .9, with and without a cap on risk; 40 scenarios, of which the worst 2 are 5 %."""
    some, bounds = pool(seed, 5 + seed % 4, shelves=3), limits(seed, (0.0, 0.2, 0.5, 0.9)[seed // 3 % 4])
    best = exact.best(some, bounds)
    assert kept(best)
    assert best.worth == pytest.approx(of_all(some, bounds), rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("seed", [1, 2, 21])
def test_the_best_set_is_that_where_the_worst_share_is_no_whole_number_of_scenarios(seed):
    """5 % of 30 scenarios is 1.5, which money.cvar rounds to 2."""
    some, bounds = pool(seed, 8, scenarios=30, shelves=3), Limits(budget=100.0, places=4, aversion=0.8)
    assert exact.best(some, bounds).worth == pytest.approx(of_all(some, bounds), rel=1e-5)


def on_one_shelf(count: int) -> Pool:
    return pool(7, count, scenarios=2, shelves=1)


def test_the_best_set_is_refused_where_there_are_too_many_subsets():
    """2^12 = 4,096 are allowed, 2^13 are not."""
    assert kept(exact.best(on_one_shelf(12), Limits(budget=50.0)))
    with pytest.raises(ValueError, match="8,192 subsets"):
        exact.best(on_one_shelf(13), Limits(budget=50.0))


def test_too_many_subsets_are_refused_before_they_are_listed(monkeypatch):
    """2^40 subsets of a shelf are a million millions."""
    listed, subsets = [0], exact._subsets

    def counted(members):
        for one in subsets(members):
            listed[0] += 1
            assert listed[0] <= 2 * exact.MOST_PATTERNS, "more were listed than are allowed"
            yield one

    monkeypatch.setattr(exact, "_subsets", counted)
    with pytest.raises(ValueError, match="choose greedily"):
        exact.best(on_one_shelf(40), Limits())


def test_the_best_set_of_no_candidates_is_empty():
    assert exact.best(alone([], []), Limits()).members == []
