from shelfwise.contracts.gold.policies import POLICY_REPLAY
from shelfwise.measures.rules import RULES
from shelfwise.report.ways import HISTORY, NAMES, OWN, ways
from tests.report.shop import frame_of


def test_rules_come_by_cost_with_what_scenarios_add(tables):
    """80 against 100: a fifth less. Departments are not shown."""
    found = ways(tables["replay"])
    assert [(row["policy"], row["cost"]) for row in found.rows] == [("met", 80.0), ("mean_z", 100.0)]
    assert found.scenarios == {"met": {"two weeks later": 120.0}, "mean_z": {"two weeks later": 130.0}}
    assert found.finding() == "Ordering up to what can still be met would have cost 20.0 % less than the best other rule: 80 in all"


def test_a_dearer_own_rule_is_said(spark):
    rows = [
        {"scenario": HISTORY, "department": "*", "policy": policy, "lost_margin": lost}
        for policy, lost in (("met", 11.0), ("mean_z", 10.0), ("weeks_of_cover", 12.0))
    ]
    assert "10.0 % more than the best other rule: 11 in all" in ways(frame_of(spark, POLICY_REPLAY, rows)).finding()


def test_a_difference_that_may_be_chance_is_none(spark):
    rows = [
        {"scenario": HISTORY, "department": "*", "policy": policy, "lost_margin": lost, "more_cost_low": low, "more_cost_high": 0.3}
        for policy, lost, low in (("met", 11.0, 0.0), ("mean_z", 10.0, -0.4), ("weeks_of_cover", 12.0, 0.1))
    ]
    assert (
        ways(frame_of(spark, POLICY_REPLAY, rows)).finding().endswith("as much as the best other rule, within the error: 11 in all")
    )


def test_a_rule_that_costs_nothing_is_said(spark):
    rows = [{"scenario": HISTORY, "department": "*", "policy": "met", "lost_margin": 5.0}]
    rows.append({"scenario": HISTORY, "department": "*", "policy": "mean_z"})
    assert ways(frame_of(spark, POLICY_REPLAY, rows)).finding().endswith("cost nothing, up to what can still be met 5")


def test_nothing_compared_is_said(empty_tables):
    found = ways(empty_tables["replay"])
    assert (found.rows, found.scenarios) == ([], {})
    assert found.finding() == "Ways of ordering have not been compared yet"


def test_every_rule_has_a_name_for_people():
    assert set(NAMES) == set(RULES) and OWN in RULES
