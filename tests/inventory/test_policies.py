"""Ways of ordering replayed over a shop's past: by hand, and what must hold for any."""

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from shelfwise.contracts.gold.policies import POLICY_PERIODS, POLICY_REPLAY
from shelfwise.core.conform import conform
from shelfwise.inventory.compare_policies import compare_policies
from shelfwise.inventory.simulate_policies import ReplayParams, Scenario, in_proportion, simulate_policies
from shelfwise.measures.rules import RULES
from tests.inventory.builders import AS_OF, assumptions, items, lead_times, profiles, receipts, rows_of, supply, weekly

MONDAY = AS_OF - timedelta(days=6)
SCENARIOS = {
    "history": Scenario(),
    "a fifth more demand": Scenario(demand=1.2),
    "two weeks later": Scenario(more_lead_weeks=2),
}
PAST = {"steady": [4.0] * 20, "uneven": [0.0, 9.0] * 10, "young": [3.0, 2.0, 5.0], "rare": [0.0] * 15 + [1.0] + [0.0] * 4}


def simulated(spark, past=PAST, **params):
    made = simulate_policies(
        weekly(spark, **past),
        items=items(spark, *[{"item_id": item, "department": "DELI" if item == "rare" else "GROCERY"} for item in past]),
        profiles=profiles(spark, *[(item, 10.0, AS_OF) for item in past]),
        receipts=receipts(spark),
        lead_times=lead_times(spark),
        supply=supply(spark),
        assumptions=assumptions(spark, ("*", "case_pack", 1.0), ("*", "minimum_units", 0.0), ("*", "lead_time_days", 7.0)),
        params=ReplayParams(**params),
        as_of=AS_OF,
    )
    return conform(made, POLICY_PERIODS).toPandas()


@pytest.fixture(scope="module")
def periods(spark):
    return simulated(spark, periods=3, scenarios=SCENARIOS)


def test_each_item_has_its_last_periods_under_each_rule_and_scenario(periods):
    """Three of four weeks; the young item's three weeks lie in the last."""
    counted = periods.groupby(["scenario", "policy", "item_id"]).agg(first=("period", "min"), weeks=("weeks", "sum"))
    assert set(periods["policy"]) == set(RULES)
    assert len(counted) == len(SCENARIOS) * len(RULES) * len(PAST)
    for item, history in PAST.items():
        of_item = counted.xs(item, level="item_id")
        assert (of_item["weeks"] == min(12, len(history))).all()
        assert (of_item["first"] == MONDAY - timedelta(weeks=3 if item == "young" else 11)).all()


def test_stock_flows_add_up_and_demand_is_the_scenarios(periods):
    assert (periods["opening"] + periods["received"] - periods["sold"] == periods["closing"]).all()
    asked = (periods["sold"] + periods["lost"]).groupby([periods["scenario"], periods["policy"], periods["item_id"]]).sum()
    for item, history in PAST.items():
        was = sum(history[-12:])
        for scenario, changes in SCENARIOS.items():
            found = asked[scenario].xs(item, level="item_id").tolist()
            assert found == pytest.approx([was * changes.demand] * len(RULES), abs=1)


def test_periods_lie_alike_whatever_stands_beside_an_item(spark):
    """The young item's period begins before it did, as do those of older ones."""
    alone = simulated(spark, past={"young": PAST["young"]}, periods=3, scenarios={"history": Scenario()})
    assert set(alone["period"]) == {MONDAY - timedelta(weeks=3)}


def test_a_period_is_the_sum_of_its_weeks(spark, periods):
    """Of one week each, they are the weeks themselves: nobody was turned away where none were lost."""
    weekly = simulated(spark, periods=12, period_weeks=1, scenarios=SCENARIOS)
    assert (weekly["weeks"] == 1).all() and (weekly["stock_weeks"] == weekly["closing"]).all()
    assert (weekly["weeks_met"] == (weekly["lost"] == 0)).all() and (weekly["orders"] == (weekly["ordered"] > 0)).all()
    flows = ["weeks", "received", "sold", "lost", "ordered", "orders", "weeks_met", "stock_weeks", "lost_margin", "holding_cost"]
    of_item = ["scenario", "policy", "item_id"]
    both = [frame.groupby(of_item)[flows].sum() for frame in (weekly, periods)]
    pd.testing.assert_frame_equal(*both, check_dtype=False)


def test_money_by_hand(periods):
    """Price 10, cost 7: a lost unit 3; a unit held for a week 7 x .25 / 52."""
    assert periods["lost_margin"].tolist() == pytest.approx((3 * periods["lost"]).tolist())
    assert periods["holding_cost"].tolist() == pytest.approx((periods["stock_weeks"] * 7 * 0.25 / 52).tolist())


def test_what_others_earn_of_a_lost_sale_is_taken_off(spark, periods):
    half = simulated(spark, periods=3, substitution=0.5, scenarios={"history": Scenario()})
    whole = periods[periods["scenario"] == "history"]
    assert half["lost_margin"].sum() == pytest.approx(whole["lost_margin"].sum() / 2)


def test_later_goods_need_more_stock_or_lose_more(periods):
    uneven = periods[(periods["item_id"] == "uneven") & (periods["policy"] == "mean_z")]
    costs = (uneven["lost_margin"] + uneven["holding_cost"]).groupby(uneven["scenario"]).sum()
    assert costs["two weeks later"] > costs["history"]


def test_a_factor_keeps_the_total():
    assert in_proportion(np.array([[1.0, 1.0, 1.0, 1.0, 1.0]]), 1.2).tolist() == [[1, 1, 2, 1, 1]]
    assert in_proportion(np.array([[3.0, 0.0, 4.0]]), 1.0).tolist() == [[3, 0, 4]]


ROWS = [
    # item, department, policy, units lost, margin lost, holding: two weeks each
    ("a", "X", "met", 1, 3.0, 2.0),
    ("b", "Y", "met", 0, 0.0, 2.0),
    ("a", "X", "mean_z", 0, 0.0, 4.0),
    ("b", "Y", "mean_z", 0, 0.0, 8.0),
]


def compared(spark):
    flows = {"weeks": 2, "opening": 9, "received": 0, "sold": 8, "closing": 1, "ordered": 2, "orders": 1, "stock_weeks": 2}
    rows = [
        {**flows, "item_id": item, "department": department, "policy": policy, "lost": lost, "weeks_met": 2 - lost}
        | {"as_of": AS_OF, "scenario": "history", "period": MONDAY, "lost_margin": margin, "holding_cost": holding}
        for item, department, policy, lost, margin, holding in ROWS
    ]
    made = conform(compare_policies(rows_of(spark, POLICY_PERIODS, rows), as_of=AS_OF), POLICY_REPLAY)
    return made.toPandas().set_index(["policy", "department"])


def test_policies_are_compared_item_by_item(spark):
    """The plan's rule costs a (3 + 2) / 2 = 2.5 a week, b 1; mean_z 2 and 4. Differences -.5 and 3: mean 1.25, s = 2.4749,
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
