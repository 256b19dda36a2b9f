"""The catalogue: shares that add up, launches that a shop could have, substitutes nearest in price, and one shop per seed."""

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from shelfwise.simulate.catalogue import NEVER, TASTES, Items, brand_suppliers, categories, category_count, items
from shelfwise.simulate.spec import Spec

SPEC = Spec(days=364, customers=1, items=6000, suppliers=400, locations=2)
LAST = category_count(SPEC) - 1
MANY = replace(SPEC, items=100_000)  # for laws of categories alone
# laws hold within four standard errors, and nothing here is drawn anew
ERRORS = 4


def of_size(count: int, **changes: int) -> Spec:
    return replace(Spec(days=364, customers=1, items=count, suppliers=2, locations=2), **changes)


@pytest.fixture(scope="module")
def each() -> Items:
    return items(SPEC)


def brands_of_eight(each: Items) -> list[np.ndarray]:
    """Launch days by brand, for brands of eight items or more outside the new category; the best known brand left out."""
    old = each.category != LAST
    sizes = np.bincount(each.brand[old])
    return [each.launch[old & (each.brand == brand)] for brand in np.flatnonzero(sizes >= 8) if brand != 0]


def test_a_tastes_shares_add_up_to_one(each):
    assert each.affinity.shape == (TASTES, each.count) == (TASTES, 6000)
    assert (each.affinity > 0).all()
    assert each.affinity.sum(axis=1) == pytest.approx(np.ones(TASTES))


def test_popularity_is_the_mean_share_and_the_main_taste_has_the_largest(each):
    assert each.popularity == pytest.approx(sum(each.affinity) / TASTES)
    assert (each.affinity[each.main_taste, np.arange(each.count)] == each.affinity.max(axis=0)).all()
    assert set(each.main_taste) == set(range(TASTES))


def test_items_are_listed_from_the_start_on_a_monday_midway_or_never(each):
    """Midway: from .2 to .75 of 364 days, back to the Monday: days 70 to 266."""
    midway = each.launch[(each.launch > 0) & (each.launch != NEVER)]
    assert (midway % 7 == 0).all()
    assert midway.min() >= 70
    assert midway.max() <= 266
    assert (each.launch == 0).mean() > 0.5


def test_candidates_are_on_no_day_listed(each):
    assert (each.launch == NEVER).any()
    assert (each.listed(0) == (each.launch == 0)).all()
    assert (each.listed(SPEC.days) == (each.launch != NEVER)).all()
    assert (each.listed(69) == each.listed(0)).all()


def test_only_the_last_category_is_new_and_it_opens_halfway(each):
    """364 // 14 weeks of 7 days: day 182."""
    first = np.array([each.launch[each.category == one].min() for one in range(LAST + 1)])
    assert first[:-1].max() == 0
    assert first[-1] == 182


def test_a_launched_brand_comes_whole_on_its_day(each):
    """Unlike an item's own launch, a brand's holds back all its items; most come on that very day. Shares .08 and .06 of brands."""
    first = np.array([days.min() for days in brands_of_eight(each)])
    count = len(first)
    for days in brands_of_eight(each):
        if 0 < days.min() < NEVER:
            assert (days == days.min()).mean() > 0.5
    launched, candidates = ((first > 0) & (first < NEVER)).mean(), (first == NEVER).mean()
    assert launched == pytest.approx(0.08, abs=ERRORS * np.sqrt(0.08 * 0.92 / count))
    assert candidates == pytest.approx(0.06, abs=ERRORS * np.sqrt(0.06 * 0.94 / count))
    assert launched > 0
    assert candidates > 0


def test_of_an_old_brands_items_a_tenth_are_launched_and_six_in_a_hundred_never(each):
    days = np.concatenate([days for days in brands_of_eight(each) if days.min() == 0])
    assert ((days > 0) & (days < NEVER)).mean() == pytest.approx(0.10, abs=ERRORS * np.sqrt(0.1 * 0.9 / len(days)))
    assert (days == NEVER).mean() == pytest.approx(0.06, abs=ERRORS * np.sqrt(0.06 * 0.94 / len(days)))


def test_the_best_known_brand_is_there_from_the_start():
    """Under any seed, although one brand in seven is not; brand 0 has the most items."""
    for seed in range(30):
        each = items(of_size(400, suppliers=40, seed=seed))
        assert each.launch[each.brand == 0].min() == 0
    assert np.bincount(items(SPEC).brand).argmax() == 0


def test_ten_items_of_a_category_are_groups_of_eight_and_two():
    """30 items in the least number of categories, three; groups are numbered through."""
    each = items(of_size(30))
    assert np.bincount(each.category).tolist() == [10, 10, 10]
    assert each.group.tolist() == [0] * 8 + [1] * 2 + [2] * 8 + [3] * 2 + [4] * 8 + [5] * 2


@settings(max_examples=20)
@given(st.lists(st.integers(12, 700), min_size=1, max_size=3, unique=True))
def test_groups_are_runs_of_at_most_eight_items_of_one_category(counts):
    for count in counts:
        each = items(of_size(count))
        assert set(np.diff(each.group)) <= {0, 1}
        assert each.group[0] == 0
        assert np.bincount(each.group).max() <= 8
        for group in range(each.group.max() + 1):
            assert len(set(each.category[each.group == group])) == 1
        assert (np.diff(each.category) >= 0).all()
        assert set(each.category) == set(range(max(3, count // 40)))


@settings(max_examples=20)
@given(st.lists(st.integers(12, 400), min_size=1, max_size=3, unique=True))
def test_a_substitute_is_the_other_item_of_the_group_that_is_nearest_in_price(counts):
    """An item alone in its group is its own: with 27 items, categories of nine leave one over each."""
    for count in [27, *counts]:
        each = items(of_size(count))
        for item in range(count):
            others = np.setdiff1d(np.flatnonzero(each.group == each.group[item]), [item])
            if len(others):
                assert each.substitute[item] in others
                gaps = np.abs(each.price[others] - each.price[item])
                assert abs(each.price[each.substitute[item]] - each.price[item]) == gaps.min()
            else:
                assert each.substitute[item] == item
    assert items(of_size(27)).substitute[8] == 8


def test_costs_leave_the_categorys_margin(each):
    """22 to 42 % of the price, to the cent; prices are at least 49 cents and end in 9."""
    margin = categories(SPEC).margin[each.category]
    assert 0.22 <= margin.min() < margin.max() <= 0.42
    assert (each.cost < each.price).all()
    assert (each.cost > 0).all()
    assert np.abs(each.cost - each.price * (1 - margin)).max() < 0.00501
    assert set(np.round(each.price * 100).astype(int) % 10) == {9}
    assert each.price.min() >= 0.49


def test_prices_lie_in_three_bands_around_the_categorys(each):
    """Logs of .7, 1 and 1.5, with .3, .5 and .2, spread by .15, rounded to 10 cents less one: shares below -.178 and above .203

    .3 Phi(1.19) + .5 Phi(-1.19) = .323 and .2 Phi(1.35) + .5 Phi(-1.35) = .227, half-way between the bands."""
    relative = np.log((each.price + 0.01) / categories(SPEC).price[each.category])
    for share, p in (((relative < -0.178).mean(), 0.323), ((relative > 0.203).mean(), 0.227)):
        assert share == pytest.approx(p, abs=ERRORS * np.sqrt(p * (1 - p) / each.count) + 0.005)


def test_brands_have_items_in_proportion_to_the_root_of_their_place(each):
    """The fourth brand half as many as the first, the hundredth a tenth."""
    weight = 1 / np.sqrt(1 + np.arange(len(brand_suppliers(SPEC))))
    counts = np.bincount(each.brand, minlength=len(weight))
    assert stats.chisquare(counts, weight * each.count / weight.sum()).pvalue > 1e-4


def test_the_smallest_order_is_one_or_two_cases(each):
    assert set(each.minimum / each.pack) == {1.0, 2.0}
    assert set(each.pack) == {4, 6, 12, 24}


def test_a_supplier_has_one_to_three_brands_and_an_item_its_brands_supplier(each):
    owner = brand_suppliers(SPEC)
    assert set(np.bincount(owner, minlength=SPEC.suppliers)) == {1, 2, 3}
    assert (each.supplier == owner[each.brand]).all()


def test_the_laws_of_categories_are_those_of_the_docs():
    """Of 2,500 categories: uniform laws (from, width) and normal ones (mean, sd); a quarter breaks, at .3 to .8 of the days."""
    kinds = categories(MANY)
    uniform = {"margin": (0.22, 0.2), "own_elasticity": (-2.6, 1.4), "cross_elasticity": (0.2, 0.5), "rival_elasticity": (0.1, 0.4)}
    uniform |= {
        "crowding": (0.2, 0.5),
        "substitution": (0.2, 0.5),
        "season": (0.0, 0.3),
        "phase": (0.0, 1.0),
        "holiday": (0.0, 0.4),
    }
    for name, (low, width) in uniform.items():
        assert stats.kstest(getattr(kinds, name), stats.uniform(low, width).cdf).pvalue > 1e-4, name
    broken = kinds.break_day != NEVER
    assert ((kinds.break_size != 0) == broken).all()
    for values, mean, sd in ((np.log(kinds.price), 1.1, 0.5), (kinds.drift, 0.0, 0.15), (kinds.break_size[broken], 0.0, 0.4)):
        assert stats.kstest(values, stats.norm(mean, sd).cdf).pvalue > 1e-4
    assert broken.mean() == pytest.approx(0.25, abs=ERRORS * np.sqrt(0.25 * 0.75 / 2500))
    assert stats.kstest((kinds.break_day[broken] + 0.5) / 364, stats.uniform(0.3, 0.5).cdf).pvalue > 1e-4
    assert stats.chisquare([(kinds.shelf_life == days).sum() for days in (10, 28, 180, 720)]).pvalue > 1e-4
    assert (np.diff(kinds.department) >= 0).all()
    assert set(kinds.department) == set(range(6))


def test_laws_of_a_category_are_drawn_apart():
    kinds = categories(MANY)
    drawn = [kinds.own_elasticity, kinds.cross_elasticity, kinds.rival_elasticity, kinds.crowding, kinds.substitution]
    drawn += [kinds.season, kinds.phase, kinds.holiday, kinds.drift, kinds.margin, np.log(kinds.price)]
    alike = np.abs(np.corrcoef(drawn) - np.eye(len(drawn)))
    assert alike.max() < 4.5 / np.sqrt(2500)


def test_equal_seeds_give_equal_shops_and_other_seeds_others():
    """Made anew, not taken from memory; every field that is drawn differs under another seed."""
    small = of_size(400, suppliers=40)
    other = replace(small, seed=8)
    for make in (categories, items):
        for field in fields(make(small)):
            first, again, elsewhere = (getattr(one, field.name) for one in (make(small), make.__wrapped__(small), make(other)))
            assert np.array_equal(first, again)
            if field.name not in ("department", "category", "group"):
                assert not np.array_equal(first, elsewhere), field.name
