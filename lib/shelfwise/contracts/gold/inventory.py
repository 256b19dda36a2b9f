"""What is in stock, what that means, and what to order."""

from shelfwise.contracts.features import AS_OF
from shelfwise.contracts.silver import MONEY
from shelfwise.core.table import Table, optional, required

STOCK_POSITION = Table(
    name="gold.stock_position",
    doc="What is on hand and on order at the end of as_of. One row per as_of and item.",
    key=("as_of", "item_id"),
    schema=AS_OF
    | {
        "item_id": required("string", "the item"),
        "on_hand": required("long", "units"),
        "on_order": required("long", "units ordered and not received"),
        "replayed": required(
            "boolean",
            "true where the shop gives no stock (of what has never sold nor orders), and the policy was replayed over its sales",
        ),
        "fill_rate": optional("double", "share of demand served from stock in the replay, last 13 weeks"),
    },
    checks={"stock_is_not_negative": "on_hand >= 0 AND on_order >= 0"},
    slice="as_of",
)

INVENTORY_PLAN = Table(
    name="gold.inventory_plan",
    doc="What the forecast means for the stock. One row per as_of and item.",
    key=("as_of", "item_id"),
    schema=AS_OF
    | {
        "item_id": required("string", "the item"),
        "maker_id": required("string", "brand or supplier"),
        "supplier_id": required("string", "whom to order from: the supplier of its terms, else the maker"),
        "department": required("string", "of the item"),
        "category": required("string", "of the item"),
        "on_hand": required("long", "units"),
        "on_order": required("long", "units"),
        "lead_weeks": required("int", "weeks from order to receipt: of the median where receipts are known"),
        "review_weeks": required("int", "weeks from one order to the next"),
        "unit_cost": required(MONEY, "per unit"),
        "unit_price": required(MONEY, "per unit, before discounts"),
        "case_pack": required("int", "units per case"),
        "minimum_units": required("int", "smallest order"),
        "critical_ratio": required("double", "margin / (margin + cost of holding one unit for one review period)"),
        "expected_demand": required("double", "units over lead time + review period"),
        "order_up_to": required(
            "long", "units: at the critical ratio the quantile of demand until the next receipt that can still be met"
        ),
        "order_units": required("long", "units to order now; whole cases, at least the minimum"),
        "p_stock_out": required("double", "probability that it exceeds the position after ordering"),
        "p_stock_out_now": required("double", "the same without an order"),
        "expected_left_over": required("double", "expected units left at the end of lead time + review period, after ordering"),
        "expected_short": required("double", "expected units of what can still be met that find no stock, after ordering"),
        "days_of_cover": optional("double", "position before ordering / expected daily demand; null without demand"),
        "status": required("string", "stocked_out, at_risk, ok, surplus, dead"),
        "action": required(
            "string", "expedite, replenish, clear (mark down), stop (dead: order no more), warn (likely to sell out), none"
        ),
        "stock_value": required(MONEY, "on_hand x unit_cost"),
        "age_days": optional(
            "double", "mean days since receipt of the units on hand whose receipt is known, first in, first out; else null"
        ),
        "excess_units": required(
            "double", "expected units of the position that the next 13 weeks (since a launch to come) leave over, without an order"
        ),
        "clear_gain": required("double", "money that marking these down saves against keeping them; negative: keep them"),
        "turnover": optional("double", "times a year that the stock sells, at the pace of the next 13 weeks; null without stock"),
        "gmroi": optional("double", "gross margin a year / stock value, the same"),
        "expedite_units": required("double", "of the lead time's demand an expedited order would save at most so many, expected"),
        "expedite_gain": required("double", "money: their margin less what expediting adds to their cost"),
        "assumed": required("array<string>", "which of the inputs are assumptions"),
        "lead_days_low": optional("int", "one of twenty orders takes no more days; null where the lead time is agreed or assumed"),
        "lead_days_high": optional("int", "one of twenty orders takes more days"),
        "lead_receipts": optional("long", "receipts of the item that tell of its lead time"),
        "supplier_receipts": optional("long", "receipts of all items of its supplier"),
        "week_shares": optional(
            "array<double>", "P(an order comes on the day itself, in week 1, 2, … 13 or later); null as lead_days_low"
        ),
        "launch": optional("date", "Monday of the week in which it goes on sale, of items that a list price announces; else null"),
        "half_sells": optional(
            "double",
            "units: an order of what has never sold goes no further (but for whole cases): median demand of the weeks foreseen",
        ),
        "unmet_demand": required("string", "lost: who finds an empty shelf buys elsewhere; waits: comes back for the next receipt"),
    },
    checks={
        "probabilities": "p_stock_out BETWEEN 0 AND 1 AND p_stock_out_now BETWEEN 0 AND 1",
        "orders_whole_cases": "order_units % case_pack = 0",
        "critical_ratio_is_a_share": "critical_ratio BETWEEN 0 AND 1",
        "action_is_known": "action IN ('expedite', 'replenish', 'clear', 'stop', 'warn', 'none')",
        "status_is_known": "status IN ('stocked_out', 'at_risk', 'ok', 'surplus', 'dead')",
        "unmet_demand_is_known": "unmet_demand IN ('lost', 'waits')",
    },
    slice="as_of",
)

PURCHASE_ORDERS = Table(
    name="gold.purchase_orders",
    doc="Draft orders for a buyer to release. One row per as_of and order line.",
    key=("as_of", "order_id"),
    schema=AS_OF
    | {
        "order_id": required("string", "draft id: the same as_of and item always give the same"),
        "supplier_id": required("string", "whom to order from"),
        "item_id": required("string", "what"),
        "description": required("string", "text for people"),
        "units": required("long", "whole cases"),
        "cases": required("long", "units / case pack"),
        "cost": required(MONEY, "units x unit cost"),
        "needed_by": required("date", "when it must be there: as_of + lead time"),
        "planned_units": required("long", "units that gold.inventory_plan orders of the item by itself"),
        "binding": required(
            "string",
            "what set the units: demand, case pack, smallest order, supplier minimum, budget, room (of the warehouse),"
            " shelf life, risk (aversion)",
        ),
        "expected_profit": required(
            "double", "money until the next order can arrive: margin of what it adds to sales, less holding"
        ),
        "worst_profit": required(
            "double", "the same, mean of the worst demands (conditional value at risk; draft_orders.worst_share)"
        ),
        "marginal_profit": required(
            "array<double>",
            "money: expected profit of the order's blocks, its smallest order, then case by case (some at a time if many)",
        ),
        "p_left": optional(
            "double", "probability that some of it is left when the forecast ends, after 13 weeks (since a launch to come)"
        ),
        "p_stock_out": required("double", "after ordering"),
        "p_stock_out_now": required("double", "without this order"),
        "expected_left_over": required("double", "units"),
        "reason": required("string", "one sentence with the numbers that bind"),
        "assumed": required("array<string>", "which of the inputs are assumptions"),
    },
    checks={
        "orders_something": "units > 0",
        "cost_is_not_negative": "cost >= 0",
        "worst_is_not_above_the_mean": "worst_profit <= expected_profit + 1e-6",
        "p_left_is_a_probability": "p_left IS NULL OR p_left BETWEEN 0 AND 1",
        "binding_is_known": (
            "binding IN ('demand', 'case pack', 'smallest order', 'supplier minimum', 'budget', 'room', 'shelf life', 'risk')"
        ),
    },
    slice="as_of",
)

PLAN_CHANGES = Table(
    name="gold.plan_changes",
    doc="How far the plan has moved since that of an earlier day. One row per as_of and item on sale in both plans, '*' for all.",
    key=("as_of", "item_id"),
    schema=AS_OF
    | {
        "item_id": required("string", "the item; '*': all that are on sale in both plans"),
        "previous_as_of": required("date", "day of the plan that it is compared with"),
        "order_up_to": required("long", "units"),
        "order_up_to_before": required("long", "units"),
        "level_change": required("long", "units: now less before"),
        "demand_change": required("double", "units expected over lead time + review period: now less before"),
        "order_units": required("long", "units to order now"),
        "order_units_before": required("long", "units that were to be ordered then"),
        "status": optional("string", "as in gold.inventory_plan; null of all"),
        "status_before": optional("string", "then"),
        "cause": optional("string", "what moved the level: none, terms (of buying), demand, stock; null of all"),
        "instability": optional("double", "changes of levels / levels before; null where these were 0"),
    },
    checks={"cause_is_known": "cause IS NULL OR cause IN ('none', 'terms', 'demand', 'stock')"},
    slice="as_of",
)
