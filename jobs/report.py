"""What should a buyer order, why, and how far can that be trusted? spark-submit jobs/report.py --env cluster --as-of 2017-10-29"""

from shelfwise.contracts import features, silver, tables
from shelfwise.contracts.gold import brands, demand, hierarchy, introductions, inventory, kpi, launches, policies, recommend
from shelfwise.core.admission import FILES, LEDGER
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Page, Readable, Whole, Write
from shelfwise.report.page import page

SHOP: dict[str, Readable] = {"sales": Whole(silver.SALES_LINES), "items": silver.ITEMS, "customers": silver.CUSTOMERS}
FACTS = {"profiles": features.ITEM_PROFILE, "shoppers": features.CUSTOMER_PROFILE, "recommendations": recommend.RECOMMENDATIONS}
DEMAND = {"forecast": demand.DEMAND_FORECAST, "hierarchy": hierarchy.DEMAND_HIERARCHY, "drivers": demand.DEMAND_DRIVERS}
TRUST = {"accuracy": demand.FORECAST_ACCURACY, "drift": demand.DEMAND_DRIFT, "replay": policies.POLICY_REPLAY, "files": FILES}
ORDERS = {"orders": inventory.PURCHASE_ORDERS, "plan": inventory.INVENTORY_PLAN, "launches": launches.LAUNCH_FORECAST}
NEW = {"introductions": introductions.INTRODUCTIONS, "groups": brands.INTRODUCTION_GROUPS, "sets": introductions.INTRODUCTION_SETS}
GROWN = {"cohorts": introductions.INTRODUCTION_COHORTS, "capability": introductions.SUPPLY_CAPABILITY, "kpis": kpi.KPIS}
RISKS = ("portfolio", "items", "suppliers", "stress", "concentration", "controls", "alerts", "incidents", "sellers")
RISK = {"credit_risk": tables.ALL["gold.credit_risk"]} | {f"risk_{name}": tables.ALL[f"gold.risk_{name}"] for name in RISKS}
ORIGINS = {"ledger": LEDGER, "assumptions": silver.ASSUMPTIONS, "recommender_accuracy": recommend.RECOMMENDER_ACCURACY}

JOB = Job(
    name="report",
    reads=SHOP | FACTS | DEMAND | TRUST | ORDERS | NEW | GROWN | RISK | ORIGINS,
    writes=Page("report", "One HTML page for people: orders with reasons, forecasts, key figures, accuracy, assumptions."),
    run=page,
    how=Write.FILE,
)
if __name__ == "__main__":
    main(JOB)
