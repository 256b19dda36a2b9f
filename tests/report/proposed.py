"""What the hand-made shop could bring in: four candidates, sets of them, three launches, and what it can supply."""

from datetime import date

from shelfwise.contracts.gold import brands, introductions, launches
from shelfwise.core.table import Table
from tests.report.shop import HOSTILE, Rows

ON_OFFER = [
    {
        "item_id": "mate",
        "decision": "list",
        "rank": 1,
        "description": f"MATE {HOSTILE}",
        "category": "DRINKS",
        "maker_id": "acme",
        "known": "maker and category",
        "launch_week": date(2017, 11, 13),
        "opening_units": 12,
        "opening_cost": 30.5,
        "price_low": 2.5,
        "price_high": 3.0,
        "profit": 40.0,
        "profit_q05": -10.0,
        "profit_q95": 95.0,
        "p_failure": 0.2,
        "stop_week": 4,
        "stop_units": 3,
        "cannibalised_items": [("cola", 5.25), ("soap", 1.0), ("novelty", 0.5)],
        "assumed": ["unit_cost", "listing_cost"],
        "reason": "List: sells & sells.",
    },
    {
        "item_id": "comb",
        "decision": "test",
        "rank": 2,
        "description": None,
        "category": "HAIR",
        "maker_id": "combs & co",
        "known": "neither",
        "launch_week": date(2017, 11, 6),
        "opening_units": 2,
        "binding": "budget",  # not itself: a larger order of it
        "opening_cost": 9.5,
        "profit": 8.0,
        "profit_q05": -9.5,
        "profit_q95": 60.0,
        "p_failure": 0.7,
        "stop_week": 4,
        "stop_units": None,
        "assumed": ["listing_cost"],
        "reason": "Test: might catch on.",
    },
    {"item_id": "later", "decision": "wait", "binding": "places", "known": "category", "assumed": ["unit_cost"], "reason": "Wait."},
    {"item_id": "never", "decision": "drop", "known": "neither", "reason": "Drop."},
]
# margin 60, place -10 and shared -3 make 47
SETS_OF: dict[str, dict[str, float]] = {
    "shelfwise": {"items": 2, "budget": 40, "margin": 60, "place": -10, "shared": -3, "profit": 47, "cvar": -12, "p_failure": 0.1},
    "aversion 0": {"items": 2, "margin": 62, "profit": 49, "cvar": -20, "p_failure": 0.2},
    "aversion 0.9": {"items": 2, "margin": 60, "profit": 47, "cvar": -12, "p_failure": 0.1},
    "everything": {"items": 4, "margin": 90, "profit": 60, "cvar": -90, "p_failure": 0.4},
    "nothing": {"items": 0, "margin": 0, "place": -0.0, "profit": 0, "cvar": 0, "p_failure": 0},
    "category growth": {"items": 1, "margin": 20, "profit": -5, "cvar": -30, "p_failure": 0.6},
    "point forecast": {"items": 2, "margin": 50, "profit": 30, "cvar": -35, "p_failure": 0.3},
}
COMPARED = [
    {"chosen_by": name, "line": line, "amount": float(amount)} for name, lines in SETS_OF.items() for line, amount in lines.items()
]
FOLLOWED = [
    {"item_id": item, "launch_week": week, "category": "C", "planned": planned, "units": sold, "verdict": verdict}
    | {"cum_planned": planned_so_far, "cum_units": sold_so_far, "level": 0.5}
    for item, week, planned, sold, planned_so_far, sold_so_far, verdict in (
        ("cola", 1, 10.0, 8.0, 10.0, 8.0, "hold"),
        ("cola", 2, 6.0, 0.0, 16.0, 8.0, "stop"),
        ("soap", 1, 4.0, 5.0, 4.0, 5.0, "hold"),
        ("novelty", 1, 2.0, 9.0, 2.0, 9.0, "scale up"),
    )
]
SUPPLIED = [
    {
        "department": department,
        "stage": stage,
        "items": items,
        "categories": 2,
        "makers": makers,
        "depth": 1.5,
        "in_stock_rate": 0.9625,
    }
    | {"success_rate": rate, "concentration": 0.25, "weekly_revenue": revenue}
    for department, stage, items, makers, rate, revenue in (
        ("*", "before", 3000, 2, None, 1000.4),
        ("*", "after", 3002, 3, 0.55, 1100.0),
        ("D", "before", 9999, 9, 0.9, 9.0),
    )
]

# an announced item, and one that has sold 3 in two weeks: 4 + 2 and 1.5 units to come
ANALOGUES = [("soap", 0.9), ("gone", 0.25), ("cola", 0.2)]
LAUNCHED = [
    {"item_id": item, "launch_week": week, "launch": launch, "week": date(2017, 11, 6), "segment": segment, "known_weeks": known}
    | {
        "sold": sold,
        "mean": mean,
        "q10": 0.0,
        "q90": 2 * mean,
        "evidence_weight": own,
        "analogues": alike,
        "prior_level": "category" if week != 2 else "shop",
    }
    for item, week, launch, segment, known, sold, mean, own, alike in (
        ("mate", 2, date(2017, 11, 6), "announced", 0, 0.0, 2.0, 0.0, ANALOGUES),
        ("mate", 1, date(2017, 11, 6), "announced", 0, 0.0, 4.0, 0.0, ANALOGUES),
        ("novelty", 3, date(2017, 10, 16), "new", 2, 3.0, 1.5, 0.4, []),
    )
]
# of new brands one comes in, with soap, and one does not; a known one is not told of
GROUPS = [
    {"kind": kind, "name": name, "department": department, "is_new": new, "decision": decision, "candidates": 3, "listed": listed}
    | {
        "tested": 0,
        "dropped": 3 - listed,
        "first_items": [("soap", "SOAP, 4 OZ"), ("nameless", None)],
        "profit": profit,
        "profit_q05": -2.0,
        "profit_q95": 9.0,
    }
    | {"p_failure": 0.2 if listed else None, "opening_cost": 12 * listed, "launch_week": date(2017, 11, 13) if listed else None}
    for kind, name, department, new, decision, listed, profit in (
        ("brand", "m8", None, True, "list", 2, 5.0),
        ("brand", "m9", None, True, "drop", 0, 0.0),
        ("brand", "m1", None, False, "list", 1, 99.0),
        ("category", "TOFU", "FOOD", True, "test", 1, 7.0),
    )
]
PROPOSED: dict[str, tuple[Table, Rows]] = {
    "introductions": (introductions.INTRODUCTIONS, ON_OFFER),
    "groups": (brands.INTRODUCTION_GROUPS, GROUPS),
    "sets": (introductions.INTRODUCTION_SETS, COMPARED),
    "cohorts": (introductions.INTRODUCTION_COHORTS, FOLLOWED),
    "capability": (introductions.SUPPLY_CAPABILITY, SUPPLIED),
    "launches": (launches.LAUNCH_FORECAST, LAUNCHED),
}
