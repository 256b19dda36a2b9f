"""Which items, brands and categories to bring in, what they are worth, and how those brought in are doing."""

from shelfwise.contracts.features import AS_OF
from shelfwise.contracts.silver import MONEY
from shelfwise.core.table import Table, optional, required

# what a newcomer brings and costs over its first 13 weeks, in the order in which they add up to its profit
EARNED = ("margin", "halo", "won")
SPENT = ("cannibalised", "holding", "clearing", "delivery", "place", "listing")
LINES = {
    "margin": "of what it sells: price less cost",
    "halo": "of what its buyers buy on other shelves beside it",
    "won": "of customers whom it brings to the shop",
    "cannibalised": "margin that items beside it on the shelf lose",
    "holding": "capital, space and shrinkage of its stock",
    "clearing": "loss on what is left and has to be cleared",
    "delivery": "of its order lines",
    "place": "on the shelf or in the warehouse, as long as it is kept",
    "listing": "once: content, set-up, first advertising",
}
DECISIONS = ("list", "test", "wait", "drop")
VERDICTS = ("scale up", "hold", "stop")

CANDIDATE_FORECAST = Table(
    name="gold.candidate_forecast",
    doc=(
        "What items that have never sold would sell in their first 13 weeks, seen from before; also of items launched in the last"
        " 13 weeks, as it would have been foreseen on their eve. One row per as_of and item."
    ),
    key=("as_of", "item_id"),
    schema=AS_OF
    | {
        "item_id": required("string", "the item"),
        "stage": required("string", "candidate: has never sold; launched: in the last 13 weeks"),
        "launch": required(
            "date", "Monday of the week of the first list price, else of the first sale; of a candidate the week after as_of"
        ),
        "department": required("string", "of the item"),
        "category": required("string", "of the item"),
        "shelf": required("string", "category / subcategory: its items stand in for one another"),
        "maker_id": required("string", "brand or supplier"),
        "price": required(MONEY, "shelf price"),
        "price_assumed": required("boolean", "true where no price was proposed: that of the nearest listed items"),
        "known": required("string", "which the shop sells already: maker and category, category, maker or neither"),
        "mean": required("array<double>", "expected units in weeks 1 to 13 since launch"),
        "units": required("double", "their sum"),
        "level_shape": required("double", "gamma shape of the level's uncertainty: its variance is 1 / level_shape"),
        "levels": required("array<double>", "P(demand / forecast is each level of measures.levels.GRID), as earlier launches went"),
        "scatter": required("double", "dispersion of a week's units beyond it: variance = mean + scatter x mean squared"),
        "category_mean": required("double", "what the mean of the category's earlier launches says of the 13 weeks, units"),
        "category_weekly": optional("double", "units a week of the category, last 4 weeks; null where it does not sell"),
        "prior_level": required("string", "lowest level with earlier launches to learn from: category, department or shop"),
        "analogues": required(
            "array<struct<item_id:string,similarity:double>>", "the most similar earlier launches first; 1 is alike"
        ),
    },
    checks={
        "stage_is_known": "stage IN ('candidate', 'launched')",
        "mean_is_not_negative": "units >= 0 AND forall(mean, m -> m >= 0)",
        "shape_is_positive": "level_shape > 0 AND scatter >= 0",
    },
    slice="as_of",
)

# what depends on the opening order, and on when the stop rule is read
PLANNED = (
    {
        "plan": required("string", "test: P(failure) is above the setting, so that the stop rule decides soon; list: it is not"),
        "opening_units": required("long", "of the opening order"),
        "opening_cost": required(MONEY, "of the opening order"),
        "stop_week": required("int", "weeks after launch at whose end the stop rule is read"),
        "stop_units": optional("long", "fewer units sold by then: stop and clear; null: no number of units would pay"),
        "units": required("double", "expected units sold in 13 weeks"),
        "units_q10": required("double", "10 % quantile"),
        "units_q90": required("double", "90 % quantile"),
    }
    | {name: required("double", f"expected money, {doc}") for name, doc in LINES.items()}
    | {
        "profit": required("double", "expected: margin, halo and customers won less all costs"),
        "profit_q05": required("double", "5 % quantile"),
        "profit_q95": required("double", "95 % quantile"),
        "cvar": required("double", "mean profit of the worst 5 % of scenarios"),
        "p_failure": required("double", "P(profit < 0)"),
        "p_stop": required("double", "P(the stop rule ends it)"),
        "payback_week": optional("int", "first week by whose end expected cash flow has paid the opening order; null: not in 13"),
        "point_profit": required("double", "profit, were demand just as expected"),
        "cannibalised_items": required("array<struct<item_id:string,units:double>>", "those that lose most, the most first"),
        "tastes": required("array<struct<taste:int,customers:double>>", "customers of each taste newly served in the category"),
        "newly_served": required("double", "their sum"),
        "demand": required("array<float>", "units sold, by scenario"),
        "outcome": required("array<float>", "profit, by scenario"),
    }
)


CANDIDATE_WORTH = Table(
    name="gold.candidate_worth",
    doc=(
        "What listing each candidate alone would be worth over its first 13 weeks, beside the present assortment, over common"
        " scenarios of demand, lead time and competitors' prices. One row per as_of and item."
    ),
    key=("as_of", "item_id"),
    schema=AS_OF
    | {
        "item_id": required("string", "the item"),
        "department": required("string", "of the item"),
        "category": required("string", "of the item"),
        "shelf": required("string", "category / subcategory"),
        "maker_id": required("string", "brand"),
        "supplier_id": required("string", "from whom"),
        "known": required("string", "which the shop sells already: maker and category, category, maker or neither"),
        "price": required(MONEY, "shelf price"),
        "unit_cost": required(MONEY, "per unit"),
        "case_pack": required("int", "units per case"),
        "launch": required("date", "Monday of the first week on sale: when an order has most likely come, or the season has"),
        "lead_weeks": required("int", "weeks from order to shelf"),
        "waits": required("int", "weeks that the launch is put off, because the category's season is to come"),
        "beside": required("double", "units that the shelf's listed items are expected to sell in the 13 weeks"),
        "beside_margin": required("double", "mean margin of these, money per unit"),
        "crowding": required("double", "see features.launch_effects"),
        "price_low": required("double", "lowest first price to offer: of the shelf's cheaper half, or cost and least margin"),
        "price_high": required("double", "highest one: of the shelf's dearer half, or the proposed one"),
        "assumed": required("array<string>", "inputs that rest on an assumption"),
    }
    | PLANNED
    | {
        "smaller": required(
            f"array<struct<{','.join(f'{name}:{column.type}' for name, column in PLANNED.items())}>>",
            "the same of smaller opening orders, which earn less, and more for their money: the larger one first",
        )
    },
    checks={
        "plan_is_known": "plan IN ('list', 'test')",
        "chances_are_shares": "p_failure BETWEEN 0 AND 1 AND p_stop BETWEEN 0 AND 1",
        "as_many_scenarios": "size(demand) = size(outcome)",
    },
    slice="as_of",
)

INTRODUCTIONS = Table(
    name="gold.introductions",
    doc="What to do with each candidate, chosen together within the limits of the settings. One row per as_of and item.",
    key=("as_of", "item_id"),
    schema=AS_OF
    | {
        "item_id": required("string", "the item"),
        "decision": required(
            "string", "list; test (likely enough to fail that the stop rule decides); wait (worth it, but a limit binds); drop"
        ),
        "rank": optional("int", "1 for what was chosen first; null if not chosen"),
        "description": optional("string", "text for people"),
        "department": required("string", "of the item"),
        "category": required("string", "of the item"),
        "maker_id": required("string", "brand"),
        "supplier_id": required("string", "from whom"),
        "known": required("string", "which the shop sells already: maker and category, category, maker or neither"),
        "launch_week": optional("date", "Monday of the first week on sale; null where dropped or waiting"),
        "opening_units": required("long", "to order now; 0 where dropped or waiting"),
        "opening_cost": required(MONEY, "of these"),
        "exposure_share": required("double", "share of recommended places to show it in, at first"),
        "price_low": required("double", "first price band, from"),
        "price_high": required("double", "to"),
        "advertising_cap": required("double", "most that advertising may cost before P(failure) passes the limit, money"),
        "units": required("double", "expected units sold in 13 weeks, listed alone"),
        "profit": required("double", "expected in 13 weeks, listed alone"),
        "profit_q05": required("double", "5 % quantile"),
        "profit_q95": required("double", "95 % quantile"),
        "gain": required("double", "what it adds to the chosen set, risk weighed; of those not chosen: what it would add"),
        "cvar": required("double", "mean profit of the worst 5 % of scenarios"),
        "p_failure": required("double", "P(profit < 0)"),
        "payback_week": optional("int", "first week by whose end the opening order is paid; null: not in 13"),
        "cannibalised_items": required("array<struct<item_id:string,units:double>>", "listed items that lose most, the most first"),
        "tastes": required("array<struct<taste:int,customers:double>>", "customers of each taste newly served in the category"),
        "stop_week": required("int", "weeks after launch at whose end the stop rule is read"),
        "stop_units": optional("long", "fewer units sold by then: stop and clear; null: no number of units would pay"),
        "binding": optional(
            "string",
            "budget, space, places, risk, supplier (its minimum) or shortlist holds it, or its best order, back; null: nothing",
        ),
        "assumed": required("array<string>", "inputs that rest on an assumption"),
        "reason": required("string", "the decision in a sentence, with the numbers that decided"),
    },
    checks={
        "decision_is_known": "decision IN ('list', 'test', 'wait', 'drop')",
        "orders_only_what_is_chosen": "decision IN ('list', 'test') OR opening_units = 0",
        "exposure_is_a_share": "exposure_share BETWEEN 0 AND 1",
    },
    slice="as_of",
)

INTRODUCTION_SETS = Table(
    name="gold.introduction_sets",
    doc=(
        "What sets of candidates are worth together, line by line: the one chosen, those of other aversions to risk (the frontier),"
        " and of simpler rules within the same limits. One row per as_of, set and line."
    ),
    key=("as_of", "chosen_by", "line"),
    schema=AS_OF
    | {
        "chosen_by": required("string", "shelfwise (in use), aversion X, everything, nothing, category growth or point forecast"),
        "line": required(
            "string",
            "items, budget, the lines of gold.candidate_worth, shared (what newcomers take from one another), profit, cvar,"
            " p_failure or newly_served",
        ),
        "amount": required("double", "money over 13 weeks, costs below 0; number of items or customers; a probability"),
    },
    slice="as_of",
)

INTRODUCTION_COHORTS = Table(
    name="gold.introduction_cohorts",
    doc="How launched items do against what was foreseen on their eve. One row per as_of, item and week since launch that is over.",
    key=("as_of", "item_id", "launch_week"),
    schema=AS_OF
    | {
        "item_id": required("string", "the item"),
        "launch_week": required("int", "weeks since launch, from 1"),
        "launch": required("date", "Monday of the week of the first list price, else of the first sale"),
        "department": required("string", "of the item"),
        "category": required("string", "of the item"),
        "planned": required("double", "units foreseen for the week"),
        "units": required("double", "units wanted in it"),
        "cum_planned": required("double", "planned since launch"),
        "cum_units": required("double", "wanted since launch"),
        "level": required("double", "expected demand / plan from here on: plan and sales weighed by what they know"),
        "against_stop": required("double", "evidence for a level below the stop's: >= 1 / alpha stops at any week"),
        "against_plan": required("double", "evidence for a level above the scale-up's: >= 1 / alpha scales up at any week"),
        "verdict": required("string", "scale up, hold or stop, by the end of this week; it stands once given"),
    },
    checks={"verdict_is_known": "verdict IN ('scale up', 'hold', 'stop')", "planned_is_not_negative": "planned >= 0"},
    slice="as_of",
)

SUPPLY_CAPABILITY = Table(
    name="gold.supply_capability",
    doc=(
        "What the shop can supply, before and after the introductions that are proposed."
        " One row per as_of, department ('*' for all) and stage."
    ),
    key=("as_of", "department", "stage"),
    schema=AS_OF
    | {
        "department": required("string", "the department; '*' for all"),
        "stage": required("string", "before: as of as_of; after: with what is listed or tested"),
        "items": required("long", "items on sale: sold in the last 8 weeks, or chosen"),
        "categories": required("long", "breadth: categories with an item on sale"),
        "makers": required("long", "makers with an item on sale"),
        "depth": required("double", "items on sale per shelf (category and subcategory)"),
        "in_stock_rate": optional("double", "share of expected demand whose item is in stock; null where no stock is planned"),
        "success_rate": optional(
            "double", "share of launches that sold in 4 of their first 8 weeks; after: expected, P(no failure)"
        ),
        "days_to_first_sale": optional("double", "median days from the first list price to the first sale; null: no list prices"),
        "concentration": required("double", "Herfindahl index of revenue by maker: 1 is a single one"),
        "weekly_revenue": required("double", "of the last 8 weeks a week; after: with what is expected of those chosen"),
    },
    checks={"stage_is_known": "stage IN ('before', 'after')"},
    slice="as_of",
)
