"""What is on hand and on order? spark-submit jobs/stock_position.py --env cluster --as-of 2017-10-29"""

from shelfwise.contracts import features, silver, supply
from shelfwise.contracts.gold import inventory, launches
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.inventory.stock_position import locate_stock

JOB = Job(
    name="stock_position",
    reads={
        "weekly": features.ITEM_WEEK,
        "stock": silver.STOCK,
        "items": silver.ITEMS,
        "profiles": features.ITEM_PROFILE,
        "receipts": silver.RECEIPTS,
        "placed": silver.PLACED_ORDERS,
        "lead_times": supply.LEAD_TIMES,
        "supply": silver.SUPPLIER_TERMS,
        "launches": launches.LAUNCH_FORECAST,
        "assumptions": silver.ASSUMPTIONS,
    },
    writes=inventory.STOCK_POSITION,
    run=locate_stock,
    how=Write.SLICE,
    needs=("weekly", "assumptions"),
)
if __name__ == "__main__":
    main(JOB)
