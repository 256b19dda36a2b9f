"""Levers moved, on the shelves of tests/inventory/test_plan_met.py: weeks that ask for 10 u, single units, ratio .8."""

import pytest
from pyspark.sql import functions as F

from shelfwise.core.errors import SettingsError
from shelfwise.inventory.plan import PlanParams
from shelfwise.inventory.what_if import LINES, Levers, holding, replanned, sums, swept, told
from shelfwise.inventory.what_if_command import refuse_odd
from tests.inventory.builders import AS_OF, by_item
from tests.inventory.test_plan_met import forecasts, stocked

TODAY = Levers()


def orders(spark, levers, unmet_demand="waits"):
    plan = replanned(stocked(spark), forecasts(spark), levers, PlanParams(unmet_demand=unmet_demand), AS_OF)
    return {item: (row["critical_ratio"], row["order_units"]) for item, row in by_item(plan).items()}


def test_each_lever_moves_what_it_names(spark):
    """Up to the ratio's quantile of 30 u, less 6 or 0: 24 at .8. A level of .9: 27; twice the holding, 1 / (1 + 2 x .25):
    2/3 of 30, 20; a week more: 32 of 40 u; demand of half: 12."""
    assert orders(spark, TODAY)["empty"] == (pytest.approx(0.8), 24)
    assert orders(spark, Levers(service_level=0.9))["empty"] == (0.9, 27)
    assert orders(spark, Levers(holding_factor=2.0))["empty"] == (pytest.approx(2 / 3), 20)
    assert orders(spark, Levers(more_lead_weeks=1))["some"][1] == 32 - 6
    assert orders(spark, Levers(demand_factor=0.5))["empty"][1] == 12


def test_a_known_lead_time_moves_on_as_a_whole(spark):
    """For certain two weeks, so three: as if it were agreed."""
    shares = F.transform(F.sequence(F.lit(0), F.lit(13)), lambda week: F.when(week == 2, 1.0).otherwise(0.0))
    known = stocked(spark).withColumns({"week_shares": shares, "days_q05": F.lit(12), "days_q95": F.lit(14)})
    plan = by_item(replanned(known, forecasts(spark), Levers(more_lead_weeks=1), PlanParams(unmet_demand="waits"), AS_OF))
    assert plan["some"]["order_units"] == 26
    assert (plan["some"]["lead_days_low"], plan["some"]["lead_days_high"]) == (19, 21)
    assert plan["some"]["week_shares"][3] == 1 and len(plan["some"]["week_shares"]) == 14
    late = by_item(replanned(known, forecasts(spark), Levers(more_lead_weeks=12), PlanParams(unmet_demand="waits"), AS_OF))
    assert late["some"]["week_shares"][13] == 1


def test_sums_of_a_plan_by_hand(spark):
    """Cost 7, price 10. Waiting: 24 and 18 are ordered, levels of 24 leave over 24^2 / 60 = 9.6 and lack 6^2 / 60 = .6 of 15
    asked for; of 40 25 are left. Left over 44.2 x 7; short 1.2 of 45; risks .1833 (read at 24.5 of 30), twice, and none."""
    row = sums(replanned(stocked(spark), forecasts(spark), TODAY, PlanParams(unmet_demand="waits"), AS_OF)).first()
    assert tuple(row.asDict()) == LINES
    assert (row["order lines"], row["ordered, units"], row["ordered, money"]) == (2, 42, pytest.approx(294))
    assert row["left over, money"] == pytest.approx(44.2 * 7, abs=1e-3)
    assert (row["lost sales, units"], row["lost sales, margin"]) == (pytest.approx(1.2, abs=1e-6), pytest.approx(3.6, abs=1e-6))
    assert row["fill rate"] == pytest.approx(1 - 1.2 / 45)
    assert row["mean risk to sell out"] == pytest.approx(2 * 5.5 / 30 / 3, abs=1e-6)


def test_what_is_left_over_is_held_until_the_next_review(spark):
    """44.2 units, as above, at .75 a week, for the week of the review period."""
    known = stocked(spark)
    plan = replanned(known, forecasts(spark), TODAY, PlanParams(unmet_demand="waits"), AS_OF)
    assert holding(plan, known).first()["holding"] == pytest.approx(44.2 * 0.75, abs=1e-3)


def test_what_no_order_can_meet_is_lost_too(spark):
    """An empty shelf that is filled for a week sells 8 less 3.2 of 15 until the next order could come; a week later of 20."""
    empty = stocked(spark).where("item_id = 'empty'")
    for more, lost in ((0, 15 - 4.8), (1, 20 - 4.8)):
        row = sums(replanned(empty, forecasts(spark), Levers(more_lead_weeks=more), PlanParams(), AS_OF)).first()
        assert row["lost sales, units"] == pytest.approx(lost, abs=1e-3)
        assert row["ordered, units"] == 8


def test_what_nobody_can_ask_for_yet_has_no_part_in_the_risk(spark):
    """`plenty` is announced: beside nobody's demand it is left out, beside some it counts."""
    plan = replanned(stocked(spark), forecasts(spark), TODAY, PlanParams(unmet_demand="waits"), AS_OF)
    away = F.col("item_id") == "plenty"
    known = plan.withColumn("p_stock_out", F.when(away, 0.9).otherwise(0.3)).withColumn("launch", F.when(away, F.lit(AS_OF)))
    for demand, mean in ((0.0, 0.3), (5.0, 0.5)):
        row = sums(known.withColumn("expected_demand", F.when(away, demand).otherwise(F.col("expected_demand")))).first()
        assert row["mean risk to sell out"] == pytest.approx(mean)


def test_dearer_stock_is_cleared_sooner_too(spark):
    plenty = stocked(spark).where("item_id = 'plenty'")
    gains = [
        replanned(plenty, forecasts(spark), Levers(holding_factor=factor), PlanParams(), AS_OF).first()["clear_gain"]
        for factor in (0.1, 0.2)
    ]
    assert gains[0] < gains[1]


def test_a_higher_service_level_costs_more_and_loses_less(spark):
    rows = [
        sums(replanned(stocked(spark), forecasts(spark), Levers(service_level=level), PlanParams(), AS_OF)).first()
        for level in (0.6, 0.9, 0.98)
    ]
    for line, rises in (("ordered, money", True), ("left over, money", True), ("lost sales, units", False), ("fill rate", True)):
        values = [row[line] for row in rows]
        assert values == sorted(values, reverse=not rises), line


def test_levels_at_once_are_levels_one_by_one(spark):
    params = PlanParams(unmet_demand="waits")
    every = swept(stocked(spark), forecasts(spark), (0.6, 0.9), params, AS_OF)
    at_once = {row["critical_ratio"]: row.asDict() for row in sums(every, "critical_ratio").collect()}
    for level, found in at_once.items():
        single = sums(replanned(stocked(spark), forecasts(spark), Levers(service_level=level), params, AS_OF)).first()
        assert found == single.asDict() | {"critical_ratio": level}
    assert set(at_once) == {0.6, 0.9}


def test_figures_are_told_for_people():
    assert told("ordered, money", (1234.4, 2234.6)) == ["1,234", "2,235", "+1,000"]
    assert told("fill rate", (0.95, 0.9732)) == ["95.0%", "97.3%", "+2.3 points"]
    assert told("fill rate", (None, 0.5)) == ["0.0%", "50.0%", "+50.0 points"]


@pytest.mark.parametrize(
    ("levers", "said"),
    [
        (Levers(), "move a lever"),
        (Levers(service_level=1.0), "--service-level 1: a share above 0 and up to 0.99"),
        (Levers(service_level=0.0), "--service-level 0"),
        (Levers(more_lead_weeks=-1), "--more-lead-weeks -1: from 0 to 12"),
        (Levers(holding_factor=0.0), "--holding-factor 0: a factor above 0"),
        (Levers(demand_factor=float("inf")), "--demand-factor inf"),
    ],
)
def test_odd_levers_are_refused(levers, said):
    with pytest.raises(SettingsError, match=said):
        refuse_odd(levers)
