"""What would keep losses off and at what price, and what has become so large that somebody must look at it."""

from shelfwise.contracts.features import AS_OF
from shelfwise.contracts.gold.risk import SCOPES
from shelfwise.core.table import Table, optional, required

TOGETHER = "together"
CONTROLS = {
    "dual_source": "a second supplier is kept ready, who delivers when the first one can't",
    "supply_insurance": "an insurer pays what a supplier's outage or failure costs, less a deductible",
    "prepayment_limit": "nothing is paid before it has come",
    "buffer_stock": "some weeks' demand more is ordered",
    "exposure_cap": "the drafted order is not placed",
    "clear_out": "what is on hand beyond any likely demand is cleared now",
    "stock_insurance": "an insurer pays what is recalled, broken, spoilt or stolen, less a deductible",
}
CONTROL_SCOPES = ("item", "supplier", "department", "total")

RISK_CONTROLS = Table(
    name="gold.risk_controls",
    doc=(
        "What could be done against losses, what it costs and what it keeps off; beside them what the chosen ones do together."
        " One row per as_of, control, scope and name."
    ),
    key=("as_of", "control", "scope", "name"),
    schema=AS_OF
    | {
        "control": required("string", f"{', '.join(CONTROLS)}; {TOGETHER}: all that are chosen"),
        "scope": required("string", "item, supplier or department for which it is done; total"),
        "name": required("string", "of the item, supplier or department; '*' for the total"),
        "items": required("long", "items that it concerns"),
        "net_cost": required("double", "money in 13 weeks: fees, and what the plan earns less; below zero it earns more"),
        "avoided": required("double", "money: mean loss in 13 weeks that it keeps off"),
        "avoided_worst": required("double", "money: loss that it keeps off in the worst 5 % of the shop's futures"),
        "worth": required("double", "(1 - risk aversion) * avoided + risk aversion * avoided_worst"),
        "net": required("double", "worth - net_cost"),
        "per_money": optional("double", "worth / net_cost; null where it costs nothing"),
        "chosen": required("boolean", "among what is worth most within the budget"),
        "avoided_error": optional("double", "standard error of avoided, of all that are chosen together; null of a single one"),
        "assumed": required("array<string>", "which of its terms are assumptions"),
        "reason": required("string", "one sentence with the numbers"),
    },
    checks={"scope_is_known": f"scope IN {CONTROL_SCOPES}"},
    slice="as_of",
)

LEVELS = ("ok", "watch", "act")

RISK_ALERTS = Table(
    name="gold.risk_alerts",
    doc=(
        "Parts of the shop on whose losses much depends, or did when last measured. A level is left only where the score has fallen"
        " well below what it was entered at. One row per as_of, scope and name."
    ),
    key=("as_of", "scope", "name"),
    schema=AS_OF
    | {
        "scope": required("string", "total, type, kind, department, category, supplier (as gold.risk_portfolio), item, customer"),
        "name": required("string", "of the part; '*' for the total"),
        "score": required("double", "loss in the worst 5 % of the shop's futures / what the shop earns by the plan; at most 10"),
        "level": required("string", "ok (left just now), watch or act"),
        "before": required("string", "level when last measured; ok where it never was"),
        "since": required("date", "as_of from which on it has had this level"),
        "enters_from": required("double", "score at which this level begins; of ok that of watch"),
        "leaves_below": required("double", "score below which it ends; of ok that of watch"),
        "reason": required("string", "one sentence with the numbers"),
    },
    checks={
        "scope_is_known": f"scope IN {(*SCOPES, 'item', 'customer')}",
        "level_is_known": f"level IN {LEVELS} AND before IN {LEVELS}",
        "something_to_tell": "level <> 'ok' OR before <> 'ok'",
    },
    slice="as_of",
)

INCIDENTS = {
    "refused": "rows were refused",
    "no_sales": "a place that sells on such a day sold nothing",
}

RISK_INCIDENTS = Table(
    name="gold.risk_incidents",
    doc=(
        "Where the shop's own data failed it, priced by the revenue that they touch; rows refused are those of the ledger's latest"
        " landings on the day of the run. One row per as_of, incident and name."
    ),
    key=("as_of", "incident", "name"),
    schema=AS_OF
    | {
        "incident": required("string", f"{', '.join(INCIDENTS)}: {'; '.join(INCIDENTS.values())}"),
        "name": required("string", "table and number of the landing, or location and first day"),
        "began_on": optional("date", "first day without sales; null of rows"),
        "days": required("int", "without sales, or whose decisions rest on what is missing"),
        "rows": required("long", "rows refused; 0 where it is about days"),
        "share": required("double", "of the rows read, or of the revenue usual on such days, that is missing"),
        "touched_revenue": required("double", "money: revenue that it touches"),
        "expected_loss": required(
            "double", "money: touched_revenue x the share of it that decisions on missing data lose (assumed)"
        ),
        "reason": required("string", "one sentence with the numbers"),
        "assumed": required("array<string>", "what of it is an assumption"),
    },
    checks={"incident_is_known": f"incident IN {tuple(INCIDENTS)}", "revenue_is_not_negative": "touched_revenue >= 0"},
    slice="as_of",
)
