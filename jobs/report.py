"""What should a buyer order, why, and how far can that be trusted? spark-submit jobs/report.py --env cluster --as-of 2017-10-29"""

from shelfwise.contracts import features, silver
from shelfwise.contracts.gold import brands, demand, hierarchy, introductions, inventory, kpi, launches, policies, recommend
from shelfwise.core.admission import FILES, LEDGER
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Page, Readable, Whole, Write
from shelfwise.report.page import page

SHOP: dict[str, Readable] = {"sales": Whole(silver.SALES_LINES), "items": silver.ITEMS, "customers": silver.CUSTOMERS}
FACTS: dict[str, Readable] = {"profiles": features.ITEM_PROFILE, "shoppers": features.CUSTOMER_PROFILE, "kpis": kpi.KPIS}
DEMAND: dict[str, Readable] = {"forecast": demand.DEMAND_FORECAST, "hierarchy": hierarchy.DEMAND_HIERARCHY}
WHY: dict[str, Readable] = {"drivers": demand.DEMAND_DRIVERS, "launches": launches.LAUNCH_FORECAST}
TRUST: dict[str, Readable] = {"accuracy": demand.FORECAST_ACCURACY, "drift": demand.DEMAND_DRIFT, "replay": policies.POLICY_REPLAY}
ORDERS: dict[str, Readable] = {"orders": inventory.PURCHASE_ORDERS, "plan": inventory.INVENTORY_PLAN}
NEW: dict[str, Readable] = {"introductions": introductions.INTRODUCTIONS, "groups": brands.INTRODUCTION_GROUPS}
GROWN: dict[str, Readable] = {"cohorts": introductions.INTRODUCTION_COHORTS, "capability": introductions.SUPPLY_CAPABILITY}
LISTS: dict[str, Readable] = {"recommendations": recommend.RECOMMENDATIONS, "recommender_accuracy": recommend.RECOMMENDER_ACCURACY}
ORIGINS: dict[str, Readable] = {"ledger": LEDGER, "files": FILES, "assumptions": silver.ASSUMPTIONS}

JOB = Job(
    name="report",
    reads=SHOP | FACTS | DEMAND | WHY | TRUST | ORDERS | NEW | GROWN | LISTS | ORIGINS | {"sets": introductions.INTRODUCTION_SETS},
    writes=Page("report", "One HTML page for people: orders with reasons, forecasts, key figures, accuracy, assumptions."),
    run=page,
    how=Write.FILE,
)
if __name__ == "__main__":
    main(JOB)
