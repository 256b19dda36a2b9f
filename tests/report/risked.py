"""The hand-made shop's risk tables."""

from datetime import date
from typing import Any

from shelfwise.contracts.gold import controls, credit_risk, risk, sellers
from shelfwise.core.table import Table

Rows = list[dict[str, Any]]

WHOLE = {
    "scope": "total",
    "name": "*",
    "expected_loss": 20.0,
    "var_95": 80.0,
    "cvar_95": 95.0,
    "cvar_95_share": 95.0,
    "cvar_99": 120.0,
}
KINDS = [
    {"scope": "kind", "name": kind, "expected_loss": mean, "cvar_95_share": share, "var_95": 1.0, "cvar_95": 2.0, "cvar_99": 3.0}
    for kind, mean, share in (("late", 5.0, 10.0), ("demand", 12.0, 70.0), ("outage", 3.0, 15.0))
]
ITEMS = [
    {"item_id": item, "description": text, "planned_margin": planned, "cvar_95_share": share, "main_kind": "demand", "kinds": {}}
    | {"reason": f"{item} <may> lose"}
    for item, text, planned, share in (("soap", "SOAP, 4 OZ", 300.0, 60.0), ("nameless", None, 100.0, 5.0))
]
SUPPLIERS = [
    {"supplier_id": name, "survive_weeks": weeks, "lost_in_outage": lost, "recover_weeks": 4.0, "cvar_95_share": share}
    for name, weeks, lost, share in (("s1", 2.0, 50.0, 40.0), ("s2", None, 0.0, 2.0))
]
STRESSES = [
    {"stress": stress, "what": what, "kind": kind, "added_loss": added, "added_loss_error": 1.0}
    for stress, what, kind, added in (
        ("price_war", "rivals cut their prices", "*", 40.0),
        ("price_war", "rivals cut their prices", "price", 41.0),
        ("demand_down", "30 % less is wanted", "*", 90.0),
    )
]
PARTS = [
    {"by": by, "parts": parts, "hhi": 0.5, "effective": 2.0, "largest": "soap", "largest_share": 0.6, "top_ten_share": 1.0}
    for by, parts in (("department", 3), ("item", 90))
]
CONTROLS = [
    {
        "control": control,
        "scope": scope,
        "name": name,
        "net_cost": cost,
        "avoided": avoided,
        "net": avoided - cost,
        "chosen": chosen,
    }
    | {"reason": f"{control} <of> {name}"}
    for control, scope, name, cost, avoided, chosen in (
        ("dual_source", "supplier", "s1", 20.0, 50.0, True),
        ("clear_out", "item", "soap", -5.0, 30.0, True),
        ("stock_insurance", "department", "GROCERY", 9.0, 2.0, False),
        ("together", "total", "*", 15.0, 70.0, True),
    )
]
ALERTS = [
    {"scope": scope, "name": name, "score": score, "level": level, "before": before, "since": date(2017, 10, 1)}
    | {"reason": f"{name} <is> large"}
    for scope, name, score, level, before in (
        ("supplier", "s1", 0.05, "act", "watch"),
        ("item", "soap", 0.01, "ok", "watch"),
        ("total", "*", 0.5, "watch", "watch"),
    )
]
INCIDENTS = [
    {
        "incident": "refused",
        "name": f"silver.stock, landing {k}",
        "touched_revenue": 10.0 * k,
        "reason": "rows <were> refused",
    }
    for k in (1, 2)
]
OWING = [
    {
        "kind": kind,
        "party_id": party,
        "ead": ead,
        "expected_loss": lost,
        "basis": "prior",
        "bucket": "none",
        "reason": f"{party} <may> fail",
    }
    for kind, party, ead, lost in (
        ("customer", "ben", 100.0, 20.0),
        ("customer", "anna", 1_000.0, 30.0),
        ("customer", "clara", 0.0, 0.0),
        ("supplier", "s1", None, None),
    )
]
SELLERS = [
    {"scope": scope, "name": name, "level": level, "parcels": 40, "late_share": late, "late_q05": late / 2, "late_q95": 2 * late}
    | {"sales": 500.0, "expected_loss": loss, "trouble": "late", "reason": f"{name} <may> be late"}
    for scope, name, level, late, loss in (
        ("carrier", "Quick", "ok", 0.02, 30.0),
        ("seller", "0123456789abcdef0123456789abcdef", "act", 0.3, 5.0),
        ("seller", "slow", "watch", 0.12, 9.0),
    )
]
RISKED: dict[str, tuple[Table, Rows]] = {
    "risk_portfolio": (risk.RISK_PORTFOLIO, [WHOLE, *KINDS]),
    "risk_items": (risk.RISK_ITEMS, ITEMS),
    "risk_suppliers": (risk.RISK_SUPPLIERS, SUPPLIERS),
    "risk_stress": (risk.RISK_STRESS, STRESSES),
    "risk_concentration": (risk.CONCENTRATION, PARTS),
    "risk_controls": (controls.RISK_CONTROLS, CONTROLS),
    "risk_alerts": (controls.RISK_ALERTS, ALERTS),
    "risk_incidents": (controls.RISK_INCIDENTS, INCIDENTS),
    "credit_risk": (credit_risk.CREDIT_RISK, OWING),
    "risk_sellers": (sellers.RISK_SELLERS, SELLERS),
}
