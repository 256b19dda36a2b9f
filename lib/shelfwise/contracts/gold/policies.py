"""What other ways of ordering would have held, missed and cost."""

from shelfwise.contracts.features import AS_OF
from shelfwise.core.table import Table, optional, required

POLICIES = "met (the plan's rule where unmet demand is lost), all_demand, mean_z, weeks_of_cover: see measures.rules"

POLICY_PERIODS = Table(
    name="gold.policy_periods",
    doc="Each rule of ordering replayed over the shop's past. One row per as_of, scenario, policy, item and period of some weeks.",
    key=("as_of", "scenario", "policy", "item_id", "period"),
    schema=AS_OF
    | {
        "scenario": required("string", "history: demand and lead times as they were; else what was changed"),
        "policy": required("string", POLICIES),
        "item_id": required("string", "the item"),
        "department": required("string", "of the item"),
        "period": required("date", "Monday of its first week"),
        "weeks": required("int", "weeks in it in which the item was there"),
        "opening": required("long", "units on hand before the first week's receipt"),
        "received": required("long", "units"),
        "sold": required("long", "units asked for and there"),
        "lost": required("long", "units asked for and not there"),
        "closing": required("long", "units on hand at the end"),
        "ordered": required("long", "units"),
        "orders": required("int", "weeks in which some were ordered"),
        "weeks_met": required("int", "weeks in which nobody was turned away"),
        "stock_weeks": required("long", "units x weeks: what was on hand at the weeks' ends, summed"),
        "lost_margin": required("double", "money: lost units x margin, less what other items earn of it"),
        "holding_cost": required("double", "money: stock_weeks x cost x the share that holding costs in a week"),
    },
    checks={
        "stock_adds_up": "opening + received - sold = closing",
        "nothing_is_negative": "least(opening, received, sold, lost, closing, ordered, stock_weeks) >= 0",
        "weeks_are_weeks": "weeks > 0 AND orders BETWEEN 0 AND weeks AND weeks_met BETWEEN 0 AND weeks",
    },
    slice="as_of",
)

POLICY_REPLAY = Table(
    name="gold.policy_replay",
    doc="Rules of gold.policy_periods beside that for what can still be met. One row per as_of, scenario, policy and department.",
    key=("as_of", "scenario", "policy", "department"),
    schema=AS_OF
    | {
        "scenario": required("string", "as in gold.policy_periods"),
        "policy": required("string", POLICIES),
        "department": required("string", "'*': all"),
        "items": required("long", "items replayed"),
        "fill_rate": optional("double", "units sold / units asked for; null where nobody asked"),
        "cycle_service": required("double", "share of item-weeks in which nobody was turned away"),
        "lost_margin": required("double", "money, all weeks"),
        "holding_cost": required("double", "money, all weeks"),
        "order_lines": required("long", "orders placed"),
        "mean_stock": required("double", "units per item at a week's end"),
        "more_cost": required("double", "money per item and week above the rule met: lost margin + holding; mean over items"),
        "more_cost_low": optional("double", "lower end of its 95 % interval, items paired; null of a single item"),
        "more_cost_high": optional("double", "upper end"),
    },
    checks={"shares_are_shares": "cycle_service BETWEEN 0 AND 1 AND coalesce(fill_rate, 1) BETWEEN 0 AND 1"},
    slice="as_of",
)
