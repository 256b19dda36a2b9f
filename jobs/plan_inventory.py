"""What does the forecast mean for the stock? spark-submit jobs/plan_inventory.py --env cluster --as-of 2017-10-29"""

from shelfwise.contracts import features, silver, supply
from shelfwise.contracts.gold.demand import DEMAND_FORECAST
from shelfwise.contracts.gold.inventory import INVENTORY_PLAN, STOCK_POSITION
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.inventory.plan import PlanParams, plan_inventory

JOB = Job(
    name="plan_inventory",
    reads={
        "position": STOCK_POSITION,
        "forecast": DEMAND_FORECAST,
        "items": silver.ITEMS,
        "profiles": features.ITEM_PROFILE,
        "receipts": silver.RECEIPTS,
        "lead_times": supply.LEAD_TIMES,
        "supply": silver.SUPPLIER_TERMS,
        "assumptions": silver.ASSUMPTIONS,
    },
    writes=INVENTORY_PLAN,
    run=plan_inventory,
    params=PlanParams,
    how=Write.SLICE,
    needs=("position", "forecast", "assumptions"),
)
if __name__ == "__main__":
    main(JOB)
