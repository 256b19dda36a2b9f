"""Figures of each policy by hand."""

import pytest

from shelfwise.core.frames import local_frame
from shelfwise.inventory.own.figures import Z95, figures
from shelfwise.inventory.own.trial import COSTS


def item(name, policy, cost, *, periods=2, demand=10.0, short=0.0, met=2):
    return (name, policy, periods, cost, cost, 0.0, 0.0, demand, short, 6.0, 1, 2, met, 0.5)


def test_costs_are_compared_item_by_item(spark):
    """Of 2 periods: mean_z 1, 2 and 6 a period, empirical 0, 2 and 4: differences -1, 0, -2, mean -1, sd 1: -1 -/+ 1.96 / sqrt(3).

    A ratio of 6 / 9. Fill rate 1 - 3 / 30, cycles 5 of 6; eoq costs more than mean_z, so it is not the rival.
    """
    rows = [item(n, "mean_z", cost) for n, cost in zip("abc", (2.0, 4.0, 12.0), strict=True)]
    rows += [item(n, "eoq", 20.0) for n in "abc"]
    rows += [
        item("a", "newsvendor_empirical", 0.0, short=3.0, met=1),
        *(item(n, "newsvendor_empirical", c) for n, c in (("b", 4.0), ("c", 8.0))),
    ]
    found = figures(local_frame(spark, rows, COSTS)).collect()
    assert [row["policy"] for row in found] == ["newsvendor_empirical", "mean_z", "eoq"]
    best, classic, _ = found
    assert (best["cost"], best["holding"], best["mean_stock"], best["orders"], best["seconds"]) == (2.0, 2.0, 3.0, 0.5, 1.5)
    assert (best["fill_rate"], best["cycle_service"]) == (pytest.approx(0.9), pytest.approx(5 / 6))
    assert (best["to_classic"], best["gap"]) == (pytest.approx(6 / 9), -1.0)
    assert (best["low"], best["high"]) == (pytest.approx(-1 - Z95 / 3**0.5), pytest.approx(-1 + Z95 / 3**0.5))
    assert (classic["to_classic"], classic["gap"], classic["low"], classic["high"]) == (1.0, 0.0, 0.0, 0.0)


def test_without_a_classic_policy_or_with_one_item_there_is_less_to_say(spark):
    (row,) = figures(local_frame(spark, [item("a", "s_s", 2.0)], COSTS)).collect()
    assert (row["cost"], row["to_classic"], row["gap"], row["low"]) == (1.0, None, None, None)
    (row,) = figures(local_frame(spark, [item("a", "eoq", 2.0)], COSTS)).collect()
    assert (row["to_classic"], row["gap"], row["low"], row["high"]) == (1.0, 0.0, None, None)
