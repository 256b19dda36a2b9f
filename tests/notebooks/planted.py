"""What each notebook must show of a shop whose tables are all there, held against the tables."""

from collections.abc import Callable
from datetime import date

import numpy as np
import pytest
from pyspark.sql import functions as F

from shelfwise.contracts import silver
from shelfwise.contracts.gold import controls, demand, introductions, inventory, recommend, risk
from shelfwise.core.admission import LEDGER
from shelfwise.core.lake import Lake
from tests.notebooks.executed import Shown


def silver_shows(shown: Shown, lake: Lake, as_of: date) -> None:
    """Rows of all fates are those read; weeks by department add up to the tills; items come by revenue."""
    rows, revenue, promoted, items = shown.figures
    assert sum(sum(bar.x) for bar in rows.data) == lake.read(LEDGER).agg(F.sum("read")).first()[0]
    first, last = lake.read(silver.SALES_LINES).agg(F.min("sold_on"), F.max("sold_on")).first()
    weeks = ((last - first).days + 1) // 7  # the planted shop begins on a Monday
    whole = lake.read(silver.SALES_LINES).where(f"kind = 'sale' AND sold_on < DATE'{first}' + {7 * weeks}")
    assert max(len(line.x) for line in revenue.data) == weeks  # a department may come in later
    assert sum(sum(line.y) for line in revenue.data) == pytest.approx(float(whole.agg(F.sum("revenue")).first()[0]))
    assert 0 < np.nanmax(promoted.data[0].z) < 1
    assert list(items.data[0].x) == sorted(items.data[0].x, reverse=True) and len(items.data[0].x) == 15
    assert "No row was ever refused." in shown.printed


def forecasts_show(shown: Shown, lake: Lake, as_of: date) -> None:
    """The dearest order comes first; the item drilled into is that of the highest forecast, beside the weeks since."""
    dearest = lake.read(inventory.PURCHASE_ORDERS).agg(F.max("cost")).first()[0]
    assert shown.space["top_orders"].first()["cost"] == dearest
    foreseen = lake.read(demand.DEMAND_FORECAST).groupBy("item_id").agg(F.sum("mean").alias("units"))
    assert shown.space["item"] == foreseen.orderBy(F.desc("units"), "item_id").first()["item_id"]
    assert shown.space["drill_down"].count() == 13
    fan, _, suppliers = shown.figures
    points = {line.name: len(line.x) for line in fan.data}
    assert (points["sold"], points["forecast mean"], points["sold since"]) == (26, 13, 5)
    held = shown.traces(1)
    assert (np.array(held["below"].y) < np.array(demand.LEVELS) + 0.1).all()
    assert (np.array(held["at or below"].y) > np.array(demand.LEVELS) - 0.1).all()
    assert max(suppliers.data[0].x) <= float(lake.read(inventory.PURCHASE_ORDERS).agg(F.sum("cost")).first()[0])


def recommender_shows(shown: Shown, lake: Lake, as_of: date) -> None:
    """A bar per model, target and measure; three lists of ten; what stands at a place adds up to all lists."""
    accuracy, similar, places = shown.figures
    assert sum(len(bar.x) for bar in accuracy.data) == 3 * lake.read(recommend.RECOMMENDER_ACCURACY, as_of).count()
    assert shown.space["few_lists"].count() == 30
    assert shown.space["few_lists"].where("because IS NOT NULL").take(1)
    assert 1 <= sum(len(bar.x) for bar in similar.data) <= 10
    shares = np.zeros(11)
    for bar in places.data:
        shares[np.array(bar.x)] += bar.y
    assert shares[1:] == pytest.approx(1)


def what_if_shows(shown: Shown, lake: Lake, as_of: date) -> None:
    """The higher the level, the fewer sales are lost and the more is held; today's plan is that of the table."""
    money, frontier, departments = shown.figures
    lines = {line.name: np.array(line.y) for line in money.data}
    assert (np.diff(lines["margin of lost sales"]) <= 1e-6).all() and (np.diff(lines["holding what is left over"]) >= -1e-6).all()
    assert lines["both together"] == pytest.approx(lines["margin of lost sales"] + lines["holding what is left over"])
    plan = lake.read(inventory.INVENTORY_PLAN, as_of)
    left = plan.agg(F.sum(F.col("expected_left_over") * F.col("unit_cost").cast("double"))).first()[0]
    level, today = frontier.data
    assert len(level.x) == 5 and list(today.x) == [pytest.approx(left)]
    assert {bar.name for bar in departments.data} == {"today's plan", "94% for all"}
    assert sum(next(bar.x for bar in departments.data if bar.name == "today's plan")) == pytest.approx(left)


def introductions_show(shown: Shown, lake: Lake, as_of: date) -> None:
    """A point per chosen candidate; the steps add up to the first one's profit; a point per set on the frontier."""
    candidates, steps, frontier, _, cohorts = shown.figures
    chosen = lake.read(introductions.INTRODUCTIONS, as_of).where("rank IS NOT NULL").orderBy("rank").collect()
    assert sum(len(dots.x) for dots in candidates.data) == min(len(chosen), 20) > 0
    assert sum(steps.data[0].y) == pytest.approx(chosen[0]["profit"])
    assert sum(len(dots.x) for dots in frontier.data) >= 1
    weeks = lake.read(introductions.INTRODUCTION_COHORTS, as_of).select("launch_week").distinct().count()
    assert {len(line.x) for line in cohorts.data} == {weeks}


def risk_shows(shown: Shown, lake: Lake, as_of: date) -> None:
    """As many losses as scenarios, their mean and kinds those of the table; controls by worth per money."""
    losses, kinds, suppliers, stresses, priced = shown.figures
    total = lake.read(risk.RISK_PORTFOLIO, as_of).where("scope = 'total'").first()
    assert len(losses.data[0].x) == total["scenarios"]
    assert np.mean(losses.data[0].x) == pytest.approx(total["expected_loss"])
    assert {line.x0 for line in losses.layout.shapes} == {total[name] for name in ("var_95", "cvar_95", "var_99", "cvar_99")}
    assert sum(kinds.data[0].x) == pytest.approx(total["cvar_95"])
    assert len(suppliers.data[0].x) == min(15, lake.read(risk.RISK_SUPPLIERS, as_of).count())
    assert len(stresses.data[0].x) == lake.read(risk.RISK_STRESS, as_of).where("kind = '*'").count()
    worth = lake.read(controls.RISK_CONTROLS, as_of).where("control <> 'together' AND per_money IS NOT NULL")
    highest = [row["per_money"] for row in worth.orderBy(F.desc("per_money")).limit(15).collect()]
    shown_worth = {bar_y: x for bar in priced.data for bar_y, x in zip(bar.y, bar.x, strict=True)}
    assert [shown_worth[name] for name in reversed(priced.layout.yaxis.categoryarray)] == highest


SHOWS: dict[str, Callable[[Shown, Lake, date], None]] = {
    "explore_silver": silver_shows,
    "explore_forecasts": forecasts_show,
    "explore_recommender": recommender_shows,
    "plan_what_if": what_if_shows,
    "explore_introductions": introductions_show,
    "explore_risk": risk_shows,
}
