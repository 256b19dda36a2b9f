"""What could be lost against the plan in the next 13 weeks, where, and how sure that is.

A loss is money: what the plan earns in those weeks (demand as foreseen, everything on time and in full, at today's prices and
costs) less what a scenario leaves of it; below zero it is a gain. Kinds add up to the total in each scenario.
"""

from shelfwise.contracts.features import AS_OF
from shelfwise.contracts.gold.demand import LEVELS as QUANTILES
from shelfwise.contracts.silver import MONEY
from shelfwise.core.table import Field, Table, optional, required
from shelfwise.measures.tail import LEVELS

# the order in which a scenario befalls the plan: what two of them do together counts for the later one
KINDS = {
    "demand": "less is wanted than foreseen (more: a gain), and stock is held or cleared instead of sold",
    "stock_out": "what is wanted beyond the stock finds none, though all comes as agreed",
    "price": "rivals' prices move what is wanted, and the shop's own price where it follows",
    "cost": "suppliers' prices rise for what is not ordered yet",
    "late": "orders come later than planned",
    "short": "orders come in part, or broken",
    "outage": "a supplier can't deliver for some weeks",
    "failure": "a supplier goes bankrupt: advance payments are lost, and nothing comes until another one is found",
    "recall": "an item must not be sold any more",
    "shrinkage": "stock is broken, spoilt or stolen",
    "returns": "customers send back what they bought",
    "receivables": "customers on invoice fail, and part of what they owe is lost",
}
TYPES = {
    "market": ("demand", "price", "cost"),
    "operational": ("stock_out", "late", "short", "outage", "recall", "shrinkage", "returns"),
    "credit": ("failure", "receivables"),
}
SCOPES = ("total", "type", "kind", "department", "category", "supplier")
ALL = "*"
PROBABILITIES = (0.0, *QUANTILES, 1.0)  # of the lines through what is foreseen

_ITEM = {
    "item_id": required("string", "the item"),
    "description": optional("string", "text for people"),
    "department": required("string", "of the item"),
    "category": required("string", "of the item"),
    "supplier_id": required("string", "whom it is ordered from"),
}

EXPOSURE = Table(
    name="gold.risk_exposure",
    doc="What can be lost on each item that is on sale, in units, money and chances. One row per as_of and item.",
    key=("as_of", "item_id"),
    schema=AS_OF
    | _ITEM
    | {
        "unit_price": required(MONEY, "per unit"),
        "unit_cost": required(MONEY, "per unit"),
        "on_hand": required("double", "units"),
        "inbound": required("double", "units on order and drafted"),
        "drafted": required("double", "of these: could still be taken back"),
        "case_pack": required("int", "units per case: what is replenished comes in whole ones"),
        "safety_stock": required("double", "units that the plan means to have left when the next order comes"),
        "cover_weeks": required("int", "lead time + review period, at most 13: the next order after this one comes then"),
        "near_mean": required("double", "units expected until then: the mean of the line through its quantiles"),
        "far_mean": required("double", "the same of all 13 weeks"),
        "near": required("array<double>", "units until then at probability 0, .01 … .99, 1"),
        "far": required("array<double>", "units of all 13 weeks, the same"),
        "lead_weeks": required("int", "weeks from order to receipt that the plan counts on"),
        "week_shares": required("array<double>", "P(an order comes on the day itself, in week 1, 2, … 13 or later)"),
        "short_share": required("double", "of an order that does not come or can't be taken, on the average"),
        "shrinkage_share": required("double", "of the stock that is broken, spoilt or stolen in 13 weeks, on the average"),
        "return_share": required("double", "of what is sold that comes back, on the average"),
        "return_loss_share": required("double", "of the price that is lost on a unit that comes back, its margin apart"),
        "holding": required("double", "money for a unit in stock for a week"),
        "clearing": required("double", "money lost on a unit that is cleared"),
        "outages_per_year": required("double", "of the supplier"),
        "recover_weeks": required("double", "weeks that an outage lasts, on the average"),
        "failure_per_year": required("double", "P(the supplier goes bankrupt within a year)"),
        "stopped_chance": required(
            "double", "P(the supplier has stopped paying already), a part of failure_per_year; 0 where that is assumed"
        ),
        "replace_weeks": required("double", "weeks until another supplier delivers"),
        "advance": required("double", "money paid for what has not come"),
        "advance_loss_share": required("double", "of it that is lost in a bankruptcy"),
        "recalls_per_year": required("double", "of the item"),
        "assumed": required("array<string>", "which of these rest on an assumption"),
    },
    checks={
        "nothing_is_negative": "least(on_hand, inbound, near_mean, far_mean, unit_price, unit_cost, advance) >= 0",
        "shares_are_shares": "greatest(short_share, shrinkage_share, return_share) <= 1",
        "what_has_stopped_fails": "stopped_chance BETWEEN 0 AND failure_per_year + 1e-9",
        "laws_are_whole": "size(near) = 11 AND size(far) = 11 AND size(week_shares) = 14",
    },
    slice="as_of",
)

DEMAND_ERRORS = Table(
    name="gold.risk_demand_errors",
    doc=(
        "By which factor a department's weeks missed their forecasts together, items' own scatter taken out, in the backtest."
        " One row per as_of and department."
    ),
    key=("as_of", "department"),
    schema=AS_OF
    | {
        "department": required("string", "the department"),
        "together": required("double", "share of the squared errors of its weeks that its items have in common"),
        "factors": required("array<array<double>>", "by origin, latest first, and week: actual / forecast, drawn to 1; mean 1"),
    },
    checks={"shares_are_shares": "together BETWEEN 0 AND 1"},
    slice="as_of",
)

RISK_SCENARIOS = Table(
    name="gold.risk_scenarios",
    doc="What each part of the shop loses in each of the same scenarios. One row per as_of, scope and name.",
    key=("as_of", "scope", "name"),
    schema=AS_OF
    | {
        "scope": required("string", "total, type, kind (of loss), department, category (department / category) or supplier"),
        "name": required("string", "of the part; '*' for the total"),
        "losses": required("array<double>", "money, by scenario"),
        "settings": required("string", "JSON: how scenarios are drawn; what reads them draws items by the same"),
    },
    checks={"scope_is_known": f"scope IN {SCOPES}"},
    slice="as_of",
)


def loss_figures(of: str) -> dict[str, Field]:
    """The columns that say how a loss is distributed."""
    found = {
        "expected_loss": required("double", f"money: mean loss {of}"),
        "loss_sd": required("double", "money: standard deviation"),
    }
    for level in LEVELS:
        short = round(level * 100)
        found |= {
            f"var_{short}": required("double", f"money: value at risk, the loss not exceeded with probability {level:.0%}"),
            f"var_{short}_error": required("double", "its standard error"),
            f"cvar_{short}": required("double", f"money: mean of the worst {1 - level:.0%} of losses"),
            f"cvar_{short}_error": required("double", "its standard error"),
            f"var_{short}_share": required(
                "double", f"money of the total's value at risk at {level:.0%} that comes from it (Euler)"
            ),
            f"cvar_{short}_share": required("double", "money of the total's CVaR that comes from it (Euler): parts add up"),
        }
    return found


RISK_PORTFOLIO = Table(
    name="gold.risk_portfolio",
    doc="How losses of the next 13 weeks are distributed, by part of the shop. One row per as_of, scope and name.",
    key=("as_of", "scope", "name"),
    schema=AS_OF
    | {
        "scope": required("string", "total, type, kind (of loss), department, category (department / category) or supplier"),
        "name": required("string", "of the part; '*' for the total"),
    }
    | loss_figures("in 13 weeks against the plan")
    | {"scenarios": required("int", "futures that it rests on")},
    checks={
        "scope_is_known": f"scope IN {SCOPES}",
        "tails_are_in_order": "var_95 <= cvar_95 + 1e-6 AND cvar_95 <= cvar_99 + 1e-6",
    },
    slice="as_of",
)

RISK_ITEMS = Table(
    name="gold.risk_items",
    doc="How much could be lost on each item that is on sale, and why. One row per as_of and item.",
    key=("as_of", "item_id"),
    schema=AS_OF
    | _ITEM
    | {
        "planned_margin": required("double", "money: what it earns in 13 weeks by the plan, less holding its stock for them"),
        "stock_at_risk": required("double", "money: what is on hand and inbound, at cost"),
    }
    | loss_figures("on the item in 13 weeks against the plan")
    | {
        "main_kind": required("string", "kind of loss that most of its share of the total's CVaR at 95 % comes from"),
        "kinds": required("map<string,double>", "its share of the total's CVaR at 95 %, by kind of loss"),
        "reason": required("string", "one sentence with the numbers"),
        "assumed": required("array<string>", "which of the inputs are assumptions"),
    },
    checks={"kind_is_known": f"main_kind IN {tuple(KINDS)}"},
    slice="as_of",
)

RISK_SUPPLIERS = Table(
    name="gold.risk_suppliers",
    doc="How far the shop depends on each supplier, and what that could cost. One row per as_of and supplier.",
    key=("as_of", "supplier_id"),
    schema=AS_OF
    | {
        "supplier_id": required("string", "the supplier"),
        "items": required("long", "items that are ordered from it"),
        "planned_margin": required("double", "money: what they earn in 13 weeks by the plan"),
        "margin_share": required("double", "of the whole shop's"),
        "inbound_value": required("double", "money: what is on order and drafted, at cost"),
        "advance": required("double", "money paid for what has not come"),
        "survive_weeks": optional("double", "time to survive: weeks that its stock on hand lasts, by margin; null without demand"),
        "recover_weeks": required("double", "time to recover: weeks that an outage lasts, on the average"),
        "lost_in_outage": required("double", "money: margin that an outage of that length, beginning now, would cost"),
        "late_share": optional("double", "P(an order comes later than planned), mean over what is inbound; null where nothing is"),
        "short_share": optional("double", "of an order that does not come, the same"),
        "failure_per_year": required("double", "P(it goes bankrupt within a year)"),
    }
    | loss_figures("on its items in 13 weeks against the plan")
    | {"assumed": required("array<string>", "which of the inputs are assumptions, of any of its items")},
    slice="as_of",
)

RISK_STRESS = Table(
    name="gold.risk_stress",
    doc="What named troubles would cost, beside the same scenarios without them. One row per as_of, stress and kind of loss.",
    key=("as_of", "stress", "kind"),
    schema=AS_OF
    | {
        "stress": required("string", "its name"),
        "what": required("string", "in words"),
        "kind": required("string", "kind of loss; '*' for all"),
        "expected_loss": required("double", "money: mean over scenarios in which it happens"),
        "without": required("double", "money: the same scenarios without it"),
        "added_loss": required("double", "money: what it adds to the loss"),
        "added_loss_error": required("double", "its standard error, scenarios paired"),
        "cvar_95": required("double", "money: mean of the worst 5 % of scenarios in which it happens"),
        "margin_share": required("double", "added_loss / what the plan earns in 13 weeks"),
    },
    slice="as_of",
)

CONCENTRATION = Table(
    name="gold.risk_concentration",
    doc="How far planned margin depends on few items, brands, suppliers or categories. One row per as_of and what is counted.",
    key=("as_of", "by"),
    schema=AS_OF
    | {
        "by": required("string", "item, brand, supplier, category or department"),
        "parts": required("long", "of which there are so many"),
        "hhi": required("double", "Herfindahl-Hirschman index: sum of squared shares of planned gross margin; 1 is a single part"),
        "effective": required("double", "1 / hhi: as many equal parts would be as concentrated"),
        "largest": required("string", "the part with the largest share"),
        "largest_share": required("double", "of planned gross margin"),
        "top_ten_share": required("double", "of the ten largest"),
    },
    checks={"hhi_is_a_share": "hhi > 0 AND hhi <= 1 + 1e-9"},
    slice="as_of",
)
