"""Which orders should a buyer release? spark-submit jobs/draft_orders.py --env cluster --as-of 2017-10-29"""

from shelfwise.contracts import silver
from shelfwise.contracts.gold.demand import DEMAND_FORECAST
from shelfwise.contracts.gold.inventory import INVENTORY_PLAN, PURCHASE_ORDERS
from shelfwise.contracts.gold.launches import LAUNCH_FORECAST
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.inventory.joint.blocks import OrderParams
from shelfwise.inventory.orders import draft_orders

JOB = Job(
    name="draft_orders",
    reads={
        "plan": INVENTORY_PLAN,
        "forecast": DEMAND_FORECAST,
        "items": silver.ITEMS,
        "supply": silver.SUPPLIER_TERMS,
        "launches": LAUNCH_FORECAST,
        "assumptions": silver.ASSUMPTIONS,
    },
    writes=PURCHASE_ORDERS,
    run=draft_orders,
    params=OrderParams,
    how=Write.SLICE,
    needs=("plan",),
)
if __name__ == "__main__":
    main(JOB)
