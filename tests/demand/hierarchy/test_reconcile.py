"""Forecasts of a small tree, made to add up."""

from datetime import date

import numpy as np
import pytest

from shelfwise.core.frames import local_frame
from shelfwise.demand.hierarchy.reconcile import METHODS, reconcile

ITEMS = "horizon int, department string, category string, item_id string, mean double, variance double, share_of double"
BASES = "level string, department string, category string, horizon int, base double, variance double"
NEVER = 1e12  # a variance that says nothing


@pytest.fixture(scope="module")
def found(spark):
    """Two items under one category, one department, one shop; only the shop has an opinion of its own. Three cases, by horizon.

    1: a is 4 (variance 1), b 5 (variance 2), they sold 1 and 3 lately; the shop says 12 (variance 1).
    2: a is 1 (variance 9), b 1 (variance 1); the shop says 0 and is sure of it.
    3: as 1, but category and department have no forecast at all, and c, expected to sell nothing, is there too.
    """
    items = [(1, "D", "C", "a", 4.0, 1.0, 1.0), (1, "D", "C", "b", 5.0, 2.0, 3.0)]
    items += [(2, "D", "C", "a", 1.0, 9.0, 1.0), (2, "D", "C", "b", 1.0, 1.0, 1.0)]
    items += [(3, *item[1:]) for item in items[:2]] + [(3, "D", "C", "c", 0.0, 5.0, 0.0)]
    bases = [("all", "*", "*", 3, 12.0, 1.0), ("all", "*", "*", 1, 12.0, 1.0), ("all", "*", "*", 2, 0.0, 1e-4)]
    bases += [(*node, horizon, 0.0, NEVER) for node in (("department", "D", "*"), ("category", "D", "C")) for horizon in (1, 2)]
    rows = reconcile(local_frame(spark, items, ITEMS), local_frame(spark, bases, BASES), ["horizon"]).collect()
    return {(row["horizon"], row["level"], row["item_id"]): row for row in rows}


def test_a_gap_between_levels_is_shared_by_variance(found):
    """The items sum to 9 with variance 3; the shop says 12 with variance 1: (12/1 + 9/3) / (1/1 + 1/3) = 11.25. Of the 2.25 above 9

    the items take 1/3 and 2/3: 4.75 and 6.5.
    """
    assert found[1, "item", "a"]["mint"] == pytest.approx(4.75, abs=1e-6)
    assert found[1, "item", "b"]["mint"] == pytest.approx(6.5, abs=1e-6)
    assert found[1, "all", "*"]["mint"] == pytest.approx(11.25, abs=1e-6)
    assert found[1, "all", "*"]["bottom_up"] == 9.0
    assert found[1, "all", "*"]["base"] == 12.0


def test_a_level_without_a_forecast_of_its_own_says_nothing(found):
    for name in ("a", "b"):
        assert found[3, "item", name]["mint"] == pytest.approx(found[1, "item", name]["mint"], abs=1e-3)
    assert found[3, "category", "*"]["base"] is None


def test_what_is_expected_to_sell_nothing_stays_there(found):
    assert found[3, "item", "c"]["mint"] == 0.0


def test_top_down_splits_the_whole_by_what_sold(found):
    """12 in the shares 1 and 3: 3 and 9, whatever the items' own forecasts are."""
    assert [found[1, "item", name]["top_down"] for name in ("a", "b")] == pytest.approx([3.0, 9.0])
    assert found[1, "category", "*"]["top_down"] == pytest.approx(12.0)


def test_no_item_falls_below_zero_and_sums_follow(found):
    """Of a gap of -2 a would take 9/10 and fall to -.8, b the rest, to .8: a ends at 0, and the shop at .8."""
    assert found[2, "item", "a"]["mint"] == 0.0
    assert found[2, "item", "b"]["mint"] == pytest.approx(0.8, abs=1e-3)
    assert found[2, "all", "*"]["mint"] == found[2, "item", "b"]["mint"]


def test_it_is_the_matrix_form_of_mint(spark):
    """f = S (S' W^-1 S)^-1 S' W^-1 b (Wickramasuriya et al. 2019), on 7 items, 4 categories (one name in both departments)."""
    rng = np.random.default_rng(11)
    paths = [("D", "C"), ("D", "C"), ("D", "K"), ("E", "C"), ("E", "C"), ("E", "M"), ("E", "M")]
    items = [(*path, f"i{n}", *rng.uniform(20, 40, 1), *rng.uniform(1, 9, 1), 1.0) for n, path in enumerate(paths)]
    nodes = [("all", "*", "*"), ("department", "D", "*"), ("department", "E", "*")]
    nodes += [("category", *path) for path in (("D", "C"), ("D", "K"), ("E", "C"), ("E", "M"))]
    holds = np.array([[department in ("*", d) and category in ("*", c) for d, c in paths] for _, department, category in nodes])
    base = holds @ np.array([item[3] for item in items]) * rng.uniform(0.9, 1.1, len(nodes))
    variance = rng.uniform(5, 50, len(nodes))
    summing = np.vstack([holds, np.eye(len(items))])
    weights = np.diag(1 / np.concatenate([variance, [item[4] for item in items]]))
    b = np.concatenate([base, [item[3] for item in items]])
    expected = summing @ np.linalg.solve(summing.T @ weights @ summing, summing.T @ weights @ b)

    rows = [(*node, 1, float(x), float(v)) for node, x, v in zip(nodes, base, variance, strict=True)]
    plain = [tuple(float(x) if isinstance(x, float) else x for x in item) for item in items]
    found = reconcile(local_frame(spark, [(1, *item) for item in plain], ITEMS), local_frame(spark, rows, BASES), ["horizon"])
    by_node = {(row["level"], row["department"], row["category"], row["item_id"]): row["mint"] for row in found.collect()}
    order = [(*node, "*") for node in nodes] + [("item", *item[:3]) for item in plain]
    assert [by_node[key] for key in order] == pytest.approx(list(expected), abs=1e-5)


def test_every_method_adds_up_exactly(spark):
    """Of 60 items with forecasts that are no round numbers, for two horizons and origins."""
    rng = np.random.default_rng(5)
    days = (date(2017, 7, 2), date(2017, 7, 30))
    by = [(origin, horizon) for origin in days for horizon in (1, 2)]
    items = [(*key, f"D{n % 2}", f"C{n % 6}", f"i{n}", *(float(x) for x in rng.uniform(0, 3, 3))) for key in by for n in range(60)]
    nodes = [("all", "*", "*")] + [("department", f"D{n}", "*") for n in range(2)]
    nodes += [("category", f"D{n % 2}", f"C{n}") for n in range(6)]
    bases = [(*node, *key, float(rng.uniform(5, 90)), float(rng.uniform(1, 9))) for key in by for node in nodes]
    found = reconcile(
        local_frame(spark, items, ITEMS.replace("horizon", "origin date, horizon")),
        local_frame(spark, bases, BASES.replace("horizon", "origin date, horizon")),
        ["origin", "horizon"],
    ).toPandas()
    leaves = found[found["level"] == "item"]
    assert len(found) == len(items) + len(bases)
    for level, path in {"all": [], "department": ["department"], "category": ["department", "category"]}.items():
        keys = ["origin", "horizon", *path]
        sums, own = leaves.groupby(keys)[list(METHODS)].sum(), found[found["level"] == level].set_index(keys)[list(METHODS)]
        assert (sums - own).abs().to_numpy().max() < 1e-9
