"""Published trees (Snyder & Shen, *Fundamentals of Supply Chain Theory*, ch. 6; Graves & Willems 2000), every promise of small
ones, and what may never get cheaper."""

from dataclasses import replace
from itertools import pairwise, product
from math import sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from shelfwise.measures.policies.guaranteed import Stage, Tree, guaranteed_service

EXAMPLE_3 = Tree(
    {"3": Stage(1, 2, supply=1), "2": Stage(0, 4), "1": Stage(1, 7, promised=1, sd=1)}, [("3", "2"), ("2", "1")], factor=1
)
EXAMPLE_5 = Tree(
    {"1": Stage(2, 1, supply=1), "2": Stage(1, 3, 0, sd=1), "3": Stage(1, 2), "4": Stage(1, 3, 1, sd=1)},
    [("1", "3"), ("3", "2"), ("3", "4")],
    factor=1,
)
PROBLEM_7 = Tree(
    {"forming": Stage(1, 2, supply=1), "firing": Stage(1, 3), "glazing": Stage(2, 4, 0, sd=10)},
    [("forming", "firing"), ("firing", "glazing")],
    factor=4,
)
TIMES_8, COSTS_8 = [5, 10, 2, 15, 8, 5, 9, 5, 1, 5], [5.73, 4.56, 3.04, 2.93, 2.47, 2.37, 1.15, 1.1, 0.98, 0.87]
PROBLEM_8 = Tree(
    {
        str(j): Stage(time, cost, promised=3 if j == 1 else None, sd=15.8 if j == 1 else 0, supply=7 if j == 10 else 0)
        for j, (time, cost) in enumerate(zip(TIMES_8, COSTS_8, strict=True), start=1)
    },
    [(str(j + 1), str(j)) for j in range(1, 10)],
    factor=float(stats.norm.ppf(0.98)),
)
PROBLEM_9 = Tree(
    {
        name: Stage(time, cost * 0.2 / 365, promised, sd)
        for name, time, cost, promised, sd in [
            ("1", 7, 220, 3, 4.1),
            ("2", 7, 140, 3, 6.2),
            ("3", 21, 90, None, 0),
            ("4", 3, 5, None, 0),
            ("5", 8, 20, None, 0),
            ("6", 2, 7.5, None, 0),
        ]
    },
    [("3", "1"), ("3", "2"), ("4", "3"), ("5", "3"), ("6", "5")],
    factor=4,
)


def camera(promised):
    """Figure 6.14, a digital camera, whose customers wait so many periods at most."""
    times_and_costs = {
        "raw material": (2, 0.01),
        "wafers": (3, 0.03),
        "tested wafers": (2, 0.04),
        "imager base": (4, 0.06),
        "imager": (2, 0.12),
        "shipped imager": (3, 0.13),
        "camera": (6, 0.20),
        "circuit board": (4, 0.08),
        "other parts": (3, 0.04),
    }
    stages = {name: Stage(*known) for name, known in times_and_costs.items()} | {"pack": Stage(2, 0.5, promised, sd=10)}
    path = [("raw material", "wafers"), ("wafers", "tested wafers"), ("tested wafers", "imager"), ("imager base", "imager")]
    parts = [(name, "pack") for name in ("shipped imager", "camera", "circuit board", "other parts")]
    return Tree(stages, [*path, ("imager", "shipped imager"), *parts], factor=float(stats.norm.ppf(0.95)))


@pytest.mark.parametrize(
    ("tree", "service", "cost"),
    [
        (EXAMPLE_3, {"1": 1, "2": 0, "3": 0}, 2 * sqrt(2)),
        (EXAMPLE_5, {"1": 0, "2": 0, "3": 0, "4": 1}, 2 * sqrt(2) + sqrt(6) + 3),
        (PROBLEM_7, {"forming": 2, "firing": 3, "glazing": 0}, 160 * sqrt(5)),
        (PROBLEM_8, dict(zip(PROBLEM_8.stages, [3, 10, 0, 28, 13, 5, 0, 18, 13, 12], strict=True)), 1378.31),
        (camera(2), dict(zip(camera(2).stages, [0, 3, 5, 4, 7, 0, 0, 0, 0, 2], strict=True)), 18.8240044725922),
        (camera(5), dict(zip(camera(5).stages, [0, 3, 5, 4, 0, 3, 3, 3, 3, 5], strict=True)), 12.4686888061037),
        (camera(8), dict(zip(camera(8).stages, [0, 3, 1, 1, 3, 6, 6, 4, 3, 8], strict=True)), 3.25788236403285),
        (camera(12), dict(zip(camera(12).stages, [0, 3, 5, 4, 7, 10, 6, 4, 3, 12], strict=True)), 0.232617430735335),
    ],
    ids=["example 6.3", "example 6.5", "problem 6.7", "problem 6.8", "figure 6.14", "promise 5", "promise 8", "promise 12"],
)
def test_published_promises_are_found_and_cost_what_is_printed(tree, service, cost):
    found = guaranteed_service(tree)
    assert found.cost == pytest.approx(cost, rel=1e-5) == tree.cost(service) == tree.cost(found.service)


def test_safety_stock_of_example_6_5():
    found = guaranteed_service(EXAMPLE_5)
    assert found.units == pytest.approx({"1": 2.44948974278318, "2": 1, "3": 1.41421356237309, "4": 0})
    others = {"1": 2, "2": 0, "3": 2, "4": 1}
    assert EXAMPLE_5.cost(others) == pytest.approx(13.6814337969452)
    assert EXAMPLE_5.stock(others) == pytest.approx({"1": 2**0.5, "2": 3**0.5, "3": 2**0.5, "4": 2**0.5})


def test_another_plan_of_figure_6_14():
    others = dict(zip(camera(2).stages, [2, 3, 3, 0, 3, 5, 1, 1, 0, 2], strict=True))
    roots = [(0.03, 2), (0.04, 2), (0.06, 4), (0.12, 2), (0.13, 1), (0.2, 5), (0.08, 3), (0.04, 3), (0.5, 5)]
    assert camera(2).cost(others) == pytest.approx(10 * stats.norm.ppf(0.95) * sum(cost * sqrt(n) for cost, n in roots))


def test_a_plan_of_problem_6_9():
    """31 periods until stage 3 has goods: with its promise of 31 only the last two stages hold any, for 31 + 7 - 3 = 35."""
    promises = {"1": 3, "2": 3, "3": 31, "4": 3, "5": 10, "6": 2}
    assert PROBLEM_9.longest == promises | {"1": 38, "2": 38}
    assert PROBLEM_9.stock(promises) == pytest.approx(
        {"1": 4 * 4.1 * sqrt(35), "2": 4 * 6.2 * sqrt(35), "3": 0, "4": 0, "5": 0, "6": 0}
    )
    assert guaranteed_service(PROBLEM_9).cost < PROBLEM_9.cost(promises)


@pytest.mark.parametrize(
    ("tree", "longest"), [(EXAMPLE_5, [3, 5, 4, 5]), (camera(2), [2, 5, 7, 4, 9, 12, 6, 4, 3, 14])], ids=["6.5", "6.14"]
)
def test_longest_times_of_snyder_and_shen(tree, longest):
    assert [tree.longest[name] for name in tree.stages] == longest


def test_a_stage_alone_covers_what_its_customers_do_not_wait_for():
    """2 + 3 - 1 = 4 periods at sd 5 and factor 2: 2 x 5 x 2 = 20 units at .5."""
    found = guaranteed_service(Tree({"only": Stage(3, 0.5, 1, sd=5, supply=2)}, [], factor=2))
    assert (found.service, found.units, found.cost) == ({"only": 1}, {"only": 20}, 10)


def test_a_stage_may_wait_longer_for_one_than_for_another():
    """a promises 0 to customers of its own; c would cost 100 sqrt(4), so b waits 4 for it: sqrt(4) at b, sqrt(2) at a."""
    stages = {"c": Stage(4, 100), "a": Stage(1, 1, 0, sd=1), "b": Stage(0, 1, 0, sd=1)}
    for names in ("cab", "acb", "bca"):
        tree = Tree({name: stages[name] for name in names}, [("a", "b"), ("c", "b")], factor=1)
        found = guaranteed_service(tree)
        assert (found.service, found.cost) == ({"a": 0, "b": 0, "c": 4}, pytest.approx(2 + sqrt(2)))


@st.composite
def trees(draw):
    """Up to four stages, each hung above or below an earlier one."""
    count = draw(st.integers(1, 4))
    links = []
    for j in range(1, count):
        pair = (str(draw(st.integers(0, j - 1))), str(j))
        links.append(pair if draw(st.booleans()) else pair[::-1])
    last = {str(j) for j in range(count)} - {above for above, _ in links}
    stages = {}
    for name in map(str, range(count)):
        customers = name in last or draw(st.booleans())
        stages[name] = Stage(
            draw(st.integers(0, 2)),
            draw(st.integers(0, 5)) / 2,
            draw(st.integers(0, 2)) if customers else None,
            draw(st.integers(1, 4)) if customers else 0,
            draw(st.integers(0, 1)),
        )
    return Tree(stages, links, factor=1.5)


def least(tree):
    """Over every promise of every stage."""
    costs = []
    for promises in product(*(range(tree.longest[name] + 1) for name in tree.stages)):
        try:
            costs.append(tree.cost(dict(zip(tree.stages, promises, strict=True))))
        except ValueError:
            continue
    return min(costs)


@settings(deadline=None, max_examples=60)
@given(st.lists(trees(), min_size=3, max_size=3))
def test_no_promises_cost_less_in_any_small_tree(batch):
    for tree in batch:
        found = guaranteed_service(tree)
        assert found.cost == pytest.approx(least(tree), abs=1e-9)
        assert tree.cost(found.service) == pytest.approx(found.cost, abs=1e-12)


@settings(deadline=None, max_examples=25)
@given(st.lists(st.tuples(trees(), st.integers(0, 3)), min_size=3, max_size=3))
def test_what_makes_it_harder_never_costs_less(batch):
    """A longer time, dearer stock, slower suppliers, surer service; longer promises never cost more."""
    for tree, nth in batch:
        name = list(tree.stages)[nth % len(tree.stages)]
        stage, usual = tree.stages[name], guaranteed_service(tree).cost
        harder = [
            replace(stage, time=stage.time + 1),
            replace(stage, holding=stage.holding + 1),
            replace(stage, supply=stage.supply + 1),
            replace(stage, sd=stage.sd + 1),
        ]
        costs = [guaranteed_service(replace(tree, stages={**tree.stages, name: worse})).cost for worse in harder]
        assert min(costs) >= usual - 1e-9
        assert guaranteed_service(replace(tree, factor=3)).cost == pytest.approx(2 * usual)
        if stage.promised is not None:
            patient = {**tree.stages, name: replace(stage, promised=stage.promised + 1)}
            assert guaranteed_service(replace(tree, stages=patient)).cost <= usual + 1e-9


def test_a_long_chain_is_no_trouble():
    """400 stages of one period each; all stock at the last, where it costs least: sqrt(400)."""
    stages = {str(j): Stage(1, 2) for j in range(399)} | {"last": Stage(1, 1e-3, 0, sd=1)}
    found = guaranteed_service(Tree(stages, list(pairwise(stages)), factor=1))
    assert (found.units["last"], found.cost) == pytest.approx((20, 0.02))


@pytest.mark.parametrize(
    ("links", "said"),
    [
        ([("a", "b"), ("b", "a")], "never close a ring"),
        ([("a", "b"), ("a", "x")], "known stages"),
        ([("a", "b")], "must hang together"),
    ],
)
def test_what_is_no_tree_is_refused(links, said):
    with pytest.raises(ValueError, match=said):
        Tree({"a": Stage(1, 1), "b": Stage(1, 1, 0), "c": Stage(1, 1, 0)}, links, factor=1)


def test_no_stages_are_no_tree():
    with pytest.raises(ValueError, match="there must be one"):
        Tree({}, [], factor=1)


@pytest.mark.parametrize(
    ("stage", "factor", "said"),
    [
        (Stage(1, 1), 1, "serves nobody"),
        (Stage(-1, 1, 0), 1, "below zero"),
        (Stage(1, 1, 0, supply=-1), 1, "below zero"),
        (Stage(1, 1, -1), 1, "below zero"),
        (Stage(1, -1, 0), 1, "below zero"),
        (Stage(1, 1, 0, sd=-1), 1, "below zero"),
        (Stage(1, 1, 0), -1, "below zero"),
    ],
)
def test_odd_stages_are_refused(stage, factor, said):
    with pytest.raises(ValueError, match=said):
        Tree({"only": stage}, [], factor)


@pytest.mark.parametrize("promise", [-1, 2, 4])
def test_promises_that_cannot_be_kept_are_refused(promise):
    """Below zero, later than customers wait, later than it takes."""
    with pytest.raises(ValueError, match="only can't promise"):
        Tree({"only": Stage(3, 1, 1, sd=1)}, [], 1).cost({"only": promise})
