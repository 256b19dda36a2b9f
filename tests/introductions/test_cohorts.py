"""Launches held against their plan, week by week."""

from datetime import timedelta
from math import exp

import pytest

from shelfwise.contracts.gold.introductions import INTRODUCTION_COHORTS
from shelfwise.core.frames import local_frame
from shelfwise.introductions.cohorts import CohortParams, follow_introductions
from tests.introductions.builders import AS_OF, MONDAY, foreseen_of, kept_rows

OVER = 4  # weeks since the launches that are over
LAUNCH = MONDAY - timedelta(weeks=OVER - 1)
LAUNCHED = {"stage": "launched", "launch": LAUNCH, "level_shape": 1.0, "scatter": 0.0, "mean": [5.0] * 13}
SOLD = {"dud": (0, 0, 100, 100), "even": (5, 6, 4, 5), "star": (20, 0, 0, 0), "uncertain": (0, 0, 0, 0)}


@pytest.fixture(scope="module")
def weeks(spark):
    """By item and week since launch."""
    launched = [{"item_id": name} | LAUNCHED for name in SOLD if name != "uncertain"]
    # its weeks scatter 1 + 5 times as much as Poisson's where they go as planned; the proposed has nothing to be followed in
    others = [LAUNCHED | {"item_id": "uncertain", "scatter": 1.0}, LAUNCHED | {"item_id": "even", "stage": "candidate"}]
    others[1]["item_id"] = "proposed"
    # on the list, and in no week of the panel
    others.append(LAUNCHED | {"item_id": "unwanted"})
    units = [(name, LAUNCH + timedelta(weeks=week), float(sold)) for name, of in SOLD.items() for week, sold in enumerate(of)]
    panel = local_frame(spark, [*units, ("proposed", LAUNCH, 9.0)], "item_id string, week date, units double")
    followed = follow_introductions(foreseen_of(spark, *launched, *others), panel, params=CohortParams(), as_of=AS_OF)
    return {(row["item_id"], row["launch_week"]): row for row in kept_rows(followed, INTRODUCTION_COHORTS)}


def test_only_weeks_that_are_over_of_what_was_launched_are_told(weeks):
    assert set(weeks) == {(name, week) for name in (*SOLD, "unwanted") for week in range(1, OVER + 1)}
    assert {row["launch"] for row in weeks.values()} == {LAUNCH}


def test_plan_and_sales_are_cumulated(weeks):
    """5 a week are planned; 5, 6, 4 and 5 are sold. Level (1 + 20) / (1 + 20) in the end, after two weeks (1 + 11) / (1 + 10)."""
    told = [weeks["even", week] for week in range(1, OVER + 1)]
    assert [row["planned"] for row in told] == [5] * 4
    assert [row["units"] for row in told] == [5, 6, 4, 5]
    assert [row["cum_planned"] for row in told] == [5, 10, 15, 20]
    assert [row["cum_units"] for row in told] == [5, 11, 15, 20]
    assert [told[1]["level"], told[3]["level"]] == [pytest.approx(12 / 11), pytest.approx(1)]
    assert {row["verdict"] for row in told} == {"hold"}


def test_what_has_never_sold_is_held_against_its_plan_like_what_sold_nothing(weeks):
    told = [weeks["unwanted", week] for week in range(1, OVER + 1)]
    assert [row["cum_units"] for row in told] == [0] * OVER
    assert told[1]["against_stop"] == weeks["dud", 2]["against_stop"]
    assert [row["verdict"] for row in told] == ["hold", "stop", "stop", "stop"]


def test_what_sells_nothing_is_stopped_in_the_second_week_and_stays_stopped(weeks):
    """Shape 1, the level tested .5, nothing sold of M planned: exp(.5 M) (1 - exp(-.5 (1 + M))) / (1 + M) over 1 - exp(-.5).

    M = 5: 12.18 x .950 / 6 / .393 = 4.90, below 10; M = 10: 148.4 x .996 / 11 / .393 = 34.1, above it. Then it sells 20 times its
    plan, which by itself would be a reason to scale it up."""

    def evidence(planned):
        return exp(0.5 * planned) * (1 - exp(-0.5 * (1 + planned))) / (1 + planned) / (1 - exp(-0.5))

    told = [weeks["dud", week] for week in range(1, OVER + 1)]
    assert [row["against_stop"] for row in told[:2]] == [pytest.approx(evidence(5)), pytest.approx(evidence(10))]
    assert [row["verdict"] for row in told] == ["hold", "stop", "stop", "stop"]
    assert told[3]["against_plan"] > 10
    assert told[3]["against_stop"] < 1


def test_what_sells_four_times_its_plan_is_scaled_up_though_it_then_stands_still(weeks):
    """After four weeks it has sold what was planned."""
    told = [weeks["star", week] for week in range(1, OVER + 1)]
    assert told[0]["against_plan"] > 10 > told[3]["against_plan"]
    assert {row["verdict"] for row in told} == {"scale up"}


def test_weeks_that_scatter_more_than_by_chance_count_that_much_less(weeks):
    """Nothing sold in four weeks of 5, of dispersion 1: at half of it a week's variance is 2.5 + 2.5^2, 3.5 x Poisson's.

    As nothing of M = 20 / 3.5: exp(M / 2) (1 - exp(-(1 + M) / 2)) / (1 + M) / .393 = 6.36: go on. On the plan it is 6 x Poisson's:
    level 1 / (1 + 20 / 6) = 3/13."""
    last, planned = weeks["uncertain", OVER], 20 / 3.5
    told = exp(planned / 2) * (1 - exp(-(1 + planned) / 2)) / (1 + planned) / (1 - exp(-0.5))
    assert (last["against_stop"], last["level"]) == (pytest.approx(told), pytest.approx(3 / 13))
    assert last["verdict"] == "hold"
