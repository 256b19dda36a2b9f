"""What does the forecast mean for the stock? spark-submit jobs/plan_inventory.py --env cluster --as-of 2017-10-29"""

from shelfwise.contracts import features, silver, supply
from shelfwise.contracts.gold import demand, inventory, launches
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.inventory.plan import PlanParams, plan_inventory

JOB = Job(
    name="plan_inventory",
    reads={
        "position": inventory.STOCK_POSITION,
        "forecast": demand.DEMAND_FORECAST,
        "items": silver.ITEMS,
        "profiles": features.ITEM_PROFILE,
        "receipts": silver.RECEIPTS,
        "lead_times": supply.LEAD_TIMES,
        "supply": silver.SUPPLIER_TERMS,
        "launches": launches.LAUNCH_FORECAST,
        "assumptions": silver.ASSUMPTIONS,
    },
    writes=inventory.INVENTORY_PLAN,
    run=plan_inventory,
    params=PlanParams,
    how=Write.SLICE,
    needs=("position", "forecast", "assumptions"),
)
if __name__ == "__main__":
    main(JOB)
