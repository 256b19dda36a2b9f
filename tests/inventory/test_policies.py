"""Ways of ordering replayed over a shop's past: by hand, and what must hold for any."""

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from shelfwise.contracts.gold.policies import POLICY_REPLAY, POLICY_WEEKS
from shelfwise.core.conform import conform
from shelfwise.core.frames import local_frame
from shelfwise.inventory.compare_policies import compare_policies
from shelfwise.inventory.simulate_policies import ReplayParams, Scenario, in_proportion, simulate_policies
from shelfwise.measures.rules import RULES
from tests.inventory.builders import AS_OF, assumptions, items, lead_times, profiles, receipts, supply, weekly

MONDAY = AS_OF - timedelta(days=6)
PAST = {"steady": [4.0] * 20, "uneven": [0.0, 9.0] * 10, "young": [3.0, 2.0, 5.0], "rare": [0.0] * 15 + [1.0] + [0.0] * 4}


def simulated(spark, **params):
    made = simulate_policies(
        weekly(spark, **PAST),
        items=items(spark, *[{"item_id": item, "department": "DELI" if item == "rare" else "GROCERY"} for item in PAST]),
        profiles=profiles(spark, *[(item, 10.0, AS_OF) for item in PAST]),
        receipts=receipts(spark),
        lead_times=lead_times(spark),
        supply=supply(spark),
        assumptions=assumptions(spark, ("*", "case_pack", 1.0), ("*", "minimum_units", 0.0), ("*", "lead_time_days", 7.0)),
        params=ReplayParams(**params),
        as_of=AS_OF,
    )
    return conform(made, POLICY_WEEKS).toPandas()


@pytest.fixture(scope="module")
def weeks(spark):
    return simulated(spark, weeks=12)


def test_each_item_has_its_last_weeks_under_each_rule_and_scenario(weeks):
    counted = weeks.groupby(["scenario", "policy", "item_id"])["week"].agg(["count", "min", "max"])
    assert set(weeks["policy"]) == set(RULES) and weeks["scenario"].nunique() == 3
    assert len(counted) == 3 * len(RULES) * len(PAST)
    assert (counted["max"] == MONDAY).all()
    for item, history in PAST.items():
        of_item = counted.xs(item, level="item_id")
        assert (of_item["count"] == min(12, len(history))).all()
        assert (of_item["min"] == MONDAY - timedelta(weeks=min(12, len(history)) - 1)).all()


def test_stock_flows_add_up_and_demand_is_the_scenarios(weeks):
    assert (weeks["opening"] + weeks["received"] - weeks["sold"] == weeks["closing"]).all()
    asked = (weeks["sold"] + weeks["lost"]).groupby([weeks["scenario"], weeks["policy"], weeks["item_id"]]).sum()
    for item, history in PAST.items():
        was = sum(history[-12:])
        for scenario, factor in (("history", 1.0), ("a fifth more demand", 1.2), ("two weeks later", 1.0)):
            assert asked[scenario].xs(item, level="item_id").tolist() == pytest.approx([was * factor] * len(RULES), abs=1)


def test_money_by_hand(weeks):
    """Price 10, cost 7: a lost unit 3; a unit held for a week 7 x .25 / 52."""
    assert weeks["lost_margin"].tolist() == pytest.approx((3 * weeks["lost"]).tolist())
    assert weeks["holding_cost"].tolist() == pytest.approx((weeks["closing"] * 7 * 0.25 / 52).tolist())


def test_what_others_earn_of_a_lost_sale_is_taken_off(spark, weeks):
    half = simulated(spark, weeks=12, substitution=0.5, scenarios={"history": Scenario()})
    whole = weeks[weeks["scenario"] == "history"]
    assert half["lost_margin"].sum() == pytest.approx(whole["lost_margin"].sum() / 2)


def test_later_goods_need_more_stock_or_lose_more(weeks):
    """Over two weeks more the textbook's level rises, and sales are lost while it is built up."""
    steady = weeks[(weeks["item_id"] == "steady") & (weeks["policy"] == "mean_z")].groupby("scenario")["ordered"].sum()
    assert steady["two weeks later"] >= steady["history"]


def test_a_factor_keeps_the_total():
    assert in_proportion(np.array([[1.0, 1.0, 1.0, 1.0, 1.0]]), 1.2).tolist() == [[1, 1, 2, 1, 1]]
    assert in_proportion(np.array([[3.0, 0.0, 4.0]]), 1.0).tolist() == [[3, 0, 4]]


ROWS = [
    # item, department, policy, lost, margin lost, holding: two weeks each
    *(("a", "X", "met", lost, 3.0 * lost, 1.0) for lost in (0, 1)),
    *(("b", "Y", "met", lost, 3.0 * lost, 1.0) for lost in (0, 0)),
    *(("a", "X", "mean_z", lost, 3.0 * lost, 2.0) for lost in (0, 0)),
    *(("b", "Y", "mean_z", lost, 3.0 * lost, 4.0) for lost in (0, 0)),
]


def compared(spark):
    rows = [
        (
            AS_OF,
            "history",
            policy,
            item,
            department,
            MONDAY - timedelta(weeks=n % 2),
            5,
            0,
            4,
            lost,
            1,
            2 * (n % 2),
            margin,
            holding,
        )
        for n, (item, department, policy, lost, margin, holding) in enumerate(ROWS)
    ]
    schema = ", ".join(f"{name} {column.type}" for name, column in POLICY_WEEKS.schema.items())
    made = conform(compare_policies(local_frame(spark, rows, schema), as_of=AS_OF), POLICY_REPLAY)
    return made.toPandas().set_index(["policy", "department"])


def test_policies_are_compared_item_by_item(spark):
    """The plan's rule costs a (0 + 1 + 3 + 1) / 2 = 2.5 a week, b 1; mean_z 2 and 4. Differences -.5 and 3: mean 1.25, s = 2.4749,
    1.96 s / sqrt(2) = 3.43. Of 17 asked for one is lost; of four item-weeks one has a miss; an order in every second week."""
    found = compared(spark)
    met, other = found.loc[("met", "*")], found.loc[("mean_z", "*")]
    assert (met["items"], met["order_lines"], met["mean_stock"]) == (2, 2, 1)
    assert (met["fill_rate"], met["cycle_service"]) == (pytest.approx(16 / 17), 0.75)
    assert (met["lost_margin"], met["holding_cost"], other["holding_cost"]) == (3, 4, 12)
    assert (met["more_cost"], met["more_cost_low"], met["more_cost_high"]) == (0, 0, 0)
    assert other["more_cost"] == pytest.approx(1.25)
    assert other["more_cost_high"] == pytest.approx(1.25 + 1.959964 * 3.5 / 2)
    assert other["more_cost_low"] == pytest.approx(1.25 - 1.959964 * 3.5 / 2)


def test_a_single_item_has_no_interval(spark):
    row = compared(spark).loc[("mean_z", "X")]
    assert (row["items"], row["more_cost"]) == (1, pytest.approx(-0.5))
    assert pd.isna(row["more_cost_low"]) and pd.isna(row["more_cost_high"])
